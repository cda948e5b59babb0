//! A server process that is measured: where it listens, what it costs.

use std::path::Path;
use std::process::Stdio;

use anyhow::Context as _;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use url::Url;

use super::{LOAD_CORE, SERVER_CORE};
use crate::process;

/// Linux tells a process's time in these, whatever the kernel's own clock does.
const TICKS_A_SECOND: f64 = 100.0;

/// A server process, on a core of its own where there is one.
pub(super) struct Program {
    child: Child,
    /// What it said first.
    pub(super) said: String,
}

impl Program {
    /// Starts a binary of this workspace; it says where it is in the first line on stdout.
    pub(super) async fn start(
        name: &str,
        home: &Path,
        change: impl FnOnce(&mut Command),
    ) -> anyhow::Result<Self> {
        let mut command = alone(name, home, change).await?;
        let mut child = command.stderr(Stdio::inherit()).spawn()?;
        let (said, rest) = first_line(child.stdout.take().context("no stdout")?).await?;
        child.stdout = Some(rest);
        Ok(Self { child, said })
    }

    /// The same for one that says it on stderr, in words.
    pub(super) async fn start_talking(
        name: &str,
        home: &Path,
        change: impl FnOnce(&mut Command),
    ) -> anyhow::Result<Self> {
        let mut child = alone(name, home, change).await?.spawn()?;
        let (said, rest) = first_line(child.stderr.take().context("no stderr")?).await?;
        child.stderr = Some(rest);
        Ok(Self { child, said })
    }

    /// An address out of the JSON that it said.
    pub(super) fn url(&self, name: &str) -> anyhow::Result<Url> {
        let said: Value = serde_json::from_str(&self.said)?;
        Ok(said[name].as_str().with_context(|| format!("no {name} in {said}"))?.parse()?)
    }

    /// The memory that it has now, in MB; `None` where the system does not tell.
    pub(super) fn memory(&self) -> Option<f64> {
        resident(self.child.id()?)
    }

    /// The processor time that it has used, in seconds.
    pub(super) fn cpu(&self) -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()?)).ok()?;
        // The second field is a name, which may hold anything.
        let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |field: usize| fields.get(field)?.parse::<f64>().ok();
        Some((ticks(11)? + ticks(12)?) / TICKS_A_SECOND)
    }
}

/// The resident memory of a process, in MB.
pub(super) fn resident(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}

/// Leaves the servers' core to the servers, where the system can do that.
pub(super) async fn step_aside() {
    let me = std::process::id().to_string();
    let aside = Command::new("taskset")
        .args(["-a", "-c", "-p", &LOAD_CORE.to_string(), &me])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // Without it both share what there is; the ratio stays one.
    let _aside = aside.await;
}

/// A command of ours on the servers' core.
async fn alone(name: &str, home: &Path, change: impl FnOnce(&mut Command)) -> anyhow::Result<Command> {
    let mut command = process::command(name, home).await?;
    change(&mut command);
    let core = SERVER_CORE.to_string();
    let tried = Command::new("taskset").args(["-c", &core, "true"]).stderr(Stdio::null()).status().await;
    if !tried.is_ok_and(|status| status.success()) {
        return Ok(command);
    }
    let inner = command.as_std();
    let mut pinned = Command::new("taskset");
    pinned.args(["-c", &core]).arg(inner.get_program()).args(inner.get_args());
    pinned.env_clear().envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    pinned.env("PATH", std::env::var_os("PATH").unwrap_or_default()).current_dir(home);
    pinned.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    Ok(pinned)
}

async fn first_line<R: AsyncRead + Unpin>(output: R) -> anyhow::Result<(String, R)> {
    let mut lines = BufReader::new(output).lines();
    let said = process::next_line(&mut lines).await?;
    Ok((said, lines.into_inner().into_inner()))
}
