//! Traces of a running server, as an OpenTelemetry collector gets them: one for each booking, from the call to the submit, and
//! nobody's name in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, ensure};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use onegent_cli::outside::{self, Assistant};
use onegent_core::caller::Credential;
use onegent_core::job::Job;
use onegent_core::port::BookingService as _;
use onegent_core::status::JobStatus;
use onegent_tests::process::{SandboxProcess, ServerProcess};
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::{self, PATIENCE, patiently};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::json;

type Got = Arc<Mutex<Vec<ExportTraceServiceRequest>>>;

/// Takes `POST /v1/traces` as a collector does.
async fn take(State(got): State<Got>, body: Bytes) -> StatusCode {
    let Ok(request) = ExportTraceServiceRequest::decode(body) else { return StatusCode::BAD_REQUEST };
    got.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    StatusCode::OK
}

async fn collector() -> anyhow::Result<(String, Got)> {
    let (got, listener) = (Got::default(), tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?);
    let address = format!("http://{}", listener.local_addr()?);
    let router =
        axum::Router::new().route("/v1/traces", axum::routing::post(take)).with_state(Arc::clone(&got));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((address, got))
}

/// The names of a span's ancestors, from its parent upwards; `None` when one is missing that is not `root`.
fn ancestors<'a>(spans: &BTreeMap<&[u8], &'a Span>, span: &'a Span, root: &[u8]) -> Option<Vec<&'a str>> {
    let (mut names, mut at) = (Vec::new(), span);
    while !at.parent_span_id.is_empty() && at.parent_span_id != root {
        at = spans.get(&at.parent_span_id[..])?;
        names.push(at.name.as_str());
    }
    Some(names)
}

#[tokio::test]
async fn a_booking_is_one_trace_and_names_nobody() -> anyhow::Result<()> {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const CALLER: &str = "00f067aa0ba902b7";
    let home = tempfile::tempdir()?;
    let (address, got) = collector().await?;
    let sandbox = SandboxProcess::start(home.path()).await?;
    let mut serve =
        ServerProcess::command(home.path(), &home.path().join("data"), &sandbox.origins, 0).await?;
    serve
        .args(["--otlp-endpoint", &address])
        .env("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test");
    let server = ServerProcess::from_command(serve).await?;
    let (key, client) = (server.first_key()?, server.client(&server.first_key()?)?);
    let rest = async |job: Job| -> anyhow::Result<Job> {
        let caller = world::caller(Credential::Forwarded(key.secret()))?;
        let mut cursor = 0;
        loop {
            let seen = client.watch(&caller, job.job_id, cursor, PATIENCE).await?;
            if !matches!(seen.job.status, JobStatus::Queued | JobStatus::Running) {
                return Ok(seen.job);
            }
            cursor = seen.cursor;
        }
    };

    // By REST, in a trace that the caller began.
    let wish = Wish::at(wish::entry("pomfrets")?);
    let profile = wish.arguments()["profile"].take();
    let body = json!({ "request": { "scenario": wish.scenario, "params": wish.params }, "profile": profile });
    let jobs = server.console()?.join("/api/v1/execution-jobs?who=wilhelmina")?;
    let asked = outside::http()?.post(jobs).bearer_auth(key.expose());
    let asked = asked.header("traceparent", format!("00-{TRACE}-{CALLER}-01")).json(&body);
    let made: Job = asked.send().await?.error_for_status()?.json().await?;
    let done = patiently("a job to come to rest", rest(made)).await??;
    ensure!(done.status == JobStatus::Done, "{}", done.status);
    // And by MCP, in one that begins here.
    let assistant = Assistant::new(server.mcp()?.as_str(), &key)?;
    let wish = Wish::at(wish::entry("wren-court")?);
    let paused = assistant.call(&wish.tool(), &wish.arguments()).await?;
    patiently("a job to come to rest", rest(paused)).await??;
    // What is left is sent before the server ends.
    server.terminate().await?;
    sandbox.stop().await?;

    let requests = std::mem::take(&mut *got.lock().unwrap_or_else(PoisonError::into_inner));
    let resources: Vec<_> = requests.iter().flat_map(|request| &request.resource_spans).collect();
    let resource = format!("{:?}", resources.first().context("nothing was sent")?.resource);
    ensure!(resource.contains("service.name") && resource.contains("\"onegent\""), "{resource}");
    ensure!(resource.contains("deployment.environment.name"), "{resource}");
    let all: Vec<&Span> =
        resources.iter().flat_map(|one| &one.scope_spans).flat_map(|scope| &scope.spans).collect();
    let by_id: BTreeMap<&[u8], &Span> = all.iter().map(|span| (&span.span_id[..], *span)).collect();

    let (trace, caller) =
        (u128::from_str_radix(TRACE, 16)?.to_be_bytes(), u64::from_str_radix(CALLER, 16)?.to_be_bytes());
    let of_rest: Vec<_> = all.iter().filter(|span| span.trace_id == trace).collect();
    let submit = of_rest.iter().find(|span| span.name == "page submit").context("no submit in the trace")?;
    let above = ancestors(&by_id, submit, &caller).context("the trace is torn")?;
    ensure!(
        above == ["site visit", "job run", "job claim", "job create", "POST /api/v1/execution-jobs"],
        "{above:?}"
    );
    for span in &of_rest {
        ensure!(ancestors(&by_id, span, &caller).is_some(), "{} hangs in the air", span.name);
    }
    let names: BTreeSet<_> = of_rest.iter().map(|span| span.name.as_str()).collect();
    ensure!(names.contains("page observe") && names.contains("page act"), "{names:?}");

    let tool = all.iter().find(|span| span.name == "tools/call book_hotel").context("no span of the tool")?;
    let of_tool: BTreeSet<_> =
        all.iter().filter(|span| span.trace_id == tool.trace_id).map(|span| span.name.as_str()).collect();
    for name in ["POST /api/mcp", "job create", "job claim", "job run", "site visit", "page act"] {
        ensure!(of_tool.contains(name), "no {name} in {of_tool:?}");
    }

    names_nobody(&all)?;
    let whole = format!("{requests:?}").to_lowercase();
    for nobody in ["wilhelmina", "quastenberg", "guests.example", "12125550123", "pomfrets, ", key.expose()] {
        ensure!(!whole.contains(&nobody.to_lowercase()), "{nobody} is in a span");
    }
    Ok(())
}

/// No address with a query, and no text longer than an id or a route.
fn names_nobody(spans: &[&Span]) -> anyhow::Result<()> {
    let of_events = spans.iter().flat_map(|span| &span.events).flat_map(|event| &event.attributes);
    for attribute in spans.iter().flat_map(|span| &span.attributes).chain(of_events) {
        let value = attribute.value.as_ref().and_then(|value| value.value.as_ref());
        if let Some(Any::StringValue(text)) = value {
            let plain =
                text.len() <= 80 && !text.contains("://") && !text.contains('?') && !text.contains(' ');
            ensure!(plain, "{}={text}", attribute.key);
        }
    }
    let keys: BTreeSet<_> =
        spans.iter().flat_map(|span| &span.attributes).map(|one| one.key.as_str()).collect();
    let known = [
        "gen_ai.tool.name",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "mcp.method.name",
        "onegent.job.id",
        "onegent.provider",
        "onegent.request.id",
        "onegent.scenario",
        "onegent.status",
    ];
    let unknown: Vec<_> = keys.iter().filter(|key| !known.contains(key)).collect();
    ensure!(unknown.is_empty(), "{unknown:?}");
    Ok(())
}
