//! People: invitations, second factors, removal, erasure, and who sees whose rows.

use std::sync::Arc;
use std::time::Duration;

use onegent_core::account::{Role, SecurityEvent, SecurityEventKind};
use onegent_core::id::{AccountId, HoldId, JobId, PersonId, ProfileId, SecurityEventId};
use onegent_core::machine::JobEvent;
use onegent_core::time::Clock;

use crate::store::accounts::{NewAccess, NewPerson, Proof, Taken};
use crate::store::{Advance, Confirm, StoreError};
use crate::testing::{Bench, FRESH, LEASE};
use crate::vault::Sealed;

pub(crate) async fn an_invitation_makes_one_person(bench: &Bench) {
    bench.clock.turn(Duration::from_millis(1));
    bench.store.add_invitation(bench.account, "invitation".to_owned(), Role::Member, LEASE).await.unwrap();
    assert!(bench.store.invited("invitation").await.unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..20 {
        let (store, session) = (Arc::clone(&bench.store), bench.new_session(format!("cookie {n}")));
        let by = NewAccess::Password { email: format!("{n}@example.com"), hash: String::new() };
        let person = NewPerson { id: bench.id(PersonId::generate), invitation: "invitation".to_owned(), by };
        tasks.spawn(async move { store.join(person, session).await.unwrap() });
    }
    let (joined, refused): (Vec<_>, Vec<_>) = tasks.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((joined.len(), refused.len()), (1, 19));
    assert!(refused.into_iter().all(|refused| refused.unwrap_err() == Taken::Invitation));
    let people = bench.store.people(bench.account).await.unwrap();
    assert_eq!(people.iter().map(|person| person.role).collect::<Vec<_>>(), [Role::Owner, Role::Member]);

    bench.store.add_invitation(bench.account, "late".to_owned(), Role::Member, LEASE).await.unwrap();
    bench.clock.turn(LEASE);
    assert!(!bench.store.invited("late").await.unwrap());
}

pub(crate) async fn an_address_is_one_persons(bench: &Bench) {
    bench.join(bench.account, Role::Member, "ana@example.com").await;
    bench.store.add_invitation(bench.account, "second".to_owned(), Role::Member, LEASE).await.unwrap();
    let by = NewAccess::Password { email: "ana@example.com".to_owned(), hash: String::new() };
    let person = NewPerson { id: bench.id(PersonId::generate), invitation: "second".to_owned(), by };
    let refused = bench.store.join(person, bench.new_session("cookie")).await.unwrap();
    assert_eq!(refused.unwrap_err(), Taken::Name);
    assert!(bench.store.invited("second").await.unwrap(), "a refused person uses nothing up");

    let session = bench.session().await;
    let set = async |email: &str| {
        let (email, hash) = (email.to_owned(), "hash".to_owned());
        bench.store.set_password(bench.account, bench.person, email, hash, session).await.unwrap()
    };
    assert!(!set("ana@example.com").await);
    assert!(set("owner@example.com").await && set("owner@example.com").await);
    let found = bench.store.person_by_email("owner@example.com").await.unwrap().unwrap();
    assert_eq!((found.id, found.password.as_deref()), (bench.person, Some("hash")));
}

pub(crate) async fn another_accounts_rows_are_as_ones_that_never_were(bench: &Bench) {
    let (other, other_person) = bench.another().await;
    let paused = bench.paused().await;
    let hold = paused.hold.as_ref().unwrap().id;
    let (profile, session) = (bench.id(ProfileId::generate), bench.session().await);
    bench.store.add_profile(bench.account, profile, Sealed::kept("v1.x"), true).await.unwrap();
    let never = (bench.id(JobId::generate), bench.id(HoldId::generate), bench.id(ProfileId::generate));
    for (job, hold, profile) in [(paused.id, hold, profile), never] {
        assert!(bench.store.job(other, job).await.unwrap().is_none());
        assert!(bench.store.audit(other, job, 0, 10).await.unwrap().is_empty());
        assert!(bench.store.hold_page(other, hold).await.unwrap().is_none());
        let refused = bench.store.set_default_profile(other, Some(profile)).await;
        assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
        let refused = bench.store.delete_profile(other, profile).await;
        assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
    }
    assert!(bench.store.profiles(other).await.unwrap().is_empty());
    assert!(bench.store.people(other).await.unwrap().iter().all(|person| person.id == other_person));
    assert!(bench.store.sessions(other, bench.person).await.unwrap().is_empty());
    assert!(!bench.store.end_session_of(other, other_person, session).await.unwrap());
    assert!(!bench.store.end_session_of(other, bench.person, session).await.unwrap());
    let refused = bench.store.remove_person(other, bench.person).await;
    assert!(refused.is_err(), "{refused:?}");
    let refused = bench.store.open_session(other, bench.person, bench.new_session("foreign")).await;
    assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
    let refused = bench.store.set_code_secret(other, bench.person, "x".to_owned()).await;
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(bench.store.sessions(bench.account, bench.person).await.unwrap().len(), 1);
    let guessed = bench.id(AccountId::generate);
    assert!(bench.store.account(guessed).await.unwrap().is_none());
}

pub(crate) async fn somebody_who_is_removed_has_nothing_left(bench: &Bench) {
    let member = bench.join(bench.account, Role::Member, "ana@example.com").await;
    let cookie = bench.new_session("another");
    bench.store.open_session(bench.account, member.person, cookie).await.unwrap();
    let refused = bench.store.remove_person(bench.account, bench.person).await;
    assert!(matches!(refused, Err(StoreError::NotPermitted(_))), "the last owner stays: {refused:?}");
    bench.store.remove_person(bench.account, member.person).await.unwrap();
    assert!(bench.store.session("another").await.unwrap().is_none());
    assert!(bench.store.person_by_email("ana@example.com").await.unwrap().is_none());
    assert!(matches!(
        bench.store.remove_person(bench.account, member.person).await,
        Err(StoreError::NotFound)
    ));
    bench.join(bench.account, Role::Member, "ana@example.com").await;
}

pub(crate) async fn a_code_counts_once(bench: &Bench) {
    let session = bench.session().await;
    let (account, person) = (bench.account, bench.person);
    let use_code = async |proof| bench.store.use_code(person, proof).await.unwrap();
    assert!(!use_code(Proof::Step(5)).await, "there is no second factor yet");
    bench.store.set_code_secret(account, person, "sealed".to_owned()).await.unwrap();
    let codes = vec!["first".to_owned(), "second".to_owned()];
    assert!(bench.store.begin_codes(account, person, session, 10, codes.clone()).await.unwrap());
    assert!(!bench.store.begin_codes(account, person, session, 11, codes).await.unwrap());
    assert!(bench.store.set_code_secret(account, person, "other".to_owned()).await.is_err());
    assert!(!use_code(Proof::Step(10)).await, "the code that turned it on is used up");
    assert!(use_code(Proof::Step(11)).await && !use_code(Proof::Step(11)).await);
    assert!(!use_code(Proof::Step(9)).await);
    assert!(use_code(Proof::Recovery("first".to_owned())).await);
    assert!(!use_code(Proof::Recovery("first".to_owned())).await);
    let me = bench.store.people(account).await.unwrap().remove(0);
    assert_eq!((me.has_codes, me.code_step, me.recovery_codes), (true, 11, 1));
    bench.store.end_codes(account, person).await.unwrap();
    assert!(!use_code(Proof::Step(12)).await);
    assert!(!use_code(Proof::Recovery("second".to_owned())).await);
}

pub(crate) async fn only_a_proven_session_confirms_where_the_account_wants_that(bench: &Bench) {
    let paused = bench.paused().await;
    let session = bench.session().await;
    bench.store.set_confirm_needs_code(bench.account, true).await.unwrap();
    let confirm = bench.confirmation(&paused, session);
    let refused = bench.store.confirm(confirm).await;
    assert!(matches!(refused, Err(StoreError::NotPermitted(_))), "{refused:?}");
    bench.store.prove(bench.account, session).await.unwrap();
    bench.clock.turn(LEASE);
    let stale = Confirm { proven: LEASE, ..confirm };
    assert!(matches!(bench.store.confirm(stale).await, Err(StoreError::NotPermitted(_))));
    bench.store.confirm(Confirm { proven: FRESH, ..confirm }).await.unwrap();
}

pub(crate) async fn only_whose_key_made_the_job_confirms(bench: &Bench) {
    let paused = bench.paused().await;
    let member = bench.join(bench.account, Role::Owner, "ana@example.com").await;
    let refused = bench.store.confirm(bench.confirmation(&paused, member.id)).await;
    assert!(matches!(refused, Err(StoreError::NotPermitted(_))), "{refused:?}");
    let session = bench.session().await;
    bench.store.confirm(bench.confirmation(&paused, session)).await.unwrap();
}

pub(crate) async fn the_security_log_is_its_accounts_and_has_an_end(bench: &Bench) {
    let (other, _) = bench.another().await;
    for (account, kind) in [
        (Some(bench.account), SecurityEventKind::SignedIn),
        (Some(other), SecurityEventKind::KeyCreated),
        (None, SecurityEventKind::SignInFailed),
    ] {
        let event = SecurityEvent {
            id: bench.id(SecurityEventId::generate),
            at: bench.clock.now(),
            kind,
            account,
            person: None,
            address: Some(std::net::Ipv4Addr::LOCALHOST.into()),
            subject: Some("laptop".parse().unwrap()),
        };
        bench.store.note_security(event).await.unwrap();
        bench.clock.turn(Duration::from_secs(1));
    }
    let kinds = async |account| {
        let events = bench.store.security_events(account, 10).await.unwrap();
        events.into_iter().map(|event| event.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(Some(bench.account)).await, [SecurityEventKind::SignedIn]);
    assert_eq!(kinds(None).await.len(), 3);
    assert_eq!(kinds(None).await[0], SecurityEventKind::SignInFailed);
    bench.store.forget_security(bench.clock.now() - Duration::from_secs(1)).await.unwrap();
    assert_eq!(kinds(None).await, [SecurityEventKind::SignInFailed]);
}

pub(crate) async fn an_erasure_leaves_nobodys_name(bench: &Bench) {
    let paused = bench.paused().await;
    let session = bench.session().await;
    bench.store.confirm(bench.confirmation(&paused, session)).await.unwrap();
    let profile = bench.id(ProfileId::generate);
    bench.store.add_profile(bench.account, profile, Sealed::kept("v1.x"), true).await.unwrap();
    let refused = bench.store.erase(bench.account).await;
    assert!(matches!(refused, Err(StoreError::NotPermitted(_))), "a job is open: {refused:?}");
    bench.store.advance(Advance::new(paused.id, JobEvent::Cancel, Vec::new())).await.unwrap();
    bench.store.erase(bench.account).await.unwrap();
    assert!(bench.store.people(bench.account).await.unwrap().is_empty());
    assert!(bench.store.profiles(bench.account).await.unwrap().is_empty());
    assert!(bench.store.sessions(bench.account, bench.person).await.unwrap().is_empty());
    let kept = bench.store.job(bench.account, paused.id).await.unwrap().unwrap();
    assert!(kept.guest.is_none());
    assert!(!bench.store.audit(bench.account, paused.id, 0, 10).await.unwrap().is_empty(), "the trail stays");
    assert!(bench.store.account(bench.account).await.unwrap().unwrap().erased);
    assert!(matches!(bench.store.erase(bench.account).await, Err(StoreError::NotFound)));
}
