//! A server in this process, and requests to it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use onegent_core::caller::Scope;
use onegent_core::id::JobId;
use onegent_core::status::JobStatus;
use onegent_http::App;
use serde_json::Value;
use tower::ServiceExt;
use url::Url;

use crate::fake::{Fake, Still};
use crate::sample;

pub(crate) const ANAS_KEY: &str = "ogk_test_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
pub(crate) const ANAS_READ_KEY: &str = "ogk_test_RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRR";
pub(crate) const BENS_KEY: &str = "ogk_test_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
pub(crate) const ANAS_COOKIE: &str = "onegent_session_8080=anas-session";
pub(crate) const BENS_COOKIE: &str = "onegent_session_8080=bens-session";
pub(crate) const ANAS_CSRF: &str = "anas-csrf";
pub(crate) const BENS_CSRF: &str = "bens-csrf";

/// Two accounts, Ana's and Ben's, each with a key and a session.
pub(crate) struct World {
    pub(crate) fake: Arc<Fake>,
    pub(crate) router: Router,
}

/// An answer, read to its end.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.body))
    }

    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or("(none)").to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::at("http://127.0.0.1:8080")
    }

    pub(crate) fn at(public_url: &str) -> Self {
        let fake = Arc::new(Fake::default());
        fake.add_key(ANAS_KEY, sample::ana(), &Scope::ALL);
        fake.add_key(ANAS_READ_KEY, sample::ana(), &[Scope::Read]);
        fake.add_key(BENS_KEY, sample::ben(), &Scope::ALL);
        fake.add_session("anas-session", ANAS_CSRF, sample::ana());
        fake.add_session("bens-session", BENS_CSRF, sample::ben());
        let router = onegent_http::router(App {
            requests: onegent_http::RequestMeter::default(),
            service: fake.clone(),
            desk: fake.clone(),
            authority: fake.clone(),
            accounts: fake.clone(),
            profiles: fake.clone(),
            webhooks: fake.clone(),
            trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()],
            account_rate: None,
            state_key: None,
            clock: Arc::new(Still),
            public_url: Url::parse(public_url).unwrap(),
            sandbox_url: None,
        });
        Self { fake, router }
    }

    /// A job of Ana's.
    pub(crate) fn job(&self, number: u8, status: JobStatus) -> JobId {
        self.fake.add_job(sample::ana(), sample::job(number, status, sample::table()), None)
    }

    /// A job of Ana's that waits at payment.
    pub(crate) fn paused(&self) -> (JobId, onegent_core::port::Review) {
        let job = sample::job(7, JobStatus::PausedPayment, sample::table());
        let review = sample::review(job.clone(), sample::charge("412.50"), None);
        (self.fake.add_job(sample::ana(), job, Some(review.clone())), review)
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, body: String::from_utf8(body.into()).unwrap() }
    }

    pub(crate) async fn api(&self, method: Method, path: &str, key: &str) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {key}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn create(&self, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = Request::post("/api/v1/execution-jobs")
            .header(header::AUTHORIZATION, format!("Bearer {ANAS_KEY}"))
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub(crate) async fn page(&self, path: &str, cookie: &str) -> Reply {
        let request = Request::get(path).header(header::COOKIE, cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form as a browser on our own page does.
    pub(crate) async fn form(&self, path: &str, cookie: &str, fields: &str) -> Reply {
        self.send(form(path, cookie).body(Body::from(fields.to_owned())).unwrap()).await
    }
}

/// The head of a form as a browser sends it from one of our pages, under `Referrer-Policy: no-referrer`.
pub(crate) fn form(path: &str, cookie: &str) -> axum::http::request::Builder {
    Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ORIGIN, "null")
        .header("sec-fetch-site", "same-origin")
}

pub(crate) const A_BOOKING: &str = r#"{
    "request": { "scenario": "restaurant", "params": {
        "restaurant_name": "Carbone", "city": "New York", "date": "2026-12-04", "time": "19:30", "covers": 2 } },
    "profile": { "first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone": "+12125550123" }
}"#;
