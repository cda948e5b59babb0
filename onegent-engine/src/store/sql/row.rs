//! Reading rows back into types, and saying which column could not be.

use jiff::Timestamp;
use onegent_core::audit::{AuditEvent, ChainHead};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::query::{Column, Row};
use crate::store::StoreError;
use crate::store::record::{HoldRecord, JobRecord};
use crate::trace::TraceParent;
use crate::vault::Sealed;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

pub(super) fn corrupt(
    what: &'static str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> StoreError {
    StoreError::Corrupt { what, source: source.into() }
}

pub(super) fn get<'r, T: Column<'r>>(row: &'r Row, name: &'static str) -> Result<T, StoreError> {
    row.get(name).map_err(|error| corrupt(name, error))
}

/// A text column whose type knows its own text form.
pub(super) fn text<T>(row: &Row, name: &'static str) -> Result<T, StoreError>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    get::<&str>(row, name)?.parse().map_err(|error: T::Err| corrupt(name, error))
}

pub(super) fn text_or_null<T>(row: &Row, name: &'static str) -> Result<Option<T>, StoreError>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: Option<&str> = get(row, name)?;
    text.map(str::parse).transpose().map_err(|error: T::Err| corrupt(name, error))
}

pub(super) fn json<T: DeserializeOwned>(row: &Row, name: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(get(row, name)?).map_err(|error| corrupt(name, error))
}

pub(super) fn json_or_null<T: DeserializeOwned>(
    row: &Row,
    name: &'static str,
) -> Result<Option<T>, StoreError> {
    let text: Option<&str> = get(row, name)?;
    text.map(serde_json::from_str).transpose().map_err(|error| corrupt(name, error))
}

pub(super) fn count<N>(row: &Row, name: &'static str) -> Result<N, StoreError>
where
    N: TryFrom<i64>,
    N::Error: std::error::Error + Send + Sync + 'static,
{
    let number: i64 = get(row, name)?;
    N::try_from(number).map_err(|error| corrupt(name, error))
}

pub(in crate::store) fn time(row: &Row, name: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(get(row, name)?).map_err(|error| corrupt(name, error))
}

pub(super) fn time_or_null(row: &Row, name: &'static str) -> Result<Option<Timestamp>, StoreError> {
    let millis: Option<i64> = get(row, name)?;
    millis.map(Timestamp::from_millisecond).transpose().map_err(|error| corrupt(name, error))
}

/// How a value is stored. What can't be written can't have been made, so this is a fault of ours.
pub(super) fn to_json(what: &'static str, value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| corrupt(what, error))
}

/// A number as the databases have it.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The columns that [`job`] reads: the job and the hold that it names.
macro_rules! job_columns {
    () => {
        "SELECT j.id, j.account_id, j.person_id, j.environment, j.request, j.guest, j.consent, j.client, j.state_json, j.version, \
         j.attempt, j.failures, j.worked_ms, j.run_since, j.provider, j.booking, j.progress, j.audit_seq, j.audit_hash, \
         j.traceparent, j.created_at, j.updated_at, j.completed_at, h.id AS held, h.charge AS held_charge, h.hash AS held_hash, \
         h.status AS held_status, h.expires_at AS held_until FROM jobs j LEFT JOIN holds h ON h.id = j.hold_id "
    };
}
pub(super) use job_columns;

pub(super) fn job(row: &Row) -> Result<JobRecord, StoreError> {
    let hold = match text_or_null(row, "held")? {
        None => None,
        Some(id) => Some(HoldRecord {
            id,
            charge: json(row, "held_charge")?,
            hash: text(row, "held_hash")?,
            status: text(row, "held_status")?,
            expires_at: time(row, "held_until")?,
        }),
    };
    Ok(JobRecord {
        id: text(row, "id")?,
        account: text(row, "account_id")?,
        person: text(row, "person_id")?,
        environment: text(row, "environment")?,
        request: json(row, "request")?,
        guest: get::<Option<String>>(row, "guest")?.map(Sealed::kept),
        consent: json(row, "consent")?,
        client: json(row, "client")?,
        state: json(row, "state_json")?,
        version: count(row, "version")?,
        attempt: count(row, "attempt")?,
        failures: count(row, "failures")?,
        worked: jiff::SignedDuration::from_millis(get(row, "worked_ms")?),
        run_since: time_or_null(row, "run_since")?,
        hold,
        provider: text_or_null(row, "provider")?,
        booking: text_or_null(row, "booking")?,
        progress: json_or_null(row, "progress")?,
        head: ChainHead { seq: count(row, "audit_seq")?, hash: text(row, "audit_hash")? },
        trace: get::<Option<String>>(row, "traceparent")?.map(TraceParent::kept),
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        completed_at: time_or_null(row, "completed_at")?,
    })
}

/// A job, or nothing and a word in the log: one row that can't be read must not stand in the way of all others.
pub(super) fn job_or_skip(row: &Row) -> Option<JobRecord> {
    job(row)
        .inspect_err(|error| {
            let id = get::<&str>(row, "id").unwrap_or("?");
            tracing::error!(job = id, %error, "a job's row is passed over");
        })
        .ok()
}

pub(super) fn event(row: &Row) -> Result<AuditEvent, StoreError> {
    Ok(AuditEvent {
        seq: count(row, "seq")?,
        ts: time(row, "ts")?,
        level: text(row, "level")?,
        kind: text(row, "type")?,
        message: get(row, "message")?,
        data: json(row, "data")?,
        hash: text(row, "hash")?,
        prev_hash: text(row, "prev_hash")?,
    })
}
