//! The whole server in one value: engine, workers, console, REST, MCP and sandbox, started and stopped together.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::future::{OptionFuture, select_all};
use ipnet::IpNet;
use onegent_core::limit::Quota;
use onegent_core::time::{Clock, SystemClock};
use onegent_engine::agent::{AgentConfig, DirectSites, SandboxOrigins};
use onegent_engine::browser::choice::BrowserChoice;
use onegent_engine::mail::MailConfig;
use onegent_engine::oidc::ProviderConfig;
use onegent_engine::planner::model::ModelConfig;
use onegent_engine::{Engine, EngineConfig};
use onegent_http::RequestMeter;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::exit::Hinted;

mod metrics;
mod place;
mod worker;

pub use place::{Place, with_engine};
pub(crate) use place::{make_folder, prepare, remembered};
pub use worker::{WorkerConfig, WorkerNode};

use metrics::Metrics;
use place::{ledger, opening, providers, remember};

/// The sandbox's stock and prices, unless another seed is named.
pub const SANDBOX_SEED: u64 = 20_260_101;

/// How long a stop waits for submits that are under way.
const GRACE: Duration = Duration::from_secs(20);

/// How long a refresh token that was just used may come again, unless told otherwise: real apps refresh from several
/// processes at once.
const REFRESH_GRACE: Duration = Duration::from_mins(2);

/// What a node is made of.
#[derive(Debug, Clone)]
pub struct NodeConfig {
    /// Where the record is. The folder is made when it is not there.
    pub place: Place,
    /// Address of console, REST and MCP.
    pub listen: SocketAddr,
    /// The address under which people reach it, when it is not the one it listens on.
    pub public_url: Option<Url>,
    /// For how long it still takes requests once it is told to stop, while `/readyz` says 503.
    pub drain: Duration,
    /// How many bookings run at once.
    pub workers: usize,
    /// How long a refresh token that was just used may come again. Zero: never.
    pub refresh_grace: Duration,
    /// How long pages at payment are kept open for a fast confirmation.
    pub hold_live: Duration,
    /// How long pages are kept open for their owner to take them over.
    pub takeover: Duration,
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
    /// Who may do how much, and how people sign in.
    pub access: AccessConfig,
    /// Where `/metrics` is read, if it is.
    pub metrics: Option<SocketAddr>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Who may do how much, for how long guests are kept, and where people sign in beside the console.
#[derive(Debug, Clone)]
pub struct AccessConfig {
    /// Proxies in front of the server, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How many requests one account may make; `None` for no limit.
    pub account_rate: Option<Quota>,
    /// How many bookings one account may have open.
    pub most_open_jobs: u64,
    /// How many jobs all accounts together may have open.
    pub most_open_jobs_in_all: u64,
    /// How many bookings one account may make a day, UTC.
    pub most_jobs_a_day: u64,
    /// How long guests' details are kept after their job ended.
    pub guest_retention: Duration,
    /// How long a job's trail is kept after the job ended; `None` for ever.
    pub audit_retention: Option<Duration>,
    /// An OpenID Connect provider.
    pub provider: Option<ProviderConfig>,
    /// A mail server that sends invitations.
    pub mail: Option<MailConfig>,
    /// Whether webhooks may go to private addresses, and without TLS.
    pub webhooks_anywhere: bool,
}

impl Default for AccessConfig {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            account_rate: Some(Quota::new(60_000, Duration::from_mins(1))),
            most_open_jobs: 1_000,
            most_open_jobs_in_all: 10_000,
            most_jobs_a_day: 10_000,
            guest_retention: Duration::from_hours(30 * 24),
            audit_retention: None,
            provider: None,
            mail: None,
            webhooks_anywhere: false,
        }
    }
}

/// Where the practice sites are.
#[derive(Debug, Clone)]
pub enum SandboxSource {
    /// In this process, on loopback.
    Own {
        /// Port of the sites; 0 for any free one.
        port: u16,
        /// How long a page of a slow site takes.
        slow: Duration,
    },
    /// In another process.
    Other(SandboxOrigins),
}

