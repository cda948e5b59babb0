//! The gateway: whose credential is used for whom.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use onegent_core::caller::{Caller, Credential};
use onegent_core::create::CreateJob;
use onegent_core::error::{Error, Result};
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::port::{
    AuditPage, AuditQuery, BookingService, Created, JobFilter, JobPage, ProviderMetrics, ProviderPage, Watch,
};
use onegent_core::text::{Bounded, ProviderId};
use onegent_http::{Gateway, gateway_router};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::mcp::{call, list, post};
use crate::sample;
use crate::world::{ANAS_KEY, BENS_KEY};

/// A REST API that only remembers who asked.
#[derive(Default)]
struct Upstream {
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl BookingService for Upstream {
    async fn job(&self, caller: &Caller, _: JobId) -> Result<Job> {
        let who = match &caller.credential {
            Credential::Forwarded(secret) => secret.expose_secret().to_owned(),
            Credential::Verified(_) => "verified".to_owned(),
            Credential::Missing => "missing".to_owned(),
        };
        self.asked.lock().unwrap().push(who);
        Err(Error::job_not_found())
    }

    async fn create(&self, _: &Caller, _: CreateJob) -> Result<Created> {
        Err(Error::job_not_found())
    }

    async fn list(&self, _: &Caller, _: JobFilter) -> Result<JobPage> {
        Err(Error::job_not_found())
    }

    async fn audit(&self, _: &Caller, _: JobId, _: AuditQuery) -> Result<AuditPage> {
        Err(Error::job_not_found())
    }

    async fn watch(&self, _: &Caller, _: JobId, _: u64, _: Duration) -> Result<Watch> {
        Err(Error::job_not_found())
    }

    async fn cancel(&self, _: &Caller, _: JobId) -> Result<Job> {
        Err(Error::job_not_found())
    }

    async fn provider_metrics(
        &self,
        _: &Caller,
        _: ProviderId,
        _: Bounded<1, 365>,
    ) -> Result<ProviderMetrics> {
        Err(Error::job_not_found())
    }

    async fn providers(&self, _: &Caller) -> Result<ProviderPage> {
        Err(Error::job_not_found())
    }
}

struct Stand {
    upstream: Arc<Upstream>,
    router: axum::Router,
}

impl Stand {
    fn new(fallback: Option<&str>) -> Self {
        let upstream = Arc::new(Upstream::default());
        let router = gateway_router(Gateway {
            service: upstream.clone(),
            fallback: fallback.map(SecretString::from),
            allowed_hosts: vec!["mcp.example".to_owned()],
        });
        Self { upstream, router }
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert!(response.headers().contains_key("x-request-id"));
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn status_as(&self, authorization: Option<&str>) -> (StatusCode, Value) {
        let mut request = post("/");
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let arguments = json!({ "jobId": sample::job_id(1) });
        self.send(request.body(call("get_job_status", &arguments)).unwrap()).await
    }

    fn asked(&self) -> Vec<String> {
        self.upstream.asked.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn a_bare_list_works_at_both_addresses_without_a_key() {
    let stand = Stand::new(None);
    for path in ["/", "/mcp"] {
        let (status, body) = stand.send(post(path).body(list()).unwrap()).await;
        assert_eq!(
            (status.as_u16(), body["result"]["tools"].as_array().map(Vec::len)),
            (200, Some(6)),
            "{path}"
        );
    }
    let (status, body) = stand.send(Request::get("/healthz").body(Body::empty()).unwrap()).await;
    assert_eq!((status.as_u16(), body["status"].as_str()), (200, Some("ok")));
    let (status, body) = stand.send(post("/mcp").body(Body::from("{")).unwrap()).await;
    assert_eq!((status.as_u16(), &body["error"]["code"]), (400, &json!(-32700)));
    let (status, body) = stand.send(post("/other").body(list()).unwrap()).await;
    assert_eq!((status.as_u16(), body["error"]["code"].as_str()), (404, Some("not_found")));
}

#[tokio::test]
async fn each_callers_credential_counts_for_that_call_alone() {
    let stand = Stand::new(Some("the-fallback"));
    stand.status_as(Some(&format!("Bearer {ANAS_KEY}"))).await;
    stand.status_as(None).await;
    stand.status_as(Some(&format!("bearer {BENS_KEY}"))).await;
    assert_eq!(stand.asked(), [ANAS_KEY, "the-fallback", BENS_KEY]);
}

#[tokio::test]
async fn a_wrong_credential_is_never_replaced_by_ours() {
    let stand = Stand::new(Some("the-fallback"));
    for (wrong, code) in [
        ("Basic abc", "invalid_auth_scheme"),
        ("Bearer", "empty_api_key"),
        ("Bearer  ", "empty_api_key"),
        ("Bearer ogk_test_short", "malformed_api_key"),
        ("Bearer eyJhbGciOiJub25lIn0.e30.", "malformed_api_key"),
    ] {
        let request = post("/mcp").header(header::AUTHORIZATION, wrong).body(list()).unwrap();
        let response = stand.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer realm=\"onegent-mcp\"");
        let (status, body) = stand.status_as(Some(wrong)).await;
        assert_eq!((status.as_u16(), body["error"]["code"].as_str()), (401, Some(code)), "{wrong}");
    }
    assert!(stand.asked().is_empty());
}

#[tokio::test]
async fn a_call_without_any_key_says_which_is_needed() {
    let stand = Stand::new(None);
    let (_, body) = stand.status_as(None).await;
    assert!(
        body["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("ONEGENT_API_KEY env var is required")
    );
    assert!(stand.asked().is_empty());
}

#[tokio::test]
async fn only_named_hosts_and_their_pages_are_answered() {
    let stand = Stand::new(None);
    for (host, origin, wanted) in [
        ("localhost:3333", None, 200),
        ("mcp.example", None, 200),
        ("evil.test", None, 403),
        ("localhost:3333", Some("http://localhost:6274"), 200),
        ("mcp.example", Some("https://mcp.example"), 200),
        ("localhost:3333", Some("https://evil.test"), 403),
        ("localhost:3333", Some("null"), 403),
    ] {
        let mut request = post("/mcp");
        request.headers_mut().unwrap().insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        let (status, _) = stand.send(request.body(list()).unwrap()).await;
        assert_eq!(status.as_u16(), wanted, "{host} {origin:?}");
    }
}
