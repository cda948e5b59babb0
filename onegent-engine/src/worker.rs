//! A worker: takes one claimed job through one run of the agent, under its lease.
//!
//! **Invariant:** once the permit was asked for, a run is never cut short for time or for a shutdown, and never tried
//! again; it ends by its outcome, or as unknown.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use onegent_core::charge::Charge;
use onegent_core::job::{JobError, JobErrorCode};
use onegent_core::machine::{JobEvent, JobState, Outcome};
use onegent_core::status::JobStatus;
use opentelemetry::context::FutureExt as _;
use opentelemetry::trace::SpanKind;
use opentelemetry::{Context, KeyValue};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};

use crate::agent::{Assignment, Ending, Evidence, LookUp};
use crate::album::Whose;
use crate::fail_point::{self, FailPoint};
use crate::guests::SavedGuest;
use crate::job_error::job_error;
use crate::meters::LostTo;
use crate::parts::Parts;
use crate::store::record::{HoldStatus, JobRecord};
use crate::store::{Advance, StoreError};
use crate::{guests, payment, trace, trail};

mod control;
mod ending;
mod providers;

use control::Control;
use ending::{Facts, Move, settle};

/// How long is waited before a write is tried again that the store could not take.
const WRITE_AGAIN: Duration = Duration::from_millis(250);

/// Why a run came to its end.
enum Stop {
    /// The agent came back.
    Ended(Ending),
    /// The job's time is over.
    TimeOver,
    /// The engine goes down.
    GoingDown,
}

/// Runs a job that was just claimed, as a part of the trace in which it was.
pub(crate) async fn work(parts: Arc<Parts>, record: JobRecord, claim: Context) {
    let about = trace::of_job(record.id, record.request.scenario());
    let span = trace::begin("job run", SpanKind::Consumer, &claim, about);
    Box::pin(run(parts, record)).with_context(span.clone()).await;
    trace::end(&span);
}

async fn run(parts: Arc<Parts>, record: JobRecord) {
    let (Some(turn), Some(lease)) = (record.state.turn(), record.state.lease()) else { return };
    let confirmed = record.approval().is_some();
    fail_point::reach(if confirmed { FailPoint::AfterClaimConfirmed } else { FailPoint::AfterClaim });
    let control =
        Control::new(Arc::clone(&parts), Whose { account: record.account, job: record.id }, turn.epoch);
    let next = match prepare(&parts, &record).await {
        Ok(assignment) => {
            let stop = drive(&parts, &record, assignment, &control, lease.until).await;
            decide(&parts, &record, &control, turn.epoch, stop)
        }
        Err(error) => Move::finish(record.id, turn.epoch, error),
    };
    carry_out(&parts, &record, turn.epoch, next).await;
}

/// What the agent gets, or why the job is over before it begins.
async fn prepare(parts: &Parts, record: &JobRecord) -> Result<Assignment, JobError> {
    if record.failures > record.consent.max_retries.get() {
        let message = "The job failed more often than its consent allows; its workers were lost. Nothing was submitted.";
        return Err(job_error(JobErrorCode::TooManyAttempts, message));
    }
    let left = time_left(record);
    if left <= SignedDuration::ZERO {
        return Err(time_limit());
    }
    let confirmed = payment::carried(record).map_err(|disagree| {
        tracing::error!(job = %record.id, %disagree, "a confirmation was refused");
        job_error(
            JobErrorCode::BlockedByGate,
            "The stored confirmation is not of this charge. Nothing was submitted.",
        )
    })?;
    let only = confirmed.as_ref().map(|confirmation| confirmation.charge().provider.clone());
    let providers = match only {
        Some(provider) => vec![provider],
        None => providers::choose(parts, record).await,
    };
    if providers.is_empty() {
        return Err(providers::none(record));
    }
    let SavedGuest { guest, travel } = guests::of_job(parts, record).ok_or_else(|| {
        job_error(
            JobErrorCode::GuestDetailsRefused,
            "The guest's details are no longer kept. Start a new job.",
        )
    })?;
    Ok(Assignment {
        job: record.id,
        environment: record.environment,
        request: record.request.clone(),
        guest,
        travel,
        consent: record.consent.clone(),
        providers,
        confirmed,
        deadline: parts.now() + left,
    })
}

/// How long the agent may still work on the job.
fn time_left(record: &JobRecord) -> SignedDuration {
    SignedDuration::from_secs(i64::from(record.consent.max_job_duration_seconds.get())) - record.worked
}

fn time_limit() -> JobError {
    job_error(JobErrorCode::TimeLimit, "The job took longer than its consent allows. Nothing was submitted.")
}

/// Drives the agent until it comes back, the job is lost, or time is up; keeps the lease alive meanwhile.
async fn drive(
    parts: &Parts,
    record: &JobRecord,
    assignment: Assignment,
    control: &Control,
    mut lease_until: Timestamp,
) -> Stop {
    let mut listener = parts.signals.listen(record.id);
    let epoch = control.epoch();
    let time_over = Instant::now() + Duration::try_from(time_left(record)).unwrap_or_default();
    let mut beat = interval_at(Instant::now() + parts.config.lease / 3, parts.config.lease / 3);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let _session = parts.meters.session_open();
    let mut run = pin!(parts.agent.run(assignment, control));
    loop {
        let begun = control.submit_begun();
        tokio::select! {
            biased;
            ending = &mut run => return Stop::Ended(ending),
            standing = listener.changed() => {
                // Another node's news of what was before this claim may come late.
                if standing.seq >= record.head.seq && standing.holder != Some(epoch) {
                    return Stop::Ended(Ending::Lost);
                }
            }
            _ = beat.tick() => match parts.store.renew(record.id, epoch, parts.config.lease).await {
                Ok(()) => lease_until = parts.now() + parts.config.lease,
                Err(StoreError::Unavailable(_)) if parts.now() < lease_until => {}
                Err(_) => return Stop::Ended(Ending::Lost),
            },
            // A submit may have begun since the last turn of the loop; then neither counts any more.
            () = sleep_until(time_over), if !begun => {
                if !control.submit_begun() {
                    return Stop::TimeOver;
                }
            }
            () = parts.stopping.cancelled(), if !begun => {
                if !control.submit_begun() {
                    return Stop::GoingDown;
                }
            }
            () = sleep_until(control.submit_over()), if begun => {
                return Stop::Ended(Ending::OutcomeUnknown { evidence: Evidence::default() });
            }
        }
    }
}

