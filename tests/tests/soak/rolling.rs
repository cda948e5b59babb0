//! An upgrade of all nodes, one after the other, while they are in use.

use anyhow::ensure;
use onegent_tests::soak::rolling::run;

#[tokio::test]
async fn nobody_notices_that_all_nodes_are_restarted() -> anyhow::Result<()> {
    let rolled = run(11).await?;
    ensure!(rolled.heeding.failed.is_empty() && rolled.retrying.failed.is_empty(), "\n{rolled}");
    ensure!(rolled.violations.is_empty(), "\n{rolled}");
    // A run in which nothing happens proves nothing.
    ensure!(rolled.restarts == 5 && rolled.lives == 12, "\n{rolled}");
    ensure!(rolled.heeding.answered > 200 && rolled.retrying.answered > 200, "\n{rolled}");
    println!("{rolled}");
    Ok(())
}
