//! The dispatcher: sleeps until something is due, sweeps what is overdue, and gives due jobs to workers.
//!
//! It is woken by the store's announcements and by time, never by a busy poll. A job that changes hands here does so by
//! an event of the state machine, like everywhere else.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use onegent_core::id::WorkerId;
use onegent_core::machine::{JobEvent, JobState};
use tokio::task::{JoinError, JoinHandle, JoinSet};

use crate::meters::LostTo;
use crate::parts::Parts;
use crate::store::record::JobRecord;
use crate::store::{Advance, StoreError};
use crate::trace::{self, TraceParent};
use crate::trail;
use crate::worker;

pub(crate) mod look_up;
mod trails;

/// The longest nap. A clock that was set, or a machine that slept, is noticed after this.
const LONGEST_NAP: Duration = Duration::from_mins(1);
/// The nap after a round that could not do what was due.
const NAP_AFTER_TROUBLE: Duration = Duration::from_secs(1);
/// How many overdue jobs a round looks at.
const SWEEP: u32 = 100;
/// How often guests and credentials whose time is over are forgotten.
const FORGET_EVERY: Duration = Duration::from_hours(1);

/// How long an app that registered itself is kept although nobody approved it.
const UNAPPROVED: Duration = Duration::from_hours(24);
/// How long webhook messages that were given up can be replayed.
const DEAD_LETTERS: Duration = Duration::from_hours(30 * 24);

/// One engine's dispatcher.
#[derive(Debug)]
struct Dispatcher {
    parts: Arc<Parts>,
    me: WorkerId,
    runs: JoinSet<()>,
    look_ups: JoinSet<()>,
    forget_at: Timestamp,
    /// Trails whose time is over are being removed.
    removing: Option<JoinHandle<()>>,
}

/// Dispatches until the engine stops, then waits for the runs under way.
pub(crate) async fn dispatch(parts: Arc<Parts>) {
    let mut dispatcher = Dispatcher {
        me: parts.id(WorkerId::generate),
        forget_at: parts.now(),
        runs: JoinSet::new(),
        look_ups: JoinSet::new(),
        removing: None,
        parts,
    };
    if let Err(error) = dispatcher.take_over().await {
        tracing::error!(%error, "what an earlier process left could not be taken over; leases will run out");
    }
    while !dispatcher.parts.stopping.is_cancelled() {
        let nap = dispatcher.round().await.unwrap_or_else(|error| {
            tracing::error!(%error, "a dispatch round failed");
            NAP_AFTER_TROUBLE
        });
        dispatcher.wait(nap).await;
    }
    // A look-up that is cut off is done again by whoever comes next.
    dispatcher.look_ups.abort_all();
    if let Some(removing) = dispatcher.removing {
        // The next node goes on where it stops.
        removing.abort();
        drop(removing.await);
    }
    while let Some(ended) = dispatcher.runs.join_next().await {
        note_end(ended);
    }
}

fn note_end(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        // The job's lease runs out, and it is swept.
        tracing::error!(%error, "a worker ended badly");
    }
}

impl Dispatcher {
    /// Runs of processes that are proven dead are given back in their name, without waiting for their leases.
    async fn take_over(&self) -> Result<(), StoreError> {
        for record in self.parts.store.orphans(self.me).await? {
            let (Some(turn), Some(lease)) = (record.state.turn(), record.state.lease()) else { continue };
            let now = self.parts.now();
            let event = if lease.until > now {
                JobEvent::Release { epoch: turn.epoch, not_before: now }
            } else {
                JobEvent::LeaseRanOut
            };
            let job = record.id;
            if let Err(error) = self.lost(record, event, turn.epoch).await {
                tracing::error!(%job, %error, "a dead worker's job could not be given back; its lease will run out");
            }
        }
        Ok(())
    }

    async fn lost(&self, record: JobRecord, event: JobEvent, epoch: u64) -> Result<(), StoreError> {
        let mut advance = Advance::new(record.id, event, vec![trail::worker_lost(epoch)]);
        advance.failed = true;
        if self.move_on(advance).await? {
            self.parts.meters.lease_lost(LostTo::Sweep);
        }
        Ok(())
    }

