//! The whole server in one value: engine, workers, console, REST, MCP and sandbox, started and stopped together.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::future::select_all;
use ipnet::IpNet;
use onegent_core::limit::Quota;
use onegent_core::request::Scenario;
use onegent_core::time::{Clock, SystemClock};
use onegent_engine::agent::{AgentConfig, SandboxOrigins};
use onegent_engine::browser::choice::BrowserChoice;
use onegent_engine::engine::{Database, OpenError, PostgresConfig};
use onegent_engine::mail::MailConfig;
use onegent_engine::oidc::ProviderConfig;
use onegent_engine::{Engine, EngineConfig};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::exit::Hinted;

/// The sandbox's stock and prices, unless another seed is named.
pub const SANDBOX_SEED: u64 = 20_260_101;

/// The file that names the console's address.
const CONSOLE_URL: &str = "console-url";

/// How long a stop waits for submits that are under way.
const GRACE: Duration = Duration::from_secs(20);

/// How long a refresh token that was just used may come again, unless told otherwise: real apps refresh from several
/// processes at once.
const REFRESH_GRACE: Duration = Duration::from_mins(2);

/// Where the record is, with the keys that belong to it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The folder of the keys, of what the sandbox took, and of the record, if that is a file.
    pub data_dir: PathBuf,
    /// A PostgreSQL database, in place of a file.
    pub database_url: Option<SecretString>,
}

impl From<PathBuf> for Place {
    /// A file in a folder.
    fn from(data_dir: PathBuf) -> Self {
        Self { data_dir, database_url: None }
    }
}

impl Place {
    /// The settings of an engine on it, with nothing but defaults.
    pub(crate) fn engine(&self, public_url: String) -> EngineConfig {
        let config = EngineConfig::new(database(&self.data_dir), public_url);
        match &self.database_url {
            None => config,
            Some(url) => {
                EngineConfig { database: Database::Postgres(PostgresConfig::new(url.clone())), ..config }
            }
        }
    }
}

/// What a node is made of.
#[derive(Debug, Clone)]
pub struct NodeConfig {
    /// Where the record is. The folder is made when it is not there.
    pub place: Place,
    /// Address of console, REST and MCP.
    pub listen: SocketAddr,
    /// The address under which people reach it, when it is not the one it listens on.
    pub public_url: Option<Url>,
    /// How many bookings run at once.
    pub workers: usize,
    /// How long a refresh token that was just used may come again. Zero: never.
    pub refresh_grace: Duration,
    /// How long pages at payment are kept open for a fast confirmation.
    pub hold_live: Duration,
    /// Where `test` keys book.
    pub sandbox: SandboxSource,
    /// What opens the booking sites.
    pub browser: BrowserChoice,
    /// Who may do how much, and how people sign in.
    pub access: AccessConfig,
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
    /// How many bookings one account may make a day, UTC.
    pub most_jobs_a_day: u64,
    /// How long guests' details are kept after their job ended.
    pub guest_retention: Duration,
    /// An OpenID Connect provider.
    pub provider: Option<ProviderConfig>,
    /// A mail server that sends invitations.
    pub mail: Option<MailConfig>,
}

impl Default for AccessConfig {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            account_rate: Some(Quota::new(60_000, Duration::from_mins(1))),
            most_open_jobs: 1_000,
            most_jobs_a_day: 10_000,
            guest_retention: Duration::from_hours(30 * 24),
            provider: None,
            mail: None,
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
            workers: 4,
            refresh_grace: REFRESH_GRACE,
            hold_live: Duration::ZERO,
            sandbox: SandboxSource::Own { port: 0, slow: SLOW },
            browser: BrowserChoice::default(),
            access: AccessConfig::default(),
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
    doors: CancellationToken,
    practice: CancellationToken,
    tasks: Vec<JoinHandle<anyhow::Result<()>>>,
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
        let mut tasks: Vec<_> = practising.into_iter().collect();
        let engine = Engine::open(EngineConfig {
            workers: config.workers,
            refresh_grace: config.refresh_grace,
            agent: AgentConfig {
                sandbox: Some(sandbox.clone()),
                playbooks: Some(data_dir.join("providers")).filter(|dir| dir.is_dir()),
                hold_live: config.hold_live,
                browser: config.browser,
            },
            clock: config.clock.clone(),
            most_open_jobs_of_account: config.access.most_open_jobs,
            most_jobs_a_day: config.access.most_jobs_a_day,
            guest_retention: config.access.guest_retention,
            provider: config.access.provider,
            mail: config.access.mail,
            ..config.place.engine(without_slash(&url))
        })
        .await
        .map_err(|error| opening(error, &config.place))?;
        engine.start().map_err(|error| opening(error, &config.place))?;
        let app = onegent_http::App {
            service: engine.clone(),
            desk: engine.clone(),
            authority: engine.clone(),
            accounts: engine.clone(),
            profiles: engine.clone(),
            trusted_proxies: config.access.trusted_proxies,
            account_rate: config.access.account_rate,
            state_key: Some(engine.subkey("states of MCP clients").into()),
            clock: config.clock,
            public_url: url.clone(),
            sandbox_url: Some(sandbox.sites.clone()),
        };
        let serve = onegent_http::serve(listener, onegent_http::router(app), doors.clone().cancelled_owned());
        tasks.push(tokio::spawn(async move { serve.await.context("the server stopped") }));
        remember(data_dir, &url)?;
        Ok(Self { engine, url, sandbox, doors, practice, tasks })
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
        let (ended, _which, _others) = tokio::select! {
            ended = select_all(&mut self.tasks) => ended,
            () = self.engine.failed() => return anyhow::anyhow!("the job machine stopped by itself"),
        };
        match ended {
            Ok(Ok(())) => anyhow::anyhow!("a part of the server stopped by itself"),
            Ok(Err(error)) => error,
            Err(error) => error.into(),
        }
    }

    /// Takes no more requests, gives running jobs back, waits for submits under way, and closes the database.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.doors.cancel();
        self.engine.shutdown(GRACE).await;
        // The practice sites last: a submit under way still needs them.
        self.practice.cancel();
        for task in self.tasks {
            task.await.context("a part of the server ended badly")??;
        }
        Ok(())
    }
}

