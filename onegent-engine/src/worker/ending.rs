//! What becomes of a job by how its run ended: a pure table.

use std::time::Duration;

use jiff::Timestamp;
use onegent_core::charge::Charge;
use onegent_core::consent::Consent;
use onegent_core::id::{HoldId, JobId};
use onegent_core::job::{JobError, JobErrorCode};
use onegent_core::machine::{Hold, JobEvent, Outcome};
use onegent_core::status::JobStatus;

use crate::agent::{Ending, Evidence, Provider};
use crate::engine::EngineConfig;
use crate::job_error::job_error;
use crate::store::{Advance, Pause};
use crate::trail;

#[cfg(test)]
mod tests;

/// No pause before a retry is longer than this.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// What is known of the run that ended.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub job: JobId,
    pub epoch: u64,
    /// The confirmed hold that the run carried.
    pub approved: Option<Hold>,
    /// Whether the one permit was asked for and not refused.
    pub submitted: bool,
    /// How many runs failed before this one.
    pub failures: u32,
    pub consent: &'a Consent,
    pub now: Timestamp,
    /// The id for a hold, if one is made.
    pub next_hold: HoldId,
    /// 0 to 1.
    pub jitter: f64,
    pub config: &'a EngineConfig,
    /// The sites, some of which have a time of their own for a charge to wait.
    pub providers: &'a [Provider],
}

/// What is to be written.
#[derive(Debug)]
pub(crate) enum Move {
    /// One event.
    Advance(Advance),
    /// A stop at payment.
    Pause(Pause),
    /// The submit's outcome is not known; the job stays where it is until the site's look-up is asked.
    Unknown {
        /// What was seen last.
        evidence: Evidence,
    },
    /// The job is no longer this run's.
    Nothing,
}

impl Move {
    /// The job fails for good.
    pub(crate) fn finish(job: JobId, epoch: u64, error: JobError) -> Self {
        let trail = vec![trail::failed(&error)];
        Self::Advance(Advance::new(job, JobEvent::Finish { epoch, outcome: Outcome::Error { error } }, trail))
    }
}

/// What an ending makes of the job.
pub(crate) fn settle(ending: Ending, facts: &Facts<'_>) -> Move {
    match ending {
        Ending::Lost => Move::Nothing,
        Ending::Booked { confirmation_code, evidence } if facts.submitted => {
            let outcome = Outcome::Done { confirmation_code };
            let trail = vec![trail::submit_finished("done"), trail::completed(JobStatus::Done)];
            finished(facts, outcome, trail, Some(evidence))
        }
        Ending::NoAvailability { alternatives } => {
            let mut trail = vec![trail::completed(JobStatus::NoAvailability)];
            if facts.submitted {
                trail.insert(0, trail::submit_finished("no_availability"));
            }
            finished(facts, Outcome::NoAvailability { alternatives }, trail, None)
        }
        Ending::Failed { error, retry } => failed(error, retry, facts),
        Ending::Payment { charge, evidence } if !facts.submitted => payment(charge, evidence, facts),
        Ending::NeedsPerson { wanted, .. } if !facts.submitted => {
            let until = facts.now + facts.config.person_ttl;
            let event = JobEvent::WantPerson { epoch: facts.epoch, wanted, until };
            Move::Advance(Advance::new(facts.job, event, vec![trail::person_wanted(wanted)]))
        }
        // After a permit, whatever does not say how the submit ended leaves it unknown.
        Ending::OutcomeUnknown { evidence }
        | Ending::Payment { evidence, .. }
        | Ending::NeedsPerson { evidence, .. }
            if facts.submitted =>
        {
            Move::Unknown { evidence }
        }
        // Something was booked, or may have been, that nobody permitted: said as it is, and never tried again.
        Ending::Booked { .. }
        | Ending::OutcomeUnknown { .. }
        | Ending::Payment { .. }
        | Ending::NeedsPerson { .. } => {
            let message = "The site may have taken a booking that was not permitted. Look at the site, or at the \
                 guest's mail, before booking again.";
            Move::finish(facts.job, facts.epoch, job_error(JobErrorCode::SubmitOutcomeUnknown, message))
        }
    }
}

fn finished(
    facts: &Facts<'_>,
    outcome: Outcome,
    trail: Vec<onegent_core::audit::AuditDraft>,
    evidence: Option<Evidence>,
) -> Move {
    let mut advance = Advance::new(facts.job, JobEvent::Finish { epoch: facts.epoch, outcome }, trail);
    advance.evidence = evidence;
    Move::Advance(advance)
}

fn failed(error: JobError, retry: bool, facts: &Facts<'_>) -> Move {
    if facts.submitted {
        let trail = vec![trail::submit_finished("refused"), trail::failed(&error)];
        return finished(facts, Outcome::Error { error }, trail, None);
    }
    let offer_over = facts.approved.is_some_and(|hold| hold.expires_at <= facts.now);
    if offer_over && error.code == JobErrorCode::BlockedByGate {
        // The permit was refused because it came too late. As a confirmed job it expires for that reason at once.
        let event = JobEvent::Release { epoch: facts.epoch, not_before: facts.now };
        return Move::Advance(Advance::new(facts.job, event, vec![trail::offer_over()]));
    }
    if !retry || facts.failures >= facts.consent.max_retries.get() {
        // The last error says more than that there were many.
        return Move::finish(facts.job, facts.epoch, error);
    }
    let not_before = facts.now + pause_before_retry(facts.config.backoff, facts.failures, facts.jitter);
    let event = JobEvent::Release { epoch: facts.epoch, not_before };
    let mut advance = Advance::new(facts.job, event, vec![trail::tried_again(&error, not_before)]);
    advance.failed = true;
    Move::Advance(advance)
}

/// Doubles with each failure, up to a minute; half of it is jitter, so that jobs that failed together come back apart.
fn pause_before_retry(base: Duration, failures: u32, jitter: f64) -> Duration {
    let doubled = base.saturating_mul(2_u32.saturating_pow(failures)).min(LONGEST_PAUSE);
    let pause = doubled.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0);
    // Up to a whole millisecond, which is what the record keeps: a job must not be due before it may be claimed.
    match pause.subsec_nanos() % 1_000_000 {
        0 => pause,
        more => pause + Duration::from_nanos(u64::from(1_000_000 - more)),
    }
}

fn payment(charge: Charge, evidence: Evidence, facts: &Facts<'_>) -> Move {
    if let (Some(amount), Some(limit)) = (charge.amount, facts.consent.max_price)
        && amount.currency() == limit.currency()
        && amount.value() > limit.value()
    {
        let message = format!(
            "It costs {amount}, and the consent's maxPrice is {limit}. Nothing was submitted. Ask again with a higher \
             maxPrice if that is wanted."
        );
        return Move::finish(facts.job, facts.epoch, job_error(JobErrorCode::PriceAboveLimit, &message));
    }
    let (hold, hash) = (facts.next_hold, charge.hash(facts.job));
    let changed = facts.approved.map(|before| trail::charge_changed(before.id, hold, &charge, hash));
    let trail = changed.into_iter().chain([trail::paused(hold, &charge, hash)]).collect();
    let site = facts.providers.iter().find(|site| site.id == charge.provider);
    let ttl = site.and_then(|site| site.hold).unwrap_or(facts.config.hold_ttl);
    Move::Pause(Pause { job: facts.job, epoch: facts.epoch, hold, charge, ttl, evidence, trail })
}
