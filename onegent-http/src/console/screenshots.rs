//! `/jobs/{id}/screenshots/{number}`: pictures of the pages that the agent stood on, for the job's own account.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use onegent_core::error::{Error, ErrorCode};
use onegent_core::id::JobId;
use onegent_core::port::{Screenshot, ScreenshotInfo};

use super::session::SignedIn;
use super::view::Moment;
use crate::app::Shared;
use crate::problem::Problem;
use crate::rest::path::{JobPath, param};

/// One picture of the strip.
pub(super) struct Picture {
    pub(super) url: String,
    pub(super) number: u32,
    pub(super) step: String,
    pub(super) at: Moment,
}

impl Picture {
    pub(super) fn of(job: JobId, info: &ScreenshotInfo) -> Self {
        Self {
            url: format!("/jobs/{job}/screenshots/{}", info.number),
            number: info.number,
            step: info.step.as_str().replace('_', " "),
            at: Moment(info.taken_at),
        }
    }
}

/// The number of a picture in a path; 0, which none has, where it is no number.
pub(super) struct Number(u32);

impl<S: Send + Sync> FromRequestParts<S> for Number {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = param(parts, state, "number").await;
        Ok(Self(text.and_then(|text| text.parse().ok()).unwrap_or_default()))
    }
}

/// `GET /jobs/{id}/screenshots/{number}`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
    JobPath(job): JobPath,
    Number(number): Number,
) -> Result<Response, Problem> {
    let caller = signed_in.person().caller();
    let found = shared.service.screenshot(&caller, job, Some(number)).await?;
    let none = || Error::new(ErrorCode::NotFound, "There is no such picture any more.");
    let screenshot = found.ok_or_else(none)?;
    Ok(([(header::CONTENT_TYPE, Screenshot::MEDIA_TYPE)], screenshot.image).into_response())
}
