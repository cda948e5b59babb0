//! `/metrics` of a running server, as Prometheus reads it: what it tells, and that it tells nothing of anybody.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use onegent_cli::outside;
use onegent_core::caller::Credential;
use onegent_core::port::BookingService as _;
use onegent_core::status::JobStatus;
use onegent_tests::process::{SandboxProcess, ServerProcess};
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::{self, PATIENCE, patiently};
use url::Url;

/// Every word that a label may have, beside routes and the version.
const WORDS: &str = "restaurant hotel flight activity queued running paused_payment needs_login captcha done no_availability \
     error cancelled expired confirmed submitting needs_person sweep worker allowed denied reserve charge refused unknown \
     observe act submit failed delivered again given_up waiting dead run kept GET POST PUT PATCH DELETE HEAD OPTIONS other \
     proposed nothing unusable status unreachable read written 1xx 2xx 3xx 4xx 5xx";

/// The labels of a line, each with its value.
fn labels(line: &str) -> Vec<(&str, &str)> {
    let Some((_, rest)) = line.split_once('{') else { return Vec::new() };
    let Some((labels, _)) = rest.rsplit_once('}') else { return Vec::new() };
    // No value here has a quote or a comma in it; one that had would fail below.
    labels
        .split("\",")
        .filter_map(|label| label.split_once("=\""))
        .map(|(k, v)| (k, v.trim_end_matches('"')))
        .collect()
}

/// The number behind a series.
fn number(page: &str, series: &str) -> anyhow::Result<f64> {
    let line = page.lines().find(|line| line.strip_prefix(series).is_some_and(|rest| rest.starts_with(' ')));
    let line = line.with_context(|| format!("no {series} in\n{page}"))?;
    Ok(line.rsplit(' ').next().context("a number")?.parse()?)
}

async fn scrape(at: &Url) -> anyhow::Result<String> {
    let answer = outside::http()?.get(at.clone()).send().await?.error_for_status()?;
    let kind = answer.headers()["content-type"].to_str()?.to_owned();
    ensure!(kind.starts_with("application/openmetrics-text; version=1.0.0"), "{kind}");
    let page = answer.text().await?;
    ensure!(page.ends_with("# EOF\n"), "the page is cut off");
    Ok(page)
}

