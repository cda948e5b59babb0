//! `soak crash`: kills the server for as many cycles as are asked for, and says what was found.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool talks to the terminal")]

use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};
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
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Kind::Crash { cycles, seed, json } = Args::parse().soak;
    match crash(cycles, seed).await {
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
