//! The suite on SQLite, and what only SQLite has.

use std::time::Duration;

use onegent_core::audit::ChainBreak;
use onegent_core::id::WorkerId;
use onegent_core::machine::{JobEvent, JobState, Outcome};
use onegent_core::time::Clock as _;
use sqlx::Connection;

use super::*;
use crate::agent::Evidence;
use crate::store::sql::sweep::COUNTS;
use crate::store::suite::cost::{self, Dialect};
use crate::store::suite::store_suite;
use crate::store::verify::Stored;
use crate::store::verify::{Fault, check};
use crate::store::{Advance, Store};
use crate::testing::{Bench, HandClock, ROOM, audit_key, sqlite_in};

store_suite!(Bench::sqlite());

/// A connection of somebody who has the file, and does what no store method does.
async fn intruder(bench: &Bench) -> SqliteConnection {
    let file = bench.dir.path().join("onegent.db");
    SqliteConnectOptions::new().filename(file).connect().await.unwrap()
}

async fn tamper(bench: &Bench, sql: impl sqlx::SqlSafeStr) -> Result<(), sqlx::Error> {
    let mut conn = intruder(bench).await;
    let done = sqlx::raw_sql(sql).execute(&mut conn).await;
    conn.close().await?;
    done.map(drop)
}

async fn stored(store: &dyn Store) -> Vec<Stored> {
    let mut all = Vec::new();
    let mut each = |one| {
        all.push(one);
        std::ops::ControlFlow::Continue(())
    };
    store.stored(&mut each).await.unwrap();
    all
}

async fn faults(bench: &Bench) -> Vec<Fault> {
    let fault = |one: &Stored| if let Stored::Job(job) = one { check(job, None).err() } else { None };
    stored(&*bench.store).await.iter().filter_map(fault).collect()
}