#[tokio::test]
async fn metrics_tell_of_a_booking_and_of_nobody() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let sandbox = SandboxProcess::start(home.path()).await?;
    let mut serve =
        ServerProcess::command(home.path(), &home.path().join("data"), &sandbox.origins, 0).await?;
    serve.args(["--metrics-bind", "127.0.0.1:0", "--workers", "3"]);
    let server = ServerProcess::from_command(serve).await?;
    let (key, at, http) = (server.first_key()?, server.metrics()?, outside::http()?);
    let client = server.client(&key)?;

    let mut jobs = Vec::new();
    for id in ["pomfrets", "wren-court"] {
        let made = client.create_job(&Wish::at(wish::entry(id)?).create()?).await?.job;
        let caller = world::caller(Credential::Forwarded(key.secret()))?;
        let rest = async {
            let mut cursor = 0;
            loop {
                let seen = client.watch(&caller, made.job_id, cursor, PATIENCE).await?;
                if !matches!(seen.job.status, JobStatus::Queued | JobStatus::Running) {
                    return anyhow::Ok(seen.job);
                }
                cursor = seen.cursor;
            }
        };
        jobs.push(patiently("a job to come to rest", rest).await??);
    }
    ensure!(jobs[0].status == JobStatus::Done && jobs[1].status == JobStatus::PausedPayment, "{jobs:?}");
    for path in
        ["/nowhere/wilhelmina@guests.example", "/jobs/wilhelmina", "/developers/keys/wilhelmina/revoke"]
    {
        http.get(server.console()?.join(path)?).send().await?;
    }

    let page = scrape(&at).await?;
    let series: [(&str, f64); 20] = [
        (&format!("onegent_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")), 1.0),
        ("onegent_store_up", 1.0),
        ("onegent_workers", 3.0),
        ("onegent_jobs_open", 1.0),
        ("onegent_jobs{state=\"paused_payment\"}", 1.0),
        ("onegent_jobs{state=\"queued\"}", 0.0),
        ("onegent_oldest_due_job_seconds{state=\"queued\"}", 0.0),
        ("onegent_claims_total", 2.0),
        ("onegent_runs_total{scenario=\"restaurant\",status=\"done\"}", 1.0),
        ("onegent_runs_total{scenario=\"hotel\",status=\"paused_payment\"}", 1.0),
        ("onegent_job_status_changes_total{scenario=\"restaurant\",status=\"queued\"}", 1.0),
        ("onegent_job_status_changes_total{scenario=\"restaurant\",status=\"done\"}", 1.0),
        ("onegent_job_status_changes_total{scenario=\"hotel\",status=\"paused_payment\"}", 1.0),
        ("onegent_gate_verdicts_total{verdict=\"reserve\"}", 1.0),
        ("onegent_gate_verdicts_total{verdict=\"charge\"}", 1.0),
        ("onegent_submit_permits_total{kind=\"reserve\"}", 1.0),
        ("onegent_submit_permits_total{kind=\"charge\"}", 0.0),
        ("onegent_submits_total{outcome=\"done\"}", 1.0),
        ("onegent_browser_sessions{use=\"run\"}", 0.0),
        ("onegent_http_requests_total{route=\"/api/v1/execution-jobs\",method=\"POST\",class=\"2xx\"}", 2.0),
    ];
    for (name, wanted) in series {
        let found = number(&page, name)?;
        ensure!((found - wanted).abs() < f64::EPSILON, "{name} is {found}, not {wanted}");
    }
    for some in [
        "onegent_agent_step_seconds_count{step=\"observe\"}",
        "onegent_agent_step_seconds_count{step=\"submit\"}",
        "onegent_store_write_seconds_count{result=\"done\"}",
        "onegent_http_request_seconds_count{route=\"/api/v1/execution-jobs\",method=\"POST\"}",
        "onegent_http_requests_total{route=\"/jobs/{jobId}\",method=\"GET\",class=\"3xx\"}",
    ] {
        ensure!(number(&page, some)? >= 1.0, "{some}");
    }
    only_words_of_the_program(&page)?;
    for nobody in
        [&jobs[0].job_id.to_string(), "wilhelmina", "Quastenberg", "guests.example", "Pomfrets", key.expose()]
    {
        ensure!(!page.to_lowercase().contains(&nobody.to_lowercase()), "{nobody} is in\n{page}");
    }
    // Only there, and nothing else there.
    ensure!(http.get(server.console()?.join("/metrics")?).send().await?.status() == 404);
    ensure!(http.get(at.join("/healthz")?).send().await?.status() == 404);

    client.cancel_job(jobs[1].job_id).await?;
    let page = scrape(&at).await?;
    ensure!(
        number(&page, "onegent_job_status_changes_total{scenario=\"hotel\",status=\"cancelled\"}")? > 0.0
    );
    server.terminate().await?;
    sandbox.stop().await
}

fn only_words_of_the_program(page: &str) -> anyhow::Result<()> {
    let words: BTreeSet<_> = WORDS.split_whitespace().collect();
    let mut series = 0;
    for line in page.lines().filter(|line| !line.starts_with('#')) {
        series += 1;
        for (label, value) in labels(line) {
            let known = match label {
                "le" => value == "+Inf" || value.parse::<f64>().is_ok(),
                "version" => value == env!("CARGO_PKG_VERSION"),
                "route" => value == "(none)" || value.starts_with('/') && !value.contains("wilhelmina"),
                _ => words.contains(value),
            };
            ensure!(known, "{label}={value} in {line}");
        }
    }
    ensure!((100..1_000).contains(&series), "{series} series");
    Ok(())
}
