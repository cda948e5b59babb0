//! `get_job_audit`: what was done for a booking.

use onegent_core::caller::Scope;
use onegent_core::fields::{Field, FieldError, Fields, read};
use onegent_core::id::JobId;
use onegent_core::port::{AuditPage, AuditQuery};
use onegent_core::text::Bounded;
use schemars::JsonSchema;
use serde_json::Value;

use super::{Call, Done, Shown, ToolEntry, entry};
use crate::reply::{Refusal, Reply};
use crate::{schema, text};

/// Events given when no limit is asked for.
const USUAL_LIMIT: u32 = 50;
/// Hosts cut answers at about 150,000 characters; what is left of that is for the text and the wrapping.
const MOST_BYTES: usize = 120_000;

#[derive(JsonSchema)]
struct Arguments {
    /// From a book_* answer
    #[schemars(rename = "jobId")]
    job_id: JobId,
    /// Events at most; 50 unless said
    limit: Option<Bounded<1, 500>>,
}

impl Field for Arguments {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let mut fields = Fields::open(value, path, errors)?;
        let job_id = fields.required("jobId");
        let limit = fields.optional("limit");
        let fine = fields.finish();
        Some(Self { job_id: job_id?, limit }).filter(|_| fine)
    }
}

pub(super) fn tool() -> ToolEntry {
    entry(
        "get_job_audit",
        "Get a booking's audit trail",
        "Reads what was done for a booking, step by step, oldest first, in a hash-chained record.",
        Scope::Read,
        schema::input::<Arguments>(),
        Shown::Plain(schema::output::<AuditPage>()),
        |call| Box::pin(audit(call)),
    )
}

async fn audit(call: Call<'_>) -> Result<Done, Refusal> {
    let Arguments { job_id, limit } = read(call.arguments).map_err(Refusal::Arguments)?;
    let limit = limit.map_or(USUAL_LIMIT, Bounded::get);
    #[expect(clippy::expect_used, reason = "1 to 500 lies within 1 to 2000")]
    let limit = Bounded::new(limit).expect("the tool's limit is below the port's");
    let mut page = call.service.audit(call.caller, job_id, AuditQuery { after: 0, limit }).await?;
    cut(&mut page, MOST_BYTES);
    Reply::new(text::audit(&page), &page).map(Done::Reply)
}

/// Drops the newest events until the page fits, and says where it goes on.
fn cut(page: &mut AuditPage, most_bytes: usize) {
    let mut left = most_bytes;
    let fitting = page.events.iter().take_while(|event| {
        let size = serde_json::to_string(event).map_or(0, |json| json.len());
        let fits = size <= left;
        left = left.saturating_sub(size);
        fits
    });
    let fitting = fitting.count();
    if fitting < page.events.len() {
        page.events.truncate(fitting);
        page.next_cursor = page.events.last().map(|event| event.seq).or(page.next_cursor);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use onegent_core::audit::{AuditDraft, AuditKind, ChainHead};

    use super::*;

    #[test]
    fn a_page_too_large_for_a_host_ends_sooner_and_says_so() {
        let job_id = JobId::generate(Timestamp::UNIX_EPOCH, [1; 10]);
        let mut head = ChainHead::EMPTY;
        let draft = || AuditDraft::new(AuditKind::PageObserved, "x".repeat(1000));
        let events = (0..9).map(|_| head.append(job_id, Timestamp::UNIX_EPOCH, draft())).collect();
        let mut page = AuditPage { job_id, events, next_cursor: None };
        cut(&mut page, MOST_BYTES);
        assert_eq!((page.events.len(), page.next_cursor), (9, None));
        cut(&mut page, 4000);
        assert_eq!((page.events.len(), page.next_cursor), (3, Some(3)));
    }
}
