//! Trails go when their time is over: oldest jobs first, some at a time, and never that of a job that is open.
//!
//! Jobs' ids grow with time, so what was removed is told by one id. Each step goes on from there along the primary keys, and
//! costs the same beside any number of rows.

use jiff::Timestamp;
use onegent_core::id::JobId;

use super::query::{Conn, query};
use super::row::{get, text, time_or_null};
use super::tx::{Only, Tx};
use crate::store::StoreError;
use crate::store::verify::StoredRemoval;

const THROUGH: &str = "SELECT coalesce(max(through_job), '') AS through FROM audit_removals";
const NEXT: &str = "SELECT id, completed_at FROM jobs WHERE id > $1 ORDER BY id LIMIT $2";
/// First said, then done: the table refuses what nothing covers.
const SAY: &str = "INSERT INTO audit_removals (key, through_job, at, signature) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (key) DO UPDATE SET through_job = excluded.through_job, at = excluded.at, signature = excluded.signature";
const REMOVE: &str = "DELETE FROM audit_events WHERE job_id > $1 AND job_id <= $2";
const ALL: &str = "SELECT key, through_job, at, signature FROM audit_removals ORDER BY key";

pub(super) async fn remove(mut tx: Tx<'_>, ended_before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    tx.only(Only::Removals).await?;
    let from: String = get(&query(THROUGH).fetch_one(tx.conn).await?, "through")?;
    let rows = query(NEXT).bind(&from).bind(i64::from(limit)).fetch_all(tx.conn).await?;
    let mut over: Vec<JobId> = Vec::with_capacity(rows.len());
    for row in &rows {
        if time_or_null(row, "completed_at")?.is_none_or(|ended| ended >= ended_before) {
            break;
        }
        over.push(text(row, "id")?);
    }
    let Some(through) = over.last() else { return Ok(0) };
    let said = tx.key.sign_removal(*through, tx.now);
    query(SAY)
        .bind(said.key.to_string())
        .bind(said.through.to_string())
        .bind(said.at.as_millisecond())
        .bind(said.signature.to_string())
        .execute(tx.conn)
        .await?;
    query(REMOVE).bind(&from).bind(through.to_string()).execute(tx.conn).await?;
    Ok(over.len() as u64)
}

/// Of each key the newest.
pub(super) async fn stored(conn: &mut Conn) -> Result<Vec<StoredRemoval>, StoreError> {
    let rows = query(ALL).fetch_all(conn).await?;
    let read = |row| {
        Ok(StoredRemoval {
            key: get(row, "key")?,
            through: get(row, "through_job")?,
            at: get(row, "at")?,
            signature: get(row, "signature")?,
        })
    };
    rows.iter().map(read).collect()
}
