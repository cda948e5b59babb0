//! Jobs come in, are claimed, and move.

use std::collections::BTreeSet;
use std::time::Duration;

use onegent_core::audit::{AuditDraft, AuditKind, verify_chain};
use onegent_core::id::WorkerId;
use onegent_core::job::JobErrorCode;
use onegent_core::machine::{JobEvent, JobState, Outcome, PersonWanted, Refused};
use onegent_core::port::JobFilter;
use onegent_core::request::Scenario;
use onegent_core::site::SiteUrl;
use onegent_core::text::Bounded;
use onegent_core::time::Clock;

use crate::agent::Note;
use crate::job_error::job_error;
use crate::store::{Advance, CreateOutcome, JobQuota, NewJob, OverQuota, StoreError};
use crate::testing::{Bench, LEASE, ROOM};

pub(crate) async fn a_job_and_its_first_event_are_there_together(bench: &Bench) {
    let made = bench.queued().await;
    let read = bench.store.job(bench.account, made.id).await.unwrap().unwrap();
    assert_eq!((read.head, &read.state, read.version), (made.head, &made.state, 1));
    let events = bench.store.audit(bench.account, made.id, 0, 10).await.unwrap();
    assert_eq!(events.iter().map(|event| event.kind).collect::<Vec<_>>(), [AuditKind::JobCreated]);
    assert_eq!(verify_chain(made.id, &events, read.head), Ok(()));
}

pub(crate) async fn one_key_makes_one_job_however_often_it_comes(bench: &Bench) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let mut new = bench.new_job();
        new.idempotency = Some(("dinner".to_owned(), "same".to_owned()));
        let store = std::sync::Arc::clone(&bench.store);
        tasks.spawn(async move { store.create(new, ROOM).await.unwrap() });
    }
    let (mut ids, mut created) = (BTreeSet::new(), 0);
    for outcome in tasks.join_all().await {
        match outcome {
            CreateOutcome::Created(record) => {
                created += 1;
                ids.insert(record.id);
            }
            CreateOutcome::Replayed(record) => drop(ids.insert(record.id)),
            CreateOutcome::OtherRequest => panic!("it was the same request"),
        }
    }
    assert_eq!((ids.len(), created), (1, 1));
}

pub(crate) async fn the_same_key_with_another_request_is_refused(bench: &Bench) {
    for (fingerprint, fits) in [("one", true), ("one", true), ("other", false)] {
        let mut new = bench.new_job();
        new.idempotency = Some(("dinner".to_owned(), fingerprint.to_owned()));
        let outcome = bench.store.create(new, ROOM).await.unwrap();
        assert_eq!(!matches!(outcome, CreateOutcome::OtherRequest), fits, "{fingerprint}");
    }
}

pub(crate) async fn a_full_queue_takes_nothing_more(bench: &Bench) {
    bench.queued().await;
    assert!(matches!(
        bench.store.create(bench.new_job(), JobQuota { open: 1, ..ROOM }).await,
        Err(StoreError::Full)
    ));
    let (record, epoch) = bench.claim_one().await;
    finish(bench, record.id, epoch).await.unwrap();
    assert!(bench.store.create(bench.new_job(), JobQuota { open: 1, ..ROOM }).await.is_ok());
}

async fn finish(bench: &Bench, job: onegent_core::id::JobId, epoch: u64) -> Result<(), StoreError> {
    let error = job_error(JobErrorCode::ProviderUnreachable, "The site is down.");
    let event = JobEvent::Finish { epoch, outcome: Outcome::Error { error } };
    bench.store.advance(Advance::new(job, event, Vec::new())).await.map(drop)
}

