//! Live events of one job as a stream, for programs and for people.
//!
//! Built on [`BookingService::watch`], which waits for what happens, so that nothing here polls. The credential is
//! checked again before every wait, and at once when any credential was ended in this process: a key, a session or a
//! connected app that was cut off hears no more.
//!
//! [`BookingService::watch`]: onegent_core::port::BookingService::watch

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use futures_util::stream;
use onegent_core::audit::AuditEvent;
use onegent_core::caller::{Caller, Credential};
use onegent_core::error::Result;
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::port::{Bearer, BookingService, SessionToken, Watch};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use crate::app::Shared;
use crate::problem::Problem;
use crate::request::overloaded;
use crate::rest::auth;
use crate::server::closing;

/// How long one wait for news lasts; between two of them the credential is checked.
const WAIT: Duration = Duration::from_secs(45);
/// How often a silent stream says that it is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What a follower is told.
pub(crate) enum Update<'a> {
    /// Something happened.
    Audit(&'a AuditEvent),
    /// The job as it stands after what was told before.
    Job(&'a Job),
}

/// By what right somebody follows.
pub(crate) enum Viewer {
    /// A program, with its key or token.
    Program(Bearer),
    /// A person, with their session.
    Session(SessionToken),
}

impl Viewer {
    async fn check(&self, shared: &Shared, caller: &mut Caller) -> Result<()> {
        match self {
            Self::Program(shown) => {
                let access = auth::access(shared.authority.as_ref(), shown).await?;
                caller.credential = Credential::Verified(access);
            }
            Self::Session(token) => {
                *caller = shared.authority.session(token, caller.request_id).await?.person.caller();
            }
        }
        Ok(())
    }
}

/// The `Last-Event-ID` that a reconnecting client sends. One that is no number is as good as none.
fn last_event_id(headers: &HeaderMap) -> Option<u64> {
    headers.get("last-event-id")?.to_str().ok()?.trim().parse().ok()
}

/// Where a follower begins.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Start {
    /// After the event that a page or a query names.
    After(u64),
    /// After the event that a client had received when its connection ended.
    Resume(u64),
}

impl Start {
    /// What a reconnecting client says, else what was asked for, else the beginning.
    pub(crate) fn of(headers: &HeaderMap, asked: Option<u64>) -> Self {
        last_event_id(headers).map_or(Self::After(asked.unwrap_or(0)), Self::Resume)
    }
}

