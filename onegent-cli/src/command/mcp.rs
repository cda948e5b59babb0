//! `onegent mcp`, and all of `onegent-mcp-server`: the tools on stdio, or a gateway over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use onegent_core::caller::{Access, Credential, Environment, Reach, Scope};
use onegent_core::port::{Authority as _, BookingService};
use onegent_core::request::Scenario;

use super::serve::stopped;
use super::{client, data_dir, key_from_environment};
use crate::args::{Common, Mcp};
use crate::exit::Exit;
use crate::node::{self, Node, NodeConfig};

/// Serves until the client hangs up or the process is told to stop.
pub(crate) async fn run(mcp: Mcp, common: Common) -> anyhow::Result<Exit> {
    if mcp.embedded {
        return embedded(&common).await;
    }
    let key = key_from_environment()?;
    let service: Arc<dyn BookingService> = Arc::new(client(&mcp.api, None)?);
    if !mcp.http {
        let credential = key.map_or(Credential::Missing, |key| Credential::Forwarded(key.secret()));
        onegent_mcp::serve_stdio(service, credential).await?;
        return Ok(Exit::Done);
    }
    let listener = node::bind(SocketAddr::new(mcp.host, mcp.port)).await?;
    let address = listener.local_addr()?;
    let gateway = onegent_http::Gateway {
        service,
        fallback: key.map(|key| key.secret()),
        allowed_hosts: mcp.allowed_host,
    };
    announce(address, &mcp.api.api_base_url);
    onegent_http::serve(listener, onegent_http::gateway_router(gateway), stopped()).await?;
    Ok(Exit::Done)
}

/// To stderr, as everything but results.
#[expect(clippy::print_stderr, reason = "the one line that tells where the gateway is")]
fn announce(address: SocketAddr, api: &url::Url) {
    eprintln!("MCP gateway on http://{address}/mcp in front of {api}; Ctrl-C stops.");
}

/// The whole server in this process, with the tools on stdio. The console is on a free loopback port: a paused job's
/// `confirmUrl` leads there. A key in the environment decides the environment and the scopes; without one it is the data
/// directory's owner, in the sandbox.
#[expect(clippy::print_stderr, reason = "where the console is must be told somewhere")]
async fn embedded(common: &Common) -> anyhow::Result<Exit> {
    let key = key_from_environment()?;
    let node = Node::start(NodeConfig::loopback(data_dir(common)?)).await?;
    let access = match key {
        Some(key) => node.engine().access(&key).await?,
        None => Access {
            account: node.engine().owner(),
            reach: Reach::Only(Environment::Test),
            scopes: Scope::ALL.to_vec(),
            scenarios: Scenario::ALL.to_vec(),
            key: None,
        },
    };
    eprintln!("Console {}  sign in once: {}", node.url(), node.sign_in_link().await?);
    let service: Arc<dyn BookingService> = node.engine().clone();
    let served = tokio::select! {
        served = onegent_mcp::serve_stdio(service, Credential::Verified(access)) => served,
        () = stopped() => Ok(()),
    };
    node.stop().await?;
    served?;
    Ok(Exit::Done)
}
