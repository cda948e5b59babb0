//! Webhook endpoints and their outbox.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use onegent_core::account::Role;
use onegent_core::caller::Environment;
use onegent_core::id::{AccountId, EndpointId, PersonId};
use onegent_core::machine::JobEvent;
use onegent_core::webhook::{ChangedJob, DeliveryFailure, StatusMessage, WebhookEndpoint};

use crate::store::webhooks::{NewEndpoint, Outgoing, Room, Whose};
use crate::store::{Advance, StoreError};
use crate::testing::{Bench, LEASE, charge};
use crate::vault::Sealed;

const FAILED: DeliveryFailure = DeliveryFailure::Answered { http_status: 500 };
const PAUSE: Duration = Duration::from_secs(5);

async fn endpoint(bench: &Bench, account: AccountId, environment: Environment) -> WebhookEndpoint {
    endpoint_of(bench, (account, bench.person), environment).await
}

async fn endpoint_of(
    bench: &Bench,
    (account, person): (AccountId, PersonId),
    environment: Environment,
) -> WebhookEndpoint {
    let new = NewEndpoint {
        id: bench.id(EndpointId::generate),
        account,
        person,
        environment,
        url: "https://example.com/told".to_owned(),
        secret: Sealed::kept("v1.first"),
    };
    bench.store.add_webhook(new, 10).await.unwrap()
}

fn room() -> Room {
    Room { messages: 100, of_endpoint: 100, sending: HashMap::new() }
}

async fn outgoing(bench: &Bench) -> Vec<Outgoing> {
    bench.store.outgoing(room(), LEASE).await.unwrap()
}

/// The only message that is due, and the status that it tells.
async fn the_one(bench: &Bench) -> (Outgoing, String) {
    let mut all = outgoing(bench).await;
    assert_eq!(all.len(), 1, "{all:?}");
    let one = all.pop().unwrap();
    let message: StatusMessage = serde_json::from_str(&one.body).unwrap();
    (one, message.data.status.to_string())
}

fn mine(bench: &Bench) -> Whose {
    Whose { account: bench.account, only: None }
}

pub(crate) async fn a_message_is_written_with_each_status_and_sent_in_order(bench: &Bench) {
    endpoint(bench, bench.account, Environment::Test).await;
    assert_eq!(bench.store.next_outgoing().await.unwrap(), None);
    let (record, epoch) = bench.running().await;
    bench.pause(record.id, epoch, charge("412.50")).await.unwrap();

    let (first, status) = the_one(bench).await;
    assert_eq!((status.as_str(), first.attempt, first.key.job), ("queued", 1, record.id));
    assert!(outgoing(bench).await.is_empty(), "what comes after waits for what is on its way");
    bench.store.delivered(first.key).await.unwrap();

    let (second, status) = the_one(bench).await;
    assert_eq!((status.as_str(), second.attempt), ("running", 1));
    bench.store.not_delivered(second.key, 1, FAILED, Some(PAUSE)).await.unwrap();
    assert!(outgoing(bench).await.is_empty(), "what comes after waits for what is sent again");
    assert_eq!(
        bench.store.next_outgoing().await.unwrap(),
        Some(onegent_core::time::Clock::now(&*bench.clock) + PAUSE)
    );
    bench.clock.turn(PAUSE);
    let (again, _) = the_one(bench).await;
    assert_eq!((again.key, again.attempt, &again.body), (second.key, 2, &second.body));
    bench.store.delivered(again.key).await.unwrap();

    let (third, status) = the_one(bench).await;
    assert_eq!(status, "paused_payment");
    assert!(first.key.sequence < second.key.sequence && second.key.sequence < third.key.sequence);
    bench.store.delivered(third.key).await.unwrap();
    assert_eq!(bench.store.next_outgoing().await.unwrap(), None);

    // A change that outside makes no difference is told to nobody.
    let cancel = Advance::new(record.id, JobEvent::Cancel, Vec::new());
    bench.store.advance(cancel).await.unwrap();
    assert_eq!(the_one(bench).await.1, "cancelled");
}

