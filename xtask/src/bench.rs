//! Benches: how well the agent reads pages, and how fast the server answers. The work is done by `onegent-engine`'s own
//! examples and by `onegent-tests`' own binary.

use std::path::PathBuf;
use std::process::Command;

use clap::{Args, Subcommand};

use crate::step;

/// What is measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// From nothing to the list of tools on stdio, beside a bare server
    Start(Measure),
    /// Answers over HTTP, beside a bare server and a bare route
    Http(Measure),
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

/// How to measure, and how to say it.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Measure {
    /// Enough to see what is far off
    #[arg(long)]
    quick: bool,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(bench: &Bench) -> anyhow::Result<()> {
    match bench {
        Bench::Start(how) => measure("start", *how),
        Bench::Http(how) => measure("http", *how),
        Bench::Fields { data, json, misses } => {
            let mut run = cargo();
            run.args(["run", "--quiet", "--locked", "--package", "onegent-engine"]);
            run.args(["--example", "bench_fields", "--"]).arg(std::path::absolute(data)?);
            step::run(run.args(json.then_some("--json")).args(misses.then_some("--misses")))
        }
    }
}

/// Release builds of all that is measured, and of who measures.
fn measure(area: &str, how: Measure) -> anyhow::Result<()> {
    let both = ["--release", "--package", "onegent-cli", "--package", "onegent-tests"];
    step::run(cargo().args(["build", "--quiet", "--locked", "--bins"]).args(both))?;
    let mut run = cargo();
    run.args(["run", "--quiet", "--locked", "--release", "--package", "onegent-tests"]);
    run.args(["--bin", "bench", "--", area]);
    step::run(run.args(how.quick.then_some("--quick")).args(how.json.then_some("--json")))
}

fn cargo() -> Command {
    Command::new(std::env::var("CARGO").unwrap_or_else(|_unset| "cargo".to_owned()))
}
