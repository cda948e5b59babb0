//! `onegent clients`: the apps that may ask people of this data directory for access.

use onegent_engine::Engine;
use onegent_engine::engine::{KnownClient, NewClient};

use super::place;
use crate::args::{Clients, Common};
use crate::exit::Exit;
use crate::{node, output};

/// Adds, lists or removes clients.
pub(crate) async fn run(clients: Clients, common: &Common) -> anyhow::Result<Exit> {
    node::with_engine(&place(common)?, async |engine| act(clients, engine, common).await).await
}

async fn act(clients: Clients, engine: &Engine, common: &Common) -> anyhow::Result<Exit> {
    match clients {
        Clients::Add { name, uri, redirect_uri, confidential } => {
            let new = NewClient { name, uri, redirect_uris: redirect_uri, confidential };
            let added = engine.add_client(new).await?;
            let secret = added.secret.as_ref().map(secrecy::ExposeSecret::expose_secret);
            if common.json {
                let mut told = serde_json::json!({ "clientId": added.id });
                if let Some(secret) = secret {
                    told["clientSecret"] = secret.into();
                }
                output::json(&told)?;
            } else {
                output::line(format_args!("client id  {}", added.id))?;
                if let Some(secret) = secret {
                    output::line(format_args!("secret     {secret}"))?;
                    output::line("  shown this once, so keep it now")?;
                }
            }
        }
        Clients::List => {
            let all = engine.clients().await?;
            if common.json {
                let listed: Vec<_> = all.iter().map(told).collect();
                output::json(&listed)?;
            } else if all.is_empty() {
                output::line(
                    "No clients yet. Apps that can, register themselves; `onegent clients add --help` shows how to add one.",
                )?;
            } else {
                let header = ["client", "name", "known by", "secret", "answers go to", "since"];
                output::line(output::table(&header, all.iter().map(row).collect()))?;
            }
        }
        Clients::Remove { client_id } => {
            engine.remove_client(&client_id).await?;
            if common.json {
                output::json(&serde_json::json!({ "removed": client_id }))?;
            } else {
                output::line(format_args!("{client_id} is removed; what it was allowed ended just now"))?;
            }
        }
    }
    Ok(Exit::Done)
}

fn told(client: &KnownClient) -> serde_json::Value {
    serde_json::json!({
        "clientId": client.id, "name": client.name, "origin": client.origin.as_str(),
        "confidential": client.confidential, "redirectUris": client.redirect_uris, "createdAt": client.created_at,
    })
}

fn row(client: &KnownClient) -> Vec<String> {
    vec![
        client.id.clone(),
        client.name.to_string(),
        client.origin.as_str().to_owned(),
        if client.confidential { "yes" } else { "none" }.to_owned(),
        client.redirect_uris.join(" "),
        client.created_at.to_string(),
    ]
}
