//! REST v1: statuses, headers and error bodies of the contract.

use axum::body::Body;
use axum::http::{Method, Request, header};
use onegent_core::audit::{AuditDraft, AuditKind};
use onegent_core::status::JobStatus;
use serde_json::json;

use crate::sample;
use crate::world::{A_BOOKING, ANAS_KEY, ANAS_READ_KEY, BENS_KEY, World};

#[tokio::test]
async fn a_booking_is_accepted_with_its_address() {
    let reply = World::new().create(&[], A_BOOKING).await;
    assert_eq!(reply.status, 202);
    let job = reply.json();
    assert_eq!(job["status"], "queued");
    assert_eq!(reply.header("location"), job["_links"]["self"]);
    assert!(reply.header("x-request-id").starts_with("req_"));
    assert!(!reply.headers.contains_key("idempotent-replayed"));
}

#[tokio::test]
async fn the_idempotency_header_wins_and_a_replay_says_so() {
    let world = World::new();
    let mut body: serde_json::Value = serde_json::from_str(A_BOOKING).unwrap();
    body["clientMetadata"] = json!({ "idempotencyKey": "from-body" });
    let body = body.to_string();
    let first = world.create(&[("Idempotency-Key", "from-header")], &body).await;
    let again = world.create(&[("idempotency-key", "from-header")], &body).await;
    let other = world.create(&[], &body).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (202, 202));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(first.json()["jobId"], again.json()["jobId"]);
    assert_ne!(first.json()["jobId"], other.json()["jobId"]);
    assert_eq!(world.fake.writes(), ["create from-header", "create from-header", "create from-body"]);
}

#[tokio::test]
async fn one_answer_names_every_wrong_field() {
    let world = World::new();
    let body = r#"{"request": {"scenario": "restaurant", "params": {"covers": 0, "tip": 1}}, "foo": 1}"#;
    let reply = world.create(&[("Idempotency-Key", "")], body).await;
    assert_eq!(reply.status, 400);
    insta::assert_json_snapshot!(reply.json(), { ".error.requestId" => "[id]" });
    let reply = world
        .api(
            Method::GET,
            "/api/v1/execution-jobs?status=done&status=done&scenario=boat&limit=1e3&cursor=x&foo=1",
            ANAS_KEY,
        )
        .await;
    insta::assert_json_snapshot!("wrong_query", reply.json(), { ".error.requestId" => "[id]" });
    assert!(world.fake.writes().is_empty());
}

#[tokio::test]
async fn wrong_bodies_get_their_own_statuses() {
    let world = World::new();
    let huge = format!("{{\"a\": \"{}\"}}", "x".repeat(70_000));
    let deep = "[".repeat(100_000 / 2);
    let cases = [
        ("application/json", "{", 400, "invalid_json"),
        ("application/json", "", 400, "invalid_json"),
        ("application/json", deep.as_str(), 400, "invalid_json"),
        ("application/json; charset=utf-8", "[]", 400, "invalid_request"),
        ("text/plain", A_BOOKING, 415, "unsupported_media_type"),
        ("application/json", huge.as_str(), 413, "payload_too_large"),
    ];
    for (kind, body, status, code) in cases {
        let request = Request::post("/api/v1/execution-jobs")
            .header(header::AUTHORIZATION, format!("Bearer {ANAS_KEY}"))
            .header(header::CONTENT_TYPE, kind);
        let reply = world.send(request.body(Body::from(body.to_owned())).unwrap()).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (status, code), "{kind}");
    }
    assert!(world.fake.writes().is_empty());
}

#[tokio::test]
async fn unknown_routes_and_methods_answer_in_the_same_form() {
    let world = World::new();
    for path in ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v1/nope", "/api/v2/execution-jobs"] {
        let reply = world.api(Method::GET, path, ANAS_KEY).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (404, "not_found"), "{path}");
        assert_eq!(reply.json()["error"]["requestId"], reply.header("x-request-id"));
    }
    let reply = world.api(Method::DELETE, "/api/v1/execution-jobs", ANAS_KEY).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (405, "method_not_allowed"));
    let allow = reply.header("allow");
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow:?}");
}

