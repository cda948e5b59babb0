//! Clocks that jump while a job runs, waits, or is being submitted.

use anyhow::ensure;
use jiff::SignedDuration;
use onegent_core::audit::AuditKind;
use onegent_core::job::JobErrorCode;
use onegent_core::status::JobStatus;
use onegent_sandbox::Counts;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;

/// One per site, each page slow enough to be met in the middle of a run.
const SLOW: [&str; 4] = ["da-nino-al-ponte", "casa-fontanella", "mistral-cdg-fco", "yanaka-lanes"];

/// The clock jumps as soon as a run has begun, which is then well before its submit; on a machine that is too busy for
/// that, a submit may be met instead, and then nobody has to know how it ended.
async fn a_jump_during_runs(by: SignedDuration) -> anyhow::Result<()> {
    World::live(async |world| {
        let mut person = world.person().await?;
        let mut done = 0;
        for entry in SLOW {
            let wish = Wish::at(wish::entry(entry)?);
            let id = world.client()?.create_job(&wish.create()?).await?.job.job_id;
            world.until(id, |job| job.attempt > 0).await?;
            world.clock.turn(by);
            world.engine()?.wake();
            let mut job = world.rest(id).await?;
            if job.status == JobStatus::PausedPayment {
                person.confirm(&job).await?;
                job = world.rest(id).await?;
            }
            let trail = world.trail(id).await?;
            let submits = trail.iter().filter(|event| event.kind == AuditKind::SubmitStarted).count();
            ensure!(submits == 1, "{submits} submits");
            let guest = wish.guest();
            let booked = world.ledger().await?.reservations.iter().filter(|one| one.guest == guest).count();
            match job.error.as_ref().map(|error| error.code) {
                None => ensure!(job.status == JobStatus::Done && booked == 1, "{booked} bookings, {job:?}"),
                Some(JobErrorCode::SubmitRefused) => ensure!(booked == 0, "{booked} bookings, {job:?}"),
                Some(code) => ensure!(code == JobErrorCode::SubmitOutcomeUnknown && booked <= 1, "{job:?}"),
            }
            done += usize::from(job.status == JobStatus::Done);
        }
        ensure!(done >= 1, "every jump met a submit");
        let counts = world.ledger().await?.counts;
        ensure!(counts.repeats == 0 && counts.charges <= 1, "{counts:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn runs_outlive_a_clock_that_jumps_over_their_leases() -> anyhow::Result<()> {
    a_jump_during_runs(SignedDuration::from_mins(5)).await
}

#[tokio::test]
async fn runs_outlive_a_clock_that_jumps_back() -> anyhow::Result<()> {
    a_jump_during_runs(SignedDuration::from_hours(-2)).await
}

#[tokio::test]
async fn a_confirmation_counts_once_when_the_clock_jumps_back_before_and_after_it() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut person = world.person().await?;
        // Its site would book and charge again with a second submit.
        let job = world.book(&Wish::at(wish::entry("juniper-row")?)).await?;
        world.clock.turn(SignedDuration::from_mins(-50));
        person.confirm(&job).await?;
        world.clock.turn(SignedDuration::from_secs(-20));
        let done = world.rest(job.job_id).await?;
        ensure!(done.status == JobStatus::Done, "{done:?}");
        let counts = world.ledger().await?.counts;
        ensure!((counts.reservations, counts.charges, counts.repeats) == (1, 1, 0), "{counts:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_charge_that_expired_by_a_jump_stays_expired_when_the_clock_is_set_back() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut person = world.person().await?;
        let job = world.book(&Wish::at(wish::entry("canal-and-crown")?)).await?;
        let page = person.review(&job).await?;
        world.clock.turn(SignedDuration::from_hours(2));
        world.engine()?.wake();
        let expired = world.until(job.job_id, |job| job.status != JobStatus::PausedPayment).await?;
        ensure!(expired.status == JobStatus::Expired, "{expired:?}");
        world.clock.turn(SignedDuration::from_hours(-2));
        let late = person.press_confirm(&page).await?;
        ensure!(!late.status.is_success(), "a late confirmation was answered {}", late.status);
        ensure!(world.client()?.job(job.job_id).await?.status == JobStatus::Expired);
        ensure!(world.ledger().await?.counts == Counts::default());
        Ok(())
    })
    .await
}
