//! Workers without console, REST and MCP.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use onegent_core::request::Scenario;
use onegent_engine::agent::{AgentConfig, DirectSites};
use onegent_engine::browser::choice::BrowserChoice;
use onegent_engine::planner::model::ModelConfig;
use onegent_engine::{Engine, EngineConfig};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::metrics::Metrics;
use super::place::{Place, opening, prepare, providers};
use super::{GRACE, SandboxSource, sandbox};

/// Workers alone, on a record that other nodes serve.
#[derive(Debug)]
pub struct WorkerNode {
    engine: Arc<Engine>,
    practice: CancellationToken,
    practising: Option<JoinHandle<anyhow::Result<()>>>,
    metrics: Option<Metrics>,
}

/// What workers need to know.
#[derive(Debug, Clone)]
pub struct WorkerConfig {
    /// Where the record is.
    pub place: Place,
    /// How many bookings run at once.
    pub concurrency: usize,
    /// How long a job stays with this worker without a sign of life.
    pub lease: Duration,
    /// Which ones.
    pub scenarios: Vec<Scenario>,
    /// The console's address.
    pub public_url: String,
    /// Where `test` keys book.
    pub sandbox: SandboxSource,
    /// What opens the booking sites.
    pub browser: BrowserChoice,
    /// Which sites a request may name.
    pub direct_sites: DirectSites,
    /// The folder with more providers, where it is not `providers` in the data directory.
    pub providers: Option<PathBuf>,
    /// A language model for sites that nobody described.
    pub model: Option<ModelConfig>,
    /// Whether webhooks may go to private addresses, and without TLS.
    pub webhooks_anywhere: bool,
    /// Where `/metrics` is read, if it is.
    pub metrics: Option<SocketAddr>,
}

/// How many leases long a submit may be sent after its permit.
const PERMIT: u32 = 4;
/// Longer than anything is kept: forgetting is up to the nodes that were told when.
const NEVER: Duration = Duration::from_hours(24 * 365 * 1000);

impl WorkerNode {
    /// Starts to take jobs.
    pub async fn start(config: WorkerConfig) -> anyhow::Result<Self> {
        prepare(&config.place)?;
        let data_dir = &config.place.data_dir;
        let practice = CancellationToken::new();
        let (sandbox, practising) = sandbox(config.sandbox, data_dir, &practice).await?;
        let engine = Engine::open(EngineConfig {
            workers: config.concurrency,
            scenarios: config.scenarios,
            lease: config.lease,
            permit_ttl: config.lease * PERMIT,
            agent: AgentConfig {
                sandbox: Some(sandbox),
                playbooks: providers(config.providers, data_dir),
                browser: config.browser,
                direct_sites: config.direct_sites,
                model: config.model,
                ..AgentConfig::default()
            },
            guest_retention: NEVER,
            security_retention: NEVER,
            webhooks_anywhere: config.webhooks_anywhere,
            ..config.place.engine(config.public_url)
        })
        .await
        .map_err(|error| opening(error, &config.place))?;
        // Before jobs are claimed: the port may be taken.
        let metrics = match config.metrics {
            Some(at) => Some(Metrics::start(at, &engine, None).await?),
            None => None,
        };
        engine.start().map_err(|error| opening(error, &config.place))?;
        Ok(Self { engine, practice, practising, metrics })
    }

    /// Where its metrics are, if they are served.
    pub fn metrics_url(&self) -> Option<&Url> {
        self.metrics.as_ref().map(Metrics::url)
    }

    /// Waits until the job machine stops by itself, which it never should.
    pub async fn failed(&self) -> anyhow::Error {
        self.engine.failed().await;
        anyhow::anyhow!("the job machine stopped by itself")
    }

    /// Hands running jobs back, waits for submits under way, and lets the database go.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.engine.shutdown(GRACE).await;
        self.practice.cancel();
        if let Some(practising) = self.practising {
            practising.await.context("the sandbox ended badly")??;
        }
        match self.metrics {
            Some(metrics) => metrics.stop().await,
            None => Ok(()),
        }
    }
}
