//! Waiting for a job on behalf of a client that said how long: it asks five times instead of thirty.

use std::time::Duration;

use onegent_core::job::Job;
use onegent_core::status::JobStatus;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::RequestContext;
use rmcp::{Peer, RoleServer};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::http::{Closing, OnlyJson};
use crate::reply::Refusal;
use crate::tool::Call;

/// Waits until a job comes to rest: it has ended, or waits for a person otherwise than it did. What the job does in the
/// meantime is told to a client that sent a progress token.
///
/// A call that is given up, and a server that closes, end the wait and never the job.
pub(crate) async fn until_rest(call: &Call<'_>, job: Job, longest: Duration) -> Result<Job, Refusal> {
    let began_as = job.status;
    let deadline = Instant::now() + longest;
    let closing = closing(call.context);
    let mut progress = Progress::of(call.context);
    let mut seen = job;
    let mut cursor = 0;
    while !is_at_rest(began_as, seen.status) {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        progress.tell(&seen).await;
        let next = tokio::select! {
            next = call.service.watch(call.caller, seen.job_id, cursor, left) => next?,
            () = tokio::time::sleep(left) => break,
            () = call.context.ct.cancelled() => break,
            () = closing.cancelled() => break,
        };
        cursor = next.cursor;
        seen = next.job;
    }
    Ok(seen)
}

fn is_at_rest(began_as: JobStatus, now: JobStatus) -> bool {
    now.is_terminal() || (now.needs_person() && now != began_as)
}

/// When the server closes; never, for one that says nothing of it.
pub(crate) fn closing(context: &RequestContext<RoleServer>) -> CancellationToken {
    let parts = context.extensions.get::<http::request::Parts>();
    let closing = parts.and_then(|parts| parts.extensions.get::<Closing>());
    closing.map_or_else(CancellationToken::new, |closing| closing.0.clone())
}

/// What a client is told while it waits, if it wants to be.
struct Progress<'a> {
    peer: &'a Peer<RoleServer>,
    token: Option<ProgressToken>,
    steps: f64,
    told: String,
}

impl<'a> Progress<'a> {
    fn of(context: &'a RequestContext<RoleServer>) -> Self {
        let parts = context.extensions.get::<http::request::Parts>();
        let can_hear = parts.is_none_or(|parts| parts.extensions.get::<OnlyJson>().is_none());
        let token = context.meta.get_progress_token().filter(|_| can_hear);
        Self { peer: &context.peer, token, steps: 0.0, told: String::new() }
    }

    async fn tell(&mut self, job: &Job) {
        let Some(token) = &self.token else { return };
        let now = job.progress.as_ref().map_or_else(|| job.status.to_string(), |now| now.message.to_string());
        if now == self.told {
            return;
        }
        self.steps += 1.0;
        let told = ProgressNotificationParam::new(token.clone(), self.steps).with_message(&now);
        // Whoever does not listen any more gets no answer either.
        if self.peer.notify_progress(told).await.is_err() {
            self.token = None;
        }
        self.told = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_at_rest_when_somebody_else_has_to_move() {
        use JobStatus::{Captcha, Done, PausedPayment, Queued, Running};
        for (began, now, rests) in [
            (Queued, Queued, false),
            (Queued, Running, false),
            (Queued, PausedPayment, true),
            (Running, Done, true),
            (PausedPayment, PausedPayment, false),
            (PausedPayment, Running, false),
            (PausedPayment, Captcha, true),
            (PausedPayment, Done, true),
        ] {
            assert_eq!(is_at_rest(began, now), rests, "{began} {now}");
        }
    }
}
