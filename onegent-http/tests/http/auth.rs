//! Every way to show a credential, and what it gets.

use axum::body::Body;
use axum::http::{Method, Request, header};

use crate::world::{ANAS_KEY, World};

/// What an `Authorization` header gets, with a query that carries a good key for nothing.
async fn refused(world: &World, headers: &[&[u8]]) -> String {
    let mut request =
        Request::get(format!("/api/v1/execution-jobs?access_token={ANAS_KEY}&api_key={ANAS_KEY}"));
    for value in headers {
        request = request.header(header::AUTHORIZATION, *value);
    }
    let reply = world.send(request.body(Body::empty()).unwrap()).await;
    if reply.status == 200 {
        return "200".to_owned();
    }
    assert_eq!(reply.status, 401);
    let challenge = reply.header("www-authenticate");
    assert!(challenge.starts_with("Bearer realm=\"onegent\", resource_metadata=\"http"), "{challenge}");
    assert_eq!(reply.json()["error"]["requestId"], reply.header("x-request-id"));
    reply.code()
}

#[tokio::test]
async fn each_wrong_credential_is_told_what_is_wrong_with_it() {
    let world = World::new();
    let good = format!("bearer   {ANAS_KEY} ");
    let unknown = format!("Bearer ogk_live_{}", "x".repeat(32));
    let cases: [(&[&[u8]], &str); 12] = [
        (&[], "missing_authorization"),
        (&[b""], "invalid_auth_scheme"),
        (&[b"Basic abc"], "invalid_auth_scheme"),
        (&[ANAS_KEY.as_bytes()], "invalid_auth_scheme"),
        (&[good.as_bytes(), good.as_bytes()], "invalid_auth_scheme"),
        (&[b"Bearer"], "empty_api_key"),
        (&[b"Bearer  "], "empty_api_key"),
        (&[b"Bearer ogk_test_short"], "malformed_api_key"),
        (&[b"Bearer sk-something"], "malformed_api_key"),
        (&[b"Bearer ogk_test_\xff\xfe"], "malformed_api_key"),
        (&[unknown.as_bytes()], "invalid_api_key"),
        (&[good.as_bytes()], "200"),
    ];
    for (headers, wanted) in cases {
        assert_eq!(refused(&world, headers).await, wanted, "{headers:?}");
    }
}

#[tokio::test]
async fn shape_is_checked_before_any_look_up() {
    let world = World::new();
    world.fake.go_down();
    assert_eq!(refused(&world, &[b"Bearer ogk_test_short"]).await, "malformed_api_key");
    let reply = world.api(Method::GET, "/api/v1/providers", ANAS_KEY).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (503, "backend_unavailable"));
    assert_eq!(reply.header("retry-after"), "2");
    assert!(!reply.body.contains("/secret/path"), "the cause is for the log: {}", reply.body);
}
