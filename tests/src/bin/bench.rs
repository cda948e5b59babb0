//! `bench start` and `bench http`: measures the server beside the least that could do the same.

#![expect(clippy::print_stdout, reason = "a developer's tool talks to the terminal")]

use clap::{Parser, ValueEnum};
use onegent_tests::bench::{Pace, http, start};

#[derive(Debug, Parser)]
#[command(name = "bench", about = "Measures the server beside the least that could do the same.")]
struct Args {
    /// What to measure
    area: Area,
    /// Enough to see what is far off
    #[arg(long)]
    quick: bool,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Area {
    Start,
    Http,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let Args { area, quick, json } = Args::parse();
    let pace = if quick { Pace::Quick } else { Pace::Thorough };
    let table = match area {
        Area::Start => start(pace).await?,
        Area::Http => http(pace).await?,
    };
    if json {
        println!("{}", serde_json::to_string_pretty(&table)?);
    } else {
        println!("{table}");
    }
    Ok(())
}
