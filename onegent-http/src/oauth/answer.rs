//! Answers of the JSON endpoints: never cached, errors in the form of RFC 6749 section 5.2.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use onegent_core::port::{OAuthError, OAuthErrorCode};
use serde::Serialize;
use serde_json::json;

use crate::problem::Problem;

/// An answer that carries secrets.
pub(super) fn fine(status: StatusCode, body: &impl Serialize) -> Response {
    never_stored((status, Json(body)).into_response())
}

/// An error, with the status of its code.
pub(super) fn error(error: &OAuthError) -> Response {
    with_status(status(error.code()), error)
}

/// An error where the standard leaves the status to us.
pub(super) fn with_status(status: StatusCode, error: &OAuthError) -> Response {
    if status.is_server_error() {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        tracing::error!(code = %error.code(), cause, "an OAuth endpoint failed");
    }
    let body = json!({ "error": error.code().as_str(), "error_description": error.description() });
    let mut response = never_stored((status, Json(body)).into_response());
    if status == StatusCode::UNAUTHORIZED {
        let basic = HeaderValue::from_static("Basic realm=\"onegent\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}

/// Somebody asks too often. RFC 6749 has no code of its own for it; the status says it.
pub(super) fn too_often(refused: &Problem) -> Response {
    let wait = refused.error().wait().unwrap_or(Duration::from_mins(1)).as_secs();
    let description = "Too many requests from this address. Wait as long as Retry-After says.";
    let error = OAuthError::new(OAuthErrorCode::TemporarilyUnavailable, description);
    let mut response = with_status(StatusCode::TOO_MANY_REQUESTS, &error);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    response
}

/// The one table from code to status.
fn status(code: OAuthErrorCode) -> StatusCode {
    match code {
        OAuthErrorCode::InvalidClient => StatusCode::UNAUTHORIZED,
        OAuthErrorCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        OAuthErrorCode::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        OAuthErrorCode::InvalidRequest
        | OAuthErrorCode::InvalidGrant
        | OAuthErrorCode::UnsupportedGrantType
        | OAuthErrorCode::UnsupportedResponseType
        | OAuthErrorCode::InvalidScope
        | OAuthErrorCode::InvalidTarget
        | OAuthErrorCode::AccessDenied
        | OAuthErrorCode::InvalidRedirectUri
        | OAuthErrorCode::InvalidClientMetadata => StatusCode::BAD_REQUEST,
    }
}

fn never_stored(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
