//! A sandbox on loopback ports of its own.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use onegent_sandbox::{Ledger, ServeConfig, serve};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::browser::{Browser, client};

pub(crate) struct World {
    address: SocketAddr,
    client: reqwest::Client,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::keeping(None).await
    }

    /// A world whose ledger outlives it.
    pub(crate) async fn keeping(ledger_path: Option<PathBuf>) -> Self {
        let sites = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let payments = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = sites.local_addr().unwrap();
        let config = ServeConfig { seed: 7, ledger_path, slow: Duration::from_millis(40) };
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(async move {
            let stopped = async move { stopped.await.unwrap_or_default() };
            serve(sites, payments, config, stopped).await.unwrap();
        });
        Self { address, client: client(), stop, served }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.client.clone(), format!("http://{}", self.address))
    }

    pub(crate) async fn ledger(&self) -> Ledger {
        let page = self.browser().open("/_ledger").await;
        serde_json::from_str(&page.html).unwrap()
    }

    /// Reservations and charges so far.
    pub(crate) async fn taken(&self) -> (usize, usize) {
        let counts = self.ledger().await.counts;
        (counts.reservations, counts.charges)
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.served.await.unwrap();
    }
}
