//! Whoever rewrites the record: what they can do with the database in hand, and what gives them away.

use std::io;
use std::str::FromStr;

use jiff::Timestamp;
use onegent_core::audit::{AuditEvent, ChainHash, ChainHead, canonical};
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Row, SqliteConnection};

use super::*;
use crate::checkpoint::{AuditKey, CheckpointFault};
use crate::entropy::SystemEntropy;

const FREE: &str = "DROP TRIGGER audit_events_are_never_changed; DROP TRIGGER audit_events_are_never_removed; \
     DROP TRIGGER checkpoints_are_never_changed; DROP TRIGGER checkpoints_are_never_removed;";

/// Each takes a part of a job out of the record: its trail, its row, its checkpoints.
const REMOVALS: [&str; 3] = [
    "DELETE FROM audit_events WHERE job_id = $1",
    "DELETE FROM jobs WHERE id = $1",
    "DELETE FROM audit_checkpoints WHERE job_id = $1",
];

/// A record with a job that failed, one that was confirmed, and one that waits.
async fn record() -> (Bed, [JobId; 3]) {
    let bed = Bed::new().await;
    bed.engine.start().unwrap();
    let failed = bed.created().await.job_id;
    bed.ended(failed).await;
    bed.engine.shutdown(Duration::from_secs(5)).await;
    let mut bed = bed;
    bed.reopen().await;
    // Of two jobs of one millisecond either may come first.
    bed.clock.turn(Duration::from_secs(1));
    let (confirmed, waiting) = (bed.paused().await, bed.paused().await);
    let person = bed.person().await;
    let review = bed.engine.review(&person, confirmed).await.unwrap();
    bed.engine.confirm(&person, confirmed, review.hold, review.hash).await.unwrap();
    assert!(bed.verified().await.is_empty());
    (bed, [failed, confirmed, waiting])
}

async fn intruder(bed: &Bed) -> SqliteConnection {
    let file = bed.dir.path().join("onegent.db");
    let mut conn = SqliteConnectOptions::new().filename(file).foreign_keys(false).connect().await.unwrap();
    sqlx::raw_sql(FREE).execute(&mut conn).await.unwrap();
    conn
}

