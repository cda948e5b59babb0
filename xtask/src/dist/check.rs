//! `cargo xtask dist-test`: what is given out is unpacked as its user would unpack it, and has to answer.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::{Dist, run, system};
use crate::{step, tools};

const HANDSHAKE: [&str; 3] = [
    r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"dist-test","version":"1"}}}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
    r#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#,
];

/// Makes everything with the profile of the tests, and tries it.
pub(crate) fn test() -> anyhow::Result<()> {
    let out = step::root()?.join("target").join("dist-out");
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    run(&Dist { what: None, profile: "dev".to_owned() })?;
    step::named("the desktop extension answers", || extension(&out))?;
    step::named("the npm packages answer", || npm(&out))?;
    step::named("the Debian package answers", || deb(&out))?;
    step::named("the archive's binary books", || archive(&out))?;
    step::named("the registry would take server.json", || registry(&out))?;
    step::named("the lists are whole", || lists(&out))?;
    // What the packages are made of was built and tested above, so they are not built once more.
    step::cargo(&[
        "publish",
        "--workspace",
        "--dry-run",
        "--no-verify",
        "--allow-dirty",
        "--locked",
        "--quiet",
    ])
}

/// It is built without what tests are built with beside it.
fn archive(out: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    step::run(Command::new("tar").arg("-xzf").arg(made(out, ".tar.gz")?).arg("-C").arg(folder.path()))?;
    let name = format!("onegent-{}-{}", env!("CARGO_PKG_VERSION"), system()?);
    let mut demo = Command::new(folder.path().join(name).join("onegent"));
    step::run(demo.args(["demo", "--non-interactive"]).env("HOME", folder.path()).current_dir(folder.path()))
}

fn extension(out: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    step::run(Command::new(tools::npm_tool("mcpb")?).arg("unpack").arg(made(out, ".mcpb")?).arg(folder))?;
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json"))?)?;
    let command = manifest["server"]["mcp_config"]["command"].as_str().context("no command")?;
    lists_six_tools(&mut Command::new(command.replace("${__dirname}", &folder.display().to_string())))
}

fn npm(out: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let launcher = made(out, &format!("onegent-mcp-server-{}.tgz", env!("CARGO_PKG_VERSION")))?;
    let binary = made(out, &format!("{}-{}.tgz", system()?, env!("CARGO_PKG_VERSION")))?;
    let install = ["install", "--offline", "--no-audit", "--no-fund", "--silent", "--prefix"];
    step::run(Command::new("npm").args(install).arg(folder.path()).arg(binary).arg(launcher))?;
    lists_six_tools(&mut Command::new(folder.path().join("node_modules/.bin/onegent-mcp-server")))
}

fn deb(out: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    step::run(Command::new("dpkg-deb").arg("--extract").arg(made(out, ".deb")?).arg(folder.path()))?;
    lists_six_tools(&mut Command::new(folder.path().join("usr/bin/onegent-mcp-server")))
}

/// By the schema that the file names; and its package is the one that is given out.
fn registry(out: &Path) -> anyhow::Result<()> {
    let (folder, linter) = (tempfile::tempdir()?, tools::registry_linter()?);
    let (file, entry) = (folder.path().join("server.json"), fs::read(made(out, "server.json")?)?);
    let lint = || Command::new(&linter).arg("lint").arg(folder.path()).output();
    fs::write(&file, &entry)?;
    let judged = lint()?;
    ensure!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
    let mut entry: Value = serde_json::from_slice(&entry)?;
    let package = &entry["packages"][0];
    let tarball = format!("onegent-mcp-server-{}.tgz", package["version"].as_str().context("no version")?);
    ensure!(package["identifier"] == "@onegent/mcp-server", "{package}");
    made(out, &tarball)?;
    // One that takes anything would say nothing.
    entry["packages"][0]["transport"]["type"] = "pipe".into();
    fs::write(&file, entry.to_string())?;
    ensure!(!lint()?.status.success(), "the schema was not looked at");
    Ok(())
}

fn lists(out: &Path) -> anyhow::Result<()> {
    let sums = fs::read_to_string(out.join("SHA256SUMS"))?;
    ensure!(sums.lines().count() == 7, "SHA256SUMS has {} lines:\n{sums}", sums.lines().count());
    let parts: Value = serde_json::from_slice(&fs::read(made(out, ".cdx.json")?)?)?;
    let parts = parts["components"].as_array().context("no components")?;
    let has = |name: &str| parts.iter().any(|part| part["name"] == name);
    ensure!(has("onegent-core") && has("libsqlite3-sys") && !has("insta"), "{} parts", parts.len());
    Ok(())
}

/// The one file whose name ends like this.
fn made(out: &Path, ending: &str) -> anyhow::Result<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(out)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    ensure!(found.len() == 1, "{} files end in {ending}", found.len());
    found.pop().context("one file")
}

/// Starts a server, without a key, and asks it for its tools over stdio.
fn lists_six_tools(server: &mut Command) -> anyhow::Result<()> {
    server.env_remove("ONEGENT_API_KEY").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = server.spawn().with_context(|| format!("{server:?}"))?;
    let mut input = child.stdin.take().context("no stdin")?;
    for line in HANDSHAKE {
        writeln!(input, "{line}")?;
    }
    let mut answer = Value::Null;
    for line in BufReader::new(child.stdout.take().context("no stdout")?).lines() {
        answer = serde_json::from_str(&line?)?;
        if answer["id"] == 2 {
            break;
        }
    }
    // The end of its input is the end of the server.
    drop(input);
    ensure!(child.wait()?.success(), "{server:?} ended badly");
    let tools = answer["result"]["tools"].as_array().with_context(|| format!("no tools: {answer}"))?;
    ensure!(tools.len() == 6, "{} tools", tools.len());
    Ok(())
}
