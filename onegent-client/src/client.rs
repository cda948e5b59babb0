//! The API, call by call.

use std::sync::Arc;

use onegent_core::create::CreateJob;
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::port::{AuditPage, AuditQuery, Created, JobFilter, JobPage, ProviderMetrics, ProviderPage};
use onegent_core::text::{Bounded, ProviderId};
use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::bearer::Bearer;
use crate::builder::ClientBuilder;
use crate::error::ClientError;
use crate::events::JobEvents;
use crate::transport::retry::Repeat;
use crate::transport::{Call, Identity, Transport};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// `true` when an idempotency key answered with a job that was there already.
const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// A client of one API. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Client {
    pub(crate) transport: Arc<Transport>,
    pub(crate) identity: Identity,
}

impl Client {
    /// A client of the API at `base_url`, for example `https://onegent.one/api/v1`.
    pub fn builder(base_url: &str) -> ClientBuilder {
        ClientBuilder::new(base_url)
    }

    pub(crate) fn from_parts(transport: Arc<Transport>, bearer: Option<Bearer>) -> Self {
        Self { transport, identity: Identity { bearer, request_id: None } }
    }

    /// The same connections with another credential, an API key or an OAuth access token.
    pub fn with_bearer(&self, token: &SecretString) -> Result<Self, ClientError> {
        let bearer = Bearer::new(token.expose_secret()).ok_or(ClientError::UnfitCredential)?;
        Ok(Self::from_parts(Arc::clone(&self.transport), Some(bearer)))
    }

    /// `POST /execution-jobs`. Safe to try again: without an idempotency key in `create`, one is made for this call.
    pub async fn create_job(&self, create: &CreateJob) -> Result<Created, ClientError> {
        let own_key = create.client_metadata.idempotency_key.is_some();
        let made_key = if own_key { None } else { make_key() };
        let repeat = if own_key || made_key.is_some() { Repeat::Safe } else { Repeat::OnlyIfNotDone };
        let body = serde_json::to_vec(create).map_err(ClientError::Undecodable)?;
        let mut call = Call::post(["execution-jobs"], repeat).json(body);
        if let Some(key) = made_key {
            call = call.header(IDEMPOTENCY_KEY, key);
        }
        let answer = self.transport.send(&self.identity, &call).await?;
        // Under a key of our own making a replay is this very call's first try.
        let replayed =
            own_key && answer.headers.get(IDEMPOTENT_REPLAYED).is_some_and(|value| value == "true");
        Ok(Created { job: answer.decode()?, replayed })
    }

    /// `GET /execution-jobs`, newest first.
    pub async fn list_jobs(&self, filter: &JobFilter) -> Result<JobPage, ClientError> {
        let call = Call::get(["execution-jobs"])
            .query("status", filter.status)
            .query("scenario", filter.scenario)
            .query("limit", Some(filter.limit))
            .query("cursor", filter.cursor);
        self.transport.send(&self.identity, &call).await?.decode()
    }

    /// `GET /execution-jobs/{jobId}`.
    pub async fn job(&self, id: JobId) -> Result<Job, ClientError> {
        let call = Call::get(["execution-jobs", &id.to_string()]);
        self.transport.send(&self.identity, &call).await?.decode()
    }

    /// `GET /execution-jobs/{jobId}/audit`, oldest first.
    pub async fn job_audit(&self, id: JobId, query: AuditQuery) -> Result<AuditPage, ClientError> {
        let call = Call::get(["execution-jobs", &id.to_string(), "audit"])
            .query("limit", Some(query.limit))
            .query("cursor", (query.after > 0).then_some(query.after));
        self.transport.send(&self.identity, &call).await?.decode()
    }

    /// `GET /execution-jobs/{jobId}/events` from the event after `after` on; 0 for all. Comes back when the stream is open.
    pub async fn job_events(&self, id: JobId, after: u64) -> Result<JobEvents, ClientError> {
        JobEvents::open(self.clone(), id, after).await
    }

    /// `POST /execution-jobs/{jobId}/cancel`. Not sent again once it may have been done: the second would be refused
    /// although the first had worked.
    pub async fn cancel_job(&self, id: JobId) -> Result<Job, ClientError> {
        let call = Call::post(["execution-jobs", &id.to_string(), "cancel"], Repeat::OnlyIfNotDone);
        self.transport.send(&self.identity, &call).await?.decode()
    }

    /// `GET /metrics/providers/{provider}` over the last `days`.
    pub async fn provider_metrics(
        &self,
        provider: &ProviderId,
        days: Bounded<1, 365>,
    ) -> Result<ProviderMetrics, ClientError> {
        let call = Call::get(["metrics", "providers", provider.as_str()]).query("timeRangeDays", Some(days));
        self.transport.send(&self.identity, &call).await?.decode()
    }

    /// `GET /providers`.
    pub async fn providers(&self) -> Result<ProviderPage, ClientError> {
        self.transport.send(&self.identity, &Call::get(["providers"])).await?.decode()
    }
}

/// A key for one call; none without a source of randomness.
fn make_key() -> Option<HeaderValue> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).ok()?;
    HeaderValue::from_str(&format!("once_{:032x}", u128::from_be_bytes(random))).ok()
}
