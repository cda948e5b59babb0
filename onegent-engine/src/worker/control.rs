//! What a run may ask of the job machine, fenced by its epoch.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use onegent_core::id::{AccountId, JobId, PermitId};
use opentelemetry::{Context, KeyValue};
use tokio::time::Instant;

use crate::agent::{AgentStep, ControlError, Note, RunControl, SubmitIntent};
use crate::album::Whose;
use crate::gate::Verdict;
use crate::parts::Parts;
use crate::payment::{self, SubmitPermit};
use crate::planner::learned::{LearnedPath, Lesson, PathKey};
use crate::trace;

/// How many learned paths are kept.
const MOST_PATHS: u32 = 2_000;

/// One run's reach into the job machine: its own job, under its own lease.
#[derive(Debug)]
pub(crate) struct Control {
    parts: Arc<Parts>,
    account: AccountId,
    job: JobId,
    epoch: u64,
    submit_begun: AtomicBool,
    submit_over: Mutex<Option<Instant>>,
}

impl Control {
    pub(crate) fn new(parts: Arc<Parts>, whose: Whose, epoch: u64) -> Self {
        let Whose { account, job } = whose;
        Self {
            parts,
            account,
            job,
            epoch,
            submit_begun: AtomicBool::new(false),
            submit_over: Mutex::new(None),
        }
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether a permit was asked for and not refused. From here on the run is not tried again.
    pub(crate) fn submit_begun(&self) -> bool {
        self.submit_begun.load(Ordering::SeqCst)
    }

    /// When a submit that has begun can't come to an end any more: its permit is over, and a lease's time for the
    /// answer to be read.
    pub(crate) fn submit_over(&self) -> Instant {
        let known = *self.submit_over.lock().unwrap_or_else(PoisonError::into_inner);
        known.unwrap_or_else(|| Instant::now() + self.longest_submit())
    }

    fn longest_submit(&self) -> Duration {
        self.parts.config.permit_ttl + self.parts.config.lease
    }
}

#[async_trait]
impl RunControl for Control {
    async fn note(&self, note: Note) -> Result<(), ControlError> {
        Ok(self.parts.store.note(self.job, self.epoch, note).await?)
    }

    async fn keep_picture(&self, step: &str, jpeg: Vec<u8>) {
        let whose = Whose { account: self.account, job: self.job };
        let taken = (self.parts.now(), step.to_owned());
        if let Err(error) = self.parts.album.keep(whose, taken, jpeg).await {
            tracing::warn!(job = %self.job, %error, "a picture could not be kept");
        }
    }

    fn took(&self, step: AgentStep, time: Duration) {
        self.parts.meters.took(step, time);
        let name = match step {
            AgentStep::Observe => "page observe",
            AgentStep::Act => "page act",
            AgentStep::Submit => "page submit",
        };
        trace::past(name, &Context::current(), (time, self.parts.now()), []);
    }

    fn judged(&self, verdict: &Verdict) {
        self.parts.meters.judged(verdict);
        trace::happened("gate verdict", vec![KeyValue::new("onegent.verdict", verdict.word())]);
    }

    async fn known_path(&self, of: &PathKey) -> Option<LearnedPath> {
        match self.parts.store.path(of).await {
            Ok(record) => LearnedPath::from_json(&record?.path),
            Err(error) => {
                tracing::warn!(job = %self.job, %error, "a learned path could not be read");
                None
            }
        }
    }

    async fn learn(&self, of: &PathKey, lesson: Lesson) {
        let store = &self.parts.store;
        let kept = match lesson {
            Lesson::Held => store.path_used(of.clone()).await,
            Lesson::Misled => store.forget_path(of.clone()).await,
            Lesson::Took(path) => match path.to_json() {
                Some(path) => store.keep_path(of.clone(), path, MOST_PATHS).await,
                None => Ok(()),
            },
        };
        if let Err(error) = kept {
            tracing::warn!(job = %self.job, %error, "what a visit taught could not be kept");
        }
    }

    async fn permit(&self, intent: SubmitIntent) -> Result<SubmitPermit, ControlError> {
        // Before the record is written: from the first moment in which it might be, the run must not be cut short.
        self.submit_begun.store(true, Ordering::SeqCst);
        let over = Instant::now() + self.longest_submit();
        self.submit_over.lock().unwrap_or_else(PoisonError::into_inner).replace(over);
        let is_charge = matches!(intent, SubmitIntent::Charge { .. });
        let id = self.parts.id(PermitId::generate);
        let ttl = self.parts.config.permit_ttl;
        let permit = payment::redeem(&*self.parts.store, self.job, self.epoch, intent, id, ttl).await;
        if permit.is_ok() {
            self.parts.meters.permitted(is_charge);
            trace::happened("permit given", vec![KeyValue::new("onegent.charge", is_charge)]);
        }
        // When the store is out of reach nobody knows whether the record was written, so that stays as begun.
        if let Err(ControlError::Lost | ControlError::NotPermitted(_)) = &permit {
            self.submit_begun.store(false, Ordering::SeqCst);
        }
        permit
    }
}
