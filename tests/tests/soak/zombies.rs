//! Workers that slept through their leases, on PostgreSQL: what they still want to write or submit is refused.

use anyhow::ensure;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use onegent_core::audit::AuditKind;
use onegent_core::job::JobErrorCode;
use onegent_core::status::JobStatus;
use onegent_engine::fail_point::FailPoint;
use onegent_tests::process::SandboxProcess;
use onegent_tests::soak::frozen::{Found, Meanwhile, Step, stand_still};

/// How many stand still at a time.
const SIDE_BY_SIDE: usize = 6;

const fn taken_over(point: FailPoint, next: FailPoint) -> Step {
    Step { point, nth: 1, meanwhile: Meanwhile::TakenOver(next) }
}

/// Somewhere between its claim and the stop at payment, where each step is a commit.
const fn amid(point: FailPoint) -> Step {
    Step { point, nth: 10, meanwhile: Meanwhile::TakenOver(FailPoint::AfterClaim) }
}

const fn over(point: FailPoint) -> Step {
    Step { point, nth: 1, meanwhile: Meanwhile::Over }
}

/// Each step of a worker with a job. Look-ups are anybody's, and have no lease.
const STEPS: [Step; 11] = [
    over(FailPoint::AfterPermit),
    over(FailPoint::AfterSend),
    over(FailPoint::BeforeOutcome),
    over(FailPoint::AfterOutcome),
    amid(FailPoint::BeforeCommit),
    amid(FailPoint::AfterCommit),
    taken_over(FailPoint::AfterClaim, FailPoint::AfterClaim),
    taken_over(FailPoint::BeforePause, FailPoint::AfterClaim),
    taken_over(FailPoint::AfterPause, FailPoint::AfterClaimConfirmed),
    taken_over(FailPoint::AfterClaimConfirmed, FailPoint::AfterClaimConfirmed),
    taken_over(FailPoint::BeforePermit, FailPoint::AfterClaimConfirmed),
];

#[tokio::test]
async fn a_worker_that_slept_through_its_lease_writes_and_submits_nothing() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let sandbox = SandboxProcess::start(home.path()).await?;
    let lives = STEPS.map(|step| Box::pin(live(step, &sandbox)));
    stream::iter(lives).buffer_unordered(SIDE_BY_SIDE).try_collect::<Vec<()>>().await?;
    sandbox.stop().await
}

async fn live(step: Step, sandbox: &SandboxProcess) -> anyhow::Result<()> {
    judge(step, &stand_still(step, sandbox).await?)
}

fn judge(step: Step, found: &Found) -> anyhow::Result<()> {
    let seen = || format!("{step:?}: {found:#?}");
    ensure!(found.written.is_empty() && found.faults == 0, "{}", seen());
    let submits = found.trail.iter().filter(|event| event.kind == AuditKind::SubmitStarted).count();
    ensure!(submits == 1, "{}", seen());
    // What was permitted and not sent is sent by nobody: the job says that it is not known.
    let (status, taken) =
        if step.point == FailPoint::AfterPermit { (JobStatus::Error, 0) } else { (JobStatus::Done, 1) };
    ensure!(found.job.status == status && found.charges == taken, "{}", seen());
    let error = found.job.error.as_ref().map(|error| error.code);
    ensure!(error == (taken == 0).then_some(JobErrorCode::SubmitOutcomeUnknown), "{}", seen());
    // These two had a write in hand when they woke, and heard that it is not theirs any more.
    let told = matches!(step.point, FailPoint::BeforePause | FailPoint::BeforeOutcome);
    ensure!(!told || found.log.contains("a run's end was not written"), "{}", seen());
    Ok(())
}
