//! MCP clients of other houses, with the packages that `cargo xtask test` installs.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::world::patiently;

/// A client that calls all six tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// The official TypeScript SDK.
    TypeScript,
    /// The `mcp` package, with the `initialize` handshake.
    PythonHandshake,
    /// The `mcp` package, as it connects by itself.
    Python,
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
        let mut command = self.command()?;
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
        let output = patiently(&format!("{self:?}"), command.output()).await??;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{self:?} ended with {}:\n{errors}", output.status);
        serde_json::from_slice(&output.stdout).with_context(|| format!("{self:?} said no JSON"))
    }

    fn command(self) -> anyhow::Result<Command> {
        let (program, script, mode) = match self {
            Self::TypeScript => (PathBuf::from("node"), installed("typescript/call-all.mjs")?, None),
            Self::PythonHandshake => {
                (installed("python/venv/bin/python")?, installed("python/call_all.py")?, Some("legacy"))
            }
            Self::Python => {
                (installed("python/venv/bin/python")?, installed("python/call_all.py")?, Some("auto"))
            }
        };
        let mut command = Command::new(program);
        command.arg(script).args(mode);
        Ok(command)
    }
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
