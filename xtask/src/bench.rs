//! Benches: how well the agent reads pages. The work is done by `onegent-engine`'s own examples.

use std::path::PathBuf;
use std::process::Command;

use clap::Subcommand;

use crate::step;

/// What is measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// How well fields are classified, on a folder of labelled pages
    Fields {
        /// The folder: HTML files whose fields say in `data-truth` what they ask for
        #[arg(long)]
        data: PathBuf,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
        /// Print every field that was taken for something else
        #[arg(long, conflicts_with = "json")]
        misses: bool,
    },
}

pub(crate) fn run(bench: &Bench) -> anyhow::Result<()> {
    let Bench::Fields { data, json, misses } = bench;
    let mut run = Command::new(std::env::var("CARGO").unwrap_or_else(|_unset| "cargo".to_owned()));
    run.args([
        "run",
        "--quiet",
        "--locked",
        "--package",
        "onegent-engine",
        "--example",
        "bench_fields",
        "--",
    ]);
    run.arg(std::path::absolute(data)?);
    step::run(run.args(json.then_some("--json")).args(misses.then_some("--misses")))
}
