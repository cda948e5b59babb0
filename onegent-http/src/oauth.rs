//! The OAuth endpoints that programs call. The pages that a person sees on the way are the console's.
//!
//! Every rule is the engine's; here parameters are decoded and answers get their status and headers.

mod answer;
pub(crate) mod authorize;
mod form;
mod register;
mod revoke;
mod token;
mod well_known;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::app::Shared;
use crate::challenge::Resource;
use crate::{problem, request};

/// The metadata documents in both their forms, and the three endpoints that answer in JSON.
pub(crate) fn routes(shared: &Arc<Shared>) -> Router {
    let mut router = Router::new()
        .route("/.well-known/oauth-authorization-server", get(well_known::server))
        .route("/.well-known/oauth-protected-resource", get(well_known::mcp));
    for resource in Resource::ALL {
        let path = resource.path();
        let protected = match resource {
            Resource::Mcp => get(well_known::mcp),
            Resource::Rest => get(well_known::rest),
        };
        router = router
            .route(&format!("/.well-known/oauth-authorization-server{path}"), get(well_known::server))
            .route(&format!("/.well-known/oauth-protected-resource{path}"), protected);
    }
    router
        .route("/oauth/token", post(token::token))
        .route("/oauth/revoke", post(revoke::revoke))
        .route("/oauth/register", post(register::register))
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(from_fn(open))
        .layer(request::catch_panics())
        .layer(from_fn_with_state(shared.load.clone(), request::bound))
        .layer(from_fn(problem::as_json))
        .with_state(Arc::clone(shared))
}

/// Layer: pages of other origins may call these (Fetch, CORS). No cookie counts here, so that nothing is risked.
async fn open(request: Request, next: Next) -> Response {
    let asks = request.method() == Method::OPTIONS;
    let mut response = if asks { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if asks {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        let names = HeaderValue::from_static("authorization, content-type, mcp-protocol-version");
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    }
    response
}
