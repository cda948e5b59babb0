//! Connected apps.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use onegent_core::caller::{Environment, Scope};
use onegent_core::id::{AccountId, GrantId};
use onegent_core::port::{ClientOrigin, GrantEnd, OAuthErrorCode};
use onegent_core::time::Clock;

use crate::oauth::{CodeRules, Redemption, RefreshRules};
use crate::store::StoreError;
use crate::store::oauth::{Approve, ClientRecord, Issue, Pair, RedeemCode, Refresh, RequestRecord};
use crate::testing::Bench;

/// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "https://app.example/cb";
const GRACE: Duration = Duration::from_mins(2);
const DAY: Duration = Duration::from_hours(24);

fn client(bench: &Bench, id: &str) -> ClientRecord {
    ClientRecord {
        id: id.to_owned(),
        origin: ClientOrigin::Stranger,
        name: "App".parse().unwrap(),
        uri: None,
        redirect_uris: vec![REDIRECT.to_owned()],
        secret_hash: None,
        created_at: bench.clock.now(),
        checked_at: bench.clock.now(),
    }
}

fn request(client: &str) -> RequestRecord {
    RequestRecord {
        client: client.to_owned(),
        redirect_uri: REDIRECT.to_owned(),
        scopes: vec![Scope::Read, Scope::Book],
        state: Some("s".to_owned()),
        resource: None,
        challenge: CHALLENGE.to_owned(),
    }
}

fn approve(bench: &Bench, request: &str, code: &str) -> Approve {
    Approve {
        request: request.to_owned(),
        account: bench.account,
        person: bench.person,
        environment: Environment::Test,
        code: code.to_owned(),
        ttl: CodeRules::TTL,
    }
}

fn pair(name: &str) -> Pair {
    Pair { access: format!("{name} a"), refresh: format!("{name} r"), access_ttl: RefreshRules::ACCESS_TTL }
}

fn redeem(bench: &Bench, code: &str, client: &str, name: &str) -> RedeemCode {
    RedeemCode {
        code: code.to_owned(),
        shown: Redemption {
            client: client.to_owned(),
            redirect_uri: Some(REDIRECT.to_owned()),
            verifier: VERIFIER.to_owned(),
            resource: None,
        },
        grant: bench.id(GrantId::generate),
        pair: pair(name),
        family_ttl: RefreshRules::TTL,
    }
}

fn refresh(token: &str, client: &str, name: &str) -> Refresh {
    Refresh {
        token: token.to_owned(),
        client: client.to_owned(),
        scope: None,
        pair: pair(name),
        grace: GRACE,
    }
}

/// A code of the client `app`, approved by the bench's account.
async fn coded(bench: &Bench) {
    bench.store.add_client(client(bench, "app"), 100).await.unwrap();
    bench.store.add_request("request".to_owned(), request("app"), DAY, 100).await.unwrap();
    bench.store.show_request("request", bench.account).await.unwrap().unwrap();
    bench.store.approve(approve(bench, "request", "code")).await.unwrap().unwrap();
}

/// A grant of the client `app`, with the pair `first`.
async fn granted(bench: &Bench) -> GrantId {
    coded(bench).await;
    let redeem = redeem(bench, "code", "app", "first");
    let grant = redeem.grant;
    assert!(is_issued(&bench.store.redeem_code(redeem).await.unwrap()));
    grant
}

fn is_issued(issue: &Issue) -> bool {
    matches!(issue, Issue::Issued { .. })
}

fn is_refused(issue: &Issue, code: OAuthErrorCode) -> bool {
    match issue {
        Issue::Refused(refused, _) => *refused == code,
        Issue::Unknown => code == OAuthErrorCode::InvalidGrant,
        Issue::Issued { .. } | Issue::Ended(..) => false,
    }
}

async fn works(bench: &Bench, access: &str) -> bool {
    bench.store.token(access).await.unwrap().is_some()
}

async fn end_of(bench: &Bench, grant: GrantId) -> Option<GrantEnd> {
    let grants = bench.store.grants(bench.account, Timestamp::UNIX_EPOCH).await.unwrap();
    grants.into_iter().find(|known| known.id == grant).unwrap().ended.map(|(_, why)| why)
}