pub(crate) async fn an_accounts_quotas_are_its_own(bench: &Bench) {
    let quota = JobQuota { open_of_account: 2, a_day: 3, ..ROOM };
    let refused = async |why| {
        let refused = bench.store.create(bench.new_job(), quota).await;
        assert!(matches!(refused, Err(StoreError::OverQuota(over)) if over == why), "{refused:?}");
    };
    let CreateOutcome::Created(first) = bench.store.create(bench.new_job(), quota).await.unwrap() else {
        panic!("not created")
    };
    bench.store.create(bench.new_job(), quota).await.unwrap();
    refused(OverQuota::Open).await;
    bench.store.advance(Advance::new(first.id, JobEvent::Cancel, Vec::new())).await.unwrap();
    bench.store.create(bench.new_job(), quota).await.unwrap();
    let other = bench.another().await;
    let theirs = crate::store::record::NewJob { account: other.0, person: other.1, ..bench.new_job() };
    bench.store.create(theirs, quota).await.unwrap();

    let roomy = JobQuota { open_of_account: 100, ..quota };
    let refused = bench.store.create(bench.new_job(), roomy).await;
    assert!(matches!(refused, Err(StoreError::OverQuota(OverQuota::Day))), "{refused:?}");
    bench.clock.turn(Duration::from_hours(24));
    bench.store.create(bench.new_job(), roomy).await.unwrap();
}

pub(crate) async fn each_job_is_claimed_once_by_many_workers(bench: &Bench) {
    let mut wanted = BTreeSet::new();
    for _ in 0..40 {
        wanted.insert(bench.queued().await.id);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (store, worker) = (std::sync::Arc::clone(&bench.store), bench.id(WorkerId::generate));
        tasks.spawn(async move { store.claim(worker, LEASE, 4, &Scenario::ALL).await.unwrap() });
    }
    let claimed: Vec<_> = tasks.join_all().await.into_iter().flatten().map(|record| record.id).collect();
    assert_eq!(claimed.len(), 40);
    assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), wanted);
}

/// As many as `ONEGENT_TEST_JOBS` says; it tells how long it took, which `--nocapture` shows.
pub(crate) async fn sixteen_workers_share_many_jobs_and_lose_none(bench: &Bench) {
    const WORKERS: usize = 16;
    let jobs = std::env::var("ONEGENT_TEST_JOBS").map_or(320, |jobs| jobs.parse().unwrap());
    let room = JobQuota { open: u64::MAX, open_of_account: u64::MAX, a_day: u64::MAX };
    let begun = tokio::time::Instant::now();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..WORKERS {
        let store = std::sync::Arc::clone(&bench.store);
        let wishes: Vec<_> = (0..jobs / WORKERS).map(|_| bench.new_job()).collect();
        callers.spawn(async move {
            for wish in wishes {
                store.create(wish, room).await.unwrap();
            }
        });
    }
    callers.join_all().await;
    let made = begun.elapsed();
    let begun = tokio::time::Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..WORKERS {
        let (store, worker) = (std::sync::Arc::clone(&bench.store), bench.id(WorkerId::generate));
        workers.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claimed = store.claim(worker, LEASE, 4, &Scenario::ALL).await.unwrap();
                if claimed.is_empty() {
                    return mine;
                }
                mine.extend(claimed.into_iter().map(|record| record.id));
            }
        });
    }
    let claimed: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    eprintln!("{jobs} jobs: made in {made:?}, claimed in {:?}", begun.elapsed());
    assert_eq!(claimed.len(), jobs / WORKERS * WORKERS);
    assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), claimed.len());
}

pub(crate) async fn accounts_take_turns(bench: &Bench) {
    for _ in 0..20 {
        bench.queued().await;
    }
    let other = bench.another().await;
    let theirs = || crate::store::record::NewJob { account: other.0, person: other.1, ..bench.new_job() };
    let mut waited = Vec::new();
    for _ in 0..2 {
        // Ten of ours are done meanwhile: nobody is put back for having been away, nor preferred for long.
        for _ in 0..2 {
            bench.store.create(theirs(), ROOM).await.unwrap();
        }
        let mut ours = 0;
        for _ in 0..10 {
            let (claimed, _) = bench.claim_one().await;
            if claimed.account == other.0 {
                waited.push(ours);
            } else {
                ours += 1;
            }
        }
    }
    assert_eq!(waited.len(), 4);
    assert!(waited.iter().zip([1, 2, 1, 2]).all(|(ours, most)| *ours <= most), "{waited:?}");
}

