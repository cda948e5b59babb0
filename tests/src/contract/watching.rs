//! Watching: woken by an event, or sent home when the wait is over.

use std::time::Duration;

use anyhow::ensure;
use onegent_core::audit::AuditKind;
use onegent_core::status::JobStatus;
use tokio::time::Instant;

use super::Subject;
use crate::world::patiently;

/// A watch from the beginning has everything that happened, in order.
pub async fn a_watch_catches_up_at_once(subject: &Subject) -> anyhow::Result<()> {
    let job = subject.at_rest("carbone").await?;
    let seen = subject.service.watch(&subject.caller()?, job.job_id, 0, Duration::from_secs(50)).await?;
    ensure!(seen.events.iter().map(|event| event.seq).eq(1..=seen.cursor), "gaps");
    ensure!(seen.job.status == JobStatus::Done);
    Ok(())
}

/// A watch wakes as soon as something happens, long before its wait is over.
pub async fn a_watch_wakes_on_an_event(subject: &Subject) -> anyhow::Result<()> {
    let job = subject.at_rest("la-verriere-bleue").await?;
    let caller = subject.caller()?;
    let news = subject.service.watch(&caller, job.job_id, 0, Duration::ZERO).await?;
    let started = Instant::now();
    let wait = Duration::from_secs(50);
    let (watch, cancelled) = patiently("news", async {
        tokio::join!(
            subject.service.watch(&caller, job.job_id, news.cursor, wait),
            subject.service.cancel(&caller, job.job_id),
        )
    })
    .await?;
    cancelled?;
    let watch = watch?;
    ensure!(started.elapsed() < Duration::from_secs(20), "woke after {:?}", started.elapsed());
    ensure!(watch.events.iter().any(|event| event.kind == AuditKind::JobCancelled), "{:?}", watch.events);
    ensure!(watch.job.status == JobStatus::Cancelled);
    ensure!(watch.cursor > news.cursor);
    Ok(())
}

/// A watch without news answers when its wait is over, with the cursor where it was.
pub async fn a_watch_without_news_ends_with_its_wait(subject: &Subject) -> anyhow::Result<()> {
    let job = subject.at_rest("la-verriere-bleue").await?;
    let caller = subject.caller()?;
    let news = subject.service.watch(&caller, job.job_id, 0, Duration::ZERO).await?;
    let wait = Duration::from_millis(200);
    let quiet =
        patiently("the wait's end", subject.service.watch(&caller, job.job_id, news.cursor, wait)).await??;
    ensure!(quiet.events.is_empty() && quiet.cursor == news.cursor);
    ensure!(quiet.job.status == JobStatus::NeedsLogin);
    subject.service.cancel(&caller, job.job_id).await?;
    Ok(())
}
