//! The console: server-rendered pages for a person. They work without JavaScript; one script of our own adds life.

mod assets;
mod connected_apps;
mod consent;
mod cookie;
mod docs;
mod form;
mod guard;
mod job;
mod jobs;
mod keys;
mod live;
mod page;
mod review;
mod session;
mod sign_in;
mod status;
mod timeline;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::app::Shared;
use crate::{oauth, problem, request};

/// All pages, their forms and their assets. Unknown addresses end here.
pub(crate) fn routes(shared: &Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(jobs::show))
        .route("/jobs/{jobId}", get(job::show))
        .route("/jobs/{jobId}/events", get(live::stream))
        .route("/jobs/{jobId}/confirm", post(review::confirm))
        .route("/jobs/{jobId}/decline", post(review::decline))
        .route("/jobs/{jobId}/helped", post(job::helped))
        .route("/jobs/{jobId}/cancel", post(job::cancel))
        .route("/developers/keys", get(keys::show).post(keys::create))
        .route("/developers/keys/{keyId}/revoke", post(keys::revoke))
        .route("/developers/connected-apps", get(connected_apps::show))
        .route("/developers/connected-apps/{grantId}/disconnect", post(connected_apps::disconnect))
        .route("/oauth/authorize", get(oauth::authorize::authorize))
        .route("/oauth/consent", get(consent::show).post(consent::decide))
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/status", get(status::show))
        .route("/docs", get(docs::show))
        .route("/assets/{file}", get(assets::file))
        .method_not_allowed_fallback(problem::no_such_method)
        .fallback(problem::no_such_route)
        .layer(request::catch_panics())
        .layer(from_fn_with_state(shared.load.clone(), request::bound))
        .layer(from_fn_with_state(Arc::clone(shared), page::frame))
        .with_state(Arc::clone(shared))
}
