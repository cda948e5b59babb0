//! The four scenarios, as an assistant and its person go through them.

use anyhow::{Context as _, ensure};
use onegent_core::audit::AuditKind;
use onegent_core::job::Job;
use onegent_core::status::JobStatus;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;
use serde_json::json;

/// Books one entry to its end, and holds both sides against each other.
async fn book(entry: &str, pauses: bool) -> anyhow::Result<()> {
    World::live(async |world| {
        let wish = Wish::at(wish::entry(entry)?);
        let mut job = world.book(&wish).await?;
        if pauses {
            ensure!(job.status == JobStatus::PausedPayment, "{job:?}");
            ensure!(
                world.ledger().await?.counts == onegent_sandbox::Counts::default(),
                "taken before the yes"
            );
            world.person().await?.confirm(&job).await?;
            job = world.rest(job.job_id).await?;
        }
        ensure!(job.status == JobStatus::Done, "{job:?}");
        let ledger = world.ledger().await?;
        let [reservation] = ledger.reservations.as_slice() else { anyhow::bail!("{ledger:?}") };
        ensure!(
            reservation.entry == entry && reservation.guest == wish.guest() && reservation.date == wish.day
        );
        ensure!(reservation.party == 2);
        let code = job.confirmation_code.as_ref().context("no code")?;
        ensure!(reservation.code.as_deref() == Some(code.as_str()));
        ensure!(ledger.charges.len() == usize::from(pauses) && ledger.repeats.is_empty());

        // A conversation a week later asks again, with nothing but the id.
        let told: Job = world.assistant()?.call("get_job_status", &json!({ "jobId": job.job_id })).await?;
        ensure!(told == job);
        let trail = world.trail(job.job_id).await?;
        let submits = trail.iter().filter(|event| event.kind == AuditKind::SubmitStarted).count();
        ensure!(submits == 1, "{submits} submits");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_table_is_booked_without_a_stop() -> anyhow::Result<()> {
    book("carbone", false).await
}

#[tokio::test]
async fn a_hotel_is_booked_after_its_person_confirmed() -> anyhow::Result<()> {
    book("wren-court", true).await
}

#[tokio::test]
async fn a_flight_is_booked_after_its_person_confirmed() -> anyhow::Result<()> {
    book("cobalt-jfk-lax", true).await
}

#[tokio::test]
async fn a_tour_is_booked_after_its_person_confirmed() -> anyhow::Result<()> {
    book("trastevere-tasting", true).await
}

#[tokio::test]
async fn a_return_flight_comes_back_on_its_day() -> anyhow::Result<()> {
    World::live(async |world| {
        let back = wish::even_day().saturating_add(jiff::ToSpan::days(7));
        let wish = Wish::at(wish::entry("mistral-cdg-bcn")?).with("return_date", back.to_string());
        let job = world.book(&wish).await?;
        world.person().await?.confirm(&job).await?;
        ensure!(world.rest(job.job_id).await?.status == JobStatus::Done);
        let ledger = world.ledger().await?;
        ensure!(ledger.reservations.len() == 1 && ledger.reservations[0].until == Some(back), "{ledger:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_answers_tell_an_assistant_what_to_do_next() -> anyhow::Result<()> {
    World::live(async |world| {
        let wish = Wish::at(wish::entry("wren-court")?);
        let assistant = world.assistant()?;
        let queued = assistant.answer(&wish.tool(), &wish.arguments()).await?;
        let id = queued["structuredContent"]["jobId"].as_str().context("no jobId")?.to_owned();
        let said = queued["content"][0]["text"].as_str().context("no text")?;
        ensure!(said.contains(&id), "{said}");
        world.rest(id.parse()?).await?;
        let paused = assistant.answer("get_job_status", &json!({ "jobId": id })).await?;
        let said = paused["content"][0]["text"].as_str().context("no text")?;
        let confirm =
            paused["structuredContent"]["payment"]["confirmUrl"].as_str().context("no confirmUrl")?;
        ensure!(said.contains(confirm), "the person's way to confirm is missing: {said}");
        world.cancel_the_rest().await
    })
    .await
}
