//! The composition root: what the binaries `onegent` and `onegent-mcp-server` do.
//!
//! Only here do the engine, the edges and the sandbox meet; [`node::Node`] is the whole server in one value, and
//! [`outside`] plays those who use it.

mod args;
mod command;
mod env;
mod exit;
mod hosts;
mod logging;
pub mod node;
mod output;
pub mod outside;
mod traces;

use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Builder;

use exit::Exit;

/// Runs `onegent` with the process's own arguments.
pub fn onegent() -> ExitCode {
    let args = args::Onegent::parse();
    logging::start(args.common.log.as_deref());
    let json = args.common.json;
    exit::finish(run(&mut Builder::new_multi_thread(), command::run(args)), json)
}

/// Runs `onegent-mcp-server` with the process's own arguments.
pub fn mcp_server() -> ExitCode {
    let args = args::McpServer::parse();
    logging::start(args.common.log.as_deref());
    let json = args.common.json;
    // stdio has one client and little to do: one thread starts fastest and is enough.
    exit::finish(run(&mut Builder::new_current_thread(), command::mcp::run(args.mcp, args.common)), json)
}

fn run(runtime: &mut Builder, command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    let runtime = runtime.enable_all().build()?;
    let ended = runtime.block_on(command);
    // A read of a terminal can't be cancelled; whoever pressed Ctrl-C should not have to press Enter as well.
    runtime.shutdown_background();
    ended
}
