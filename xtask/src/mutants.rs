//! Mutation testing of what money hangs on: changes the code in small ways, one after the other, and expects a test to
//! fail each time. Those that none notices are listed at the end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use clap::ValueEnum;

use crate::step;

/// What is mutated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Core's state machine, against core's tests and the model
    Machine,
    /// The payment gate, against its own tests
    Gate,
    /// The way from a confirmation to the one permit, against the engine's tests
    Redeem,
}

/// Runs it. Needs `cargo install cargo-mutants --locked`; an hour or so of one core for everything.
pub(crate) fn run(parts: &[Part]) -> anyhow::Result<()> {
    let parts = if parts.is_empty() { &[Part::Machine, Part::Gate, Part::Redeem] } else { parts };
    let root = step::root()?;
    let mut survived = Vec::new();
    for part in parts {
        let ran = match part {
            Part::Machine => {
                let files = ["onegent-core/src/machine.rs", "onegent-core/src/machine/apply.rs"];
                mutate(&root, "machine", "onegent-core", &files, &[])
            }
            Part::Gate => {
                let files = ["onegent-engine/src/gate.rs", "onegent-engine/src/gate/**/*.rs"];
                mutate(&gate_alone(&root)?, "gate", "onegent-engine", &files, &["--lib", "gate"])
            }
            Part::Redeem => {
                let files =
                    ["onegent-engine/src/payment/redeem.rs", "onegent-engine/src/store/sqlite/redeem.rs"];
                mutate(&root, "redeem", "onegent-engine", &files, &["--lib"])
            }
        };
        survived.extend(ran.err().map(|error| format!("{part:?}: {error:#}")));
    }
    ensure!(survived.is_empty(), "{}", survived.join("; "));
    Ok(())
}

fn mutate(tree: &Path, name: &str, package: &str, files: &[&str], tests: &[&str]) -> anyhow::Result<()> {
    let output = folder(&step::root()?).join(name);
    fs::create_dir_all(&output)?;
    let mut mutants = Command::new("cargo");
    mutants.args(["mutants", "--package", package, "--jobs", "1", "--dir"]).arg(tree);
    mutants.arg("--output").arg(output).args(files.iter().flat_map(|file| ["--file", file]));
    step::run(mutants.arg("--").args(tests))
}

/// The gate and what it reads pages with, as a workspace of their own: a mutant of the whole engine would take minutes to
/// build, and one of this takes seconds.
fn gate_alone(root: &Path) -> anyhow::Result<PathBuf> {
    let alone = folder(root).join("gate-alone");
    if alone.exists() {
        fs::remove_dir_all(&alone)?;
    }
    fs::create_dir_all(&alone)?;
    for part in
        ["Cargo.toml", "Cargo.lock", "onegent-core/Cargo.toml", "onegent-core/src", "onegent-engine/src"]
    {
        copy(&root.join(part), &alone.join(part))?;
    }
    edit(&alone.join("Cargo.toml"), |text| {
        let (before, rest) = text.split_once("members = [")?;
        let (_, after) = rest.split_once(']')?;
        Some(format!("{before}members = [\"onegent-core\", \"onegent-engine\"]{after}"))
    })?;
    let manifest = fs::read_to_string(root.join("onegent-engine/Cargo.toml"))?;
    fs::write(alone.join("onegent-engine/Cargo.toml"), without(&manifest, &["onegent-sandbox", "trybuild"]))?;
    let engine = alone.join("onegent-engine/src");
    fs::write(
        engine.join("lib.rs"),
        "//! The gate alone.\n\npub mod browser;\npub mod fail_point;\npub mod gate;\npub mod network;\npub mod payment;\n",
    )?;
    edit(&engine.join("payment.rs"), |text| Some(without(text, &["mod redeem", "pub(crate) use redeem"])))?;
    Ok(alone)
}

fn without(text: &str, beginnings: &[&str]) -> String {
    let kept = |line: &&str| !beginnings.iter().any(|beginning| line.starts_with(beginning));
    text.split_inclusive('\n').filter(kept).collect()
}

fn edit(file: &Path, change: impl FnOnce(&str) -> Option<String>) -> anyhow::Result<()> {
    let text = fs::read_to_string(file)?;
    let changed = change(&text).with_context(|| format!("{} is not as expected", file.display()))?;
    Ok(fs::write(file, changed)?)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if from.is_dir() {
        for entry in fs::read_dir(from)? {
            let name = entry?.file_name();
            copy(&from.join(&name), &to.join(&name))?;
        }
        return Ok(());
    }
    fs::create_dir_all(to.parent().context("a file has a folder")?)?;
    fs::copy(from, to).with_context(|| format!("can't copy {}", from.display()))?;
    Ok(())
}

fn folder(root: &Path) -> PathBuf {
    root.join("target/mutants")
}
