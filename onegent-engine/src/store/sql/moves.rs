//! Jobs move on: claimed, renewed, noted, paused, confirmed, ended.

use std::time::Duration;

use jiff::Timestamp;
use onegent_core::charge::Charge;
use onegent_core::id::{HoldId, JobId, WorkerId};
use onegent_core::machine::{Hold, JobEvent, Lease, Refused};
use onegent_core::request::Scenario;

use super::jobs::{JOB, load, write};
use super::query::{Query, Row, query};
use super::row::{get, job_columns, job_or_skip, to_json};
use super::tx::{Only, Tx};
use crate::agent::{Evidence, Note};
use crate::store::change::Change;
use crate::store::record::{HoldRecord, HoldStatus, JobRecord};
use crate::store::{Advance, Confirm, Pause, StoreError};
use crate::trail;

/// One half of the claim, for one state; the partial index `jobs_by_turn` keeps its cost flat. The plus keeps a database
/// from looking by when jobs are due: where it believes that few wait, it would read and sort all that do.
const CLAIMABLE: &str = concat!(
    job_columns!(),
    "WHERE j.state = $1 AND j.state IN ('queued', 'confirmed') AND +j.due_at <= $2 \
     AND j.scenario IN ($5, $6, $7, $8) ORDER BY j.turn, j.id LIMIT $3 OFFSET $4"
);
/// The same on PostgreSQL, where each worker passes by what others have in hand and keeps off from it what it takes.
pub(in crate::store) const CLAIMABLE_ALONE: &str = "SELECT j.id FROM jobs j \
     WHERE j.state = $1 AND j.state IN ('queued', 'confirmed') AND +j.due_at <= $2 \
     AND j.scenario IN ($5, $6, $7, $8) ORDER BY j.turn, j.id LIMIT $3 OFFSET $4 \
     FOR NO KEY UPDATE SKIP LOCKED";
const ADD_HOLD: &str = "INSERT INTO holds (id, job_id, charge, hash, status, expires_at, replaces, page_url, page_text, \
     created_at) VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9)";
/// A person's yes: the hold waits, it is the very charge that was shown, its time is not over, and the session is of whoever
/// holds the job's credential, alive and fresh, and proven by a second factor where the account wants that.
const CONFIRM_HOLD: &str = "UPDATE holds SET status = 'confirmed', confirmed_by = $4, confirmed_at = $5 \
     WHERE id = $1 AND job_id = $2 AND hash = $3 AND status = 'open' AND expires_at > $5 \
     AND EXISTS (SELECT 1 FROM jobs j WHERE j.id = $2 AND j.account_id = $6 AND j.hold_id = $1) \
     AND EXISTS (SELECT 1 FROM sessions s WHERE s.id = $4 AND s.account_id = $6 AND s.ended_at IS NULL \
     AND s.expires_at > $5 AND s.signed_in_at > $7 AND (s.proven_at > $8 OR NOT EXISTS \
     (SELECT 1 FROM accounts a WHERE a.id = $6 AND a.confirm_needs_code = 1)) \
     AND EXISTS (SELECT 1 FROM jobs j WHERE j.id = $2 AND j.person_id = s.person_id))";
const SUBMIT_EVIDENCE: &str = "UPDATE submissions SET page_url = $2, page_text = $3 WHERE job_id = $1";

pub(super) async fn claim(
    mut tx: Tx<'_>,
    worker: WorkerId,
    lease: Duration,
    limit: usize,
    of: Vec<Scenario>,
) -> Result<Vec<JobRecord>, StoreError> {
    let mut claimed = Vec::new();
    // A confirmed job first: a person waits for it.
    for state in ["confirmed", "queued"] {
        // What was passed over stays at the head of what is due.
        let mut passed_over = 0_i64;
        while claimed.len() < limit {
            let rows = claimable(&mut tx, state, limit - claimed.len(), passed_over, &of).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                match job_or_skip(row).map(|record| claim_one(record, worker, lease, tx.now)) {
                    Some(Ok(change)) => {
                        let record = write(&mut tx, change).await?;
                        claimed.extend(record.state.lease().is_some().then_some(record));
                    }
                    Some(Err(refused)) => {
                        tracing::warn!(%refused, "a due job is passed over");
                        passed_over += 1;
                    }
                    None => passed_over += 1,
                }
            }
        }
    }
    Ok(claimed)
}