pub(crate) async fn a_worker_takes_only_its_scenarios(bench: &Bench) {
    bench.queued().await;
    let worker = bench.id(WorkerId::generate);
    let others = [Scenario::Hotel, Scenario::Flight, Scenario::Activity];
    assert_eq!(bench.store.next_due(&others).await.unwrap(), None);
    assert!(bench.store.claim(worker, LEASE, 1, &others).await.unwrap().is_empty());
    assert!(bench.store.next_due(&[Scenario::Restaurant]).await.unwrap().is_some());
    assert_eq!(bench.store.claim(worker, LEASE, 1, &[Scenario::Restaurant]).await.unwrap().len(), 1);
}

pub(crate) async fn what_a_person_waits_for_is_claimed_first(bench: &Bench) {
    let paused = bench.paused().await;
    bench.queued().await;
    bench.clock.turn(Duration::from_mins(1));
    let session = bench.session().await;
    bench.store.confirm(bench.confirmation(&paused, session)).await.unwrap();
    let (first, _) = bench.claim_one().await;
    assert_eq!(first.id, paused.id);
    assert!(first.approval().is_some());
}

pub(crate) async fn a_stale_epoch_writes_nothing(bench: &Bench) {
    let (record, old) = bench.running().await;
    bench.clock.turn(LEASE);
    let lost = Advance::new(record.id, JobEvent::LeaseRanOut, Vec::new());
    bench.store.advance(lost).await.unwrap();
    let (_, new) = bench.claim_one().await;
    assert_eq!(new, old + 1);
    let before = bench.store.job(bench.account, record.id).await.unwrap().unwrap();
    let note = || Note { events: vec![AuditDraft::new(AuditKind::StepStarted, "x")], ..Note::default() };
    let refused = [
        bench.store.note(record.id, old, note()).await,
        bench.store.renew(record.id, old, LEASE).await,
        finish(bench, record.id, old).await,
    ];
    for refused in refused {
        assert!(matches!(refused, Err(StoreError::Refused(Refused::LeaseLost))), "{refused:?}");
    }
    let after = bench.store.job(bench.account, record.id).await.unwrap().unwrap();
    assert_eq!((after.version, after.head), (before.version, before.head));
    bench.store.note(record.id, new, note()).await.unwrap();
}

pub(crate) async fn what_may_not_be_claimed_yet_is_passed_over(bench: &Bench) {
    let (early, epoch) = bench.running().await;
    let not_before = bench.clock.now() + Duration::from_micros(500);
    let release = JobEvent::Release { epoch, not_before };
    bench.store.advance(Advance::new(early.id, release, Vec::new())).await.unwrap();
    let ready = bench.queued().await;
    let claimed = bench.store.claim(bench.id(WorkerId::generate), LEASE, 2, &Scenario::ALL).await.unwrap();
    assert_eq!(claimed.iter().map(|record| record.id).collect::<Vec<_>>(), [ready.id]);
    bench.clock.turn(Duration::from_millis(1));
    assert_eq!(bench.claim_one().await.0.id, early.id);
}

pub(crate) async fn a_renewed_lease_is_not_overdue(bench: &Bench) {
    let (record, epoch) = bench.running().await;
    bench.clock.turn(LEASE / 2);
    bench.store.renew(record.id, epoch, LEASE).await.unwrap();
    bench.clock.turn(LEASE / 2);
    assert!(bench.store.overdue(10).await.unwrap().is_empty());
    assert_eq!(bench.store.next_due(&[]).await.unwrap(), Some(bench.clock.now() + LEASE / 2));
    bench.clock.turn(LEASE / 2);
    let overdue = bench.store.overdue(10).await.unwrap();
    assert_eq!(overdue.iter().map(|record| record.id).collect::<Vec<_>>(), [record.id]);
}

pub(crate) async fn jobs_come_in_pages_newest_first(bench: &Bench) {
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.insert(0, bench.queued().await.id);
        bench.clock.turn(Duration::from_millis(1));
    }
    let mut filter =
        JobFilter { status: None, scenario: None, limit: Bounded::new(2).unwrap(), cursor: None };
    let page = |records: Vec<_>| {
        records.iter().map(|record: &crate::store::record::JobRecord| record.id).collect::<Vec<_>>()
    };
    let first = page(bench.store.jobs(bench.account, None, &filter).await.unwrap());
    assert_eq!(first, ids[..3], "one more than asked for says that there is more");
    filter.cursor = Some(ids[3]);
    assert_eq!(page(bench.store.jobs(bench.account, None, &filter).await.unwrap()), ids[4..]);
    filter.status = Some(onegent_core::status::JobStatus::Done);
    assert!(bench.store.jobs(bench.account, None, &filter).await.unwrap().is_empty());
}

