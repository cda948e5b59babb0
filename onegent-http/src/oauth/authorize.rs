//! `GET /oauth/authorize`: an app sends a person here to be asked (RFC 6749 section 4.1.1).
//!
//! What can't be trusted ends on a page. Everything else is either kept, and the person is sent on to decide, or goes back
//! to the app with an error. Redirects are 303, so that no browser repeats a body.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use onegent_core::error::{Error, ErrorCode};
use onegent_core::port::{Authorization, Params, ReturnUrl};
use url::form_urlencoded;

use crate::app::Shared;
use crate::problem::Problem;

/// The most that a request may have, in bytes.
const MOST: usize = 8 * 1024;

pub(crate) async fn authorize(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    if query.len() > MOST {
        return Err(Problem::new(ErrorCode::InvalidRequest, "The app's request is longer than 8 KiB."));
    }
    let params = Params::new(form_urlencoded::parse(query.as_bytes()).into_owned()).map_err(|_repeated| {
        Problem::new(
            ErrorCode::InvalidRequest,
            "The app's request has a parameter more than once. Nothing was done.",
        )
    })?;
    match shared.authority.authorize(&params).await? {
        Authorization::Ask(request) => {
            Ok(Redirect::to(&format!("/oauth/consent?request={}", request.expose())).into_response())
        }
        Authorization::Return(url) => back(&url),
    }
}

/// Sends the browser back to the app.
pub(crate) fn back(url: &ReturnUrl) -> Result<Response, Problem> {
    let mut location = HeaderValue::try_from(url.expose()).map_err(Error::internal)?;
    location.set_sensitive(true);
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}
