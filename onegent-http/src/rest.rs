//! REST v1: one file per group of routes, all behind a bearer credential.

pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod events;
pub(crate) mod jobs;
pub(crate) mod path;
pub(crate) mod providers;
mod query;
pub(crate) mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};

use crate::app::Shared;
use crate::{challenge, problem, request};

/// The routes below `/api/v1`.
pub(crate) fn routes(shared: &Arc<Shared>) -> Router {
    Router::new()
        .route("/execution-jobs", post(jobs::create).get(jobs::list))
        .route("/execution-jobs/{jobId}", get(jobs::show))
        .route("/execution-jobs/{jobId}/audit", get(audit::page))
        .route("/execution-jobs/{jobId}/events", get(events::stream))
        .route("/execution-jobs/{jobId}/cancel", post(jobs::cancel))
        .route("/metrics/providers/{provider}", get(providers::metrics))
        .route("/providers", get(providers::list))
        .route("/webhooks", post(webhooks::create).get(webhooks::list))
        .route("/webhooks/{endpointId}", delete(webhooks::remove))
        .route("/webhooks/{endpointId}/rotate", post(webhooks::rotate))
        .route("/webhooks/{endpointId}/dead-letters", get(webhooks::dead_letters))
        .route("/webhooks/{endpointId}/replay", post(webhooks::replay))
        .method_not_allowed_fallback(problem::no_such_method)
        .fallback(problem::no_such_route)
        .layer((
            from_fn_with_state(Arc::clone(shared), challenge::around_rest),
            from_fn_with_state(shared.load.clone(), request::bound),
            request::catch_panics(),
        ))
        .with_state(Arc::clone(shared))
}
