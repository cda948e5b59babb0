//! The transitions. One arm per legal pair of state and event; all else is refused, and says why.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what no arm allows is refused, in a state to come as well"
)]

use jiff::Timestamp;

use super::{Approval, JobEvent, JobState, Lease, Outcome, Refused, SubmitKind, Turn};

impl JobState {
    /// What the job becomes when `event` happens at `now`. Pure.
    pub fn apply(self, event: JobEvent, now: Timestamp) -> Result<Self, Refused> {
        match event {
            JobEvent::Claim { epoch, lease } => self.claim(epoch, lease, now),
            JobEvent::Renew { epoch, until } => self.renew(epoch, until, now),
            JobEvent::Release { epoch, not_before } => self.release(epoch, not_before, now),
            JobEvent::LeaseRanOut => self.lease_ran_out(now),
            JobEvent::Pause { epoch, hold } => {
                let (turn, _) = self.run(epoch, now)?;
                let open = hold.expires_at > now;
                if open { Ok(Self::PausedPayment { turn, hold }) } else { Err(Refused::TooLate) }
            }
            JobEvent::WantPerson { epoch, wanted, until } => {
                let (turn, _) = self.run(epoch, now)?;
                Ok(Self::NeedsPerson { turn, wanted, until })
            }
            JobEvent::PersonHelped => self.person_helped(now),
            JobEvent::ChangeHands => {
                self.in_hands(now)?;
                Ok(self)
            }
            JobEvent::SubmitByHand { epoch, lease, permit } => {
                let (turn, kind) = self.in_hands(now)?;
                if epoch <= turn.epoch || lease.until <= now {
                    return Err(Refused::LeaseLost);
                }
                if permit.kind != kind {
                    return Err(Refused::OtherCharge);
                }
                if permit.deadline <= now {
                    return Err(Refused::TooLate);
                }
                Ok(Self::Submitting { turn: Turn { epoch, ..turn }, lease, permit })
            }
            JobEvent::Confirm { hold, charge, session } => self.confirm(hold, charge, session, now),
            JobEvent::Decline { hold } => self.decline(hold),
            JobEvent::Cancel => self.cancel(),
            JobEvent::Expire => self.expire(now),
            JobEvent::StartSubmit { epoch, permit } => {
                let Self::Running { lease, .. } = self else { return Err(self.misplaced()) };
                let (turn, approval) = self.run(epoch, now)?;
                may_submit(approval, permit.kind, now)?;
                if permit.deadline <= now {
                    return Err(Refused::TooLate);
                }
                Ok(Self::Submitting { turn, lease, permit })
            }
            JobEvent::Finish { epoch, outcome } => self.finish(epoch, outcome, now),
            JobEvent::Reconcile { outcome } => self.reconcile(outcome, now),
        }
    }

    fn claim(self, epoch: u64, lease: Lease, now: Timestamp) -> Result<Self, Refused> {
        let (turn, not_before, approval) = match self {
            Self::Queued { turn, not_before } => (turn, not_before, None),
            Self::Confirmed { approval, .. } if approval.hold.expires_at <= now => {
                return Err(Refused::TooLate);
            }
            Self::Confirmed { turn, approval, not_before } => (turn, not_before, Some(approval)),
            other => return Err(other.misplaced()),
        };
        if not_before > now {
            return Err(Refused::TooEarly);
        }
        if epoch <= turn.epoch || lease.until <= now {
            return Err(Refused::LeaseLost);
        }
        let turn = Turn { epoch, attempt: turn.attempt + 1 };
        Ok(Self::Running { turn, lease, approval })
    }

    fn renew(self, epoch: u64, until: Timestamp, now: Timestamp) -> Result<Self, Refused> {
        match self {
            Self::Running { turn, lease, approval } => {
                held(turn, lease, epoch, now)?;
                let lease = Lease { until: until.max(lease.until), ..lease };
                Ok(Self::Running { turn, lease, approval })
            }
            Self::Submitting { turn, lease, permit } => {
                held(turn, lease, epoch, now)?;
                let lease = Lease { until: until.max(lease.until), ..lease };
                Ok(Self::Submitting { turn, lease, permit })
            }
            other => Err(other.misplaced()),
        }
    }

