//! What a handshake over HTTP opens, to whom it belongs, and in which form answers come.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, Response, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::http::{answer, edge_as, list, post, status_of_a_job};
use crate::support::echo;

fn router() -> Router {
    edge_as(std::sync::Arc::new(echo()))
}

fn hello() -> Value {
    json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": { "protocolVersion": "2025-11-25",
        "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } } })
}

async fn send(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Shakes hands as `token` and answers the channel's id.
async fn channel(router: &Router, token: &str) -> Option<String> {
    let request = post().header(header::AUTHORIZATION, format!("Bearer {token}"));
    let response = send(router, request.body(Body::from(hello().to_string())).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let id = response.headers().get("mcp-session-id").map(|id| id.to_str().unwrap().to_owned());
    assert!(text(response).await.contains("2025-11-25"));
    let id = id?;
    let ready = post().header(header::AUTHORIZATION, format!("Bearer {token}")).header("mcp-session-id", &id);
    let message = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let response = send(router, ready.body(Body::from(message.to_string())).unwrap()).await;
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    Some(id)
}

fn over(method: &Method, token: &str, channel: &str, message: Option<&Value>) -> Request<Body> {
    let mut request = post().method(method.clone());
    if *method == Method::GET {
        request.headers_mut().unwrap().insert(header::ACCEPT, "text/event-stream".parse().unwrap());
    }
    let request =
        request.header(header::AUTHORIZATION, format!("Bearer {token}")).header("mcp-session-id", channel);
    request.body(message.map_or_else(Body::empty, |message| Body::from(message.to_string()))).unwrap()
}

#[tokio::test]
async fn a_handshake_with_a_credential_opens_a_channel_of_that_caller_alone() {
    let router = router();
    let id = channel(&router, "ana").await.expect("a channel");
    // Every call is made with its own credential, over whatever channel it comes.
    for (token, wanted) in [("ana", "ana"), ("ben", "ben")] {
        let response = send(&router, over(&Method::POST, token, &id, Some(&status_of_a_job()))).await;
        assert!(text(response).await.contains(&format!("\"summary\":\"{wanted}\"")), "{token}");
    }
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(send(&router, over(&method, "ben", &id, None)).await.status(), StatusCode::NOT_FOUND);
    }
    assert_eq!(send(&router, over(&Method::GET, "ana", &id, None)).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_ended_channel_is_gone_and_a_lost_one_is_not_missed() {
    let router = router();
    let id = channel(&router, "ana").await.expect("a channel");
    assert!(send(&router, over(&Method::DELETE, "ana", &id, None)).await.status().is_success());
    let call = status_of_a_job();
    let response = send(&router, over(&Method::POST, "ana", &id, Some(&call))).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    // As after a restart, or at another node.
    let response = send(&router, over(&Method::POST, "ana", "never-heard-of", Some(&call))).await;
    assert!(text(response).await.contains("\"summary\":\"ana\""));
}

#[tokio::test]
async fn there_is_room_for_so_many_channels_and_everybody_else_is_served_singly() {
    let router = router();
    for n in 0..20 {
        assert_eq!(channel(&router, "ana").await.is_some(), n < 16, "{n}");
    }
    assert!(channel(&router, "ben").await.is_some());
    let (_, body) =
        answer(&router, post().header(header::AUTHORIZATION, "Bearer ana"), &status_of_a_job()).await;
    assert_eq!(body["result"]["structuredContent"]["summary"], "ana");
}

#[tokio::test]
async fn a_prepared_list_is_the_list() {
    let router = router();
    let (_, prepared) = answer(&router, post(), &list()).await;
    // An `Origin` is looked at more closely, and so is a request that has more to it.
    let (_, long_way) =
        answer(&router, post().header(header::ORIGIN, "https://app.example:443"), &list()).await;
    let mut more = list();
    more["params"] = json!({ "_meta": { "progressToken": 1 } });
    let (_, with_more) = answer(&router, post(), &more).await;
    assert_eq!(prepared, long_way);
    assert_eq!(prepared, with_more);
    let mut named = list();
    named["id"] = "a \"quoted\" id".into();
    let (_, body) = answer(&router, post(), &named).await;
    assert_eq!(body["id"], named["id"]);
}

#[tokio::test]
async fn answers_come_in_the_form_that_is_accepted() {
    let router = router();
    for (accept, wanted) in [
        ("application/json, text/event-stream", "application/json"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/event-stream", "text/event-stream"),
    ] {
        for message in [list(), status_of_a_job()] {
            let mut request = post().header(header::AUTHORIZATION, "Bearer ana");
            request.headers_mut().unwrap().insert(header::ACCEPT, accept.parse().unwrap());
            let response = send(&router, request.body(Body::from(message.to_string())).unwrap()).await;
            assert_eq!(response.headers()[header::CONTENT_TYPE], wanted, "{accept}");
        }
    }
    let mut request = post();
    request.headers_mut().unwrap().insert(header::ACCEPT, "text/html".parse().unwrap());
    let response = send(&router, request.body(Body::from(list().to_string())).unwrap()).await;
    assert_eq!(response.status(), StatusCode::NOT_ACCEPTABLE);
}