/// Workers alone, on a record that other nodes serve.
#[derive(Debug)]
pub struct WorkerNode {
    engine: Arc<Engine>,
    practice: CancellationToken,
    practising: Option<JoinHandle<anyhow::Result<()>>>,
}

/// What workers need to know.
#[derive(Debug, Clone)]
pub struct WorkerConfig {
    /// Where the record is.
    pub place: Place,
    /// How many bookings run at once.
    pub concurrency: usize,
    /// Which ones.
    pub scenarios: Vec<Scenario>,
    /// The console's address.
    pub public_url: String,
    /// Where `test` keys book.
    pub sandbox: SandboxSource,
}

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
            agent: AgentConfig {
                sandbox: Some(sandbox),
                playbooks: Some(data_dir.join("providers")).filter(|dir| dir.is_dir()),
                ..AgentConfig::default()
            },
            ..config.place.engine(config.public_url)
        })
        .await
        .map_err(|error| opening(error, &config.place))?;
        engine.start().map_err(|error| opening(error, &config.place))?;
        Ok(Self { engine, practice, practising })
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
        Ok(())
    }
}

/// Works on the record's engine, without workers or edges, and closes the database behind it: a process that
/// ends without doing so may leave a journal beside it.
pub async fn with_engine<T>(
    place: &Place,
    work: impl AsyncFnOnce(&Engine) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let data_dir = &place.data_dir;
    if place.database_url.is_none() && !database(data_dir).is_file() {
        let hint = "`onegent serve` makes it; name the data directory that it uses with --data-dir";
        return Err(Hinted::new(format!("no Onegent data in {}", data_dir.display()), hint).into());
    }
    let url = remembered(data_dir).map_or_else(String::new, |url| without_slash(&url));
    let engine = Engine::open(place.engine(url)).await.map_err(|error| opening(error, place))?;
    let done = work(&engine).await;
    engine.shutdown(GRACE).await;
    done
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

pub(crate) fn prepare(place: &Place) -> anyhow::Result<()> {
    let data_dir = &place.data_dir;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.create(data_dir).and_then(|()| {
        // In a folder that was there before, others may look. SQLite gives its journals the database's own mode.
        private(&ledger(data_dir))?;
        if place.database_url.is_none() { private(&database(data_dir)) } else { Ok(()) }
    });
    made.map_err(|error| {
        let message = format!("can't use the data directory {}: {error}", data_dir.display());
        Hinted::new(message, "choose another with --data-dir").into()
    })
}

/// Makes a file that only its owner can read, unless it is there.
fn private(file: &std::path::Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Writes down where this data directory's console is, for `onegent sign-in-link`.
fn remember(data_dir: &std::path::Path, url: &Url) -> std::io::Result<()> {
    std::fs::write(data_dir.join(CONSOLE_URL), url.as_str())
}

/// Where this data directory's console was when its server was started last.
pub(crate) fn remembered(data_dir: &std::path::Path) -> Option<Url> {
    std::fs::read_to_string(data_dir.join(CONSOLE_URL)).ok()?.trim().parse().ok()
}

fn database(data_dir: &std::path::Path) -> PathBuf {
    data_dir.join("onegent.db")
}

fn ledger(data_dir: &std::path::Path) -> PathBuf {
    data_dir.join("sandbox-ledger.jsonl")
}

fn opening(error: onegent_engine::EngineError, place: &Place) -> anyhow::Error {
    let cause = |error| anyhow::Error::from(error);
    if place.database_url.is_some() {
        let hint = "is it up, and does ONEGENT_DATABASE_URL name user, host and database? Behind a public network it wants TLS";
        return Hinted::new(format!("can't open the PostgreSQL database: {:#}", cause(error)), hint).into();
    }
    let data_dir = &place.data_dir;
    let hint = if let onegent_engine::EngineError::Open(OpenError::InUse { .. }) = &error {
        "another `onegent serve` uses this data directory; stop it, or name another with --data-dir"
    } else {
        "the files may be damaged or of a newer version; restore them, or name another directory with --data-dir"
    };
    Hinted::new(format!("can't open the database in {}: {:#}", data_dir.display(), cause(error)), hint).into()
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
