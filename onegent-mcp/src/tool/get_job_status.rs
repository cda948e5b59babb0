//! `get_job_status`: where a booking stands.

use std::time::Duration;

use onegent_core::caller::Scope;
use onegent_core::fields::{Field, FieldError, Fields, read};
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::text::Bounded;
use schemars::JsonSchema;
use serde_json::Value;

use super::{Call, Done, Shown, ToolEntry, entry};
use crate::hand_over::Outcome;
use crate::reply::{Refusal, Reply};
use crate::{schema, text, wait};

#[derive(JsonSchema)]
struct Arguments {
    /// From a book_* answer
    #[schemars(rename = "jobId")]
    job_id: JobId,
    /// Waits so long for news
    #[schemars(rename = "waitSeconds")]
    wait_seconds: Option<Bounded<0, 50>>,
}

impl Field for Arguments {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let mut fields = Fields::open(value, path, errors)?;
        let job_id = fields.required("jobId");
        let wait_seconds = fields.optional("waitSeconds");
        let fine = fields.finish();
        Some(Self { job_id: job_id?, wait_seconds }).filter(|_| fine)
    }
}

pub(super) fn tool() -> ToolEntry {
    entry(
        "get_job_status",
        "Get a booking's status",
        "Reads a booking: status, confirmation code, a payment that waits for the person, alternatives, or the error. Any \
         jobId of the account works, weeks later too.",
        Scope::Read,
        schema::input::<Arguments>(),
        Shown::Job(schema::output::<Job>()),
        |call| Box::pin(status(call)),
    )
}

async fn status(call: Call<'_>) -> Result<Done, Refusal> {
    let Arguments { job_id, wait_seconds } = read(call.arguments).map_err(Refusal::Arguments)?;
    let longest = Duration::from_secs(wait_seconds.map_or(0, |seconds| seconds.get().into()));
    let job = call.service.job(call.caller, job_id).await?;
    // A person who has to move is asked before anybody waits for them.
    let asked = match offer(&call, &job).await? {
        Outcome::Ask(wanted) => return Ok(Done::InputRequired(wanted)),
        Outcome::Asked(words) => Some(words),
        Outcome::NotAsked => None,
    };
    let began_as = job.status;
    let job = wait::until_rest(&call, job, longest).await?;
    let asked = match asked {
        None if job.status != began_as => match offer(&call, &job).await? {
            Outcome::Ask(wanted) => return Ok(Done::InputRequired(wanted)),
            Outcome::Asked(words) => Some(words),
            Outcome::NotAsked => None,
        },
        // What was asked before has been overtaken once the job went on.
        asked => asked.filter(|_| job.status == began_as),
    };
    let mut text = text::job(&job);
    if let Some(words) = asked {
        text.insert_str(0, &format!("{words} "));
    }
    Reply::new(text, &job).map(Done::Reply)
}

async fn offer(call: &Call<'_>, job: &Job) -> Result<Outcome, Refusal> {
    match call.hand_over.filter(|_| job.status.needs_person()) {
        Some(hand_over) => hand_over.offer(call, call.link, job).await,
        None => Ok(Outcome::NotAsked),
    }
}