async fn claimable(
    tx: &mut Tx<'_>,
    state: &'static str,
    limit: usize,
    passed_over: i64,
    of: &[Scenario],
) -> Result<Vec<Row>, StoreError> {
    let shared = tx.conn.is_shared();
    let due = query(if shared { CLAIMABLE_ALONE } else { CLAIMABLE })
        .bind(state)
        .bind(tx.now.as_millisecond())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .bind(passed_over);
    let rows = one_of(due, of).fetch_all(tx.conn).await?;
    if !shared {
        return Ok(rows);
    }
    let mut jobs = Vec::with_capacity(rows.len());
    for row in &rows {
        jobs.push(query(JOB).bind(get::<&str>(row, "id")?).fetch_one(tx.conn).await?);
    }
    Ok(jobs)
}

/// Binds scenarios to the four places that such a statement has for them.
pub(super) fn one_of<'q>(mut statement: Query<'q>, of: &[Scenario]) -> Query<'q> {
    for place in 0..Scenario::ALL.len() {
        statement = statement.bind(of.get(place).map(|scenario| scenario.as_str()));
    }
    statement
}

/// The newest state of a job, which nobody else changes until the transaction ends.
async fn alone(tx: &mut Tx<'_>, id: JobId) -> Result<JobRecord, StoreError> {
    tx.only(Only::Job(id)).await?;
    load(tx.conn, id).await
}

/// The claim of a due job, or the end of a confirmation that came to nothing.
fn claim_one(
    record: JobRecord,
    worker: WorkerId,
    lease: Duration,
    now: Timestamp,
) -> Result<Change, Refused> {
    let epoch = record.state.turn().map_or(1, |turn| turn.epoch + 1);
    let claim = JobEvent::Claim { epoch, lease: Lease { worker, until: now + lease } };
    let begun = vec![trail::started(epoch, record.attempt + 1)];
    match Change::by(record.clone(), claim, begun, now) {
        Err(Refused::TooLate) => {
            let over = vec![trail::expired(&record.state)];
            Change::by(record, JobEvent::Expire, over, now)
        }
        claimed => claimed,
    }
}

pub(super) async fn renew(mut tx: Tx<'_>, id: JobId, epoch: u64, lease: Duration) -> Result<(), StoreError> {
    let event = JobEvent::Renew { epoch, until: tx.now + lease };
    let change =
        Change::by(alone(&mut tx, id).await?, event, Vec::new(), tx.now).map_err(StoreError::Refused)?;
    write(&mut tx, change).await?;
    Ok(())
}

/// A note is a renewal that prolongs nothing: the same fence, and no change of state.
pub(super) async fn note(mut tx: Tx<'_>, id: JobId, epoch: u64, note: Note) -> Result<(), StoreError> {
    let record = alone(&mut tx, id).await?;
    let event = JobEvent::Renew { epoch, until: tx.now };
    let mut change = Change::by(record, event, note.events, tx.now).map_err(StoreError::Refused)?;
    if let Some(progress) = note.progress {
        change.record.progress = Some(progress);
    }
    if let Some(provider) = note.provider {
        change.record.provider = Some(provider);
    }
    write(&mut tx, change).await?;
    Ok(())
}

pub(super) async fn advance(mut tx: Tx<'_>, advance: Advance) -> Result<JobRecord, StoreError> {
    let record = alone(&mut tx, advance.job).await?;
    let mut change = Change::by(record, advance.event, advance.trail, tx.now).map_err(StoreError::Refused)?;
    change.record.failures += u32::from(advance.failed);
    if let Some(evidence) = advance.evidence {
        keep_evidence(&mut tx, advance.job, evidence).await?;
    }
    write(&mut tx, change).await
}

