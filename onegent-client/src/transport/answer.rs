//! Reading answers: the status first, then a body of bounded size, tolerantly.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use onegent_core::fields::FieldError;
use onegent_core::text::Text;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{ApiError, ClientError, code_for};

/// A good answer of the API.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_slice(&self.body).map_err(ClientError::Undecodable)
    }
}

/// Reads an answer to its end.
pub(crate) async fn read(response: Response, limit: usize) -> Result<Answer, ClientError> {
    let (status, headers) = (response.status(), response.headers().clone());
    if !status.is_success() {
        return Err(refusal(response, limit).await);
    }
    if !has_type(&headers, |essence| essence == "application/json" || essence.ends_with("+json")) {
        return Err(foreign(status, &headers));
    }
    let body = collect(response, limit).await?;
    Ok(Answer { headers, body })
}

/// Takes an answer only if it is an event stream, whose body is still to come, or 204: nothing comes any more.
pub(crate) async fn expect_event_stream(response: Response, limit: usize) -> Result<Response, ClientError> {
    if !response.status().is_success() {
        return Err(refusal(response, limit).await);
    }
    let nothing = response.status() == StatusCode::NO_CONTENT;
    if !nothing && !has_type(response.headers(), |essence| essence == "text/event-stream") {
        return Err(foreign(response.status(), response.headers()));
    }
    Ok(response)
}

/// What an answer other than 2xx says. The status stands, whatever becomes of the body.
async fn refusal(response: Response, limit: usize) -> ClientError {
    let (status, headers) = (response.status(), response.headers().clone());
    let body = collect(response, limit).await.unwrap_or_default();
    let object = serde_json::from_slice::<Value>(&body).ok();
    match object.as_ref().and_then(|body| body.get("error")) {
        Some(Value::Object(error)) => ClientError::Api(Box::new(api_error(status, &headers, error))),
        _ => foreign(status, &headers),
    }
}

fn api_error(status: StatusCode, headers: &HeaderMap, error: &serde_json::Map<String, Value>) -> ApiError {
    let text = |name| error.get(name).and_then(Value::as_str);
    let code = text("code").and_then(|code| code.parse().ok());
    let message = text("message").and_then(Text::<1000>::fit);
    let details = error.get("details").and_then(Value::as_array);
    let in_header = || headers.get("x-request-id").and_then(|id| id.to_str().ok());
    ApiError {
        code: code.unwrap_or_else(|| code_for(status.as_u16())),
        status: status.as_u16(),
        message: message.map_or_else(|| "The booking service gave no reason.".to_owned(), |m| m.to_string()),
        details: details.into_iter().flatten().filter_map(field_error).collect(),
        retry_after: retry_after(headers),
        request_id: text("requestId").or_else(in_header).map(str::to_owned),
    }
}

fn field_error(value: &Value) -> Option<FieldError> {
    let line = |name| value.get(name).and_then(Value::as_str).and_then(Text::<300>::fit);
    Some(FieldError { field: line("field")?.to_string(), message: line("message")?.to_string() })
}

fn foreign(status: StatusCode, headers: &HeaderMap) -> ClientError {
    ClientError::Foreign { status: status.as_u16(), retry_after: retry_after(headers) }
}

/// `Retry-After` in seconds (RFC 9110, 10.2.3). The form with a date would need the server's clock; it is read as "not
/// soon", so that nothing is tried again before it.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    const NOT_SOON: Duration = Duration::from_mins(1);
    let value = headers.get(RETRY_AFTER)?;
    let seconds = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    Some(seconds.map_or(NOT_SOON, Duration::from_secs))
}

fn has_type(headers: &HeaderMap, fits: impl Fn(&str) -> bool) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    fits(&value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

async fn collect(mut response: Response, limit: usize) -> Result<Bytes, ClientError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(ClientError::from_sending)? {
        if body.len() + chunk.len() > limit {
            return Err(ClientError::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
