//! Nothing that an assistant can hold leads to the payment desk: every route of the router, tried with every credential
//! that is not a person's session, and with everything else as right as it can be.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Method, Request, StatusCode, header};
use onegent_core::id::{EndpointId, GrantId, JobId, KeyId, PersonId, ProfileId, SessionId};
use onegent_core::port::Review;
use serde_json::json;
use tower::ServiceExt;

use crate::sample;
use crate::world::{ANAS_COOKIE, ANAS_CSRF, ANAS_KEY, ANAS_READ_KEY, World};

/// Whom a route answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    Everybody,
    /// A program with a key or a token.
    Programs,
    /// Somebody who is signed in at the console.
    People,
}

/// Every route that there is. Whoever adds one says here whom it is for.
const ROUTES: &[(&str, For)] = &[
    ("/api/v1/execution-jobs", For::Programs),
    ("/api/v1/execution-jobs/{jobId}", For::Programs),
    ("/api/v1/execution-jobs/{jobId}/audit", For::Programs),
    ("/api/v1/execution-jobs/{jobId}/cancel", For::Programs),
    ("/api/v1/execution-jobs/{jobId}/events", For::Programs),
    ("/api/v1/metrics/providers/{provider}", For::Programs),
    ("/api/v1/providers", For::Programs),
    ("/api/v1/webhooks", For::Programs),
    ("/api/v1/webhooks/{endpointId}", For::Programs),
    ("/api/v1/webhooks/{endpointId}/dead-letters", For::Programs),
    ("/api/v1/webhooks/{endpointId}/replay", For::Programs),
    ("/api/v1/webhooks/{endpointId}/rotate", For::Programs),
    ("/api/mcp", For::Programs),
    ("/", For::People),
    ("/jobs/{jobId}", For::People),
    ("/jobs/{jobId}/cancel", For::People),
    ("/jobs/{jobId}/confirm", For::People),
    ("/jobs/{jobId}/decline", For::People),
    ("/jobs/{jobId}/events", For::People),
    ("/jobs/{jobId}/helped", For::People),
    ("/jobs/{jobId}/live", For::People),
    ("/jobs/{jobId}/screenshots/{number}", For::People),
    ("/developers/connected-apps", For::People),
    ("/developers/connected-apps/{grantId}/disconnect", For::People),
    ("/developers/keys", For::People),
    ("/developers/keys/{keyId}/revoke", For::People),
    ("/developers/keys/{keyId}/rotate", For::People),
    ("/developers/webhooks", For::People),
    ("/developers/webhooks/{endpointId}/remove", For::People),
    ("/developers/webhooks/{endpointId}/replay", For::People),
    ("/developers/webhooks/{endpointId}/rotate", For::People),
    ("/profiles", For::People),
    ("/profiles/none/default", For::People),
    ("/profiles/{profileId}/default", For::People),
    ("/profiles/{profileId}/delete", For::People),
    ("/account", For::People),
    ("/account/password", For::People),
    ("/account/second-factor", For::People),
    ("/account/second-factor/confirm", For::People),
    ("/account/second-factor/remove", For::People),
    ("/account/confirm-rule", For::People),
    ("/account/provider", For::People),
    ("/account/code", For::People),
    ("/account/sessions/{sessionId}/end", For::People),
    ("/account/people", For::People),
    ("/account/people/{personId}/remove", For::People),
    ("/account/security", For::People),
    ("/oauth/consent", For::People),
    ("/sign-out", For::People),
    ("/.well-known/oauth-authorization-server", For::Everybody),
    ("/.well-known/oauth-authorization-server/api/mcp", For::Everybody),
    ("/.well-known/oauth-authorization-server/api/v1", For::Everybody),
    ("/.well-known/oauth-protected-resource", For::Everybody),
    ("/.well-known/oauth-protected-resource/api/mcp", For::Everybody),
    ("/.well-known/oauth-protected-resource/api/v1", For::Everybody),
    ("/api", For::Everybody),
    ("/api/", For::Everybody),
    ("/api/v1", For::Everybody),
    ("/api/v1/", For::Everybody),
    ("/assets/{file}", For::Everybody),
    ("/docs", For::Everybody),
    ("/healthz", For::Everybody),
    ("/oauth/authorize", For::Everybody),
    ("/oauth/register", For::Everybody),
    ("/oauth/revoke", For::Everybody),
    ("/oauth/token", For::Everybody),
    ("/openapi.custom-gpt.json", For::Everybody),
    ("/openapi.json", For::Everybody),
    ("/openapi.yaml", For::Everybody),
    ("/join", For::Everybody),
    ("/readyz", For::Everybody),
    ("/sign-in", For::Everybody),
    ("/sign-in/code", For::Everybody),
    ("/sign-in/password", For::Everybody),
    ("/sign-in/provider", For::Everybody),
    ("/sign-in/provider/begin", For::Everybody),
    ("/status", For::Everybody),
];

/// The routes behind which a person meets the payment desk, and no others.
const DESK: [&str; 5] = [
    "/jobs/{jobId}",
    "/jobs/{jobId}/confirm",
    "/jobs/{jobId}/decline",
    "/jobs/{jobId}/helped",
    "/jobs/{jobId}/live",
];

