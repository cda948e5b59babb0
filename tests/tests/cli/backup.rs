//! A record is copied while its server runs, and comes back elsewhere.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use onegent_cli::node::{Node, NodeConfig};
use onegent_client::Client;
use onegent_core::audit::AuditKind;
use onegent_core::port::AuditQuery;
use onegent_core::status::JobStatus;
use onegent_core::text::Bounded;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;

use super::onegent;

#[tokio::test]
async fn a_backup_comes_back_and_none_of_its_jobs_goes_on() -> anyhow::Result<()> {
    World::live(async |world| {
        let free = world.book(&Wish::at(wish::entry("pomfrets")?)).await?;
        let paused = world.book(&Wish::at(wish::entry("wren-court")?)).await?;
        ensure!(free.status == JobStatus::Done && paused.status == JobStatus::PausedPayment);
        let home = tempfile::tempdir()?;
        let data = world.data_dir().display().to_string();
        let run = async |arguments: &[&str]| onegent(home.path(), arguments, &[]).await;

        let backup = ["db", "backup", "--to", "copy", "--data-dir", &data];
        let said = run(&backup).await?;
        ensure!(said.starts_with("exit: 0\n"), "{said}");
        closed(&home.path().join("copy"))?;
        let said = run(&backup).await?;
        ensure!(said.starts_with("exit: 1\n") && said.contains("copy is there already"), "{said}");

        let said = run(&["audit", "verify", "--data-dir", "copy"]).await?;
        ensure!(said.starts_with("exit: 1\n") && said.contains("the record is a backup"), "{said}");

        // What becomes of the job now is not in the copy.
        world.person().await?.confirm(&paused).await?;
        ensure!(world.rest(paused.job_id).await?.status == JobStatus::Done);

        let restore = ["db", "restore", "--from", "copy", "--data-dir", "back", "--json"];
        let said = run(&restore).await?;
        ensure!(said.contains(r#"{"cancelled":1}"#), "{said}");
        closed(&home.path().join("back"))?;
        let said = run(&restore).await?;
        ensure!(said.starts_with("exit: 1\n") && said.contains("is there already"), "{said}");
        let said = run(&["audit", "verify", "--data-dir", "back"]).await?;
        ensure!(said.starts_with("exit: 0\n"), "{said}");

        let node = Node::start(NodeConfig::loopback(home.path().join("back"))).await?;
        let client = Client::builder(&node.api_url()).api_key(world.key().clone()).build()?;
        ensure!(client.job(free.job_id).await?.status == JobStatus::Done);
        ensure!(client.job(paused.job_id).await?.status == JobStatus::Cancelled);
        let limit = Bounded::new(2000).context("within bounds")?;
        let trail = client.job_audit(paused.job_id, AuditQuery { after: 0, limit }).await?.events;
        ensure!(trail.last().is_some_and(|event| event.kind == AuditKind::JobCancelled), "{trail:?}");
        node.stop().await
    })
    .await
}

#[tokio::test]
async fn half_a_backup_is_refused() -> anyhow::Result<()> {
    World::live(async |world| {
        let home = tempfile::tempdir()?;
        let data = world.data_dir().display().to_string();
        let run = async |arguments: &[&str]| onegent(home.path(), arguments, &[]).await;
        run(&["db", "backup", "--to", "copy", "--data-dir", &data]).await?;
        let restore = ["db", "restore", "--from", "copy", "--data-dir", "back"];

        let key = home.path().join("copy/onegent.key");
        let kept = std::fs::read(&key)?;
        std::fs::remove_file(&key)?;
        let said = run(&restore).await?;
        ensure!(said.starts_with("exit: 1\n") && said.contains("onegent.key is missing"), "{said}");

        std::fs::write(&key, kept)?;
        let record = home.path().join("copy/onegent.db");
        let mut bytes = std::fs::read(&record)?;
        let half = bytes.len() / 2;
        bytes.truncate(half);
        std::fs::write(&record, bytes)?;
        let said = run(&restore).await?;
        ensure!(said.starts_with("exit: 1\n") && !home.path().join("back/onegent.db").exists(), "{said}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn postgresql_has_its_own_tool() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let url = [("ONEGENT_DATABASE_URL", "postgres://onegent@db.example.com/onegent")];
    let said = onegent(home.path(), &["db", "backup", "--to", "copy"], &url).await?;
    ensure!(said.starts_with("exit: 1\n") && said.contains("pg_dump --format=custom"), "{said}");
    ensure!(!home.path().join("copy").exists());
    Ok(())
}

/// Nobody but the owner can look into a folder, or read what lies in it.
fn closed(folder: &Path) -> anyhow::Result<()> {
    let mode = |path: &Path| anyhow::Ok(std::fs::metadata(path)?.permissions().mode() & 0o777);
    ensure!(mode(folder)? == 0o700, "{} is open to others", folder.display());
    for file in ["onegent.db", "onegent.key", "audit.key"] {
        ensure!(mode(&folder.join(file))? == 0o600, "{file} is open to others");
    }
    Ok(())
}