    fn release(self, epoch: u64, not_before: Timestamp, now: Timestamp) -> Result<Self, Refused> {
        let (turn, approval) = self.run(epoch, now)?;
        Ok(Self::waiting(turn, approval, not_before))
    }

    fn lease_ran_out(self, now: Timestamp) -> Result<Self, Refused> {
        match self {
            Self::Running { lease, .. } if lease.until > now => Err(Refused::LeaseRuns),
            Self::Running { turn, approval, .. } => Ok(Self::waiting(turn, approval, now)),
            Self::Submitting { .. } => Err(Refused::SubmitBegun),
            other => Err(other.misplaced()),
        }
    }

    fn waiting(turn: Turn, approval: Option<Approval>, not_before: Timestamp) -> Self {
        match approval {
            None => Self::Queued { turn, not_before },
            Some(approval) => Self::Confirmed { turn, approval, not_before },
        }
    }

    fn person_helped(self, now: Timestamp) -> Result<Self, Refused> {
        match self {
            Self::NeedsPerson { until, .. } if until <= now => Err(Refused::TooLate),
            Self::NeedsPerson { turn, .. } => Ok(Self::Queued { turn, not_before: now }),
            other => Err(other.misplaced()),
        }
    }

    /// Where a page may be in a person's hands, and what a submit by hand would be there.
    fn in_hands(&self, now: Timestamp) -> Result<(Turn, SubmitKind), Refused> {
        match self {
            Self::NeedsPerson { until, .. } if *until <= now => Err(Refused::TooLate),
            Self::NeedsPerson { turn, .. } => Ok((*turn, SubmitKind::Reserve)),
            Self::PausedPayment { hold, .. } if hold.expires_at <= now => Err(Refused::TooLate),
            Self::PausedPayment { turn, hold } => {
                Ok((*turn, SubmitKind::Charge { hold: hold.id, charge: hold.charge }))
            }
            other => Err(other.misplaced()),
        }
    }

    fn confirm(
        self,
        hold: crate::id::HoldId,
        charge: crate::charge::ChargeHash,
        session: crate::id::SessionId,
        now: Timestamp,
    ) -> Result<Self, Refused> {
        match self {
            Self::PausedPayment { turn, hold: open } => {
                if open.id != hold || open.charge != charge {
                    return Err(Refused::OtherCharge);
                }
                if open.expires_at <= now {
                    return Err(Refused::TooLate);
                }
                let approval = Approval { hold: open, session, at: now };
                Ok(Self::Confirmed { turn, approval, not_before: now })
            }
            other => Err(other.misplaced()),
        }
    }

    fn decline(self, hold: crate::id::HoldId) -> Result<Self, Refused> {
        match self {
            Self::PausedPayment { hold: open, .. } if open.id != hold => Err(Refused::OtherCharge),
            Self::PausedPayment { .. } => Ok(Self::Cancelled),
            other => Err(other.misplaced()),
        }
    }

    fn cancel(self) -> Result<Self, Refused> {
        match self {
            Self::Queued { .. }
            | Self::Running { .. }
            | Self::NeedsPerson { .. }
            | Self::PausedPayment { .. }
            | Self::Confirmed { .. } => Ok(Self::Cancelled),
            Self::Submitting { .. } => Err(Refused::SubmitBegun),
            Self::Done { .. }
            | Self::NoAvailability { .. }
            | Self::Error { .. }
            | Self::Cancelled
            | Self::Expired => Err(Refused::Ended),
        }
    }