pub(crate) async fn only_endpoints_of_the_job_are_told(bench: &Bench) {
    let others = bench.another().await;
    endpoint_of(bench, others, Environment::Test).await;
    endpoint(bench, bench.account, Environment::Live).await;
    let told = [
        endpoint(bench, bench.account, Environment::Test).await.endpoint_id,
        endpoint(bench, bench.account, Environment::Test).await.endpoint_id,
    ];
    bench.queued().await;
    let mut to: Vec<_> = outgoing(bench).await.into_iter().map(|message| message.key.endpoint).collect();
    to.sort();
    assert_eq!(to, told);
}

pub(crate) async fn of_many_nodes_one_takes_a_message(bench: &Bench) {
    endpoint(bench, bench.account, Environment::Test).await;
    for _ in 0..5 {
        bench.queued().await;
    }
    let mut nodes = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = Arc::clone(&bench.store);
        nodes.spawn(async move { store.outgoing(room(), LEASE).await.unwrap() });
    }
    let mut jobs: Vec<_> = nodes.join_all().await.into_iter().flatten().map(|sent| sent.key.job).collect();
    let all = jobs.len();
    jobs.sort();
    jobs.dedup();
    assert_eq!((all, jobs.len()), (5, 5));
}

pub(crate) async fn what_a_dead_node_took_is_sent_by_another(bench: &Bench) {
    endpoint(bench, bench.account, Environment::Test).await;
    bench.queued().await;
    let (dead_nodes, _) = the_one(bench).await;
    bench.clock.turn(LEASE.saturating_sub(Duration::from_secs(1)));
    assert!(outgoing(bench).await.is_empty());
    bench.clock.turn(Duration::from_secs(1));
    let (again, _) = the_one(bench).await;
    assert_eq!((again.key, again.attempt), (dead_nodes.key, 2));
    // It was only slow, and what it has to say comes too late.
    bench.store.not_delivered(dead_nodes.key, 1, FAILED, None).await.unwrap();
    assert_eq!(bench.store.webhooks(mine(bench)).await.unwrap()[0].dead, 0);
}

pub(crate) async fn a_slow_endpoint_leaves_room_for_others(bench: &Bench) {
    let slow = endpoint(bench, bench.account, Environment::Test).await.endpoint_id;
    for _ in 0..4 {
        bench.queued().await;
    }
    let other = endpoint(bench, bench.account, Environment::Test).await.endpoint_id;
    bench.queued().await;
    let sending = HashMap::from([(slow, 1)]);
    let taken = bench.store.outgoing(Room { messages: 3, of_endpoint: 2, sending }, LEASE).await.unwrap();
    let to = |id| taken.iter().filter(|message| message.key.endpoint == id).count();
    assert_eq!((to(slow), to(other)), (1, 1));
}

pub(crate) async fn what_was_given_up_is_kept_and_sent_again_when_asked_for(bench: &Bench) {
    let id = endpoint(bench, bench.account, Environment::Test).await.endpoint_id;
    let job = bench.queued().await.id;
    let (message, _) = the_one(bench).await;
    bench.store.not_delivered(message.key, 1, FAILED, None).await.unwrap();
    assert_eq!(bench.store.next_outgoing().await.unwrap(), None);
    let dead = bench.store.dead_letters(mine(bench), id, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].job_id, dead[0].attempts, dead[0].failure), (job, 1, FAILED));
    assert_eq!(dead[0].message_id, ChangedJob::message_id(job, message.key.sequence));
    let listed = bench.store.webhooks(mine(bench)).await.unwrap();
    assert_eq!((listed[0].waiting, listed[0].dead), (0, 1));

    assert_eq!(bench.store.replay_webhook(mine(bench), id).await.unwrap(), 1);
    assert_eq!(bench.store.replay_webhook(mine(bench), id).await.unwrap(), 0);
    let (again, _) = the_one(bench).await;
    assert_eq!((again.key, again.attempt, again.body), (message.key, 1, message.body));
    bench.store.not_delivered(again.key, 1, FAILED, None).await.unwrap();

    let now = onegent_core::time::Clock::now(&*bench.clock);
    bench.store.forget_webhooks(now).await.unwrap();
    assert_eq!(bench.store.dead_letters(mine(bench), id, 10).await.unwrap().len(), 1);
    bench.store.forget_webhooks(now + Duration::from_secs(1)).await.unwrap();
    assert!(bench.store.dead_letters(mine(bench), id, 10).await.unwrap().is_empty());
}

