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
    /// Kill, freeze and crash three API nodes, four workers and their PostgreSQL
    Nodes {
        /// For how many seconds
        #[arg(long, default_value_t = 600)]
        seconds: u64,
        /// How many jobs are asked for meanwhile
        #[arg(long, default_value_t = 300)]
        jobs: usize,
        /// How often the database crashes
        #[arg(long, default_value_t = 2)]
        crashes: u32,
        /// Where chance begins
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Many bookings at once in one Chromium, which is killed meanwhile
    Browsers {
        /// How many at once
        #[arg(long, default_value_t = 20)]
        jobs: usize,
        /// How often the browser is killed
        #[arg(long, default_value_t = 3)]
        kills: u32,
        /// Seconds between two kills
        #[arg(long, default_value_t = 5)]
        every: u64,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
}

/// Builds what it needs and runs it. Debug builds, since release builds have no fail points.
pub(crate) fn run(soak: &Soak) -> anyhow::Result<()> {
    let (arguments, json) = match soak {
        Soak::Crash { cycles, seed, json } => (format!("crash --cycles {cycles} --seed {seed}"), json),
        Soak::Nodes { seconds, jobs, crashes, seed, json } => {
            (format!("nodes --seconds {seconds} --jobs {jobs} --crashes {crashes} --seed {seed}"), json)
        }
        Soak::Browsers { jobs, kills, every, json } => {
            (format!("browsers --jobs {jobs} --kills {kills} --every {every}"), json)
        }
    };
    let cargo = || Command::new(std::env::var("CARGO").unwrap_or_else(|_unset| "cargo".to_owned()));
    let both = ["--package", "onegent-cli", "--package", "onegent-tests"];
    step::run(cargo().args(["build", "--quiet", "--locked", "--bins"]).args(both))?;
    let mut run = cargo();
    run.args(["run", "--quiet", "--locked", "--package", "onegent-tests", "--bin", "soak", "--"]);
    step::run(run.args(arguments.split(' ')).args(json.then_some("--json")))
}