/// Follows a job from `start`. `write` gives an update its data; name and id are set here.
pub(crate) async fn follow<W, E>(
    shared: Arc<Shared>,
    viewer: Viewer,
    caller: Caller,
    job: JobId,
    start: Start,
    extensions: &Extensions,
    write: W,
) -> Result<Response, Problem>
where
    W: Fn(Update<'_>) -> Result<Event, E> + Send + 'static,
    E: std::fmt::Display + 'static,
{
    let Ok(permit) = Arc::clone(&shared.streams).try_acquire_owned() else {
        return Ok(overloaded(
            "Too many event streams are open. Poll the job instead, or try again in a moment.",
        ));
    };
    // The first look decides between a stream and an error, and tells at once where the job stands.
    let first = first_look(shared.service.as_ref(), &caller, job, start).await?;
    if matches!(start, Start::Resume(_)) && first.events.is_empty() && first.job.status.is_terminal() {
        // Nothing will come any more; this status alone keeps a browser's `EventSource` from asking again (HTML,
        // "Server-sent events", processing model).
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let closing = closing(extensions);
    let follower =
        Follower { shared, viewer, caller, job, next: Next::Tell(Box::new(first)), closing, _permit: permit };
    let batches = stream::unfold(follower, Follower::step);
    let events = batches.flat_map(move |batch| stream::iter(frames(&batch, &write)));
    let mut response =
        Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text("keep-alive")).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Reverse proxies hold streams back unless told otherwise.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// What comes after `start`. Where the trail ends before that, its end is the start: who waited for an event that was
/// never told would miss those to come.
async fn first_look(
    service: &dyn BookingService,
    caller: &Caller,
    job: JobId,
    start: Start,
) -> Result<Watch> {
    let (Start::After(after) | Start::Resume(after)) = start;
    let look = |after| service.watch(caller, job, after, Duration::ZERO);
    let mut first = look(after).await?;
    if first.events.is_empty() && first.job.status.is_terminal() {
        // The end may have come between the look at the events and the one at the job.
        first = look(after).await?;
    }
    if after == 0 || !first.events.is_empty() {
        return Ok(first);
    }
    // Mostly the client has just seen the last event.
    let mut page = look(after - 1).await?;
    if page.events.is_empty() {
        page = look(0).await?;
    }
    let mut end = 0;
    while let Some(last) = page.events.last() {
        end = last.seq;
        page = look(end).await?;
    }
    Ok(Watch { cursor: end.min(after), ..first })
}

struct Follower {
    shared: Arc<Shared>,
    viewer: Viewer,
    caller: Caller,
    job: JobId,
    next: Next,
    closing: CancellationToken,
    _permit: OwnedSemaphorePermit,
}

enum Next {
    /// Tell what was read.
    Tell(Box<Watch>),
    /// Wait for what comes after this event.
    Wait(u64),
    /// Nothing will come any more.
    End,
}

/// What one wait brought. The job is left out while more of a finished job's events are to come, so that a client may
/// stop at the first job event with a final status.
struct Batch {
    watch: Box<Watch>,
    with_job: bool,
}

impl Follower {
    async fn step(mut self) -> Option<(Batch, Self)> {
        loop {
            match std::mem::replace(&mut self.next, Next::End) {
                Next::End => return None,
                Next::Tell(watch) if !watch.job.status.is_terminal() => {
                    self.next = Next::Wait(watch.cursor);
                    return Some((Batch { watch, with_job: true }, self));
                }
                Next::Tell(watch) if watch.events.is_empty() => {
                    return Some((Batch { watch, with_job: true }, self));
                }
                Next::Tell(watch) => {
                    self.next = self.look(watch.cursor, Duration::ZERO).await.map_or(Next::End, Next::Tell);
                    return Some((Batch { watch, with_job: false }, self));
                }
                Next::Wait(after) => {
                    let watch = self.look(after, WAIT).await?;
                    let silent = watch.events.is_empty() && !watch.job.status.is_terminal();
                    self.next = if silent { Next::Wait(after) } else { Next::Tell(watch) };
                }
            }
        }
    }

    /// The next news; `None` ends the stream, and the client comes back with its `Last-Event-ID`.
    async fn look(&mut self, after: u64, wait: Duration) -> Option<Box<Watch>> {
        let closing = self.closing.clone();
        let news = async {
            loop {
                let seen = self.shared.authority.endings();
                self.viewer.check(&self.shared, &mut self.caller).await?;
                tokio::select! {
                    news = self.shared.service.watch(&self.caller, self.job, after, wait) => return news,
                    () = self.shared.authority.ended_since(seen) => {}
                }
            }
        };
        let news = tokio::select! {
            news = news => news,
            () = closing.cancelled() => return None,
        };
        match news {
            Ok(watch) => Some(Box::new(watch)),
            Err(error) => {
                tracing::info!(job = %self.job, code = %error.code(), "an event stream ends early");
                None
            }
        }
    }
}

fn frames<W, E>(batch: &Batch, write: &W) -> Vec<Result<Event, Infallible>>
where
    W: Fn(Update<'_>) -> Result<Event, E>,
    E: std::fmt::Display,
{
    let audit = batch.watch.events.iter().map(|event| (event.seq, "audit", Update::Audit(event)));
    let job = batch.with_job.then_some((batch.watch.cursor, "job", Update::Job(&batch.watch.job)));
    let told = audit.chain(job).filter_map(|(seq, name, update)| match write(update) {
        Ok(event) => Some(Ok(event.id(seq.to_string()).event(name))),
        Err(error) => {
            tracing::error!(%error, seq, "an event could not be written");
            None
        }
    });
    told.collect()
}
