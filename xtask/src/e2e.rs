//! End-to-end runs that need more than the tests: other houses' clients, and a browser.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use clap::Subcommand;

use crate::{step, tools};

/// What is run end to end.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum EndToEnd {
    /// Connect real OAuth and MCP clients, with a person in Chromium who signs in and approves
    Oauth,
    /// Every page of the console in Chromium: axe-core, keyboard, and pictures in target/pages
    Pages,
}

/// Installs what it needs, builds it, and runs it.
pub(crate) fn run(kind: EndToEnd) -> anyhow::Result<()> {
    match kind {
        EndToEnd::Oauth => connectors(),
        EndToEnd::Pages => pages(),
    }
}

fn connectors() -> anyhow::Result<()> {
    tools::install_connectors()?;
    let cargo = || Command::new(std::env::var("CARGO").unwrap_or_else(|_unset| "cargo".to_owned()));
    step::run(cargo().args(["build", "--quiet", "--locked", "--package", "onegent-cli", "--bins"]))?;
    let connectors = ["run", "--quiet", "--locked", "--package", "onegent-tests", "--bin", "connectors"];
    step::run(cargo().args(connectors))
}

fn pages() -> anyhow::Result<()> {
    let root = step::root()?;
    let look = tools::pages()?;
    step::cargo(&["build", "--package", "onegent-cli", "--bins", "--locked"])?;
    let (pictures, data) = (root.join("target/pages"), root.join("target/pages/data"));
    if pictures.exists() {
        std::fs::remove_dir_all(&pictures)?;
    }
    std::fs::create_dir_all(&pictures)?;
    let mut server = Command::new(root.join("target/debug/onegent"))
        .args(["serve", "--json", "--port", "0", "--data-dir"])
        .arg(&data)
        .stdout(Stdio::piped())
        .spawn()
        .context("the server")?;
    let looked = step::named("every page in Chromium", || {
        let mut line = String::new();
        BufReader::new(server.stdout.take().context("stdout")?).read_line(&mut line)?;
        let said: serde_json::Value = serde_json::from_str(&line).context("the server's announcement")?;
        let told =
            |name: &str| said[name].as_str().map(str::to_owned).with_context(|| format!("no {name}: {line}"));
        let arguments = [told("console")?, told("signIn")?, told("testKey")?];
        step::run(Command::new("node").arg(&look).args(arguments).arg(&pictures))
    });
    server.kill()?;
    ensure!(server.wait().is_ok(), "the server can't be waited for");
    looked
}
