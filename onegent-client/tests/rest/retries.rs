use std::time::Duration;

use onegent_client::ClientError;
use onegent_core::error::{Error, ErrorCode};
use tokio::net::TcpListener;
use wiremock::matchers::{header_exists, method};
use wiremock::{Mock, MockServer};

use crate::support::{answer, booking, builder, client, error, html, job_id, job_json};

async fn first_then(server: &MockServer, first: wiremock::ResponseTemplate, times: u64, verb: &str) {
    Mock::given(method(verb)).respond_with(first).up_to_n_times(times).mount(server).await;
    let status = if verb == "GET" { 200 } else { 202 };
    Mock::given(method(verb)).respond_with(answer(status, &job_json("queued"))).mount(server).await;
}

async fn sent(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

#[tokio::test]
async fn a_read_survives_two_bad_gateways() {
    let server = MockServer::start().await;
    first_then(&server, html(502), 2, "GET").await;
    assert_eq!(client(&server.uri()).job(job_id()).await.unwrap().job_id, job_id());
    assert_eq!(sent(&server).await, 3);
}

#[tokio::test]
async fn three_tries_are_all() {
    let server = MockServer::start().await;
    first_then(&server, html(503), 9, "GET").await;
    let failed = client(&server.uri()).job(job_id()).await.unwrap_err();
    assert!(matches!(failed, ClientError::Foreign { status: 503, .. }));
    assert_eq!(sent(&server).await, 3);
}

#[tokio::test]
async fn a_create_is_repeated_under_one_key() {
    let server = MockServer::start().await;
    first_then(&server, html(504), 1, "POST").await;
    let created = client(&server.uri()).create_job(&booking()).await.unwrap();
    assert!(!created.replayed);
    let requests = server.received_requests().await.unwrap();
    let keys: Vec<_> = requests.iter().map(|r| r.headers.get("idempotency-key").unwrap()).collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
}

#[tokio::test]
async fn every_create_has_a_key_of_its_own_unless_the_caller_gave_one() {
    let server = MockServer::start().await;
    first_then(&server, answer(202, &job_json("queued")), 9, "POST").await;
    let client = client(&server.uri());
    client.create_job(&booking()).await.unwrap();
    client.create_job(&booking()).await.unwrap();
    let mut keyed = booking();
    keyed.client_metadata.idempotency_key = Some("trip-7".parse().unwrap());
    client.create_job(&keyed).await.unwrap();
    let requests = server.received_requests().await.unwrap();
    let key = |n: usize| requests[n].headers.get("idempotency-key");
    assert!(key(0).is_some() && key(0) != key(1));
    assert!(key(2).is_none());
    assert_eq!(
        requests[2].body_json::<serde_json::Value>().unwrap()["clientMetadata"]["idempotencyKey"],
        "trip-7"
    );
}

#[tokio::test]
async fn a_cancel_that_may_have_been_done_is_not_sent_again() {
    let server = MockServer::start().await;
    first_then(&server, html(502), 1, "POST").await;
    assert!(client(&server.uri()).cancel_job(job_id()).await.is_err());
    assert_eq!(sent(&server).await, 1);
}

#[tokio::test]
async fn a_cancel_that_the_limiter_refused_is_sent_again() {
    let server = MockServer::start().await;
    first_then(&server, error(429, "rate_limited").insert_header("retry-after", "0"), 1, "POST").await;
    assert!(client(&server.uri()).cancel_job(job_id()).await.is_ok());
    assert_eq!(sent(&server).await, 2);
}

#[tokio::test]
async fn a_wait_too_long_to_bear_is_handed_to_the_caller() {
    let server = MockServer::start().await;
    first_then(&server, error(429, "rate_limited").insert_header("retry-after", "120"), 9, "GET").await;
    let failed: Error = client(&server.uri()).job(job_id()).await.unwrap_err().into();
    assert_eq!(failed.code(), ErrorCode::RateLimited);
    assert_eq!(failed.wait(), Some(Duration::from_mins(2)));
    assert_eq!(sent(&server).await, 1);
}

#[tokio::test]
async fn the_pause_that_the_server_asks_for_is_kept() {
    let server = MockServer::start().await;
    first_then(&server, error(429, "rate_limited").insert_header("retry-after", "1"), 1, "GET").await;
    let began = tokio::time::Instant::now();
    client(&server.uri()).job(job_id()).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_silent_server_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let client = builder(&base)
        .api_key(onegent_core::port::ApiKey::parse(crate::support::KEY).unwrap())
        .request_timeout(Duration::from_millis(30))
        .build()
        .unwrap();
    let call = tokio::spawn(async move { client.job(job_id()).await.map_err(Error::from) });
    let mut silent = Vec::new();
    for _ in 0..3 {
        silent.push(listener.accept().await.unwrap());
    }
    let failed = call.await.unwrap().unwrap_err();
    assert_eq!(failed.code(), ErrorCode::BackendUnavailable);
    assert!(failed.message().contains("not known"), "{failed}");
}

#[tokio::test]
async fn a_closed_door_is_told_apart_from_a_lost_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let failed: Error = client(&base).create_job(&booking()).await.unwrap_err().into();
    assert_eq!(failed.code(), ErrorCode::BackendUnavailable);
    assert!(failed.message().contains("Nothing was done"), "{failed}");
}

#[tokio::test]
async fn what_the_request_got_wrong_is_not_tried_again() {
    let server = MockServer::start().await;
    Mock::given(header_exists("authorization"))
        .respond_with(error(404, "job_not_found"))
        .mount(&server)
        .await;
    assert!(client(&server.uri()).job(job_id()).await.is_err());
    assert_eq!(sent(&server).await, 1);
}
