use std::sync::Arc;

use onegent_client::{Client, ClientError};
use onegent_core::caller::{Caller, Credential};
use onegent_core::error::ErrorCode;
use onegent_core::id::RequestId;
use onegent_core::port::BookingService;
use secrecy::SecretString;
use tokio::task::JoinSet;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request};

use crate::support::{KEY, answer, builder, client, error, job_id, job_json};

fn caller(n: u8, credential: Credential) -> Caller {
    Caller { credential, request_id: RequestId::generate(jiff::Timestamp::UNIX_EPOCH, [n; 10]) }
}

/// Answers with a job whose summary is the credential that was shown.
async fn echo() -> MockServer {
    let server = MockServer::start().await;
    let respond = |request: &Request| {
        let mut job = job_json("running");
        job["summary"] = request.headers["authorization"].to_str().unwrap().into();
        answer(200, &job)
    };
    Mock::given(any()).respond_with(respond).mount(&server).await;
    server
}

#[tokio::test]
async fn interleaved_callers_never_share_a_credential() {
    let server = echo().await;
    let service: Arc<dyn BookingService> = Arc::new(client(&server.uri()));
    let mut calls = JoinSet::new();
    for n in 0..200_u8 {
        let service = Arc::clone(&service);
        calls.spawn(async move {
            // Every fourth caller brings nothing and acts with the client's own key.
            let (credential, wanted) = if n % 4 == 0 {
                (Credential::Missing, format!("Bearer {KEY}"))
            } else {
                (Credential::Forwarded(SecretString::from(format!("token-{n}"))), format!("Bearer token-{n}"))
            };
            let seen = service.job(&caller(n, credential), job_id()).await.unwrap().summary;
            assert_eq!(seen, wanted);
        });
    }
    while let Some(call) = calls.join_next().await {
        call.unwrap();
    }
    for request in server.received_requests().await.unwrap() {
        assert!(request.headers["x-request-id"].to_str().unwrap().starts_with("req_"));
    }
}

#[tokio::test]
async fn without_any_credential_nothing_is_sent() {
    let server = echo().await;
    let bare = builder(&server.uri()).build().unwrap();
    let failed = BookingService::job(&bare, &caller(1, Credential::Missing), job_id()).await.unwrap_err();
    assert_eq!(failed.code(), ErrorCode::MissingAuthorization);
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_forwarded_credential_does_not_cross_a_network_in_the_clear() {
    let far = Client::builder("http://api.example.com/v1").build().unwrap();
    let token = SecretString::from("token-1".to_owned());
    let failed = far.with_bearer(&token).unwrap().job(job_id()).await.unwrap_err();
    assert!(matches!(failed, ClientError::PlainHttp));
}

#[tokio::test]
async fn a_credential_is_never_printed() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(error(401, "invalid_api_key")).mount(&server).await;
    let client = client(&server.uri()).with_bearer(&SecretString::from("s3cret".to_owned())).unwrap();
    let failed = client.job(job_id()).await.unwrap_err();
    assert!(!format!("{client:?} {failed} {failed:?}").contains("s3cret"));
    assert!(!format!("{:?}", onegent_core::error::Error::from(failed)).contains("s3cret"));
    let requests = server.received_requests().await.unwrap();
    assert!(!requests[0].url.as_str().contains("s3cret"));
    for unfit in ["", "a b", "a\r\nX-Evil: 1", "é"] {
        let failed = client.with_bearer(&SecretString::from(unfit.to_owned())).unwrap_err();
        assert!(matches!(failed, ClientError::UnfitCredential));
    }
}
