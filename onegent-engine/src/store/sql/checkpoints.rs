//! Checkpoints are written with the events that they sign, and read back as they are stored.

use onegent_core::audit::{AuditEvent, ChainHash, ChainHead};
use onegent_core::id::JobId;

use super::query::{Conn, Row, query};
use super::row::{count, get, int, text, time};
use super::tx::{Only, Tx};
use crate::checkpoint::{Checkpoint, is_due};
use crate::store::StoreError;
use crate::store::verify::StoredCheckpoint;

const NEWEST: &str = "SELECT key, number, ts, job_id, seq, hash, prev, signature FROM audit_checkpoints \
     WHERE key = $1 ORDER BY number DESC LIMIT 1";
const ADD: &str = "INSERT INTO audit_checkpoints (key, number, ts, job_id, seq, hash, prev, signature) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const ALL: &str = "SELECT key, number, ts, job_id, seq, hash, prev, signature FROM audit_checkpoints \
     WHERE (key, number) > ($1, $2) ORDER BY key, number LIMIT $3";
const OF_JOB: &str = "SELECT key, number, ts, job_id, seq, hash, prev, signature FROM audit_checkpoints \
     WHERE job_id = $1 ORDER BY seq, key, number";

/// Signs the head that these events lead to, where they want it.
pub(super) async fn sign(
    tx: &mut Tx<'_>,
    job: JobId,
    events: &[AuditEvent],
    head: ChainHead,
) -> Result<(), StoreError> {
    if !is_due(events) {
        return Ok(());
    }
    let key = tx.key.public().to_string();
    tx.only(Only::Checkpoints(&key)).await?;
    let newest = query(NEWEST).bind(&key).fetch_optional(tx.conn).await?;
    let place = match newest {
        None => (1, ChainHash::START),
        Some(row) => {
            let newest = checkpoint(&row)?;
            (newest.number + 1, newest.digest())
        }
    };
    let signed = tx.key.sign(place, tx.now, job, head);
    query(ADD)
        .bind(signed.key.to_string())
        .bind(int(signed.number))
        .bind(signed.ts.as_millisecond())
        .bind(signed.job_id.to_string())
        .bind(int(signed.seq))
        .bind(signed.hash.to_string())
        .bind(signed.prev.to_string())
        .bind(signed.signature.to_string())
        .execute(tx.conn)
        .await?;
    Ok(())
}

fn checkpoint(row: &Row) -> Result<Checkpoint, StoreError> {
    Ok(Checkpoint {
        key: text(row, "key")?,
        number: count(row, "number")?,
        ts: time(row, "ts")?,
        job_id: text(row, "job_id")?,
        seq: count(row, "seq")?,
        hash: text(row, "hash")?,
        prev: text(row, "prev")?,
        signature: text(row, "signature")?,
    })
}

/// A page of all checkpoints, by key and number.
pub(super) async fn page(
    conn: &mut Conn,
    (key, number): &(String, i64),
    limit: i64,
) -> Result<Vec<StoredCheckpoint>, StoreError> {
    let rows = query(ALL).bind(key).bind(*number).bind(limit).fetch_all(conn).await?;
    rows.iter().map(as_stored).collect()
}

pub(super) async fn of_job(conn: &mut Conn, job: &str) -> Result<Vec<StoredCheckpoint>, StoreError> {
    query(OF_JOB).bind(job).fetch_all(conn).await?.iter().map(as_stored).collect()
}

fn as_stored(row: &Row) -> Result<StoredCheckpoint, StoreError> {
    Ok(StoredCheckpoint {
        key: get(row, "key")?,
        number: get(row, "number")?,
        ts: get(row, "ts")?,
        job: get(row, "job_id")?,
        seq: get(row, "seq")?,
        hash: get(row, "hash")?,
        prev: get(row, "prev")?,
        signature: get(row, "signature")?,
    })
}
