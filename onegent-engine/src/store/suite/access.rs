//! Keys, links, sessions, profiles.

use std::sync::Arc;
use std::time::Duration;

use onegent_core::caller::{Environment, Scope};
use onegent_core::id::{AccountId, KeyId, ProfileId};
use onegent_core::port::KeyInfo;
use onegent_core::request::Scenario;
use onegent_core::time::Clock;

use crate::store::{NewKey, StoreError};
use crate::testing::{Bench, LEASE, SESSION};
use crate::vault::Sealed;

pub(crate) async fn a_sign_in_link_opens_one_session(bench: &Bench) {
    bench.store.add_sign_in_link(bench.account, bench.person, "link".to_owned(), LEASE).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..50 {
        let (store, new) = (Arc::clone(&bench.store), bench.new_session(format!("cookie {n}")));
        tasks.spawn(async move { store.sign_in("link", new).await.unwrap() });
    }
    assert_eq!(tasks.join_all().await.into_iter().flatten().count(), 1);

    bench.store.add_sign_in_link(bench.account, bench.person, "late".to_owned(), LEASE).await.unwrap();
    bench.clock.turn(LEASE);
    assert!(bench.store.sign_in("late", bench.new_session("cookie")).await.unwrap().is_none());
}

pub(crate) async fn a_session_ends_when_it_is_over_or_ended(bench: &Bench) {
    for link in ["a", "b"] {
        bench.store.add_sign_in_link(bench.account, bench.person, link.to_owned(), LEASE).await.unwrap();
        bench.store.sign_in(link, bench.new_session(format!("cookie {link}"))).await.unwrap().unwrap();
    }
    let ended = bench.store.end_session("cookie a").await.unwrap();
    assert_eq!(ended, Some((bench.account, bench.person)));
    assert_eq!(bench.store.end_session("cookie a").await.unwrap(), None);
    assert!(bench.store.session("cookie a").await.unwrap().is_none());
    assert!(bench.store.session("cookie b").await.unwrap().is_some());
    bench.clock.turn(SESSION);
    assert!(bench.store.session("cookie b").await.unwrap().is_none());
}

async fn new_key(bench: &Bench, hash: &str) -> KeyInfo {
    let info = KeyInfo {
        key_id: bench.id(KeyId::generate),
        name: "laptop".parse().unwrap(),
        environment: Environment::Test,
        scopes: Scope::ALL.to_vec(),
        scenarios: vec![Scenario::Hotel],
        ending: "abcd".to_owned(),
        created_at: bench.clock.now(),
        last_used_at: None,
        expires_at: None,
        revoked_at: None,
    };
    let (account, person) = (bench.account, bench.person);
    let new = NewKey { account, person, hash: hash.to_owned(), info: info.clone() };
    bench.store.add_key(new).await.unwrap();
    info
}

