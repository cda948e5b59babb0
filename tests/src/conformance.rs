//! The official conformance suite of the Model Context Protocol, run against servers of ours. `cargo xtask test` installs it.

mod authorization;
mod fixture;
mod proxy;

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use jiff::Timestamp;
use onegent_core::caller::{Access, Caller, Credential, Environment, Reach};
use onegent_core::id::{AccountId, PersonId, RequestId};
use onegent_mcp::{HttpOptions, McpHttp};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

pub use authorization::authorization;
pub use fixture::Fixture;
pub use proxy::with_bearer;

/// How long the suite may take with one revision.
const PATIENCE: Duration = Duration::from_mins(3);

/// What to run.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// All that a revision requires, and what it runs beside that.
    Requirements(&'static str),
    /// One scenario, at a revision.
    Scenario(&'static str, &'static str),
    /// The same for a server without the fixture's tools: these checks, and no others, say that they can't be made
    /// without one.
    Untooled(&'static str, &'static str, &'static [&'static str]),
}

/// One check of a scenario.
#[derive(Debug, Deserialize)]
pub struct Check {
    /// Its name.
    pub id: String,
    /// `SUCCESS`, `FAILURE`, `WARNING`, `SKIPPED` or `INFO`.
    pub status: String,
    /// Why it failed.
    #[serde(rename = "errorMessage")]
    pub error: Option<String>,
}

impl Check {
    fn needs_a_tool(&self, known: &[&str]) -> bool {
        let untestable = self.error.as_ref().is_some_and(|error| error.starts_with("Not testable"));
        untestable && known.contains(&self.id.as_str())
    }
}

/// Runs a part of the suite against a server and answers every check. Fails when the suite itself does.
pub async fn run(url: &str, part: Part) -> anyhow::Result<Vec<Check>> {
    let results = tempfile::tempdir()?;
    let mut command = Command::new(installed("node_modules/node/bin/node")?);
    command.arg(installed("node_modules/@modelcontextprotocol/conformance/dist/index.js")?);
    command.args(["server", "--url", url, "--output-dir"]).arg(results.path());
    match part {
        Part::Requirements(revision) => command.args(["--requirements", revision]),
        Part::Scenario(name, revision) | Part::Untooled(name, revision, _) => {
            command.args(["--scenario", name, "--spec-version", revision])
        }
    };
    let untooled = match part {
        Part::Untooled(_, _, checks) => checks,
        Part::Requirements(_) | Part::Scenario(..) => &[],
    };
    command.env("NO_COLOR", "1").current_dir(results.path()).stdin(Stdio::null()).kill_on_drop(true);
    let output =
        tokio::time::timeout(PATIENCE, command.output()).await.context("the suite takes too long")??;
    let checks = checks(results.path())?;
    let failed = checks.iter().filter(|check| check.status == "FAILURE");
    let (excused, failed): (Vec<_>, Vec<_>) = failed.partition(|check| check.needs_a_tool(untooled));
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(failed.is_empty(), "{part:?}: {failed:#?}\n{said}");
    ensure!(excused.len() == untooled.len(), "{part:?}: only {excused:#?} need a tool");
    ensure!(output.status.success() || !untooled.is_empty(), "{part:?}: {}\n{said}", output.status);
    ensure!(!checks.is_empty(), "{part:?} checked nothing: {said}");
    Ok(checks)
}

/// All that was checked, from the one file of each scenario.
fn checks(results: &Path) -> anyhow::Result<Vec<Check>> {
    let mut all = Vec::new();
    for scenario in std::fs::read_dir(results)? {
        let file = scenario?.path().join("checks.json");
        if file.is_file() {
            let checks: Vec<Check> = serde_json::from_slice(&std::fs::read(&file)?)?;
            all.extend(checks);
        }
    }
    Ok(all)
}

/// A file of the installed suite.
fn installed(name: &str) -> anyhow::Result<PathBuf> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("target").join("clients/conformance").join(name);
    ensure!(path.is_file(), "{} is missing; `cargo xtask test` installs it", path.display());
    Ok(path)
}

/// Serves the fixture on the workspace's own HTTP stack, for everybody on this machine as one caller; answers its address.
pub async fn serve_fixture(stop: CancellationToken) -> anyhow::Result<String> {
    let fixture = Fixture::new()?;
    let allowed_origins = vec!["http://localhost:*".to_owned(), "http://127.0.0.1:*".to_owned()];
    let options = HttpOptions { allowed_origins, ..HttpOptions::default() };
    let service = McpHttp::new(move |_| fixture.clone(), options);
    let access = Access {
        account: AccountId::generate(Timestamp::UNIX_EPOCH, [1; 10]),
        person: PersonId::generate(Timestamp::UNIX_EPOCH, [1; 10]),
        reach: Reach::Only(Environment::Test),
        scopes: Vec::new(),
        scenarios: Vec::new(),
        key: None,
        names_sites: true,
    };
    let request_id = RequestId::generate(Timestamp::UNIX_EPOCH, [1; 10]);
    let caller = Caller { credential: Credential::Verified(access), request_id };
    let router = axum::Router::new().route_service("/mcp", service).layer(axum::Extension(caller));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}/mcp", listener.local_addr()?);
    tokio::spawn(onegent_http::serve(listener, router, Duration::ZERO, stop.cancelled_owned()));
    Ok(url)
}
