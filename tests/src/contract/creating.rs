//! Accepting a booking, once.

use anyhow::{Context as _, ensure};
use onegent_core::caller::Environment;
use onegent_core::error::ErrorCode;
use onegent_core::id::{JobId, ProfileId};
use onegent_core::status::JobStatus;
use onegent_core::time::{Clock as _, SystemClock, VenueDate};

use super::{Subject, refused, request};
use crate::wish::{self, Wish};

/// A booking is accepted at once, before any of it is done.
pub async fn a_booking_is_accepted_at_once(subject: &Subject) -> anyhow::Result<()> {
    let asked = request("corner-owl")?;
    let created = subject.service.create(&subject.caller()?, asked.clone()).await?;
    ensure!(!created.replayed);
    ensure!(created.job.status == JobStatus::Queued, "{}", created.job.status);
    ensure!(created.job.request == asked.request);
    ensure!(created.job.environment == Environment::Test);
    ensure!(created.job.attempt == 0 && created.job.completed_at.is_none());
    let read = subject.service.job(&subject.caller()?, created.job.job_id).await?;
    ensure!(read.job_id == created.job.job_id && read.created_at == created.job.created_at);
    ensure!(subject.rest(created.job.job_id).await?.status == JobStatus::Done);
    Ok(())
}

/// The same key with the same request answers with the same job, and books once.
pub async fn a_repeat_under_the_same_key_is_the_same_job(subject: &Subject) -> anyhow::Result<()> {
    let mut asked = request("corner-owl")?;
    asked.client_metadata.idempotency_key = Some("once and only once".parse()?);
    let first = subject.service.create(&subject.caller()?, asked.clone()).await?;
    subject.rest(first.job.job_id).await?;
    let again = subject.service.create(&subject.caller()?, asked.clone()).await?;
    ensure!(!first.replayed && again.replayed);
    ensure!(first.job.job_id == again.job.job_id);
    ensure!(
        again.job.status == JobStatus::Done,
        "a replay tells how the job stands now, not {}",
        again.job.status
    );
    let mut other = asked;
    other.client_metadata.idempotency_key = None;
    let other = subject.service.create(&subject.caller()?, other).await?.job;
    ensure!(other.job_id != first.job.job_id);
    subject.rest(other.job_id).await?;
    Ok(())
}

/// The same key with another request is refused.
pub async fn a_key_that_was_used_for_another_request_is_refused(subject: &Subject) -> anyhow::Result<()> {
    let key = Some("taken".parse()?);
    let mut asked = request("corner-owl")?;
    asked.client_metadata.idempotency_key.clone_from(&key);
    let first = subject.service.create(&subject.caller()?, asked).await?;
    let mut other = request("carbone")?;
    other.client_metadata.idempotency_key = key;
    let answer = subject.service.create(&subject.caller()?, other).await;
    refused(answer, ErrorCode::IdempotencyConflict)?;
    subject.rest(first.job.job_id).await?;
    Ok(())
}

/// Everything that is wrong with a request is said at once.
pub async fn every_wrong_field_is_named_at_once(subject: &Subject) -> anyhow::Result<()> {
    let long_ago = "2020-02-29".parse::<VenueDate>()?.get();
    let mut asked = Wish::on(wish::entry("carbone")?, long_ago).create()?;
    asked.profile = None;
    let error = subject.service.create(&subject.caller()?, asked.clone()).await.err().context("was taken")?;
    ensure!(error.code() == ErrorCode::InvalidRequest, "{error}");
    let named: Vec<_> = error.wrong_fields().iter().map(|wrong| wrong.field.as_str()).collect();
    ensure!(named.iter().any(|field| field.ends_with("date")), "the past day is not named: {named:?}");
    ensure!(named.contains(&"profile"), "the missing guest is not named: {named:?}");

    asked.profile_id = Some(ProfileId::generate(SystemClock.now(), [7; 10]));
    let error = subject.service.create(&subject.caller()?, asked).await.err().context("was taken")?;
    let named: Vec<_> = error.wrong_fields().iter().map(|wrong| wrong.field.as_str()).collect();
    ensure!(named.contains(&"profileId"), "the unknown profile is not named: {named:?}");
    Ok(())
}

/// A job that never was and another environment's are answered alike, by every call.
pub async fn unknown_and_foreign_jobs_are_told_apart_nowhere(subject: &Subject) -> anyhow::Result<()> {
    let foreigner = crate::world::caller(subject.live.clone())?;
    let foreign = subject.service.create(&foreigner, request("carbone")?).await?.job.job_id;
    let unknown = JobId::generate(SystemClock.now(), [9; 10]);
    let mut said = Vec::new();
    for id in [foreign, unknown] {
        let caller = subject.caller()?;
        let query = onegent_core::port::AuditQuery { after: 0, limit: super::bounded(10)? };
        let no_wait = std::time::Duration::ZERO;
        said.push([
            refused(subject.service.job(&caller, id).await, ErrorCode::JobNotFound)?,
            refused(subject.service.audit(&caller, id, query).await, ErrorCode::JobNotFound)?,
            refused(subject.service.watch(&caller, id, 0, no_wait).await, ErrorCode::JobNotFound)?,
            refused(subject.service.cancel(&caller, id).await, ErrorCode::JobNotFound)?,
        ]);
    }
    ensure!(said[0] == said[1], "{said:?}");
    Ok(())
}
