//! The record exactly as it is stored, for verification.

use sqlx::SqlitePool;

use super::row::get;
use crate::store::StoreError;
use crate::store::verify::{StoredEvent, StoredHold, StoredJob, StoredSubmission};

const JOBS: &str = "SELECT id, state, state_json, audit_seq, audit_hash FROM jobs \
     WHERE $1 IS NULL OR id > $1 ORDER BY id LIMIT $2";
const EVENTS: &str = "SELECT seq, ts, level, type, message, data, hash, prev_hash FROM audit_events \
     WHERE job_id = $1 ORDER BY seq";
const SUBMISSION: &str = "SELECT s.permit_id, s.kind, s.charge_hash, h.job_id AS held_job, h.charge AS held_charge, \
     h.hash AS held_hash, h.status AS held_status, h.confirmed_at AS held_confirmed \
     FROM submissions s LEFT JOIN holds h ON h.id = s.hold_id WHERE s.job_id = $1";
const STRAYS: &str = "SELECT DISTINCT job_id FROM audit_events \
     WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = audit_events.job_id)";

pub(super) async fn stored(
    pool: &SqlitePool,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<StoredJob>, StoreError> {
    // One snapshot for the whole page: a job that moves meanwhile must not look broken.
    let mut tx = pool.begin().await?;
    let rows = sqlx::query(JOBS).bind(after).bind(i64::from(limit)).fetch_all(&mut *tx).await?;
    let mut jobs = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: String = get(row, "id")?;
        let mut events = Vec::new();
        for row in &sqlx::query(EVENTS).bind(&id).fetch_all(&mut *tx).await? {
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
        let submission = match sqlx::query(SUBMISSION).bind(&id).fetch_optional(&mut *tx).await? {
            None => None,
            Some(row) => Some(StoredSubmission {
                permit: get(&row, "permit_id")?,
                kind: get(&row, "kind")?,
                hash: get(&row, "charge_hash")?,
                hold: match get(&row, "held_job")? {
                    None => None,
                    Some(job) => Some(StoredHold {
                        job,
                        charge: get(&row, "held_charge")?,
                        hash: get(&row, "held_hash")?,
                        status: get(&row, "held_status")?,
                        confirmed: get::<Option<i64>>(&row, "held_confirmed")?.is_some(),
                    }),
                },
            }),
        };
        jobs.push(StoredJob {
            id,
            state: get(row, "state")?,
            state_json: get(row, "state_json")?,
            audit_seq: get(row, "audit_seq")?,
            audit_hash: get(row, "audit_hash")?,
            events,
            submission,
        });
    }
    Ok(jobs)
}

pub(super) async fn strays(pool: &SqlitePool) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(STRAYS).fetch_all(pool).await?;
    rows.iter().map(|row| get(row, "job_id")).collect()
}
