//! Forms that are not ours: 403, and nothing is written.

use axum::body::Body;
use axum::http::{Request, header};

use crate::sample;
use crate::world::{ANAS_COOKIE, ANAS_CSRF, BENS_COOKIE, BENS_CSRF, World, form};

/// Every form of a signed-in person, with fields that would do something.
fn forms(world: &World) -> Vec<(String, String)> {
    let (job, review) = world.paused();
    let key = sample::key_info(5, request());
    let revoke = format!("/developers/keys/{}/revoke", key.key_id);
    world.fake.list_key(key);
    let charge = format!("&hold={}&charge={}", review.hold, review.hash);
    vec![
        (format!("/jobs/{job}/confirm"), charge.clone()),
        (format!("/jobs/{job}/decline"), charge),
        (format!("/jobs/{job}/helped"), String::new()),
        (format!("/jobs/{job}/cancel"), String::new()),
        ("/developers/keys".to_owned(), "&name=x&environment=test&scopes=read&scenarios=hotel".to_owned()),
        (revoke.replace("/revoke", "/rotate"), String::new()),
        (revoke, String::new()),
        (
            "/profiles".to_owned(),
            "&first_name=A&last_name=B&email=a@b.example&phone=%2B12125550123".to_owned(),
        ),
        ("/profiles/none/default".to_owned(), String::new()),
        (format!("/profiles/{}/default", sample::profile()), String::new()),
        (format!("/profiles/{}/delete", sample::profile()), String::new()),
        ("/account/password".to_owned(), "&email=a@b.example&password=correct+horse+battery".to_owned()),
        ("/account/second-factor".to_owned(), String::new()),
        ("/account/second-factor/confirm".to_owned(), "&code=123456".to_owned()),
        ("/account/second-factor/remove".to_owned(), "&code=123456".to_owned()),
        ("/account/confirm-rule".to_owned(), "&needed=yes".to_owned()),
        ("/account/provider".to_owned(), String::new()),
        ("/account/code".to_owned(), "&code=123456".to_owned()),
        ("/account/people".to_owned(), "&role=member".to_owned()),
        (format!("/account/people/{}/remove", sample::member()), String::new()),
        (format!("/account/sessions/{}/end", sample::other_session()), String::new()),
        ("/sign-out".to_owned(), String::new()),
    ]
}

fn request() -> onegent_core::port::KeyRequest {
    onegent_core::port::KeyRequest {
        name: "x".parse().unwrap(),
        environment: onegent_core::caller::Environment::Test,
        scopes: vec![],
        scenarios: vec![],
        expires_at: None,
    }
}

#[tokio::test]
async fn a_missing_foreign_or_replayed_token_is_refused() {
    let world = World::new();
    for (path, fields) in forms(&world) {
        for token in ["", "csrf=", "csrf=nonsense", &format!("csrf={BENS_CSRF}")] {
            let reply = world.form(&path, ANAS_COOKIE, &format!("{token}{fields}")).await;
            assert_eq!(reply.status, 403, "{path} {token}");
        }
    }
    assert!(world.fake.writes().is_empty(), "{:?}", world.fake.writes());
}

#[tokio::test]
async fn what_a_browser_says_comes_from_elsewhere_is_refused() {
    let world = World::new();
    let hostile: [&[(&str, &str)]; 8] = [
        &[("origin", "https://evil.test")],
        &[("origin", "http://127.0.0.1:9999")],
        &[("origin", "http://127.0.0.1:8080.evil.test")],
        &[("origin", "null")],
        &[("origin", "null"), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "cross-site")],
    ];
    for (path, fields) in forms(&world) {
        for headers in hostile {
            let mut request = Request::post(&path)
                .header(header::COOKIE, ANAS_COOKIE)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let body = Body::from(format!("csrf={ANAS_CSRF}{fields}"));
            assert_eq!(world.send(request.body(body).unwrap()).await.status, 403, "{path} {headers:?}");
        }
    }
    assert!(world.fake.writes().is_empty(), "{:?}", world.fake.writes());
}

#[tokio::test]
async fn other_body_types_are_refused() {
    let world = World::new();
    for (path, fields) in forms(&world) {
        for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x", ""] {
            let mut request = form(&path, ANAS_COOKIE);
            request.headers_mut().unwrap().insert(header::CONTENT_TYPE, kind.parse().unwrap());
            let body = Body::from(format!("csrf={ANAS_CSRF}{fields}"));
            assert_eq!(world.send(request.body(body).unwrap()).await.status, 403, "{path} {kind}");
        }
    }
    assert!(world.fake.writes().is_empty(), "{:?}", world.fake.writes());
}

#[tokio::test]
async fn without_a_session_a_form_leads_to_signing_in() {
    let world = World::new();
    for (path, fields) in forms(&world) {
        let reply = world.form(&path, "a=b", &format!("csrf={ANAS_CSRF}{fields}")).await;
        assert_eq!(reply.status, 303, "{path}");
        assert!(reply.header("location").starts_with("/sign-in"), "{path}");
    }
    assert!(world.fake.writes().is_empty());
}

#[tokio::test]
async fn another_accounts_job_can_not_be_touched_and_looks_unknown() {
    let world = World::new();
    let (job, review) = world.paused();
    let never = sample::job_id(99);
    let fields = format!("csrf={BENS_CSRF}&hold={}&charge={}", review.hold, review.hash);
    for verb in ["confirm", "decline", "helped", "cancel"] {
        let mut bodies = Vec::new();
        for id in [job.to_string(), never.to_string(), "job_x".to_owned()] {
            let reply = world.form(&format!("/jobs/{id}/{verb}"), BENS_COOKIE, &fields).await;
            assert_eq!(reply.status, 404, "{verb} {id}");
            bodies.push(reply.body.replace(reply.header("x-request-id"), "[id]"));
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1);
    }
    assert!(world.fake.writes().is_empty());
}

#[tokio::test]
async fn the_same_forms_work_from_our_own_pages() {
    for number in 0..forms(&World::new()).len() {
        let world = World::new();
        let (path, fields) = forms(&world).swap_remove(number);
        let reply = world.form(&path, ANAS_COOKIE, &format!("csrf={ANAS_CSRF}{fields}")).await;
        assert!(reply.status == 303 || reply.status == 200, "{path} {}", reply.status);
        assert_eq!(world.fake.writes().len(), 1, "{path}");
    }
}
