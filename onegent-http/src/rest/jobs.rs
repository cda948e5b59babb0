//! Jobs: create, show, list, cancel.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use onegent_core::create::CreateJob;
use onegent_core::error::Error;
use onegent_core::fields::{self, FieldError, Fields};
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::port::{JobFilter, JobPage};
use onegent_core::text::{Bounded, Text};

use super::auth::Bearer;
use super::path::JobPath;
use super::query::{self, Number};
use crate::app::Shared;
use crate::body;
use crate::openapi::problems;
use crate::problem::Problem;

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// Book a restaurant, hotel, flight or activity
///
/// Accepts a booking and answers at once with a job in status `queued`; poll `getExecutionJob` every 15 to 30 seconds.
/// Money never moves without the signed-in person: a job that reaches payment waits in `paused_payment`, and its
/// `payment.confirmUrl` is for the person to open.
#[utoipa::path(
    post,
    path = "/execution-jobs",
    operation_id = "createExecutionJob",
    tag = "jobs",
    params(("Idempotency-Key" = Option<String>, Header,
        description = "The same key with the same request answers with the same job. Wins over `clientMetadata.idempotencyKey`.")),
    request_body(
        content = ref("#/components/schemas/CreateJob"),
        content_type = "application/json",
        description = "What to book, for whom, and within which bounds.",
        example = json!({
            "request": { "scenario": "restaurant", "params": {
                "restaurant_name": "Carbone", "city": "New York", "date": "2030-05-17", "time": "19:30", "covers": 2,
            } },
            "profile": {
                "first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone": "+12125550123",
            },
            "consent": { "maxTimeAdjustmentMinutes": 60 },
        }),
    ),
    responses(
        (status = 202, description = "Accepted.", body = ref("#/components/schemas/Job"), headers(
            ("Location" = String, description = "The job's address."),
            ("Idempotent-Replayed" = String, description = "`true` when the job was there already."),
        )),
        (status = 400, response = problems::BadRequest),
        (status = 401, response = problems::Unauthorized),
        (status = 403, response = problems::Forbidden),
        (status = 409, response = problems::Conflict),
        (status = 413, response = problems::PayloadTooLarge),
        (status = 415, response = problems::UnsupportedMediaType),
        (status = 429, response = problems::RateLimited),
        (status = 503, response = problems::Unavailable),
    ),
    extensions(("x-openai-isConsequential" = json!(true))),
)]
pub(crate) async fn create(
    State(shared): State<Arc<Shared>>,
    bearer: Bearer,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let body = body::json(&headers, body).await?;
    let mut errors = Vec::new();
    let key = idempotency_key(&headers, &mut errors);
    let create = fields::read::<CreateJob>(&body).map_err(|more| errors.extend(more));
    let (Ok(mut create), true) = (create, errors.is_empty()) else {
        return Err(Error::invalid_request(errors).into());
    };
    if key.is_some() {
        create.client_metadata.idempotency_key = key;
    }
    let created = shared.service.create(&bearer.caller, create).await?;
    let location = HeaderValue::try_from(&created.job.links.this).ok();
    let mut response = (StatusCode::ACCEPTED, Json(created.job)).into_response();
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if created.replayed {
        let name = HeaderName::from_static("idempotent-replayed");
        response.headers_mut().insert(name, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn idempotency_key(headers: &HeaderMap, errors: &mut Vec<FieldError>) -> Option<Text> {
    let value = headers.get(IDEMPOTENCY_KEY)?;
    let text = value.to_str().unwrap_or_default();
    text.parse().map_err(|error| fields::push(errors, IDEMPOTENCY_KEY, &format!("{error}"))).ok()
}

/// One booking, as it stands
///
/// Statuses `queued` and `running` mean that it is under way. At `paused_payment` send the person to
/// `payment.confirmUrl`. `done`, `no_availability`, `error`, `cancelled` and `expired` are final.
#[utoipa::path(
    get,
    path = "/execution-jobs/{jobId}",
    operation_id = "getExecutionJob",
    tag = "jobs",
    params(("jobId" = String, Path, description = "The job's id.")),
    responses(
        (status = 200, description = "The job.", body = ref("#/components/schemas/Job")),
        (status = 401, response = problems::Unauthorized),
        (status = 403, response = problems::Forbidden),
        (status = 404, response = problems::NotFound),
        (status = 429, response = problems::RateLimited),
        (status = 503, response = problems::Unavailable),
    ),
    extensions(("x-openai-isConsequential" = json!(false))),
)]
pub(crate) async fn show(
    State(shared): State<Arc<Shared>>,
    bearer: Bearer,
    JobPath(job): JobPath,
) -> Result<Json<Job>, Problem> {
    Ok(Json(shared.service.job(&bearer.caller, job).await?))
}

/// Your bookings, newest first
///
/// 20 at a time unless said. `nextCursor` leads to the page after; without one there is no more.
#[utoipa::path(
    get,
    path = "/execution-jobs",
    operation_id = "listExecutionJobs",
    tag = "jobs",
    params(
        ("status" = Option<String>, Query, description = "Only jobs that stand here, for example `paused_payment`."),
        ("scenario" = Option<String>, Query, description = "Only `restaurant`, `hotel`, `flight` or `activity`."),
        ("limit" = Option<u32>, Query, description = "How many at most.", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before."),
    ),
    responses(
        (status = 200, description = "A page of jobs.", body = ref("#/components/schemas/JobPage")),
        (status = 400, response = problems::BadRequest),
        (status = 401, response = problems::Unauthorized),
        (status = 403, response = problems::Forbidden),
        (status = 429, response = problems::RateLimited),
        (status = 503, response = problems::Unavailable),
    ),
    extensions(("x-openai-isConsequential" = json!(false))),
)]
pub(crate) async fn list(
    State(shared): State<Arc<Shared>>,
    bearer: Bearer,
    RawQuery(query): RawQuery,
) -> Result<Json<JobPage>, Problem> {
    let filter = filter(query.as_deref())?;
    Ok(Json(shared.service.list(&bearer.caller, filter).await?))
}

