//! Lists and audit pages.

use anyhow::{Context as _, ensure};
use onegent_core::audit::{AuditKind, ChainHash};
use onegent_core::id::JobId;
use onegent_core::port::{AuditQuery, JobFilter, JobPage};
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;

use super::{Subject, bounded};

async fn list(subject: &Subject, limit: u32, edit: impl FnOnce(&mut JobFilter)) -> anyhow::Result<JobPage> {
    let mut filter = JobFilter { status: None, scenario: None, limit: bounded(limit)?, cursor: None };
    edit(&mut filter);
    Ok(subject.service.list(&subject.caller()?, filter).await?)
}

fn ids(page: &JobPage) -> Vec<JobId> {
    page.jobs.iter().map(|job| job.job_id).collect()
}

/// Lists are newest first, their pages join without gap or overlap, and filters filter.
pub async fn lists_are_newest_first_paged_and_filtered(subject: &Subject) -> anyhow::Result<()> {
    ensure!(list(subject, 10, |_all| {}).await?.jobs.is_empty());
    let mut made = Vec::new();
    for entry in ["carbone", "covered-passages", "albergo-pineta", "corner-owl", "la-verriere-bleue"] {
        made.push(subject.at_rest(entry).await?.job_id);
    }
    let newest_first: Vec<_> = made.iter().rev().copied().collect();
    let whole = list(subject, 10, |_all| {}).await?;
    ensure!(ids(&whole) == newest_first && whole.next_cursor.is_none());

    let mut joined = Vec::new();
    let mut cursor = None;
    loop {
        let page = list(subject, 2, |filter| filter.cursor = cursor).await?;
        ensure!(page.jobs.len() <= 2);
        joined.extend(ids(&page));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    ensure!(joined == newest_first, "the pages do not join");

    let hotels = list(subject, 10, |filter| filter.scenario = Some(Scenario::Hotel)).await?;
    ensure!(ids(&hotels) == [made[2]]);
    let waiting = list(subject, 10, |filter| filter.status = Some(JobStatus::NeedsLogin)).await?;
    ensure!(ids(&waiting) == [made[4]]);
    let done = list(subject, 10, |filter| filter.status = Some(JobStatus::Done)).await?;
    ensure!(ids(&done) == newest_first[1..]);
    subject.service.cancel(&subject.caller()?, made[4]).await?;
    Ok(())
}

/// The pages of a trail join to one chain that begins with the job's acceptance.
pub async fn audit_pages_join_to_one_chain(subject: &Subject) -> anyhow::Result<()> {
    let job = subject.at_rest("carbone").await?;
    let page = async |after: u64, limit: u32| {
        let query = AuditQuery { after, limit: bounded(limit)? };
        anyhow::Ok(subject.service.audit(&subject.caller()?, job.job_id, query).await?)
    };
    let whole = page(0, 2000).await?;
    ensure!(whole.next_cursor.is_none() && whole.job_id == job.job_id);

    let mut joined = Vec::new();
    let mut after = 0;
    loop {
        let part = page(after, 3).await?;
        ensure!(part.events.len() <= 3);
        joined.extend(part.events);
        let Some(next) = part.next_cursor else { break };
        after = next;
    }
    ensure!(joined == whole.events, "the pages do not join");

    let first = whole.events.first().context("no events")?;
    ensure!(first.kind == AuditKind::JobCreated && first.seq == 1 && first.prev_hash == ChainHash::START);
    let mut before = ChainHash::START;
    for event in &whole.events {
        ensure!(event.prev_hash == before, "event {} does not build on the one before", event.seq);
        ensure!(event.digest(job.job_id) == event.hash, "event {} does not give its hash", event.seq);
        before = event.hash;
    }
    let last = whole.events.last().context("no events")?;
    ensure!(last.kind == AuditKind::JobCompleted, "{}", last.kind);
    Ok(())
}
