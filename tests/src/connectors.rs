//! Real OAuth and MCP clients of other houses, each on the whole way: discovery, registration, sign-in, consent, tools,
//! a booking, its status, a refresh, a revocation. A real Chromium clicks where a person does.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use jiff::ToSpan as _;
use onegent_core::time::{Clock as _, SystemClock};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::foreign::installed;
use crate::process::{SandboxProcess, ServerProcess, next_line};
use crate::world::patiently;

const TOOLS: [&str; 6] =
    ["book_restaurant", "book_hotel", "book_flight", "book_activity", "get_job_status", "get_job_audit"];

/// A client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connector {
    /// npm `oauth4webapi`, as a client with a secret.
    OAuth4WebApi,
    /// npm `openid-client`, as a public client.
    OpenIdClient,
    /// The TypeScript MCP SDK 1.x.
    TypeScript1,
    /// The TypeScript MCP client 2.x.
    TypeScript2,
    /// The `mcp` package 2.x for Python.
    Python,
    /// rmcp's `auth`.
    Rmcp,
}

impl Connector {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::OAuth4WebApi,
        Self::OpenIdClient,
        Self::TypeScript1,
        Self::TypeScript2,
        Self::Python,
        Self::Rmcp,
    ];

    fn command(self) -> anyhow::Result<Command> {
        let node = |script: &str| -> anyhow::Result<Command> {
            let mut command = Command::new("node");
            command.arg(installed(&format!("connectors/{script}"))?);
            Ok(command)
        };
        match self {
            Self::OAuth4WebApi => node("oauth4webapi.mjs"),
            Self::OpenIdClient => node("openid-client.mjs"),
            Self::TypeScript1 => node("sdk-1.mjs"),
            Self::TypeScript2 => node("sdk-2.mjs"),
            Self::Python => {
                let mut command = Command::new(installed("python/venv/bin/python")?);
                command.arg(installed("python/connect.py")?);
                Ok(command)
            }
            Self::Rmcp => Ok(Command::new(installed("rmcp/debug/connect")?)),
        }
    }
}

/// A server, the practice sites, and a person with a browser.
pub struct Hall {
    server: ServerProcess,
    sandbox: SandboxProcess,
    person: Child,
    door: String,
    _home: tempfile::TempDir,
}

impl Hall {
    /// Starts all three.
    pub async fn open() -> anyhow::Result<Self> {
        let home = tempfile::Builder::new().prefix("onegent-connectors-").tempdir()?;
        let sandbox = SandboxProcess::start(home.path()).await?;
        let server = ServerProcess::start(home.path(), &home.path().join("data"), &sandbox.origins).await?;
        let script: PathBuf = installed("connectors/person.mjs")?;
        let mut person = Command::new("node")
            .arg(script)
            .arg(server.sign_in_link()?.as_str())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(person.stdout.take().context("no stdout")?).lines();
        let said: Value = serde_json::from_str(&next_line(&mut lines).await?)?;
        let door = said["person"].as_str().context("the person has no address")?.to_owned();
        Ok(Self { server, sandbox, person, door, _home: home })
    }

    /// Sends a client on its way and checks what it saw.
    pub async fn connect(&self, connector: Connector) -> anyhow::Result<()> {
        let base = self.server.mcp()?.join("/")?;
        let day = (SystemClock.now() + 30.days().to_duration(jiff::SpanRelativeTo::days_are_24_hours())?)
            .to_string();
        let mut command = connector.command()?;
        command.arg(base.as_str().trim_end_matches('/')).arg(&self.door);
        if connector == Connector::Rmcp {
            command.arg(&day[..10]);
        }
        command.stdin(Stdio::null()).kill_on_drop(true);
        let output = patiently(&format!("{connector:?}"), command.output()).await??;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{connector:?} ended with {}:\n{errors}", output.status);
        let saw: Value = serde_json::from_slice(&output.stdout).context("it said no JSON")?;
        let tools = saw["tools"].as_array().context("no tools")?;
        ensure!(tools.iter().eq(TOOLS.iter()), "{connector:?}: {saw}");
        ensure!(
            saw["booked"] == "queued" && saw["seen"] == true && saw["issuer"] == true,
            "{connector:?}: {saw}"
        );
        ensure!(saw["refreshed"] == 200 && saw["revoked"] == 401, "{connector:?}: {saw}");
        Ok(())
    }

    /// Ends all three.
    pub async fn close(mut self) -> anyhow::Result<()> {
        self.person.kill().await?;
        self.server.terminate().await?;
        self.sandbox.stop().await
    }
}
