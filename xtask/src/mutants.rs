//! Mutation testing of what money hangs on: changes the code in small ways, one after the other, and expects a test to
//! fail each time. Those that none notices are listed at the end.
//!
//! Each part is changed in a copy of the crates that it needs, so that a mutant is built in seconds and the workspace
//! stays as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use clap::{Args, ValueEnum};

use crate::step;

/// What is changed, and how much of it.
#[derive(Debug, Args)]
pub(crate) struct Mutants {
    /// Which part; all of them unless said
    part: Vec<Part>,
    /// Only the n-th of k equal portions of each part, as `0/8`
    #[arg(long)]
    shard: Option<String>,
}

/// A part of the code that money hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Core's state machine, against its own tests; what they miss, against the model
    Machine,
    /// The payment gate, against its own tests; what they miss, against the red-team corpus
    Gate,
    /// The way from a confirmation to the one permit, against the store's suite and the agent's tests
    Redeem,
}

const GATE: [&str; 2] = ["onegent-engine/src/gate.rs", "onegent-engine/src/gate/**/*.rs"];
const ENGINE: [&str; 4] = ["onegent-core", "onegent-engine", "onegent-sandbox", "tests/postgres"];

/// Runs it. Needs `cargo install cargo-mutants --locked`; an hour or so of one core for everything.
pub(crate) fn run(what: &Mutants) -> anyhow::Result<()> {
    let parts =
        if what.part.is_empty() { &[Part::Machine, Part::Gate, Part::Redeem] } else { what.part.as_slice() };
    let mut survived = Vec::new();
    for part in parts {
        survived.extend(what.test(*part).err().map(|error| format!("{part:?}: {error:#}")));
    }
    ensure!(survived.is_empty(), "{}", survived.join("; "));
    Ok(())
}

impl Mutants {
    fn test(&self, part: Part) -> anyhow::Result<()> {
        let root = step::root()?;
        match part {
            Part::Machine => {
                let tree = tree(&root, "machine", &["onegent-core"])?;
                let files = ["onegent-core/src/machine.rs", "onegent-core/src/machine/apply.rs"];
                let quick = self.mutate(&tree, "machine", &files, &["--lib", "machine"]);
                quick.or_else(|_survivors| self.mutate(&tree, "machine", &files, &["--test", "model"]))
            }
            Part::Gate => {
                let quick = self.mutate(&gate_alone(&root)?, "gate", &GATE, &["--lib", "gate"]);
                quick.or_else(|_survivors| {
                    let tree = tree(&root, "engine", &ENGINE)?;
                    self.mutate(&tree, "gate", &GATE, &["--test", "redteam"])
                })
            }
            Part::Redeem => {
                let files =
                    ["onegent-engine/src/payment/redeem.rs", "onegent-engine/src/store/sql/redeem.rs"];
                let tree = tree(&root, "engine", &ENGINE)?;
                self.mutate(&tree, "redeem", &files, &["--lib", "--", "store::", "agent::", "worker::"])
            }
        }
    }

    /// Changes `files` of a tree, in place. What was caught by an earlier run into the same `output` is not tried again.
    fn mutate(&self, tree: &Path, output: &str, files: &[&str], tests: &[&str]) -> anyhow::Result<()> {
        let folder = folder(&step::root()?);
        let mut mutants = Command::new("cargo");
        mutants.args(["mutants", "--in-place", "--iterate", "--colors", "never", "--dir"]).arg(tree);
        mutants.arg("--output").arg(folder.join(output));
        mutants.args(files.iter().flat_map(|file| ["--file", file]));
        mutants.args(self.shard.iter().flat_map(|shard| ["--shard", shard]));
        mutants.env("CARGO_TARGET_DIR", folder.join("target")).env("CARGO_PROFILE_DEV_DEBUG", "none");
        mutants.env("INSTA_UPDATE", "no");
        step::run(mutants.arg("--").args(tests))
    }
}

/// A workspace of a few of the crates.
fn tree(root: &Path, name: &str, members: &[&str]) -> anyhow::Result<PathBuf> {
    let tree = folder(root).join("trees").join(name);
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    for part in ["Cargo.toml", "Cargo.lock"].iter().chain(members) {
        copy(&root.join(part), &tree.join(part))?;
    }
    edit(&tree.join("Cargo.toml"), |text| {
        let (before, rest) = text.split_once("members = [")?;
        let (_, after) = rest.split_once(']')?;
        Some(format!("{before}members = {members:?}{after}"))
    })?;
    Ok(tree)
}

/// The gate and what it reads pages with: the whole engine takes ten times as long to build.
fn gate_alone(root: &Path) -> anyhow::Result<PathBuf> {
    let tree = tree(root, "gate", &["onegent-core", "onegent-engine"])?;
    let engine = tree.join("onegent-engine");
    edit(&engine.join("Cargo.toml"), |text| {
        Some(
            without(text, &["onegent-sandbox", "onegent-test-postgres", "trybuild"])
                .replace("default = [\"chromium\"]", "default = []"),
        )
    })?;
    fs::remove_dir_all(engine.join("examples"))?;
    for other in ["compile_fail.rs", "web.rs", "redteam/main.rs"] {
        fs::remove_file(engine.join("tests").join(other))?;
    }
    fs::write(
        engine.join("src/lib.rs"),
        "//! The gate alone.\n\npub mod browser;\npub mod fail_point;\npub mod gate;\npub mod network;\npub mod payment;\n",
    )?;
    edit(&engine.join("src/payment.rs"), |text| {
        Some(without(text, &["mod redeem", "pub(crate) use redeem"]))
    })?;
    Ok(tree)
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
