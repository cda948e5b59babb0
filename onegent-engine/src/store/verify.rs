//! Checks the record against itself: audit chains byte by byte, and what the rows beside them claim.

use jiff::Timestamp;
use onegent_core::audit::{AuditEvent, AuditKind, ChainBreak, ChainHead, canonical, verify_chain};
use onegent_core::charge::Charge;
use onegent_core::id::JobId;
use onegent_core::machine::{JobState, SubmitKind};
use serde_json::{Map, Value};

use super::record::state_word;
use crate::checkpoint::{Checkpoint, CheckpointFault, Removal, cover};

/// A piece of the record, exactly as the database has it.
#[derive(Debug)]
pub(crate) enum Stored {
    Removal(StoredRemoval),
    Job(StoredJob),
    Checkpoint(StoredCheckpoint),
    /// The id of a job that has audit events or checkpoints and is not there.
    Stray(String),
}

/// A job with its trail, exactly as the database has it: nothing parsed, so that nothing is tidied away.
#[derive(Debug)]
pub(crate) struct StoredJob {
    pub id: String,
    pub state: String,
    pub state_json: String,
    pub audit_seq: i64,
    pub audit_hash: String,
    pub events: Vec<StoredEvent>,
    pub submission: Option<StoredSubmission>,
    pub checkpoints: Vec<StoredCheckpoint>,
}

/// A checkpoint's row.
#[derive(Debug)]
pub(crate) struct StoredCheckpoint {
    pub key: String,
    pub number: i64,
    pub ts: i64,
    pub job: String,
    pub seq: i64,
    pub hash: String,
    pub prev: String,
    pub signature: String,
}

/// A removal's row.
#[derive(Debug)]
pub(crate) struct StoredRemoval {
    pub key: String,
    pub through: String,
    pub at: i64,
    pub signature: String,
}

/// An audit event's row.
#[derive(Debug)]
pub(crate) struct StoredEvent {
    pub seq: i64,
    pub ts: i64,
    pub level: String,
    pub kind: String,
    pub message: String,
    pub data: String,
    pub hash: String,
    pub prev_hash: String,
}

/// A submission's row with the hold that it was permitted by.
#[derive(Debug)]
pub(crate) struct StoredSubmission {
    pub permit: String,
    pub kind: String,
    pub hash: Option<String>,
    pub hold: Option<StoredHold>,
}

/// A hold's row.
#[derive(Debug)]
pub(crate) struct StoredHold {
    pub job: String,
    pub charge: String,
    pub hash: String,
    pub status: String,
    pub confirmed: bool,
}

