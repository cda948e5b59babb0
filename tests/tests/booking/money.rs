//! What never costs anything: declined, cancelled, expired, changed.

use anyhow::{Context as _, ensure};
use jiff::SignedDuration;
use onegent_core::audit::AuditKind;
use onegent_core::job::Job;
use onegent_core::money::Money;
use onegent_core::status::JobStatus;
use onegent_core::time::Clock as _;
use onegent_sandbox::Counts;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;

/// One entry per scenario that stops at payment.
const PAID: [&str; 4] = ["the-brass-pear", "meridian-park", "nordlys-lhr-lis", "skyline-ferry"];
/// One entry per scenario whose price rises once its payment page was seen.
const RISING: [&str; 4] = ["petit-corbeau", "hotel-aubepine", "nordlys-jfk-fco", "organ-loft"];
/// One entry per scenario whose payment page asks for more than its review page.
const DEARER: [&str; 4] = ["marlowe-and-finch", "hotel-des-tilleuls", "cobalt-jfk-cdg", "left-bank-baking"];

async fn paused(world: &World, entry: &str) -> anyhow::Result<Job> {
    let job = world.book(&Wish::at(wish::entry(entry)?)).await?;
    ensure!(job.status == JobStatus::PausedPayment, "{entry}: {job:?}");
    Ok(job)
}

async fn nothing_was_taken(world: &World) -> anyhow::Result<()> {
    let counts = world.ledger().await?.counts;
    ensure!(counts == Counts::default(), "{counts:?}");
    Ok(())
}

#[tokio::test]
async fn a_declined_charge_takes_nothing() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut person = world.person().await?;
        for entry in PAID {
            let job = paused(world, entry).await?;
            person.decline(&job).await?;
            ensure!(world.rest(job.job_id).await?.status == JobStatus::Cancelled, "{entry}");
            let kinds: Vec<_> = world.trail(job.job_id).await?.iter().map(|event| event.kind).collect();
            ensure!(kinds.contains(&AuditKind::ChargeDeclined), "{kinds:?}");
        }
        nothing_was_taken(world).await?;
        // Nothing is held back at the site either: the next guest gets the very same.
        let job = paused(world, PAID[0]).await?;
        let review = person.review(&job).await?;
        person.press_confirm(&review).await?.fine()?;
        ensure!(world.rest(job.job_id).await?.status == JobStatus::Done);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_cancelled_job_takes_nothing_and_its_review_page_confirms_nothing() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut person = world.person().await?;
        for entry in PAID {
            let job = paused(world, entry).await?;
            let page = person.review(&job).await?;
            world.client()?.cancel_job(job.job_id).await?;
            let late = person.press_confirm(&page).await?;
            ensure!(!late.status.is_success(), "{entry}: a late confirmation was answered {}", late.status);
            ensure!(world.client()?.job(job.job_id).await?.status == JobStatus::Cancelled, "{entry}");
        }
        nothing_was_taken(world).await
    })
    .await
}

#[tokio::test]
async fn an_unconfirmed_charge_expires_and_takes_nothing() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut jobs = Vec::new();
        for entry in PAID {
            jobs.push(paused(world, entry).await?);
        }
        let ends = jobs.iter().filter_map(|job| job.payment.as_ref()).map(|payment| payment.expires_at).max();
        let left = ends.context("no job names its end")?.duration_since(world.clock.now());
        world.stop().await?;
        world.clock.turn(left + SignedDuration::from_secs(1));
        world.start_again().await?;
        for job in jobs {
            let ended = world.until(job.job_id, |job| job.status != JobStatus::PausedPayment).await?;
            ensure!(ended.status == JobStatus::Expired, "{ended:?}");
            ensure!(ended.links.confirm.is_none());
        }
        nothing_was_taken(world).await
    })
    .await
}

#[tokio::test]
async fn a_price_that_rose_after_the_confirmation_is_asked_for_again() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut person = world.person().await?;
        for entry in RISING {
            let before = paused(world, entry).await?;
            let old_page = person.review(&before).await?;
            person.press_confirm(&old_page).await?.fine()?;
            let after = world.rest(before.job_id).await?;
            ensure!(after.status == JobStatus::PausedPayment, "{entry}: {after:?}");
            let [was, is] =
                [&before, &after].map(|job| job.payment.as_ref().and_then(|payment| payment.amount));
            ensure!(was.is_some() && is.is_some() && was != is, "{entry}: {was:?} then {is:?}");

            let stale = person.press_confirm(&old_page).await?;
            ensure!(!stale.status.is_success(), "{entry}: the old confirmation was taken");
            ensure!(world.client()?.job(after.job_id).await?.status == JobStatus::PausedPayment);
            let page = person.review(&after).await?;
            for amount in [was, is].into_iter().flatten() {
                let shown = amount.value().to_string();
                // Thousands are grouped on the page.
                ensure!(
                    page.html.replace(',', "").contains(&shown),
                    "{entry}: the review does not show {amount}"
                );
            }
            let charged = world.ledger().await?.counts.per_entry.get(entry).map(|counts| counts.charges);
            ensure!(charged.is_none(), "{entry}: charged under a void confirmation");

            person.press_confirm(&page).await?.fine()?;
            ensure!(world.rest(after.job_id).await?.status == JobStatus::Done, "{entry}");
            let kinds: Vec<_> = world.trail(after.job_id).await?.iter().map(|event| event.kind).collect();
            ensure!(kinds.contains(&AuditKind::ChargeChanged), "{entry}: {kinds:?}");
            let ledger = world.ledger().await?;
            let charge = ledger.charges.iter().find(|charge| charge.entry == entry).context("no charge")?;
            ensure!(charge.amount == is.map(Money::value), "{entry}: {charge:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_is_confirmed_is_the_payment_page_and_not_the_review_before_it() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut person = world.person().await?;
        for entry in DEARER {
            let job = paused(world, entry).await?;
            let shown = job.payment.as_ref().and_then(|payment| payment.amount).context("no amount")?;
            person.confirm(&job).await?;
            ensure!(world.rest(job.job_id).await?.status == JobStatus::Done, "{entry}");
            let ledger = world.ledger().await?;
            let charge = ledger.charges.iter().find(|charge| charge.entry == entry).context("no charge")?;
            ensure!(charge.amount == Some(shown.value()), "{entry}: {charge:?}, shown {shown}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_confirmation_that_is_pressed_twice_counts_once() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut person = world.person().await?;
        // The site of this entry would book and charge again with each submit.
        let job = paused(world, "juniper-row").await?;
        let page = person.review(&job).await?;
        let first = person.press_confirm(&page).await?;
        let second = person.press_confirm(&page).await?;
        ensure!(first.status.is_success() && !second.status.is_server_error(), "{}", second.status);
        ensure!(world.rest(job.job_id).await?.status == JobStatus::Done);
        let counts = world.ledger().await?.counts;
        ensure!((counts.reservations, counts.charges) == (1, 1), "{counts:?}");
        Ok(())
    })
    .await
}
