//! `onegent accounts`, `security-events` and `data`: what whoever runs the server does with accounts.

use onegent_core::port::InvitationToken;
use url::Url;

use super::place;
use crate::args::{Accounts, Common, Data, SecurityEvents};
use crate::exit::{Exit, Hinted};
use crate::{node, output};

/// Makes, invites to or lists accounts.
pub(crate) async fn run(accounts: Accounts, common: &Common) -> anyhow::Result<Exit> {
    let place = place(common)?;
    node::with_engine(&place, async |engine| {
        match accounts {
            Accounts::Create { name } => {
                let console = console(&place.data_dir)?;
                let (account, token) = engine.create_account(name).await?;
                let link = invitation(&console, &token)?;
                if common.json {
                    output::json(&serde_json::json!({ "accountId": account, "invitation": link }))?;
                } else {
                    output::line(link)?;
                    output::line(format_args!("  {account}; whoever opens the link becomes its owner"))?;
                }
            }
            Accounts::Invite { account, role } => {
                let console = console(&place.data_dir)?;
                let link = invitation(&console, &engine.invite_to(account, role).await?)?;
                if common.json {
                    output::json(&serde_json::json!({ "accountId": account, "invitation": link }))?;
                } else {
                    output::line(link)?;
                }
            }
            Accounts::List => {
                let all = engine.accounts().await?;
                if common.json {
                    output::json(&all)?;
                } else {
                    let rows = all.into_iter().map(|account| {
                        let state = if account.erased { "erased" } else { "active" };
                        let (name, since) = (account.name.unwrap_or_default(), account.created_at);
                        let (id, people) = (account.account_id.to_string(), account.people.to_string());
                        vec![id, name, people, since.to_string(), state.to_owned()]
                    });
                    let header = ["account", "name", "people", "since", "state"];
                    output::line(output::table(&header, rows.collect()))?;
                }
            }
        }
        Ok(Exit::Done)
    })
    .await
}

/// Prints the security log.
pub(crate) async fn security_events(asked: SecurityEvents, common: &Common) -> anyhow::Result<Exit> {
    node::with_engine(&place(common)?, async |engine| {
        let events = engine.security_log(asked.account, asked.limit).await?;
        if common.json {
            output::json(&events)?;
            return Ok(Exit::Done);
        }
        if events.is_empty() {
            output::line("Nothing has happened yet.")?;
            return Ok(Exit::Done);
        }
        let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        let rows = events.into_iter().map(|event| {
            vec![
                event.at.to_string(),
                event.kind.to_string(),
                text(event.account.map(|id| id.to_string())),
                text(event.person.map(|id| id.to_string())),
                text(event.address.map(|address| address.to_string())),
                text(event.subject.map(|subject| subject.to_string())),
            ]
        });
        let header = ["when", "what", "account", "person", "from", "of"];
        output::line(output::table(&header, rows.collect()))?;
        Ok(Exit::Done)
    })
    .await
}

/// Exports or erases an account's data.
pub(crate) async fn data(data: Data, common: &Common) -> anyhow::Result<Exit> {
    node::with_engine(&place(common)?, async |engine| {
        match data {
            Data::Export { account } => output::json(&engine.export(account).await?)?,
            Data::Erase { account, yes: false } => {
                let message = format!("this would erase who the people and guests of {account} were");
                return Err(Hinted::new(message, "add --yes to do it; there is no way back").into());
            }
            Data::Erase { account, yes: true } => {
                engine.erase(account).await?;
                if common.json {
                    output::json(&serde_json::json!({ "erased": account }))?;
                } else {
                    output::line(format_args!("{account} is erased; its bookings stay and name nobody"))?;
                }
            }
        }
        Ok(Exit::Done)
    })
    .await
}

fn console(dir: &std::path::Path) -> anyhow::Result<Url> {
    let hint = "start it once with `onegent serve`";
    node::remembered(dir)
        .ok_or_else(|| Hinted::new("this data directory's console was never started", hint).into())
}

fn invitation(console: &Url, token: &InvitationToken) -> anyhow::Result<Url> {
    let mut link = console.join("/join")?;
    link.query_pairs_mut().append_pair("token", token.expose());
    Ok(link)
}
