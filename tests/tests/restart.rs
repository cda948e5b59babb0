#![cfg(test)]
//! What survives: a stop and a start of the server, and `kill -9` in the middle of everything.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use jiff::SignedDuration;
use onegent_cli::node::{Node, NodeConfig, SandboxSource};
use onegent_cli::outside;
use onegent_client::{Client, JobUpdate};
use onegent_core::audit::AuditKind;
use onegent_core::id::JobId;
use onegent_core::job::{Job, JobErrorCode};
use onegent_core::port::AuditQuery;
use onegent_core::status::JobStatus;
use onegent_core::text::Bounded;
use onegent_tests::clock::TurnedClock;
use onegent_tests::process::{self, SandboxProcess, ServerProcess};
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::{World, ledger, patiently};
use serde_json::{Value, json};

#[tokio::test]
async fn a_job_that_paused_before_a_restart_is_confirmed_after_it() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut person = world.person().await?;
        let mut jobs = Vec::new();
        for entry in ["the-brass-pear", "wren-court", "cobalt-jfk-lax", "trastevere-tasting"] {
            jobs.push(world.book(&Wish::at(wish::entry(entry)?)).await?);
        }
        world.stop().await?;
        world.start_again().await?;
        for before in jobs {
            let after = world.client()?.job(before.job_id).await?;
            ensure!(after.status == JobStatus::PausedPayment && after.payment.is_some(), "{after:?}");
            // The cookie of before the restart still stands for its person.
            person.confirm(&after).await?;
            ensure!(world.rest(after.job_id).await?.status == JobStatus::Done);
        }
        let counts = world.ledger().await?.counts;
        ensure!((counts.reservations, counts.charges, counts.repeats) == (4, 4, 0), "{counts:?}");
        Ok(())
    })
    .await
}

/// One round of `get_job_status` by a client of 2026-07-28 that opens pages for its person.
async fn ask_for_status(world: &World, mut params: Value) -> anyhow::Result<Value> {
    params["name"] = "get_job_status".into();
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "0" },
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": { "url": {} } },
    });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let request = outside::http()?
        .post(world.node()?.mcp_url())
        .bearer_auth(world.key().expose())
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", "get_job_status");
    Ok(request.json(&message).send().await?.json().await?)
}

#[tokio::test]
async fn a_page_that_was_handed_over_before_a_restart_is_answered_for_after_it() -> anyhow::Result<()> {
    World::live(async |world| {
        let job = world.book(&Wish::at(wish::entry("the-brass-pear")?)).await?;
        let arguments = json!({ "jobId": job.job_id });
        let asked = ask_for_status(world, json!({ "arguments": arguments })).await?;
        let state = &asked["result"]["requestState"];
        ensure!(state.is_string(), "{asked}");
        world.stop().await?;
        world.start_again().await?;
        let answered = json!({ "open_page": { "action": "accept" } });
        let second = json!({ "arguments": arguments, "requestState": state, "inputResponses": answered });
        let told = ask_for_status(world, second).await?;
        let text = told["result"]["content"][0]["text"].as_str().unwrap_or_default();
        ensure!(text.contains("agreed to open"), "{told}");
        world.cancel_the_rest().await
    })
    .await
}

#[tokio::test]
async fn a_stop_hands_running_jobs_back_and_a_start_takes_them_up() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut ids = Vec::new();
        for entry in ["da-nino-al-ponte", "casa-fontanella", "mistral-cdg-fco", "yanaka-lanes"] {
            let create = Wish::at(wish::entry(entry)?).create()?;
            ids.push(world.client()?.create_job(&create).await?.job.job_id);
        }
        world.until(ids[0], |job| job.status != JobStatus::Queued).await?;
        world.stop().await?;
        world.start_again().await?;
        for id in ids {
            let job = world.rest(id).await?;
            ensure!(matches!(job.status, JobStatus::Done | JobStatus::PausedPayment), "{job:?}");
        }
        let counts = world.ledger().await?.counts;
        ensure!((counts.reservations, counts.charges) == (3, 0), "{counts:?}");
        world.cancel_the_rest().await
    })
    .await
}

/// The slow entries: at 1.5 s a page, a kill meets them in the middle.
const SLOW: [&str; 4] = ["da-nino-al-ponte", "casa-fontanella", "mistral-cdg-fco", "yanaka-lanes"];

#[tokio::test]
async fn jobs_that_ran_at_a_kill_end_properly_after_the_restart() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let data = home.path().join("data");
    let sandbox = SandboxProcess::start(home.path()).await?;
    let server = ServerProcess::start(home.path(), &data, &sandbox.origins).await?;
    let key = server.first_key()?;
    let client = server.client(&key)?;
    let mut ids = Vec::new();
    for entry in SLOW {
        ids.push(client.create_job(&Wish::at(wish::entry(entry)?).create()?).await?.job.job_id);
    }
    for id in &ids {
        happened(&client, *id, AuditKind::JobStarted).await?;
    }
    server.kill().await?;

    let server = ServerProcess::start(home.path(), &data, &sandbox.origins).await?;
    let client = server.client(&key)?;
    let mut person = server.person().await?;
    for id in &ids {
        let mut job = at_rest(&client, *id).await?;
        if job.status == JobStatus::PausedPayment {
            person.confirm(&job).await?;
            job = at_rest(&client, *id).await?;
        }
        ensure!(job.status == JobStatus::Done && job.confirmation_code.is_some(), "{job:?}");
        ensure!(job.attempt >= 2, "the kill came too late to meet {}", job.summary);
    }
    let counts = ledger(&sandbox.origins.sites).await?.counts;
    ensure!((counts.reservations, counts.charges, counts.repeats) == (4, 1, 0), "{counts:?}");
    server.terminate().await?;
    sandbox.stop().await?;
    audit_is_whole_until_a_byte_changes(home.path(), &data, ids[0]).await
}

