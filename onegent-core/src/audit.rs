//! The audit trail: append-only events, each bound to the one before it by SHA-256.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::charge::{hex, unhex};
use crate::id::JobId;
use crate::request::UnknownWord;

/// How much attention an event deserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditLevel {
    /// As it should be.
    Info,
    /// Worth a look.
    Warn,
    /// Went wrong.
    Error,
}

impl AuditLevel {
    /// The word used everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

impl std::str::FromStr for AuditLevel {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let all = [Self::Info, Self::Warn, Self::Error];
        all.into_iter().find(|level| level.as_str() == text).ok_or(UnknownWord("info, warn, error"))
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal $level:ident;)+) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum AuditKind {
            $($(#[$doc])* $name,)+
        }

        impl AuditKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word used everywhere.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// The level that such an event has.
            pub fn level(self) -> AuditLevel {
                match self { $(Self::$name => AuditLevel::$level,)+ }
            }
        }
    };
}

kinds! {
    /// The job was accepted and is durable.
    JobCreated = "job_created" Info;
    /// A worker took the job.
    JobStarted = "job_started" Info;
    /// A worker gave the job back, unfinished and unharmed.
    JobReleased = "job_released" Info;
    /// A step of the booking began.
    StepStarted = "step_started" Info;
    /// A step is tried again.
    StepAttempt = "step_attempt" Warn;
    /// The gate let an action pass.
    ActionAllowed = "action_allowed" Info;
    /// The gate refused an action, or wants a permit for it.
    ActionDenied = "action_denied" Warn;
    /// The network layer refused a request of the page.
    RequestDenied = "request_denied" Warn;
    /// Another time than the wished one was taken, within the consent.
    TimeAdjusted = "time_adjusted" Info;
    /// Another venue than the first was taken.
    VenueSwitched = "venue_switched" Info;
    /// Another booking site is tried.
    ProviderFallback = "provider_fallback" Warn;
    /// A page was read.
    PageObserved = "page_observed" Info;
    /// The site wants the guest's own account.
    NeedsLogin = "needs_login" Warn;
    /// The site wants proof of a human.
    Captcha = "captcha" Warn;
    /// A person did what the site wanted; the job goes on.
    PersonHelped = "person_helped" Info;
    /// A signed-in person took the page over: whatever is pressed from here on is their own confirmation of it.
    TakenOver = "taken_over" Info;
    /// The page is no longer in the person's hands.
    HandedBack = "handed_back" Info;
    /// The agent stands at payment; a person has to confirm.
    PausedPayment = "paused_payment" Info;
    /// A signed-in person confirmed exactly this charge.
    ChargeConfirmed = "charge_confirmed" Info;
    /// A signed-in person declined the charge.
    ChargeDeclined = "charge_declined" Info;
    /// What the site asks is no longer what was confirmed; the confirmation is void.
    ChargeChanged = "charge_changed" Warn;
    /// The one permit was written down; the submit follows.
    SubmitStarted = "submit_started" Info;
    /// The submit's outcome was read.
    SubmitFinished = "submit_finished" Info;
    /// The submit's outcome could not be read.
    SubmitUnknown = "submit_unknown" Error;
    /// The site's own booking look-up was asked what became of a submit.
    SubmitReconciled = "submit_reconciled" Info;
    /// The job ended well, or with nothing available.
    JobCompleted = "job_completed" Info;
    /// The job ended with an error.
    JobFailed = "job_failed" Error;
    /// The job was stopped before the submit.
    JobCancelled = "job_cancelled" Info;
    /// Nobody came in time; nothing was charged.
    JobExpired = "job_expired" Warn;
    /// The worker is gone; its lease ran out.
    WorkerLost = "worker_lost" Warn;
}

impl fmt::Display for AuditKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for AuditKind {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
            .ok_or(UnknownWord("an audit event's type"))
    }
}

/// An event before it has its place in a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditDraft {
    /// What happened.
    pub kind: AuditKind,
    /// How much attention it deserves.
    pub level: AuditLevel,
    /// One sentence. Never a guest's details, never a secret.
    pub message: String,
    /// Details, an object. Never a guest's details, never a secret.
    pub data: Map<String, Value>,
}

impl AuditDraft {
    /// An event with the level its kind usually has and no details.
    pub fn new(kind: AuditKind, message: impl Into<String>) -> Self {
        Self { kind, level: kind.level(), message: message.into(), data: Map::new() }
    }

    /// Adds a detail.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.data.insert(name.to_owned(), value.into());
        self
    }
}

/// One link of a job's audit chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// Place in the job's chain, from 1, without gaps.
    pub seq: u64,
    /// When it happened, RFC 3339, UTC.
    #[schemars(with = "String")]
    pub ts: Timestamp,
    /// How much attention it deserves.
    pub level: AuditLevel,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: AuditKind,
    /// One sentence.
    pub message: String,
    /// Details.
    pub data: Map<String, Value>,
    /// SHA-256 of this event and `prevHash`, hexadecimal.
    #[schemars(with = "String")]
    pub hash: ChainHash,
    /// The `hash` of the event before; 64 zeros at the first.
    #[schemars(with = "String")]
    pub prev_hash: ChainHash,
}

/// A hash of an audit chain: 64 lower-case hexadecimal digits in text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChainHash([u8; 32]);

impl ChainHash {
    /// What the first event builds on.
    pub const START: Self = Self([0; 32]);

    /// The SHA-256 of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for ChainHash {
    type Err = crate::charge::ParseHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        unhex(text).map(Self).ok_or(crate::charge::ParseHashError)
    }
}

