//! `/`: the bookings.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use onegent_core::caller::Environment;
use onegent_core::error::ErrorCode;
use onegent_core::job::Job;
use onegent_core::port::JobFilter;
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use onegent_core::text::Bounded;
use url::form_urlencoded;

use super::page::{Chrome, Room, render};
use super::session::SignedIn;
use super::view::{self, Icon, StatusView, When};
use crate::app::Shared;
use crate::problem::Problem;
use crate::rest::jobs::filter;

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    page: Chrome,
    statuses: Vec<Choice>,
    scenarios: Vec<Choice>,
    rows: Vec<Row>,
    filtered: bool,
    /// Whether this is not the first page.
    later: bool,
    next: Option<String>,
    first: String,
    wrong: Option<String>,
    base_url: String,
    sandbox_url: Option<String>,
}

/// One entry of a filter.
struct Choice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
}

struct Row {
    href: String,
    title: String,
    subtitle: String,
    icon: Icon,
    status: StatusView,
    needs_person: bool,
    is_test: bool,
    created: When,
    code: Option<String>,
    /// What waits for a confirmation.
    amount: Option<String>,
}

impl From<Job> for Row {
    fn from(job: Job) -> Self {
        let amount = waiting_amount(&job);
        Self {
            amount,
            href: format!("/jobs/{}", job.job_id),
            title: view::title(&job.request),
            subtitle: view::subtitle(&job.request),
            icon: view::scenario_icon(job.scenario),
            status: job.status.into(),
            needs_person: job.status.needs_person(),
            is_test: job.environment == Environment::Test,
            created: When(job.created_at),
            code: job.confirmation_code.map(|code| code.to_string()),
        }
    }
}

fn waiting_amount(job: &Job) -> Option<String> {
    let payment = job.payment.as_ref().filter(|_| job.status == JobStatus::PausedPayment)?;
    payment.amount.map(view::money)
}

/// `GET /`, with `status`, `scenario` and `cursor`.
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = wishes(query.as_deref().unwrap_or_default());
    let (asked, wrong) = match filter(Some(&query)) {
        Ok(asked) => (asked, None),
        Err(error) if error.code() == ErrorCode::InvalidRequest => (
            filter(None)?,
            Some("That filter is not one of the choices, so all bookings are shown.".to_owned()),
        ),
        Err(error) => return Err(error.into()),
    };
    let asked = JobFilter { limit: Bounded::new(20).unwrap_or(asked.limit), ..asked };
    let found = shared.service.list(&signed_in.person().caller(), asked.clone()).await?;
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let page = JobsPage {
        page: Chrome::new("Bookings", Room::Jobs, Some(&signed_in)),
        statuses: JobStatus::ALL
            .into_iter()
            .map(|known| Choice {
                value: known.as_str(),
                label: StatusView::from(known).label,
                chosen: asked.status == Some(known),
            })
            .collect(),
        scenarios: Scenario::ALL
            .into_iter()
            .map(|known| Choice {
                value: known.as_str(),
                label: view::scenario_label(known),
                chosen: asked.scenario == Some(known),
            })
            .collect(),
        filtered: asked.status.is_some() || asked.scenario.is_some(),
        later: asked.cursor.is_some(),
        next: found.next_cursor.map(|cursor| address(&asked, Some(cursor.to_string()))),
        first: address(&asked, None),
        rows: found.jobs.into_iter().map(Row::from).collect(),
        wrong,
        base_url: shared.public_url.as_str().trim_end_matches('/').to_owned(),
        sandbox_url: shared.sandbox_url.as_ref().map(ToString::to_string),
    };
    render(status, &page)
}

/// The query of the filter's form without the fields that were left empty: they mean no wish.
fn wishes(query: &str) -> String {
    let filled = form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty());
    form_urlencoded::Serializer::new(String::new()).extend_pairs(filled).finish()
}

/// The same list, at another page.
fn address(asked: &JobFilter, cursor: Option<String>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(status) = asked.status {
        query.append_pair("status", status.as_str());
    }
    if let Some(scenario) = asked.scenario {
        query.append_pair("scenario", scenario.as_str());
    }
    if let Some(cursor) = cursor {
        query.append_pair("cursor", &cursor);
    }
    let query = query.finish();
    if query.is_empty() { "/".to_owned() } else { format!("/?{query}") }
}
