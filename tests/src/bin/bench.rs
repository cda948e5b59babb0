//! `bench AREA`: measures the server beside the least that could do the same.

#![expect(clippy::print_stdout, reason = "a developer's tool talks to the terminal")]

use clap::{Parser, ValueEnum};
use onegent_tests::bench::{Pace, Table, audit, booking, http, start, store, wake};

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
    /// From nothing to the list of tools on stdio, beside a bare server
    Start,
    /// Answers over HTTP, beside a bare server and a bare route
    Http,
    /// What the record takes in a second, beside what the disk can do
    Store,
    /// A booking, beside a script of the same requests
    Booking,
    /// How soon a worker and a subscriber hear, and what waiting costs
    Wake,
    /// Checking the audit trail, beside hashing as much
    Audit,
}

fn main() -> anyhow::Result<()> {
    let Args { area, quick, json } = Args::parse();
    let pace = if quick { Pace::Quick } else { Pace::Thorough };
    let mut runtime = match area {
        // The load is one thread's, so that it does not take the servers' processor.
        Area::Start | Area::Http => tokio::runtime::Builder::new_current_thread(),
        Area::Store | Area::Booking | Area::Wake | Area::Audit => tokio::runtime::Builder::new_multi_thread(),
    };
    let table = runtime.enable_all().build()?.block_on(measure(area, pace))?;
    if json {
        println!("{}", serde_json::to_string_pretty(&table)?);
    } else {
        println!("{table}");
    }
    Ok(())
}

async fn measure(area: Area, pace: Pace) -> anyhow::Result<Table> {
    match area {
        Area::Start => start(pace).await,
        Area::Http => http(pace).await,
        Area::Store => store(pace).await,
        Area::Booking => booking(pace).await,
        Area::Wake => wake(pace).await,
        Area::Audit => audit(pace).await,
    }
}
