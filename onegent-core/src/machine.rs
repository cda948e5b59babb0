//! The job's state machine: pure, total, and the only place where a job's state changes.
//!
//! ```text
//! queued → running → submitting → done | no_availability | error
//!             │  └→ needs_login | captcha → (person helps) → queued
//!             └→ paused_payment → confirmed → running → submitting
//! ```
//!
//! `confirmed` and `submitting` read as `running` outside. A state carries only what that state has; every one
//! that still moves carries its [`Turn`], so that lease epochs only ever grow.
//!
//! **Invariant:** `done` is reached only through `submitting`, and `submitting` for a charge only from a run that holds
//! an approval of the very same hold and hash, or by a person's own hand where that hold is open. Held by `every_pair_of_state_and_event_is_as_the_table_says`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::charge::ChargeHash;
use crate::id::{HoldId, PermitId, SessionId, WorkerId};
use crate::job::{Alternative, JobError};
use crate::status::JobStatus;
use crate::text::Text;

mod apply;
#[cfg(test)]
mod tests;

/// How far a job has come through its workers' hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Turn {
    /// The newest lease's fencing token; 0 before the first.
    pub epoch: u64,
    /// How often the agent has begun.
    pub attempt: u32,
}

/// The right of one worker to move one job, for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lease {
    /// Who holds it.
    pub worker: WorkerId,
    /// When it ends unless renewed.
    pub until: Timestamp,
}

/// A stop at payment: which charge waits, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hold {
    /// The hold.
    pub id: HoldId,
    /// Exactly the charge that is shown.
    pub charge: ChargeHash,
    /// When the offer to confirm ends.
    pub expires_at: Timestamp,
}

/// A person's confirmation of exactly one hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Approval {
    /// What was confirmed.
    pub hold: Hold,
    /// The session of the person who did it.
    pub session: SessionId,
    /// When.
    pub at: Timestamp,
}

/// What an irreversible step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubmitKind {
    /// Books what costs nothing now; the person's own request authorises it.
    Reserve,
    /// Takes, holds or promises money; needs an approval of exactly this.
    Charge {
        /// The hold that was approved.
        hold: HoldId,
        /// The charge that was approved.
        charge: ChargeHash,
    },
}

/// The write-ahead record of the one submit that a job can ever get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Permit {
    /// The permit.
    pub id: PermitId,
    /// What it permits.
    pub kind: SubmitKind,
    /// After this the submit may not be sent any more.
    pub deadline: Timestamp,
}

/// What a site wants from a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonWanted {
    /// The guest's own account.
    Login,
    /// Proof of a human.
    Captcha,
}

/// Where a job stands, with all that this state has.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum JobState {
    /// Durable; any worker may take it from `not_before` on.
    Queued {
        /// How far it has come.
        turn: Turn,
        /// The earliest moment for the next try.
        not_before: Timestamp,
    },
    /// A worker drives a browser.
    Running {
        /// How far it has come.
        turn: Turn,
        /// Whose it is.
        lease: Lease,
        /// The confirmation it carries, if a person gave one.
        approval: Option<Approval>,
    },
    /// The site wants a person.
    NeedsPerson {
        /// How far it has come.
        turn: Turn,
        /// For what.
        wanted: PersonWanted,
        /// When nobody is waited for any longer.
        until: Timestamp,
    },
    /// The agent stood at payment, left, and a person decides.
    PausedPayment {
        /// How far it has come.
        turn: Turn,
        /// What waits.
        hold: Hold,
    },
    /// A person confirmed; any worker may take it to the submit.
    Confirmed {
        /// How far it has come.
        turn: Turn,
        /// The confirmation.
        approval: Approval,
        /// The earliest moment for the next try.
        not_before: Timestamp,
    },
    /// The permit is written down; the submit may have been sent. It is never sent again.
    Submitting {
        /// How far it has come.
        turn: Turn,
        /// Whose it is.
        lease: Lease,
        /// The one permit.
        permit: Permit,
    },
    /// Booked.
    Done {
        /// The venue's own code, when it gave one.
        confirmation_code: Option<Text<64>>,
    },
    /// The site has nothing that fits.
    NoAvailability {
        /// What it offered instead.
        alternatives: Vec<Alternative>,
    },
    /// Failed.
    Error {
        /// What went wrong and what to do.
        error: JobError,
    },
    /// Stopped before the submit.
    Cancelled,
    /// Nobody came in time.
    Expired,
}

/// How a run or a submit ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Booked.
    Done {
        /// The venue's own code, when it gave one.
        confirmation_code: Option<Text<64>>,
    },
    /// The site has nothing that fits.
    NoAvailability {
        /// What it offered instead.
        alternatives: Vec<Alternative>,
    },
    /// Failed for good.
    Error {
        /// What went wrong and what to do.
        error: JobError,
    },
}

