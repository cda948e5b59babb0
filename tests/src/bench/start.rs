//! From nothing to the list of tools, as a host starts a server on stdio.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::Pace;
use super::program::resident;
use super::samples::Samples;
use super::table::{Table, Target};
use crate::process;

/// How often each is started before it counts: files come into memory.
const WARM_UP: usize = 3;
/// The most memory of the server on stdio that only waits, in MB.
const IDLE: f64 = 12.0;

/// One start.
struct Started {
    milliseconds: f64,
    memory: Option<f64>,
}

/// Starts `onegent-mcp-server` and a bare server in turns.
pub async fn start(pace: Pace) -> anyhow::Result<Table> {
    let rounds = if pace == Pace::Quick { 15 } else { 61 };
    let home = tempfile::tempdir()?;
    let mut ours = command("onegent-mcp-server", home.path(), &[]).await?;
    let mut bare = command("bare", home.path(), &["stdio"]).await?;
    let (mut took, mut took_bare) = (Samples::default(), Samples::default());
    let (mut memory, mut memory_bare) = (Samples::default(), Samples::default());
    for round in 0..WARM_UP + rounds {
        let (started, beside) = (list_tools(&mut ours)?, list_tools(&mut bare)?);
        if round < WARM_UP {
            continue;
        }
        took.push(started.milliseconds);
        took_bare.push(beside.milliseconds);
        if let (Some(of_ours), Some(of_bare)) = (started.memory, beside.memory) {
            memory.push(of_ours);
            memory_bare.push(of_bare);
        }
    }
    let mut table = Table::new();
    let what = ("stdio: spawn, initialize, tools/list", "ms");
    table.compare(what, &took, ("bare rmcp", &took_bare), Some(Target::AtMost(2.0)));
    let what = ("stdio: memory after it", "MB");
    table.compare(what, &memory, ("bare rmcp", &memory_bare), None);
    table.limit(what, memory.middle().median, IDLE);
    Ok(table)
}

async fn command(name: &str, home: &Path, args: &[&str]) -> anyhow::Result<Command> {
    let mut command = process::command(name, home).await?.into_std();
    command.args(args).stdin(Stdio::piped()).stderr(Stdio::null());
    Ok(command)
}

/// Starts a server, asks for its tools as a client does, and ends it.
fn list_tools(command: &mut Command) -> anyhow::Result<Started> {
    let client = json!({ "name": "bench", "version": "0" });
    let hello = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client } });
    let greeted = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" });
    let begun = Instant::now();
    let mut child = command.spawn()?;
    let mut input = child.stdin.take().context("no stdin")?;
    let mut lines = BufReader::new(child.stdout.take().context("no stdout")?).lines();
    say(&mut input, &hello)?;
    lines.next().context("no answer to initialize")??;
    say(&mut input, &greeted)?;
    say(&mut input, &list)?;
    let listed = lines.next().context("no answer to tools/list")??;
    let milliseconds = begun.elapsed().as_secs_f64() * 1000.0;
    let memory = resident(child.id());
    let listed: Value = serde_json::from_str(&listed)?;
    let tools = listed["result"]["tools"].as_array().map(Vec::len);
    drop(input);
    ensure!(child.wait()?.success() && tools == Some(6), "it listed {tools:?}");
    Ok(Started { milliseconds, memory })
}

fn say(input: &mut ChildStdin, message: &Value) -> anyhow::Result<()> {
    Ok(input.write_all(format!("{message}\n").as_bytes())?)
}
