#![cfg(test)]
//! What requests cost, counted instead of timed: allocations of the whole process and SQL statements. A count that grows is
//! a regression on every machine alike.

use std::alloc::System;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, ensure};
use onegent_cli::node::{AccessConfig, Node, NodeConfig};
use onegent_core::caller::{Environment, Scope};
use onegent_core::port::KeyRequest;
use onegent_core::request::Scenario;
use onegent_tests::bench::{Ask, Connection};
use onegent_tests::wish::{self, Wish};
use reqwest::Method;
use serde_json::{Value, json};
use stats_alloc::{Region, StatsAlloc};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

#[global_allocator]
static ALLOCATOR: StatsAlloc<System> = StatsAlloc::system();

/// How often each is asked before it counts, and then.
const BEFORE: u32 = 200;
const COUNTED: u32 = 400;
/// What each request costs: allocations and statements, each, and how far they may be from that, in percent. Beside creating
/// jobs the record is signed, for as many as have come meanwhile.
const KNOWN: [(&str, f64, f64, f64); 4] = [
    ("REST GET job", 261.7, 2.00, 3.0),
    ("REST POST job", 476.0, 11.60, 12.0),
    ("MCP tools/list", 160.9, 1.00, 3.0),
    ("MCP get_job_status", 473.2, 2.00, 3.0),
];

/// Counts the statements that the store sends.
struct Statements(Arc<AtomicU64>);

impl<S: Subscriber> Layer<S> for Statements {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.target() == "onegent_engine::sql" { Interest::always() } else { Interest::never() }
    }

    fn on_event(&self, _event: &Event<'_>, _context: Context<'_, S>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn requests_cost_what_they_did() -> anyhow::Result<()> {
    let statements = Arc::new(AtomicU64::new(0));
    let counting = tracing_subscriber::registry().with(Statements(Arc::clone(&statements)));
    tracing::subscriber::set_global_default(counting)?;
    // One thread, so that the work is divided in the same way each time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let counted = runtime.block_on(count(&statements))?;
    let off = |is: f64, was: f64, band: f64| (is - was).abs() > was * band / 100.0;
    let changed = counted.iter().zip(KNOWN).any(|((_, allocations, sent), (_, were, was, band))| {
        off(*allocations, were, band) || off(*sent, was, band)
    });
    let lines: Vec<_> = counted
        .iter()
        .map(|(what, allocations, sent)| format!("{what}: {allocations:.1}, {sent:.2}"))
        .collect();
    ensure!(!changed, "allocations and statements are not what KNOWN says any more:\n{}", lines.join("\n"));
    Ok(())
}

async fn count(statements: &AtomicU64) -> anyhow::Result<Vec<(&'static str, f64, f64)>> {
    let folder = tempfile::tempdir()?;
    let access = AccessConfig { account_rate: None, most_open_jobs: 10_000, ..AccessConfig::default() };
    let node =
        Node::start(NodeConfig { workers: 0, access, ..NodeConfig::loopback(folder.path().join("data")) })
            .await?;
    let request = KeyRequest {
        name: "a test's".parse()?,
        environment: Environment::Test,
        scopes: Scope::ALL.to_vec(),
        scenarios: Scenario::ALL.to_vec(),
        expires_at: None,
    };
    let key = node.engine().create_key_for_owner(request).await?.secret;
    let key = key.expose();
    let jobs = format!("{}/execution-jobs", node.api_url());
    let wish = serde_json::to_string(&Wish::at(wish::entry("carbone")?).create()?)?;
    let create = Ask::new(&Method::POST, &jobs.parse()?, key, &wish)?;
    let made: Value = serde_json::from_slice(&create.once().await?)?;
    let job = made["jobId"].as_str().context("no job")?;
    let status = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "get_job_status", "arguments": { "jobId": job } } });
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let mcp = node.mcp_url().parse()?;
    let asks = [
        Ask::new(&Method::GET, &format!("{jobs}/{job}").parse()?, key, "")?,
        create,
        Ask::new(&Method::POST, &mcp, key, list)?,
        Ask::new(&Method::POST, &mcp, key, &status.to_string())?,
    ];
    let mut counted = Vec::new();
    for ((what, ..), ask) in KNOWN.into_iter().zip(&asks) {
        let mut connection = Connection::open(ask).await?;
        for _ in 0..BEFORE {
            connection.ask(ask).await?;
        }
        let (region, before) = (Region::new(&ALLOCATOR), statements.load(Ordering::Relaxed));
        for _ in 0..COUNTED {
            connection.ask(ask).await?;
        }
        let (made, sent) = (region.change().allocations, statements.load(Ordering::Relaxed) - before);
        let each = |count: u64| anyhow::Ok(f64::from(u32::try_from(count)?) / f64::from(COUNTED));
        counted.push((what, each(u64::try_from(made)?)?, each(sent)?));
    }
    node.stop().await?;
    Ok(counted)
}