const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// What somebody shows for themselves.
#[derive(Debug, Clone, Copy)]
enum Shown {
    Nothing,
    Bearer(&'static str),
    /// A key where a session's token belongs.
    KeyAsCookie,
    /// A person's session, in their own browser.
    Session,
}

/// What an assistant can have. A new kind of bearer credential belongs here.
const ASSISTANTS: [Shown; 4] =
    [Shown::Nothing, Shown::Bearer(ANAS_KEY), Shown::Bearer(ANAS_READ_KEY), Shown::KeyAsCookie];

#[test]
fn every_route_is_known_here_and_says_whom_it_is_for() {
    // The router tells its routes to nobody but its `Debug`.
    let told = format!("{:?}", World::new().router);
    let routes = told.split("RouteId(").filter_map(|piece| piece.split_once("): \"")?.1.split('"').next());
    // Where nothing is, the fallback answers.
    let found: BTreeSet<_> = routes.filter(|route| !route.contains("__private__")).collect();
    let known: BTreeSet<_> = ROUTES.iter().map(|(route, _)| *route).collect();
    assert_eq!(found, known, "the router's routes, and those that are tried here");
}

#[tokio::test]
async fn no_route_leads_an_assistant_to_the_payment_desk() {
    let world = World::new();
    let (job, review) = world.paused();
    for (route, whom) in ROUTES {
        for shown in ASSISTANTS {
            for method in METHODS {
                for as_json in [true, false] {
                    let request = request(&method, route, shown, job, &review, as_json);
                    let status = status(&world, request).await;
                    let turned_away = status.is_client_error() || status == StatusCode::SEE_OTHER;
                    assert!(turned_away || *whom != For::People, "{method} {route}, {shown:?}: {status}");
                    let met = world.fake.desk_calls();
                    assert!(met.is_empty(), "{method} {route}, {shown:?}: {met:?}");
                }
            }
        }
    }
}

/// The same walk finds the desk when a person goes it: what was refused above was refused for who asked.
#[tokio::test]
async fn a_person_meets_the_payment_desk_behind_five_routes() {
    let mut behind = BTreeSet::new();
    for (route, _) in ROUTES {
        let world = World::new();
        for method in METHODS {
            let (job, review) = world.paused();
            status(&world, request(&method, route, Shown::Session, job, &review, false)).await;
        }
        if !world.fake.desk_calls().is_empty() {
            behind.insert(*route);
        }
    }
    assert_eq!(behind, BTreeSet::from(DESK));
}

/// In the source: the desk is named by the pages of the console that a person uses, and by nothing that answers a program.
#[test]
fn no_code_that_answers_programs_names_the_payment_desk() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut naming = BTreeSet::new();
    for folder in [here.join("src"), here.join("../onegent-mcp/src"), here.join("../onegent-client/src")] {
        naming_the_desk(&folder, &mut naming);
    }
    let allowed = BTreeSet::from(
        ["app.rs", "console/job.rs", "console/live_page.rs", "console/review.rs"]
            .map(|file| here.join("src").join(file)),
    );
    assert_eq!(naming, allowed);
}

fn naming_the_desk(folder: &std::path::Path, naming: &mut BTreeSet<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            naming_the_desk(&path, naming);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let code = std::fs::read_to_string(&path).unwrap();
            let mut lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            if lines.any(|line| ["PaymentDesk", ".desk", "desk:"].iter().any(|name| line.contains(name))) {
                naming.insert(path);
            }
        }
    }
}

/// A request that is right in everything but, perhaps, who sends it.
fn request(
    method: &Method,
    route: &str,
    shown: Shown,
    job: JobId,
    review: &Review,
    as_json: bool,
) -> Request<Body> {
    let key = KeyId::generate(sample::now(), [5; 10]);
    let grant = GrantId::generate(sample::now(), [6; 10]);
    let path = [
        ("{jobId}", job.to_string()),
        ("{keyId}", key.to_string()),
        ("{grantId}", grant.to_string()),
        ("{endpointId}", EndpointId::generate(sample::now(), [8; 10]).to_string()),
        ("{profileId}", ProfileId::generate(sample::now(), [7; 10]).to_string()),
        ("{sessionId}", SessionId::generate(sample::now(), [7; 10]).to_string()),
        ("{personId}", PersonId::generate(sample::now(), [7; 10]).to_string()),
        ("{provider}", "sandbox-table".to_owned()),
        ("{file}", "onegent.js".to_owned()),
        ("{number}", "1".to_owned()),
    ]
    .into_iter()
    .fold(route.to_owned(), |path, (name, value)| path.replace(name, &value));
    assert!(!path.contains('{'), "{route} has a part that nothing stands for here");
    let request = show(Request::builder().method(method).uri(path), shown)
        .header(header::ACCEPT, "application/json, text/event-stream")
        .header(header::ORIGIN, "null")
        .header("sec-fetch-site", "same-origin");
    let (hold, charge) = (review.hold.to_string(), review.hash.to_string());
    if method == Method::GET {
        request.body(Body::empty()).unwrap()
    } else if as_json {
        let call = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": "get_job_status", "arguments": { "jobId": job, "confirm": true, "hold": hold } },
            "hold": hold, "charge": charge, "csrf": ANAS_CSRF,
        });
        let request = request.header(header::CONTENT_TYPE, "application/json");
        request.body(Body::from(call.to_string())).unwrap()
    } else {
        let fields = format!("hold={hold}&charge={charge}&csrf={ANAS_CSRF}");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.body(Body::from(fields)).unwrap()
    }
}

fn show(request: Builder, shown: Shown) -> Builder {
    match shown {
        Shown::Nothing => request,
        Shown::Bearer(key) => request.header(header::AUTHORIZATION, format!("Bearer {key}")),
        Shown::KeyAsCookie => {
            let cookie = format!("onegent_session_8080={ANAS_KEY}; __Host-onegent={ANAS_KEY}");
            request.header(header::COOKIE, cookie)
        }
        Shown::Session => request.header(header::COOKIE, ANAS_COOKIE),
    }
}

/// The answer's status alone: a stream's body would not end.
async fn status(world: &World, request: Request<Body>) -> StatusCode {
    world.router.clone().oneshot(request).await.unwrap().status()
}