pub(crate) async fn a_request_is_decided_once_by_whom_it_was_shown_to(bench: &Bench) {
    bench.store.add_client(client(bench, "app"), 100).await.unwrap();
    bench.store.add_request("request".to_owned(), request("app"), DAY, 100).await.unwrap();
    let not_shown = bench.store.approve(approve(bench, "request", "code")).await.unwrap();
    assert_eq!(not_shown, None, "nobody has seen it");
    let shown = bench.store.show_request("request", bench.account).await.unwrap();
    assert_eq!(shown, Some(request("app")));
    let stranger = bench.id(AccountId::generate);
    assert_eq!(bench.store.deny("request", stranger).await.unwrap(), None);
    assert_eq!(
        bench
            .store
            .approve(Approve { account: stranger, ..approve(bench, "request", "other") })
            .await
            .unwrap(),
        None
    );
    assert!(bench.store.approve(approve(bench, "request", "code")).await.unwrap().is_some());
    assert_eq!(bench.store.approve(approve(bench, "request", "again")).await.unwrap(), None);
    assert_eq!(bench.store.deny("request", bench.account).await.unwrap(), None);
    assert_eq!(bench.store.show_request("request", bench.account).await.unwrap(), None);

    bench.store.add_request("late".to_owned(), request("app"), GRACE, 100).await.unwrap();
    bench.store.show_request("late", bench.account).await.unwrap().unwrap();
    bench.clock.turn(GRACE);
    assert_eq!(bench.store.approve(approve(bench, "late", "late")).await.unwrap(), None);
}

pub(crate) async fn a_code_is_redeemed_once_and_a_second_use_ends_what_it_gave(bench: &Bench) {
    coded(bench).await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..50 {
        let (store, redeem) = (Arc::clone(&bench.store), redeem(bench, "code", "app", &n.to_string()));
        tasks.spawn(async move { (n, redeem.grant, store.redeem_code(redeem).await.unwrap()) });
    }
    let all = tasks.join_all().await;
    let won: Vec<_> = all.iter().filter(|(_, _, issue)| is_issued(issue)).collect();
    let [(n, grant, _)] = won.as_slice() else { panic!("{won:?}") };
    let ended = Issue::Ended(*grant, GrantEnd::CodeReused);
    assert_eq!(all.iter().filter(|(_, _, issue)| *issue == ended).count(), 49);
    assert!(!works(bench, &format!("{n} a")).await);
    let refresh = bench.store.refresh(refresh(&format!("{n} r"), "app", "next")).await.unwrap();
    assert!(is_refused(&refresh, OAuthErrorCode::InvalidGrant));
    assert_eq!(end_of(bench, *grant).await, Some(GrantEnd::CodeReused));
}

pub(crate) async fn a_code_is_good_for_ten_minutes_and_for_its_own_client(bench: &Bench) {
    coded(bench).await;
    bench.clock.turn(Duration::from_secs(599));
    let stranger = bench.store.redeem_code(redeem(bench, "code", "other", "stranger")).await.unwrap();
    assert!(is_refused(&stranger, OAuthErrorCode::InvalidGrant));
    let mut other = redeem(bench, "code", "app", "other");
    other.shown.verifier = "x".repeat(43);
    assert!(is_refused(&bench.store.redeem_code(other).await.unwrap(), OAuthErrorCode::InvalidGrant));
    let first = redeem(bench, "code", "app", "first");
    let until = bench.clock.now() + RefreshRules::ACCESS_TTL;
    let wanted = Issue::Issued { scopes: vec![Scope::Read, Scope::Book], access_until: until };
    assert_eq!(bench.store.redeem_code(first).await.unwrap(), wanted);
    let known = bench.store.token("first a").await.unwrap().unwrap();
    assert_eq!((known.account, known.environment), (bench.account, Environment::Test));

    bench.store.add_request("second".to_owned(), request("app"), DAY, 100).await.unwrap();
    bench.store.show_request("second", bench.account).await.unwrap().unwrap();
    bench.store.approve(approve(bench, "second", "late")).await.unwrap().unwrap();
    bench.clock.turn(Duration::from_secs(601));
    let late = bench.store.redeem_code(redeem(bench, "late", "app", "late")).await.unwrap();
    assert!(is_refused(&late, OAuthErrorCode::InvalidGrant));
}

