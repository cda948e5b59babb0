//! What a booking takes, beside a script that sends the same requests and knows the site by heart.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use onegent_cli::node::AccessConfig;
use onegent_cli::outside::Walk;
use onegent_core::port::BookingService as _;
use onegent_core::status::JobStatus;
use url::Url;

use super::Pace;
use super::samples::Samples;
use super::table::{Table, Target};
use crate::wish::{self, TIME, Wish};
use crate::world::{PATIENCE, World};

/// Bookings in each round, one after the other.
const EACH: u32 = 5;

/// A free reservation at a practice site: by the agent, from asking for it to its code, and by the script.
pub async fn booking(pace: Pace) -> anyhow::Result<Table> {
    let rounds = if pace == Pace::Quick { 7 } else { 21 };
    let mut table = Table::new();
    let access = AccessConfig { account_rate: None, ..AccessConfig::default() };
    World::live_under(access, async |world| {
        let (mut agent, mut script) = (Samples::default(), Samples::default());
        for round in 0..=rounds {
            let (ours, peer) =
                (timed(async || by_agent(world).await).await?, timed(async || by_script(world).await).await?);
            // The first warms up.
            if round > 0 {
                agent.push(ours);
                script.push(peer);
            }
        }
        let what = ("a free table, plain driver: asked for to booked", "ms");
        table.compare(what, &agent, ("script of the same requests", &script), Some(Target::AtMost(1.5)));
        Ok(())
    })
    .await?;
    Ok(table)
}

/// In milliseconds, each.
async fn timed(book: impl AsyncFn() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let begun = Instant::now();
    for _booking in 0..EACH {
        book().await?;
    }
    Ok(begun.elapsed().as_secs_f64() * 1000.0 / f64::from(EACH))
}

/// Nobody books twice.
fn next_guest() -> String {
    static GUESTS: AtomicU32 = AtomicU32::new(0);
    format!("bench-{}", GUESTS.fetch_add(1, Ordering::Relaxed))
}

async fn by_agent(world: &World) -> anyhow::Result<()> {
    let wish = Wish::at(wish::entry("carbone")?).for_guest(&next_guest());
    let (client, caller) = (world.client()?, world.caller()?);
    let job = client.create(&caller, wish.create()?).await?.job.job_id;
    let mut cursor = 0;
    loop {
        let seen = client.watch(&caller, job, cursor, PATIENCE).await?;
        if seen.job.status.is_terminal() {
            ensure!(
                seen.job.status == JobStatus::Done,
                "it ended as {}: {:?}",
                seen.job.status,
                seen.job.error
            );
            return Ok(());
        }
        cursor = seen.cursor;
    }
}

async fn by_script(world: &World) -> anyhow::Result<()> {
    let mut walk = Walk::new()?;
    let email = format!("{}@guests.example", next_guest());
    walk.get(world.sandbox().sites.join("/table/")?).await?.fine()?;
    let mut search: Url = world.sandbox().sites.join("/table/search")?;
    let day = wish::even_day().to_string();
    search.query_pairs_mut().extend_pairs([
        ("city", "New York"),
        ("date", day.as_str()),
        ("time", TIME),
        ("party_size", "2"),
        ("restaurant", "Carbone"),
    ]);
    let found = walk.get(search).await?.fine()?;
    let link =
        found.html.split("href=\"").find(|rest| rest.starts_with("/table/at/")).context("nothing found")?;
    let link = link.split('"').next().context("a link ends")?.replace("&#38;", "&");
    let table = walk.get(found.url.join(&link)?).await?.fine()?;
    let guest = walk.fill(&table, "form.reserve", &[("slot", TIME)]).await?.fine()?;
    let typed = [
        ("first_name", "Wilhelmina"),
        ("last_name", "Quastenberg"),
        ("email", email.as_str()),
        ("phone", "+12125550123"),
        ("terms", "on"),
    ];
    let review = walk.fill(&guest, "main form", &typed).await?.fine()?;
    let booked = walk.submit(&review, "main form").await?.fine()?;
    ensure!(booked.html.contains("Your table is booked"), "the script did not book: {}", booked.url);
    Ok(())
}
