//! Soaks: the real server for long, under bad conditions. The work is done by `onegent-tests`' own binary.

use std::process::Command;

use clap::Subcommand;

use crate::step;

/// A kind of bad condition.
#[derive(Debug, Subcommand)]
pub(crate) enum Soak {
    /// Kill the server again and again, and compare what it says with the sites' ledger
    Crash {
        /// How often the server is killed
        #[arg(long, default_value_t = 1000)]
        cycles: u32,
        /// Where chance begins
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
}

/// Builds what it needs and runs it. Debug builds, since release builds have no fail points.
pub(crate) fn run(soak: &Soak) -> anyhow::Result<()> {
    let Soak::Crash { cycles, seed, json } = soak;
    let cargo = || Command::new(std::env::var("CARGO").unwrap_or_else(|_unset| "cargo".to_owned()));
    let both = ["--package", "onegent-cli", "--package", "onegent-tests"];
    step::run(cargo().args(["build", "--quiet", "--locked", "--bins"]).args(both))?;
    let soak = ["run", "--quiet", "--locked", "--package", "onegent-tests", "--bin", "soak", "--", "crash"];
    let mut run = cargo();
    run.args(soak).args(["--cycles", &cycles.to_string(), "--seed", &seed.to_string()]);
    step::run(run.args(json.then_some("--json")))
}
