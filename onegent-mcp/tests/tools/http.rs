use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use onegent_core::caller::Caller;
use onegent_core::id::RequestId;
use onegent_core::port::BookingService;
use onegent_mcp::{HttpOptions, StateKey, http_service};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{Fake, echo, forwarded, job_id};

/// An edge as small as can be: whoever shows a bearer credential is passed on with it.
fn edge(fake: Fake) -> Router {
    edge_as(Arc::new(fake))
}

/// The same over any service.
pub(crate) fn edge_as(service: Arc<dyn BookingService>) -> Router {
    edge_sealing_with(None, service)
}

/// The same with a key for what clients carry.
pub(crate) fn edge_sealing_with(state_key: Option<StateKey>, service: Arc<dyn BookingService>) -> Router {
    let allowed_origins = vec!["https://app.example:443".to_owned()];
    let options = HttpOptions { allowed_origins, state_key, ..HttpOptions::default() };
    let name_caller = |mut request: Request, next: Next| async {
        let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if let Some(token) = bearer.and_then(|value| value.strip_prefix("Bearer ")) {
            let request_id = RequestId::generate(jiff::Timestamp::UNIX_EPOCH, [1; 10]);
            let caller = Caller { credential: forwarded(token), request_id };
            request.extensions_mut().insert(caller);
        }
        next.run(request).await
    };
    Router::new()
        .route_service("/mcp", http_service(service, options))
        .layer(middleware::from_fn(name_caller))
}

/// A call of a client of 2026-07-28.
pub(crate) async fn modern_call(router: &Router, token: &str, params: Value) -> Value {
    let request = post()
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", params["name"].as_str().unwrap())
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    answer(router, request, &message).await.1
}

pub(crate) fn post() -> axum::http::request::Builder {
    Request::post("/mcp")
        .header(header::HOST, "127.0.0.1:3333")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, text/event-stream")
}

pub(crate) async fn answer(
    router: &Router,
    request: axum::http::request::Builder,
    body: &Value,
) -> (StatusCode, Value) {
    let request = request.body(Body::from(body.to_string())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

pub(crate) fn list() -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" })
}

pub(crate) fn status_of_a_job() -> Value {
    json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": { "name": "get_job_status", "arguments": { "jobId": job_id() } } })
}

/// What every request of a stateless client carries.
fn stateless(mut message: Value) -> Value {
    message["params"]["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "t", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {}
    });
    message
}

#[tokio::test]
async fn a_bare_list_needs_no_session_and_no_credential() {
    let router = edge(Fake::unreachable());
    let (status, body) = answer(&router, post(), &list()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["result"]["tools"].as_array().unwrap().len(), 6);
    assert_eq!(body["result"]["tools"][0]["name"], "book_restaurant");
}

#[tokio::test]
async fn handshake_clients_need_no_session() {
    let router = edge(echo());
    for version in ["2025-03-26", "2025-06-18", "2025-11-25"] {
        let hello = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } } });
        let (status, body) = answer(&router, post(), &hello).await;
        assert_eq!((status, &body["result"]["protocolVersion"]), (StatusCode::OK, &json!(version)));
        assert_eq!(body["result"]["serverInfo"]["title"], "Travel Booking Agent");

        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let (status, _) = answer(&router, post().header("mcp-protocol-version", version), &ready).await;
        assert_eq!(status, StatusCode::ACCEPTED);

        let call =
            post().header("mcp-protocol-version", version).header(header::AUTHORIZATION, "Bearer token-1");
        let (status, body) = answer(&router, call, &status_of_a_job()).await;
        assert_eq!(
            (status, &body["result"]["structuredContent"]["summary"]),
            (StatusCode::OK, &json!("token-1"))
        );
        assert!(body["result"].get("resultType").is_none());
    }
}

#[tokio::test]
async fn stateless_clients_of_2026_07_28_are_served_at_the_same_place() {
    let router = edge(echo());
    let modern = |method: &'static str| {
        post().header("mcp-protocol-version", "2026-07-28").header("mcp-method", method)
    };
    let discover = stateless(json!({ "jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {} }));
    let (status, body) = answer(&router, modern("server/discover"), &discover).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert!(body["result"]["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28")), "{body}");

    let (status, body) = answer(&router, modern("tools/list"), &stateless(list())).await;
    assert_eq!(
        (status, body["result"]["tools"].as_array().map(Vec::len)),
        (StatusCode::OK, Some(6)),
        "{body}"
    );
    assert_eq!(
        (&body["result"]["cacheScope"], &body["result"]["ttlMs"]),
        (&json!("public"), &json!(3_600_000))
    );

    let call = modern("tools/call")
        .header("mcp-name", "get_job_status")
        .header(header::AUTHORIZATION, "Bearer token-2");
    let (status, body) = answer(&router, call, &stateless(status_of_a_job())).await;
    assert_eq!(
        (status, &body["result"]["structuredContent"]["summary"]),
        (StatusCode::OK, &json!("token-2")),
        "{body}"
    );
}

#[tokio::test]
async fn callers_at_once_never_share_a_credential() {
    let router = edge(echo());
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..200 {
        let router = router.clone();
        calls.spawn(async move {
            let token = format!("token-{n}");
            let call = post().header(header::AUTHORIZATION, format!("Bearer {token}"));
            let (_, body) = answer(&router, call, &status_of_a_job()).await;
            assert_eq!(body["result"]["structuredContent"]["summary"], token);
        });
    }
    while let Some(call) = calls.join_next().await {
        call.unwrap();
    }
}

#[tokio::test]
async fn a_call_without_a_credential_says_what_is_required() {
    let router = edge(Fake::unreachable());
    let (status, body) = answer(&router, post(), &status_of_a_job()).await;
    assert_eq!((status, &body["result"]["isError"]), (StatusCode::OK, &json!(true)));
    let text = body["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("ONEGENT_API_KEY env var is required"));
}

#[tokio::test]
async fn foreign_hosts_and_origins_are_turned_away() {
    let router = edge(Fake::unreachable());
    let from = |host: &str, origin: Option<&str>| {
        let mut request = Request::post("/mcp")
            .header(header::HOST, host)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json, text/event-stream");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        request
    };
    for (host, origin, wanted) in [
        ("localhost:3333", None, StatusCode::OK),
        ("localhost:3333", Some("https://app.example"), StatusCode::OK),
        ("evil.example", None, StatusCode::FORBIDDEN),
        ("localhost:3333", Some("https://evil.example"), StatusCode::FORBIDDEN),
        ("localhost:3333", Some("null"), StatusCode::FORBIDDEN),
    ] {
        let (status, _) = answer(&router, from(host, origin), &list()).await;
        assert_eq!(status, wanted, "{host} {origin:?}");
    }
}

#[tokio::test]
async fn a_body_beyond_all_reason_is_refused() {
    let router = edge(Fake::unreachable());
    let mut huge = status_of_a_job();
    huge["params"]["arguments"]["jobId"] = "x".repeat(onegent_mcp::MAX_REQUEST_BYTES).into();
    let (status, _) = answer(&router, post(), &huge).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}
