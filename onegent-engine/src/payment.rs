//! The types that money passes through: confirmation → permit → submit.
//!
//! **Invariant:** neither type can be made outside this module, copied, or used twice. A [`ChargeConfirmation`] is read
//! back from the row that `PaymentDesk::confirm` alone writes; a [`SubmitPermit`] comes out of one compare-and-set in the
//! store and is consumed by the submit.

use jiff::Timestamp;
use onegent_core::charge::{Charge, ChargeHash};
use onegent_core::id::{HoldId, JobId};
use onegent_core::machine::{Permit, SubmitKind};

mod redeem;

pub(crate) use redeem::{carried, redeem};

/// A person's yes to exactly one charge. Not `Clone`; used up by asking for the permit.
#[derive(Debug)]
pub struct ChargeConfirmation {
    job: JobId,
    hold: HoldId,
    charge: Charge,
    hash: ChargeHash,
}

impl ChargeConfirmation {
    /// The job.
    pub fn job(&self) -> JobId {
        self.job
    }

    /// The hold that was confirmed.
    pub fn hold(&self) -> HoldId {
        self.hold
    }

    /// What was shown and confirmed.
    pub fn charge(&self) -> &Charge {
        &self.charge
    }

    /// Its hash.
    pub fn hash(&self) -> ChargeHash {
        self.hash
    }
}

/// The right to send one submit of one job, once, until a deadline. Not `Clone`; consumed by use.
#[derive(Debug)]
#[must_use = "a permit that is dropped leaves a job whose submit outcome is unknown"]
pub struct SubmitPermit {
    job: JobId,
    permit: Permit,
}

impl SubmitPermit {
    /// The job.
    pub fn job(&self) -> JobId {
        self.job
    }

    /// What it permits.
    pub fn kind(&self) -> SubmitKind {
        self.permit.kind
    }

    /// After this nothing may be sent any more.
    pub fn deadline(&self) -> Timestamp {
        self.permit.deadline
    }
}

#[cfg(test)]
impl ChargeConfirmation {
    /// A confirmation that nobody gave, for the agent's own tests.
    pub(crate) fn for_tests(job: JobId, hold: HoldId, charge: Charge) -> Self {
        let hash = charge.hash(job);
        Self { job, hold, charge, hash }
    }
}

#[cfg(test)]
impl SubmitPermit {
    /// A permit that no store knows, for the agent's own tests.
    pub(crate) fn for_tests(job: JobId, permit: Permit) -> Self {
        Self { job, permit }
    }
}
