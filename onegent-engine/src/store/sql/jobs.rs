//! Jobs come in and are read.

use jiff::{SignedDuration, Timestamp};
use onegent_core::audit::{AuditEvent, ChainHead, canonical};
use onegent_core::caller::Environment;
use onegent_core::id::{AccountId, HoldId, JobId};
use onegent_core::machine::JobState;
use onegent_core::port::JobFilter;
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use onegent_core::text::{ProviderId, Text};
use serde_json::Value;

use super::query::{Conn, Row, group, query};
use super::row::{count, event, get, int, job, job_columns, json_or_null, text, to_json};
use super::together::Found;
use super::tx::{Only, Tx};
use super::{checkpoints, webhooks};
use crate::meters::Counted;
use crate::signals::Announcement;
use crate::store::change::{Change, announcement};
use crate::store::record::{HoldPage, JobRecord, NewJob, state_word};
use crate::store::{CreateOutcome, JobQuota, OverQuota, StoreError};
use crate::trace::TraceParent;
use crate::vault::Sealed;

/// What is open, what an account has open, and what its next job's turn hangs on: its last one, the one that is claimed
/// next of all, and the last of all. The states are named twice, as the index has them.
const STANDING: &str = "SELECT \
     (SELECT CAST(coalesce(sum(count), 0) AS BIGINT) FROM open_jobs) AS open_of_all, \
     (SELECT count FROM open_jobs_of_account WHERE account_id = $1) AS open, \
     (SELECT turn FROM open_jobs_of_account WHERE account_id = $1) AS own, \
     (SELECT min(turn) FROM jobs WHERE state = 'queued' AND state IN ('queued', 'confirmed')) AS next, \
     (SELECT max(turn) FROM open_jobs_of_account) AS last";
/// Refused by its own condition when the day's quota is used up.
const ONE_MORE_TODAY: &str = "INSERT INTO jobs_a_day (account_id, day, count) VALUES ($1, $2, 1) \
     ON CONFLICT (account_id, day) DO UPDATE SET count = jobs_a_day.count + 1 WHERE jobs_a_day.count < $3";
const IDEMPOTENT: &str = "SELECT job_id, fingerprint FROM idempotency \
     WHERE account_id = $1 AND environment = $2 AND key = $3";
const ADD_IDEMPOTENT: &str = "INSERT INTO idempotency (account_id, environment, key, fingerprint, job_id) \
     VALUES ($1, $2, $3, $4, $5)";
const ADD_JOB: &str = "INSERT INTO jobs (id, account_id, environment, scenario, request, guest, consent, client, state, \
     state_json, status, version, epoch, due_at, attempt, failures, worked_ms, audit_seq, audit_hash, created_at, \
     updated_at, person_id, turn, traceparent) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, 0, 0, 0, $14, $15, $16, $16, $17, $18, $19)";
const ADD_EVENT: &str = "INSERT INTO audit_events (job_id, seq, ts, level, type, message, data, hash, prev_hash) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
pub(super) const JOB: &str = concat!(job_columns!(), "WHERE j.id = $1");
const JOB_EACH: &str = concat!(job_columns!(), "WHERE j.id IN ", group!());
/// A wait that is over counts as expired, even before the sweep has written it down; that is how it is shown.
const JOBS: &str = concat!(
    job_columns!(),
    "WHERE j.account_id = $1 AND ($2 IS NULL OR j.environment = $2) AND ($3 IS NULL OR $3 = CASE \
     WHEN j.state IN ('needs_person', 'paused_payment') AND j.due_at <= $7 THEN 'expired' \
     WHEN j.state = 'confirmed' AND h.expires_at <= $7 THEN 'expired' ELSE j.status END) \
     AND ($4 IS NULL OR j.scenario = $4) AND ($5 IS NULL OR j.id < $5) ORDER BY j.id DESC LIMIT $6"
);
const AUDIT: &str = "SELECT seq, ts, level, type, message, data, hash, prev_hash FROM audit_events \
     WHERE job_id = $1 AND seq > $2 AND EXISTS (SELECT 1 FROM jobs j WHERE j.id = $1 AND j.account_id = $4) \
     ORDER BY seq LIMIT $3";
