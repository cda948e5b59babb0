//! `soak crash`: kills the server for as many cycles as are asked for, and says what was found. `soak nodes`: the same
//! with many nodes, for as long as is asked for.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool talks to the terminal")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use onegent_tests::soak::nodes::{self, Plan};
use onegent_tests::soak::{Report, Soak};

/// How often it is said how far the soak has come.
const TELL_EVERY: u32 = 25;

#[derive(Debug, Parser)]
#[command(name = "soak", about = "Runs the real server for long, and under bad conditions.")]
struct Args {
    #[command(subcommand)]
    soak: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// Kill the server again and again, and compare what it says with the sites' ledger
    Crash {
        /// How often the server is killed
        #[arg(long, default_value_t = 25)]
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
        #[arg(long, default_value_t = 120)]
        seconds: u64,
        /// How many jobs are asked for meanwhile
        #[arg(long, default_value_t = 60)]
        jobs: usize,
        /// How often the database crashes
        #[arg(long, default_value_t = 1)]
        crashes: u32,
        /// Where chance begins
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (report, json) = match Args::parse().soak {
        Kind::Crash { cycles, seed, json } => (crash(cycles, seed).await, json),
        Kind::Nodes { seconds, jobs, crashes, seed, json } => {
            let (lasts, every) = (Duration::from_secs(seconds), Duration::from_secs(5));
            (nodes::run(Plan { seed, lasts, every, jobs, crashes }).await, json)
        }
    };
    match report {
        Ok(report) => {
            match serde_json::to_string_pretty(&report) {
                Ok(text) if json => println!("{text}"),
                _ => println!("{report}"),
            }
            if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("soak: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn crash(cycles: u32, seed: u64) -> anyhow::Result<Report> {
    let begun = Instant::now();
    let mut soak = Soak::begin(seed).await?;
    for cycle in 1..=cycles {
        if let Err(error) = soak.cycle().await {
            soak.break_off(&error);
            break;
        }
        if cycle % TELL_EVERY == 0 || cycle == cycles {
            eprintln!("{cycle} of {cycles} cycles, {:.0} s", begun.elapsed().as_secs_f32());
        }
    }
    let report = soak.finish().await;
    eprintln!("settled after {:.0} s", begun.elapsed().as_secs_f32());
    Ok(report)
}
