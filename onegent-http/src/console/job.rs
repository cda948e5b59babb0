//! `/jobs/{id}`: one booking, live.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use onegent_core::caller::Environment;
use onegent_core::error::{Error, ErrorCode};
use onegent_core::id::JobId;
use onegent_core::job::{Alternative, Job};
use onegent_core::port::{AuditPage, AuditQuery};
use onegent_core::status::JobStatus;
use onegent_core::text::Bounded;
use url::Url;

use super::form::SignedForm;
use super::page::{Chrome, Room, render};
use super::review::ReviewView;
use super::screenshots::Picture;
use super::session::SignedIn;
use super::timeline::Entry;
use super::view::{self, Icon, StatusView, When};
use crate::app::Shared;
use crate::origins::Origins;
use crate::problem::{Problem, status};
use crate::rest::path::JobPath;

/// Where a job stands: the piece of the page that changes while one looks.
#[derive(Template)]
#[template(path = "standing.html")]
pub(super) struct Standing {
    status: StatusView,
    progress: Option<String>,
    terminal: bool,
}

impl HtmlSafe for Standing {}

impl From<&Job> for Standing {
    fn from(job: &Job) -> Self {
        let moves = matches!(job.status, JobStatus::Queued | JobStatus::Running);
        Self {
            status: job.status.into(),
            progress: job.progress.as_ref().filter(|_| moves).map(|progress| progress.message.to_string()),
            terminal: job.status.is_terminal(),
        }
    }
}

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    page: Chrome,
    id: String,
    title: String,
    subtitle: String,
    icon: Icon,
    scenario: &'static str,
    is_test: bool,
    standing: Standing,
    alert: Option<String>,
    review: Option<ReviewView>,
    help: Option<Help>,
    code: Option<String>,
    confirmed: Option<String>,
    error: Option<ErrorView>,
    alternatives: Vec<AlternativeView>,
    facts: Vec<(&'static str, String)>,
    provider: Option<String>,
    created: When,
    updated: When,
    completed: Option<When>,
    attempt: u32,
    cancellable: bool,
    pictures: Vec<Picture>,
    entries: Vec<Entry>,
    last_seq: u64,
    more: bool,
}

/// What the person is asked to do on the booking site.
struct Help {
    captcha: bool,
    url: Option<String>,
}

struct ErrorView {
    code: &'static str,
    message: String,
    help: &'static str,
}

struct AlternativeView {
    label: String,
    when: Option<String>,
    price: Option<String>,
}

impl From<&Alternative> for AlternativeView {
    fn from(offered: &Alternative) -> Self {
        let when = match (offered.date, offered.time) {
            (Some(date), Some(time)) => Some(format!("{} at {time}", view::day(date))),
            (Some(date), None) => Some(view::day(date)),
            (None, Some(time)) => Some(time.to_string()),
            (None, None) => None,
        };
        Self { label: offered.label.to_string(), when, price: offered.price.map(view::money) }
    }
}

/// `GET /jobs/{id}`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
    JobPath(job): JobPath,
) -> Result<Response, Problem> {
    job_page(&shared, &signed_in, job, None).await
}

/// `POST /jobs/{id}/cancel`
pub(super) async fn cancel(
    State(shared): State<Arc<Shared>>,
    JobPath(job): JobPath,
    form: SignedForm,
) -> Result<Response, Problem> {
    let outcome = shared.service.cancel(&form.signed_in.person().caller(), job).await;
    answer(&shared, &form.signed_in, job, outcome).await
}

/// `POST /jobs/{id}/helped`: the person did what the site wanted.
pub(super) async fn helped(
    State(shared): State<Arc<Shared>>,
    JobPath(job): JobPath,
    form: SignedForm,
) -> Result<Response, Problem> {
    let outcome = shared.desk.helped(form.signed_in.person(), job).await;
    answer(&shared, &form.signed_in, job, outcome).await
}

