//! Jobs as resources: `onegent://jobs/{jobId}`, its audit trail and its newest screenshot, for clients that let their person pick and pin them.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use onegent_core::caller::{Caller, Credential};
use onegent_core::error::{Error, ErrorCode};
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::port::{AuditQuery, BookingService, JobFilter, Screenshot};
use onegent_core::text::Bounded;
use rmcp::ErrorData;
use rmcp::model::{
    Annotations, CacheScope, ListResourceTemplatesResult, ListResourcesResult, MetaObject,
    ReadResourceResult, Resource, ResourceContents, ResourceTemplate, Role,
};
use serde::Serialize;
use serde_json::json;

use crate::{card, icon};

/// What an address of ours begins with.
const JOBS: &str = "onegent://jobs/";
const AUDIT: &str = "/audit";
const SCREENSHOT: &str = "/screenshot";
/// The template of jobs.
pub(crate) const JOB_TEMPLATE: &str = "onegent://jobs/{jobId}";
/// The template of audit trails.
pub(crate) const AUDIT_TEMPLATE: &str = "onegent://jobs/{jobId}/audit";
/// The template of screenshots.
pub(crate) const SCREENSHOT_TEMPLATE: &str = "onegent://jobs/{jobId}/screenshot";

const JSON: &str = "application/json";
/// What `_meta` of a screenshot tells: the step that the agent was at, and when it was taken (RFC 3339, UTC). The card reads
/// these.
const STEP: &str = "one.onegent/step";
const TAKEN_AT: &str = "one.onegent/takenAt";
/// A list of jobs is old as soon as it is made; a job that has ended stays as it is.
const FRESH_MS: u64 = 0;
const ENDED_FRESH_MS: u64 = 60_000;
/// Templates and the card change with the program only.
const FIXED_FRESH_MS: u64 = 3_600_000;

/// What an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    Job(JobId),
    Audit(JobId),
    Screenshot(JobId),
}

impl Address {
    pub(crate) fn job_id(self) -> JobId {
        match self {
            Self::Job(id) | Self::Audit(id) | Self::Screenshot(id) => id,
        }
    }
}

/// Not an address of ours.
pub(crate) struct NoAddress;

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(uri: &str) -> Result<Self, NoAddress> {
        let rest = uri.strip_prefix(JOBS).ok_or(NoAddress)?;
        let parse = |id: &str| id.parse().map_err(|_not_an_id| NoAddress);
        if let Some(id) = rest.strip_suffix(AUDIT) {
            parse(id).map(Self::Audit)
        } else if let Some(id) = rest.strip_suffix(SCREENSHOT) {
            parse(id).map(Self::Screenshot)
        } else {
            parse(rest).map(Self::Job)
        }
    }
}

/// The card, and the caller's latest jobs. A caller who showed nothing sees what is the same for everybody.
pub(crate) async fn list(
    service: &dyn BookingService,
    caller: &Caller,
    cursor: Option<&str>,
) -> Result<ListResourcesResult, ErrorData> {
    let mut resources = if cursor.is_none() { vec![card::resource()] } else { Vec::new() };
    let mut next = None;
    if !matches!(caller.credential, Credential::Missing) {
        let cursor = cursor.map(str::parse).transpose();
        let cursor =
            cursor.map_err(|_not_an_id| ErrorData::invalid_params("This cursor is not one of ours", None))?;
        match service.list(caller, JobFilter { status: None, scenario: None, limit: a_page(), cursor }).await
        {
            Ok(page) => {
                resources.extend(page.jobs.iter().map(described));
                next = page.next_cursor.map(|cursor| cursor.to_string());
            }
            // Whoever may only book has no jobs to look at.
            Err(error) if error.code() == ErrorCode::InsufficientScope => {}
            Err(error) => return Err(protocol_error(&error)),
        }
    }
    let mut list = ListResourcesResult::with_all_items(resources);
    list.next_cursor = next;
    Ok(list.with_ttl_ms(FRESH_MS).with_cache_scope(CacheScope::Private))
}

fn a_page() -> Bounded<1, 100> {
    #[expect(clippy::expect_used, reason = "20 lies within 1 to 100")]
    Bounded::new(20).expect("a page of jobs")
}

fn described(job: &Job) -> Resource {
    let mut annotations = Annotations::default().with_audience(vec![Role::User, Role::Assistant]);
    annotations.last_modified = Some(job.updated_at.to_string());
    Resource::new(format!("{JOBS}{}", job.job_id), job.job_id.to_string())
        .with_title(&job.summary)
        .with_description(format!("A booking: {}", job.status))
        .with_mime_type(JSON)
        .with_annotations(annotations)
}

