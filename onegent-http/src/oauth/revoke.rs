//! `POST /oauth/revoke`: ends a token (RFC 7009). To a client that proved who it is the answer is 200, whatever the token.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{answer, form};
use crate::app::Shared;
use crate::limits::Origin;

pub(super) async fn revoke(
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
    match shared.authority.revoke(shown, &params).await {
        Ok(()) => answer::fine(StatusCode::OK, &json!({})),
        Err(error) => {
            if error.is_guess() {
                shared.bad_grants.note(origin);
            }
            answer::error(&error)
        }
    }
}
