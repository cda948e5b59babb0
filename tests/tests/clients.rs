#![cfg(test)]
//! The MCP clients of other houses call all six tools, over stdio and over HTTP, and book something that costs money.

mod clients {
    mod booking;
}

use anyhow::{Context as _, ensure};
use onegent_core::error::ErrorCode;
use onegent_tests::foreign::{Foreign, Reached};
use onegent_tests::process;
use onegent_tests::world::World;
use serde_json::Value;

const TOOLS: [&str; 6] =
    ["book_restaurant", "book_hotel", "book_flight", "book_activity", "get_job_status", "get_job_audit"];

async fn over_http(client: Foreign) -> anyhow::Result<()> {
    World::live(async |world| {
        let (url, key) = (world.node()?.mcp_url(), world.key().expose().to_owned());
        saw_everything(&client.look(&Reached::Http { url: &url, key: &key }).await?)?;
        world.cancel_the_rest().await
    })
    .await
}

async fn over_stdio(client: Foreign) -> anyhow::Result<()> {
    World::live(async |world| {
        let program = process::binary("onegent-mcp-server").await?;
        let (api, key) = (world.node()?.api_url(), world.key().expose().to_owned());
        saw_everything(&client.look(&Reached::Stdio { program: &program, key: &key, api: &api }).await?)?;
        world.cancel_the_rest().await
    })
    .await
}

fn saw_everything(seen: &Value) -> anyhow::Result<()> {
    ensure!(seen["server"]["name"] == "onegent", "{}", seen["server"]);
    let tools = seen["tools"].as_array().context("no tools")?;
    ensure!(tools.iter().map(|tool| &tool["name"]).eq(TOOLS.iter()), "{tools:?}");
    for tool in tools {
        let name = tool["name"].as_str().context("a tool without a name")?;
        ensure!(tool["title"].as_str().is_some_and(|title| !title.is_empty()), "{name} has no title");
        let hints = &tool["annotations"];
        ensure!(hints["readOnlyHint"] == name.starts_with("get_"), "{name}: {hints}");
        if name.starts_with("book_") {
            ensure!(hints["destructiveHint"] == false && hints["openWorldHint"] == true, "{name}: {hints}");
        }
        let result = &seen["results"][name];
        ensure!(result["isError"] == false, "{name}: {result}");
        ensure!(result["valid"] == true, "{name} does not match its outputSchema: {result}");
        let said = result["text"].as_str().unwrap_or_default();
        ensure!(!said.is_empty(), "{name} says nothing to the model");
        if name.starts_with("book_") {
            ensure!(result["structured"]["status"] == "queued", "{name}: {result}");
        }
    }
    let wrong = seen["wrongArguments"]["text"].as_str().context("no text")?;
    ensure!(seen["wrongArguments"]["isError"] == true, "wrong arguments were taken");
    for field in ["restaurant_name", "city", "date", "time", "covers", "tip"] {
        ensure!(wrong.contains(field), "{field} is not named: {wrong}");
    }
    let unknown = &seen["unknownJob"];
    ensure!(unknown["isError"] == true, "{unknown}");
    let named = unknown["text"].as_str().unwrap_or_default();
    ensure!(named.contains(ErrorCode::JobNotFound.as_str()) || named.contains("No job"), "{unknown}");
    let tool = seen["unknownTool"]["text"].as_str().unwrap_or_default();
    ensure!(tool.contains("Unknown tool: confirm_charge"), "{}", seen["unknownTool"]);
    Ok(())
}

#[tokio::test]
async fn the_typescript_sdk_calls_every_tool_over_http() -> anyhow::Result<()> {
    over_http(Foreign::TypeScript).await
}

#[tokio::test]
async fn the_typescript_sdk_calls_every_tool_over_stdio() -> anyhow::Result<()> {
    over_stdio(Foreign::TypeScript).await
}

#[tokio::test]
async fn the_python_package_calls_every_tool_over_http() -> anyhow::Result<()> {
    over_http(Foreign::Python).await
}

#[tokio::test]
async fn the_python_package_calls_every_tool_over_stdio() -> anyhow::Result<()> {
    over_stdio(Foreign::Python).await
}

#[tokio::test]
async fn the_python_package_calls_every_tool_over_http_after_a_handshake() -> anyhow::Result<()> {
    over_http(Foreign::PythonHandshake).await
}

#[tokio::test]
async fn the_python_package_calls_every_tool_over_stdio_after_a_handshake() -> anyhow::Result<()> {
    over_stdio(Foreign::PythonHandshake).await
}
