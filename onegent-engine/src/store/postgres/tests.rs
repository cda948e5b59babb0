//! The suite on PostgreSQL, and what only PostgreSQL has.

use std::time::Duration;

use onegent_core::id::WorkerId;
use onegent_core::machine::JobState;
use onegent_core::request::Scenario;
use sqlx::Row as _;

use super::*;
use crate::entropy::id_bits;
use crate::store::accounts::AccountStore as _;
use crate::store::import::{ImportError, import};
use crate::store::sql::SqlStore;
use crate::store::sql::moves::CLAIMABLE_ALONE;
use crate::store::sql::sweep::COUNTS;
use crate::store::suite::cost::{self, Dialect};
use crate::store::suite::store_suite;
use crate::store::verify::{Stored, check};
use crate::store::{CreateOutcome, Store};
use crate::testing::{Bench, HandClock, LEASE, ROOM, audit_key};

store_suite!(Bench::postgres());

/// How long a test waits for news before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody with the database's password, who does what no store method does.
async fn tamper(bench: &Bench, sql: impl sqlx::SqlSafeStr) -> Result<(), sqlx::Error> {
    let mut conn = bench.server().connect().await.unwrap();
    let done = sqlx::raw_sql(sql).execute(&mut conn).await;
    conn.close().await?;
    done.map(drop)
}

#[tokio::test]
async fn nodes_that_start_at_once_make_one_schema_and_one_owner() {
    let bench = Bench::postgres().await;
    tamper(&bench, "DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
    let mut nodes = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (config, clock) = (bench.server().clone(), Arc::<HandClock>::clone(&bench.clock));
        let (key, entropy) = (audit_key(&bench.dir), Arc::clone(&bench.entropy));
        nodes.spawn(async move {
            let now = clock.now();
            let server = Server::open(&config, key, Arc::<HandClock>::clone(&clock), Arc::default());
            let store = SqlStore::postgres(server.await.unwrap(), clock);
            let account = onegent_core::id::AccountId::generate(now, id_bits(&*entropy));
            let person = onegent_core::id::PersonId::generate(now, id_bits(&*entropy));
            let owner = store.owner(account, person).await.unwrap();
            store.close().await;
            owner
        });
    }
    let owners: std::collections::BTreeSet<_> =
        nodes.join_all().await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(owners.len(), 1);
}

#[tokio::test]
async fn a_step_that_still_fits_is_lived_with_and_one_that_does_not_is_left_alone() {
    let bench = Bench::postgres().await;
    bench.store.close().await;
    tamper(&bench, "INSERT INTO schema_version (version, fits) VALUES (998, 1)").await.unwrap();
    bench.another_node(Arc::default()).await.close().await;
    tamper(&bench, "INSERT INTO schema_version (version, fits) VALUES (999, 999)").await.unwrap();
    let clock = Arc::<HandClock>::clone(&bench.clock);
    let opened = Server::open(bench.server(), audit_key(&bench.dir), clock, Arc::default()).await;
    assert!(matches!(opened, Err(OpenError::FromTheFuture { found: 999, .. })), "{opened:?}");
}

#[tokio::test]
async fn another_node_hears_of_what_was_committed() {
    let bench = Bench::postgres().await;
    let record = bench.queued().await;
    let signals = Arc::new(Signals::default());
    let mut listener = signals.listen(record.id);
    let other = bench.another_node(Arc::clone(&signals)).await;
    // Who begins to listen looks once: from then on it hears.
    assert_eq!(tokio::time::timeout(PATIENCE, listener.changed()).await.unwrap().seq, record.head.seq);
    let (claimed, epoch) = bench.claim_one().await;
    let heard = async {
        loop {
            let standing = listener.changed().await;
            if standing.seq == claimed.head.seq {
                return standing;
            }
        }
    };
    assert_eq!(tokio::time::timeout(PATIENCE, heard).await.unwrap().holder, Some(epoch));
    other.close().await;
}

#[tokio::test]
async fn a_node_whose_connections_were_cut_looks_at_what_it_missed() {
    const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'";
    let bench = Bench::postgres().await;
    let record = bench.queued().await;
    let signals = Arc::new(Signals::default());
    let mut listener = signals.listen(record.id);
    let other = bench.another_node(Arc::clone(&signals)).await;
    tokio::time::timeout(PATIENCE, listener.changed()).await.unwrap();
    tamper(&bench, CUT).await.unwrap();
    let (claimed, epoch) = bench.claim_one().await;
    let heard = async {
        loop {
            let standing = listener.changed().await;
            if standing.seq == claimed.head.seq {
                return standing;
            }
        }
    };
    assert_eq!(tokio::time::timeout(PATIENCE, heard).await.unwrap().holder, Some(epoch));
    other.close().await;
}

