//! `get_job_status`: where a booking stands.

use onegent_core::caller::Scope;
use onegent_core::fields::{Field, FieldError, Fields, read};
use onegent_core::id::JobId;
use onegent_core::job::Job;
use schemars::JsonSchema;
use serde_json::Value;

use super::{Call, ToolEntry, entry};
use crate::reply::{Refusal, Reply};
use crate::{schema, text};

#[derive(JsonSchema)]
struct Arguments {
    /// From a book_* answer
    #[schemars(rename = "jobId")]
    job_id: JobId,
}

impl Field for Arguments {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let mut fields = Fields::open(value, path, errors)?;
        let job_id = fields.required("jobId");
        let fine = fields.finish();
        Some(Self { job_id: job_id? }).filter(|_| fine)
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
        schema::output::<Job>(),
        |call| Box::pin(status(call)),
    )
}

async fn status(call: Call<'_>) -> Result<Reply, Refusal> {
    let Arguments { job_id } = read(call.arguments).map_err(Refusal::Arguments)?;
    let job = call.service.job(call.caller, job_id).await?;
    Reply::new(text::job(&job), &job)
}