    /// Moves a job on; `false` when somebody else just did.
    async fn move_on(&self, advance: Advance) -> Result<bool, StoreError> {
        match self.parts.store.advance(advance).await {
            Ok(_) => Ok(true),
            Err(StoreError::Refused(_) | StoreError::LostRace) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Does all that is due and says how long to sleep.
    async fn round(&mut self) -> Result<Duration, StoreError> {
        while let Some(ended) = self.runs.try_join_next() {
            note_end(ended);
        }
        while let Some(ended) = self.look_ups.try_join_next() {
            note_end(ended);
        }
        // Whatever fails here stays due; it must not keep due jobs from their workers.
        if let Err(error) = self.sweep_all().await {
            tracing::error!(%error, "overdue jobs could not be looked for");
        }
        if let Err(error) = self.forget().await {
            tracing::error!(%error, "what is over could not be forgotten");
        }
        let free = self.parts.config.workers.saturating_sub(self.runs.len());
        if free > 0 && !self.parts.stopping.is_cancelled() {
            let lease = self.parts.config.lease;
            let began = self.parts.now();
            let claimed = self.parts.store.claim(self.me, lease, free, &self.parts.config.scenarios).await?;
            self.parts.meters.claimed(claimed.len());
            let now = self.parts.now();
            let took = Duration::try_from(now.duration_since(began)).unwrap_or_default();
            for record in claimed {
                let about = trace::of_job(record.id, record.request.scenario());
                let parent = TraceParent::context(record.trace.as_ref());
                let claim = trace::past("job claim", &parent, (took, now), about);
                self.runs.spawn(worker::work(Arc::clone(&self.parts), record, claim));
            }
        }
        // With every worker busy a claimable job does not count: a worker that gets free begins a new round.
        let room = self.runs.len() < self.parts.config.workers;
        let claims = if room { &*self.parts.config.scenarios } else { &[] };
        let due = self.parts.store.next_due(claims).await?;
        Ok(self.nap_until(due))
    }

    async fn sweep_all(&mut self) -> Result<(), StoreError> {
        for record in self.parts.store.overdue(SWEEP).await? {
            let job = record.id;
            if let Err(error) = self.sweep(record).await {
                tracing::error!(%job, %error, "an overdue job could not be swept");
            }
        }
        Ok(())
    }

    async fn sweep(&mut self, record: JobRecord) -> Result<(), StoreError> {
        match &record.state {
            JobState::Running { turn, .. } => {
                let epoch = turn.epoch;
                self.lost(record, JobEvent::LeaseRanOut, epoch).await
            }
            JobState::PausedPayment { .. } | JobState::NeedsPerson { .. } | JobState::Confirmed { .. } => {
                self.parts.agent.let_go(record.id);
                let over = vec![trail::expired(&record.state)];
                self.move_on(Advance::new(record.id, JobEvent::Expire, over)).await?;
                Ok(())
            }
            JobState::Submitting { .. } => {
                if self.parts.store.take_in_hand(record.id, look_up::PATIENCE).await? {
                    self.look_ups.spawn(look_up::reconcile(Arc::clone(&self.parts), record));
                }
                Ok(())
            }
            JobState::Queued { .. }
            | JobState::Done { .. }
            | JobState::NoAvailability { .. }
            | JobState::Error { .. }
            | JobState::Cancelled
            | JobState::Expired => Ok(()),
        }
    }

    async fn forget(&mut self) -> Result<(), StoreError> {
        let now = self.parts.now();
        if self.forget_at > now {
            return Ok(());
        }
        let guests = self.parts.store.forget(now - self.parts.config.guest_retention).await?;
        self.parts.store.forget_oauth(UNAPPROVED).await?;
        self.parts.store.forget_webhooks(now - DEAD_LETTERS).await?;
        self.forget_pictures().await?;
        if guests > 0 {
            tracing::info!(guests, "guests' details were forgotten");
        }
        self.parts.store.forget_security(now - self.parts.config.security_retention).await?;
        self.remove_trails();
        self.forget_at = now + FORGET_EVERY;
        Ok(())
    }

    /// Begins to remove trails whose time is over, unless that is still going on.
    fn remove_trails(&mut self) {
        let Some(kept) = self.parts.config.audit_retention else { return };
        if self.removing.as_ref().is_none_or(JoinHandle::is_finished) {
            self.removing = Some(tokio::spawn(trails::remove(Arc::clone(&self.parts), kept)));
        }
    }

    /// Throws away the pictures of jobs that are not there, or whose guest was forgotten, by whichever node: pictures lie
    /// where the job ran.
    async fn forget_pictures(&self) -> Result<(), StoreError> {
        let album = &self.parts.album;
        let all = album.jobs().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "pictures could not be looked through");
            Vec::new()
        });
        for whose in all {
            let record = self.parts.store.job(whose.account, whose.job).await?;
            let forgotten = record.is_none_or(|record| record.guest.is_none());
            if forgotten && let Err(error) = album.forget(whose).await {
                tracing::warn!(job = %whose.job, %error, "pictures could not be thrown away");
            }
        }
        Ok(())
    }

    fn nap_until(&self, due: Option<Timestamp>) -> Duration {
        let Some(due) = due else { return LONGEST_NAP };
        match Duration::try_from(due.duration_since(self.parts.now())) {
            // Still due after a round: it could not be done just now.
            Err(_) | Ok(Duration::ZERO) => NAP_AFTER_TROUBLE,
            Ok(nap) => nap.min(LONGEST_NAP),
        }
    }

    async fn wait(&mut self, nap: Duration) {
        tokio::select! {
            () = self.parts.stopping.cancelled() => {}
            () = self.parts.signals.dispatcher_wanted() => {}
            Some(ended) = self.runs.join_next() => note_end(ended),
            Some(ended) = self.look_ups.join_next() => note_end(ended),
            () = tokio::time::sleep(nap) => {}
        }
    }
}
