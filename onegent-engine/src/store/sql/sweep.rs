//! What has to be done even if nobody calls.

use std::time::Duration;

use jiff::Timestamp;
use onegent_core::id::{AccountId, JobId, WorkerId};
use onegent_core::request::{BookingRequest, Scenario};
use onegent_core::site::SiteUrl;
use onegent_core::text::ProviderId;

use super::moves::one_of;
use super::query::{Conn, Query, query};
use super::row::{count, get, job_columns, job_or_skip, json, to_json};
use super::tx::Tx;
use crate::store::record::{JobRecord, Outcomes};
use crate::store::{Counts, StoreError};

const OVERDUE: &str = concat!(
    job_columns!(),
    "WHERE j.state IN ('running', 'submitting', 'paused_payment', 'needs_person') AND j.due_at <= $1 \
     ORDER BY j.due_at, j.id LIMIT $2"
);
/// Confirmed jobs whose offer ended. A claim expires them too, but there may be nobody who claims.
const LAPSED: &str = concat!(
    job_columns!(),
    "WHERE j.state = 'confirmed' AND j.state IN ('queued', 'confirmed') AND h.expires_at <= $1 \
     ORDER BY h.expires_at, j.id LIMIT $2"
);
const ORPHANS: &str = concat!(
    job_columns!(),
    "WHERE j.state IN ('running', 'submitting', 'paused_payment', 'needs_person') AND j.state = 'running' \
     AND j.worker <> $1"
);
const TAKE_IN_HAND: &str =
    "UPDATE jobs SET due_at = $2 WHERE id = $1 AND state = 'submitting' AND due_at <= $3";
const NEXT_OVERDUE: &str = "SELECT min(due_at) AS due FROM jobs \
     WHERE state IN ('running', 'submitting', 'paused_payment', 'needs_person')";
const NEXT_LAPSE: &str = "SELECT min(h.expires_at) AS due FROM jobs j JOIN holds h ON h.id = j.hold_id \
     WHERE j.state = 'confirmed' AND j.state IN ('queued', 'confirmed')";
const NEXT_CLAIM: &str = "SELECT min(due_at) AS due FROM jobs WHERE state = $1 AND state IN ('queued', 'confirmed') \
     AND scenario IN ($2, $3, $4, $5)";
const FORGET_GUESTS: &str =
    "UPDATE jobs SET guest = NULL WHERE guest IS NOT NULL AND completed_at IS NOT NULL AND completed_at < $1";
/// Of a site that a request names, what is behind its host goes with the guest: an address may be one person's own.
const NAMED_SITES: &str = "SELECT id, request FROM jobs WHERE guest IS NOT NULL AND completed_at IS NOT NULL \
     AND completed_at < $1 AND request LIKE '%\"venueUrl\":%' AND id > $2 ORDER BY id LIMIT 500";
const NAMED_SITES_OF_ACCOUNT: &str = "SELECT id, request FROM jobs WHERE account_id = $1 \
     AND request LIKE '%\"venueUrl\":%' AND id > $2 ORDER BY id LIMIT 500";
const CUT_SITE: &str = "UPDATE jobs SET request = $2 WHERE id = $1";
/// The pages that were seen go with the guest whose details may stand on them.
const FORGET_PAGES: [&str; 2] = [
    "UPDATE holds SET page_url = NULL, page_text = NULL \
     WHERE (page_url IS NOT NULL OR page_text IS NOT NULL) AND job_id IN \
     (SELECT id FROM jobs WHERE completed_at IS NOT NULL AND completed_at < $1 AND guest IS NOT NULL)",
    "UPDATE submissions SET page_url = NULL, page_text = NULL \
     WHERE (page_url IS NOT NULL OR page_text IS NOT NULL) AND job_id IN \
     (SELECT id FROM jobs WHERE completed_at IS NOT NULL AND completed_at < $1 AND guest IS NOT NULL)",
];
const FORGET_LINKS: &str = "DELETE FROM sign_in_links WHERE expires_at < $1";
/// Sessions that confirmed something are kept: the audit trail names them.
const FORGET_SESSIONS: &str = "DELETE FROM sessions WHERE (expires_at < $1 OR ended_at < $1) \
     AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.confirmed_by = sessions.id)";