/// Also while many ask, who share statements; there are more of them than one statement has places for.
pub(crate) async fn a_look_up_sees_what_was_committed_before_it(bench: &Bench) {
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..40 {
        let hash = format!("hash {n}");
        let key = new_key(bench, &hash).await.key_id;
        let (store, account) = (Arc::clone(&bench.store), bench.account);
        tasks.spawn(async move {
            for revoked in [false, true, true] {
                let found = store.key(&hash).await.unwrap().unwrap();
                assert_eq!((found.info.key_id, found.info.revoked_at.is_some()), (key, revoked));
                assert!(store.key(&format!("not {hash}")).await.unwrap().is_none());
                store.revoke_key(account, key).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
}

pub(crate) async fn a_revoked_key_stays_revoked_and_its_use_is_noted_once_a_minute(bench: &Bench) {
    let info = new_key(bench, "hash").await;
    assert_eq!(bench.store.key("hash").await.unwrap().unwrap().info, info);
    assert!(bench.store.key("other").await.unwrap().is_none());

    let first = bench.clock.now();
    for (turned, noted) in [(0, first), (59, first), (1, first + Duration::from_mins(1))] {
        bench.clock.turn(Duration::from_secs(turned));
        bench.store.key_used(bench.account, info.key_id).await.unwrap();
        assert_eq!(bench.store.key("hash").await.unwrap().unwrap().info.last_used_at, Some(noted));
    }

    let stranger = bench.id(AccountId::generate);
    let refused = bench.store.revoke_key(stranger, info.key_id).await;
    assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
    let revoked_at = Some(bench.clock.now());
    for _ in 0..2 {
        bench.store.revoke_key(bench.account, info.key_id).await.unwrap();
        bench.clock.turn(LEASE);
        assert_eq!(bench.store.keys(bench.account).await.unwrap()[0].revoked_at, revoked_at);
    }
}

pub(crate) async fn a_rotated_key_ends_and_its_heir_allows_the_same(bench: &Bench) {
    let old = KeyInfo {
        key_id: bench.id(KeyId::generate),
        name: "laptop".parse().unwrap(),
        environment: Environment::Test,
        scopes: vec![Scope::Read],
        scenarios: vec![Scenario::Hotel],
        ending: "abcd".to_owned(),
        created_at: bench.clock.now(),
        last_used_at: None,
        expires_at: Some(bench.clock.now() + LEASE),
        revoked_at: None,
    };
    let new =
        NewKey { account: bench.account, person: bench.person, hash: "old".to_owned(), info: old.clone() };
    bench.store.add_key(new).await.unwrap();
    let rotate = async |account, n: usize| {
        let (fresh, hash) = (bench.id(KeyId::generate), format!("new {n}"));
        bench.store.rotate_key(account, old.key_id, fresh, hash, "wxyz".to_owned()).await
    };
    let stranger = bench.id(AccountId::generate);
    assert!(matches!(rotate(stranger, 0).await, Err(StoreError::NotFound)));
    let heir = rotate(bench.account, 1).await.unwrap();
    let expected = KeyInfo { key_id: heir.key_id, ending: "wxyz".to_owned(), ..old.clone() };
    assert_eq!(heir, expected);
    assert!(bench.store.key("old").await.unwrap().unwrap().info.revoked_at.is_some());
    assert_eq!(bench.store.key("new 1").await.unwrap().unwrap().person, bench.person);
    assert!(matches!(rotate(bench.account, 2).await, Err(StoreError::NotFound)), "it has ended");
}

pub(crate) async fn there_is_one_default_profile(bench: &Bench) {
    let mut ids = Vec::new();
    for default in [false, true, true] {
        let id = bench.id(ProfileId::generate);
        bench.store.add_profile(bench.account, id, Sealed::kept("v1.guest"), default).await.unwrap();
        ids.push(id);
        let shown: Vec<_> = bench.store.profiles(bench.account).await.unwrap();
        assert!(!shown[0].is_default, "the first is no default unless somebody says so");
        bench.clock.turn(Duration::from_millis(1));
    }
    let defaults = || async {
        let all = bench.store.profiles(bench.account).await.unwrap();
        all.into_iter().filter(|profile| profile.is_default).map(|profile| profile.id).collect::<Vec<_>>()
    };
    assert_eq!(defaults().await, [ids[2]]);
    bench.store.set_default_profile(bench.account, Some(ids[1])).await.unwrap();
    assert_eq!(defaults().await, [ids[1]]);
    let gone = bench.id(ProfileId::generate);
    assert!(matches!(
        bench.store.set_default_profile(bench.account, Some(gone)).await,
        Err(StoreError::NotFound)
    ));
    assert_eq!(defaults().await, [ids[1]], "a refused change changes nothing");
    bench.store.set_default_profile(bench.account, None).await.unwrap();
    assert!(defaults().await.is_empty());
    bench.store.delete_profile(bench.account, ids[1]).await.unwrap();
    assert!(defaults().await.is_empty());
}
