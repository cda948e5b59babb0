//! MCP in the full server: who gets in, and with what.

use axum::body::Body;
use axum::http::{Request, header, request};
use serde_json::{Value, json};

use crate::world::{A_BOOKING, ANAS_KEY, ANAS_READ_KEY, Reply, World};

pub(crate) fn post(path: &str) -> request::Builder {
    Request::post(path)
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, text/event-stream")
}

pub(crate) fn list() -> Body {
    Body::from(json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }).to_string())
}

pub(crate) fn call(name: &str, arguments: &Value) -> Body {
    let params = json!({ "name": name, "arguments": arguments });
    Body::from(json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string())
}

async fn send(world: &World, key: &str, body: Body) -> Reply {
    let request = post("/api/mcp").header(header::AUTHORIZATION, format!("Bearer {key}"));
    world.send(request.body(body).unwrap()).await
}

#[tokio::test]
async fn a_bare_list_with_a_key_has_the_six_tools() {
    let world = World::new();
    let tools = send(&world, ANAS_KEY, list()).await.json()["result"]["tools"].clone();
    let names: Vec<_> = tools.as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    let wanted =
        ["book_restaurant", "book_hotel", "book_flight", "book_activity", "get_job_status", "get_job_audit"];
    assert_eq!(names, wanted);
}

#[tokio::test]
async fn nobody_gets_in_without_a_good_key() {
    let world = World::new();
    let reply = world.send(post("/api/mcp").body(list()).unwrap()).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (401, "missing_authorization"));
    let metadata = "http://127.0.0.1:8080/.well-known/oauth-protected-resource/api/mcp";
    let challenge =
        format!("Bearer realm=\"onegent-mcp\", resource_metadata=\"{metadata}\", scope=\"read book\"");
    assert_eq!(reply.header("www-authenticate"), challenge);
    let reply = send(&world, "ogk_test_short", list()).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (401, "malformed_api_key"));
    assert_eq!(reply.header("www-authenticate"), format!("{challenge}, error=\"invalid_token\""));
    let reply = world.send(post(&format!("/api/mcp?token={ANAS_KEY}")).body(list()).unwrap()).await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn a_tool_runs_for_the_keys_own_account() {
    let world = World::new();
    let booking: Value = serde_json::from_str(A_BOOKING).unwrap();
    let mut arguments = booking["request"]["params"].clone();
    arguments["profile"] = booking["profile"].clone();
    let reply = send(&world, ANAS_KEY, call("book_restaurant", &arguments)).await.json();
    let job = &reply["result"]["structuredContent"];
    assert_eq!(job["status"], "queued", "{reply}");
    let status =
        send(&world, ANAS_READ_KEY, call("get_job_status", &json!({ "jobId": job["jobId"] }))).await.json();
    assert_eq!(status["result"]["structuredContent"]["jobId"], job["jobId"], "{status}");
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let world = World::new();
    let reply = send(&world, ANAS_READ_KEY, call("book_hotel", &json!({}))).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (403, "insufficient_scope"));
    let challenge = reply.header("www-authenticate");
    assert!(challenge.starts_with("Bearer realm=\"onegent-mcp\", resource_metadata=\"http"), "{challenge}");
    assert!(challenge.ends_with(", error=\"insufficient_scope\", scope=\"book\""), "{challenge}");
    assert!(world.fake.writes().is_empty());
}

#[tokio::test]
async fn foreign_hosts_and_origins_are_refused() {
    let world = World::new();
    for (name, value) in [
        ("host", "evil.test"),
        ("host", "evil.test:8080"),
        ("origin", "https://evil.test"),
        ("origin", "null"),
    ] {
        let mut request = post("/api/mcp").header(header::AUTHORIZATION, format!("Bearer {ANAS_KEY}"));
        request.headers_mut().unwrap().insert(name, value.parse().unwrap());
        let reply = world.send(request.body(list()).unwrap()).await;
        assert_eq!(reply.status, 403, "{name}: {value}");
    }
    for origin in ["http://127.0.0.1:8080", "http://localhost:8080"] {
        let request = post("/api/mcp")
            .header(header::AUTHORIZATION, format!("Bearer {ANAS_KEY}"))
            .header(header::ORIGIN, origin);
        assert_eq!(world.send(request.body(list()).unwrap()).await.status, 200, "{origin}");
    }
}

#[tokio::test]
async fn a_huge_message_is_refused() {
    let world = World::new();
    let reply = send(&world, ANAS_KEY, Body::from("x".repeat(300 * 1024))).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (413, "payload_too_large"));
}

#[tokio::test]
async fn a_body_that_is_no_message_gets_the_protocols_error() {
    let world = World::new();
    for (body, code) in [
        ("", -32700),
        ("{", -32700),
        ("[]", -32600),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
        ("{}", -32600),
        ("7", -32600),
    ] {
        let reply = send(&world, ANAS_KEY, Body::from(body)).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-type")),
            (400, "application/json"),
            "{body}"
        );
        let answer = reply.json();
        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(code), &Value::Null), "{body}");
    }
    let mut request = post("/api/mcp").header(header::AUTHORIZATION, format!("Bearer {ANAS_KEY}"));
    request.headers_mut().unwrap().insert(header::CONTENT_TYPE, "text/plain".parse().unwrap());
    assert_eq!(world.send(request.body(list()).unwrap()).await.status, 415);
}