/// How to name any job.
pub(crate) fn templates() -> ListResourceTemplatesResult {
    let template = |uri: &str, name: &str, title: &str, kind: &str, description: &str| {
        ResourceTemplate::new(uri, name)
            .with_title(title)
            .with_description(description)
            .with_mime_type(kind)
            .with_icons(vec![icon::icon()])
    };
    let job = "Where a booking stands, as get_job_status tells it.";
    let audit = "What was done for a booking, oldest first.";
    let screenshot = "The page that the agent saw last, if a browser with pictures drove it. \
                      It may show the guest's details; fields for cards are painted over.";
    let templates = vec![
        template(JOB_TEMPLATE, "job", "A booking", JSON, job),
        template(AUDIT_TEMPLATE, "job_audit", "A booking's audit trail", JSON, audit),
        template(
            SCREENSHOT_TEMPLATE,
            "job_screenshot",
            "A booking's newest screenshot",
            Screenshot::MEDIA_TYPE,
            screenshot,
        ),
    ];
    let list = ListResourceTemplatesResult::with_all_items(templates);
    list.with_ttl_ms(FIXED_FRESH_MS).with_cache_scope(CacheScope::Public)
}

/// Reads one. Another account's job is not there, as one that never was.
pub(crate) async fn read(
    service: &dyn BookingService,
    caller: &Caller,
    uri: &str,
) -> Result<ReadResourceResult, ErrorData> {
    if uri == card::URI {
        let read = ReadResourceResult::new(vec![card::contents()]);
        return Ok(read.with_ttl_ms(FIXED_FRESH_MS).with_cache_scope(CacheScope::Public));
    }
    let failed = |error: Error| {
        if error.code() == ErrorCode::JobNotFound { not_found(uri) } else { protocol_error(&error) }
    };
    let (contents, fresh) = match uri.parse().map_err(|NoAddress| not_found(uri))? {
        Address::Job(id) => {
            let job = service.job(caller, id).await.map_err(failed)?;
            (contents(uri, &job)?, if job.status.is_terminal() { ENDED_FRESH_MS } else { FRESH_MS })
        }
        Address::Audit(id) => {
            let query = AuditQuery { after: 0, limit: a_trail() };
            (contents(uri, &service.audit(caller, id, query).await.map_err(failed)?)?, FRESH_MS)
        }
        Address::Screenshot(id) => {
            let newest = service.screenshot(caller, id, None).await.map_err(failed)?;
            (picture(uri, &newest.ok_or_else(|| no_screenshot(uri))?), FRESH_MS)
        }
    };
    let read = ReadResourceResult::new(vec![contents]);
    Ok(read.with_ttl_ms(fresh).with_cache_scope(CacheScope::Private))
}

fn a_trail() -> Bounded<1, 2000> {
    #[expect(clippy::expect_used, reason = "200 lies within 1 to 2000")]
    Bounded::new(200).expect("a page of events")
}

/// A document as JSON.
pub(crate) fn contents(uri: &str, document: &impl Serialize) -> Result<ResourceContents, ErrorData> {
    let text = serde_json::to_string(document).map_err(|error| protocol_error(&Error::internal(error)))?;
    Ok(ResourceContents::TextResourceContents {
        uri: uri.to_owned(),
        mime_type: Some(JSON.to_owned()),
        text,
        meta: None,
    })
}

fn picture(uri: &str, Screenshot { info, image }: &Screenshot) -> ResourceContents {
    let mut meta = MetaObject::new();
    meta.0.insert(STEP.to_owned(), info.step.as_str().into());
    meta.0.insert(TAKEN_AT.to_owned(), info.taken_at.to_string().into());
    ResourceContents::blob(STANDARD.encode(image), uri).with_mime_type(Screenshot::MEDIA_TYPE).with_meta(meta)
}

fn not_found(uri: &str) -> ErrorData {
    let shown: String = uri.chars().take(200).collect();
    ErrorData::resource_not_found("Resource not found", Some(json!({ "uri": shown })))
}

/// The job is there, and has no picture.
fn no_screenshot(uri: &str) -> ErrorData {
    let message = "This booking has no screenshot: no page was pictured yet, or its browser shows no pictures. \
                   Only Chromium does, and only the server that books has them.";
    ErrorData::resource_not_found(message, Some(json!({ "uri": uri })))
}

/// The port's error as the protocol's, for requests that have no result of their own for it.
pub(crate) fn protocol_error(error: &Error) -> ErrorData {
    let data = Some(json!({ "code": error.code().as_str() }));
    let message = error.message().to_owned();
    let code = error.code();
    let elsewhere = [ErrorCode::Internal, ErrorCode::BackendUnavailable, ErrorCode::RateLimited];
    if elsewhere.contains(&code) {
        return ErrorData::internal_error(message, data);
    }
    if code == ErrorCode::MissingAuthorization {
        return ErrorData::invalid_request("ONEGENT_API_KEY env var is required", data);
    }
    ErrorData::invalid_params(message, data)
}