pub(crate) async fn waiting_for_a_person_is_no_work(bench: &Bench) {
    let (record, epoch) = bench.running().await;
    bench.clock.turn(Duration::from_secs(20));
    let until = bench.clock.now() + Duration::from_hours(1);
    let event = JobEvent::WantPerson { epoch, wanted: PersonWanted::Login, until };
    bench.store.advance(Advance::new(record.id, event, Vec::new())).await.unwrap();
    bench.clock.turn(Duration::from_mins(30));
    let helped = Advance::new(record.id, JobEvent::PersonHelped, Vec::new());
    let helped = bench.store.advance(helped).await.unwrap();
    assert_eq!(helped.worked.as_secs(), 20);
    assert!(matches!(helped.state, JobState::Queued { .. }));
}

pub(crate) async fn the_record_is_counted_by_state(bench: &Bench) {
    let none = bench.store.counts().await.unwrap();
    assert_eq!((none.open, none.jobs_in("queued"), none.queued_for), (0, 0, Duration::ZERO));
    let (ended, epoch) = bench.running().await;
    finish(bench, ended.id, epoch).await.unwrap();
    bench.paused().await;
    bench.running().await;
    bench.queued().await;
    bench.clock.turn(Duration::from_secs(7));
    bench.queued().await;
    let counts = bench.store.counts().await.unwrap();
    let states = ["queued", "running", "paused_payment", "submitting"].map(|state| counts.jobs_in(state));
    assert_eq!((counts.open, states), (4, [2, 1, 1, 0]));
    assert_eq!((counts.queued_for, counts.confirmed_for), (Duration::from_secs(7), Duration::ZERO));
    assert_eq!((counts.messages_waiting, counts.messages_dead), (0, 0));
}

pub(crate) async fn guests_are_forgotten_when_their_time_is_over(bench: &Bench) {
    let new = bench.new_job();
    let site = Some("https://tables.example.com/for/ana?booking=7".parse().unwrap());
    bench.store.create(NewJob { request: new.request.clone().on(site), ..new }, ROOM).await.unwrap();
    let (ended, epoch) = bench.claim_one().await;
    finish(bench, ended.id, epoch).await.unwrap();
    let open = bench.queued().await;
    assert_eq!(bench.store.forget(bench.clock.now()).await.unwrap(), 0, "it ended just now");
    bench.clock.turn(Duration::from_secs(1));
    assert_eq!(bench.store.forget(bench.clock.now()).await.unwrap(), 1);
    let kept = bench.store.job(bench.account, ended.id).await.unwrap().unwrap();
    assert!(kept.guest.is_none());
    assert_eq!(kept.request.site().map(SiteUrl::as_str), Some("https://tables.example.com/"));
    assert!(bench.store.job(bench.account, open.id).await.unwrap().unwrap().guest.is_some());
}

pub(crate) async fn outcomes_are_counted_per_provider(bench: &Bench) {
    let provider = "tables".parse().unwrap();
    for seconds in [1, 5, 9] {
        let (record, epoch) = bench.running().await;
        let note = Note { provider: Some("tables".parse().unwrap()), ..Note::default() };
        bench.store.note(record.id, epoch, note).await.unwrap();
        bench.clock.turn(Duration::from_secs(seconds));
        finish(bench, record.id, epoch).await.unwrap();
    }
    let since = bench.clock.now() - Duration::from_hours(1);
    let outcomes = bench.store.outcomes(&provider, since).await.unwrap();
    assert_eq!((outcomes.errors, outcomes.total(), outcomes.median_ms), (3, 3, 5000));
    assert_eq!(bench.store.outcomes(&"other".parse().unwrap(), since).await.unwrap().total(), 0);
}