/// The answer to a form of the job page: back to the page, or the page with what stood in the way.
pub(super) async fn answer(
    shared: &Shared,
    signed_in: &SignedIn,
    job: JobId,
    outcome: Result<Job, Error>,
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("/jobs/{job}")).into_response()),
        Err(error) if status(error.code()) == StatusCode::CONFLICT => {
            job_page(shared, signed_in, job, Some(&error)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn job_page(
    shared: &Shared,
    signed_in: &SignedIn,
    id: JobId,
    refused: Option<&Error>,
) -> Result<Response, Problem> {
    let caller = signed_in.person().caller();
    // The trail first: what happens after it comes live.
    let trail = match Bounded::new(500) {
        Some(limit) => shared.service.audit(&caller, id, AuditQuery { after: 0, limit }).await?,
        None => AuditPage { job_id: id, events: Vec::new(), next_cursor: None },
    };
    let (job, review) = job_and_review(shared, signed_in, id).await?;
    let pictures = shared.service.screenshots(&caller, id).await?;
    let mut page = Chrome::new(view::title(&job.request), Room::Jobs, Some(signed_in));
    page.refresh = matches!(job.status, JobStatus::Queued | JobStatus::Running);
    let code = refused.map_or(StatusCode::OK, |error| status(error.code()));
    let now = shared.clock.now();
    let view = JobPage {
        page,
        id: id.to_string(),
        title: view::title(&job.request),
        subtitle: view::subtitle(&job.request),
        icon: view::scenario_icon(job.scenario),
        scenario: view::scenario_label(job.scenario),
        is_test: job.environment == Environment::Test,
        standing: Standing::from(&job),
        alert: refused.map(|error| error.message().to_owned()),
        review: review.map(|review| ReviewView::new(&review, now)),
        help: help(&job, &shared.origins),
        code: job.confirmation_code.as_ref().map(ToString::to_string),
        confirmed: confirmed(&job),
        error: job.error.as_ref().map(|error| ErrorView {
            code: error.code.as_str(),
            message: error.message.to_string(),
            help: view::error_help(error.code),
        }),
        alternatives: job.alternatives.iter().map(AlternativeView::from).collect(),
        facts: view::facts(&job.request),
        provider: job.provider.as_ref().map(ToString::to_string),
        created: When(job.created_at),
        updated: When(job.updated_at),
        completed: job.completed_at.map(When),
        attempt: job.attempt,
        cancellable: !job.status.is_terminal(),
        pictures: pictures.iter().map(|info| Picture::of(id, info)).collect(),
        last_seq: trail.events.last().map_or(0, |event| event.seq),
        more: trail.next_cursor.is_some(),
        entries: trail.events.iter().map(Entry::from).collect(),
    };
    render(code, &view)
}

async fn job_and_review(
    shared: &Shared,
    signed_in: &SignedIn,
    id: JobId,
) -> Result<(Job, Option<onegent_core::port::Review>), Problem> {
    let caller = signed_in.person().caller();
    let job = shared.service.job(&caller, id).await?;
    if job.status != JobStatus::PausedPayment {
        return Ok((job, None));
    }
    match shared.desk.review(signed_in.person(), id).await {
        Ok(review) => Ok((review.job.clone(), Some(review))),
        // It moved on between the two looks.
        Err(error) if error.code() == ErrorCode::NothingToConfirm => {
            Ok((shared.service.job(&caller, id).await?, None))
        }
        Err(error) => Err(error.into()),
    }
}

fn help(job: &Job, own: &Origins) -> Option<Help> {
    let captcha = job.status == JobStatus::Captcha;
    let waits = captcha || job.status == JobStatus::NeedsLogin;
    // Only a web address becomes a link, and not that of this very page.
    let site = |text: &&String| {
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        url.is_some_and(|url| !own.has(&url.origin().ascii_serialization()))
    };
    waits.then(|| Help { captcha, url: job.handoff_url.as_ref().filter(site).cloned() })
}

/// A charge that was confirmed here and is on its way, or done.
fn confirmed(job: &Job) -> Option<String> {
    let payment =
        job.payment.as_ref().filter(|_| matches!(job.status, JobStatus::Running | JobStatus::Done))?;
    let amount =
        payment.amount.map_or_else(|| "an amount that the site did not name".to_owned(), view::money);
    Some(format!("{amount}, {}", payment.merchant))
}