async fn remove(conn: &mut SqliteConnection, job: JobId, removals: &[&'static str]) {
    for removal in removals {
        sqlx::query(*removal).bind(job.to_string()).execute(&mut *conn).await.unwrap();
    }
}

async fn all(conn: &mut SqliteConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(conn).await.unwrap();
}

/// Writes a job's whole chain anew after a change, as anybody can who has the file: every hash fits again.
async fn rewrite(conn: &mut SqliteConnection, job: JobId, change: impl Fn(&mut AuditEvent)) {
    const EVENTS: &str =
        "SELECT seq, ts, level, type, message, data FROM audit_events WHERE job_id = $1 ORDER BY seq";
    const WRITE: &str = "UPDATE audit_events SET message = $3, data = $4, hash = $5, prev_hash = $6 \
         WHERE job_id = $1 AND seq = $2";
    let rows = sqlx::query(EVENTS).bind(job.to_string()).fetch_all(&mut *conn).await.unwrap();
    let mut head = ChainHead::EMPTY;
    for row in rows {
        let mut event = AuditEvent {
            seq: head.seq + 1,
            ts: Timestamp::from_millisecond(row.get("ts")).unwrap(),
            level: row.get::<&str, _>("level").parse().unwrap(),
            kind: row.get::<&str, _>("type").parse().unwrap(),
            message: row.get("message"),
            data: serde_json::from_str(row.get("data")).unwrap(),
            hash: ChainHash::START,
            prev_hash: head.hash,
        };
        change(&mut event);
        event.hash = event.digest(job);
        head = ChainHead { seq: event.seq, hash: event.hash };
        sqlx::query(WRITE)
            .bind(job.to_string())
            .bind(i64::try_from(event.seq).unwrap())
            .bind(event.message)
            .bind(canonical(&Value::Object(event.data)))
            .bind(event.hash.to_string())
            .bind(event.prev_hash.to_string())
            .execute(&mut *conn)
            .await
            .unwrap();
    }
    let moved = "UPDATE jobs SET audit_hash = $2 WHERE id = $1";
    sqlx::query(moved).bind(job.to_string()).bind(head.hash.to_string()).execute(conn).await.unwrap();
}

fn faults(problems: &[AuditProblem]) -> Vec<CheckpointFault> {
    let fault = |problem: &AuditProblem| {
        let Fault::Checkpoint(fault) = &problem.what else { panic!("{problem:?}") };
        fault.clone()
    };
    problems.iter().map(fault).collect()
}

#[tokio::test]
async fn whoever_rewrites_the_record_without_the_key_is_found_out() {
    // A chain that is whole again, all of it.
    let (bed, [failed, ..]) = record().await;
    let mut conn = intruder(&bed).await;
    rewrite(&mut conn, failed, |event| event.message.push_str(" Nobody knows why.")).await;
    assert_eq!(faults(&bed.verified().await), [CheckpointFault::Another { number: 1, seq: 3 }]);

    // The checkpoint as well, with the new hash in it.
    let (bed, [failed, ..]) = record().await;
    let mut conn = intruder(&bed).await;
    rewrite(&mut conn, failed, |event| event.message.push('.')).await;
    all(&mut conn, "UPDATE audit_checkpoints SET hash = (SELECT audit_hash FROM jobs WHERE id = job_id) WHERE number = 1").await;
    let found = faults(&bed.verified().await);
    assert!(found.contains(&CheckpointFault::Forged { number: 1 }), "{found:?}");

    // The job with its checkpoint, so that neither was ever there.
    let (bed, [failed, ..]) = record().await;
    let mut conn = intruder(&bed).await;
    remove(&mut conn, failed, &REMOVALS).await;
    assert_eq!(faults(&bed.verified().await), [CheckpointFault::Unlinked { number: 2 }]);

    // The job without its checkpoint.
    let (bed, [failed, ..]) = record().await;
    let mut conn = intruder(&bed).await;
    remove(&mut conn, failed, &REMOVALS[..2]).await;
    let problems = bed.verified().await;
    assert_eq!(problems.iter().map(|problem| &problem.what).collect::<Vec<_>>(), [&Fault::Missing]);

    // The checkpoint alone: what it signed is always signed.
    for (sql, job) in
        [("DELETE FROM audit_checkpoints WHERE number = 4", 1), ("DELETE FROM audit_checkpoints", 0)]
    {
        let (bed, jobs) = record().await;
        all(&mut intruder(&bed).await, sql).await;
        let problems = bed.verified().await;
        let named = problems.iter().any(|problem| problem.job == jobs[job].to_string());
        assert!(named, "{problems:?}");
        assert!(matches!(faults(&problems)[0], CheckpointFault::Unsigned { .. }), "{problems:?}");
    }
}

#[tokio::test]
async fn a_key_of_ones_own_signs_nothing_that_is_believed() {
    let (bed, [failed, ..]) = record().await;
    let theirs = AuditKey::open(&bed.dir.path().join("theirs.key"), &SystemEntropy).unwrap();
    let mut conn = intruder(&bed).await;
    rewrite(&mut conn, failed, |event| event.message.push('.')).await;
    all(&mut conn, "DELETE FROM audit_checkpoints WHERE number > 1").await;
    let head: String = sqlx::query("SELECT audit_hash FROM jobs WHERE id = $1")
        .bind(failed.to_string())
        .fetch_one(&mut conn)
        .await
        .unwrap()
        .get(0);
    let head = ChainHead { seq: 3, hash: ChainHash::from_str(&head).unwrap() };
    let signed = theirs.sign((1, ChainHash::START), bed.clock.now(), failed, head);
    sqlx::query("UPDATE audit_checkpoints SET key = $1, ts = $2, hash = $3, signature = $4")
        .bind(signed.key.to_string())
        .bind(signed.ts.as_millisecond())
        .bind(signed.hash.to_string())
        .bind(signed.signature.to_string())
        .execute(&mut conn)
        .await
        .unwrap();
    assert!(signed.is_signed());
    let found = faults(&bed.verified().await);
    assert!(found.contains(&CheckpointFault::Stranger { number: 1, key: theirs.public() }), "{found:?}");
}

/// The limit of it: a record that is set back as a whole, key and all, is whole. Who wrote the newest checkpoint down
/// elsewhere sees it.
#[tokio::test]
async fn a_record_that_was_set_back_shows_by_its_newest_checkpoint_alone() {
    let (mut bed, _) = record().await;
    let newest = |bed: &Bed| {
        let engine = Arc::clone(&bed.engine);
        async move { engine.verify_audit(&[engine.audit_key()]).await.unwrap().newest.unwrap() }
    };
    bed.engine.shutdown(Duration::ZERO).await;
    let (file, backup) = (bed.dir.path().join("onegent.db"), bed.dir.path().join("backup.db"));
    std::fs::copy(&file, &backup).unwrap();
    bed.reopen().await;
    bed.paused().await;
    let later = newest(&bed).await;
    bed.engine.shutdown(Duration::ZERO).await;
    std::fs::copy(&backup, &file).unwrap();
    bed.reopen().await;
    assert!(bed.verified().await.is_empty());
    assert_eq!(newest(&bed).await.number + 1, later.number);
}

#[tokio::test]
async fn a_long_trail_is_signed_on_the_way() {
    let bed = Bed::new().await;
    let (job, epoch) = bed.claimed().await;
    for _ in 0..70 {
        let events = vec![onegent_core::audit::AuditDraft::new(AuditKind::PageObserved, "A page was read.")];
        bed.engine
            .parts
            .store
            .note(job, epoch, crate::agent::Note { events, ..Default::default() })
            .await
            .unwrap();
    }
    let report = bed.engine.verify_audit(&[bed.engine.audit_key()]).await.unwrap();
    assert_eq!((report.events, report.checkpoints), (72, 2));
    assert!(report.problems.is_empty());
}

async fn exported(bed: &Bed) -> Vec<String> {
    let mut lines = Vec::new();
    let write = |line: &AuditLine| {
        lines.push(serde_json::to_string(line).map_err(io::Error::other)?);
        Ok(())
    };
    bed.engine.export_audit(write).await.unwrap();
    lines
}

fn check(lines: &[String], trusted: Vec<crate::checkpoint::PublicKey>) -> AuditReport {
    let mut file = AuditFile::new(trusted);
    for line in lines {
        file.line(line);
    }
    file.finish()
}

#[tokio::test]
async fn an_export_is_whole_and_every_line_of_it_counts() {
    let (bed, jobs) = record().await;
    let lines = exported(&bed).await;
    let report = check(&lines, vec![bed.engine.audit_key()]);
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    let in_the_record = bed.engine.verify_audit(&[bed.engine.audit_key()]).await.unwrap();
    assert_eq!((report.jobs, report.events), (jobs.len() as u64, in_the_record.events));
    assert_eq!((report.checkpoints, report.newest), (in_the_record.checkpoints, in_the_record.newest));

    let broken = |lines: &[String]| !check(lines, Vec::new()).problems.is_empty();
    assert!(!broken(&lines), "the key that the file names is good enough to read it by");
    for place in 0..lines.len() {
        let mut missing = lines.clone();
        missing.remove(place);
        assert!(broken(&missing), "without {}", lines[place]);
        let mut twice = lines.clone();
        twice.insert(place, lines[place].clone());
        assert!(place == 0 || broken(&twice), "twice {}", lines[place]);
        assert!(broken(&lines[..place]), "cut before {}", lines[place]);
    }
    let other = AuditKey::open(&bed.dir.path().join("theirs.key"), &SystemEntropy).unwrap().public();
    assert!(!check(&lines, vec![other]).problems.is_empty());
}

#[tokio::test]
async fn every_byte_of_an_exported_line_counts() {
    let (bed, _) = record().await;
    let lines = exported(&bed).await;
    let trusted = vec![bed.engine.audit_key()];
    for place in 1..lines.len() {
        // Digits and letters inside of values; every third is enough for a test.
        let letters = lines[place].char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()).step_by(3);
        for (at, letter) in letters {
            let other = if letter == 'a' || letter == '0' { "b1" } else { "a0" };
            let other = &other[usize::from(letter.is_ascii_digit())..][..1];
            let mut edited = lines.clone();
            edited[place].replace_range(at..=at, other);
            let read_the_same = serde_json::from_str::<AuditLine>(&edited[place]).ok()
                == serde_json::from_str::<AuditLine>(&lines[place]).ok();
            assert!(
                read_the_same || !check(&edited, trusted.clone()).problems.is_empty(),
                "{}",
                edited[place]
            );
        }
    }
}

