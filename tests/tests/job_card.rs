#![cfg(test)]
//! The job card in a real browser, inside a small host that speaks the MCP Apps bridge.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use onegent_cli::outside::Assistant;
use onegent_tests::world::{World, patiently};
use serde_json::{Value, json};
use tokio::process::Command;

/// The host page; the card and the results it is shown stand where these words do.
const HOST: &str = include_str!("job_card/host.html");

/// The card as a host reads it, over the wire.
async fn card(world: &World) -> anyhow::Result<String> {
    let assistant: &Assistant = world.assistant()?;
    let read = assistant.request("resources/read", json!({ "uri": "ui://onegent/job-card" })).await?;
    let contents = &read["contents"][0];
    ensure!(contents["mimeType"] == "text/html;profile=mcp-app", "{}", contents["mimeType"]);
    Ok(contents["text"].as_str().context("a card without a page")?.to_owned())
}

fn job(status: &str, more: &Value) -> Value {
    let mut job = json!({
        "jobId": "job_019a3f0c5e7b7c21a5b40e6d2f8c9b10", "status": status, "scenario": "hotel", "environment": "live",
        "provider": "example-stay", "summary": "Hotel Lumen, Paris, 2026-12-01 to 2026-12-03, 2 people",
        "attempt": 1, "createdAt": "2026-11-01T10:00:00Z", "updatedAt": "2026-11-01T10:01:00Z"
    });
    job.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    job
}

fn payment() -> Value {
    json!({ "payment": { "amount": { "value": "240.00", "currency": "EUR" }, "merchant": "Hotel Lumen SARL",
        "description": "Two nights, double room, breakfast", "expiresAt": "2026-11-01T11:00:00Z",
        "confirmUrl": "https://onegent.one/jobs/1/confirm" } })
}

/// The states that are looked at, the busiest of each kind.
fn states() -> Vec<Value> {
    let mut done = payment();
    done["confirmationCode"] = "LUM-4711".into();
    let mut unknown = payment();
    unknown["error"] = json!({ "code": "submit_outcome_unknown",
        "message": "The booking was sent, and what came of it is not known. Look at the site before you book again." });
    let offers = json!([{ "label": "Superior room <b>", "date": "2026-12-02", "price": { "value": "310.00", "currency": "EUR" } }]);
    vec![
        job(
            "running",
            &json!({ "progress": { "step": "search", "message": "Looking for rooms on the site." } }),
        ),
        job("paused_payment", &payment()),
        job("done", &done),
        job("no_availability", &json!({ "alternatives": offers })),
        job(
            "error",
            &json!({ "error": { "code": "provider_unreachable", "message": "The site could not be reached." } }),
        ),
        job("error", &unknown),
    ]
}

/// Runs the host with what the server gave and answers what it saw.
async fn host(card: &str, folder: &Path) -> anyhow::Result<Value> {
    let quoted = |value: Value| value.to_string().replace('<', "\\u003c");
    let page = HOST.replace("\"CARD\"", &quoted(card.into())).replace("\"STATES\"", &quoted(states().into()));
    let path = folder.join("host.html");
    std::fs::write(&path, page)?;
    let mut browser = Command::new("chromium");
    browser.args([
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--dump-dom",
        "--virtual-time-budget=10000",
    ]);
    browser.arg(format!("--user-data-dir={}", folder.join("profile").display()));
    browser
        .arg(format!("file://{}", path.display()))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let output = patiently("Chromium", browser.output()).await?.context("can't run chromium")?;
    let dom = String::from_utf8_lossy(&output.stdout);
    let (_, rest) = dom.split_once("<pre id=\"seen\">").context("the host page did not run")?;
    let (seen, _) = rest.split_once("</pre>").context("the host page did not end")?;
    let text = seen.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&text).with_context(|| text.clone())
}

/// The page that the agent saw last, where there is one and the host reads resources; nothing moves when it comes.
fn pictures(seen: &Value) -> anyhow::Result<()> {
    for (n, step) in ["search", "payment", "confirmation"].iter().enumerate() {
        let picture = &seen["cards"][n]["picture"];
        let shown = |part: &str| picture[part].as_str().unwrap_or_default().to_ascii_lowercase();
        ensure!(picture["width"] == 640, "{picture}");
        ensure!(shown("alt").contains(step) && shown("caption").contains(step), "{picture}");
        ensure!(shown("caption").contains("nov 1, 2026"), "{picture}");
    }
    for n in 3..6 {
        ensure!(seen["cards"][n]["picture"].is_null(), "{}", seen["cards"][n]);
    }
    ensure!(seen["moved"].as_array().is_some_and(|moved| moved.len() == 7), "{seen}");
    for moved in seen["moved"].as_array().into_iter().flatten() {
        ensure!(*moved == 0, "the card jumps: {}", seen["moved"]);
    }
    let job = "onegent://jobs/job_019a3f0c5e7b7c21a5b40e6d2f8c9b10/screenshot";
    for read in seen["read"].as_array().context("nothing was read")? {
        ensure!(read == job, "the card reads {read}");
    }
    // By a bridge without resources, and by the older object of ChatGPT, the card is as it was.
    let plain = json!({ "pill": "Waits for you", "picture": null });
    ensure!(seen["plain"] == json!([plain, plain, 0]), "{}", seen["plain"]);
    Ok(())
}

#[tokio::test]
async fn the_card_shows_each_state_and_leaves_confirming_to_the_browser() -> anyhow::Result<()> {
    World::live(async |world| {
        let folder = tempfile::tempdir()?;
        let seen = host(&card(world).await?, folder.path()).await?;
        let words = ["In progress", "Waits for you", "Booked", "Not available", "Failed", "Unknown"];
        for (card, (word, state)) in
            seen["cards"].as_array().context("no cards")?.iter().zip(words.iter().zip(states()))
        {
            let text = card["text"].as_str().unwrap_or_default();
            ensure!(card["pill"] == **word && card["title"] == state["summary"], "{card}");
            ensure!(
                text.contains("€240.00") == matches!(*word, "Waits for you" | "Booked" | "Unknown"),
                "{word}: {text}"
            );
            ensure!(
                card["height"].as_u64().is_some_and(|height| height > 100),
                "the host was told no height: {card}"
            );
        }
        let text = |n: usize| seen["cards"][n]["text"].as_str().unwrap_or_default().to_owned();
        ensure!(text(2).contains("LUM-4711") && text(3).contains("Superior room <b>"), "{seen}");
        // The button asks the host to open the page, and then looks how the job goes on.
        ensure!(seen["opened"] == json!(["https://onegent.one/jobs/1/confirm"]), "{}", seen["opened"]);
        ensure!(seen["called"].as_array().is_some_and(|calls| !calls.is_empty()), "{seen}");
        for call in seen["called"].as_array().into_iter().flatten() {
            ensure!(call["name"] == "get_job_status", "the card calls {call}");
        }
        ensure!(seen["themes"] == json!(["light", "dark"]), "{}", seen["themes"]);
        pictures(&seen)?;
        ensure!(seen["errors"] == json!([]), "{}", seen["errors"]);
        Ok(())
    })
    .await
}
