//! The MCP server as a program: on stdio without a key, and as a gateway.

use std::process::Stdio;

use anyhow::{Context as _, ensure};
use onegent_cli::outside;
use onegent_tests::process::{self, next_line};
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

const TOOLS: [&str; 6] =
    ["book_restaurant", "book_hotel", "book_flight", "book_activity", "get_job_status", "get_job_audit"];

#[tokio::test]
async fn without_a_key_tools_are_listed_and_calls_ask_for_one() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let mut server = process::command("onegent-mcp-server", home.path()).await?;
    let mut server = server.stdin(Stdio::piped()).spawn()?;
    let mut input = server.stdin.take().context("no stdin")?;
    let mut output = BufReader::new(server.stdout.take().context("no stdout")?).lines();
    let client = json!({ "name": "test", "version": "0" });
    let hello = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client });
    let messages = [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }),
        json!({ "jsonrpc": "2.0", "id": 3, "method": "tools/call",
            "params": { "name": "get_job_status", "arguments": { "jobId": format!("job_{}", "0".repeat(32)) } } }),
    ];
    let mut answers = Vec::new();
    for message in messages {
        input.write_all(format!("{message}\n").as_bytes()).await?;
        if message["id"].is_number() {
            answers.push(serde_json::from_str::<Value>(&next_line(&mut output).await?)?);
        }
    }
    ensure!(answers[0]["result"]["serverInfo"]["name"] == "onegent", "{}", answers[0]);
    ensure!(names(&answers[1]) == TOOLS, "{}", answers[1]);
    let refusal = &answers[2]["result"];
    let said = refusal["content"][0]["text"].as_str().unwrap_or_default();
    ensure!(
        refusal["isError"] == true && said.contains("ONEGENT_API_KEY env var is required"),
        "{}",
        answers[2]
    );
    drop(input);
    let ended = onegent_tests::world::patiently("the server to end with its client", server.wait()).await??;
    ensure!(ended.success(), "{ended}");
    Ok(())
}

#[tokio::test]
async fn the_gateway_lists_six_tools_to_a_bare_post_and_passes_keys_on() -> anyhow::Result<()> {
    World::live(async |world| {
        let home = tempfile::tempdir()?;
        let mut gateway = process::command("onegent-mcp-server", home.path()).await?;
        gateway.args(["--http", "--port", "0"]).env("ONEGENT_API_BASE_URL", world.node()?.api_url());
        let mut gateway = gateway.spawn()?;
        let mut log = BufReader::new(gateway.stderr.take().context("no stderr")?).lines();
        let announced = next_line(&mut log).await?;
        let url = announced
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .context(announced.clone())?;
        let root = url.trim_end_matches("mcp");

        for path in [root, url] {
            let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
            let answer = bare(path, &list, None).await?;
            ensure!(names(&answer) == TOOLS, "{path}: {answer}");
        }
        let wish = Wish::at(wish::entry("carbone")?);
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": wish.tool(), "arguments": wish.arguments() } });
        let refused = bare(root, &call, None).await?;
        ensure!(refused.to_string().contains("ONEGENT_API_KEY"), "a call without a key: {refused}");
        let taken = bare(root, &call, Some(world.key().expose())).await?;
        let id = taken["result"]["structuredContent"]["jobId"].as_str().with_context(|| taken.to_string())?;
        world.rest(id.parse()?).await?;
        gateway.kill().await?;
        Ok(())
    })
    .await
}

/// One POST with the headers of the wire and nothing before it.
async fn bare(url: &str, message: &Value, key: Option<&str>) -> anyhow::Result<Value> {
    let mut request =
        outside::http()?.post(url).header("Accept", "application/json, text/event-stream").json(message);
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    let answer = request.send().await?.text().await?;
    // As one JSON object, or as the data of one event.
    let json = answer.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or(&answer);
    serde_json::from_str(json).with_context(|| answer.clone())
}

fn names(answer: &Value) -> Vec<&str> {
    let tools = answer["result"]["tools"].as_array();
    tools.into_iter().flatten().filter_map(|tool| tool["name"].as_str()).collect()
}
