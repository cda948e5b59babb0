//! `onegent keys`: the API keys of the data directory.

use std::time::Duration;

use onegent_core::caller::Scope;
use onegent_core::port::{IssuedKey, KeyInfo, KeyRequest};
use onegent_core::request::Scenario;
use onegent_core::time::{Clock as _, SystemClock};
use onegent_engine::Engine;

use super::place;
use crate::args::{Common, Keys};
use crate::exit::Exit;
use crate::{node, output};

/// Makes, lists or revokes keys.
pub(crate) async fn run(keys: Keys, common: &Common) -> anyhow::Result<Exit> {
    node::with_engine(&place(common)?, async |engine| act(keys, engine, common).await).await
}

async fn act(keys: Keys, engine: &Engine, common: &Common) -> anyhow::Result<Exit> {
    match keys {
        Keys::Create { name, environment, scope, scenario, expires_in } => {
            let request = KeyRequest {
                name,
                environment,
                scopes: if scope.is_empty() { Scope::ALL.to_vec() } else { scope },
                scenarios: if scenario.is_empty() { Scenario::ALL.to_vec() } else { scenario },
                expires_at: expires_in
                    .map(|days| SystemClock.now() + Duration::from_hours(24 * u64::from(days))),
            };
            show(&engine.create_key_for_owner(request).await?, common)?;
        }
        Keys::Rotate { key_id } => show(&engine.rotate_key_of_owner(key_id).await?, common)?,
        Keys::List => {
            let all = engine.keys_of_owner().await?;
            if common.json {
                output::json(&all)?;
            } else if all.is_empty() {
                output::line("No keys yet. `onegent keys create --name laptop` makes one.")?;
            } else {
                let header = ["key", "name", "environment", "ends in", "may", "books", "last used", "state"];
                output::line(output::table(&header, all.iter().map(row).collect()))?;
            }
        }
        Keys::Revoke { key_id } => {
            engine.revoke_key_of_owner(key_id).await?;
            if common.json {
                output::json(&serde_json::json!({ "revoked": key_id }))?;
            } else {
                output::line(format_args!("{key_id} is revoked; it stopped working just now"))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// Prints a key's secret, this once.
fn show(issued: &IssuedKey, common: &Common) -> anyhow::Result<()> {
    if common.json {
        return output::json(&serde_json::json!({ "key": issued.info, "secret": issued.secret.expose() }));
    }
    output::line(issued.secret.expose())?;
    output::line(format_args!("  {}; shown this once, so keep it now", issued.info.key_id))?;
    Ok(())
}

fn row(key: &KeyInfo) -> Vec<String> {
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let scenarios: Vec<_> = key.scenarios.iter().map(|scenario| scenario.as_str()).collect();
    let used = key.last_used_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    let state = match key.revoked_at {
        Some(_) => "revoked",
        None if key.is_active(SystemClock.now()) => "active",
        None => "over",
    };
    vec![
        key.key_id.to_string(),
        key.name.to_string(),
        key.environment.to_string(),
        format!("…{}", key.ending),
        scopes.join(" "),
        scenarios.join(" "),
        used,
        state.to_owned(),
    ]
}
