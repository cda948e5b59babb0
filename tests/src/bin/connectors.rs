//! `connectors`: sends every real client on the whole way, one after the other, and says how long each took.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a developer's tool talks to the terminal")]

use std::process::ExitCode;
use std::time::Instant;

use onegent_tests::connectors::{Connector, Hall};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match connect_all().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("connectors: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn connect_all() -> anyhow::Result<()> {
    let hall = Hall::open().await?;
    let mut failed = Vec::new();
    for connector in Connector::ALL {
        let started = Instant::now();
        let done = hall.connect(connector).await;
        let word = if done.is_ok() { "connected" } else { "FAILED" };
        println!("{:<14} {word} in {:.1} s", format!("{connector:?}"), started.elapsed().as_secs_f32());
        failed.extend(done.err());
    }
    hall.close().await?;
    for error in &failed {
        eprintln!("\n{error:#}");
    }
    anyhow::ensure!(failed.is_empty(), "{} of {} did not get through", failed.len(), Connector::ALL.len());
    Ok(())
}