pub(crate) async fn a_refresh_token_comes_again_within_its_grace_and_ends_its_family_later(bench: &Bench) {
    let grant = granted(bench).await;
    for (n, pause) in [0, 60, 59].into_iter().enumerate() {
        bench.clock.turn(Duration::from_secs(pause));
        let issue = bench.store.refresh(refresh("first r", "app", &n.to_string())).await.unwrap();
        assert!(is_issued(&issue), "{n}: {issue:?}");
        assert!(works(bench, &format!("{n} a")).await);
    }
    bench.clock.turn(Duration::from_secs(1));
    let stranger = bench.store.refresh(refresh("first r", "other", "x")).await.unwrap();
    assert!(is_refused(&stranger, OAuthErrorCode::InvalidGrant));
    assert!(works(bench, "2 a").await, "another client's token does not hurt the victim");
    let reused = bench.store.refresh(refresh("first r", "app", "late")).await.unwrap();
    assert_eq!(reused, Issue::Ended(grant, GrantEnd::RefreshReused));
    for access in ["first a", "0 a", "1 a", "2 a"] {
        assert!(!works(bench, access).await, "{access}");
    }
    let next = bench.store.refresh(refresh("2 r", "app", "next")).await.unwrap();
    assert!(is_refused(&next, OAuthErrorCode::InvalidGrant));
    assert_eq!(end_of(bench, grant).await, Some(GrantEnd::RefreshReused));
}

pub(crate) async fn many_refreshes_at_once_stay_in_one_family(bench: &Bench) {
    let grant = granted(bench).await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..100 {
        let (store, refresh) = (Arc::clone(&bench.store), refresh("first r", "app", &n.to_string()));
        tasks.spawn(async move { store.refresh(refresh).await.unwrap() });
    }
    let all = tasks.join_all().await;
    assert_eq!(all.iter().filter(|issue| is_issued(issue)).count(), 11);
    assert_eq!(all.iter().filter(|issue| is_refused(issue, OAuthErrorCode::InvalidGrant)).count(), 89);
    assert_eq!(end_of(bench, grant).await, None, "a crowd within the grace ends nothing");
    assert_eq!(bench.store.grants(bench.account, Timestamp::UNIX_EPOCH).await.unwrap().len(), 1);
}

pub(crate) async fn a_family_ends_thirty_days_after_its_first_token(bench: &Bench) {
    granted(bench).await;
    bench.clock.turn(Duration::from_mins(30 * 24 * 60 - 1));
    let issue = bench.store.refresh(refresh("first r", "app", "last")).await.unwrap();
    let until = bench.clock.now() + SignedDuration::from_mins(1);
    let wanted = Issue::Issued { scopes: vec![Scope::Read, Scope::Book], access_until: until };
    assert_eq!(issue, wanted, "no access token outlives its family");
    bench.clock.turn(Duration::from_mins(1));
    assert!(!works(bench, "last a").await);
    let over = bench.store.refresh(refresh("last r", "app", "over")).await.unwrap();
    assert!(is_refused(&over, OAuthErrorCode::InvalidGrant));
}

pub(crate) async fn a_refresh_may_narrow_and_never_widens(bench: &Bench) {
    granted(bench).await;
    let narrow = Refresh { scope: Some("read".to_owned()), ..refresh("first r", "app", "narrow") };
    assert!(is_issued(&bench.store.refresh(narrow).await.unwrap()));
    assert_eq!(bench.store.token("narrow a").await.unwrap().unwrap().scopes, [Scope::Read]);
    let wide = Refresh { scope: Some("read book".to_owned()), ..refresh("narrow r", "app", "wide") };
    assert!(is_issued(&bench.store.refresh(wide).await.unwrap()), "up to what was granted");
    let more = Refresh { scope: Some("admin".to_owned()), ..refresh("wide r", "app", "more") };
    assert!(is_refused(&bench.store.refresh(more).await.unwrap(), OAuthErrorCode::InvalidScope));
    assert!(
        is_issued(&bench.store.refresh(refresh("wide r", "app", "next")).await.unwrap()),
        "it was not used up"
    );
}

pub(crate) async fn an_access_token_is_over_after_an_hour(bench: &Bench) {
    granted(bench).await;
    bench.clock.turn(Duration::from_secs(3599));
    assert!(works(bench, "first a").await);
    bench.clock.turn(Duration::from_secs(1));
    assert!(!works(bench, "first a").await);
}

