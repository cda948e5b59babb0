//! The record exactly as it is stored, for verification.

use super::query::{Conn, Row, query};
use super::row::get;
use super::{checkpoints, removals};
use crate::store::verify::{Stored, StoredEvent, StoredHold, StoredJob, StoredSubmission};
use crate::store::{EachStored, StoreError};

const JOBS: &str = "SELECT id, state, state_json, audit_seq, audit_hash FROM jobs \
     WHERE $1 IS NULL OR id > $1 ORDER BY id LIMIT $2";
const EVENTS: &str = "SELECT seq, ts, level, type, message, data, hash, prev_hash FROM audit_events \
     WHERE job_id = $1 ORDER BY seq";
const SUBMISSION: &str = "SELECT s.permit_id, s.kind, s.charge_hash, h.job_id AS held_job, h.charge AS held_charge, \
     h.hash AS held_hash, h.status AS held_status, h.confirmed_at AS held_confirmed \
     FROM submissions s LEFT JOIN holds h ON h.id = s.hold_id WHERE s.job_id = $1";
const STRAYS: &str = "SELECT s.job_id FROM \
     (SELECT job_id FROM audit_events UNION SELECT job_id FROM audit_checkpoints) s \
     WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = s.job_id)";

/// How many rows are in memory at a time.
const PAGE: i64 = 100;

/// On one snapshot: a job that moves meanwhile must not look broken.
pub(super) async fn stored(snapshot: &mut Conn, each: &mut EachStored<'_>) -> Result<(), StoreError> {
    for removal in removals::stored(snapshot).await? {
        if each(Stored::Removal(removal)).is_break() {
            return Ok(());
        }
    }
    let mut after: Option<String> = None;
    loop {
        let rows = query(JOBS).bind(after.as_deref()).bind(PAGE).fetch_all(snapshot).await?;
        let Some(last) = rows.last() else { break };
        after = Some(get(last, "id")?);
        for row in &rows {
            let job = stored_job(snapshot, row).await?;
            if each(Stored::Job(job)).is_break() {
                return Ok(());
            }
        }
    }
    let mut after = (String::new(), 0);
    loop {
        let page = checkpoints::page(snapshot, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = (last.key.clone(), last.number);
        for checkpoint in page {
            if each(Stored::Checkpoint(checkpoint)).is_break() {
                return Ok(());
            }
        }
    }
    for row in &query(STRAYS).fetch_all(snapshot).await? {
        if each(Stored::Stray(get(row, "job_id")?)).is_break() {
            break;
        }
    }
    Ok(())
}

async fn stored_job(conn: &mut Conn, row: &Row) -> Result<StoredJob, StoreError> {
    let id: String = get(row, "id")?;
    let mut events = Vec::new();
    for row in &query(EVENTS).bind(&id).fetch_all(conn).await? {
        events.push(StoredEvent {
            seq: get(row, "seq")?,
            ts: get(row, "ts")?,
            level: get(row, "level")?,
            kind: get(row, "type")?,
            message: get(row, "message")?,
            data: get(row, "data")?,
            hash: get(row, "hash")?,
            prev_hash: get(row, "prev_hash")?,
        });
    }
    let submission = query(SUBMISSION).bind(&id).fetch_optional(conn).await?;
    Ok(StoredJob {
        state: get(row, "state")?,
        state_json: get(row, "state_json")?,
        audit_seq: get(row, "audit_seq")?,
        audit_hash: get(row, "audit_hash")?,
        events,
        submission: submission.as_ref().map(stored_submission).transpose()?,
        checkpoints: checkpoints::of_job(conn, &id).await?,
        id,
    })
}

fn stored_submission(row: &Row) -> Result<StoredSubmission, StoreError> {
    let hold = match get(row, "held_job")? {
        None => None,
        Some(job) => Some(StoredHold {
            job,
            charge: get(row, "held_charge")?,
            hash: get(row, "held_hash")?,
            status: get(row, "held_status")?,
            confirmed: get::<Option<i64>>(row, "held_confirmed")?.is_some(),
        }),
    };
    Ok(StoredSubmission {
        permit: get(row, "permit_id")?,
        kind: get(row, "kind")?,
        hash: get(row, "charge_hash")?,
        hold,
    })
}