const HOLD_PAGE: &str = "SELECT h.page_url, h.page_text, r.charge AS replaced FROM holds h \
     LEFT JOIN holds r ON r.id = h.replaces JOIN jobs j ON j.id = h.job_id WHERE h.id = $1 AND j.account_id = $2";
/// The compare-and-set of every change: the version that was read is the version that is replaced.
const WRITE_JOB: &str = "UPDATE jobs SET state = $3, state_json = $4, status = $5, version = version + 1, epoch = coalesce($6, epoch), \
     lease_until = $7, worker = $8, due_at = $9, attempt = $10, failures = $11, worked_ms = $12, run_since = $13, \
     hold_id = $14, provider = $15, progress = $16, audit_seq = $17, audit_hash = $18, updated_at = $19, \
     completed_at = $20, booking = $21 WHERE id = $1 AND version = $2";
const SETTLE_HOLD: &str = "UPDATE holds SET status = $2 WHERE id = $1 AND status IN ('open', 'confirmed')";
const SETTLE_SUBMISSION: &str =
    "UPDATE submissions SET finished_at = $2, outcome = $3 WHERE job_id = $1 AND finished_at IS NULL";

pub(super) async fn create(
    mut tx: Tx<'_>,
    new: NewJob,
    quota: JobQuota,
) -> Result<CreateOutcome, StoreError> {
    tx.only(Only::Account(new.account)).await?;
    if let Some((key, fingerprint)) = &new.idempotency {
        let made = query(IDEMPOTENT)
            .bind(new.account.to_string())
            .bind(new.environment.as_str())
            .bind(key)
            .fetch_optional(tx.conn)
            .await?;
        if let Some(row) = made {
            if get::<&str>(&row, "fingerprint")? != fingerprint {
                return Ok(CreateOutcome::OtherRequest);
            }
            return load(tx.conn, text(&row, "job_id")?).await.map(CreateOutcome::Replayed);
        }
    }
    let turn = within_quota(&mut tx, new.account, quota).await?;
    let mut head = ChainHead::EMPTY;
    let events: Vec<_> = new.trail.into_iter().map(|draft| head.append(new.id, tx.now, draft)).collect();
    let record = JobRecord {
        id: new.id,
        account: new.account,
        person: new.person,
        environment: new.environment,
        request: new.request,
        guest: Some(new.guest),
        consent: new.consent,
        client: new.client,
        state: JobState::new(tx.now),
        version: 1,
        attempt: 0,
        failures: 0,
        worked: SignedDuration::ZERO,
        run_since: None,
        hold: None,
        provider: None,
        booking: None,
        progress: None,
        head,
        trace: new.trace,
        created_at: tx.now,
        updated_at: tx.now,
        completed_at: None,
    };
    query(ADD_JOB)
        .bind(record.id.to_string())
        .bind(record.account.to_string())
        .bind(record.environment.as_str())
        .bind(record.request.scenario().as_str())
        .bind(to_json("request", &record.request)?)
        .bind(record.guest.as_ref().map(Sealed::as_str))
        .bind(to_json("consent", &record.consent)?)
        .bind(to_json("client", &record.client)?)
        .bind(state_word(&record.state))
        .bind(to_json("state", &record.state)?)
        .bind(record.state.status().as_str())
        .bind(int(record.version))
        .bind(record.state.due_at().map(Timestamp::as_millisecond))
        .bind(int(head.seq))
        .bind(head.hash.to_string())
        .bind(tx.now.as_millisecond())
        .bind(record.person.to_string())
        .bind(turn)
        .bind(record.trace.as_ref().map(TraceParent::as_str))
        .execute(tx.conn)
        .await?;
    append(tx.conn, record.id, &events).await?;
    if let Some((key, fingerprint)) = &new.idempotency {
        query(ADD_IDEMPOTENT)
            .bind(record.account.to_string())
            .bind(record.environment.as_str())
            .bind(key)
            .bind(fingerprint)
            .bind(record.id.to_string())
            .execute(tx.conn)
            .await?;
    }
    let outbox = webhooks::tell(&mut tx, &record).await?;
    let counted =
        Counted { scenario: record.request.scenario(), status: Some(record.state.status()), submit: None };
    tx.news.push(Announcement { outbox, counted: Some(counted), ..announcement(&record) });
    Ok(CreateOutcome::Created(record))
}

