//! One job that moves while it is looked at, and the plainest of clients at the other end of a pipe.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use onegent_core::audit::{AuditDraft, AuditKind, ChainHead};
use onegent_core::caller::{Caller, Credential, Scope};
use onegent_core::create::CreateJob;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::port::{
    AuditPage, AuditQuery, BookingService, Created, JobFilter, JobPage, ProviderMetrics, ProviderPage,
    Screenshot, ScreenshotInfo, Watch,
};
use onegent_core::text::{Bounded, ProviderId};
use onegent_mcp::serve_pipe;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::support::{job, job_id, verified};

/// A service with one job, which belongs to the caller of [`verified`] alone.
pub(crate) struct Live {
    now: watch::Sender<(u64, Job)>,
    pub(crate) watched: Mutex<usize>,
    image: Option<Vec<u8>>,
}

pub(crate) fn paused() -> Value {
    json!({
        "payment": { "amount": { "value": "240.00", "currency": "EUR" }, "merchant": "Hotel Lumen",
            "description": "Two nights", "confirmUrl": "https://onegent.one/jobs/1/confirm",
            "expiresAt": "2026-11-01T11:00:00Z" },
        "_links": { "self": "https://onegent.one/1", "audit": "/b", "events": "/c",
            "confirm": "https://onegent.one/jobs/1/confirm" }
    })
}

impl Live {
    pub(crate) fn new(status: &str) -> Arc<Self> {
        let more = if status == "paused_payment" { paused() } else { json!({}) };
        let (now, _) = watch::channel((1, job(status, &more)));
        Arc::new(Self { now, watched: Mutex::default(), image: None })
    }

    /// One whose page was pictured.
    pub(crate) fn pictured(status: &str, image: &[u8]) -> Arc<Self> {
        let (now, _) = watch::channel((1, job(status, &paused())));
        Arc::new(Self { now, watched: Mutex::default(), image: Some(image.to_vec()) })
    }

    /// The job moves on.
    pub(crate) fn becomes(&self, status: &str) {
        let more = match status {
            "paused_payment" => paused(),
            "done" => json!({ "confirmationCode": "LUM-7" }),
            _ => json!({}),
        };
        self.now.send_modify(|(version, now)| {
            *version += 1;
            *now = job(status, &more);
        });
    }

    fn look(&self, caller: &Caller, id: JobId) -> Result<Job> {
        let Credential::Verified(own) = verified(&Scope::ALL) else { unreachable!() };
        match &caller.credential {
            Credential::Verified(access) if access.account == own.account && id == job_id() => {
                Ok(self.now.borrow().1.clone())
            }
            Credential::Missing => Err(Error::new(ErrorCode::MissingAuthorization, "Who are you?")),
            Credential::Verified(_) | Credential::Forwarded(_) => Err(Error::job_not_found()),
        }
    }
}

#[async_trait]
impl BookingService for Live {
    async fn create(&self, caller: &Caller, _: CreateJob) -> Result<Created> {
        Ok(Created { job: self.look(caller, job_id())?, replayed: false })
    }

    async fn job(&self, caller: &Caller, id: JobId) -> Result<Job> {
        self.look(caller, id)
    }

    async fn list(&self, caller: &Caller, _: JobFilter) -> Result<JobPage> {
        let jobs = self.look(caller, job_id()).into_iter().collect();
        Ok(JobPage { jobs, next_cursor: None })
    }

    async fn audit(&self, caller: &Caller, id: JobId, _: AuditQuery) -> Result<AuditPage> {
        let job = self.look(caller, id)?;
        let draft = AuditDraft::new(AuditKind::PageObserved, "The agent read a page.");
        let mut head = ChainHead::EMPTY;
        let events = vec![head.append(id, job.created_at, draft)];
        Ok(AuditPage { job_id: id, events, next_cursor: None })
    }

