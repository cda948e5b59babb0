#![cfg(test)]
//! The gateway before a REST API that is crowded, slow, broken or gone.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::ensure;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use onegent_cli::outside;
use onegent_client::Client;
use onegent_http::{Gateway, gateway_router};
use onegent_tests::world::patiently;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What the API does.
#[derive(Clone, Copy)]
enum Api {
    /// Answers with a job whose summary is the key that was shown.
    Echoes,
    /// A proxy's page.
    ServesHtml,
    /// Too many requests.
    Limits,
    /// Never answers.
    Sleeps,
}

#[derive(Clone)]
struct Upstream {
    api: Api,
    connections: Arc<AtomicUsize>,
    asked: Arc<Notify>,
}

async fn job(State(upstream): State<Upstream>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    upstream.asked.notify_one();
    let key = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match upstream.api {
        Api::Echoes => Json(json!({
            "jobId": id, "status": "running", "scenario": "hotel", "environment": "test", "summary": key,
            "request": { "scenario": "hotel", "params": {
                "destination": "Paris", "check_in": "2026-12-01", "check_out": "2026-12-03", "guests": 2 } },
            "attempt": 1, "createdAt": "2026-11-01T10:00:00Z", "updatedAt": "2026-11-01T10:01:00Z",
            "_links": { "self": "/a", "audit": "/b", "events": "/c" }
        }))
        .into_response(),
        Api::ServesHtml => {
            (StatusCode::BAD_GATEWAY, Html("<html><h1>502 Bad Gateway</h1></html>")).into_response()
        }
        Api::Limits => {
            let error = json!({ "error": { "code": "rate_limited", "message": "Too many requests.",
                "requestId": "req_0" } });
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "30")], Json(error)).into_response()
        }
        Api::Sleeps => std::future::pending().await,
    }
}

/// A gateway before an API, both on loopback.
struct Stand {
    http: reqwest::Client,
    url: String,
    upstream: Upstream,
    stop: CancellationToken,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Stand {
    async fn new(api: Api) -> anyhow::Result<Self> {
        let upstream = Upstream { api, connections: Arc::default(), asked: Arc::default() };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let base = format!("http://{}/api/v1", listener.local_addr()?);
        let routes =
            Router::new().route("/api/v1/execution-jobs/{id}", get(job)).with_state(upstream.clone());
        let counted = Arc::clone(&upstream.connections);
        let listener = axum::serve::ListenerExt::tap_io(listener, move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self::before(&base, upstream).await
    }

    async fn before(base: &str, upstream: Upstream) -> anyhow::Result<Self> {
        // Short where nothing answers, long where a busy machine may take its time.
        let patience = if matches!(upstream.api, Api::Sleeps) { 300 } else { 30_000 };
        let client = Client::builder(base)
            .request_timeout(Duration::from_millis(patience))
            .backoff(Duration::from_millis(1))
            .build()?;
        let gateway = Gateway { service: Arc::new(client), fallback: None, allowed_hosts: Vec::new() };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let stop = CancellationToken::new();
        let served = tokio::spawn(onegent_http::serve(
            listener,
            gateway_router(gateway),
            Duration::ZERO,
            stop.clone().cancelled_owned(),
        ));
        Ok(Self { http: outside::http()?, url, upstream, stop, served })
    }

    /// Asks for a job as `key` and answers the result.
    async fn status(&self, key: &str, more: &Value) -> anyhow::Result<Value> {
        let mut arguments = json!({ "jobId": format!("job_{}", "1".repeat(32)) });
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": "get_job_status", "arguments": arguments } });
        let answer = self.http.post(format!("{}/mcp", self.url)).bearer_auth(key);
        let answer =
            answer.header("Accept", "application/json, text/event-stream").json(&call).send().await?;
        Ok(answer.json::<Value>().await?["result"].take())
    }

    async fn text(&self) -> anyhow::Result<String> {
        let result = self.status(&key(0), &json!({})).await?;
        ensure!(result["isError"] == true, "{result}");
        Ok(result["content"][0]["text"].as_str().unwrap_or_default().to_owned())
    }
}

fn key(n: usize) -> String {
    format!("ogk_test_{n:032}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_callers_at_once_each_see_their_own_and_share_few_connections() -> anyhow::Result<()> {
    let stand = Arc::new(Stand::new(Api::Echoes).await?);
    let mut callers = tokio::task::JoinSet::new();
    for n in 0..200 {
        let stand = Arc::clone(&stand);
        callers.spawn(async move {
            let key = key(n);
            for _ in 0..50 {
                let result = stand.status(&key, &json!({})).await?;
                let summary = &result["structuredContent"]["summary"];
                ensure!(*summary == format!("Bearer {key}"), "{key} was shown {result}");
            }
            Ok(())
        });
    }
    while let Some(caller) = callers.join_next().await {
        caller??;
    }
    let connections = stand.upstream.connections.load(Ordering::Relaxed);
    ensure!(connections <= 400, "{connections} connections for 10,000 calls");
    Ok(())
}

/// What a model reads when the API fails.
#[tokio::test]
async fn failures_behind_the_gateway_are_told_in_words() -> anyhow::Result<()> {
    let mut said = Vec::new();
    for (name, api) in [("HTML 502", Api::ServesHtml), ("429", Api::Limits), ("slow", Api::Sleeps)] {
        let text = Stand::new(api).await?.text().await?;
        ensure!(!text.contains('<'), "{name}: a page reached the model: {text}");
        said.push((name, text));
    }
    let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let base = format!("http://{}/api/v1", gone.local_addr()?);
    drop(gone);
    let upstream = Upstream { api: Api::Echoes, connections: Arc::default(), asked: Arc::default() };
    said.push(("down", Stand::before(&base, upstream).await?.text().await?));
    let said: Vec<_> = said.into_iter().map(|(name, text)| format!("{name}: {text}")).collect();
    insta::with_settings!({ filters => vec![("req_[0-9a-f]{32}", "[request]")] }, {
        insta::assert_snapshot!("gateway-failures", said.join("\n\n"));
    });
    Ok(())
}

/// A caller who waits for news when the gateway is told to stop gets an answer, and soon.
#[tokio::test]
async fn a_gateway_that_stops_lets_its_callers_finish() -> anyhow::Result<()> {
    let stand = Arc::new(Stand::new(Api::Echoes).await?);
    let waiting = tokio::spawn({
        let stand = Arc::clone(&stand);
        async move { stand.status(&key(1), &json!({ "waitSeconds": 50 })).await }
    });
    patiently("the call to arrive", stand.upstream.asked.notified()).await?;
    stand.stop.cancel();
    let result = patiently("the answer", waiting).await???;
    ensure!(result["structuredContent"]["status"] == "running" || result["isError"] == true, "{result}");
    let Some(stand) = Arc::into_inner(stand) else { anyhow::bail!("somebody still uses the gateway") };
    drop(stand.http);
    patiently("the gateway to end", stand.served).await???;
    Ok(())
}
