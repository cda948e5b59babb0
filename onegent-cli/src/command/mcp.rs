//! `onegent mcp`, and all of `onegent-mcp-server`: the tools on stdio, or a gateway over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use onegent_client::Client;
use onegent_core::caller::{Access, Credential, Environment, Reach, Scope};
use onegent_core::port::{ApiKey, BookingService};
use onegent_core::request::Scenario;

use super::serve::stopped;
use super::{client, key_from_environment, place};
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
    onegent_http::serve(listener, onegent_http::gateway_router(gateway), Duration::ZERO, stopped()).await?;
    Ok(Exit::Done)
}

/// To stderr, as everything but results.
#[expect(clippy::print_stderr, reason = "the one line that tells where the gateway is")]
fn announce(address: SocketAddr, api: &url::Url) {
    eprintln!("MCP gateway on http://{address}/mcp in front of {api}; Ctrl-C stops.");
}

/// The whole server in this process, with the tools on stdio. The console is on a free loopback port: a paused job's
/// `confirmUrl` leads there. A key in the environment is checked at every call, as everywhere; without one it is the data
/// directory's owner, in the sandbox.
///
/// No sign-in link is printed: hosts keep a server's stderr in files that their assistants may read.
#[expect(clippy::print_stderr, reason = "where the console is must be told somewhere")]
async fn embedded(common: &Common) -> anyhow::Result<Exit> {
    let key = key_from_environment()?;
    let place = place(common)?;
    let dir = place.data_dir.clone();
    let node = Node::start(NodeConfig::loopback(place)).await?;
    eprintln!("Console {}  sign in with: onegent sign-in-link --data-dir {}", node.url(), dir.display());
    let served = tokio::select! {
        served = serve_embedded(&node, key) => served,
        () = stopped() => Ok(()),
    };
    node.stop().await?;
    served?;
    Ok(Exit::Done)
}

async fn serve_embedded(node: &Node, key: Option<ApiKey>) -> anyhow::Result<()> {
    let (service, credential): (Arc<dyn BookingService>, _) = match key {
        Some(key) => {
            let client = Client::builder(&node.api_url()).build()?;
            (Arc::new(client), Credential::Forwarded(key.secret()))
        }
        None => (node.engine().clone(), Credential::Verified(owner(node))),
    };
    onegent_mcp::serve_stdio(service, credential).await?;
    Ok(())
}

/// What the data directory's owner may do without a key: everything, in the sandbox.
fn owner(node: &Node) -> Access {
    Access {
        account: node.engine().owner(),
        person: node.engine().owner_person(),
        reach: Reach::Only(Environment::Test),
        scopes: Scope::ALL.to_vec(),
        scenarios: Scenario::ALL.to_vec(),
        key: None,
        names_sites: false,
    }
}
