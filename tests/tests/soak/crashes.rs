//! Kills in the middle of everything. `cargo xtask soak crash` has more of them.

use anyhow::ensure;
use onegent_tests::soak::Soak;

#[tokio::test]
async fn nothing_is_lost_doubled_or_charged_unconfirmed_over_25_kills() -> anyhow::Result<()> {
    let mut soak = Soak::begin(25).await?;
    for _kill in 0..25 {
        soak.cycle().await?;
    }
    let report = soak.finish().await;
    ensure!(report.violations.is_empty(), "\n{report}");
    // A soak in which nothing happens proves nothing.
    let points = report.deaths.keys().filter(|how| how.starts_with("at ")).count();
    // Release builds have no fail points.
    let enough = if cfg!(debug_assertions) { 8 } else { 1 };
    ensure!(points >= enough && report.tally.reservations >= 10 && report.tally.charges >= 5, "\n{report}");
    Ok(())
}
