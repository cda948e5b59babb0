//! The one permit.

use std::sync::Arc;

use onegent_core::id::{PermitId, WorkerId};
use onegent_core::job::JobErrorCode;
use onegent_core::machine::{JobEvent, JobState, Outcome, Permit, PersonWanted, Refused, SubmitKind};
use onegent_core::time::Clock as _;

use crate::agent::{ControlError, Note, SubmitIntent};
use crate::job_error::job_error;
use crate::payment;
use crate::store::record::{HoldRecord, HoldStatus};
use crate::store::{Advance, ByHand, StoreError};
use crate::testing::{Bench, HOLD, LEASE, PERMIT, charge};

pub(crate) async fn at_most_one_of_many_redeems_wins(bench: &Bench) {
    let (reserve, epoch) = bench.running().await;
    let (charged, charged_epoch) = bench.running_confirmed().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        for redeem in [bench.reserve(reserve.id, epoch), bench.charge(&charged, charged_epoch)] {
            let store = Arc::clone(&bench.store);
            tasks.spawn(async move { (redeem.job, store.redeem(redeem).await.is_ok()) });
        }
    }
    let won: Vec<_> = tasks.join_all().await.into_iter().filter(|(_, won)| *won).collect();
    assert_eq!(won.len(), 2, "one per job: {won:?}");
    assert_ne!(won[0].0, won[1].0);
    let read = bench.store.job(bench.account, charged.id).await.unwrap().unwrap();
    assert!(matches!(read.state, JobState::Submitting { .. }));
    assert_eq!(read.hold.unwrap().status, HoldStatus::Redeemed);
}

pub(crate) async fn a_hand_submits_once_and_then_nobody_ever(bench: &Bench) {
    let session = bench.session().await;
    let paused = bench.paused().await;
    let (running, epoch) = bench.running().await;
    let hand = |job| ByHand {
        job,
        session,
        worker: bench.id(WorkerId::generate),
        permit: bench.id(PermitId::generate),
        ttl: PERMIT,
    };
    // Not out of a run's hands.
    assert!(bench.store.submit_by_hand(hand(running.id)).await.is_err());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (store, hand) = (Arc::clone(&bench.store), hand(paused.id));
        tasks.spawn(async move { store.submit_by_hand(hand).await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|won| *won).count(), 1);
    let read = bench.store.job(bench.account, paused.id).await.unwrap().unwrap();
    let JobState::Submitting { permit, .. } = &read.state else { panic!("{:?}", read.state) };
    let hold = read.hold.clone().unwrap();
    assert_eq!(permit.kind, SubmitKind::Charge { hold: hold.id, charge: hold.hash });
    assert_eq!(hold.status, HoldStatus::Redeemed);
    assert!(bench.store.confirm(bench.confirmation(&paused, session)).await.is_err());
    let wanted = PersonWanted::Captcha;
    let until = bench.clock.now() + LEASE;
    let want = JobEvent::WantPerson { epoch, wanted, until };
    bench.store.note(running.id, epoch, on_a_site()).await.unwrap();
    bench.store.advance(Advance::new(running.id, want, Vec::new())).await.unwrap();
    bench.store.submit_by_hand(hand(running.id)).await.unwrap();
    assert!(bench.store.submit_by_hand(hand(running.id)).await.is_err());
    let helped = Advance::new(running.id, JobEvent::PersonHelped, Vec::new());
    assert!(bench.store.advance(helped).await.is_err(), "the agent never goes on");
}

fn on_a_site() -> Note {
    Note { provider: Some("stay".parse().unwrap()), ..Note::default() }
}

pub(crate) async fn a_hand_comes_too_late_for_an_offer_that_is_over(bench: &Bench) {
    let (session, paused) = (bench.session().await, bench.paused().await);
    bench.clock.turn(HOLD);
    let hand = ByHand {
        job: paused.id,
        session,
        worker: bench.id(WorkerId::generate),
        permit: bench.id(PermitId::generate),
        ttl: PERMIT,
    };
    assert!(bench.store.submit_by_hand(hand).await.is_err());
}

pub(crate) async fn a_stale_epoch_gets_no_permit(bench: &Bench) {
    let (record, old) = bench.running().await;
    bench.clock.turn(LEASE);
    bench.store.advance(Advance::new(record.id, JobEvent::LeaseRanOut, Vec::new())).await.unwrap();
    let (_, new) = bench.claim_one().await;
    assert_refused(&bench.store.redeem(bench.reserve(record.id, old)).await);
    bench.store.redeem(bench.reserve(record.id, new)).await.unwrap();
}

pub(crate) async fn a_lease_that_is_over_gets_no_permit(bench: &Bench) {
    let (record, epoch) = bench.running().await;
    bench.clock.turn(LEASE);
    assert_refused(&bench.store.redeem(bench.reserve(record.id, epoch)).await);
}

