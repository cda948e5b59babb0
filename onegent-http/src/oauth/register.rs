//! `POST /oauth/register`: an app makes itself known (RFC 7591).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::Response;
use onegent_core::port::{OAuthError, OAuthErrorCode};

use super::answer;
use super::form::MOST;
use crate::app::Shared;
use crate::body::{at_most, media_type};
use crate::limits::Origin;
use crate::problem;

pub(super) async fn register(
    State(shared): State<Arc<Shared>>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let wrong = |description| OAuthError::new(OAuthErrorCode::InvalidClientMetadata, description);
    if media_type(&headers) != "application/json" {
        return answer::error(&wrong("Send the metadata as application/json."));
    }
    let bytes = match at_most(body, MOST).await {
        Ok(bytes) => bytes,
        Err(refused) => {
            let status = problem::status(refused.error().code());
            return answer::with_status(status, &wrong("The metadata is larger than 16 KiB, or broke off."));
        }
    };
    let Ok(metadata) = serde_json::from_slice(&bytes) else {
        return answer::error(&wrong("The body is not JSON."));
    };
    // Taken before and given back after, so that many at once are no more than the quota either.
    let origin = Origin::asking(&shared, &extensions, &headers);
    if let Err(refused) = shared.registrations.take(origin) {
        return answer::too_often(&refused);
    }
    match shared.authority.register(&metadata).await {
        Ok(registration) => answer::fine(StatusCode::CREATED, &registration),
        Err(error) => {
            shared.registrations.take_back(&origin);
            answer::error(&error)
        }
    }
}
