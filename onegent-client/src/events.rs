//! A job's live events: server-sent events that go on where they stopped.

use std::collections::VecDeque;
use std::time::Duration;

use onegent_core::audit::AuditEvent;
use onegent_core::id::JobId;
use onegent_core::job::Job;
use reqwest::header::{ACCEPT, HeaderName, HeaderValue};
use reqwest::{Response, StatusCode};
use tokio::time::{Instant, timeout};

use crate::client::Client;
use crate::error::ClientError;
use crate::transport::{Call, retry};

mod sse;

use sse::{Decoder, SseEvent};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The server sends a comment every 15 seconds; three missing ones and the connection is taken for dead.
const SILENCE: Duration = Duration::from_secs(50);

/// Connections in a row that may end without an event, unless they were steady.
const BARREN: u32 = 3;

/// A connection that lasted as long was cut for its age, as proxies do, and not because it is refused.
const STEADY: Duration = Duration::from_secs(10);

/// Something that happened to a job.
#[derive(Debug, Clone, PartialEq)]
pub enum JobUpdate {
    /// A new event of its audit trail.
    Audit(AuditEvent),
    /// The job as it stands now.
    Job(Box<Job>),
}

/// A job's live events, oldest first. When the connection breaks, it is opened again after the last event seen.
///
/// Audit events of a kind that this version does not know are passed over; `job_audit` is the whole record.
#[derive(Debug)]
pub struct JobEvents {
    client: Client,
    job: JobId,
    cursor: u64,
    connection: Option<Response>,
    decoder: Decoder,
    ready: VecDeque<SseEvent>,
    /// The job as it ended, when the server says that nothing comes after what was seen.
    ended: Option<Box<Job>>,
    opened_at: Instant,
    barren: u32,
    over: bool,
}

impl JobEvents {
    pub(crate) async fn open(client: Client, job: JobId, after: u64) -> Result<Self, ClientError> {
        let limit = client.transport.options().body_limit;
        let mut events = Self {
            client,
            job,
            cursor: after,
            connection: None,
            decoder: Decoder::new(limit),
            ready: VecDeque::new(),
            ended: None,
            opened_at: Instant::now(),
            barren: 0,
            over: false,
        };
        events.connect().await?;
        Ok(events)
    }

    /// The `seq` of the last event seen: give it as `after` to go on later.
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    /// The next update; `None` once the job has ended, or after an error. Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<JobUpdate, ClientError>> {
        let next = loop {
            if self.over {
                return None;
            }
            if let Some(job) = self.ended.take() {
                break Ok(JobUpdate::Job(job));
            }
            if let Some(event) = self.ready.pop_front() {
                match self.take(&event) {
                    Ok(Some(update)) => break Ok(update),
                    Ok(None) => {}
                    Err(error) => break Err(error),
                }
            } else if let Err(error) = self.receive().await {
                break Err(error);
            }
        };
        self.over = match &next {
            Ok(JobUpdate::Job(job)) => job.status.is_terminal(),
            Ok(JobUpdate::Audit(_)) => false,
            Err(_) => true,
        };
        Some(next)
    }

    fn take(&mut self, event: &SseEvent) -> Result<Option<JobUpdate>, ClientError> {
        let id = event.id.as_deref().and_then(|id| id.parse::<u64>().ok());
        match event.name.as_str() {
            "audit" if id.is_some_and(|seq| seq <= self.cursor) => Ok(None),
            "audit" => {
                self.seen(id);
                Ok(serde_json::from_str(&event.data).ok().map(JobUpdate::Audit))
            }
            "job" => {
                let job = serde_json::from_str(&event.data).map_err(ClientError::Undecodable)?;
                self.seen(id);
                Ok(Some(JobUpdate::Job(Box::new(job))))
            }
            _ => Ok(None),
        }
    }

    fn seen(&mut self, id: Option<u64>) {
        self.cursor = self.cursor.max(id.unwrap_or(0));
        self.barren = 0;
    }

    /// Reads on, or opens the stream again when it has ended.
    async fn receive(&mut self) -> Result<(), ClientError> {
        let Some(connection) = &mut self.connection else {
            if self.barren >= BARREN {
                return Err(ClientError::StreamStops);
            }
            let backoff = self.client.transport.options().retry.backoff;
            tokio::time::sleep(backoff.mul_f64(1.0 - retry::chance() / 2.0)).await;
            return self.connect().await;
        };
        if let Ok(Ok(Some(chunk))) = timeout(SILENCE, connection.chunk()).await {
            return self.decoder.push(&chunk, &mut self.ready);
        }
        // An end, a broken connection and silence are all mended by opening it again.
        self.connection = None;
        if self.opened_at.elapsed() >= STEADY {
            self.barren = 0;
        }
        Ok(())
    }

    async fn connect(&mut self) -> Result<(), ClientError> {
        let mut call = Call::get(["execution-jobs", &self.job.to_string(), "events"])
            .header(ACCEPT, HeaderValue::from_static("text/event-stream"));
        if self.cursor > 0 {
            call = call.header(LAST_EVENT_ID, HeaderValue::from(self.cursor));
        }
        let opened = self.client.transport.open(&self.client.identity, &call).await?;
        if opened.status() == StatusCode::NO_CONTENT {
            // Nothing comes any more, and all of it was seen: what is left to tell is the job as it ended.
            self.ended = Some(Box::new(self.client.job(self.job).await?));
            return Ok(());
        }
        self.decoder = Decoder::new(self.client.transport.options().body_limit);
        self.connection = Some(opened);
        self.opened_at = Instant::now();
        self.barren += 1;
        Ok(())
    }
}
