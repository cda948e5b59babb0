//! What commands print when all goes well, as text and as JSON.

use std::path::Path;

use anyhow::ensure;
use onegent_cli::node::{Node, NodeConfig};
use onegent_tests::wish::even_day;
use onegent_tests::world::World;

use super::{onegent, settings};

const GUEST: [&str; 8] =
    ["--first-name", "Ana", "--last-name", "Silva", "--email", "ana@example.com", "--phone", "+12125550123"];

#[tokio::test]
async fn a_booking_is_followed_to_its_end() -> anyhow::Result<()> {
    World::live(async |world| {
        let (url, key) = (world.node()?.api_url(), world.key().expose().to_owned());
        let environment = [("ONEGENT_API_BASE_URL", url.as_str()), ("ONEGENT_API_KEY", key.as_str())];
        let day = even_day().to_string();
        let home = tempfile::tempdir()?;
        let run = async |name: &str, arguments: &[&str]| {
            let said = onegent(home.path(), arguments, &environment).await?;
            settings().bind(|| insta::assert_snapshot!(name, stdout_only(&said)));
            anyhow::Ok(())
        };
        run("jobs-none", &["jobs"]).await?;

        let table =
            ["book", "restaurant", "--restaurant-name", "Carbone", "--city", "New York", "--time", "19:30"];
        let table = [&table[..], &["--covers", "2", "--date", &day], &GUEST].concat();
        run("book-wait", &[&table[..], &["--wait"]].concat()).await?;
        run("book-wait-json", &[&table[..], &["--wait", "--json"]].concat()).await?;

        let until = even_day().saturating_add(jiff::ToSpan::days(2)).to_string();
        let hotel =
            ["book", "hotel", "--destination", "Wren Court, London", "--guests", "2", "--check-in", &day];
        let hotel = [&hotel[..], &["--check-out", &until, "--wait"], &GUEST].concat();
        run("book-paused", &hotel).await?;
        run("book-too-dear", &[&hotel[..], &["--max-price", "1.00 GBP"]].concat()).await?;

        run("jobs-json", &["jobs", "--json", "--limit", "1"]).await?;
        world.cancel_the_rest().await?;
        the_trail_is_taken_elsewhere(world, home.path()).await
    })
    .await
}

/// What is exported can be checked where there is no data directory, and no line of it can be left out.
async fn the_trail_is_taken_elsewhere(world: &World, home: &Path) -> anyhow::Result<()> {
    let data = world.data_dir().display().to_string();
    let run = async |name: &str, arguments: &[&str]| {
        let said = onegent(home, arguments, &[]).await?;
        settings().bind(|| insta::assert_snapshot!(name, said));
        anyhow::Ok(())
    };
    let export = ["audit", "export", "--output", "trail.jsonl", "--data-dir", &data];
    run("audit-export", &export).await?;
    run("audit-export-again", &export).await?;
    run("audit-verify", &["audit", "verify", "--data-dir", &data]).await?;
    run("audit-verify-file", &["audit", "verify", "--file", "trail.jsonl"]).await?;
    let trail = home.join("trail.jsonl");
    let lines: Vec<_> = std::fs::read_to_string(&trail)?.lines().map(str::to_owned).collect();
    std::fs::write(&trail, [&lines[..2], &lines[3..]].concat().join("\n"))?;
    let key = "0".repeat(64);
    for (arguments, wanted) in
        [(&[][..], "event 2 is missing"), (&["--public-key", &key][..], "is signed by another key")]
    {
        let verify = [&["audit", "verify", "--file", "trail.jsonl"], arguments].concat();
        let said = onegent(home, &verify, &[]).await?;
        ensure!(said.starts_with("exit: 1\n") && said.contains(wanted), "{said}");
    }
    Ok(())
}

#[tokio::test]
async fn the_data_directory_is_kept_from_the_command_line() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let run = async |name: &str, arguments: &[&str]| {
        let said = onegent(home.path(), &[arguments, &["--data-dir", "data"]].concat(), &[]).await?;
        settings().bind(|| insta::assert_snapshot!(name, said));
        anyhow::Ok(())
    };
    run("data-dir-missing", &["keys", "list"]).await?;
    Node::start(NodeConfig::loopback(home.path().join("data"))).await?.stop().await?;
    run("keys-none", &["keys", "list"]).await?;
    run("keys-create", &["keys", "create", "--name", "laptop"]).await?;
    run("keys-create-json", &["keys", "create", "--name", "ci", "--scope", "read", "--json"]).await?;
    let id = newest_key(home.path()).await?;
    run("keys-revoke", &["keys", "revoke", &id]).await?;
    run("keys-revoke-unknown", &["keys", "revoke", &format!("key_{}", "0".repeat(32))]).await?;
    run("clients-none", &["clients", "list"]).await?;
    let planner = ["clients", "add", "--name", "Trip planner", "--redirect-uri"];
    run("clients-add", &[&planner[..], &["https://trips.example/cb"]].concat()).await?;
    run("clients-add-secret", &[&planner[..], &["https://trips.example/cb", "--confidential"]].concat())
        .await?;
    run("clients-add-wrong", &[&planner[..], &["http://trips.example/cb"]].concat()).await?;
    run("clients-remove-unknown", &["clients", "remove", "ogc_unknown"]).await?;
    run("audit-verify-empty", &["audit", "verify"]).await?;
    run("profiles-none", &["profiles", "list"]).await?;
    run("sign-in-link", &["sign-in-link"]).await?;
    run("sign-in-link-json", &["sign-in-link", "--json"]).await
}

async fn newest_key(home: &Path) -> anyhow::Result<String> {
    let said = onegent(home, &["keys", "list", "--json", "--data-dir", "data"], &[]).await?;
    let json = said.lines().find(|line| line.starts_with('[')).unwrap_or_default();
    let keys: serde_json::Value = serde_json::from_str(json)?;
    Ok(keys[0]["keyId"].as_str().unwrap_or_default().to_owned())
}

/// Progress on stderr depends on how fast the machine is; results do not.
fn stdout_only(said: &str) -> &str {
    said.split_once("----- stderr -----").map_or(said, |(before, _)| before)
}