pub(crate) async fn a_revoked_access_token_goes_alone_and_a_refresh_token_takes_all_along(bench: &Bench) {
    let grant = granted(bench).await;
    bench.store.refresh(refresh("first r", "app", "next")).await.unwrap();
    for (token, client) in [("unknown", "app"), ("first a", "other"), ("next r", "other")] {
        bench.store.revoke_token(token, client).await.unwrap();
    }
    assert!(works(bench, "first a").await && works(bench, "next a").await);
    bench.store.revoke_token("first a", "app").await.unwrap();
    assert!(!works(bench, "first a").await && works(bench, "next a").await);
    bench.store.revoke_token("next r", "app").await.unwrap();
    assert!(!works(bench, "next a").await);
    assert_eq!(end_of(bench, grant).await, Some(GrantEnd::Revoked));
}

pub(crate) async fn only_the_owner_cuts_an_app_off(bench: &Bench) {
    let grant = granted(bench).await;
    bench.store.grant_used(grant).await.unwrap();
    let stranger = bench.id(AccountId::generate);
    let refused = bench.store.end_grant(stranger, grant, GrantEnd::Disconnected).await;
    assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
    assert!(bench.store.grants(stranger, Timestamp::UNIX_EPOCH).await.unwrap().is_empty());
    assert!(works(bench, "first a").await);
    bench.store.end_grant(bench.account, grant, GrantEnd::Disconnected).await.unwrap();
    assert!(!works(bench, "first a").await);
    let listed = bench.store.grants(bench.account, bench.clock.now()).await.unwrap();
    assert_eq!(listed[0].last_used_at, Some(bench.clock.now()));
    bench.clock.turn(DAY);
    assert!(bench.store.grants(bench.account, bench.clock.now()).await.unwrap().is_empty());
}

pub(crate) async fn a_removed_client_takes_everything_along_and_stays_removed(bench: &Bench) {
    let grant = granted(bench).await;
    bench.store.add_request("open".to_owned(), request("app"), DAY, 100).await.unwrap();
    bench.store.remove_client("app").await.unwrap();
    assert!(!works(bench, "first a").await);
    assert_eq!(end_of(bench, grant).await, Some(GrantEnd::ClientRemoved));
    assert_eq!(bench.store.show_request("open", bench.account).await.unwrap(), None);
    bench.store.add_client(client(bench, "app"), 100).await.unwrap();
    assert_eq!(bench.store.client("app").await.unwrap(), None);
    assert!(matches!(bench.store.remove_client("app").await, Err(StoreError::NotFound)));
}

pub(crate) async fn strangers_and_their_requests_are_bounded(bench: &Bench) {
    bench.store.add_client(client(bench, "a"), 1).await.unwrap();
    assert!(matches!(bench.store.add_client(client(bench, "b"), 1).await, Err(StoreError::Full)));
    let ours = ClientRecord { origin: ClientOrigin::Operator, ..client(bench, "c") };
    bench.store.add_client(ours, 1).await.unwrap();
    bench.store.add_request("1".to_owned(), request("a"), GRACE, 1).await.unwrap();
    let full = bench.store.add_request("2".to_owned(), request("a"), GRACE, 1).await;
    assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
    bench.clock.turn(GRACE);
    bench.store.add_request("2".to_owned(), request("a"), GRACE, 1).await.unwrap();
}

pub(crate) async fn what_is_over_is_forgotten_and_what_is_used_is_kept(bench: &Bench) {
    granted(bench).await;
    for (id, origin) in [("idle", ClientOrigin::Stranger), ("ours", ClientOrigin::Operator)] {
        bench.store.add_client(ClientRecord { origin, ..client(bench, id) }, 100).await.unwrap();
    }
    let known = || async {
        let clients = bench.store.clients().await.unwrap();
        clients.into_iter().map(|client| client.id).collect::<Vec<_>>()
    };
    bench.store.forget_oauth(DAY).await.unwrap();
    assert_eq!(known().await, ["app", "idle", "ours"]);
    bench.clock.turn(DAY);
    bench.store.forget_oauth(DAY).await.unwrap();
    assert_eq!(known().await, ["app", "ours"]);
    let reused = bench.store.redeem_code(redeem(bench, "code", "app", "late")).await.unwrap();
    assert!(matches!(reused, Issue::Ended(..)), "a used code is known as long as what it gave: {reused:?}");
    bench.clock.turn(30 * DAY);
    bench.store.forget_oauth(DAY).await.unwrap();
    assert_eq!(known().await, ["app", "ours"], "an app that was approved may come again");
    bench.clock.turn(90 * DAY);
    bench.store.forget_oauth(DAY).await.unwrap();
    assert_eq!(known().await, ["ours"]);
}