async fn keep_evidence(tx: &mut Tx<'_>, id: JobId, evidence: Evidence) -> Result<(), StoreError> {
    query(SUBMIT_EVIDENCE)
        .bind(id.to_string())
        .bind(evidence.url)
        .bind(evidence.page_text)
        .execute(tx.conn)
        .await?;
    Ok(())
}

pub(super) async fn pause(mut tx: Tx<'_>, pause: Pause) -> Result<JobRecord, StoreError> {
    let record = alone(&mut tx, pause.job).await?;
    let before = record.hold.as_ref().filter(|_| record.approval().is_some()).map(|hold| hold.id);
    let hash = pause.charge.hash(pause.job);
    let hold = Hold { id: pause.hold, charge: hash, expires_at: tx.now + pause.ttl };
    let provider = pause.charge.provider.clone();
    let event = JobEvent::Pause { epoch: pause.epoch, hold };
    let mut change = Change::by(record, event, pause.trail, tx.now).map_err(StoreError::Refused)?;
    change.record.provider = Some(provider);
    // The old hold is settled before the new one comes: at most one of a job is live.
    let mut record = write(&mut tx, change).await?;
    add_hold(&mut tx, &pause.charge, &hold, pause.job, before, pause.evidence).await?;
    name_hold(&mut tx, pause.job, hold.id).await?;
    record.hold = Some(HoldRecord {
        id: hold.id,
        charge: pause.charge,
        hash,
        status: HoldStatus::Open,
        expires_at: hold.expires_at,
    });
    Ok(record)
}

async fn add_hold(
    tx: &mut Tx<'_>,
    charge: &Charge,
    hold: &Hold,
    job: JobId,
    replaces: Option<HoldId>,
    evidence: Evidence,
) -> Result<(), StoreError> {
    query(ADD_HOLD)
        .bind(hold.id.to_string())
        .bind(job.to_string())
        .bind(to_json("charge", charge)?)
        .bind(hold.charge.to_string())
        .bind(hold.expires_at.as_millisecond())
        .bind(replaces.map(|id| id.to_string()))
        .bind(evidence.url)
        .bind(evidence.page_text)
        .bind(tx.now.as_millisecond())
        .execute(tx.conn)
        .await?;
    Ok(())
}

async fn name_hold(tx: &mut Tx<'_>, job: JobId, hold: HoldId) -> Result<(), StoreError> {
    const NAME_HOLD: &str = "UPDATE jobs SET hold_id = $2 WHERE id = $1";
    query(NAME_HOLD).bind(job.to_string()).bind(hold.to_string()).execute(tx.conn).await?;
    Ok(())
}

pub(super) async fn confirm(mut tx: Tx<'_>, confirm: Confirm) -> Result<JobRecord, StoreError> {
    let record = alone(&mut tx, confirm.job).await?;
    let event = JobEvent::Confirm { hold: confirm.hold, charge: confirm.shown, session: confirm.session };
    let trail = vec![trail::confirmed(confirm.hold, confirm.shown, confirm.session)];
    let mut change = Change::by(record, event, trail, tx.now).map_err(StoreError::Refused)?;
    let marked = query(CONFIRM_HOLD)
        .bind(confirm.hold.to_string())
        .bind(confirm.job.to_string())
        .bind(confirm.shown.to_string())
        .bind(confirm.session.to_string())
        .bind(tx.now.as_millisecond())
        .bind(confirm.account.to_string())
        .bind((tx.now - confirm.fresh).as_millisecond())
        .bind((tx.now - confirm.proven).as_millisecond())
        .execute(tx.conn)
        .await?;
    if marked != 1 {
        return Err(StoreError::NotPermitted("the session is not fresh, or the hold no longer waits"));
    }
    if let Some(hold) = &mut change.record.hold {
        hold.status = HoldStatus::Confirmed;
    }
    write(&mut tx, change).await
}
