//! The suite's part for authorization servers: what ours says of itself, and a code that a person's yes gives.

use std::net::Ipv4Addr;
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use onegent_cli::outside;
use onegent_engine::engine::NewClient;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::Command;
use url::Url;

use super::{Check, PATIENCE, checks, installed};
use crate::world::World;

/// Runs all of it against a world's server, and approves as its owner. Fails when a check does.
pub async fn authorization(world: &World) -> anyhow::Result<Vec<Check>> {
    let issuer = world.node()?.url().clone();
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?.port();
    let client = NewClient {
        name: "Conformance suite".parse()?,
        uri: None,
        redirect_uris: vec![format!("http://127.0.0.1:{port}/callback")],
        confidential: false,
    };
    let client = world.engine()?.add_client(client).await?;
    let results = tempfile::tempdir()?;
    let mut command = Command::new(installed("node_modules/node/bin/node")?);
    command.arg(installed("node_modules/@modelcontextprotocol/conformance/dist/index.js")?);
    // One scenario hands its findings on to the next, so that none can be asked for alone.
    command.args(["authorization", "--url", issuer.as_str().trim_end_matches('/')]);
    command.args(["--client-id", &client.id, "--port", &port.to_string()]);
    command.args(["--resource", &world.node()?.mcp_url(), "--output-dir"]).arg(results.path());
    command.env("NO_COLOR", "1").current_dir(results.path()).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut suite = command.spawn()?;
    let mut lines = BufReader::new(suite.stdout.take().context("no stdout")?).lines();
    let said = async {
        let mut said = String::new();
        while let Some(line) = lines.next_line().await? {
            if line.starts_with(issuer.join("/oauth/authorize")?.as_str()) {
                approve(world, line.parse()?).await?;
            }
            said.push_str(&line);
            said.push('\n');
        }
        anyhow::Ok(said)
    };
    let said = tokio::time::timeout(PATIENCE, said).await.context("the suite takes too long")??;
    let (status, checks) = (suite.wait().await?, checks(results.path())?);
    let fine = status.success() && checks.iter().all(|check| check.status == "SUCCESS");
    ensure!(fine, "{status}: {checks:#?}\n{said}");
    Ok(checks)
}

/// The person says yes, and their browser goes back to the suite.
async fn approve(world: &World, question: Url) -> anyhow::Result<()> {
    let mut person = world.person().await?;
    let page = person.asked(question).await?;
    let back = person.press(&page, "form.consent").await?;
    outside::http()?.get(back.url).send().await?.error_for_status()?;
    Ok(())
}