fn decide(parts: &Parts, record: &JobRecord, control: &Control, epoch: u64, stop: Stop) -> Move {
    let now = parts.now();
    match stop {
        Stop::TimeOver => Move::finish(record.id, epoch, time_limit()),
        Stop::GoingDown => {
            let event = JobEvent::Release { epoch, not_before: now };
            Move::Advance(Advance::new(record.id, event, vec![trail::given_back()]))
        }
        Stop::Ended(ending) => {
            let facts = Facts {
                job: record.id,
                epoch,
                approved: record.approval().map(|approval| approval.hold),
                submitted: control.submit_begun(),
                failures: record.failures,
                consent: &record.consent,
                now,
                next_hold: parts.id(onegent_core::id::HoldId::generate),
                jitter: crate::entropy::fraction(&*parts.config.entropy),
                config: &parts.config,
                providers: parts.agent.providers(),
            };
            settle(ending, &facts)
        }
    }
}

/// Writes the run's end. What the store can't take is tried again for as long as the lease runs.
async fn carry_out(parts: &Parts, record: &JobRecord, epoch: u64, next: Move) {
    match next {
        Move::Nothing => parts.meters.lease_lost(LostTo::Worker),
        Move::Advance(advance) => {
            fail_point::reach(FailPoint::BeforeOutcome);
            let written = write(parts, record, advance).await;
            report(record, written.map(|after| ended(parts, &after)));
            fail_point::reach(FailPoint::AfterOutcome);
        }
        Move::Pause(pause) => {
            fail_point::reach(FailPoint::BeforePause);
            let paused = parts.store.pause(pause).await;
            report(record, paused.map(|after| ended(parts, &after)));
            fail_point::reach(FailPoint::AfterPause);
        }
        Move::Unknown { evidence } => {
            let event = JobEvent::Renew { epoch, until: parts.now() };
            let mut unknown = Advance::new(record.id, event, vec![trail::submit_unknown()]);
            unknown.evidence = Some(evidence);
            report(record, write(parts, record, unknown).await.map(drop));
            ask_once(parts, record, epoch).await;
        }
    }
}

/// That the booking is there can be believed at once. That it is not can't: a submit under way may still arrive; the
/// sweep asks again when the permit is over.
async fn ask_once(parts: &Parts, record: &JobRecord, epoch: u64) {
    let Ok(Some(newest)) = parts.store.job(record.account, record.id).await else { return };
    let Some(assignment) = look_up_assignment(parts, &newest) else { return };
    if let LookUp::Found { confirmation_code } = parts.agent.look_up(&assignment, charged(&newest)).await {
        let event = JobEvent::Finish { epoch, outcome: Outcome::Done { confirmation_code } };
        let trail = vec![trail::reconciled("found"), trail::completed(JobStatus::Done)];
        let written = write(parts, record, Advance::new(record.id, event, trail)).await;
        report(record, written.map(|after| ended(parts, &after)));
    }
}

/// What the job's submit was to pay, where it was to pay something.
pub(crate) fn charged(record: &JobRecord) -> Option<&Charge> {
    record.hold.as_ref().filter(|hold| hold.status == HoldStatus::Redeemed).map(|hold| &hold.charge)
}

/// What the agent needs to ask a site's booking look-up about a job's submit.
pub(crate) fn look_up_assignment(parts: &Parts, record: &JobRecord) -> Option<Assignment> {
    let SavedGuest { guest, travel } = guests::of_job(parts, record)?;
    Some(Assignment {
        job: record.id,
        environment: record.environment,
        request: record.request.clone(),
        guest,
        travel,
        consent: record.consent.clone(),
        providers: vec![record.provider.clone()?],
        confirmed: None,
        deadline: parts.now() + parts.config.lease,
    })
}

async fn write(parts: &Parts, record: &JobRecord, advance: Advance) -> Result<JobRecord, StoreError> {
    let give_up = Instant::now() + parts.config.lease;
    loop {
        match parts.store.advance(advance.clone()).await {
            Err(StoreError::Unavailable(error)) if Instant::now() < give_up => {
                tracing::warn!(job = %record.id, %error, "a run's end could not be written yet");
                tokio::time::sleep(WRITE_AGAIN).await;
            }
            result => return result,
        }
    }
}

/// A run came to where its job stands now.
fn ended(parts: &Parts, after: &JobRecord) {
    let status = after.state.status();
    parts.meters.run_ended(after.request.scenario(), status);
    trace::note(KeyValue::new("onegent.status", status.as_str()));
}

fn report(record: &JobRecord, written: Result<(), StoreError>) {
    if let Err(error) = written {
        // The sweep takes the job up again when its lease has run out.
        let state = matches!(record.state, JobState::Running { .. });
        tracing::warn!(job = %record.id, %error, running = state, "a run's end was not written");
    }
}