impl NodeConfig {
    /// A node on a free loopback port, with its own sandbox.
    pub fn loopback(place: impl Into<Place>) -> Self {
        Self {
            place: place.into(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_url: None,
            drain: Duration::ZERO,
            workers: 4,
            refresh_grace: REFRESH_GRACE,
            hold_live: Duration::ZERO,
            takeover: Duration::ZERO,
            sandbox: SandboxSource::Own { port: 0, slow: SLOW },
            browser: BrowserChoice::default(),
            direct_sites: DirectSites::Off,
            providers: None,
            model: None,
            access: AccessConfig::default(),
            metrics: None,
            clock: Arc::new(SystemClock),
        }
    }
}

/// How long a page of a slow practice site takes.
pub const SLOW: Duration = Duration::from_millis(1500);

/// A running server. Stop it with [`Node::stop`]; dropping it leaves its tasks to the runtime.
#[derive(Debug)]
pub struct Node {
    engine: Arc<Engine>,
    url: Url,
    sandbox: SandboxOrigins,
    metrics: Option<Metrics>,
    doors: CancellationToken,
    practice: CancellationToken,
    practising: Option<JoinHandle<anyhow::Result<()>>>,
    serving: JoinHandle<anyhow::Result<()>>,
}

impl Node {
    /// Starts everything; it answers requests when this returns.
    pub async fn start(config: NodeConfig) -> anyhow::Result<Self> {
        let Place { data_dir, .. } = &config.place;
        prepare(&config.place)?;
        let listener = bind(config.listen).await?;
        let address = listener.local_addr()?;
        let url = match config.public_url {
            Some(url) if url.path() == "/" => url,
            Some(url) => {
                let hint = "give scheme, host and port alone; a proxy may not add a path";
                return Err(Hinted::new(format!("the public URL {url} has a path"), hint).into());
            }
            None => Url::parse(&format!("http://{}", reachable(address)))?,
        };
        let (doors, practice) = (CancellationToken::new(), CancellationToken::new());
        let (sandbox, practising) = sandbox(config.sandbox, data_dir, &practice).await?;
        let engine = Engine::open(EngineConfig {
            workers: config.workers,
            refresh_grace: config.refresh_grace,
            agent: AgentConfig {
                sandbox: Some(sandbox.clone()),
                playbooks: providers(config.providers, data_dir),
                hold_live: config.hold_live,
                takeover: config.takeover,
                browser: config.browser,
                direct_sites: config.direct_sites,
                model: config.model,
            },
            clock: config.clock.clone(),
            most_open_jobs: config.access.most_open_jobs_in_all,
            most_open_jobs_of_account: config.access.most_open_jobs,
            most_jobs_a_day: config.access.most_jobs_a_day,
            guest_retention: config.access.guest_retention,
            audit_retention: config.access.audit_retention,
            provider: config.access.provider,
            mail: config.access.mail,
            webhooks_anywhere: config.access.webhooks_anywhere,
            ..config.place.engine(without_slash(&url))
        })
        .await
        .map_err(|error| opening(error, &config.place))?;
        let requests = RequestMeter::default();
        // Before jobs are claimed: the port may be taken.
        let metrics = match config.metrics {
            Some(at) => Some(Metrics::start(at, &engine, Some(&requests)).await?),
            None => None,
        };
        engine.start().map_err(|error| opening(error, &config.place))?;
        let app = onegent_http::App {
            requests,
            service: engine.clone(),
            desk: engine.clone(),
            authority: engine.clone(),
            accounts: engine.clone(),
            profiles: engine.clone(),
            webhooks: engine.clone(),
            trusted_proxies: config.access.trusted_proxies,
            account_rate: config.access.account_rate,
            state_key: Some(engine.subkey("states of MCP clients").into()),
            clock: config.clock,
            public_url: url.clone(),
            sandbox_url: Some(sandbox.sites.clone()),
        };
        let told = doors.clone().cancelled_owned();
        let serve = onegent_http::serve(listener, onegent_http::router(app), config.drain, told);
        let serving = tokio::spawn(async move { serve.await.context("the server stopped") });
        remember(data_dir, &url)?;
        Ok(Self { engine, url, sandbox, metrics, doors, practice, practising, serving })
    }

    /// The engine, for what only the owner of the data directory may do.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// The console's address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The REST API's address.
    pub fn api_url(&self) -> String {
        format!("{}/api/v1", without_slash(&self.url))
    }

    /// The MCP endpoint's address.
    pub fn mcp_url(&self) -> String {
        format!("{}/api/mcp", without_slash(&self.url))
    }

    /// Where its metrics are, if they are served.
    pub fn metrics_url(&self) -> Option<&Url> {
        self.metrics.as_ref().map(Metrics::url)
    }

    /// Where the practice sites are.
    pub fn sandbox(&self) -> &SandboxOrigins {
        &self.sandbox
    }

