//! Many nodes on one PostgreSQL. `cargo xtask soak nodes` has more of it.

use std::time::Duration;

use anyhow::ensure;
use onegent_tests::soak::nodes::{Plan, run};

#[tokio::test]
async fn nothing_is_lost_or_doubled_while_nodes_die_and_freeze() -> anyhow::Result<()> {
    let plan =
        Plan { seed: 7, lasts: Duration::from_mins(2), every: Duration::from_secs(4), jobs: 60, crashes: 1 };
    let report = run(plan).await?;
    ensure!(report.violations.is_empty(), "\n{report}");
    // A run in which nothing happens proves nothing.
    ensure!(
        report.deaths.len() >= 3 && report.tally.reservations >= 10 && report.tally.charges >= 5,
        "\n{report}"
    );
    Ok(())
}
