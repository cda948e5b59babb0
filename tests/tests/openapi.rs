#![cfg(test)]
//! The OpenAPI documents as other houses' tools take them: validators, client generators, and a fuzzer.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use anyhow::{Context as _, ensure};
use onegent_cli::node::{Node, NodeConfig};
use onegent_core::caller::{Environment, Scope};
use onegent_core::port::KeyRequest;
use onegent_core::request::Scenario;
use onegent_tests::foreign::installed;
use onegent_tests::wish::even_day;
use onegent_tests::world::World;
use serde_json::Value;
use tokio::process::Command;

/// How long the fuzzer may take, and where its chance begins: a failure is found again.
const FUZZING: [&str; 4] = ["--max-time", "40", "--seed", "20260101"];

fn committed(name: &str) -> anyhow::Result<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("in the workspace")?;
    Ok(workspace.join("onegent-http").join(name))
}

fn script(name: &str) -> anyhow::Result<PathBuf> {
    installed(&format!("openapi/{name}"))
}

/// A tool out of npm's packages.
fn node(tool: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(script(&format!("node_modules/.bin/{tool}"))?);
    command.env("REDOCLY_TELEMETRY", "off").env("NO_COLOR", "1");
    Ok(command)
}

/// A tool out of the Python packages.
fn python(tool: &str) -> anyhow::Result<Command> {
    let tool = script(&format!("venv/bin/{tool}"))?;
    let mut command = Command::new(&tool);
    // It calls its neighbours by name.
    let path = std::env::join_paths(
        tool.parent()
            .map(Path::to_owned)
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    )?;
    command.env("PATH", path);
    Ok(command)
}

async fn fine(mut command: Command) -> anyhow::Result<Output> {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.with_context(|| format!("{command:?}"))?;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{command:?} ended with {}\n{out}\n{err}", output.status);
    Ok(output)
}

#[tokio::test]
async fn no_validator_finds_an_error_in_either_document() -> anyhow::Result<()> {
    for name in ["openapi.json", "openapi.custom-gpt.json"] {
        let document = committed(name)?;
        let mut validator = python("openapi-spec-validator")?;
        validator.arg(&document);
        fine(validator).await?;
        let mut redocly = node("redocly")?;
        redocly.arg("lint").arg(&document);
        fine(redocly).await?;
        let mut spectral = node("spectral")?;
        spectral
            .args(["lint", "--fail-severity", "warn", "--ruleset"])
            .arg(script("spectral.yaml")?)
            .arg(&document);
        fine(spectral).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_generated_typescript_client_books() -> anyhow::Result<()> {
    let folder = script("book.ts")?.parent().context("a folder")?.join("generated");
    std::fs::create_dir_all(&folder)?;
    std::fs::copy(script("book.ts")?, folder.join("book.ts"))?;
    let mut generate = node("openapi-typescript")?;
    generate.arg(committed("openapi.json")?).arg("--output").arg(folder.join("schema.d.ts"));
    fine(generate).await?;
    let mut compile = node("tsc")?;
    compile.args(["--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "book.ts"]);
    compile.current_dir(&folder);
    fine(compile).await?;
    let mut book = Command::new("node");
    book.arg(folder.join("book.js"));
    books(book).await
}

#[tokio::test]
async fn a_generated_python_client_books() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut generate = python("openapi-python-client")?;
    generate
        .args(["generate", "--meta", "none", "--fail-on-warning", "--path"])
        .arg(committed("openapi.json")?);
    generate.arg("--output-path").arg(folder.path().join("onegent_api"));
    fine(generate).await?;
    let mut book = python("python")?;
    book.arg(script("book.py")?).env("PYTHONPATH", folder.path()).env("PYTHONDONTWRITEBYTECODE", "1");
    books(book).await
}

/// Runs a program that books a table in the sandbox and prints the job in its end.
async fn books(mut program: Command) -> anyhow::Result<()> {
    World::live(async |world| {
        program.args([&world.node()?.api_url(), world.key().expose(), &even_day().to_string()]);
        let output = fine(program).await?;
        let job: Value = serde_json::from_slice(&output.stdout)?;
        ensure!(job["status"] == "done" && job["confirmationCode"].is_string(), "{job}");
        ensure!(world.ledger().await?.reservations.len() == 1, "not in the site's ledger");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_fuzzer_of_the_whole_document_finds_no_failure() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(NodeConfig::loopback(folder.path().join("data"))).await?;
    let request = KeyRequest {
        name: "a fuzzer's".parse()?,
        environment: Environment::Test,
        scopes: Scope::ALL.to_vec(),
        scenarios: Scenario::ALL.to_vec(),
        expires_at: None,
    };
    let key = node.engine().create_key_for_owner(request).await?.secret;
    let mut fuzzer = python("schemathesis")?;
    fuzzer
        .arg("--config-file")
        .arg(script("schemathesis.toml")?)
        .arg("run")
        .arg(node.url().join("/openapi.json")?.as_str());
    fuzzer.args(["--header", &format!("Authorization: Bearer {}", key.expose())]);
    fuzzer.args(FUZZING).args(["--request-timeout", "20", "--continue-on-failure"]);
    // It keeps what it learned in the folder it runs in.
    fuzzer.current_dir(folder.path());
    fine(fuzzer).await?;
    node.stop().await
}
