//! `onegent profiles`: saved guests of the data directory. Lists show ids and initials, never contact details.

use onegent_core::error::Error;
use onegent_core::guest::GuestProfile;
use onegent_engine::Engine;

use super::place;
use crate::args::{Common, Profiles};
use crate::exit::Exit;
use crate::{node, output};

/// Adds, lists or deletes saved profiles.
pub(crate) async fn run(profiles: Profiles, common: &Common) -> anyhow::Result<Exit> {
    node::with_engine(&place(common)?, async |engine| act(profiles, engine, common).await).await
}

async fn act(profiles: Profiles, engine: &Engine, common: &Common) -> anyhow::Result<Exit> {
    match profiles {
        Profiles::Add { guest, default } => {
            let guest: GuestProfile =
                onegent_core::fields::read(&guest.to_json()).map_err(Error::invalid_request)?;
            let id = engine.save_profile_of_owner(guest, default).await?;
            if common.json {
                output::json(&serde_json::json!({ "profileId": id, "default": default }))?;
            } else {
                output::line(format_args!("saved as {id}"))?;
            }
        }
        Profiles::List => {
            let all = engine.profiles_of_owner().await?;
            if common.json {
                let listed: Vec<_> = all
                    .iter()
                    .map(|p| serde_json::json!({ "profileId": p.id, "initials": initials(&p.guest), "default": p.default }))
                    .collect();
                output::json(&listed)?;
            } else if all.is_empty() {
                output::line("No saved profiles. `onegent profiles add --help` shows how.")?;
            } else {
                let rows = all
                    .iter()
                    .map(|p| {
                        vec![
                            p.id.to_string(),
                            initials(&p.guest),
                            if p.default { "default" } else { "" }.to_owned(),
                        ]
                    })
                    .collect();
                output::line(output::table(&["profile", "guest", ""], rows))?;
            }
        }
        Profiles::Delete { profile_id } => {
            engine.delete_profile_of_owner(profile_id).await?;
            if common.json {
                output::json(&serde_json::json!({ "deleted": profile_id }))?;
            } else {
                output::line(format_args!("{profile_id} is deleted"))?;
            }
        }
    }
    Ok(Exit::Done)
}

fn initials(guest: &GuestProfile) -> String {
    [&guest.first_name, &guest.last_name]
        .into_iter()
        .filter_map(|name| name.as_str().chars().next())
        .flat_map(|initial| [initial, '.'])
        .collect()
}