const FORGET_INVITATIONS: &str = "DELETE FROM invitations WHERE expires_at < $1";
const FORGET_DAYS: &str = "DELETE FROM jobs_a_day WHERE day < $1 / 86400000";
const OUTCOMES: &str = "SELECT status, count(*) AS jobs FROM jobs \
     WHERE provider = $1 AND completed_at IS NOT NULL AND completed_at >= $2 GROUP BY status";
const MEDIAN: &str = "SELECT completed_at - created_at AS took FROM jobs \
     WHERE provider = $1 AND completed_at IS NOT NULL AND completed_at >= $2 ORDER BY took LIMIT 1 OFFSET $3";

/// The states and orders are those of partial indices, so that ended jobs cost nothing, and no more than fifty thousand rows
/// of a kind are looked at. All open jobs are counted as they come and go.
pub(in crate::store) const COUNTS: &str = "SELECT 'open' AS what, 'all' AS state, CAST(coalesce(sum(count), 0) AS BIGINT) AS number FROM open_jobs \
     UNION ALL SELECT 'jobs', state, count(*) FROM (SELECT state FROM jobs \
     WHERE state = 'queued' AND state IN ('queued', 'confirmed') ORDER BY turn LIMIT 50000) AS queued GROUP BY state \
     UNION ALL SELECT 'jobs', state, count(*) FROM (SELECT state FROM jobs \
     WHERE state = 'confirmed' AND state IN ('queued', 'confirmed') ORDER BY turn LIMIT 50000) AS confirmed GROUP BY state \
     UNION ALL SELECT 'jobs', state, count(*) FROM (SELECT state FROM jobs \
     WHERE state IN ('running', 'submitting', 'paused_payment', 'needs_person') ORDER BY due_at LIMIT 50000) AS under_way GROUP BY state \
     UNION ALL SELECT 'due', 'queued', min(due_at) FROM jobs WHERE state = 'queued' AND state IN ('queued', 'confirmed') \
     UNION ALL SELECT 'due', 'confirmed', min(due_at) FROM jobs \
     WHERE state = 'confirmed' AND state IN ('queued', 'confirmed') \
     UNION ALL SELECT 'messages', 'waiting', count(*) FROM (SELECT 1 AS one FROM webhook_messages \
     WHERE state = 'waiting' ORDER BY due_at LIMIT 50000) AS waiting \
     UNION ALL SELECT 'messages', 'dead', count(*) FROM (SELECT 1 AS one FROM webhook_messages \
     WHERE state = 'dead' LIMIT 50000) AS dead";

pub(super) async fn counts(conn: &mut Conn, now: Timestamp) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    for row in &query(COUNTS).fetch_all(conn).await? {
        let number: Option<i64> = get(row, "number")?;
        let waits = || {
            let due = number.and_then(|millis| Timestamp::from_millisecond(millis).ok());
            due.and_then(|due| Duration::try_from(now.duration_since(due)).ok()).unwrap_or_default()
        };
        match (get::<&str>(row, "what")?, get::<&str>(row, "state")?) {
            ("open", _) => counts.open = number.unwrap_or(0),
            ("jobs", state) => counts.jobs.push((state.to_owned(), number.unwrap_or(0))),
            ("due", "queued") => counts.queued_for = waits(),
            ("due", _) => counts.confirmed_for = waits(),
            (_, "waiting") => counts.messages_waiting = number.unwrap_or(0),
            (_, _) => counts.messages_dead = number.unwrap_or(0),
        }
    }
    Ok(counts)
}