/// What is wrong with a job's record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The audit chain is broken.
    #[error(transparent)]
    Chain(#[from] ChainBreak),
    /// The checkpoints are broken, or sign something else.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointFault),
    /// An event's row was changed so that it is no event any more, or is not written as events are.
    #[error("event {seq} was changed after it was written: its {what} can't be read as it was written")]
    Unreadable {
        /// The event.
        seq: i64,
        /// Which column.
        what: &'static str,
    },
    /// The job's row can't be read.
    #[error("the job's {what} can't be read")]
    Job {
        /// Which column.
        what: &'static str,
    },
    /// There are audit events or checkpoints, and no job.
    #[error("the job is missing, and its audit events or checkpoints are still there")]
    Missing,
    /// Two records that have to agree do not.
    #[error("{0}")]
    Disagree(&'static str),
}

impl StoredEvent {
    fn read(&self) -> Result<AuditEvent, Fault> {
        let bad = |what| Fault::Unreadable { seq: self.seq, what };
        let data: Map<String, Value> = serde_json::from_str(&self.data).ok().ok_or(bad("data"))?;
        // The hash covers what the text means; comparing the text itself leaves no byte uncovered.
        if canonical(&Value::Object(data.clone())) != self.data {
            return Err(bad("data"));
        }
        Ok(AuditEvent {
            seq: u64::try_from(self.seq).ok().ok_or(bad("seq"))?,
            ts: Timestamp::from_millisecond(self.ts).ok().ok_or(bad("ts"))?,
            level: self.level.parse().ok().ok_or(bad("level"))?,
            kind: self.kind.parse().ok().ok_or(bad("type"))?,
            message: self.message.clone(),
            data,
            hash: self.hash.parse().ok().ok_or(bad("hash"))?,
            prev_hash: self.prev_hash.parse().ok().ok_or(bad("prev_hash"))?,
        })
    }
}

impl StoredCheckpoint {
    pub(crate) fn read(&self) -> Result<Checkpoint, Fault> {
        let bad = |what| CheckpointFault::Unreadable { number: self.number, what };
        Ok(Checkpoint {
            key: self.key.parse().ok().ok_or(bad("key"))?,
            number: u64::try_from(self.number).ok().ok_or(bad("number"))?,
            ts: Timestamp::from_millisecond(self.ts).ok().ok_or(bad("ts"))?,
            job_id: self.job.parse().ok().ok_or(bad("job_id"))?,
            seq: u64::try_from(self.seq).ok().ok_or(bad("seq"))?,
            hash: self.hash.parse().ok().ok_or(bad("hash"))?,
            prev: self.prev.parse().ok().ok_or(bad("prev"))?,
            signature: self.signature.parse().ok().ok_or(bad("signature"))?,
        })
    }
}

impl StoredRemoval {
    pub(crate) fn read(&self) -> Result<Removal, Fault> {
        let bad = Fault::Disagree("what was removed is said in a way that can't be read");
        Ok(Removal {
            key: self.key.parse().ok().ok_or(bad.clone())?,
            through: self.through.parse().ok().ok_or(bad.clone())?,
            at: Timestamp::from_millisecond(self.at).ok().ok_or(bad.clone())?,
            signature: self.signature.parse().ok().ok_or(bad)?,
        })
    }
}

/// A job's trail, read.
#[derive(Debug)]
pub(crate) struct Trail {
    pub job: JobId,
    pub events: Vec<AuditEvent>,
    pub head: ChainHead,
    pub checkpoints: Vec<Checkpoint>,
}

impl Trail {
    /// Whether the chain is whole and signed where it has to be. The signatures themselves are checked in their sequence.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        verify_chain(self.job, &self.events, self.head)?;
        Ok(cover(&self.events, &self.checkpoints)?)
    }

    /// Whether there is nothing left of it, and that is as it should be by what was said to be removed.
    pub(crate) fn was_removed(&self, through: Option<JobId>) -> bool {
        self.events.is_empty() && through.is_some_and(|through| self.job <= through)
    }

    /// What is left of a trail that was removed: its last checkpoint, which has to sign the head that the job still names.
    pub(crate) fn check_end(&self) -> Result<(), Fault> {
        let last = self.checkpoints.iter().max_by_key(|checkpoint| checkpoint.seq);
        if last.is_some_and(|last| (last.seq, last.hash) == (self.head.seq, self.head.hash)) {
            Ok(())
        } else {
            Err(Fault::Disagree(
                "the trail was removed when its time was over, and nothing signs how it ended",
            ))
        }
    }
}

impl StoredJob {
    pub(crate) fn trail(&self) -> Result<Trail, Fault> {
        Ok(Trail {
            job: self.id.parse().ok().ok_or(Fault::Job { what: "id" })?,
            events: self.events.iter().map(StoredEvent::read).collect::<Result<_, _>>()?,
            head: ChainHead {
                seq: u64::try_from(self.audit_seq).ok().ok_or(Fault::Job { what: "audit_seq" })?,
                hash: self.audit_hash.parse().ok().ok_or(Fault::Job { what: "audit_hash" })?,
            },
            checkpoints: self.checkpoints.iter().map(StoredCheckpoint::read).collect::<Result<_, _>>()?,
        })
    }
}

