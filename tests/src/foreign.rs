//! MCP clients of other houses, with the packages that `cargo xtask test` installs.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use onegent_core::job::Job;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::process::next_line;
use crate::wish::Wish;
use crate::world::patiently;

/// A client of another house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// The official TypeScript SDK, 1.x.
    TypeScript,
    /// The official TypeScript client, 2.x. Books only.
    TypeScript2,
    /// The `mcp` package 2.x, with the `initialize` handshake.
    PythonHandshake,
    /// The `mcp` package 2.x, as it connects by itself.
    Python,
    /// The `mcp` package 1.x. Books only.
    Python1,
}

/// How a client reaches the server.
#[derive(Debug)]
pub enum Reached<'a> {
    /// It starts this program and talks to it; the key and the API are in its environment.
    Stdio {
        /// The program.
        program: &'a Path,
        /// The key.
        key: &'a str,
        /// The REST API.
        api: &'a str,
    },
    /// It posts to this address with this key.
    Http {
        /// The endpoint.
        url: &'a str,
        /// The key.
        key: &'a str,
    },
}

impl Foreign {
    /// Lets the client call everything, and answers what it saw.
    pub async fn look(self, reached: &Reached<'_>) -> anyhow::Result<Value> {
        let mut command = self.command("call-all.mjs", "call_all.py", reached)?;
        let output = patiently(&format!("{self:?}"), command.output()).await??;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{self:?} ended with {}:\n{errors}", output.status);
        serde_json::from_slice(&output.stdout).with_context(|| format!("{self:?} said no JSON"))
    }

    /// Lets the client book something that costs money; `confirm` is what its person does once the client says where.
    pub async fn book(
        self,
        reached: &Reached<'_>,
        wish: &Wish,
        confirm: impl AsyncFnOnce(&Said) -> anyhow::Result<()>,
    ) -> anyhow::Result<Said> {
        let mut command = self.command("book.mjs", "book.py", reached)?;
        let booking = json!({ "name": wish.tool(), "arguments": wish.arguments() });
        let mut client = command
            .env("BOOKING", booking.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()?;
        let mut lines = BufReader::new(client.stdout.take().context("no stdout")?).lines();
        let paused: Said = serde_json::from_str(&next_line(&mut lines).await?)?;
        confirm(&paused).await?;
        let booked = serde_json::from_str(&next_line(&mut lines).await?)?;
        let status = patiently(&format!("{self:?} to end"), client.wait()).await??;
        ensure!(status.success(), "{self:?} ended with {status}");
        Ok(booked)
    }

    fn command(self, node: &str, python: &str, reached: &Reached<'_>) -> anyhow::Result<Command> {
        let (folder, mode) = match self {
            Self::TypeScript => ("typescript", None),
            Self::TypeScript2 => ("typescript-2", None),
            Self::PythonHandshake => ("python", Some("legacy")),
            Self::Python => ("python", Some("auto")),
            Self::Python1 => ("python-1", None),
        };
        let (program, script) = match self {
            Self::TypeScript | Self::TypeScript2 => (PathBuf::from("node"), node),
            Self::PythonHandshake | Self::Python | Self::Python1 => {
                (installed(&format!("{folder}/venv/bin/python"))?, python)
            }
        };
        let mut command = Command::new(program);
        command.arg(installed(&format!("{folder}/{script}"))?).args(mode);
        match reached {
            Reached::Stdio { program, key, api } => {
                command.arg("stdio").arg(program);
                command.env("ONEGENT_API_KEY", key).env("ONEGENT_API_BASE_URL", api);
            }
            Reached::Http { url, key } => {
                command.args(["http", url, key]);
            }
        }
        command.stdin(Stdio::null()).kill_on_drop(true);
        Ok(command)
    }
}

/// What a client was told about a job.
#[derive(Debug, Deserialize)]
pub struct Said {
    /// The words for the model.
    pub text: String,
    /// The structured result.
    pub job: Job,
}

/// A file of the installed clients; as it stands in the project, where it stands there.
pub fn installed(name: &str) -> anyhow::Result<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = project.with_file_name("target").join("clients").join(name);
    let source = project.join("clients").join(name);
    let current = path.is_file() && (!source.is_file() || std::fs::read(&source)? == std::fs::read(&path)?);
    ensure!(current, "{} is missing or old; `cargo xtask test` installs it", path.display());
    Ok(path)
}
