//! The booking service: all that an assistant can do.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audit::AuditEvent;
use crate::caller::{Caller, Environment};
use crate::create::CreateJob;
use crate::error::Result;
use crate::id::JobId;
use crate::job::Job;
use crate::request::Scenario;
use crate::status::JobStatus;
use crate::text::{Bounded, ProviderId, Text};

/// The longest that one [`BookingService::watch`] waits. Hosts give a tool call about a minute.
pub const LONGEST_WATCH: Duration = Duration::from_secs(50);

/// Create, read, list, audit, watch, cancel, and how providers fare.
///
/// Two implementations: the engine in the same process, and the REST client. Another account's job is
/// `job_not_found`, everywhere, as an id that never was.
#[async_trait]
pub trait BookingService: Send + Sync {
    /// Accepts a booking and answers at once; durable when it answers. Needs `book` and the scenario.
    async fn create(&self, caller: &Caller, create: CreateJob) -> Result<Created>;

    /// One job. Needs `read`.
    async fn job(&self, caller: &Caller, id: JobId) -> Result<Job>;

    /// The caller's jobs, newest first. Needs `read`.
    async fn list(&self, caller: &Caller, filter: JobFilter) -> Result<JobPage>;

    /// A page of a job's audit trail, oldest first. Needs `read`.
    async fn audit(&self, caller: &Caller, id: JobId, query: AuditQuery) -> Result<AuditPage>;

    /// The events after `after` and the job as it stands, as soon as there is one, or when `wait` is over. Needs
    /// `read`. `wait` is cut to [`LONGEST_WATCH`].
    async fn watch(&self, caller: &Caller, id: JobId, after: u64, wait: Duration) -> Result<Watch>;

    /// Stops a job before its submit; `job_not_cancellable` afterwards. Needs `book`.
    async fn cancel(&self, caller: &Caller, id: JobId) -> Result<Job>;

    /// How bookings with a provider went, over the last `days`. Unknown providers have zeros. Needs `read`.
    async fn provider_metrics(
        &self,
        caller: &Caller,
        provider: ProviderId,
        days: Bounded<1, 365>,
    ) -> Result<ProviderMetrics>;

    /// What can be booked, and how healthy it is. Needs `read`.
    async fn providers(&self, caller: &Caller) -> Result<ProviderPage>;

    /// The pictures of the pages that the job's agent stood on, oldest first. Needs `read`. There are none where the
    /// browser shows none, nor behind a service that keeps none, which is what this answers.
    async fn screenshots(&self, caller: &Caller, id: JobId) -> Result<Vec<ScreenshotInfo>> {
        self.job(caller, id).await.map(|_there| Vec::new())
    }

    /// One of them, or with `None` the newest. Needs `read`.
    async fn screenshot(
        &self,
        caller: &Caller,
        id: JobId,
        number: Option<u32>,
    ) -> Result<Option<Screenshot>> {
        let _of_none = number;
        self.job(caller, id).await.map(|_there| None)
    }
}

/// What is known of a picture without looking at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenshotInfo {
    /// Its number among the job's pictures, counted from 1.
    pub number: u32,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// The step that the agent was at, as [`Progress`](crate::job::Progress) names it.
    pub step: Text,
}

/// A picture of a page. Fields that pay, and frames of other sites, are painted over; the guest's details may be seen.
#[derive(Clone, PartialEq, Eq)]
pub struct Screenshot {
    /// What is known of it.
    pub info: ScreenshotInfo,
    /// The picture, as [`Screenshot::MEDIA_TYPE`].
    pub image: Vec<u8>,
}

impl Screenshot {
    /// What every picture is.
    pub const MEDIA_TYPE: &'static str = "image/jpeg";
}

impl fmt::Debug for Screenshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screenshot").field("info", &self.info).finish_non_exhaustive()
    }
}

/// A job that was accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Created {
    /// The job.
    pub job: Job,
    /// Whether it was there already, under the same idempotency key.
    pub replayed: bool,
}

/// Which jobs to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFilter {
    /// Only those that stand here.
    pub status: Option<JobStatus>,
    /// Only this kind.
    pub scenario: Option<Scenario>,
    /// How many at most.
    pub limit: Bounded<1, 100>,
    /// Where the page before ended.
    pub cursor: Option<JobId>,
}

/// A page of jobs, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobPage {
    /// The jobs.
    pub jobs: Vec<Job>,
    /// Give this as `cursor` for the next page; missing on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<JobId>,
}

/// Which audit events to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only events after this `seq`; 0 for all.
    pub after: u64,
    /// How many at most.
    pub limit: Bounded<1, 2000>,
}

/// A page of a job's audit trail, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditPage {
    /// The job.
    pub job_id: JobId,
    /// The events.
    pub events: Vec<AuditEvent>,
    /// Give this as `cursor` for the next page; missing on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<u64>,
}

/// What became of a job since a cursor.
#[derive(Debug, Clone, PartialEq)]
pub struct Watch {
    /// The events since, oldest first; none when the wait was over.
    pub events: Vec<AuditEvent>,
    /// The job as it stands.
    pub job: Job,
    /// The cursor for the next call.
    pub cursor: u64,
}

/// How bookings with one provider went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderMetrics {
    /// The provider.
    pub provider: ProviderId,
    /// Over how many days back.
    pub time_range_days: Bounded<1, 365>,
    /// Jobs that ended in that time.
    pub total: u64,
    /// Booked.
    pub done: u64,
    /// Nothing that fitted.
    pub no_availability: u64,
    /// Failed.
    pub errors: u64,
    /// Stopped by somebody.
    pub cancelled: u64,
    /// Nobody confirmed in time.
    pub expired: u64,
    /// `done` and `no_availability` among all that were not stopped, 0 to 1; 0 without data.
    pub success_rate: f64,
    /// The median time from acceptance to the end, in milliseconds; 0 without data.
    pub median_duration_ms: u64,
}

/// How a provider fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Nine of ten or more went well.
    Healthy,
    /// Less than that.
    Degraded,
    /// Less than half.
    Failing,
    /// Too few to say.
    Unknown,
}

/// A booking site that can be used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderInfo {
    /// Its id.
    pub provider: ProviderId,
    /// Its name.
    pub name: Text,
    /// What it books.
    pub scenarios: Vec<Scenario>,
    /// Whether it is a real site or the sandbox's.
    pub environment: Environment,
    /// How it fared over the last 30 days.
    pub health: Health,
    /// Its success rate over the last 30 days, 0 to 1.
    pub success_rate: f64,
}

/// What can be booked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProviderPage {
    /// The sites.
    pub providers: Vec<ProviderInfo>,
}
