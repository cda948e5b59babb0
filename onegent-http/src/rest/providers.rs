//! What can be booked, and how it fares.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, RawQuery, State};
use axum::http::request::Parts;
use onegent_core::error::Error;
use onegent_core::fields::FieldError;
use onegent_core::port::{ProviderMetrics, ProviderPage};
use onegent_core::text::{Bounded, ProviderId};

use super::auth::Bearer;
use super::path::param;
use super::query::{self, Number};
use crate::app::Shared;
use crate::openapi::problems;
use crate::problem::Problem;

/// The provider that a path names.
pub(crate) struct ProviderPath(ProviderId);

impl<S: Send + Sync> FromRequestParts<S> for ProviderPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = param(parts, state, "provider").await.unwrap_or_default();
        text.parse().map(Self).map_err(|error| {
            let detail = FieldError { field: "provider".to_owned(), message: format!("{error}") };
            Error::invalid_request(vec![detail]).into()
        })
    }
}

/// What can be booked, and how healthy it is
///
/// The booking sites that this key reaches, with what each books and how it fared over the last 30 days.
#[utoipa::path(
    get,
    path = "/providers",
    operation_id = "listProviders",
    tag = "providers",
    responses(
        (status = 200, description = "The booking sites.", body = ref("#/components/schemas/ProviderPage")),
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
) -> Result<Json<ProviderPage>, Problem> {
    Ok(Json(shared.service.providers(&bearer.caller).await?))
}

/// How bookings with one site went
///
/// Counts, success rate and median time. A site without data has zeros.
#[utoipa::path(
    get,
    path = "/metrics/providers/{provider}",
    operation_id = "getProviderMetrics",
    tag = "providers",
    params(
        ("provider" = String, Path, description = "The booking site's id."),
        ("timeRangeDays" = Option<u32>, Query, description = "Over how many days back; 30 unless said.",
            minimum = 1, maximum = 365),
    ),
    responses(
        (status = 200, description = "The figures.", body = ref("#/components/schemas/ProviderMetrics")),
        (status = 400, response = problems::BadRequest),
        (status = 401, response = problems::Unauthorized),
        (status = 403, response = problems::Forbidden),
        (status = 429, response = problems::RateLimited),
        (status = 503, response = problems::Unavailable),
    ),
    extensions(("x-openai-isConsequential" = json!(false))),
)]
pub(crate) async fn metrics(
    State(shared): State<Arc<Shared>>,
    bearer: Bearer,
    ProviderPath(provider): ProviderPath,
    RawQuery(query): RawQuery,
) -> Result<Json<ProviderMetrics>, Problem> {
    let days = query::read(query.as_deref(), &["timeRangeDays"], |fields| {
        let days: Option<Number<Bounded<1, 365>>> = fields.optional("timeRangeDays");
        days.map(|number| number.0).or(Bounded::new(30))
    })?;
    Ok(Json(shared.service.provider_metrics(&bearer.caller, provider, days).await?))
}
