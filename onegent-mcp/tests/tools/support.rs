//! A booking service that answers as it is told and remembers what it was asked, and clients of the tools over it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use onegent_core::audit::{AuditDraft, AuditKind, ChainHead};
use onegent_core::caller::{Access, Caller, Credential, Environment, Reach, Scope};
use onegent_core::create::CreateJob;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::id::{AccountId, JobId};
use onegent_core::job::Job;
use onegent_core::port::{
    AuditPage, AuditQuery, BookingService, Created, JobFilter, JobPage, ProviderMetrics, ProviderPage, Watch,
};
use onegent_core::request::Scenario;
use onegent_core::text::{Bounded, ProviderId};
use onegent_mcp::serve_pipe;
use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceExt};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

type Answer = dyn Fn(&Caller) -> Result<Job> + Send + Sync;

pub(crate) struct Fake {
    answer: Box<Answer>,
    replayed: bool,
    events: usize,
    pub(crate) created: Mutex<Vec<CreateJob>>,
}

impl Fake {
    pub(crate) fn new(answer: impl Fn(&Caller) -> Result<Job> + Send + Sync + 'static) -> Self {
        Self { answer: Box::new(answer), replayed: false, events: 0, created: Mutex::default() }
    }

    pub(crate) fn with_job(job: Job) -> Self {
        Self::new(move |_| Ok(job.clone()))
    }

    /// Refuses everything; whoever is not allowed to call must not come as far as this.
    pub(crate) fn unreachable() -> Self {
        Self::new(|_| panic!("the service was called"))
    }

    pub(crate) fn replaying(mut self) -> Self {
        self.replayed = true;
        self
    }

    pub(crate) fn with_events(mut self, events: usize) -> Self {
        self.events = events;
        self
    }
}

fn not_asked<T>() -> Result<T> {
    Err(Error::new(ErrorCode::NotFound, "No tool asks for this."))
}

#[async_trait]
impl BookingService for Fake {
    async fn create(&self, caller: &Caller, create: CreateJob) -> Result<Created> {
        let job = (self.answer)(caller)?;
        self.created.lock().unwrap().push(create);
        Ok(Created { job, replayed: self.replayed })
    }

    async fn job(&self, caller: &Caller, _: JobId) -> Result<Job> {
        (self.answer)(caller)
    }

    async fn audit(&self, caller: &Caller, id: JobId, query: AuditQuery) -> Result<AuditPage> {
        (self.answer)(caller)?;
        let mut head = ChainHead::EMPTY;
        let draft = || AuditDraft::new(AuditKind::PageObserved, "The agent read a page.");
        let mut events: Vec<_> =
            (0..self.events).map(|_| head.append(id, Timestamp::UNIX_EPOCH, draft())).collect();
        events.truncate(query.limit.get() as usize);
        let next_cursor = (events.len() < self.events).then_some(events.len() as u64);
        Ok(AuditPage { job_id: id, events, next_cursor })
    }

    async fn list(&self, _: &Caller, _: JobFilter) -> Result<JobPage> {
        not_asked()
    }

    async fn watch(&self, _: &Caller, _: JobId, _: u64, _: Duration) -> Result<Watch> {
        not_asked()
    }

    async fn cancel(&self, _: &Caller, _: JobId) -> Result<Job> {
        not_asked()
    }

    async fn provider_metrics(
        &self,
        _: &Caller,
        _: ProviderId,
        _: Bounded<1, 365>,
    ) -> Result<ProviderMetrics> {
        not_asked()
    }

    async fn providers(&self, _: &Caller) -> Result<ProviderPage> {
        not_asked()
    }
}

pub(crate) fn job_id() -> JobId {
    JobId::generate(Timestamp::UNIX_EPOCH, [7; 10])
}

/// A job with `more` over what every job has.
pub(crate) fn job(status: &str, more: &Value) -> Job {
    let mut job = json!({
        "jobId": job_id(), "status": status, "scenario": "hotel", "environment": "live",
        "summary": "Hotel Lumen, Paris, 2026-12-01 to 2026-12-03, 2 people",
        "request": { "scenario": "hotel", "params": {
            "destination": "Hotel Lumen, Paris", "check_in": "2026-12-01", "check_out": "2026-12-03", "guests": 2 } },
        "attempt": 1, "createdAt": "2026-11-01T10:00:00Z", "updatedAt": "2026-11-01T10:01:00Z",
        "_links": { "self": "https://onegent.one/api/v1/execution-jobs/1", "audit": "/b", "events": "/c" }
    });
    job.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(job).unwrap()
}

pub(crate) fn verified(scopes: &[Scope]) -> Credential {
    Credential::Verified(Access {
        person: onegent_core::id::PersonId::generate(jiff::Timestamp::UNIX_EPOCH, [1; 10]),
        account: AccountId::generate(Timestamp::UNIX_EPOCH, [1; 10]),
        reach: Reach::Only(Environment::Live),
        scopes: scopes.to_vec(),
        scenarios: Scenario::ALL.to_vec(),
        key: None,
        names_sites: false,
    })
}

pub(crate) fn forwarded(token: &str) -> Credential {
    Credential::Forwarded(SecretString::from(token.to_owned()))
}

/// A service that answers with a job whose summary is the credential that was shown.
pub(crate) fn echo() -> Fake {
    Fake::new(|caller| {
        let shown = match &caller.credential {
            Credential::Forwarded(token) => token.expose_secret().to_owned(),
            Credential::Verified(_) | Credential::Missing => "nobody".to_owned(),
        };
        Ok(job("running", &json!({ "summary": shown })))
    })
}

pub(crate) type Client = RunningService<RoleClient, ()>;

/// A client at the other end of a pipe.
pub(crate) async fn client(service: Arc<dyn BookingService>, credential: Credential) -> Client {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let (read, write) = tokio::io::split(theirs);
    tokio::spawn(serve_pipe(service, credential, read, write, CancellationToken::new()));
    ().serve(ours).await.unwrap()
}

pub(crate) async fn call(client: &Client, tool: &'static str, arguments: Value) -> CallToolResult {
    let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
    client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await.unwrap()
}

/// The one text of a result.
pub(crate) fn text(result: &CallToolResult) -> &str {
    assert_eq!(result.content.len(), 1);
    result.content[0].as_text().unwrap().text.as_str()
}

pub(crate) fn is_error(result: &CallToolResult) -> bool {
    result.is_error == Some(true)
}
