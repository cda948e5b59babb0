//! `onegent sandbox`: the practice sites alone, for tests and for people who look at them.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;

use super::serve::stopped;
use crate::args::{Common, Sandbox};
use crate::exit::Exit;
use crate::{node, output};

/// Serves until it is told to stop.
pub(crate) async fn run(sandbox: Sandbox, common: &Common) -> anyhow::Result<Exit> {
    let near = if sandbox.port == 0 { 0 } else { sandbox.port.saturating_add(1) };
    let sites = node::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, sandbox.port))).await?;
    let payments =
        node::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, sandbox.payments_port.unwrap_or(near)))).await?;
    let origins = node::origins(&sites, &payments)?;
    let stopped = stopped();
    if common.json {
        output::json(&serde_json::json!({ "sites": origins.sites, "payments": origins.payments }))?;
    } else {
        output::line(format_args!("Practice sites  {}", origins.sites))?;
        output::line(format_args!("Payment frames  {}", origins.payments))?;
        output::line(format_args!("Ledger          {}_ledger", origins.sites))?;
        output::line("\nCtrl-C stops.")?;
    }
    let config =
        onegent_sandbox::ServeConfig { seed: sandbox.seed, ledger_path: sandbox.ledger, slow: node::SLOW };
    onegent_sandbox::serve(sites, payments, config, stopped).await.context("the sandbox stopped")?;
    Ok(Exit::Done)
}