#[tokio::test]
async fn that_trails_were_removed_is_believed_only_of_a_trusted_key() {
    let (bed, jobs) = record().await;
    bed.clock.turn(Duration::from_secs(1));
    let removed = bed.engine.parts.store.remove_trails(bed.clock.now(), 100).await.unwrap();
    assert_eq!(removed, 1, "the next one is open");
    let trusted = || vec![bed.engine.audit_key()];
    for report in [
        bed.engine.verify_audit(&trusted()).await.unwrap(),
        check(&exported(&bed).await, trusted()),
        check(&exported(&bed).await, Vec::new()),
    ] {
        assert!(report.problems.is_empty(), "{:?}", report.problems);
        assert_eq!((report.jobs, report.removed), (3, 1));
    }

    // Somebody takes the others away as well, and says that it was their time.
    let mut conn = intruder(&bed).await;
    let more = "UPDATE audit_removals SET through_job = 'job_ffffffffffffffffffffffffffffffff'; DELETE FROM audit_events";
    all(&mut conn, more).await;
    let lines = exported(&bed).await;
    for problems in [bed.verified().await, check(&lines, trusted()).problems] {
        let forged = CheckpointFault::Removed { key: bed.engine.audit_key() };
        assert!(
            problems.iter().any(|problem| problem.what == Fault::Checkpoint(forged.clone())),
            "{problems:?}"
        );
        for job in jobs {
            assert!(problems.iter().any(|problem| problem.job == job.to_string()), "{job}: {problems:?}");
        }
    }
    let others = AuditKey::open(&bed.dir.path().join("theirs.key"), &SystemEntropy).unwrap();
    let said = others.sign_removal(jobs[2], bed.clock.now());
    assert!(said.check(&[others.public()]).is_ok() && said.check(&trusted()).is_err());
}