/// The turn of an account's next job, if the quotas leave room for one.
async fn within_quota(tx: &mut Tx<'_>, account: AccountId, quota: JobQuota) -> Result<i64, StoreError> {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let standing = query(STANDING).bind(account.to_string()).fetch_one(tx.conn).await?;
    if count::<u64>(&standing, "open_of_all")? >= quota.open {
        return Err(StoreError::Full);
    }
    if get::<Option<i64>>(&standing, "open")?.unwrap_or(0) >= int(quota.open_of_account) {
        return Err(StoreError::OverQuota(OverQuota::Open));
    }
    let one_more = query(ONE_MORE_TODAY)
        .bind(account.to_string())
        .bind(tx.now.as_millisecond().div_euclid(DAY))
        .bind(int(quota.a_day))
        .execute(tx.conn)
        .await?;
    if one_more == 1 && quota.a_day > 0 {
        turn_after(&standing)
    } else {
        Err(StoreError::OverQuota(OverQuota::Day))
    }
}

/// Start-time fair queueing: behind the account's own last job, and never before what is claimed next, so that whoever was
/// away has no turns saved up. When nothing waits, behind all that ever came.
fn turn_after(standing: &Row) -> Result<i64, StoreError> {
    let [own, next, last] = ["own", "next", "last"].map(|name| get::<Option<i64>>(standing, name));
    let floor = next?.or(last?).unwrap_or(0);
    Ok(own?.map_or(floor, |own| floor.max(own + 1)))
}

pub(super) async fn idempotent(
    conn: &mut Conn,
    account: AccountId,
    environment: Environment,
    key: &str,
) -> Result<Option<(JobRecord, String)>, StoreError> {
    let made = query(IDEMPOTENT)
        .bind(account.to_string())
        .bind(environment.as_str())
        .bind(key)
        .fetch_optional(conn)
        .await?;
    let Some(row) = made else { return Ok(None) };
    let record = load(conn, text(&row, "job_id")?).await?;
    Ok(Some((record, get(&row, "fingerprint")?)))
}

/// The newest state of a job that has to be there.
pub(super) async fn load(conn: &mut Conn, id: JobId) -> Result<JobRecord, StoreError> {
    find(conn, id).await?.ok_or(StoreError::NotFound)
}

pub(in crate::store) async fn find(conn: &mut Conn, id: JobId) -> Result<Option<JobRecord>, StoreError> {
    let row = query(JOB).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(job).transpose()
}

/// Several jobs, of whichever accounts; who asked for one looks at whose it is.
pub(super) async fn find_each(conn: &mut Conn, ids: &[JobId]) -> Result<Found<JobId, JobRecord>, StoreError> {
    let rows = query(JOB_EACH).bind_group(ids).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((text(row, "id")?, job(row)))).collect()
}

pub(super) async fn list(
    conn: &mut Conn,
    account: AccountId,
    only: Option<Environment>,
    filter: &JobFilter,
    now: Timestamp,
) -> Result<Vec<JobRecord>, StoreError> {
    let rows = query(JOBS)
        .bind(account.to_string())
        .bind(only.map(Environment::as_str))
        .bind(filter.status.map(JobStatus::as_str))
        .bind(filter.scenario.map(Scenario::as_str))
        .bind(filter.cursor.map(|id| id.to_string()))
        .bind(i64::from(filter.limit.get()) + 1)
        .bind(now.as_millisecond())
        .fetch_all(conn)
        .await?;
    rows.iter().map(job).collect()
}