pub(crate) async fn a_confirmation_that_is_over_gets_no_permit(bench: &Bench) {
    let (record, epoch) = bench.running_confirmed().await;
    let mut left = HOLD;
    while left > LEASE / 2 {
        bench.clock.turn(LEASE / 2);
        left -= LEASE / 2;
        bench.store.renew(record.id, epoch, LEASE).await.unwrap();
    }
    bench.clock.turn(left);
    assert_refused(&bench.store.redeem(bench.charge(&record, epoch)).await);
}

pub(crate) async fn another_charge_than_the_confirmed_one_gets_no_permit(bench: &Bench) {
    for (read, fits) in [("450.00", false), ("412.51", false), ("412.50", true)] {
        let (record, epoch) = bench.running_confirmed().await;
        let confirmation = payment::carried(&record).unwrap().unwrap();
        let intent = SubmitIntent::Charge { confirmation, read: charge(read) };
        let id = bench.id(PermitId::generate);
        let permit = payment::redeem(&*bench.store, record.id, epoch, intent, id, PERMIT).await;
        match permit {
            Ok(_) => assert!(fits, "{read}"),
            // Before the store is asked at all.
            Err(ControlError::NotPermitted(why)) => {
                assert!(!fits && why == "the charge is not the one that was confirmed", "{read}: {why}");
            }
            Err(error) => panic!("{read}: {error}"),
        }
    }
    // The store alone refuses as well, whatever was compared before.
    let (record, epoch) = bench.running_confirmed().await;
    let mut redeem = bench.charge(&record, epoch);
    redeem.charge = Some((record.hold.unwrap().id, charge("450.00").hash(record.id)));
    assert_refused(&bench.store.redeem(redeem).await);
}

pub(crate) async fn a_confirmation_that_its_hold_does_not_bear_out_is_none(bench: &Bench) {
    let (record, _) = bench.running_confirmed().await;
    assert!(payment::carried(&record).unwrap().is_some());
    let other = bench.paused().await.hold.unwrap();
    let changes: [fn(&mut HoldRecord, HoldRecord); 4] = [
        |hold, other| hold.id = other.id,
        |hold, _| hold.status = HoldStatus::Open,
        |hold, other| hold.hash = other.hash,
        |hold, _| hold.charge = charge("450.00"),
    ];
    for (nth, change) in changes.into_iter().enumerate() {
        let mut bent = record.clone();
        change(bent.hold.as_mut().unwrap(), other.clone());
        assert!(payment::carried(&bent).is_err(), "{nth}");
    }
    let mut without = record.clone();
    without.hold = None;
    assert!(payment::carried(&without).is_err());
}

pub(crate) async fn a_charge_without_a_confirmation_gets_no_permit(bench: &Bench) {
    let paused = bench.paused().await;
    let epoch = paused.state.turn().unwrap().epoch;
    assert_refused(&bench.store.redeem(bench.charge(&paused, epoch)).await);
    let (running, epoch) = bench.running().await;
    let mut foreign = bench.charge(&paused, epoch);
    foreign.job = running.id;
    assert_refused(&bench.store.redeem(foreign).await);
}

pub(crate) async fn a_confirmed_run_gets_no_permit_to_reserve(bench: &Bench) {
    let (record, epoch) = bench.running_confirmed().await;
    assert_refused(&bench.store.redeem(bench.reserve(record.id, epoch)).await);
}

pub(crate) async fn a_submit_is_permitted_once_in_a_jobs_life(bench: &Bench) {
    let (record, epoch) = bench.running().await;
    bench.store.redeem(bench.reserve(record.id, epoch)).await.unwrap();
    bench.clock.turn(PERMIT);
    let given_back = Advance::new(record.id, JobEvent::LeaseRanOut, Vec::new());
    let refused = bench.store.advance(given_back).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refused::SubmitBegun))), "{refused:?}");
    assert_refused(&bench.store.redeem(bench.reserve(record.id, epoch)).await);
    assert!(bench.store.take_in_hand(record.id, LEASE).await.unwrap());
    assert!(!bench.store.take_in_hand(record.id, LEASE).await.unwrap(), "somebody else asks already");
    let error = job_error(JobErrorCode::SubmitOutcomeUnknown, "Look at the site.");
    let event = JobEvent::Reconcile { outcome: Outcome::Error { error } };
    bench.store.advance(Advance::new(record.id, event, Vec::new())).await.unwrap();
    assert_refused(&bench.store.redeem(bench.reserve(record.id, epoch)).await);
}

pub(crate) async fn of_cancel_and_redeem_one_wins(bench: &Bench) {
    for _ in 0..20 {
        let (record, epoch) = bench.running_confirmed().await;
        let cancel = Advance::new(record.id, JobEvent::Cancel, Vec::new());
        let (permit, cancelled) =
            tokio::join!(bench.store.redeem(bench.charge(&record, epoch)), bench.store.advance(cancel));
        assert_ne!(permit.is_ok(), cancelled.is_ok(), "{permit:?} {cancelled:?}");
    }
}

fn assert_refused(result: &Result<Permit, StoreError>) {
    assert!(matches!(result, Err(StoreError::NotPermitted(_))), "{result:?}");
}