#[tokio::test]
async fn a_credential_that_ends_on_one_node_ends_on_all() {
    let bench = Bench::postgres().await;
    let [here, there] = [(), ()].map(|()| Arc::new(Signals::default()));
    let nodes = [bench.another_node(Arc::clone(&here)).await, bench.another_node(Arc::clone(&there)).await];
    // Both look for endings when they begin to listen.
    for signals in [&here, &there] {
        tokio::time::timeout(PATIENCE, signals.ended_since(0)).await.unwrap();
    }
    let seen = there.endings();
    here.credential_ended();
    tokio::time::timeout(PATIENCE, there.ended_since(seen)).await.unwrap();
    assert_eq!(there.own_endings(), 0, "what is heard is not told again");
    for node in nodes {
        node.close().await;
    }
}

#[tokio::test]
async fn leases_go_by_the_databases_clock() {
    let bench = Bench::postgres().await;
    let config = PostgresConfig { lease_clock: LeaseClock::Database, ..bench.server().clone() };
    let clock = Arc::<HandClock>::clone(&bench.clock);
    let server =
        Server::open(&config, audit_key(&bench.dir), Arc::<HandClock>::clone(&clock), Arc::default());
    let store = SqlStore::postgres(server.await.unwrap(), clock);
    bench.clock.turn(Duration::from_hours(1000));
    let CreateOutcome::Created(made) = store.create(bench.new_job(), ROOM).await.unwrap() else {
        panic!("not created")
    };
    assert!(made.created_at < bench.clock.now() - Duration::from_hours(1));
    let worker = bench.id(WorkerId::generate);
    assert_eq!(store.claim(worker, LEASE, 1, &Scenario::ALL).await.unwrap().len(), 1);
    assert!(store.overdue(10).await.unwrap().is_empty(), "this node's clock is no reason to take it away");
    store.close().await;
}

#[tokio::test]
async fn what_is_written_once_refuses_changes() {
    let bench = Bench::postgres().await;
    let (record, epoch) = bench.running_confirmed().await;
    bench.store.redeem(bench.charge(&record, epoch)).await.unwrap();
    let changes = [
        "UPDATE audit_events SET message = message || '.'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events CASCADE",
        "UPDATE audit_checkpoints SET ts = ts + 1",
        "DELETE FROM audit_checkpoints",
        "DELETE FROM submissions",
        "TRUNCATE submissions",
        "UPDATE submissions SET deadline = deadline + 1",
        "UPDATE submissions SET hold_id = NULL, charge_hash = NULL, kind = 'reserve'",
    ];
    for change in changes {
        assert!(tamper(&bench, change).await.is_err(), "{change}");
    }
    assert_eq!(faults(&*bench.store).await, 0);
}

/// How many jobs do not bear being checked.
async fn faults(store: &dyn Store) -> usize {
    let mut faults = 0;
    let mut each = |one: Stored| {
        faults += usize::from(matches!(one, Stored::Stray(_)));
        faults += usize::from(matches!(&one, Stored::Job(job) if check(job, None).is_err()));
        std::ops::ControlFlow::Continue(())
    };
    store.stored(&mut each).await.unwrap();
    faults
}

#[tokio::test]
async fn a_text_that_postgresql_has_no_place_for_is_no_fault_of_ours() {
    let bench = Bench::postgres().await;
    assert!(bench.store.client("app\0").await.unwrap().is_none());
    bench.store.add_sign_in_link(bench.account, bench.person, "\0".to_owned(), LEASE).await.unwrap();
}