    /// A fresh one-time link that signs its owner in to the console.
    pub async fn sign_in_link(&self) -> anyhow::Result<Url> {
        sign_in_link(&self.engine, &self.url).await
    }

    /// Waits until a part of the server stops by itself, which none ever should: a server that takes jobs and does not
    /// run them is worse than one that is down.
    pub async fn failed(&mut self) -> anyhow::Error {
        let metrics = self.metrics.iter_mut().map(Metrics::serving);
        let parts = self.practising.iter_mut().chain([&mut self.serving]).chain(metrics);
        let (ended, _which, _others) = tokio::select! {
            ended = select_all(parts) => ended,
            () = self.engine.failed() => return anyhow::anyhow!("the job machine stopped by itself"),
        };
        match ended {
            Ok(Ok(())) => anyhow::anyhow!("a part of the server stopped by itself"),
            Ok(Err(error)) => error,
            Err(error) => error.into(),
        }
    }

    /// Drains, takes no more requests, gives running jobs back, waits for submits under way, and closes the database.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.doors.cancel();
        // A request that still runs needs the record.
        let served = self.serving.await;
        self.engine.shutdown(GRACE).await;
        // The practice sites last: a submit under way still needs them.
        self.practice.cancel();
        for ended in [Some(served), OptionFuture::from(self.practising).await].into_iter().flatten() {
            ended.context("a part of the server ended badly")??;
        }
        match self.metrics {
            Some(metrics) => metrics.stop().await,
            None => Ok(()),
        }
    }
}

/// A fresh one-time link to the console at `url`.
pub async fn sign_in_link(engine: &Engine, url: &Url) -> anyhow::Result<Url> {
    let token = engine.sign_in_link().await?;
    let mut link = url.join("/sign-in")?;
    link.query_pairs_mut().append_pair("token", token.expose());
    Ok(link)
}

/// The practice sites, and the task that serves them if they are this process's own.
async fn sandbox(
    source: SandboxSource,
    data_dir: &std::path::Path,
    stop: &CancellationToken,
) -> anyhow::Result<(SandboxOrigins, Option<JoinHandle<anyhow::Result<()>>>)> {
    match source {
        SandboxSource::Other(origins) => Ok((origins, None)),
        SandboxSource::Own { port, slow } => {
            let (origins, task) = start_sandbox(port, slow, Some(ledger(data_dir)), stop.clone()).await?;
            Ok((origins, Some(task)))
        }
    }
}

/// Serves the practice sites and their payment frames on loopback until `stop`.
async fn start_sandbox(
    port: u16,
    slow: Duration,
    ledger_path: Option<PathBuf>,
    stop: CancellationToken,
) -> anyhow::Result<(SandboxOrigins, JoinHandle<anyhow::Result<()>>)> {
    let sites = bind_near(port).await?;
    let payments = bind_near(if port == 0 { 0 } else { port.saturating_add(1) }).await?;
    let origins = origins(&sites, &payments)?;
    let config = onegent_sandbox::ServeConfig { seed: SANDBOX_SEED, ledger_path, slow };
    let serve = onegent_sandbox::serve(sites, payments, config, stop.cancelled_owned());
    Ok((origins, tokio::spawn(async move { serve.await.context("the sandbox stopped") })))
}

/// The addresses at which two listeners are reached.
pub(crate) fn origins(sites: &TcpListener, payments: &TcpListener) -> anyhow::Result<SandboxOrigins> {
    Ok(SandboxOrigins {
        sites: Url::parse(&format!("http://{}", sites.local_addr()?))?,
        payments: Url::parse(&format!("http://{}", payments.local_addr()?))?,
    })
}

/// The wished loopback port, or any free one when it is taken: nobody types the sandbox's address.
async fn bind_near(port: u16) -> std::io::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Err(error) if port != 0 && error.kind() == ErrorKind::AddrInUse => {
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await
        }
        bound => bound,
    }
}

/// Binds an address that somebody chose.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let hint = if error.kind() == ErrorKind::AddrInUse {
            "another program listens there; choose a port with --port, or 0 for any"
        } else if error.kind() == ErrorKind::PermissionDenied {
            "ports below 1024 need privileges; choose another with --port"
        } else {
            "check --host and --port"
        };
        Hinted::new(format!("can't listen on {address}: {error}"), hint).into()
    })
}

/// An address that a browser on this machine can open: a wildcard stands for loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn without_slash(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}
