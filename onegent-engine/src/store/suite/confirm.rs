//! A person says yes to exactly what they were shown.

use std::time::Duration;

use onegent_core::audit::AuditKind;
use onegent_core::charge::ChargeHash;
use onegent_core::id::{AccountId, SessionId, WorkerId};
use onegent_core::machine::{JobEvent, JobState, Refused};
use onegent_core::port::JobFilter;
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use onegent_core::text::Bounded;

use crate::store::record::HoldStatus;
use crate::store::{Advance, Confirm, StoreError};
use crate::testing::{Bench, FRESH, HOLD, LEASE, charge};
use crate::trail;

pub(crate) async fn a_confirmation_is_written_with_its_job_and_its_event(bench: &Bench) {
    let paused = bench.paused().await;
    let session = bench.session().await;
    bench.store.confirm(bench.confirmation(&paused, session)).await.unwrap();
    let read = bench.store.job(bench.account, paused.id).await.unwrap().unwrap();
    assert!(matches!(&read.state, JobState::Confirmed { approval, .. } if approval.session == session));
    assert_eq!(read.hold.unwrap().status, HoldStatus::Confirmed);
    let last = bench.store.audit(bench.account, paused.id, 0, 100).await.unwrap().pop().unwrap();
    assert_eq!(last.kind, AuditKind::ChargeConfirmed);
    assert_eq!(last.data["charge"], paused.hold.unwrap().hash.to_string());
}

pub(crate) async fn only_a_fresh_session_of_the_owner_confirms(bench: &Bench) {
    let session = bench.session().await;
    bench.clock.turn(FRESH);
    let paused = bench.paused().await;
    let right = bench.confirmation(&paused, bench.session().await);
    let other_hash: ChargeHash = charge("1.00").hash(paused.id);
    let wrong = [
        Confirm { session, ..right },
        Confirm { session: bench.id(SessionId::generate), ..right },
        Confirm { account: bench.id(AccountId::generate), ..right },
        Confirm { shown: other_hash, ..right },
        Confirm { hold: bench.paused().await.hold.unwrap().id, ..right },
    ];
    for wrong in wrong {
        let refused = bench.store.confirm(wrong).await;
        let no =
            matches!(refused, Err(StoreError::NotPermitted(_) | StoreError::Refused(Refused::OtherCharge)));
        assert!(no, "{wrong:?}: {refused:?}");
    }
    let still = bench.store.job(bench.account, paused.id).await.unwrap().unwrap();
    assert_eq!((still.version, still.hold.unwrap().status), (paused.version, HoldStatus::Open));
    bench.store.confirm(right).await.unwrap();
}

pub(crate) async fn an_offer_that_is_over_is_not_confirmed(bench: &Bench) {
    let paused = bench.paused().await;
    bench.clock.turn(HOLD);
    let late = bench.store.confirm(bench.confirmation(&paused, bench.session().await)).await;
    assert!(matches!(late, Err(StoreError::Refused(Refused::TooLate))), "{late:?}");
}

pub(crate) async fn another_charge_voids_the_confirmation(bench: &Bench) {
    let (record, epoch) = bench.running_confirmed().await;
    let before = record.hold.clone().unwrap();
    let again = bench.pause(record.id, epoch, charge("450.00")).await.unwrap();
    let now = again.hold.clone().unwrap();
    assert_ne!((now.id, now.hash), (before.id, before.hash));
    let page = bench.store.hold_page(bench.account, now.id).await.unwrap().unwrap();
    assert_eq!(page.replaces, Some(before.charge));
    let old = bench.store.redeem(bench.charge(&record, epoch)).await;
    assert!(matches!(old, Err(StoreError::NotPermitted(_))), "{old:?}");
    let session = bench.session().await;
    bench.store.confirm(bench.confirmation(&again, session)).await.unwrap();
    let (newest, epoch) = bench.claim_one().await;
    bench.store.redeem(bench.charge(&newest, epoch)).await.unwrap();
}

pub(crate) async fn a_job_that_ends_leaves_no_hold_open(bench: &Bench) {
    let session = bench.session().await;
    let declined = bench.paused().await;
    let hold = declined.hold.as_ref().unwrap().id;
    let decline =
        Advance::new(declined.id, JobEvent::Decline { hold }, trail::declined(hold, session).to_vec());
    let cancelled = bench.paused().await;
    let cancel = Advance::new(cancelled.id, JobEvent::Cancel, Vec::new());
    let expired = bench.paused().await;
    let expire = Advance::new(expired.id, JobEvent::Expire, Vec::new());
    let wanted = [
        (decline, HoldStatus::Declined, Duration::ZERO),
        (cancel, HoldStatus::Void, Duration::ZERO),
        (expire, HoldStatus::Expired, HOLD),
    ];
    for (end, status, after) in wanted {
        bench.clock.turn(after);
        let id = end.job;
        bench.store.advance(end).await.unwrap();
        assert_eq!(bench.store.job(bench.account, id).await.unwrap().unwrap().hold.unwrap().status, status);
    }
}

pub(crate) async fn a_confirmation_that_nobody_claims_is_overdue_when_its_offer_ends(bench: &Bench) {
    let paused = bench.paused().await;
    let session = bench.session().await;
    bench.store.confirm(bench.confirmation(&paused, session)).await.unwrap();
    let ends = paused.hold.unwrap().expires_at;
    assert!(bench.store.overdue(10).await.unwrap().is_empty());
    assert_eq!(bench.store.next_due(&[]).await.unwrap(), Some(ends));
    bench.clock.turn(HOLD);
    let overdue = bench.store.overdue(10).await.unwrap();
    assert_eq!(overdue.iter().map(|record| record.id).collect::<Vec<_>>(), [paused.id]);
    assert!(
        bench.store.claim(bench.id(WorkerId::generate), LEASE, 10, &Scenario::ALL).await.unwrap().is_empty()
    );
    let last = bench.store.audit(bench.account, paused.id, 0, 100).await.unwrap().pop().unwrap();
    assert_eq!(last.kind, AuditKind::JobExpired);
    assert!(last.message.as_str().contains("confirmed offer ended"), "{}", last.message);
}

pub(crate) async fn a_wait_that_is_over_is_listed_as_expired(bench: &Bench) {
    bench.running().await;
    bench.paused().await;
    let confirmed = bench.paused().await;
    let session = bench.session().await;
    bench.store.confirm(bench.confirmation(&confirmed, session)).await.unwrap();
    let (limit, mut listed) = (Bounded::new(10).unwrap(), Vec::new());
    for passed in [Duration::ZERO, HOLD] {
        bench.clock.turn(passed);
        for status in [JobStatus::PausedPayment, JobStatus::Running, JobStatus::Expired] {
            let filter = JobFilter { status: Some(status), scenario: None, limit, cursor: None };
            listed.push(bench.store.jobs(bench.account, None, &filter).await.unwrap().len());
        }
    }
    assert_eq!(listed, [1, 2, 0, 0, 1, 2], "a run is no wait, though its lease is over");
}
