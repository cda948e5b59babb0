use onegent_client::ClientError;
use onegent_core::error::{Error, ErrorCode};
use onegent_core::port::{AuditQuery, JobFilter};
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use onegent_core::text::Bounded;
use serde_json::json;
use wiremock::matchers::{any, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{KEY, answer, audit_events, builder, client, error, html, job_id, job_json};

async fn always(response: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(response).mount(&server).await;
    server
}

async fn refused(response: ResponseTemplate) -> Error {
    let server = always(response).await;
    client(&server.uri()).job(job_id()).await.unwrap_err().into()
}

#[tokio::test]
async fn a_proxys_page_is_never_a_decode_error() {
    for status in [500, 502, 503, 504] {
        let failed = refused(html(status)).await;
        assert_eq!(failed.code(), ErrorCode::BackendUnavailable);
        assert!(failed.message().contains(&status.to_string()), "{failed}");
        assert!(failed.message().contains("in front of it"), "{failed}");
    }
    for status in [200, 302] {
        let failed = refused(html(status)).await;
        assert_eq!(failed.code(), ErrorCode::BackendUnavailable);
        assert!(failed.message().contains("ONEGENT_API_BASE_URL"), "{failed}");
    }
    assert_eq!(refused(html(401)).await.code(), ErrorCode::InvalidApiKey);
    assert_eq!(refused(html(404)).await.code(), ErrorCode::NotFound);
}

#[tokio::test]
async fn errors_keep_their_code_their_fields_and_their_sentence() {
    let body = json!({ "error": {
        "code": "invalid_request", "message": "These fields need another value: request.params.covers.",
        "details": [{ "field": "request.params.covers", "message": "expected 1 to 20", "hint": "new" }, "odd"],
        "requestId": "req_9", "docs": "https://example.com"
    }, "more": 1 });
    let failed = refused(answer(400, &body)).await;
    assert_eq!(failed.code(), ErrorCode::InvalidRequest);
    assert!(failed.message().starts_with("These fields"));
    assert_eq!(failed.wrong_fields().len(), 1);
    assert_eq!(failed.wrong_fields()[0].field, "request.params.covers");
}

#[tokio::test]
async fn a_code_of_a_later_version_is_read_by_its_status() {
    for (status, code) in [
        (400, ErrorCode::InvalidRequest),
        (401, ErrorCode::InvalidApiKey),
        (403, ErrorCode::InsufficientScope),
        (409, ErrorCode::InvalidRequest),
        (429, ErrorCode::RateLimited),
        (500, ErrorCode::BackendUnavailable),
    ] {
        let failed = refused(error(status, "a_code_of_later").insert_header("retry-after", "60")).await;
        assert_eq!((failed.code(), failed.message()), (code, "No."));
    }
}

#[tokio::test]
async fn a_message_can_not_smuggle_in_other_lines() {
    let body =
        json!({ "error": { "code": "internal", "message": format!("a\n\u{202e}b {}", "x".repeat(5000)) } });
    let failed = refused(answer(500, &body)).await;
    assert!(failed.message().starts_with("a b x") && failed.message().len() <= 1000);
}

#[tokio::test]
async fn both_spellings_of_the_old_statuses_are_understood() {
    for (old, status) in [("pending", JobStatus::Queued), ("completed", JobStatus::Done)] {
        let server = always(answer(200, &job_json(old))).await;
        assert_eq!(client(&server.uri()).job(job_id()).await.unwrap().status, status);
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let server = always(answer(200, &json!({ "filler": "x".repeat(3000) }))).await;
    let client = builder(&server.uri())
        .api_key(onegent_core::port::ApiKey::parse(KEY).unwrap())
        .max_answer_bytes(1000)
        .build()
        .unwrap();
    assert!(matches!(client.job(job_id()).await, Err(ClientError::TooLarge { limit: 1000 })));
}

#[tokio::test]
async fn every_call_goes_to_its_place() {
    let server = MockServer::start().await;
    let job = format!("/api/v1/execution-jobs/{}", job_id());
    let page = json!({ "jobs": [job_json("running")], "nextCursor": job_id() });
    Mock::given(method("GET"))
        .and(path("/api/v1/execution-jobs"))
        .and(query_param("status", "running"))
        .and(query_param("scenario", "hotel"))
        .and(query_param("limit", "5"))
        .and(query_param("cursor", job_id().to_string()))
        .respond_with(answer(200, &page))
        .mount(&server)
        .await;
    let audit = json!({ "jobId": job_id(), "events": audit_events(2), "nextCursor": 9 });
    Mock::given(method("GET"))
        .and(path(format!("{job}/audit")))
        .and(query_param("limit", "2"))
        .and(query_param("cursor", "7"))
        .respond_with(answer(200, &audit))
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path(format!("{job}/cancel")))
        .respond_with(answer(200, &job_json("cancelled")))
        .mount(&server)
        .await;
    let metrics = json!({ "provider": "table", "timeRangeDays": 7, "total": 0, "done": 0, "noAvailability": 0, "errors": 0,
        "cancelled": 0, "expired": 0, "successRate": 0.0, "medianDurationMs": 0 });
    Mock::given(method("GET"))
        .and(path("/api/v1/metrics/providers/table"))
        .and(query_param("timeRangeDays", "7"))
        .respond_with(answer(200, &metrics))
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path("/api/v1/providers"))
        .respond_with(answer(200, &json!({ "providers": [] })))
        .mount(&server)
        .await;

    let client = client(&format!("{}/api/v1/", server.uri()));
    let filter = JobFilter {
        status: Some(JobStatus::Running),
        scenario: Some(Scenario::Hotel),
        limit: Bounded::new(5).unwrap(),
        cursor: Some(job_id()),
    };
    assert_eq!(client.list_jobs(&filter).await.unwrap().next_cursor, Some(job_id()));
    let query = AuditQuery { after: 7, limit: Bounded::new(2).unwrap() };
    assert_eq!(client.job_audit(job_id(), query).await.unwrap().next_cursor, Some(9));
    assert_eq!(client.cancel_job(job_id()).await.unwrap().status, JobStatus::Cancelled);
    let provider = "table".parse().unwrap();
    assert_eq!(client.provider_metrics(&provider, Bounded::new(7).unwrap()).await.unwrap().total, 0);
    assert!(client.providers().await.unwrap().providers.is_empty());
}
