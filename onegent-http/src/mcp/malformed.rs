//! The protocol's own errors for bodies that are no message (JSON-RPC 2.0, section 5.1).

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use onegent_mcp::MAX_REQUEST_BYTES;
use serde::de::IgnoredAny;
use serde_json::json;

use crate::body::{at_most, media_type};

const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;

/// Layer: the transport calls what it can't read an unsupported media type, whatever type was named. Where the type was
/// right, it is the body that is wrong, and clients look for that in the body.
pub(crate) async fn answered(request: Request, next: Next) -> Response {
    let is_json = media_type(request.headers()) == "application/json";
    let (parts, body) = request.into_parts();
    let bytes = match at_most(body, MAX_REQUEST_BYTES).await {
        Ok(bytes) => bytes,
        Err(problem) => return problem.into_response(),
    };
    let response = next.run(Request::from_parts(parts, Body::from(bytes.clone()))).await;
    if is_json && response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE { error(&bytes) } else { response }
}

fn error(body: &Bytes) -> Response {
    let (code, message) = match serde_json::from_slice::<IgnoredAny>(body) {
        Err(_) => (PARSE_ERROR, "Parse error: the body is not JSON"),
        Ok(_) if body.trim_ascii_start().starts_with(b"[") => {
            (INVALID_REQUEST, "Invalid Request: send one message at a time, not a batch")
        }
        Ok(_) => (INVALID_REQUEST, "Invalid Request: this is no message of the Model Context Protocol"),
    };
    let error = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code, "message": message } });
    (StatusCode::BAD_REQUEST, Json(error)).into_response()
}
