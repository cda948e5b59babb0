//! Serves the practice sites: `cargo run -p onegent-sandbox --example serve -- [PORT]`.

use std::{error::Error, io::Write as _};

use onegent_sandbox::{ServeConfig, serve};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse::<u16>())?;
    let sites = TcpListener::bind(("127.0.0.1", port)).await?;
    let payments = TcpListener::bind(("127.0.0.1", 0)).await?;
    writeln!(std::io::stdout(), "http://{}/", sites.local_addr()?)?;
    let interrupted = async {
        // Without a signal handler there is nothing to wait for, and the sites stop at once.
        let _interrupt = tokio::signal::ctrl_c().await;
    };
    Ok(serve(sites, payments, ServeConfig::default(), interrupted).await?)
}
