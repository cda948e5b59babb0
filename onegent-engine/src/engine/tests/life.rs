//! Jobs run, processes die, and nothing is lost.

use onegent_core::machine::{JobEvent, PersonWanted};
use onegent_core::request::Scenario;

use super::*;
use crate::store::{Advance, Redeem};
use onegent_core::id::PermitId;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

#[tokio::test]
async fn a_job_is_taken_up_as_soon_as_it_is_made() {
    let bed = Bed::new().await;
    bed.engine.start().unwrap();
    let id = bed.created().await.job_id;
    let job = bed.ended(id).await;
    assert_eq!((job.status, job.error.unwrap().code), (JobStatus::Error, JobErrorCode::NoProvider));
    assert_eq!(bed.trail(id).await, [AuditKind::JobCreated, AuditKind::JobStarted, AuditKind::JobFailed]);
    bed.engine.shutdown(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn what_a_dead_process_was_running_is_taken_over_at_once() {
    let mut bed = Bed::new().await;
    let (id, _) = bed.claimed().await;
    bed.reopen().await;
    bed.engine.start().unwrap();
    let job = bed.ended(id).await;
    assert_eq!((job.status, job.attempt), (JobStatus::Error, 2));
    assert_eq!(bed.trail(id).await[2..4], [AuditKind::WorkerLost, AuditKind::JobStarted]);
    assert!(bed.verified().await.is_empty());
    bed.engine.shutdown(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_record_opens_with_the_key_it_began_with_alone() {
    let bed = Bed::new().await;
    bed.engine.shutdown(Duration::ZERO).await;
    let config = || config(&bed.clock, &bed.dir);
    let (key, aside) = (config().key, bed.dir.path().join("aside.key"));
    std::fs::rename(&key, &aside).unwrap();
    let refused = Engine::open(config()).await;
    assert!(matches!(&refused, Err(EngineError::OtherKey { path }) if *path == key), "{refused:?}");
    std::fs::rename(&aside, &key).unwrap();
    Engine::open(config()).await.unwrap().shutdown(Duration::ZERO).await;
}

#[tokio::test]
async fn a_job_whose_workers_keep_dying_ends_with_its_story() {
    let mut bed = Bed::new().await;
    let (id, _) = bed.claimed().await;
    for _ in 0..3 {
        let lost = bed.engine.parts.store.job(bed.engine.owner(), id).await.unwrap().unwrap();
        bed.clock.turn(LEASE);
        let mut advance = Advance::new(lost.id, JobEvent::LeaseRanOut, Vec::new());
        advance.failed = true;
        bed.engine.parts.store.advance(advance).await.unwrap();
        let worker = bed.engine.parts.id(WorkerId::generate);
        assert_eq!(bed.engine.parts.store.claim(worker, LEASE, 1, &Scenario::ALL).await.unwrap().len(), 1);
    }
    bed.reopen().await;
    bed.engine.start().unwrap();
    assert_eq!(bed.ended(id).await.error.unwrap().code, JobErrorCode::TooManyAttempts);
    bed.engine.shutdown(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_job_that_was_paused_before_a_restart_can_be_confirmed_after_it() {
    let mut bed = Bed::new().await;
    let (id, person) = (bed.paused().await, bed.person().await);
    bed.reopen().await;
    let review = bed.engine.review(&person, id).await.unwrap();
    bed.engine.confirm(&person, id, review.hold, review.hash).await.unwrap();
    assert!(bed.verified().await.is_empty());
}

#[tokio::test]
async fn a_submit_that_died_is_settled_only_when_its_permit_is_over_and_never_sent_again() {
    let mut bed = Bed::new().await;
    let (job, epoch) = bed.claimed().await;
    let permit = bed.engine.parts.id(PermitId::generate);
    let ttl = bed.engine.parts.config.permit_ttl;
    let provider = "tables".parse().unwrap();
    let redeem =
        Redeem { job, epoch, permit, ttl, provider, booking: "A table".parse().unwrap(), charge: None };
    bed.engine.parts.store.redeem(redeem).await.unwrap();
    bed.reopen().await;
    bed.engine.start().unwrap();
    // Another job goes all the way while this one has to stand still.
    let other = bed.created().await.job_id;
    bed.ended(other).await;
    assert_eq!(bed.seen(job).await.status, JobStatus::Running);
    bed.clock.turn(ttl);
    bed.engine.wake();
    let ended = bed.ended(job).await;
    assert_eq!(ended.error.unwrap().code, JobErrorCode::SubmitOutcomeUnknown);
    let started = bed.trail(job).await.into_iter().filter(|kind| *kind == AuditKind::SubmitStarted);
    assert_eq!(started.count(), 1);
    assert!(bed.verified().await.is_empty());
    bed.engine.shutdown(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn waits_for_a_person_end_when_their_time_is_over() {
    let bed = Bed::new().await;
    let paused = bed.paused().await;
    let (helped, epoch) = bed.claimed().await;
    let until = bed.clock.now() + bed.engine.parts.config.person_ttl;
    let event = JobEvent::WantPerson { epoch, wanted: PersonWanted::Login, until };
    bed.engine.parts.store.advance(Advance::new(helped, event, Vec::new())).await.unwrap();
    assert_eq!(bed.seen(helped).await.status, JobStatus::NeedsLogin);
    assert!(bed.seen(helped).await.handoff_url.is_some());
    bed.engine.start().unwrap();
    bed.clock.turn(bed.engine.parts.config.hold_ttl);
    bed.engine.wake();
    for id in [paused, helped] {
        while !bed.trail(id).await.contains(&AuditKind::JobExpired) {
            let caller = bed.caller(Environment::Live);
            let seen = u64::try_from(bed.trail(id).await.len()).unwrap();
            bed.engine.watch(&caller, id, seen, Duration::from_secs(50)).await.unwrap();
        }
    }
    bed.engine.shutdown(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn jobs_run_though_housekeeping_fails() {
    const STUCK: &str = "CREATE TRIGGER stuck BEFORE DELETE ON sign_in_links \
         BEGIN SELECT RAISE(ABORT, 'the disk is in a mood'); END";
    let bed = Bed::new().await;
    let file = bed.dir.path().join("onegent.db");
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    sqlx::raw_sql(STUCK).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    bed.engine.sign_in_link().await.unwrap();
    bed.clock.turn(bed.engine.parts.config.link_ttl * 2);
    bed.engine.start().unwrap();
    let id = bed.created().await.job_id;
    assert_eq!(bed.ended(id).await.status, JobStatus::Error);
    bed.engine.shutdown(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn an_engine_that_was_not_stopped_says_that_it_failed() {
    let bed = Bed::new().await;
    bed.engine.start().unwrap();
    bed.engine.dispatcher.lock().unwrap().as_ref().unwrap().abort();
    bed.engine.failed().await;
}

#[tokio::test]
async fn an_engine_that_was_stopped_has_not_failed() {
    let bed = Bed::new().await;
    bed.engine.start().unwrap();
    bed.engine.shutdown(Duration::from_secs(5)).await;
    bed.engine.parts.signals.part_ended().await;
    let failed = tokio::time::timeout(Duration::ZERO, bed.engine.failed());
    assert!(failed.await.is_err());
}

#[tokio::test]
async fn an_idle_engine_sleeps_and_a_going_one_frees_its_watchers() {
    let bed = Bed::new().await;
    let id = bed.paused().await;
    bed.engine.start().unwrap();
    let caller = bed.caller(Environment::Live);
    let after = u64::try_from(bed.trail(id).await.len()).unwrap();
    let (watch, ()) = tokio::join!(bed.engine.watch(&caller, id, after, Duration::from_secs(50)), async {
        bed.engine.parts.stopping.cancel();
    });
    assert_eq!(
        code(watch),
        ErrorCode::BackendUnavailable,
        "an empty answer would be asked for again at once"
    );
    assert!(!bed.engine.watch(&caller, id, 0, Duration::ZERO).await.unwrap().events.is_empty());
    bed.engine.shutdown(Duration::from_secs(5)).await;
    assert_eq!(code(bed.engine.ping().await), ErrorCode::BackendUnavailable);
}
