//! The composition root: what the binaries `onegent` and `onegent-mcp-server` do.
//!
//! Only here do the engine, the edges and the sandbox meet; [`node::Node`] is the whole server in one value, and
//! [`outside`] plays those who use it.

mod args;
mod command;
mod env;
mod exit;
mod logging;
pub mod node;
mod output;
pub mod outside;

use std::process::ExitCode;

use clap::Parser;

/// Runs `onegent` with the process's own arguments.
pub fn onegent() -> ExitCode {
    exit::finish(|| {
        let args = args::Onegent::parse();
        logging::start(args.common.log.as_deref());
        runtime()?.block_on(command::run(args))
    })
}

/// Runs `onegent-mcp-server` with the process's own arguments.
pub fn mcp_server() -> ExitCode {
    exit::finish(|| {
        let args = args::McpServer::parse();
        logging::start(args.common.log.as_deref());
        let command = command::mcp::run(args.mcp, args.common);
        // stdio has one client and little to do: one thread starts fastest and is enough.
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(command)
    })
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
