//! End-to-end runs that need more than the tests: other houses' clients, and a browser.

use std::process::Command;

use clap::Subcommand;

use crate::{step, tools};

/// What is run end to end.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum EndToEnd {
    /// Connect real OAuth and MCP clients, with a person in Chromium who signs in and approves
    Oauth,
}

/// Installs what it needs, builds it, and runs it.
pub(crate) fn run(kind: EndToEnd) -> anyhow::Result<()> {
    let EndToEnd::Oauth = kind;
    tools::install_connectors()?;
    let cargo = || Command::new(std::env::var("CARGO").unwrap_or_else(|_unset| "cargo".to_owned()));
    step::run(cargo().args(["build", "--quiet", "--locked", "--package", "onegent-cli", "--bins"]))?;
    let connectors = ["run", "--quiet", "--locked", "--package", "onegent-tests", "--bin", "connectors"];
    step::run(cargo().args(connectors))
}
