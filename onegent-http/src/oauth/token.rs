//! `POST /oauth/token`: a code or a refresh token for a pair of tokens (RFC 6749 sections 4.1.3 and 6).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::{answer, form};
use crate::app::Shared;
use crate::limits::Origin;

pub(super) async fn token(
    State(shared): State<Arc<Shared>>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let (shown, params) = match form::read(&headers, body).await {
        Ok(read) => read,
        Err(refused) => return refused.into_response(),
    };
    let origin = Origin::asking(&shared, &extensions, &headers);
    if let Err(refused) = shared.bad_grants.check(&origin) {
        return answer::too_often(&refused);
    }
    match shared.authority.token(shown, &params).await {
        Ok(pair) => answer::fine(StatusCode::OK, &pair),
        Err(error) => {
            if error.is_guess() {
                shared.bad_grants.note(origin);
            }
            answer::error(&error)
        }
    }
}