    fn expire(self, now: Timestamp) -> Result<Self, Refused> {
        let until = match &self {
            Self::NeedsPerson { until, .. } => *until,
            Self::PausedPayment { hold, .. } => hold.expires_at,
            Self::Confirmed { approval, .. } => approval.hold.expires_at,
            Self::Queued { .. }
            | Self::Running { .. }
            | Self::Submitting { .. }
            | Self::Done { .. }
            | Self::NoAvailability { .. }
            | Self::Error { .. }
            | Self::Cancelled
            | Self::Expired => return Err(self.misplaced()),
        };
        if until <= now { Ok(Self::Expired) } else { Err(Refused::TooEarly) }
    }

    fn finish(self, epoch: u64, outcome: Outcome, now: Timestamp) -> Result<Self, Refused> {
        match self {
            Self::Running { turn, lease, .. } => {
                held(turn, lease, epoch, now)?;
                // Booked without a submit: that can't be.
                let booked = matches!(outcome, Outcome::Done { .. });
                if booked { Err(Refused::OutOfPlace) } else { Ok(outcome.into()) }
            }
            Self::Submitting { turn, lease, .. } => {
                held(turn, lease, epoch, now)?;
                Ok(outcome.into())
            }
            other => Err(other.misplaced()),
        }
    }

    fn reconcile(self, outcome: Outcome, now: Timestamp) -> Result<Self, Refused> {
        match self {
            Self::Submitting { lease, .. } if lease.until > now => Err(Refused::LeaseRuns),
            Self::Submitting { permit, .. } if permit.deadline > now => Err(Refused::TooEarly),
            Self::Submitting { .. } => match outcome {
                Outcome::NoAvailability { .. } => Err(Refused::OutOfPlace),
                Outcome::Done { .. } | Outcome::Error { .. } => Ok(outcome.into()),
            },
            other => Err(other.misplaced()),
        }
    }

    /// The parts of a run whose worker still holds it.
    fn run(self, epoch: u64, now: Timestamp) -> Result<(Turn, Option<Approval>), Refused> {
        match self {
            Self::Running { turn, lease, approval } => {
                held(turn, lease, epoch, now)?;
                Ok((turn, approval))
            }
            other => Err(other.misplaced()),
        }
    }

    fn misplaced(&self) -> Refused {
        match self {
            Self::Submitting { .. } => Refused::SubmitBegun,
            Self::Queued { .. }
            | Self::Running { .. }
            | Self::NeedsPerson { .. }
            | Self::PausedPayment { .. }
            | Self::Confirmed { .. } => Refused::OutOfPlace,
            Self::Done { .. }
            | Self::NoAvailability { .. }
            | Self::Error { .. }
            | Self::Cancelled
            | Self::Expired => Refused::Ended,
        }
    }
}

impl From<Outcome> for JobState {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done { confirmation_code } => Self::Done { confirmation_code },
            Outcome::NoAvailability { alternatives } => Self::NoAvailability { alternatives },
            Outcome::Error { error } => Self::Error { error },
        }
    }
}

/// The fence: an event counts only under the newest epoch, while its lease runs.
fn held(turn: Turn, lease: Lease, epoch: u64, now: Timestamp) -> Result<(), Refused> {
    if turn.epoch == epoch && lease.until > now { Ok(()) } else { Err(Refused::LeaseLost) }
}

/// A reserve needs no approval and must not carry one for something else; a charge needs exactly its own, still open.
fn may_submit(approval: Option<Approval>, kind: SubmitKind, now: Timestamp) -> Result<(), Refused> {
    match (kind, approval) {
        (SubmitKind::Reserve, None) => Ok(()),
        (SubmitKind::Reserve, Some(_)) => Err(Refused::OtherCharge),
        (SubmitKind::Charge { .. }, None) => Err(Refused::NotApproved),
        (SubmitKind::Charge { hold, charge }, Some(approval)) => {
            if approval.hold.id != hold || approval.hold.charge != charge {
                return Err(Refused::OtherCharge);
            }
            if approval.hold.expires_at > now { Ok(()) } else { Err(Refused::TooLate) }
        }
    }
}