pub(super) async fn overdue(
    conn: &mut Conn,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<JobRecord>, StoreError> {
    let mut overdue = Vec::new();
    for statement in [OVERDUE, LAPSED] {
        let rows = query(statement).bind(now.as_millisecond()).bind(i64::from(limit)).fetch_all(conn).await?;
        overdue.extend(rows.iter().filter_map(job_or_skip));
    }
    Ok(overdue)
}

pub(super) async fn orphans(conn: &mut Conn, me: WorkerId) -> Result<Vec<JobRecord>, StoreError> {
    let rows = query(ORPHANS).bind(me.to_string()).fetch_all(conn).await?;
    Ok(rows.iter().filter_map(job_or_skip).collect())
}

pub(super) async fn take_in_hand(tx: Tx<'_>, id: JobId, for_a_while: Duration) -> Result<bool, StoreError> {
    let taken = query(TAKE_IN_HAND)
        .bind(id.to_string())
        .bind((tx.now + for_a_while).as_millisecond())
        .bind(tx.now.as_millisecond())
        .execute(tx.conn)
        .await?;
    Ok(taken == 1)
}

pub(super) async fn next_due(conn: &mut Conn, claims: &[Scenario]) -> Result<Option<Timestamp>, StoreError> {
    let mut due: Option<i64> = None;
    for statement in [NEXT_OVERDUE, NEXT_LAPSE] {
        let next: Option<i64> = get(&query(statement).fetch_one(conn).await?, "due")?;
        due = due.into_iter().chain(next).min();
    }
    if !claims.is_empty() {
        for state in ["confirmed", "queued"] {
            let claim: Option<i64> =
                get(&one_of(query(NEXT_CLAIM).bind(state), claims).fetch_one(conn).await?, "due")?;
            due = due.into_iter().chain(claim).min();
        }
    }
    Ok(due.and_then(|millis| Timestamp::from_millisecond(millis).ok()))
}

pub(super) async fn forget(tx: Tx<'_>, ended_before: Timestamp) -> Result<u64, StoreError> {
    let before = ended_before.as_millisecond();
    for pages in FORGET_PAGES {
        query(pages).bind(before).execute(tx.conn).await?;
    }
    cut_sites(tx.conn, |last| query(NAMED_SITES).bind(before).bind(last)).await?;
    let forgotten = query(FORGET_GUESTS).bind(before).execute(tx.conn).await?;
    for over in [FORGET_LINKS, FORGET_SESSIONS, FORGET_INVITATIONS, FORGET_DAYS] {
        query(over).bind(tx.now.as_millisecond()).execute(tx.conn).await?;
    }
    Ok(forgotten)
}

/// Leaves of the sites that an account's requests name no more than their origin.
pub(super) async fn cut_sites_of(conn: &mut Conn, account: AccountId) -> Result<(), StoreError> {
    let account = account.to_string();
    cut_sites(conn, |last| query(NAMED_SITES_OF_ACCOUNT).bind(account.clone()).bind(last)).await
}

async fn cut_sites(conn: &mut Conn, after: impl Fn(String) -> Query<'static>) -> Result<(), StoreError> {
    let mut last = String::new();
    loop {
        let rows = after(last.clone()).fetch_all(conn).await?;
        for row in &rows {
            last = get(row, "id")?;
            let request: BookingRequest = json(row, "request")?;
            let site = request.site().map(SiteUrl::origin);
            let cut = to_json("request", &request.on(site))?;
            query(CUT_SITE).bind(last.clone()).bind(cut).execute(conn).await?;
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}

pub(super) async fn outcomes(
    conn: &mut Conn,
    provider: &ProviderId,
    since: Timestamp,
) -> Result<Outcomes, StoreError> {
    let mut outcomes = Outcomes::default();
    let mut total = 0;
    let rows = query(OUTCOMES).bind(provider.as_str()).bind(since.as_millisecond()).fetch_all(conn).await?;
    for row in &rows {
        let jobs: u64 = count(row, "jobs")?;
        total += jobs;
        match get::<&str>(row, "status")? {
            "done" => outcomes.done = jobs,
            "no_availability" => outcomes.no_availability = jobs,
            "error" => outcomes.errors = jobs,
            "cancelled" => outcomes.cancelled = jobs,
            "expired" => outcomes.expired = jobs,
            _ => {}
        }
    }
    if total > 0 {
        let row = query(MEDIAN)
            .bind(provider.as_str())
            .bind(since.as_millisecond())
            .bind(super::row::int((total - 1) / 2))
            .fetch_optional(conn)
            .await?;
        outcomes.median_ms = row.map_or(Ok(0), |row| get(&row, "took").map(i64::unsigned_abs))?;
    }
    Ok(outcomes)
}
