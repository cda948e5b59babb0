//! What a run may ask of the job machine, fenced by its epoch.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use onegent_core::id::{AccountId, JobId, PermitId};
use opentelemetry::{Context, KeyValue};
use tokio::time::Instant;

use crate::agent::log::model_spent;
use crate::agent::{AgentStep, ControlError, Note, RunControl, SubmitIntent};
use crate::album::Whose;
use crate::gate::Verdict;
use crate::parts::Parts;
use crate::payment::{self, SubmitPermit};
use crate::planner::learned::{LearnedPath, Lesson, PathKey};
use crate::planner::model::{Asked, Spent};
use crate::trace;

/// How many learned paths are kept.
const MOST_PATHS: u32 = 2_000;
/// How much of a trail is read at a time.
const TRAIL_PAGE: u32 = 1_000;

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

    fn asked(&self, asked: &Asked) {
        self.parts.meters.asked(asked);
        let Asked { outcome, spent, took, .. } = asked;
        tracing::info!(
            job = %self.job,
            outcome = outcome.as_str(),
            tokens_read = spent.read,
            tokens_written = spent.written,
            milliseconds = took.as_millis(),
            "a language model was asked"
        );
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let about = [
            KeyValue::new("onegent.model.outcome", outcome.as_str()),
            KeyValue::new("onegent.model.tokens_read", number(spent.read)),
            KeyValue::new("onegent.model.tokens_written", number(spent.written)),
        ];
        trace::past("model ask", &Context::current(), (*took, self.parts.now()), about);
    }

    async fn model_spent(&self) -> Spent {
        let (mut spent, mut after) = (Spent::default(), 0);
        loop {
            match self.parts.store.audit(self.account, self.job, after, TRAIL_PAGE).await {
                Ok(events) => {
                    spent = spent.and(model_spent(events.iter().map(|event| &event.data)));
                    match events.last() {
                        Some(last) if events.len() >= TRAIL_PAGE as usize => after = last.seq,
                        Some(_) | None => return spent,
                    }
                }
                Err(error) => {
                    // Whatever was used, it is not known to be less.
                    tracing::warn!(job = %self.job, %error, "what was used of a language model could not be read");
                    return Spent { calls: u32::MAX, ..spent };
                }
            }
        }
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
