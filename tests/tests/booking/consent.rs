//! How far the agent goes on its own.

use anyhow::{Context as _, ensure};
use onegent_core::audit::AuditKind;
use onegent_core::create::CreateJob;
use onegent_core::job::{Job, JobErrorCode};
use onegent_core::money::Money;
use onegent_core::status::JobStatus;
use onegent_core::text::Bounded;
use onegent_core::time::VenueTime;
use onegent_sandbox::Counts;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;

async fn book(world: &World, wish: &Wish, edit: impl FnOnce(&mut CreateJob)) -> anyhow::Result<Job> {
    let mut create = wish.create()?;
    edit(&mut create);
    let created = world.client()?.create_job(&create).await?;
    world.rest(created.job.job_id).await
}

fn around(job: &Job) -> anyhow::Result<Vec<VenueTime>> {
    let times: Vec<_> = job.alternatives.iter().filter_map(|alternative| alternative.time).collect();
    ensure!(!times.is_empty(), "no other times are told: {:?}", job.alternatives);
    Ok(times)
}

#[tokio::test]
async fn another_time_is_taken_within_the_consent() -> anyhow::Result<()> {
    World::live(async |world| {
        let wish = Wish::at(wish::entry("salt-and-cinder")?);
        let job = book(world, &wish, |_default| {}).await?;
        ensure!(job.status == JobStatus::Done, "{job:?}");
        let ledger = world.ledger().await?;
        let time: VenueTime = ledger.reservations[0].time.as_deref().context("no time")?.parse()?;
        let wished: VenueTime = wish::TIME.parse()?;
        ensure!(time != wished && time.distance(wished) <= jiff::SignedDuration::from_mins(90), "{time}");
        let trail = world.trail(job.job_id).await?;
        let adjusted =
            trail.iter().find(|event| event.kind == AuditKind::TimeAdjusted).context("not told")?;
        ensure!(serde_json::to_string(adjusted)?.contains(&time.to_string()), "{adjusted:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn no_other_time_is_taken_without_consent() -> anyhow::Result<()> {
    World::live(async |world| {
        let entry = wish::entry("salt-and-cinder")?;
        let exact = Wish::at(entry).for_guest("exact");
        let job = book(world, &exact, |create| create.consent.allow_time_adjustment = false).await?;
        ensure!(job.status == JobStatus::NoAvailability, "{job:?}");
        ensure!(!around(&job)?.contains(&wish::TIME.parse()?));

        // The nearest free tables are more than half an hour away.
        let narrow = Wish::at(entry).for_guest("narrow");
        let half_an_hour = Bounded::new(30).context("within bounds")?;
        let job =
            book(world, &narrow, |create| create.consent.max_time_adjustment_minutes = half_an_hour).await?;
        ensure!(job.status == JobStatus::NoAvailability, "{job:?}");
        around(&job)?;
        ensure!(world.ledger().await?.counts == Counts::default());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn another_day_is_offered_and_never_taken() -> anyhow::Result<()> {
    World::live(async |world| {
        for id in ["the-ferry-lodge", "mistral-lhr-cdg"] {
            let wish = Wish::on(wish::entry(id)?, wish::odd_day());
            let job = world.book(&wish).await?;
            ensure!(job.status == JobStatus::NoAvailability, "{id}: {job:?}");
            let days: Vec<_> = job.alternatives.iter().filter_map(|alternative| alternative.date).collect();
            ensure!(!days.is_empty(), "{id}: no other days are told: {:?}", job.alternatives);
            ensure!(days.iter().all(|day| day.get() != wish.day), "{id}: {days:?}");
        }
        ensure!(world.ledger().await?.counts == Counts::default());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_sold_out_day_ends_without_a_booking() -> anyhow::Result<()> {
    World::live(async |world| {
        for id in ["the-quiet-goose", "ashgrove-hotel", "nordlys-lhr-fco", "clockmakers-attic"] {
            let job = world.book(&Wish::at(wish::entry(id)?)).await?;
            ensure!(job.status == JobStatus::NoAvailability, "{id}: {job:?}");
            ensure!(job.error.is_none() && job.completed_at.is_some(), "{id}: {job:?}");
        }
        ensure!(world.ledger().await?.counts == Counts::default());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn nothing_above_the_limit_is_even_asked() -> anyhow::Result<()> {
    World::live(async |world| {
        let entry = wish::entry("the-brass-pear")?;
        let asked = book(world, &Wish::at(entry), |_no_limit| {}).await?;
        let price = asked.payment.and_then(|payment| payment.amount).context("no price")?;
        let a_cent = Money::parse("0.01", price.currency().code())?;
        let less = Money::new(price.value() - a_cent.value(), price.currency())?;

        let thrifty = Wish::at(entry).for_guest("thrifty");
        let job = book(world, &thrifty, |create| create.consent.max_price = Some(less)).await?;
        ensure!(job.status == JobStatus::Error, "{job:?}");
        ensure!(
            job.error.as_ref().is_some_and(|error| error.code == JobErrorCode::PriceAboveLimit),
            "{job:?}"
        );
        ensure!(job.payment.is_none() && job.links.confirm.is_none(), "there is nothing to confirm");

        let exact = Wish::at(entry).for_guest("exact");
        let job = book(world, &exact, |create| create.consent.max_price = Some(price)).await?;
        ensure!(job.status == JobStatus::PausedPayment, "{job:?}");

        // An amount in another currency can't be held against the limit: that is left to the person.
        let abroad = Wish::at(wish::entry("kumo-no-ma")?);
        let job =
            book(world, &abroad, |create| create.consent.max_price = Money::parse("100000", "USD").ok())
                .await?;
        ensure!(job.status == JobStatus::PausedPayment, "{job:?}");
        world.cancel_the_rest().await?;
        ensure!(world.ledger().await?.counts == Counts::default());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn only_allowed_sites_are_visited() -> anyhow::Result<()> {
    World::live(async |world| {
        let entry = wish::entry("carbone")?;
        let own = world.book(&Wish::at(entry)).await?.provider.context("a booked job names its site")?;
        for blocked in [true, false] {
            let wish = Wish::at(entry).for_guest(if blocked { "blocked" } else { "allowed" });
            let job = book(world, &wish, |create| {
                if blocked {
                    create.consent.blocked_providers = vec![own.clone()];
                } else {
                    create.consent.allowed_providers = "elsewhere".parse().into_iter().collect();
                }
            })
            .await?;
            ensure!(
                job.error.as_ref().is_some_and(|error| error.code == JobErrorCode::NoProvider),
                "{job:?}"
            );
        }
        ensure!(world.ledger().await?.counts.reservations == 1);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_live_key_never_reaches_the_practice_sites() -> anyhow::Result<()> {
    use onegent_core::caller::{Environment, Scope};
    use onegent_core::request::Scenario;

    World::live(async |world| {
        let live = world.issue(Environment::Live, &Scope::ALL, &Scenario::ALL).await?;
        let client = onegent_client::Client::builder(&world.node()?.api_url()).api_key(live).build()?;
        let created = client.create_job(&Wish::at(wish::entry("carbone")?).create()?).await?;
        let mut events = client.job_events(created.job.job_id, 0).await?;
        while let Some(_update) = onegent_tests::world::patiently("the job to end", events.next()).await? {}
        let job = client.job(created.job.job_id).await?;
        ensure!(job.environment == Environment::Live);
        ensure!(job.error.as_ref().is_some_and(|error| error.code == JobErrorCode::NoProvider), "{job:?}");
        ensure!(world.ledger().await?.counts == Counts::default());
        Ok(())
    })
    .await
}