/// Reads which jobs to list; 20 at a time unless said.
pub(crate) fn filter(query: Option<&str>) -> Result<JobFilter, Error> {
    query::read(query, &["status", "scenario", "limit", "cursor"], |fields: &mut Fields<'_>| {
        let status = fields.optional("status");
        let scenario = fields.optional("scenario");
        let limit: Option<Number<Bounded<1, 100>>> = fields.optional("limit");
        let cursor: Option<JobId> = fields.optional("cursor");
        let limit = limit.map(|number| number.0).or(Bounded::new(20))?;
        Some(JobFilter { status, scenario, limit, cursor })
    })
}

/// Stop a booking before its submit
///
/// Nothing has been charged then. A job that has ended, or whose submit is under way, is answered with
/// `job_not_cancellable`.
#[utoipa::path(
    post,
    path = "/execution-jobs/{jobId}/cancel",
    operation_id = "cancelExecutionJob",
    tag = "jobs",
    params(("jobId" = String, Path, description = "The job's id.")),
    responses(
        (status = 200, description = "The job, cancelled.", body = ref("#/components/schemas/Job")),
        (status = 401, response = problems::Unauthorized),
        (status = 403, response = problems::Forbidden),
        (status = 404, response = problems::NotFound),
        (status = 409, response = problems::Conflict),
        (status = 429, response = problems::RateLimited),
        (status = 503, response = problems::Unavailable),
    ),
    extensions(("x-openai-isConsequential" = json!(true))),
)]
pub(crate) async fn cancel(
    State(shared): State<Arc<Shared>>,
    bearer: Bearer,
    JobPath(job): JobPath,
) -> Result<Json<Job>, Problem> {
    Ok(Json(shared.service.cancel(&bearer.caller, job).await?))
}
