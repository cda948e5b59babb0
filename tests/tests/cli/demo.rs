//! `onegent demo`, the way that a script runs it.

use anyhow::{Context as _, ensure};
use onegent_tests::process;
use serde_json::{Value, json};

#[tokio::test]
async fn the_demo_books_all_four_and_its_ledger_agrees() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let mut demo = process::command("onegent", home.path()).await?;
    demo.args(["demo", "--non-interactive", "--json"]);
    let output = process::run(demo).await?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "ended with {}:\n{errors}", output.status);
    let stdout = String::from_utf8(output.stdout)?;
    let report: Value = serde_json::from_str(stdout.lines().last().context("nothing was printed")?)?;
    ensure!(report["ok"] == true, "{report}");
    let jobs = report["jobs"].as_array().context("no jobs")?;
    let scenarios: Vec<_> = jobs.iter().map(|job| job["scenario"].clone()).collect();
    ensure!(scenarios == ["restaurant", "hotel", "flight", "activity"], "{scenarios:?}");
    for job in jobs {
        let statuses = job["statuses"].as_array().context("no statuses")?;
        ensure!(
            statuses.first() == Some(&json!("queued")) && statuses.last() == Some(&json!("done")),
            "{job}"
        );
        ensure!(job["confirmationCode"].as_str().is_some_and(|code| code.len() == 6), "{job}");
        ensure!(job["jobId"].as_str().is_some_and(|id| id.starts_with("job_")), "{job}");
    }
    let paused =
        |job: &&Value| job["statuses"].as_array().is_some_and(|all| all.contains(&json!("paused_payment")));
    let stops = jobs.iter().filter(paused).count();
    ensure!(stops >= 2, "{stops} bookings stopped at payment");
    ensure!(
        report["ledger"] == json!({ "reservations": 4, "charges": stops, "chargesBeforeConfirmation": 0 }),
        "{report}"
    );
    Ok(())
}
