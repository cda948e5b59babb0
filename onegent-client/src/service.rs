//! The booking port over the API.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use onegent_core::audit::AuditEvent;
use onegent_core::caller::{Caller, Credential};
use onegent_core::create::CreateJob;
use onegent_core::error::Result;
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::port::{
    AuditPage, AuditQuery, BookingService, Created, JobFilter, JobPage, LONGEST_WATCH, ProviderMetrics,
    ProviderPage, Watch,
};
use onegent_core::text::{Bounded, ProviderId};
use secrecy::ExposeSecret;
use tokio::time::{Instant, timeout_at};

use crate::bearer::Bearer;
use crate::client::Client;
use crate::error::ClientError;
use crate::events::JobUpdate;
use crate::transport::Identity;

/// The most events that one `watch` gathers.
const MOST_EVENTS: usize = 2000;

impl Client {
    /// The same connections on behalf of one caller. A forwarded credential is used as it is; everybody else acts with
    /// the client's own key.
    fn acting_for(&self, caller: &Caller) -> std::result::Result<Self, ClientError> {
        let bearer = match &caller.credential {
            Credential::Forwarded(token) => {
                Some(Bearer::new(token.expose_secret()).ok_or(ClientError::UnfitCredential)?)
            }
            Credential::Verified(_) | Credential::Missing => self.identity.bearer.clone(),
        };
        let identity = Identity { bearer, request_id: Some(caller.request_id) };
        Ok(Self { transport: Arc::clone(&self.transport), identity })
    }

    /// Waits for news until `deadline`. `None` when there were none by then.
    async fn news(
        &self,
        id: JobId,
        after: u64,
        deadline: Instant,
    ) -> std::result::Result<Option<Watch>, ClientError> {
        let Ok(opened) = timeout_at(deadline, self.job_events(id, after)).await else {
            return Ok(None);
        };
        let mut stream = opened?;
        let mut events: Vec<AuditEvent> = Vec::new();
        while events.len() < MOST_EVENTS {
            match timeout_at(deadline, stream.next()).await {
                Ok(Some(Ok(JobUpdate::Audit(event)))) => events.push(event),
                Ok(Some(Ok(JobUpdate::Job(job)))) if !events.is_empty() || job.status.is_terminal() => {
                    return Ok(Some(Watch { events, job: *job, cursor: stream.cursor().max(after) }));
                }
                // How the job stood before anything happened.
                Ok(Some(Ok(JobUpdate::Job(_)))) => {}
                Ok(Some(Err(error))) => return Err(error),
                Ok(None) | Err(_) => break,
            }
        }
        let Some(last) = events.last() else { return Ok(None) };
        let cursor = last.seq;
        Ok(Some(Watch { events, job: self.job(id).await?, cursor }))
    }

    /// What there is now: the events first, so that the job is never older than they are.
    async fn now(&self, id: JobId, after: u64) -> std::result::Result<Watch, ClientError> {
        #[expect(clippy::expect_used, reason = "a literal within its bounds")]
        let limit = Bounded::new(500).expect("500 lies between 1 and 2000");
        let AuditPage { events, .. } = self.job_audit(id, AuditQuery { after, limit }).await?;
        let cursor = events.last().map_or(after, |event| event.seq);
        Ok(Watch { events, job: self.job(id).await?, cursor })
    }
}

#[async_trait]
impl BookingService for Client {
    async fn create(&self, caller: &Caller, create: CreateJob) -> Result<Created> {
        Ok(self.acting_for(caller)?.create_job(&create).await?)
    }

    async fn job(&self, caller: &Caller, id: JobId) -> Result<Job> {
        Ok(Self::job(&self.acting_for(caller)?, id).await?)
    }

    async fn list(&self, caller: &Caller, filter: JobFilter) -> Result<JobPage> {
        Ok(self.acting_for(caller)?.list_jobs(&filter).await?)
    }

    async fn audit(&self, caller: &Caller, id: JobId, query: AuditQuery) -> Result<AuditPage> {
        Ok(self.acting_for(caller)?.job_audit(id, query).await?)
    }

    async fn watch(&self, caller: &Caller, id: JobId, after: u64, wait: Duration) -> Result<Watch> {
        let client = self.acting_for(caller)?;
        if !wait.is_zero() {
            let deadline = Instant::now() + wait.min(LONGEST_WATCH);
            if let Some(news) = client.news(id, after, deadline).await? {
                return Ok(news);
            }
        }
        Ok(client.now(id, after).await?)
    }

    async fn cancel(&self, caller: &Caller, id: JobId) -> Result<Job> {
        Ok(self.acting_for(caller)?.cancel_job(id).await?)
    }

    async fn provider_metrics(
        &self,
        caller: &Caller,
        provider: ProviderId,
        days: Bounded<1, 365>,
    ) -> Result<ProviderMetrics> {
        Ok(Self::provider_metrics(&self.acting_for(caller)?, &provider, days).await?)
    }

    async fn providers(&self, caller: &Caller) -> Result<ProviderPage> {
        Ok(Self::providers(&self.acting_for(caller)?).await?)
    }
}
