//! `POST /oauth/revoke`: ends a token (RFC 7009). To a client that proved who it is the answer is 200, whatever the token.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{answer, form};
use crate::app::Shared;

pub(super) async fn revoke(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    let (shown, params) = match form::read(&headers, body).await {
        Ok(read) => read,
        Err(refused) => return refused.into_response(),
    };
    match shared.authority.revoke(shown, &params).await {
        Ok(()) => answer::fine(StatusCode::OK, &json!({})),
        Err(error) => answer::error(&error),
    }
}