#[tokio::test]
async fn a_job_that_was_killed_during_its_submit_is_never_submitted_again() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let data = home.path().join("data");
    let sandbox = SandboxProcess::start(home.path()).await?;
    let server = ServerProcess::start(home.path(), &data, &sandbox.origins).await?;
    let key = server.first_key()?;
    let client = server.client(&key)?;
    let create = Wish::at(wish::entry("da-nino-al-ponte")?).create()?;
    let id = client.create_job(&create).await?.job.job_id;
    happened(&client, id, AuditKind::SubmitStarted).await?;
    server.kill().await?;

    // What became of the submit is settled only once its permit is over, which is sooner by a clock that is ahead.
    let clock = TurnedClock::default();
    clock.turn(SignedDuration::from_mins(10));
    let config = NodeConfig {
        sandbox: SandboxSource::Other(sandbox.origins.clone()),
        clock: Arc::new(clock),
        ..NodeConfig::loopback(data)
    };
    let node = Node::start(config).await?;
    let client = Client::builder(&node.api_url()).api_key(key).build()?;
    let job = at_rest(&client, id).await?;
    let submits =
        trail(&client, id).await?.iter().filter(|event| event.kind == AuditKind::SubmitStarted).count();
    ensure!(submits == 1, "{submits} submits");
    let counts = ledger(&sandbox.origins.sites).await?.counts;
    ensure!(counts.repeats == 0, "{counts:?}");
    if job.status == JobStatus::Done {
        ensure!(counts.reservations == 1, "done, but the site has {counts:?}");
    } else {
        let unknown =
            job.error.as_ref().is_some_and(|error| error.code == JobErrorCode::SubmitOutcomeUnknown);
        ensure!(unknown && counts.reservations <= 1, "{job:?} {counts:?}");
    }
    node.stop().await?;
    sandbox.stop().await
}

/// `onegent audit verify` is clean; one changed byte, and it names the job and the event.
async fn audit_is_whole_until_a_byte_changes(home: &Path, data: &Path, job: JobId) -> anyhow::Result<()> {
    let verify = async || {
        let mut verify = process::command("onegent", home).await?;
        verify.args(["audit", "verify", "--data-dir"]).arg(data);
        let output = process::run(verify).await?;
        anyhow::Ok((output.status.code(), String::from_utf8(output.stdout)?))
    };
    let (code, said) = verify().await?;
    ensure!(code == Some(0) && said.contains("every chain is whole"), "{said}");

    let database = data.join("onegent.db");
    ensure!(!data.join("onegent.db-wal").exists(), "a server that stopped leaves no journal behind");
    let mut bytes = std::fs::read(&database)?;
    // The row of the job's first event: its key, and somewhere behind it the event's type.
    let (key, kind) = (job.to_string(), b"job_created");
    let mut rows = positions(&bytes, key.as_bytes()).into_iter();
    let near = |row: usize| positions(bytes.get(row..row + 120)?, kind).first().map(|at| row + at);
    let at = rows.find_map(near).context("the event is not in the database")?;
    // `job_created` becomes `job_Created`.
    bytes[at + 4] ^= 0x20;
    std::fs::write(&database, bytes)?;
    let (code, said) = verify().await?;
    ensure!(code == Some(1), "exit {code:?}: {said}");
    ensure!(said.contains(&job.to_string()) && said.contains("event 1 was changed"), "{said}");
    Ok(())
}

fn positions(haystack: &[u8], needle: &[u8]) -> Vec<usize> {
    let windows = haystack.windows(needle.len()).enumerate();
    windows.filter(|(_, window)| *window == needle).map(|(at, _)| at).collect()
}

async fn happened(client: &Client, id: JobId, kind: AuditKind) -> anyhow::Result<()> {
    let follow = async {
        let mut events = client.job_events(id, 0).await?;
        while let Some(update) = events.next().await {
            if let JobUpdate::Audit(event) = update?
                && event.kind == kind
            {
                return Ok(());
            }
        }
        anyhow::bail!("the job ended before {kind}")
    };
    patiently(kind.as_str(), follow).await?
}

async fn at_rest(client: &Client, id: JobId) -> anyhow::Result<Job> {
    let follow = async {
        let mut events = client.job_events(id, 0).await?;
        while let Some(update) = events.next().await {
            if let JobUpdate::Job(job) = update?
                && !matches!(job.status, JobStatus::Queued | JobStatus::Running)
            {
                return Ok(*job);
            }
        }
        Ok(client.job(id).await?)
    };
    patiently("the job to come to rest", follow).await?
}

async fn trail(client: &Client, id: JobId) -> anyhow::Result<Vec<onegent_core::audit::AuditEvent>> {
    let limit = Bounded::new(2000).context("within bounds")?;
    Ok(client.job_audit(id, AuditQuery { after: 0, limit }).await?.events)
}
