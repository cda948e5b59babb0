//! What every page carries, whatever its status.

use axum::body::Body;
use axum::http::{Method, Request};
use onegent_core::status::JobStatus;

use crate::world::{ANAS_COOKIE, ANAS_KEY, World};

#[tokio::test]
async fn every_page_closes_the_doors() {
    let world = World::new();
    let job = world.job(1, JobStatus::Queued);
    let (paused, _) = world.paused();
    let paths = [
        "/",
        "/sign-in",
        "/sign-in?token=x",
        "/status",
        "/docs",
        "/developers/keys",
        "/nope",
        "/jobs/nope",
        &format!("/jobs/{job}"),
        &format!("/jobs/{paused}"),
        "/sign-out",
        "/join?token=invitation",
    ];
    let all = onegent_http::PAGES.iter().map(|path| match path.split_once('{') {
        Some((before, rest)) => {
            format!("{before}nope{}", rest.split_once('}').map_or("", |(_, after)| after))
        }
        None => (*path).to_owned(),
    });
    let paths: Vec<String> = paths.into_iter().map(str::to_owned).chain(all).collect();
    for path in &paths {
        for cookie in [ANAS_COOKIE, "a=b"] {
            let reply = world.page(path, cookie).await;
            let policy = reply.header("content-security-policy");
            assert!(
                policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
                "{path}"
            );
            assert!(!policy.contains("unsafe"), "{path}");
            for (name, value) in [
                ("x-frame-options", "DENY"),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cache-control", "no-store"),
            ] {
                assert_eq!(reply.header(name), value, "{path} {name}");
            }
            assert!(reply.header("x-request-id").starts_with("req_"), "{path}");
            assert!(!reply.headers.contains_key("strict-transport-security"), "{path}");
        }
    }
}

#[tokio::test]
async fn no_page_has_inline_script_or_style_or_anything_from_elsewhere() {
    let world = World::new();
    let (paused, _) = world.paused();
    let paused = format!("/jobs/{paused}");
    let pages =
        ["/", "/docs", "/developers/keys", "/status", "/profiles", "/account", "/account/security", &paused];
    for path in pages {
        let page = world.page(path, ANAS_COOKIE).await.body;
        assert!(
            !page.contains(" style=") && !page.contains("<style") && !page.contains(" onclick="),
            "{path}"
        );
        for tag in ["<script src=\"", "<link rel=\"stylesheet\" href=\""] {
            let address = page.split(tag).nth(1).unwrap_or_else(|| panic!("{path} {tag}"));
            assert!(address.starts_with("/assets/"), "{path}");
        }
        assert_eq!(page.matches("<script").count(), 1, "{path}");
    }
}

#[tokio::test]
async fn assets_are_ours_and_kept_by_browsers() {
    let world = World::new();
    for (path, kind) in [
        ("/assets/onegent.css", "text/css; charset=utf-8"),
        ("/assets/onegent.js", "text/javascript; charset=utf-8"),
        ("/assets/onegent.svg", "image/svg+xml"),
    ] {
        let reply = world.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, kind));
        assert!(reply.header("cache-control").contains("immutable"));
        assert!(!reply.body.contains("http://") || path.ends_with("svg"), "{path} fetches nothing");
    }
    assert_eq!(world.page("/assets/other", "a=b").await.status, 404);
}

#[tokio::test]
async fn a_wrong_method_says_which_are_right() {
    let reply = World::new().page("/sign-out", ANAS_COOKIE).await;
    assert_eq!((reply.status.as_u16(), reply.header("allow")), (405, "POST"));
}

#[tokio::test]
async fn a_strange_host_gets_nothing() {
    let world = World::new();
    for path in ["/", "/docs", "/openapi.json", "/api/v1/providers", "/assets/onegent.css", "/nope"] {
        for host in ["evil.test", "evil.test:8080", "127.0.0.1.evil.test", ""] {
            let request = Request::get(path).header("host", host).header("cookie", ANAS_COOKIE);
            let reply = world.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(
                (reply.status.as_u16(), reply.code().as_str()),
                (403, "forged_request"),
                "{host} {path}"
            );
            assert!(reply.json()["error"]["requestId"].is_string(), "{path}");
        }
        for host in ["127.0.0.1:8080", "localhost", "[::1]:8080"] {
            let request = Request::get(path).header("host", host);
            assert_ne!(world.send(request.body(Body::empty()).unwrap()).await.status, 403, "{host} {path}");
        }
    }
    let request = Request::get("/healthz").header("host", "10.0.0.7");
    assert_eq!(world.send(request.body(Body::empty()).unwrap()).await.status, 200);
}

#[tokio::test]
async fn no_answer_of_the_api_is_kept_by_a_cache() {
    let world = World::new();
    let job = world.job(1, JobStatus::Queued);
    for path in ["/api/v1/execution-jobs", &format!("/api/v1/execution-jobs/{job}"), "/api/v1/nope"] {
        let reply = world.api(Method::GET, path, ANAS_KEY).await;
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
    }
    let reply = world.api(Method::POST, "/api/mcp", ANAS_KEY).await;
    assert_eq!(reply.header("cache-control"), "no-store");
}
