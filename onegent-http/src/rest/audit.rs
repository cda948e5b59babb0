//! A job's audit trail, page by page.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use onegent_core::port::{AuditPage, AuditQuery};
use onegent_core::text::Bounded;

use super::auth::Bearer;
use super::path::JobPath;
use super::query::{self, Number, Seq};
use crate::app::Shared;
use crate::openapi::problems;
use crate::problem::Problem;

/// What happened to a booking, step by step
///
/// Append-only, oldest first. Each event carries the SHA-256 of itself and of the one before.
#[utoipa::path(
    get,
    path = "/execution-jobs/{jobId}/audit",
    operation_id = "getExecutionJobAudit",
    tag = "jobs",
    params(
        ("jobId" = String, Path, description = "The job's id."),
        ("limit" = Option<u32>, Query, description = "How many events at most.", minimum = 1, maximum = 2000),
        ("cursor" = Option<u64>, Query, description = "`nextCursor` of the page before.", minimum = 0),
    ),
    responses(
        (status = 200, description = "A page of events.", body = ref("#/components/schemas/AuditPage")),
        (status = 400, response = problems::BadRequest),
        (status = 401, response = problems::Unauthorized),
        (status = 403, response = problems::Forbidden),
        (status = 404, response = problems::NotFound),
        (status = 429, response = problems::RateLimited),
        (status = 503, response = problems::Unavailable),
    ),
    extensions(("x-openai-isConsequential" = json!(false))),
)]
pub(crate) async fn page(
    State(shared): State<Arc<Shared>>,
    bearer: Bearer,
    JobPath(job): JobPath,
    RawQuery(query): RawQuery,
) -> Result<Json<AuditPage>, Problem> {
    let query = query::read(query.as_deref(), &["limit", "cursor"], |fields| {
        let limit: Option<Number<Bounded<1, 2000>>> = fields.optional("limit");
        let after: Option<Number<Seq>> = fields.optional("cursor");
        let limit = limit.map(|number| number.0).or(Bounded::new(100))?;
        Some(AuditQuery { after: after.map_or(0, |number| number.0.0), limit })
    })?;
    Ok(Json(shared.service.audit(&bearer.caller, job, query).await?))
}