#[tokio::test]
async fn the_trail_refuses_changes_and_a_change_by_force_is_found_and_named() {
    const FORCE: &str =
        "DROP TRIGGER audit_events_are_never_changed; DROP TRIGGER audit_events_are_never_removed;";
    let cases: [(&'static str, Fault); 9] = [
        (
            "UPDATE audit_events SET message = message || '.' WHERE seq = 2",
            Fault::Chain(ChainBreak::Changed { seq: 2 }),
        ),
        (
            "UPDATE audit_events SET data = replace(data, ':', ': ') WHERE seq = 2",
            Fault::Unreadable { seq: 2, what: "data" },
        ),
        ("UPDATE audit_events SET data = '{' WHERE seq = 2", Fault::Unreadable { seq: 2, what: "data" }),
        (
            "UPDATE audit_events SET type = 'job_startee' WHERE seq = 2",
            Fault::Unreadable { seq: 2, what: "type" },
        ),
        ("UPDATE audit_events SET ts = ts + 1 WHERE seq = 1", Fault::Chain(ChainBreak::Changed { seq: 1 })),
        (
            "UPDATE audit_events SET hash = upper(hash) WHERE seq = 2",
            Fault::Unreadable { seq: 2, what: "hash" },
        ),
        ("DELETE FROM audit_events WHERE seq = 1", Fault::Chain(ChainBreak::Gap { expected: 1, found: 2 })),
        ("DELETE FROM audit_events WHERE seq = 2", Fault::Chain(ChainBreak::Cut { expected: 2, found: 1 })),
        ("DELETE FROM audit_events", Fault::Chain(ChainBreak::Cut { expected: 2, found: 0 })),
    ];
    for (change, wanted) in cases {
        let bench = Bench::sqlite().await;
        bench.running().await;
        assert!(tamper(&bench, change).await.is_err(), "{change}");
        assert!(faults(&bench).await.is_empty(), "{change}");
        tamper(&bench, FORCE).await.unwrap();
        tamper(&bench, change).await.unwrap();
        assert_eq!(faults(&bench).await, [wanted], "{change}");
    }
}

#[tokio::test]
async fn a_charge_that_nobody_confirmed_is_found() {
    let cases = [
        "UPDATE holds SET charge = replace(charge, '412.50', '412.51')",
        "UPDATE holds SET status = 'void'",
        "UPDATE holds SET confirmed_at = NULL",
        "DROP TRIGGER submissions_are_never_removed; DELETE FROM submissions",
        "UPDATE jobs SET state = 'running'",
    ];
    for change in cases {
        let bench = Bench::sqlite().await;
        let (record, epoch) = bench.running_confirmed().await;
        bench.store.redeem(bench.charge(&record, epoch)).await.unwrap();
        assert!(faults(&bench).await.is_empty());
        tamper(&bench, change).await.unwrap();
        assert_eq!(faults(&bench).await.len(), 1, "{change}");
    }
}

#[tokio::test]
async fn events_without_their_job_are_found() {
    let bench = Bench::sqlite().await;
    let record = bench.queued().await;
    tamper(&bench, "PRAGMA foreign_keys = OFF; DELETE FROM jobs").await.unwrap();
    let found = stored(&*bench.store).await;
    let [Stored::Stray(id)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(*id, record.id.to_string());
}

#[tokio::test]
async fn what_was_answered_is_there_after_reopening() {
    let mut bench = Bench::sqlite().await;
    let paused = bench.paused().await;
    let (running, epoch) = bench.running().await;
    let queued = bench.queued().await;
    bench.reopen().await;
    for record in [&queued, &running] {
        assert_eq!(
            bench.store.job(bench.account, record.id).await.unwrap().unwrap().head.seq,
            record.head.seq
        );
    }
    bench.store.begin_work().unwrap();
    let me = bench.id(WorkerId::generate);
    let orphans = bench.store.orphans(me).await.unwrap();
    assert_eq!(orphans.iter().map(|record| record.id).collect::<Vec<_>>(), [running.id]);
    bench.store.renew(running.id, epoch, Duration::from_secs(30)).await.unwrap();
    let session = bench.session().await;
    let confirmed = bench.store.confirm(bench.confirmation(&paused, session)).await.unwrap();
    assert!(matches!(confirmed.state, JobState::Confirmed { .. }));
    assert!(faults(&bench).await.is_empty());
}

#[tokio::test]
async fn one_process_at_a_time_runs_the_jobs() {
    let bench = Bench::sqlite().await;
    bench.store.begin_work().unwrap();
    bench.store.begin_work().unwrap();
    let other = sqlite_in(&bench.dir, Arc::clone(&bench.clock), Arc::default()).await;
    assert!(matches!(other.begin_work(), Err(OpenError::InUse { .. })));
    assert_eq!(stored(&other).await.len(), 0, "reading beside it is fine");
    bench.store.close().await;
    other.begin_work().unwrap();
    other.close().await;
}

#[tokio::test]
async fn a_file_of_a_newer_program_is_left_alone() {
    let bench = Bench::sqlite().await;
    tamper(&bench, "INSERT INTO schema_version VALUES (999, 0)").await.unwrap();
    bench.store.close().await;
    let path = bench.dir.path().join("onegent.db");
    let clock = Arc::<HandClock>::clone(&bench.clock);
    let opened = File::open(&path, audit_key(&bench.dir), clock, Arc::default()).await;
    assert!(matches!(opened, Err(OpenError::FromTheFuture { found: 999, .. })), "{opened:?}");
}

#[tokio::test]
async fn a_closed_store_refuses_and_does_not_hang() {
    let bench = Bench::sqlite().await;
    bench.store.close().await;
    assert!(matches!(bench.store.create(bench.new_job(), ROOM).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(bench.store.ping().await, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn a_writer_that_panics_is_noticed() {
    let (clock, dir) = (Arc::new(crate::testing::HandClock::default()), tempfile::tempdir().unwrap());
    let signals = Arc::new(Signals::default());
    let path = dir.path().join("onegent.db");
    let file = File::open(&path, audit_key(&dir), clock, Arc::clone(&signals)).await.unwrap();
    let died = file.write::<_, ()>(|_| Box::pin(async { panic!("a fault of ours") })).await;
    assert!(matches!(died, Err(StoreError::Unavailable(_))), "{died:?}");
    signals.part_ended().await;
}

#[tokio::test]
async fn a_row_that_can_not_be_read_stands_in_nobodys_way() {
    let bench = Bench::sqlite().await;
    let broken = bench.queued().await.id;
    bench.clock.turn(Duration::from_millis(1));
    let fine = bench.queued().await.id;
    tamper(&bench, "UPDATE jobs SET request = '{' WHERE id = (SELECT min(id) FROM jobs)").await.unwrap();
    let (claimed, _) = bench.claim_one().await;
    assert_eq!(claimed.id, fine);
    tamper(&bench, "UPDATE jobs SET state = 'running', due_at = 0 WHERE request = '{'").await.unwrap();
    bench.clock.turn(Duration::from_secs(30));
    let overdue = bench.store.overdue(10).await.unwrap();
    assert_eq!(overdue.iter().map(|record| record.id).collect::<Vec<_>>(), [fine]);
    assert!(matches!(
        bench.store.job(bench.account, broken).await,
        Err(StoreError::Corrupt { what: "request", .. })
    ));
}

#[tokio::test]
async fn the_pages_that_were_seen_are_forgotten_with_their_guest() {
    const LEFT: &str = "SELECT count(*) AS pages FROM \
         (SELECT page_url, page_text FROM holds UNION ALL SELECT page_url, page_text FROM submissions) \
         WHERE page_url IS NOT NULL OR page_text IS NOT NULL";
    let bench = Bench::sqlite().await;
    let (record, epoch) = bench.running_confirmed().await;
    tamper(&bench, "UPDATE holds SET page_url = 'https://a.example/ana', page_text = 'Ana'").await.unwrap();
    bench.store.redeem(bench.charge(&record, epoch)).await.unwrap();
    let done = JobEvent::Finish { epoch, outcome: Outcome::Done { confirmation_code: None } };
    let seen = Evidence { url: Some("https://a.example/ana".to_owned()), page_text: Some("Ana".to_owned()) };
    let finish = Advance { evidence: Some(seen), ..Advance::new(record.id, done, Vec::new()) };
    bench.store.advance(finish).await.unwrap();
    let mut conn = intruder(&bench).await;
    for (left, passed) in [(2, Duration::ZERO), (0, Duration::from_secs(1))] {
        bench.clock.turn(passed);
        bench.store.forget(bench.clock.now()).await.unwrap();
        let pages: i64 = sqlx::query(LEFT).fetch_one(&mut conn).await.unwrap().get("pages");
        assert_eq!(pages, left);
    }
}

#[tokio::test]
async fn claims_and_sweeps_go_by_their_indices() {
    let bench = Bench::sqlite().await;
    let mut conn = intruder(&bench).await;
    let plans = [
        (
            "EXPLAIN QUERY PLAN SELECT j.id FROM jobs j LEFT JOIN holds h ON h.id = j.hold_id WHERE j.state = 'queued' AND j.state IN ('queued', 'confirmed') AND j.due_at <= 5 ORDER BY j.due_at, j.id LIMIT 3",
            "jobs_to_claim",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT min(due_at) FROM jobs WHERE state IN ('running', 'submitting', 'paused_payment', 'needs_person')",
            "jobs_to_sweep",
        ),
    ];
    for (statement, index) in plans {
        let rows = sqlx::query(statement).fetch_all(&mut conn).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{statement}: {plan:?}");
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{statement}: {plan:?}");
    }
}

#[tokio::test]
async fn what_ended_is_not_counted() {
    let bench = Bench::sqlite().await;
    let mut conn = intruder(&bench).await;
    let explain = format!("EXPLAIN QUERY PLAN {COUNTS}");
    let rows = sqlx::query(sqlx::AssertSqlSafe(explain)).fetch_all(&mut conn).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    let of_jobs: Vec<_> = plan.iter().filter(|step| step.split(' ').nth(1) == Some("jobs")).collect();
    assert!(of_jobs.len() == 5 && of_jobs.iter().all(|step| step.contains("INDEX jobs_")), "{plan:?}");
}

#[tokio::test]
async fn a_claim_takes_one_job_beside_many_rows() {
    let bench = Bench::sqlite().await;
    let dialect = Dialect {
        series: "(WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {to}) SELECT i FROM n) AS n",
        digits: "printf('%07d', i)",
        settle: "ANALYZE",
    };
    cost::tell(&bench, dialect, async |sql| tamper(&bench, sqlx::AssertSqlSafe(sql)).await.unwrap()).await;
}
