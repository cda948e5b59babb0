//! Requests that name their site.

use anyhow::{Context as _, ensure};
use onegent_core::caller::{Environment, Scope};
use onegent_core::error::{Error, ErrorCode};
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use onegent_core::text::{Bounded, ProviderId};
use onegent_sandbox::Counts;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;
use serde_json::Value;

/// What the sandbox's site is called.
fn host(world: &World) -> anyhow::Result<ProviderId> {
    let sites = &world.sandbox().sites;
    let port = sites.port().context("the sandbox has a port of its own")?;
    Ok(format!("{}_{port}", sites.host_str().context("and a host")?).parse()?)
}

#[tokio::test]
async fn a_site_is_booked_that_the_request_names_and_the_person_sees_its_host() -> anyhow::Result<()> {
    World::live(async |world| {
        let (site, host) = (world.sandbox().sites.join("/stay/")?, host(world)?);
        let wish = Wish::at(wish::entry("wren-court")?);
        let mut create = wish.create()?;
        create.request = create.request.on(Some(site.as_str().parse()?));
        let queued = world.client()?.create_job(&create).await?.job;
        ensure!(queued.provider.as_ref() == Some(&host), "{queued:?}");
        ensure!(queued.request.site().is_some_and(|named| named.as_str() == site.as_str()), "{queued:?}");

        let paused = world.rest(queued.job_id).await?;
        ensure!(
            paused.status == JobStatus::PausedPayment && paused.provider.as_ref() == Some(&host),
            "{paused:?}"
        );
        let mut ana = world.person().await?;
        let review = ana.review(&paused).await?;
        ensure!(review.html.contains(host.as_str()), "the person is not told where");
        ana.press_confirm(&review).await?.fine()?;
        let job = world.until(queued.job_id, |job| job.status == JobStatus::Done).await?;
        ensure!(job.provider.as_ref() == Some(&host), "{job:?}");
        let counts = world.ledger().await?.counts;
        ensure!(counts.per_entry["wren-court"].charges == 1, "{counts:?}");
        let metrics =
            world.client()?.provider_metrics(&host, Bounded::new(30).context("within bounds")?).await?;
        ensure!(metrics.done == 1, "{metrics:?}");
        Ok(())
    })
    .await
}

/// What is wrong with a request, by its fields.
fn wrong(error: &Error) -> Vec<&str> {
    error.wrong_fields().iter().map(|detail| detail.field.as_str()).collect()
}

#[tokio::test]
async fn a_site_that_may_not_be_named_is_refused_by_its_field() -> anyhow::Result<()> {
    World::live(async |world| {
        let wish = Wish::at(wish::entry("carbone")?);
        let live = world.issue(Environment::Live, &Scope::ALL, &Scenario::ALL).await?;
        let live = onegent_client::Client::builder(&world.node()?.api_url()).api_key(live).build()?;
        let practice = world.sandbox().sites.join("/table/")?;
        for (client, site) in [
            (world.client()?, "https://www.example.com/book"),
            (world.client()?, "http://127.0.0.1:9/"),
            (&live, "https://www.example.com/book"),
            (&live, practice.as_str()),
        ] {
            let mut create = wish.create()?;
            create.request = create.request.on(Some(site.parse()?));
            let error = Error::from(client.create_job(&create).await.err().context("it was taken")?);
            ensure!(error.code() == ErrorCode::InvalidRequest, "{site}: {error:?}");
            ensure!(wrong(&error) == ["request.params.venueUrl"], "{site}: {error:?}");
        }
        ensure!(world.ledger().await?.counts == Counts::default());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn no_tool_takes_a_site() -> anyhow::Result<()> {
    World::live(async |world| {
        let wish = Wish::at(wish::entry("carbone")?);
        let mut arguments = wish.arguments();
        arguments["venueUrl"] = world.sandbox().sites.as_str().into();
        let answer: anyhow::Result<Value> = world.assistant()?.call(&wish.tool(), &arguments).await;
        let said = answer.err().context("it was taken")?.to_string();
        ensure!(said.contains("venueUrl"), "{said}");
        Ok(())
    })
    .await
}
