//! Ids in paths. What does not have an id's shape is answered as an id that never was.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use onegent_core::error::Error;
use onegent_core::id::JobId;

use crate::problem::Problem;

/// The job that a path names.
pub(crate) struct JobPath(pub(crate) JobId);

impl<S: Send + Sync> FromRequestParts<S> for JobPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = param(parts, state, "jobId").await;
        let job = text.and_then(|text| text.parse().ok());
        job.map(Self).ok_or_else(|| Error::job_not_found().into())
    }
}

/// A path parameter, decoded; `None` when it is not text.
pub(crate) async fn param<S: Send + Sync>(parts: &mut Parts, state: &S, name: &str) -> Option<String> {
    let params = RawPathParams::from_request_parts(parts, state).await.ok()?;
    params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}
