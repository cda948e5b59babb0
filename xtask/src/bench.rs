//! Benches: how well the agent reads pages, and how fast the server answers. The work is done by `onegent-engine`'s own
//! examples and by `onegent-tests`' own binary.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::{Args, Subcommand};

use crate::step;

/// What is measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// From nothing to the list of tools on stdio, beside a bare server
    Start(Measure),
    /// Answers over HTTP, beside a bare server and a bare route
    Http(Measure),
    /// What the record takes in a second, beside what the disk can do
    Store(Measure),
    /// A booking, beside a script of the same requests
    Booking(Measure),
    /// How soon a worker and a subscriber hear, and what waiting costs
    Wake(Measure),
    /// Checking the audit trail, beside hashing as much
    Audit(Measure),
    /// What claiming a job costs beside many rows; on a debug build, of which only the ratios tell
    Claims {
        /// How many rows are many
        #[arg(long, default_value_t = 1_000_000)]
        rows: usize,
    },
    /// All of these but the last, written into docs/benchmarks.md
    All {
        /// Enough to see what is far off
        #[arg(long)]
        quick: bool,
    },
    /// Every behaviour of every practice site, by planner and by driver
    Sites,
    /// Small booking tasks on the pages of `MiniWoB++`, by the heuristic planner in Chromium
    Web {
        /// How often each task is tried
        #[arg(long, default_value_t = 50)]
        seeds: u32,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
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
        Bench::Store(how) => measure("store", *how),
        Bench::Booking(how) => measure("booking", *how),
        Bench::Wake(how) => measure("wake", *how),
        Bench::Audit(how) => measure("audit", *how),
        Bench::Claims { rows } => {
            let mut test = cargo();
            test.args(["test", "--quiet", "--locked", "--workspace", "--lib", "a_claim_takes_one", "--"]);
            test.args(["--nocapture", "--test-threads", "1"]).env("ONEGENT_TEST_ROWS", rows.to_string());
            step::run(&mut test)
        }
        Bench::All { quick } => all(*quick),
        Bench::Sites => {
            let mut run = cargo();
            run.env("ONEGENT_BENCH_SITES", "1").args(["test", "--quiet", "--locked", "--workspace", "--lib"]);
            step::run(run.args(["sites_are_booked_by_each_planner", "--", "--nocapture"]))
        }
        Bench::Fields { data, json, misses } => {
            let mut run = cargo();
            run.args(["run", "--quiet", "--locked", "--package", "onegent-engine"]);
            run.args(["--example", "bench_fields", "--"]).arg(std::path::absolute(data)?);
            step::run(run.args(json.then_some("--json")).args(misses.then_some("--misses")))
        }
        Bench::Web { seeds, json } => {
            let mut run = cargo();
            run.args(["run", "--quiet", "--locked", "--package", "onegent-engine"]);
            run.args(["--example", "bench_web", "--"]).arg(crate::tools::miniwob()?);
            step::run(run.arg(format!("--seeds={seeds}")).args(json.then_some("--json")))
        }
    }
}

/// Release builds of all that is measured, and of who measures.
fn build() -> anyhow::Result<()> {
    let both = ["--release", "--package", "onegent-cli", "--package", "onegent-tests"];
    step::run(cargo().args(["build", "--quiet", "--locked", "--bins"]).args(both))
}

fn measuring(area: &str, how: Measure) -> Command {
    let mut run = cargo();
    run.args(["run", "--quiet", "--locked", "--release", "--package", "onegent-tests"]);
    run.args(["--bin", "bench", "--", area]);
    run.args(how.quick.then_some("--quick")).args(how.json.then_some("--json"));
    run
}

fn measure(area: &str, how: Measure) -> anyhow::Result<()> {
    build()?;
    step::run(&mut measuring(area, how))
}

/// The areas of the document, and what each is about.
const AREAS: [(&str, &str); 6] = [
    ("start", "From nothing to the list of tools, as a host starts a server on stdio."),
    ("http", "Answers over HTTP, on one core, asked from the other."),
    ("store", "What the record takes in a second. A create is on disk before it is answered."),
    ("booking", "A free table at a practice site, from asking for it to its code."),
    (
        "wake",
        "How soon a worker hears of a new job and a subscriber of a change, and what a server without work costs.",
    ),
    ("audit", "Checking every hash and signature of the trail."),
];

/// What the document begins with.
const OPENING: &str = "# Benchmarks\n\n\
    Written by `cargo xtask bench all`. Each pair was measured in turns, in one run on one machine, so that its noise is in \n\
    both: the ratio counts, the digits drift. A ratio is the median of the rounds, with the middle half of them; where that \n\
    crosses the target the verdict is *unclear*. Targets are ratios against a limit or a peer of the same run.\n";

fn all(quick: bool) -> anyhow::Result<()> {
    build()?;
    let mut text = OPENING.replace(" \n", "\n");
    for (area, about) in AREAS {
        eprintln!("{area} …");
        let said = measuring(area, Measure { quick, json: false }).stderr(Stdio::inherit()).output()?;
        anyhow::ensure!(said.status.success(), "`bench {area}` failed");
        let table = String::from_utf8(said.stdout)?;
        write!(text, "\n## `{area}`\n\n{about}\n\n{}\n", table.trim_end())?;
    }
    let path = "docs/benchmarks.md";
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    // What people wrote about the numbers stays.
    if let Some(notes) = kept.find(NOTES) {
        write!(text, "\n{}", &kept[notes..])?;
    }
    std::fs::write(path, text)?;
    eprintln!("wrote {path}");
    Ok(())
}

/// Begins what people wrote about the numbers.
const NOTES: &str = "## What the numbers say";

fn cargo() -> Command {
    Command::new(std::env::var("CARGO").unwrap_or_else(|_unset| "cargo".to_owned()))
}