#[tokio::test]
async fn claims_and_sweeps_go_by_their_indices() {
    let claim = ["'queued'", "5", "3", "0", "'hotel'", "'flight'", "'activity'", "'restaurant'"]
        .into_iter()
        .zip(1..)
        .fold(CLAIMABLE_ALONE.to_owned(), |claim, (value, place)| claim.replace(&format!("${place}"), value));
    let explain: [(&str, &str); 3] = [
        (&claim, "jobs_by_turn"),
        (
            "SELECT min(turn) FROM jobs WHERE state = 'queued' AND state IN ('queued', 'confirmed')",
            "jobs_by_turn",
        ),
        (
            "SELECT min(due_at) FROM jobs \
             WHERE state IN ('running', 'submitting', 'paused_payment', 'needs_person')",
            "jobs_to_sweep",
        ),
    ];
    let bench = Bench::postgres().await;
    let mut conn = bench.server().connect().await.unwrap();
    // With no rows anything is cheap; this asks what is possible.
    sqlx::raw_sql("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
        .execute(&mut conn)
        .await
        .unwrap();
    for (statement, index) in explain {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN {statement}"));
        let rows = sqlx::query(explain).fetch_all(&mut conn).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{statement}: {plan:?}");
        assert!(!plan.iter().any(|step| step.contains("Sort")), "{statement}: {plan:?}");
    }
    // What ended is not counted.
    let explain = format!("EXPLAIN {COUNTS}");
    let rows = sqlx::query(sqlx::AssertSqlSafe(explain)).fetch_all(&mut conn).await.unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let of_jobs = plan.iter().filter(|step| step.contains("on jobs "));
    assert_eq!(of_jobs.filter(|step| step.contains("using jobs_")).count(), 5, "{plan:?}");
    let of_messages = plan.iter().filter(|step| step.contains("on webhook_messages"));
    assert_eq!(of_messages.filter(|step| step.contains("using webhook_messages_")).count(), 2, "{plan:?}");
    assert!(!plan.iter().any(|step| step.contains("Seq Scan on jobs")), "{plan:?}");
    // By when it is due, a claim would read and sort all that is queued wherever few jobs are, beside those that ended.
    let cheap = "SET enable_sort = on; SET enable_bitmapscan = on; DROP INDEX jobs_by_turn";
    sqlx::raw_sql(cheap).execute(&mut conn).await.unwrap();
    let rows =
        sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN {claim}"))).fetch_all(&mut conn).await.unwrap();
    let by = |row: &sqlx::postgres::PgRow| {
        row.get::<String, _>(0).contains("Index Cond") && row.get::<String, _>(0).contains("due_at")
    };
    assert!(!rows.iter().any(by), "a claim goes by when jobs are due");
    conn.close().await.unwrap();
}

#[tokio::test]
async fn a_job_that_waits_at_payment_is_confirmed_where_it_was_moved_to() {
    let (from, to) = (Bench::sqlite().await, Bench::postgres().await);
    let paused = from.paused().await;
    let (running, _) = from.running().await;
    let session = from.session().await;
    let file = from.dir.path().join("onegent.db");
    let keys = || [audit_key(&from.dir), audit_key(&from.dir)];
    let clock = || Arc::<HandClock>::clone(&from.clock);
    from.store.close().await;
    let taken = import(&file, to.server(), keys(), clock()).await;
    assert!(matches!(taken, Err(ImportError::NotEmpty)), "{taken:?}");
    to.store.close().await;
    tamper(&to, "DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();

    let imported = import(&file, to.server(), keys(), clock()).await.unwrap();
    let rows = |table| imported.rows.iter().find(|(name, _)| *name == table).unwrap().1;
    assert_eq!((rows("accounts"), rows("jobs"), rows("holds")), (1, 2, 1));

    let again = import(&file, to.server(), keys(), clock()).await;
    assert!(matches!(again, Err(ImportError::Open(OpenError::Moved))), "the file opens no more: {again:?}");

    let there = to.another_node(Arc::default()).await;
    assert_eq!(faults(&*there).await, 0);
    let moved = there.job(from.account, paused.id).await.unwrap().unwrap();
    assert_eq!((moved.head, &moved.state, moved.version), (paused.head, &paused.state, paused.version));
    let confirmed = there.confirm(from.confirmation(&paused, session)).await.unwrap();
    assert!(matches!(confirmed.state, JobState::Confirmed { .. }));
    let worker = from.id(WorkerId::generate);
    let claimed = there.claim(worker, LEASE, 9, &Scenario::ALL).await.unwrap();
    assert_eq!(claimed.iter().map(|record| record.id).collect::<Vec<_>>(), [paused.id]);
    let room = crate::store::JobQuota { open: 2, ..ROOM };
    assert!(matches!(there.create(from.new_job(), room).await, Err(StoreError::Full)), "two are open");
    assert!(there.job(from.account, running.id).await.unwrap().is_some());
    there.close().await;
}

#[tokio::test]
async fn a_claim_takes_one_job_beside_many_rows() {
    let bench = Bench::postgres().await;
    // A statement that makes a million rows would count a million times in one place.
    tamper(&bench, "ALTER TABLE jobs DISABLE TRIGGER USER").await.unwrap();
    let dialect = Dialect {
        series: "generate_series({from}, {to} - 1) AS n(i)",
        digits: "lpad(i::text, 7, '0')",
        settle: "VACUUM (ANALYZE)",
    };
    cost::tell(&bench, dialect, async |sql| {
        let mut conn = bench.server().connect().await.unwrap();
        sqlx::raw_sql("SET statement_timeout = 0").execute(&mut conn).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    })
    .await;
}