pub(super) async fn audit(
    conn: &mut Conn,
    account: AccountId,
    id: JobId,
    after: u64,
    limit: u32,
) -> Result<Vec<AuditEvent>, StoreError> {
    let rows = query(AUDIT)
        .bind(id.to_string())
        .bind(int(after))
        .bind(i64::from(limit))
        .bind(account.to_string())
        .fetch_all(conn)
        .await?;
    rows.iter().map(event).collect()
}

pub(super) async fn hold_page(
    conn: &mut Conn,
    account: AccountId,
    hold: HoldId,
) -> Result<Option<HoldPage>, StoreError> {
    let row = query(HOLD_PAGE).bind(hold.to_string()).bind(account.to_string()).fetch_optional(conn).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(HoldPage {
        url: get(&row, "page_url")?,
        text: get(&row, "page_text")?,
        replaces: json_or_null(&row, "replaced")?,
    }))
}

/// Writes a change: the job's row, its trail, and what became of its hold and its submit.
pub(super) async fn write(tx: &mut Tx<'_>, change: Change) -> Result<JobRecord, StoreError> {
    let record = &change.record;
    let (turn, lease) = (record.state.turn(), record.state.lease());
    let written = query(WRITE_JOB)
        .bind(record.id.to_string())
        .bind(int(change.from_version))
        .bind(state_word(&record.state))
        .bind(to_json("state", &record.state)?)
        .bind(record.state.status().as_str())
        .bind(turn.map(|turn| int(turn.epoch)))
        .bind(lease.map(|lease| lease.until.as_millisecond()))
        .bind(lease.map(|lease| lease.worker.to_string()))
        .bind(record.state.due_at().map(Timestamp::as_millisecond))
        .bind(i64::from(record.attempt))
        .bind(i64::from(record.failures))
        .bind(i64::try_from(record.worked.as_millis()).unwrap_or(i64::MAX))
        .bind(record.run_since.map(Timestamp::as_millisecond))
        .bind(record.hold.as_ref().map(|hold| hold.id.to_string()))
        .bind(record.provider.as_ref().map(ProviderId::as_str))
        .bind(record.progress.as_ref().map(|progress| to_json("progress", progress)).transpose()?)
        .bind(int(record.head.seq))
        .bind(record.head.hash.to_string())
        .bind(record.updated_at.as_millisecond())
        .bind(record.completed_at.map(Timestamp::as_millisecond))
        .bind(record.booking.as_ref().map(Text::as_str))
        .execute(tx.conn)
        .await?;
    if written != 1 {
        return Err(StoreError::LostRace);
    }
    append(tx.conn, record.id, &change.events).await?;
    checkpoints::sign(tx, record.id, &change.events, record.head).await?;
    if let (Some(status), Some(hold)) = (change.hold, &record.hold) {
        query(SETTLE_HOLD).bind(hold.id.to_string()).bind(status.as_str()).execute(tx.conn).await?;
    }
    if let Some(outcome) = change.submission {
        query(SETTLE_SUBMISSION)
            .bind(record.id.to_string())
            .bind(tx.now.as_millisecond())
            .bind(outcome)
            .execute(tx.conn)
            .await?;
    }
    let outbox = change.status_changed && webhooks::tell(tx, &change.record).await?;
    tx.news.push(Announcement { outbox, ..change.announcement() });
    Ok(change.record)
}

async fn append(conn: &mut Conn, id: JobId, events: &[AuditEvent]) -> Result<(), StoreError> {
    for event in events {
        query(ADD_EVENT)
            .bind(id.to_string())
            .bind(int(event.seq))
            .bind(event.ts.as_millisecond())
            .bind(event.level.as_str())
            .bind(event.kind.as_str())
            .bind(event.message.as_str())
            .bind(canonical(&Value::Object(event.data.clone())))
            .bind(event.hash.to_string())
            .bind(event.prev_hash.to_string())
            .execute(conn)
            .await?;
    }
    Ok(())
}
