//! Bookings as tasks (extension `io.modelcontextprotocol/tasks`): the job is the task, under the same id. So a task
//! survives whatever the job survives, and nothing is kept here.

use onegent_core::job::Job;
use onegent_core::status::JobStatus;
use rmcp::model::{
    CallToolResult, ClientCapabilities, CreateTaskResult, DetailedTask, JsonObject, Task, TaskPayload,
    TaskStatus,
};
use serde_json::Value;

use crate::reply::Reply;
use crate::{hand_over, text};

/// How long a client had best wait between two looks, while the agent is at work and while a person is awaited.
const LOOK_AGAIN_MS: (u64, u64) = (2_000, 5_000);

/// What a booking tool answers to a client that knows tasks.
pub(crate) fn created(job: &Job) -> CreateTaskResult {
    CreateTaskResult::new(seed(job))
}

/// A task as it stands.
pub(crate) fn detailed(job: &Job, client: Option<&ClientCapabilities>) -> DetailedTask {
    let payload = match job.status {
        JobStatus::Queued | JobStatus::Running => TaskPayload::Working,
        JobStatus::PausedPayment | JobStatus::NeedsLogin | JobStatus::Captcha => {
            TaskPayload::InputRequired { input_requests: hand_over::requests(job, client) }
        }
        JobStatus::Done | JobStatus::NoAvailability | JobStatus::Error | JobStatus::Expired => {
            TaskPayload::Completed { result: result(job) }
        }
        JobStatus::Cancelled => TaskPayload::Cancelled,
    };
    DetailedTask::new(seed(job), payload)
}

fn seed(job: &Job) -> Task {
    let (at_work, awaited) = LOOK_AGAIN_MS;
    let look_again = if job.status.needs_person() { awaited } else { at_work };
    let (made, changed) = (job.created_at.to_string(), job.updated_at.to_string());
    // The status is the payload's, wherever there is one. No time to live: a job answers for as long as its account.
    Task::new(job.job_id.to_string(), TaskStatus::Working, made, changed)
        .with_status_message(text::job(job))
        .with_poll_interval_ms(look_again)
}

/// What the tool would have answered, had it waited for the booking.
fn result(job: &Job) -> JsonObject {
    let reply = Reply::new(text::job(job), job);
    let mut result = reply.map_or_else(|_| CallToolResult::success(Vec::new()), CallToolResult::from);
    result.is_error = Some(job.status == JobStatus::Error);
    match serde_json::to_value(result) {
        Ok(Value::Object(result)) => result,
        Ok(_) | Err(_) => JsonObject::new(),
    }
}
