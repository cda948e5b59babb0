//! `soak crash`: kills the server for as many cycles as are asked for, and says what was found. `soak nodes`: the same
//! with many nodes, for as long as is asked for. `soak browsers`: many bookings in a browser that dies.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool talks to the terminal")]

use std::fmt::Display;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use onegent_tests::soak::check::Violation;
use onegent_tests::soak::nodes::{self, Plan};
use onegent_tests::soak::{Report, Soak, browsers};
use serde::Serialize;

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

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match Args::parse().soak {
        Kind::Crash { cycles, seed, json } => {
            tell(crash(cycles, seed).await, |report| &report.violations, json)
        }
        Kind::Nodes { seconds, jobs, crashes, seed, json } => {
            let (lasts, every) = (Duration::from_secs(seconds), Duration::from_secs(5));
            let report = nodes::run(Plan { seed, lasts, every, jobs, crashes }).await;
            tell(report, |report| &report.violations, json)
        }
        Kind::Browsers { jobs, kills, every, json } => {
            let every = Duration::from_secs(every);
            let crowded = browsers::run(browsers::Plan { jobs, kills, every }).await;
            tell(crowded, |crowded| &crowded.violations, json)
        }
    }
}

/// Prints what was found. Anything that must never happen is a failure.
fn tell<R: Serialize + Display>(
    report: anyhow::Result<R>,
    violations: impl Fn(&R) -> &Vec<Violation>,
    json: bool,
) -> ExitCode {
    match report {
        Ok(report) => {
            match serde_json::to_string_pretty(&report) {
                Ok(text) if json => println!("{text}"),
                _ => println!("{report}"),
            }
            if violations(&report).is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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
