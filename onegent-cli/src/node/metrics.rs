//! `/metrics` of a node, on a port of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use onegent_core::error::Error;
use onegent_engine::Engine;
use onegent_http::RequestMeter;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::exit::Hinted;

/// A node's page of metrics, while it is served.
#[derive(Debug)]
pub(super) struct Metrics {
    url: Url,
    stop: CancellationToken,
    serving: JoinHandle<anyhow::Result<()>>,
}

/// What everything of a node is measured by.
struct Measured {
    engine: Arc<Engine>,
    registry: Registry,
    memory: Option<Gauge>,
}

impl Metrics {
    /// Begins to serve the page.
    pub(super) async fn start(
        at: SocketAddr,
        engine: &Arc<Engine>,
        requests: Option<&RequestMeter>,
    ) -> anyhow::Result<Self> {
        let listener = tokio::net::TcpListener::bind(at).await.map_err(|error| {
            let hint = "give --metrics-bind an address of this machine, with a port that is free";
            Hinted::new(format!("can't serve metrics on {at}: {error}"), hint)
        })?;
        let url = Url::parse(&format!("http://{}/metrics", listener.local_addr()?))?;
        let measured = Arc::new(Measured::new(engine, requests));
        let scrape: onegent_http::Scrape = Arc::new(move || {
            let measured = Arc::clone(&measured);
            Box::pin(async move { measured.page().await })
        });
        let stop = CancellationToken::new();
        let told = stop.clone().cancelled_owned();
        let serve = onegent_http::serve(listener, onegent_http::metrics(scrape), Duration::ZERO, told);
        let serving = tokio::spawn(async move { serve.await.context("the metrics' port stopped") });
        Ok(Self { url, stop, serving })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Its task, which ends only when it is stopped.
    pub(super) fn serving(&mut self) -> &mut JoinHandle<anyhow::Result<()>> {
        &mut self.serving
    }

    /// The last thing that a node does, so that its end can be watched.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.serving.await.context("the metrics' port ended badly")?
    }
}

impl Measured {
    fn new(engine: &Arc<Engine>, requests: Option<&RequestMeter>) -> Self {
        let mut registry = Registry::default();
        let own = registry.sub_registry_with_prefix("onegent");
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        own.register("build", "What runs here", Info::new(version));
        engine.register_metrics(own);
        if let Some(requests) = requests {
            requests.register(own);
        }
        // Where the system does not tell, there is no such series.
        let memory = resident().map(|_bytes| Gauge::default());
        if let Some(memory) = &memory {
            let help = "Memory of this process, without its browsers";
            registry.register_with_unit("process_resident_memory", help, Unit::Bytes, memory.clone());
        }
        Self { engine: Arc::clone(engine), registry, memory }
    }

    async fn page(&self) -> onegent_core::error::Result<String> {
        self.engine.count().await;
        if let (Some(gauge), Some(bytes)) = (&self.memory, resident()) {
            gauge.set(bytes);
        }
        let mut page = String::new();
        encode(&mut page, &self.registry).map_err(Error::internal)?;
        Ok(page)
    }
}

/// How much memory this process has, in bytes, where the system tells it (proc(5)).
fn resident() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}
