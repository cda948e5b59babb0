//! Checks the whole record: every audit chain, what signs it, and what stands beside it.

use std::ops::ControlFlow;

use onegent_core::audit::ChainHash;
use onegent_core::error::Result;
use onegent_core::id::JobId;

use super::Engine;
use crate::checkpoint::{PublicKey, Sequence};
use crate::store::verify::{Fault, Stored, StoredCheckpoint, check};

/// What a check of the whole record found.
#[derive(Debug, Clone, Default)]
pub struct AuditReport {
    /// How many jobs were checked.
    pub jobs: u64,
    /// How many of them have no trail any more, since its time was over.
    pub removed: u64,
    /// How many audit events were checked.
    pub events: u64,
    /// How many checkpoints were checked.
    pub checkpoints: u64,
    /// The last checkpoint. Who writes it down elsewhere sees later whether the whole record was set back.
    pub newest: Option<Newest>,
    /// What is wrong; empty when the record is whole.
    pub problems: Vec<AuditProblem>,
}

/// The newest checkpoint of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newest {
    /// The key that signed it.
    pub key: PublicKey,
    /// Its place, from 1.
    pub number: u64,
    /// Its digest, which all checkpoints before it go into.
    pub digest: ChainHash,
}

/// Something wrong with one job's record.
#[derive(Debug, Clone)]
pub struct AuditProblem {
    /// The job's id as it is stored, which may be what was changed.
    pub job: String,
    /// What is wrong. Of several things the first.
    pub what: Fault,
}

impl Engine {
    /// The key that signs the audit trail's checkpoints.
    pub fn audit_key(&self) -> PublicKey {
        self.audit_key
    }

    /// Checks every job's audit chain byte by byte, that it is as long as its job says, that it is signed by one of
    /// `trusted` where it has to be, and that states, submissions and confirmations agree with it.
    pub async fn verify_audit(&self, trusted: &[PublicKey]) -> Result<AuditReport> {
        let mut report = AuditReport::default();
        let mut sequence = Sequence::new(trusted);
        let mut through = None;
        let mut each = |stored| {
            report.take(stored, &mut sequence, &mut through);
            ControlFlow::Continue(())
        };
        self.parts.store.stored(&mut each).await?;
        Ok(report)
    }
}

impl AuditReport {
    /// Up to the job `through` trails were removed, by what somebody trusted says.
    fn take(&mut self, stored: Stored, sequence: &mut Sequence<'_>, through: &mut Option<JobId>) {
        let (job, fault) = match stored {
            Stored::Removal(removal) => {
                let read = removal.read().and_then(|removal| {
                    sequence.trusts(&removal)?;
                    Ok(removal.through)
                });
                match read {
                    Ok(said) => {
                        *through = (*through).max(Some(said));
                        return;
                    }
                    Err(fault) => ("-".to_owned(), Some(fault)),
                }
            }
            Stored::Job(job) => {
                self.jobs += 1;
                self.events += job.events.len() as u64;
                let fault = match check(&job, *through) {
                    Ok(removed) => {
                        self.removed += u64::from(removed);
                        None
                    }
                    Err(fault) => Some(fault),
                };
                (job.id, fault)
            }
            Stored::Checkpoint(checkpoint) => {
                self.checkpoints += 1;
                let fault = self.follow(&checkpoint, sequence).err();
                (checkpoint.job, fault)
            }
            Stored::Stray(job) => (job, Some(Fault::Missing)),
        };
        self.problems.extend(fault.map(|what| AuditProblem { job, what }));
    }

    fn follow(
        &mut self,
        stored: &StoredCheckpoint,
        sequence: &mut Sequence<'_>,
    ) -> std::result::Result<(), Fault> {
        let next = stored.read()?;
        sequence.take(&next)?;
        self.newest = Some(Newest { key: next.key, number: next.number, digest: next.digest() });
        Ok(())
    }
}
