//! `/jobs/{id}/events`: the job page's live events, as pieces of that page.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{Extensions, HeaderMap};
use axum::response::Response;
use axum::response::sse::Event;
use url::form_urlencoded;

use super::job::Standing;
use super::session::SignedIn;
use super::timeline::Entry;
use crate::app::Shared;
use crate::events::{self, Start, Update, Viewer};
use crate::problem::Problem;
use crate::rest::path::JobPath;

/// `after` says where the page ends; a browser that reconnects says it with `Last-Event-ID`.
pub(super) async fn stream(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
    JobPath(job): JobPath,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, Problem> {
    let asked = query.as_deref().and_then(|query| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "after")
            .and_then(|(_, after)| after.parse().ok())
    });
    let start = Start::of(&headers, asked);
    let caller = signed_in.person().caller();
    let viewer = Viewer::Session(signed_in.token);
    events::follow(shared, viewer, caller, job, start, &extensions, |update| {
        let html = match update {
            Update::Audit(event) => Entry::from(event).render(),
            Update::Job(job) => Standing::from(job).render(),
        };
        // A carriage return can't stand in an event stream's data.
        html.map(|html| Event::default().data(html.replace('\r', " ")))
    })
    .await
}
