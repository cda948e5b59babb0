//! Where an account is told of its jobs.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use onegent_core::error::{Error, ErrorCode};
use onegent_core::fields;
use onegent_core::id::EndpointId;
use onegent_core::webhook::{DeadLetterPage, IssuedWebhook, NewWebhook, Replayed, WebhookPage};

use super::auth::Bearer;
use super::path::param;
use crate::app::Shared;
use crate::body;
use crate::openapi::problems;
use crate::problem::Problem;

/// The endpoint that a path names.
pub(crate) struct EndpointPath(pub(crate) EndpointId);

impl<S: Send + Sync> FromRequestParts<S> for EndpointPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = param(parts, state, "endpointId").await;
        text.and_then(|text| text.parse().ok()).map(Self).ok_or_else(|| {
            Problem::new(ErrorCode::NotFound, "No webhook with this id belongs to this account.")
        })
    }
}

/// Be told when a job's status changes
///
/// Each change is sent as a POST with a signature (Standard Webhooks, `v1`), at least once, and in order for each job. An
/// answer with a status from 200 to 299 within five seconds settles it; otherwise it is sent again, ten times over most of
/// a day. The `secret` is in this answer alone.
#[utoipa::path(
    post,
    path = "/webhooks",
    operation_id = "createWebhook",
    tag = "webhooks",
    request_body(
        content = ref("#/components/schemas/NewWebhook"),
        content_type = "application/json",
        description = "Where messages go.",
        example = json!({ "url": "https://example.com/onegent" }),
    ),
    responses(
        (status = 201, description = "The endpoint and its secret.", body = ref("#/components/schemas/IssuedWebhook")),
        (status = 400, response = problems::BadRequest),
        (status = 401, response = problems::Unauthorized),
        (status = 403, response = problems::Forbidden),
        (status = 413, response = problems::PayloadTooLarge),
        (status = 415, response = problems::UnsupportedMediaType),
        (status = 429, response = problems::RateLimited),
        (status = 503, response = problems::Unavailable),
    ),
)]
pub(crate) async fn create(
    State(shared): State<Arc<Shared>>,
    bearer: Bearer,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<IssuedWebhook>), Problem> {
    let body = body::json(&headers, body).await?;
    let new = fields::read::<NewWebhook>(&body).map_err(Error::invalid_request)?;
    Ok((StatusCode::CREATED, Json(shared.webhooks.add_webhook(&bearer.caller, new).await?)))
}

/// Your webhooks, oldest first
///
/// With how many messages wait for each, and how many were given up.
#[utoipa::path(
    get,
    path = "/webhooks",
    operation_id = "listWebhooks",
    tag = "webhooks",
    responses(
        (status = 200, description = "The endpoints.", body = ref("#/components/schemas/WebhookPage")),
        (status = 401, response = problems::Unauthorized),
        (status = 403, response = problems::Forbidden),
        (status = 429, response = problems::RateLimited),
        (status = 503, response = problems::Unavailable),
    ),
)]
pub(crate) async fn list(
    State(shared): State<Arc<Shared>>,
    bearer: Bearer,
) -> Result<Json<WebhookPage>, Problem> {
    Ok(Json(shared.webhooks.webhooks(&bearer.caller).await?))
}

/// Remove a webhook
///
/// What waits for it is thrown away.
#[utoipa::path(
    delete,
    path = "/webhooks/{endpointId}",
    operation_id = "deleteWebhook",
    tag = "webhooks",
    params(("endpointId" = String, Path, description = "The endpoint's id.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 401, response = problems::Unauthorized),
        (status = 403, response = problems::Forbidden),
        (status = 404, response = problems::NotFound),
        (status = 429, response = problems::RateLimited),
        (status = 503, response = problems::Unavailable),
    ),
)]
pub(crate) async fn remove(
    State(shared): State<Arc<Shared>>,
    bearer: Bearer,
    EndpointPath(id): EndpointPath,
) -> Result<StatusCode, Problem> {
    shared.webhooks.remove_webhook(&bearer.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a webhook another secret
///
/// For a day messages are signed with the one before as well.
#[utoipa::path(
    post,
    path = "/webhooks/{endpointId}/rotate",
    operation_id = "rotateWebhookSecret",
    tag = "webhooks",
    params(("endpointId" = String, Path, description = "The endpoint's id.")),
    responses(
        (status = 200, description = "The endpoint and its new secret.", body = ref("#/components/schemas/IssuedWebhook")),
        (status = 401, response = problems::Unauthorized),
        (status = 403, response = problems::Forbidden),
        (status = 404, response = problems::NotFound),
        (status = 429, response = problems::RateLimited),
        (status = 503, response = problems::Unavailable),
    ),
)]
pub(crate) async fn rotate(
    State(shared): State<Arc<Shared>>,
    bearer: Bearer,
    EndpointPath(id): EndpointPath,
) -> Result<Json<IssuedWebhook>, Problem> {
    Ok(Json(shared.webhooks.rotate_webhook(&bearer.caller, id).await?))
}

/// A webhook's messages that were given up
///
/// Newest first, 100 at most. They are kept for 30 days.
#[utoipa::path(
    get,
    path = "/webhooks/{endpointId}/dead-letters",
    operation_id = "listDeadLetters",
    tag = "webhooks",
    params(("endpointId" = String, Path, description = "The endpoint's id.")),
    responses(
        (status = 200, description = "The messages.", body = ref("#/components/schemas/DeadLetterPage")),
        (status = 401, response = problems::Unauthorized),
        (status = 403, response = problems::Forbidden),
        (status = 404, response = problems::NotFound),
        (status = 429, response = problems::RateLimited),
        (status = 503, response = problems::Unavailable),
    ),
)]
pub(crate) async fn dead_letters(
    State(shared): State<Arc<Shared>>,
    bearer: Bearer,
    EndpointPath(id): EndpointPath,
) -> Result<Json<DeadLetterPage>, Problem> {
    Ok(Json(shared.webhooks.dead_letters(&bearer.caller, id).await?))
}

/// Send a webhook's dead letters again
///
/// All of them, with their ids and bodies as they were. `data.sequence` tells which of a job's messages is the newest.
#[utoipa::path(
    post,
    path = "/webhooks/{endpointId}/replay",
    operation_id = "replayWebhook",
    tag = "webhooks",
    params(("endpointId" = String, Path, description = "The endpoint's id.")),
    responses(
        (status = 200, description = "How many are sent again.", body = ref("#/components/schemas/Replayed")),
        (status = 401, response = problems::Unauthorized),
        (status = 403, response = problems::Forbidden),
        (status = 404, response = problems::NotFound),
        (status = 429, response = problems::RateLimited),
        (status = 503, response = problems::Unavailable),
    ),
)]
pub(crate) async fn replay(
    State(shared): State<Arc<Shared>>,
    bearer: Bearer,
    EndpointPath(id): EndpointPath,
) -> Result<Json<Replayed>, Problem> {
    Ok(Json(shared.webhooks.replay_webhook(&bearer.caller, id).await?))
}
