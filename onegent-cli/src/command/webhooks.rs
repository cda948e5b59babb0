//! `onegent webhooks`: where the data directory's account is told of its jobs.

use onegent_core::port::Webhooks as _;
use onegent_core::webhook::{IssuedWebhook, NewWebhook, WebhookEndpoint};
use onegent_engine::Engine;

use super::place;
use crate::args::{Common, Webhooks};
use crate::exit::Exit;
use crate::{node, output};

/// Adds, lists, rotates, replays or removes webhooks.
pub(crate) async fn run(webhooks: Webhooks, common: &Common) -> anyhow::Result<Exit> {
    node::with_engine(&place(common)?, async |engine| act(webhooks, engine, common).await).await
}

async fn act(webhooks: Webhooks, engine: &Engine, common: &Common) -> anyhow::Result<Exit> {
    let caller = engine.owner_caller();
    match webhooks {
        Webhooks::Add { url, environment } => {
            let new = NewWebhook { url, environment: Some(environment) };
            show(&engine.add_webhook(&caller, new).await?, common)?;
        }
        Webhooks::Rotate { endpoint_id } => {
            show(&engine.rotate_webhook(&caller, endpoint_id).await?, common)?;
        }
        Webhooks::List => {
            let page = engine.webhooks(&caller).await?;
            if common.json {
                output::json(&page)?;
            } else if page.webhooks.is_empty() {
                output::line("No webhooks yet. `onegent webhooks add --url https://…` adds one.")?;
            } else {
                let header = ["webhook", "address", "environment", "waiting", "given up"];
                output::line(output::table(&header, page.webhooks.iter().map(row).collect()))?;
            }
        }
        Webhooks::DeadLetters { endpoint_id } => {
            let page = engine.dead_letters(&caller, endpoint_id).await?;
            if common.json {
                output::json(&page)?;
            } else if page.dead_letters.is_empty() {
                output::line("Nothing was given up.")?;
            } else {
                let rows = page.dead_letters.iter().map(|letter| {
                    let (job, sent) = (letter.job_id.to_string(), letter.attempts.to_string());
                    vec![job, letter.created_at.to_string(), sent, letter.failure.to_string()]
                });
                let header = ["job", "changed", "sent", "the last time"];
                output::line(output::table(&header, rows.collect()))?;
            }
        }
        Webhooks::Replay { endpoint_id } => {
            let replayed = engine.replay_webhook(&caller, endpoint_id).await?;
            if common.json {
                output::json(&replayed)?;
            } else {
                output::line(format_args!(
                    "{} messages wait again; a running server sends them within a minute",
                    replayed.replayed
                ))?;
            }
        }
        Webhooks::Remove { endpoint_id } => {
            engine.remove_webhook(&caller, endpoint_id).await?;
            if common.json {
                output::json(&serde_json::json!({ "removed": endpoint_id }))?;
            } else {
                output::line(format_args!("{endpoint_id} is removed, with what waited for it"))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// Prints a webhook's secret, this once.
fn show(issued: &IssuedWebhook, common: &Common) -> anyhow::Result<()> {
    if common.json {
        return output::json(issued);
    }
    output::line(issued.secret.expose())?;
    output::line(format_args!("  {}; shown this once, so keep it now", issued.webhook.endpoint_id))?;
    Ok(())
}

fn row(webhook: &WebhookEndpoint) -> Vec<String> {
    vec![
        webhook.endpoint_id.to_string(),
        webhook.url.clone(),
        webhook.environment.to_string(),
        webhook.waiting.to_string(),
        webhook.dead.to_string(),
    ]
}