impl Serialize for ChainHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ChainHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The end of a job's chain: how long it is and the last hash. Kept beside the job, so that a cut-off tail shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// The last event's `seq`; 0 for an empty chain.
    pub seq: u64,
    /// The last event's hash.
    pub hash: ChainHash,
}

impl ChainHead {
    /// The head of an empty chain.
    pub const EMPTY: Self = Self { seq: 0, hash: ChainHash::START };

    /// Links an event to the chain and moves the head on to it.
    pub fn append(&mut self, job: JobId, ts: Timestamp, draft: AuditDraft) -> AuditEvent {
        let mut event = AuditEvent {
            seq: self.seq + 1,
            ts,
            level: draft.level,
            kind: draft.kind,
            message: draft.message,
            data: draft.data,
            hash: ChainHash::START,
            prev_hash: self.hash,
        };
        event.hash = event.digest(job);
        *self = Self { seq: event.seq, hash: event.hash };
        event
    }
}

impl AuditEvent {
    /// What `hash` has to be: SHA-256 over a canonical JSON array of the event's parts and the previous hash.
    pub fn digest(&self, job: JobId) -> ChainHash {
        let parts = (
            "onegent.audit.v1",
            self.prev_hash,
            job,
            self.seq,
            self.ts.as_millisecond(),
            self.level.as_str(),
            self.kind.as_str(),
            &self.message,
            canonical(&Value::Object(self.data.clone())),
        );
        // A tuple of strings and numbers always serialises.
        let bytes = serde_json::to_vec(&parts).unwrap_or_default();
        ChainHash::of(&bytes)
    }
}

/// JSON with members sorted by name and no spaces, whatever order the value remembers.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            let inner: Vec<_> = sorted
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", inner.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

/// Where and how a chain is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainBreak {
    /// An event is missing or out of place.
    #[error("event {expected} is missing (found event {found})")]
    Gap {
        /// The `seq` that should stand here.
        expected: u64,
        /// The `seq` that stands here.
        found: u64,
    },
    /// An event builds on another one than stands before it.
    #[error("event {seq} does not build on the event before it")]
    Unlinked {
        /// The event.
        seq: u64,
    },
    /// An event's contents do not give its hash.
    #[error("event {seq} was changed after it was written")]
    Changed {
        /// The event.
        seq: u64,
    },
    /// The chain does not end where the job says it does.
    #[error("the chain ends at event {found}, but the job wrote {expected} events")]
    Cut {
        /// How many events the job wrote.
        expected: u64,
        /// The last event that is there.
        found: u64,
    },
}

/// Checks a job's whole chain against its head; names the first break.
pub fn verify_chain(job: JobId, events: &[AuditEvent], head: ChainHead) -> Result<(), ChainBreak> {
    let mut at = ChainHead::EMPTY;
    for event in events {
        if event.seq != at.seq + 1 {
            return Err(ChainBreak::Gap { expected: at.seq + 1, found: event.seq });
        }
        if event.prev_hash != at.hash {
            return Err(ChainBreak::Unlinked { seq: event.seq });
        }
        if event.digest(job) != event.hash {
            return Err(ChainBreak::Changed { seq: event.seq });
        }
        at = ChainHead { seq: event.seq, hash: event.hash };
    }
    if at != head {
        return Err(ChainBreak::Cut { expected: head.seq, found: at.seq });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> (JobId, Vec<AuditEvent>, ChainHead) {
        let job = JobId::generate(Timestamp::UNIX_EPOCH, [1; 10]);
        let mut head = ChainHead::EMPTY;
        let events = [AuditKind::JobCreated, AuditKind::JobStarted, AuditKind::JobCompleted]
            .into_iter()
            .map(|kind| {
                head.append(
                    job,
                    Timestamp::UNIX_EPOCH,
                    AuditDraft::new(kind, "x").with("b", 1).with("a", "é"),
                )
            })
            .collect();
        (job, events, head)
    }

    #[test]
    fn an_untouched_chain_is_clean() {
        let (job, events, head) = chain();
        assert_eq!(verify_chain(job, &events, head), Ok(()));
        assert_eq!(verify_chain(job, &[], ChainHead::EMPTY), Ok(()));
    }

    #[test]
    fn every_change_is_found_and_named() {
        type Change = fn(&mut Vec<AuditEvent>);
        let (job, events, head) = chain();
        let changes: [(Change, ChainBreak); 7] = [
            (|e| e[1].message.push('y'), ChainBreak::Changed { seq: 2 }),
            (|e| e[1].level = AuditLevel::Error, ChainBreak::Changed { seq: 2 }),
            (|e| e[1].ts += jiff::SignedDuration::from_millis(1), ChainBreak::Changed { seq: 2 }),
            (|e| drop(e[1].data.remove("a")), ChainBreak::Changed { seq: 2 }),
            (|e| drop(e.remove(1)), ChainBreak::Gap { expected: 2, found: 3 }),
            (|e| e[2].prev_hash = ChainHash::START, ChainBreak::Unlinked { seq: 3 }),
            (|e| drop(e.pop()), ChainBreak::Cut { expected: 3, found: 2 }),
        ];
        for (change, wanted) in changes {
            let mut edited = events.clone();
            change(&mut edited);
            assert_eq!(verify_chain(job, &edited, head), Err(wanted));
        }
        let other = JobId::generate(Timestamp::UNIX_EPOCH, [2; 10]);
        assert_eq!(verify_chain(other, &events, head), Err(ChainBreak::Changed { seq: 1 }));
    }

    #[test]
    fn kinds_are_spelled_alike_everywhere() {
        for kind in AuditKind::ALL {
            assert_eq!(serde_json::to_string(kind).unwrap(), format!("\"{kind}\""));
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
    }
}