#[tokio::test]
async fn another_accounts_job_looks_like_one_that_never_was() {
    let world = World::new();
    let anas = world.job(1, JobStatus::Queued);
    let never = sample::job_id(99);
    for (method, tail) in
        [(Method::GET, ""), (Method::GET, "/audit"), (Method::GET, "/events"), (Method::POST, "/cancel")]
    {
        let mut bodies = Vec::new();
        for id in
            [anas.to_string(), never.to_string(), "job_short".to_owned(), "%ff".to_owned(), "JOB".to_owned()]
        {
            let reply =
                world.api(method.clone(), &format!("/api/v1/execution-jobs/{id}{tail}"), BENS_KEY).await;
            assert_eq!(reply.status, 404, "{id}{tail}");
            bodies.push(reply.body.replace(reply.header("x-request-id"), "[id]"));
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1, "{bodies:?}");
        assert!(bodies[0].contains("job_not_found"));
    }
    assert!(world.fake.writes().is_empty());
}

#[tokio::test]
async fn jobs_are_listed_page_by_page() {
    let world = World::new();
    for number in 1..=3 {
        world.job(number, JobStatus::Queued);
    }
    world.job(4, JobStatus::Done);
    let first =
        world.api(Method::GET, "/api/v1/execution-jobs?limit=2&status=pending", ANAS_KEY).await.json();
    assert_eq!(first["jobs"].as_array().unwrap().len(), 2);
    let cursor = first["nextCursor"].as_str().unwrap();
    let path = format!("/api/v1/execution-jobs?limit=2&status=queued&cursor={cursor}");
    let second = world.api(Method::GET, &path, ANAS_KEY).await.json();
    assert_eq!(second["jobs"].as_array().unwrap().len(), 1);
    assert!(second.get("nextCursor").is_none());
}

#[tokio::test]
async fn the_audit_trail_is_read_page_by_page() {
    let world = World::new();
    let job = world.job(1, JobStatus::Running);
    for kind in [AuditKind::JobCreated, AuditKind::JobStarted, AuditKind::PageObserved] {
        world.fake.tell(job, AuditDraft::new(kind, "x"));
    }
    let first =
        world.api(Method::GET, &format!("/api/v1/execution-jobs/{job}/audit?limit=2"), ANAS_KEY).await.json();
    assert_eq!(
        (first["jobId"].as_str(), first["nextCursor"].as_u64()),
        (Some(job.to_string().as_str()), Some(2))
    );
    let path = format!("/api/v1/execution-jobs/{job}/audit?limit=2000&cursor=2");
    let second = world.api(Method::GET, &path, ANAS_KEY).await.json();
    assert_eq!(second["events"][0]["type"], "page_observed");
    for wrong in ["limit=0", "limit=2001", "cursor=-1", "limit="] {
        let reply =
            world.api(Method::GET, &format!("/api/v1/execution-jobs/{job}/audit?{wrong}"), ANAS_KEY).await;
        assert_eq!(reply.status.as_u16(), 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_job_is_cancelled_once_and_only_with_the_scope() {
    let world = World::new();
    let job = world.job(1, JobStatus::Queued);
    let path = format!("/api/v1/execution-jobs/{job}/cancel");
    let reply = world.api(Method::POST, &path, ANAS_READ_KEY).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (403, "insufficient_scope"));
    assert_eq!(world.api(Method::POST, &path, ANAS_KEY).await.json()["status"], "cancelled");
    let reply = world.api(Method::POST, &path, ANAS_KEY).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (409, "job_not_cancellable"));
}

#[tokio::test]
async fn a_provider_without_data_has_zeros() {
    let world = World::new();
    let metrics = world.api(Method::GET, "/api/v1/metrics/providers/nobody", ANAS_KEY).await.json();
    assert_eq!((metrics["timeRangeDays"].as_u64(), metrics["total"].as_u64()), (Some(30), Some(0)));
    for wrong in ["nobody?timeRangeDays=0", "nobody?timeRangeDays=366", "NO%20BODY"] {
        let reply = world.api(Method::GET, &format!("/api/v1/metrics/providers/{wrong}"), ANAS_KEY).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (400, "invalid_request"), "{wrong}");
    }
    let providers = world.api(Method::GET, "/api/v1/providers", ANAS_KEY).await.json();
    assert_eq!(providers["providers"][0]["health"], "healthy");
}

#[tokio::test]
async fn the_served_document_names_this_server() {
    let world = World::new();
    let reply = world.send(Request::get("/openapi.json").body(Body::empty()).unwrap()).await;
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.json()["servers"][0]["url"], "http://127.0.0.1:8080/api/v1");
}