    async fn watch(&self, caller: &Caller, id: JobId, after: u64, wait: Duration) -> Result<Watch> {
        self.look(caller, id)?;
        let mut news = self.now.subscribe();
        *self.watched.lock().unwrap() += 1;
        let seen = tokio::time::timeout(wait, news.wait_for(|(version, _)| *version > after)).await;
        drop(seen);
        let (cursor, job) = self.now.borrow().clone();
        Ok(Watch { events: Vec::new(), job, cursor })
    }

    async fn cancel(&self, caller: &Caller, id: JobId) -> Result<Job> {
        let before = self.look(caller, id)?;
        if before.status.is_terminal() {
            return Err(Error::new(ErrorCode::JobNotCancellable, "It has ended."));
        }
        self.becomes("cancelled");
        self.look(caller, id)
    }

    async fn provider_metrics(
        &self,
        _: &Caller,
        _: ProviderId,
        _: Bounded<1, 365>,
    ) -> Result<ProviderMetrics> {
        Err(Error::job_not_found())
    }

    async fn providers(&self, _: &Caller) -> Result<ProviderPage> {
        Err(Error::job_not_found())
    }

    async fn screenshot(&self, caller: &Caller, id: JobId, _: Option<u32>) -> Result<Option<Screenshot>> {
        let job = self.look(caller, id)?;
        let info = ScreenshotInfo { number: 1, taken_at: job.created_at, step: "payment".parse().unwrap() };
        Ok(self.image.clone().map(|image| Screenshot { info, image }))
    }
}

/// A client that writes and reads JSON.
pub(crate) struct Wire {
    read: Lines<BufReader<ReadHalf<DuplexStream>>>,
    write: WriteHalf<DuplexStream>,
    next_id: u64,
}

impl Wire {
    /// A client of `service` as its owner, without a handshake.
    pub(crate) fn open(service: Arc<dyn BookingService>) -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let (read, write) = tokio::io::split(theirs);
        tokio::spawn(serve_pipe(service, verified(&Scope::ALL), read, write, CancellationToken::new()));
        let (read, write) = tokio::io::split(ours);
        Self { read: BufReader::new(read).lines(), write, next_id: 1 }
    }

    /// The same after a handshake with these capabilities.
    pub(crate) async fn shaken(service: Arc<dyn BookingService>, capabilities: Value) -> Self {
        let mut wire = Self::open(service);
        let client = json!({ "name": "t", "version": "1" });
        let hello =
            json!({ "protocolVersion": "2025-11-25", "capabilities": capabilities, "clientInfo": client });
        let id = wire.send("initialize", hello).await;
        wire.answer(id).await;
        wire.write(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        wire
    }

    pub(crate) async fn write(&mut self, message: &Value) {
        self.write.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    pub(crate) async fn send(&mut self, method: &str, params: Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        id
    }

    pub(crate) async fn read(&mut self) -> Value {
        let line = tokio::time::timeout(Duration::from_secs(20), self.read.next_line()).await;
        serde_json::from_str(&line.expect("waited in vain for a message").unwrap().unwrap()).unwrap()
    }

    /// The answer to a request; what comes before it is dropped.
    pub(crate) async fn answer(&mut self, id: u64) -> Value {
        loop {
            let message = self.read().await;
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
        }
    }

    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params).await;
        self.answer(id).await
    }
}

/// The parameters of a call.
pub(crate) fn status_call(wait_seconds: u64) -> Value {
    json!({ "name": "get_job_status", "arguments": { "jobId": job_id(), "waitSeconds": wait_seconds } })
}

/// What a client of 2026-07-28 adds to every request.
pub(crate) fn modern(mut params: Value, capabilities: &Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "t", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": capabilities
    });
    params
}

pub(crate) fn opens_pages() -> Value {
    json!({ "elicitation": { "url": {} } })
}

pub(crate) fn knows_tasks() -> Value {
    json!({ "extensions": { "io.modelcontextprotocol/tasks": {} }, "elicitation": { "url": {} } })
}