/// The first thing that is wrong with a job's record, if anything is. Up to the job `through` trails were removed; whether
/// this one was.
pub(crate) fn check(job: &StoredJob, through: Option<JobId>) -> Result<bool, Fault> {
    let trail = job.trail()?;
    let removed = trail.was_removed(through);
    if removed {
        trail.check_end()?;
    } else {
        trail.check()?;
    }
    let Trail { job: id, events, .. } = trail;
    let state: JobState = serde_json::from_str(&job.state_json).ok().ok_or(Fault::Job { what: "state" })?;
    if state_word(&state) != job.state {
        return Err(Fault::Disagree("the job's state and its word differ"));
    }
    if removed {
        let open = state.turn().is_some();
        return if open { Err(Fault::Disagree("the trail of an open job was removed")) } else { Ok(true) };
    }
    check_order(&events)?;
    check_submit(id, job, &state, &events).map(|()| false)
}

/// Epochs only grow, and nothing follows the end.
fn check_order(events: &[AuditEvent]) -> Result<(), Fault> {
    let mut epoch = 0;
    let mut ended = false;
    for event in events {
        if ended {
            return Err(Fault::Disagree("an event follows the job's end"));
        }
        if event.kind == AuditKind::JobStarted {
            let next = event.data.get("epoch").and_then(Value::as_u64).unwrap_or(0);
            if next <= epoch {
                return Err(Fault::Disagree("the lease's epoch did not grow"));
            }
            epoch = next;
        }
        ended = matches!(
            event.kind,
            AuditKind::JobCompleted | AuditKind::JobFailed | AuditKind::JobCancelled | AuditKind::JobExpired
        );
    }
    Ok(())
}

/// What was submitted is what was permitted is what was confirmed.
fn check_submit(id: JobId, job: &StoredJob, state: &JobState, events: &[AuditEvent]) -> Result<(), Fault> {
    let started: Vec<_> = events.iter().filter(|event| event.kind == AuditKind::SubmitStarted).collect();
    let Some(submission) = &job.submission else {
        let needed = matches!(state, JobState::Submitting { .. } | JobState::Done { .. });
        let claimed = needed || !started.is_empty();
        return if claimed { Err(Fault::Disagree("the submission record is missing")) } else { Ok(()) };
    };
    let [begun] = started[..] else {
        return Err(Fault::Disagree("the trail does not have exactly one submit for the submission record"));
    };
    if text(begun, "permit") != Some(&submission.permit) || text(begun, "kind") != Some(&submission.kind) {
        return Err(Fault::Disagree("the trail and the submission record name different permits"));
    }
    if let JobState::Submitting { permit, .. } = state
        && (permit.id.to_string() != submission.permit
            || matches!(permit.kind, SubmitKind::Reserve) != (submission.kind == "reserve"))
    {
        return Err(Fault::Disagree("the job and the submission record name different permits"));
    }
    if submission.kind == "reserve" {
        return Ok(());
    }
    let Some(hold) = &submission.hold else {
        return Err(Fault::Disagree("a charge was submitted without a hold"));
    };
    let charge: Charge = serde_json::from_str(&hold.charge).ok().ok_or(Fault::Job { what: "charge" })?;
    let same = hold.job == job.id
        && charge.hash(id).to_string() == hold.hash
        && submission.hash.as_ref() == Some(&hold.hash);
    if !same {
        return Err(Fault::Disagree("the charge that was submitted is not the one that the hold names"));
    }
    let confirmed_before = events
        .iter()
        .take_while(|event| event.seq < begun.seq)
        .any(|event| event.kind == AuditKind::ChargeConfirmed && text(event, "charge") == Some(&hold.hash));
    if !confirmed_before || !hold.confirmed || hold.status != "redeemed" {
        return Err(Fault::Disagree("a charge was submitted without a confirmation before it"));
    }
    Ok(())
}

fn text<'a>(event: &'a AuditEvent, name: &str) -> Option<&'a str> {
    event.data.get(name).and_then(Value::as_str)
}
