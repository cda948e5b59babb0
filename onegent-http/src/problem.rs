//! Errors on their way out: one table from code to status, and a body made by the layer of the route group.
//!
//! A handler answers with a [`Problem`]; its group's layer, which knows the request id and whether a program or a
//! person asked, gives it its body. So every error of a group has the same form, those of the router included.

use std::sync::Arc;

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use onegent_core::error::{Error, ErrorCode};
use onegent_core::id::RequestId;

use crate::request::request_id;

/// What a handler answers when it can't do what was asked.
#[derive(Debug, Clone)]
pub(crate) struct Problem(Arc<Error>);

impl Problem {
    /// An error with a message for the caller.
    pub(crate) fn new(code: ErrorCode, message: &str) -> Self {
        Error::new(code, message).into()
    }

    pub(crate) fn error(&self) -> &Error {
        &self.0
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(Arc::new(error))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = status(self.0.code()).into_response();
        if let Some(wait) = self.0.wait() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// The one table from error code to HTTP status.
pub(crate) fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::MissingAuthorization
        | ErrorCode::InvalidAuthScheme
        | ErrorCode::EmptyApiKey
        | ErrorCode::MalformedApiKey
        | ErrorCode::InvalidApiKey
        | ErrorCode::NotSignedIn => StatusCode::UNAUTHORIZED,
        ErrorCode::ForgedRequest
        | ErrorCode::SecondFactorRequired
        | ErrorCode::NotYours
        | ErrorCode::ScenarioNotAllowed
        | ErrorCode::InsufficientScope => StatusCode::FORBIDDEN,
        ErrorCode::JobNotFound | ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::InvalidJson | ErrorCode::InvalidRequest => StatusCode::BAD_REQUEST,
        ErrorCode::IdempotencyConflict
        | ErrorCode::JobNotCancellable
        | ErrorCode::ChargeChanged
        | ErrorCode::NothingToConfirm => StatusCode::CONFLICT,
        ErrorCode::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::BackendUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// For a path that is not there.
pub(crate) async fn no_such_route() -> Problem {
    Problem::new(ErrorCode::NotFound, "There is nothing at this address.")
}

/// For a path that is there, but not with this method.
pub(crate) async fn no_such_method() -> Problem {
    Problem::new(
        ErrorCode::MethodNotAllowed,
        "This address does not take this method; `Allow` lists those it takes.",
    )
}

/// Layer: problems become the error object of REST.
pub(crate) async fn as_json(request: Request, next: Next) -> Response {
    let id = request_id(&request);
    rendered(next.run(request).await, id)
}

/// An answer with the error object as its body, if a problem is in it.
pub(crate) fn rendered(mut response: Response, id: RequestId) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let mut rendered = (response.status(), Json(problem.0.body(id))).into_response();
    for (name, value) in response.headers() {
        // What the handler said beside the status, such as `Allow` or `Retry-After`.
        if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
            rendered.headers_mut().append(name, value.clone());
        }
    }
    if rendered.status() == StatusCode::UNAUTHORIZED
        && !rendered.headers().contains_key(header::WWW_AUTHENTICATE)
    {
        let challenge = HeaderValue::from_static("Bearer realm=\"onegent\"");
        rendered.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    rendered.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The log wants the cause, which the body does not tell.
    rendered.extensions_mut().insert(problem);
    rendered
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn every_code_has_its_status() {
        let table = ErrorCode::ALL.iter().fold(String::new(), |mut table, code| {
            writeln!(table, "{} {code}", status(*code).as_u16()).unwrap();
            table
        });
        insta::assert_snapshot!(table);
    }
}
