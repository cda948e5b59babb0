//! How soon somebody hears: a worker of a new job, a subscriber of a change; and what waiting costs.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use onegent_cli::outside;
use reqwest::Method;
use serde_json::Value;
use url::Url;

use super::Pace;
use super::ground::Ground;
use super::load::Ask;
use super::program::{Program, step_aside};
use super::samples::at;
use super::table::Table;
use crate::wish::{self, Wish};

/// The most that a new job waits for a worker of an idle system, and a subscriber for a change, in milliseconds, at the
/// 99th percentile.
const RUNNING: f64 = 10.0;
const HEARD: f64 = 20.0;
/// The most of one processor that a server without work uses, in percent.
const IDLE: f64 = 0.5;

/// From created to running, from a change to who follows it, and an idle server's processor time.
pub async fn wake(pace: Pace) -> anyhow::Result<Table> {
    let (jobs, rest) = match pace {
        Pace::Quick => (100, Duration::from_secs(4)),
        Pace::Thorough => (1_000, Duration::from_secs(30)),
    };
    let mut table = Table::new();
    let folder = tempfile::tempdir()?;
    let ground = Ground::sqlite(folder.path(), 4).await?;
    ground.engine.start()?;
    let mut waits = Vec::with_capacity(jobs);
    for _job in 0..jobs {
        let job = ground.create().await?;
        let created = Instant::now();
        ground.begun(job).await?;
        waits.push(created.elapsed());
        ground.ended(job).await?;
    }
    ground.engine.shutdown(Duration::from_secs(5)).await;
    tell(&mut table, "created to running", waits, RUNNING);
    step_aside().await;
    let home = tempfile::tempdir()?;
    let node = Program::start("onegent", home.path(), |serve| {
        serve.args(["serve", "--json", "--port", "0", "--workers", "0", "--account-rate", "0"]);
        serve.args(["--most-open-jobs", "1000000", "--most-jobs-a-day", "1000000"]);
        serve.arg("--data-dir").arg(home.path().join("data")).env("ONEGENT_LOG", "error");
    })
    .await?;
    tell(&mut table, "a change asked for over REST to its event", heard(&node, jobs).await?, HEARD);
    let before = node.cpu().context("no processor time")?;
    // A measurement: there is nothing to wait for.
    tokio::time::sleep(rest).await;
    let used = node.cpu().context("no processor time")? - before;
    table.limit(("server without work: processor", "%"), used / rest.as_secs_f64() * 100.0, IDLE);
    Ok(table)
}

/// From sending a cancellation until who follows the job has read of it.
async fn heard(node: &Program, jobs: usize) -> anyhow::Result<Vec<Duration>> {
    let said: Value = serde_json::from_str(&node.said)?;
    let key = said["testKey"].as_str().context("no key")?;
    let http = outside::http()?;
    let jobs_url: Url = format!("{}/execution-jobs", node.url("api")?).parse()?;
    let wish = serde_json::to_string(&Wish::at(wish::entry("carbone")?).create()?)?;
    let create = Ask::new(&Method::POST, &jobs_url, key, &wish)?;
    let mut waits = Vec::with_capacity(jobs);
    for _job in 0..jobs {
        let created: Value = serde_json::from_slice(&create.once().await?)?;
        let job = created["jobId"].as_str().context("no job")?;
        let mut stream =
            http.get(format!("{jobs_url}/{job}/events")).bearer_auth(key).send().await?.error_for_status()?;
        until(&mut stream, "\"queued\"").await?;
        let cancel = http.post(format!("{jobs_url}/{job}/cancel")).bearer_auth(key);
        let asked = Instant::now();
        let (answer, heard) = tokio::join!(cancel.send(), async {
            until(&mut stream, "\"status\":\"cancelled\"").await.map(|()| asked.elapsed())
        });
        answer?.error_for_status()?;
        waits.push(heard?);
    }
    Ok(waits)
}

async fn until(stream: &mut reqwest::Response, word: &str) -> anyhow::Result<()> {
    let mut text = String::new();
    while !text.contains(word) {
        let chunk = stream.chunk().await?.with_context(|| format!("it ended before {word}: {text}"))?;
        text.push_str(std::str::from_utf8(&chunk)?);
    }
    Ok(())
}

fn tell(table: &mut Table, what: &str, mut waits: Vec<Duration>, most: f64) {
    waits.sort_unstable();
    let [p50, p99] = [50, 99].map(|percent| at(&waits, percent).as_secs_f64() * 1000.0);
    table.alone((&format!("{what}: p50"), "ms"), p50);
    table.limit((&format!("{what}: p99"), "ms"), p99, most);
}
