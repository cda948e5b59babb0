//! Reading a request's body: type, size, JSON.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use bytes::BytesMut;
use futures_util::StreamExt;
use onegent_core::error::{Error, ErrorCode};
use serde_json::Value;

use crate::problem::Problem;

/// The most that a JSON body may have, in bytes.
pub(crate) const MOST_JSON: usize = 64 * 1024;

/// Reads a JSON body.
pub(crate) async fn json(headers: &HeaderMap, body: Body) -> Result<Value, Problem> {
    let kind = media_type(headers);
    if kind != "application/json" && !(kind.starts_with("application/") && kind.ends_with("+json")) {
        let message = "Send the body as JSON, with `Content-Type: application/json`.";
        return Err(Problem::new(ErrorCode::UnsupportedMediaType, message));
    }
    let bytes = at_most(body, MOST_JSON).await?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let message = format!("The body is not JSON: line {}, column {}.", error.line(), error.column());
        Problem::new(ErrorCode::InvalidJson, &message)
    })
}

/// Reads a body of at most `most` bytes.
pub(crate) async fn at_most(body: Body, most: usize) -> Result<Bytes, Problem> {
    let mut read = BytesMut::new();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| {
            let message = "The body could not be read to its end.";
            Error::new(ErrorCode::InvalidRequest, message).caused_by(error)
        })?;
        if read.len() + chunk.len() > most {
            let message = format!("The body is larger than the {} KiB that are taken.", most / 1024);
            return Err(Problem::new(ErrorCode::PayloadTooLarge, &message));
        }
        read.extend_from_slice(&chunk);
    }
    Ok(read.freeze())
}

/// The media type in lower case, without parameters; empty when there is none.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
