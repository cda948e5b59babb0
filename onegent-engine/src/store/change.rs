//! What one event makes of a job's record: pure, and the same for every database.

use jiff::{SignedDuration, Timestamp};
use onegent_core::audit::{AuditDraft, AuditEvent};
use onegent_core::job::JobErrorCode;
use onegent_core::machine::{JobEvent, JobState, Refused};

use super::record::{HoldStatus, JobRecord};
use crate::meters::Counted;
use crate::signals::{Announcement, Standing};

/// A record after an event, and what has to be written beside it.
#[derive(Debug)]
pub(crate) struct Change {
    /// The version that this builds on.
    pub from_version: u64,
    /// Whether outside it stands elsewhere than before.
    pub status_changed: bool,
    pub record: JobRecord,
    pub events: Vec<AuditEvent>,
    /// What becomes of the hold that the job had, when it no longer waits or counts.
    pub hold: Option<HoldStatus>,
    /// How the job's submit ended, when it did.
    pub submission: Option<&'static str>,
}

impl Change {
    /// Applies an event of the state machine.
    pub(crate) fn by(
        mut record: JobRecord,
        event: JobEvent,
        trail: Vec<AuditDraft>,
        now: Timestamp,
    ) -> Result<Self, Refused> {
        let (from_version, from_status) = (record.version, record.state.status());
        let (claimed, confirmed) =
            (matches!(event, JobEvent::Claim { .. }), matches!(event, JobEvent::Confirm { .. }));
        let declined = matches!(event, JobEvent::Decline { .. });
        let submitting = matches!(record.state, JobState::Submitting { .. });

        record.state = record.state.apply(event, now)?;
        record.version += 1;
        record.updated_at = now;
        if let Some(turn) = record.state.turn() {
            record.attempt = turn.attempt;
        } else {
            record.completed_at = Some(now);
        }
        if record.state.lease().is_none()
            && let Some(since) = record.run_since.take()
        {
            record.worked += now.duration_since(since).max(SignedDuration::ZERO);
        }
        if claimed {
            record.run_since = Some(now);
        }
        if confirmed {
            // A person who said yes starts the count anew: waiting for them must not have used up the job's time.
            (record.worked, record.failures) = (SignedDuration::ZERO, 0);
        }
        let events =
            trail.into_iter().map(|draft| record.head.append(record.id, now, draft)).collect::<Vec<_>>();
        let hold = if declined { Some(HoldStatus::Declined) } else { hold_fate(&record) };
        let submission = if submitting { submit_outcome(&record.state) } else { None };
        if let (Some(status), Some(held)) = (hold, &mut record.hold) {
            held.status = status;
        }
        let status_changed = record.state.status() != from_status;
        Ok(Self { from_version, status_changed, record, events, hold, submission })
    }

    /// What listeners are told of it.
    pub(crate) fn announcement(&self) -> Announcement {
        let counted = Counted {
            scenario: self.record.request.scenario(),
            status: self.status_changed.then(|| self.record.state.status()),
            submit: self.submission,
        };
        Announcement { counted: Some(counted), ..announcement(&self.record) }
    }
}

/// What listeners are told of a record.
pub(crate) fn announcement(record: &JobRecord) -> Announcement {
    let holder = record.state.lease().and(record.state.turn()).map(|turn| turn.epoch);
    let claimable = matches!(record.state, JobState::Queued { .. } | JobState::Confirmed { .. });
    let standing = Standing { seq: record.head.seq, holder };
    Announcement { job: record.id, standing, claimable, outbox: false, counted: None }
}

/// What becomes of a live hold now that the job stands where it stands. `Confirmed` and `Redeemed` are written by the
/// statements that check for them, never from here.
fn hold_fate(record: &JobRecord) -> Option<HoldStatus> {
    let live =
        record.hold.as_ref().filter(|h| matches!(h.status, HoldStatus::Open | HoldStatus::Confirmed))?;
    let still_counts = match &record.state {
        JobState::PausedPayment { hold, .. } => hold.id == live.id,
        JobState::Running { approval, .. } => approval.is_some(),
        JobState::Confirmed { .. } | JobState::Submitting { .. } => true,
        JobState::Expired => return Some(HoldStatus::Expired),
        JobState::Queued { .. }
        | JobState::NeedsPerson { .. }
        | JobState::Done { .. }
        | JobState::NoAvailability { .. }
        | JobState::Error { .. }
        | JobState::Cancelled => false,
    };
    (!still_counts).then_some(HoldStatus::Void)
}

fn submit_outcome(state: &JobState) -> Option<&'static str> {
    match state {
        JobState::Done { .. } => Some("done"),
        JobState::NoAvailability { .. } => Some("no_availability"),
        JobState::Error { error } if error.code == JobErrorCode::SubmitOutcomeUnknown => Some("unknown"),
        JobState::Error { .. } => Some("refused"),
        JobState::Queued { .. }
        | JobState::Running { .. }
        | JobState::NeedsPerson { .. }
        | JobState::PausedPayment { .. }
        | JobState::Confirmed { .. }
        | JobState::Submitting { .. }
        | JobState::Cancelled
        | JobState::Expired => None,
    }
}