/// Something that happens to a job. Events of a worker name the epoch they were made under.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum JobEvent {
    /// A worker takes the job; `epoch` is one above the newest.
    Claim {
        /// The new fencing token.
        epoch: u64,
        /// Whose it is now.
        lease: Lease,
    },
    /// The worker is alive.
    Renew {
        /// The worker's fencing token.
        epoch: u64,
        /// The lease's new end.
        until: Timestamp,
    },
    /// The worker gives the job back for another try; nothing was submitted.
    Release {
        /// The worker's fencing token.
        epoch: u64,
        /// The earliest moment for the next try.
        not_before: Timestamp,
    },
    /// The lease ran out with nothing submitted; another worker may take the job.
    LeaseRanOut,
    /// The agent stands at a payment, or at another one than was approved.
    Pause {
        /// The worker's fencing token.
        epoch: u64,
        /// What waits.
        hold: Hold,
    },
    /// The site wants a person.
    WantPerson {
        /// The worker's fencing token.
        epoch: u64,
        /// For what.
        wanted: PersonWanted,
        /// When nobody is waited for any longer.
        until: Timestamp,
    },
    /// The person did what the site wanted.
    PersonHelped,
    /// The page went into a person's hands, or came back from them; the job stays where it stands.
    ChangeHands,
    /// A person who has the page may be submitting by hand. The agent never will.
    SubmitByHand {
        /// The new fencing token, one above the newest.
        epoch: u64,
        /// Who reads what comes of it.
        lease: Lease,
        /// The one permit, for what waits: the open hold, or what no hold was made for.
        permit: Permit,
    },
    /// A signed-in person confirmed exactly this hold and charge.
    Confirm {
        /// The hold that was shown.
        hold: HoldId,
        /// The charge that was shown.
        charge: ChargeHash,
        /// The person's session.
        session: SessionId,
    },
    /// A signed-in person declined.
    Decline {
        /// The hold that was shown.
        hold: HoldId,
    },
    /// The caller or the owner stops the job.
    Cancel,
    /// The time to confirm, or to help, is over.
    Expire,
    /// The permit is written down; the submit follows.
    StartSubmit {
        /// The worker's fencing token.
        epoch: u64,
        /// The one permit.
        permit: Permit,
    },
    /// A run ended without a submit, or a submit's outcome was read.
    Finish {
        /// The worker's fencing token.
        epoch: u64,
        /// How.
        outcome: Outcome,
    },
    /// The submit's worker is gone, its lease and permit are over, and the site's own look-up (or its lack) settles the
    /// job. The outcome is `Done` or an error, never another try.
    Reconcile {
        /// What is known.
        outcome: Outcome,
    },
}

/// Why an event does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The job has ended.
    #[error("the job has ended")]
    Ended,
    /// That can't happen in this state.
    #[error("that can't happen in this state")]
    OutOfPlace,
    /// The worker's lease is not the newest, or has run out.
    #[error("the lease is lost")]
    LeaseLost,
    /// The lease still runs.
    #[error("the lease still runs")]
    LeaseRuns,
    /// It is too early.
    #[error("it is too early")]
    TooEarly,
    /// The offer to confirm is over.
    #[error("the offer to confirm is over")]
    TooLate,
    /// Another hold or another charge waits than the one named.
    #[error("another charge waits than the one named")]
    OtherCharge,
    /// A charge without an approval of exactly this charge.
    #[error("the charge was not approved")]
    NotApproved,
    /// The submit has begun; it can't be stopped.
    #[error("the submit has begun")]
    SubmitBegun,
}

impl JobState {
    /// A new job's state.
    pub fn new(now: Timestamp) -> Self {
        Self::Queued { turn: Turn::default(), not_before: now }
    }

    /// Where the job stands, as everybody outside sees it.
    pub fn status(&self) -> JobStatus {
        match self {
            Self::Queued { .. } => JobStatus::Queued,
            Self::Running { .. } | Self::Confirmed { .. } | Self::Submitting { .. } => JobStatus::Running,
            Self::NeedsPerson { wanted: PersonWanted::Login, .. } => JobStatus::NeedsLogin,
            Self::NeedsPerson { wanted: PersonWanted::Captcha, .. } => JobStatus::Captcha,
            Self::PausedPayment { .. } => JobStatus::PausedPayment,
            Self::Done { .. } => JobStatus::Done,
            Self::NoAvailability { .. } => JobStatus::NoAvailability,
            Self::Error { .. } => JobStatus::Error,
            Self::Cancelled => JobStatus::Cancelled,
            Self::Expired => JobStatus::Expired,
        }
    }

    /// How far the job has come, while it still moves.
    pub fn turn(&self) -> Option<Turn> {
        match self {
            Self::Queued { turn, .. }
            | Self::Running { turn, .. }
            | Self::NeedsPerson { turn, .. }
            | Self::PausedPayment { turn, .. }
            | Self::Confirmed { turn, .. }
            | Self::Submitting { turn, .. } => Some(*turn),
            Self::Done { .. }
            | Self::NoAvailability { .. }
            | Self::Error { .. }
            | Self::Cancelled
            | Self::Expired => None,
        }
    }

    /// The worker's lease, while one holds the job.
    pub fn lease(&self) -> Option<Lease> {
        match self {
            Self::Running { lease, .. } | Self::Submitting { lease, .. } => Some(*lease),
            Self::Queued { .. }
            | Self::NeedsPerson { .. }
            | Self::PausedPayment { .. }
            | Self::Confirmed { .. }
            | Self::Done { .. }
            | Self::NoAvailability { .. }
            | Self::Error { .. }
            | Self::Cancelled
            | Self::Expired => None,
        }
    }

    /// The next moment at which something has to be done even if nobody calls: a claim, an expiry, a lost lease.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self {
            Self::Queued { not_before, .. } => Some(*not_before),
            Self::Confirmed { approval, not_before, .. } => Some((*not_before).min(approval.hold.expires_at)),
            Self::Running { lease, .. } => Some(lease.until),
            Self::Submitting { lease, permit, .. } => Some(lease.until.max(permit.deadline)),
            Self::NeedsPerson { until, .. } => Some(*until),
            Self::PausedPayment { hold, .. } => Some(hold.expires_at),
            Self::Done { .. }
            | Self::NoAvailability { .. }
            | Self::Error { .. }
            | Self::Cancelled
            | Self::Expired => None,
        }
    }
}
