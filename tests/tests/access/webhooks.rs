//! Webhooks as a consumer sees them that uses the reference library of Standard Webhooks, npm's `standardwebhooks`.

use std::process::Stdio;

use anyhow::{Context as _, ensure};
use onegent_cli::node::AccessConfig;
use onegent_cli::outside;
use onegent_tests::foreign::installed;
use onegent_tests::process::next_line;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

use super::{action, owner, text};

#[tokio::test]
async fn a_consumer_verifies_every_message_and_gets_them_in_order() -> anyhow::Result<()> {
    let mut receiver = Command::new("node")
        .arg(installed("webhooks/receiver.mjs")?)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let mut said = BufReader::new(receiver.stdout.take().context("stdout")?).lines();
    let port = &serde_json::from_str::<Value>(&next_line(&mut said).await?)?["port"];
    let address = format!("http://127.0.0.1:{port}/told");
    let access = AccessConfig { webhooks_anywhere: true, ..AccessConfig::default() };
    World::live_under(access, async |world| {
        let http = outside::http()?;
        let webhooks = format!("{}/webhooks", world.node()?.api_url());
        let key = world.key().expose();
        let added = http.post(&webhooks).bearer_auth(key).json(&json!({ "url": address })).send().await?;
        ensure!(added.status() == 201, "{}", added.status());
        let added: Value = added.json().await?;
        let secret = added["secret"].as_str().context("no secret")?;
        let mut stdin = receiver.stdin.take().context("stdin")?;
        stdin.write_all(format!("{secret}\n").as_bytes()).await?;
        ensure!(next_line(&mut said).await?.contains("ready"));

        let job = world.book(&Wish::at(wish::entry("wren-court")?)).await?;
        ensure!(job.status.as_str() == "paused_payment", "{}", job.status);
        let first: Value = serde_json::from_str(&next_line(&mut said).await?)?;
        world.cancel_the_rest().await?;

        // The first was refused: it comes again once its pause is over, and before all others of its job.
        let mut seen = Vec::new();
        while seen.last().map(String::as_str) != Some("cancelled") {
            world.clock.turn(jiff::SignedDuration::from_secs(10));
            world.engine()?.wake();
            let said: Value = serde_json::from_str(&next_line(&mut said).await?)?;
            ensure!(said["forged"].is_null(), "a changed body was believed");
            let message = &said["message"];
            ensure!(message["type"] == "job.status_changed", "{said}");
            ensure!(message["data"]["jobId"] == json!(job.job_id), "{said}");
            ensure!(!seen.is_empty() || said["id"] == first["id"], "{said} came before {first}");
            seen.push(message["data"]["status"].as_str().context("no status")?.to_owned());
        }
        ensure!(seen == ["queued", "running", "paused_payment", "cancelled"], "{seen:?}");

        let listed: Value = http.get(&webhooks).bearer_auth(key).send().await?.json().await?;
        ensure!(listed["webhooks"][0]["dead"] == 0, "{listed}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_person_looks_after_webhooks_at_the_console() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut ana = owner(world, "ana@example.com").await?;
        let form = "form[action='/developers/webhooks']";
        let page = ana.open("/developers/webhooks").await?.fine()?;
        let refused = ana.fill(&page, form, &[("url", "https://127.0.0.1/")]).await?;
        ensure!(refused.status == 400 && refused.html.contains("public https address"), "{}", refused.html);
        let typed = [("url", "https://example.com/told"), ("environment", "live")];
        let added = ana.fill(&refused, form, &typed).await?.fine()?;
        let secret = text(&added, ".copyable-big code")?;
        ensure!(secret.starts_with("whsec_"), "no secret is shown");
        let rotate = action(&added, "/developers/webhooks/", "/rotate")?;
        let rotated = ana.fill(&added, &format!("form[action='{rotate}']"), &[]).await?.fine()?;
        ensure!(text(&rotated, ".copyable-big code")? != secret, "the secret is the same");
        let remove = action(&rotated, "/developers/webhooks/", "/remove")?;
        let removed = ana.fill(&rotated, &format!("form[action='{remove}']"), &[]).await?.fine()?;
        ensure!(!removed.html.contains("example.com/told"), "it is still there");
        Ok(())
    })
    .await
}