pub(crate) async fn an_account_has_so_many_endpoints_and_no_more(bench: &Bench) {
    let mut adding = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let new = NewEndpoint {
            id: bench.id(EndpointId::generate),
            account: bench.account,
            person: bench.person,
            environment: Environment::Live,
            url: "https://example.com/".to_owned(),
            secret: Sealed::kept("v1.first"),
        };
        let store = Arc::clone(&bench.store);
        adding.spawn(async move { store.add_webhook(new, 3).await });
    }
    let (added, refused): (Vec<_>, Vec<_>) = adding.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((added.len(), refused.len()), (3, 5));
    assert!(refused.into_iter().all(|one| matches!(one, Err(StoreError::Full))));
}

pub(crate) async fn another_accounts_endpoints_are_as_ones_that_never_were(bench: &Bench) {
    let id = endpoint(bench, bench.account, Environment::Test).await.endpoint_id;
    let (account, _) = bench.another().await;
    let others =
        [Whose { account, only: None }, Whose { account: bench.account, only: Some(Environment::Live) }];
    for whose in others {
        let store = &bench.store;
        assert!(store.webhooks(whose).await.unwrap().is_empty());
        let fresh = Sealed::kept("v1.second");
        let refused = [
            store.remove_webhook(whose, id).await.err(),
            store.rotate_webhook(whose, id, fresh, PAUSE).await.err(),
            store.dead_letters(whose, id, 10).await.err(),
            store.replay_webhook(whose, id).await.err(),
        ];
        assert!(refused.iter().all(|error| matches!(error, Some(StoreError::NotFound))), "{refused:?}");
    }
    let hers = Whose { account: bench.account, only: Some(Environment::Test) };
    assert_eq!(bench.store.webhooks(hers).await.unwrap()[0].endpoint_id, id);
}

pub(crate) async fn two_secrets_sign_for_a_while(bench: &Bench) {
    let id = endpoint(bench, bench.account, Environment::Test).await.endpoint_id;
    bench.queued().await;
    bench.store.rotate_webhook(mine(bench), id, Sealed::kept("v1.second"), LEASE).await.unwrap();
    let both = [Sealed::kept("v1.second"), Sealed::kept("v1.first")];
    assert_eq!(the_one(bench).await.0.secrets, both);
    bench.clock.turn(LEASE);
    assert_eq!(the_one(bench).await.0.secrets, both[..1]);
}

pub(crate) async fn webhooks_go_with_their_endpoint_and_their_account(bench: &Bench) {
    let ben = bench.join(bench.account, Role::Member, "ben@example.com").await.person;
    endpoint_of(bench, (bench.account, ben), Environment::Test).await;
    bench.store.remove_person(bench.account, ben).await.unwrap();
    assert!(bench.store.webhooks(mine(bench)).await.unwrap().is_empty(), "who is removed is told nothing");
    let id = endpoint(bench, bench.account, Environment::Test).await.endpoint_id;
    endpoint(bench, bench.account, Environment::Test).await;
    let job = bench.queued().await.id;
    bench.store.remove_webhook(mine(bench), id).await.unwrap();
    let left = outgoing(bench).await;
    assert!(left.len() == 1 && left[0].key.endpoint != id, "{left:?}");
    bench.store.advance(Advance::new(job, JobEvent::Cancel, Vec::new())).await.unwrap();
    bench.store.erase(bench.account).await.unwrap();
    bench.clock.turn(LEASE);
    assert!(outgoing(bench).await.is_empty());
    assert!(bench.store.webhooks(mine(bench)).await.unwrap().is_empty());
}
