//! A job's live events over REST: the wire form of [`crate::events`].

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Extensions, HeaderMap};
use axum::response::Response;
use axum::response::sse::Event;

use super::auth::Bearer;
use super::path::JobPath;
use crate::app::Shared;
use crate::events::{self, Start, Update, Viewer};
use crate::openapi::problems;
use crate::problem::Problem;

/// Follow a booking live
///
/// Server-sent events. Each audit event is `event: audit` with `id` its `seq` and `data` the event; after each batch
/// comes `event: job` with the job as it stands. Resume with `Last-Event-ID`. Ends after the job event of a final
/// status; to resume after that is answered with 204.
#[utoipa::path(
    get,
    path = "/execution-jobs/{jobId}/events",
    operation_id = "streamExecutionJobEvents",
    tag = "jobs",
    params(
        ("jobId" = String, Path, description = "The job's id."),
        ("Last-Event-ID" = Option<u64>, Header, description = "The last `id` that was received; events after it follow. What is no event's id counts as none."),
    ),
    responses(
        (status = 200, description = "The events, as they happen.", content_type = "text/event-stream", body = String),
        (status = 204, description = "The job has ended, and the client has all of its events."),
        (status = 401, response = problems::Unauthorized),
        (status = 403, response = problems::Forbidden),
        (status = 404, response = problems::NotFound),
        (status = 429, response = problems::RateLimited),
        (status = 503, response = problems::Unavailable),
    ),
)]
pub(crate) async fn stream(
    State(shared): State<Arc<Shared>>,
    bearer: Bearer,
    JobPath(job): JobPath,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, Problem> {
    let start = Start::of(&headers, None);
    let viewer = Viewer::Program(bearer.shown);
    events::follow(shared, viewer, bearer.caller, job, start, &extensions, |update| match update {
        Update::Audit(event) => Event::default().json_data(event),
        Update::Job(job) => Event::default().json_data(job),
    })
    .await
}
