//! A whole server over a temporary folder, with the practice sites beside it.

use std::future::Future;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use onegent_cli::node::{AccessConfig, Node, NodeConfig, SANDBOX_SEED, SandboxSource};
use onegent_cli::outside::{self, Assistant};
use onegent_client::Client;
use onegent_core::audit::AuditEvent;
use onegent_core::caller::{Caller, Credential, Environment, Scope};
use onegent_core::id::{JobId, RequestId};
use onegent_core::job::Job;
use onegent_core::port::{ApiKey, AuditQuery, BookingService, JobFilter, KeyRequest};
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use onegent_core::text::Bounded;
use onegent_core::time::{Clock as _, SystemClock};
use onegent_engine::Engine;
use onegent_engine::agent::SandboxOrigins;
use onegent_engine::browser::choice::BrowserChoice;
use onegent_engine::browser::chromium::ChromiumConfig;
use onegent_sandbox::{Ledger, ServeConfig};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::clock::TurnedClock;
use crate::person::Person;
use crate::wish::Wish;

/// How long a test waits for anything before it fails.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// How long a page of a slow practice site takes here: long enough to be seen, short enough to wait for.
const SLOW: Duration = Duration::from_millis(40);

/// A server, the practice sites, and who uses them.
///
/// **Invariant:** a world exists only inside [`World::live`], which ends it after the test and fails when a job is
/// unfinished, an audit chain is broken or a task still runs. No test can forget that.
pub struct World {
    server: Option<Server>,
    /// The server's, through all its restarts: a session at the console is bound to it.
    port: u16,
    sites: Sites,
    folder: tempfile::TempDir,
    key: ApiKey,
    access: AccessConfig,
    browser: BrowserChoice,
    /// The server's clock.
    pub clock: Arc<TurnedClock>,
}

/// A running server and who calls it.
struct Server {
    node: Node,
    client: Client,
    assistant: Assistant,
}

/// The practice sites, in this process, apart from the server: they outlive its restarts.
struct Sites {
    origins: SandboxOrigins,
    stop: CancellationToken,
    task: JoinHandle<Result<(), onegent_sandbox::SandboxError>>,
}

impl World {
    /// Runs a test in a world of its own.
    pub async fn live(test: impl AsyncFnOnce(&mut Self) -> anyhow::Result<()>) -> anyhow::Result<()> {
        Self::live_under(AccessConfig::default(), test).await
    }

    /// The same under other limits.
    pub async fn live_under(
        access: AccessConfig,
        test: impl AsyncFnOnce(&mut Self) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut world = Self::start(access, BrowserChoice::default()).await?;
        test(&mut world).await?;
        world.finish().await
    }

    /// The same where every site is opened in Chromium, and pages are kept for people to take them over.
    pub async fn live_in_chromium(
        test: impl AsyncFnOnce(&mut Self) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let browser = BrowserChoice::Chromium(ChromiumConfig::default());
        let mut world = Self::start(AccessConfig::default(), browser).await?;
        test(&mut world).await?;
        world.finish().await
    }

    /// A world on free loopback ports.
    async fn start(access: AccessConfig, browser: BrowserChoice) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("onegent-world-").tempdir()?;
        let clock = Arc::new(TurnedClock::default());
        let sites = Sites::start().await?;
        let node = node(&folder, &sites, &clock, 0, (&access, &browser)).await?;
        let key = issue(node.engine(), Environment::Test, &Scope::ALL, &Scenario::ALL).await?;
        let port = node.url().port().context("a loopback URL names its port")?;
        let server = Some(Server::new(node, &key)?);
        Ok(Self { server, port, sites, folder, key, access, browser, clock })
    }

    /// The server.
    pub fn node(&self) -> anyhow::Result<&Node> {
        Ok(&self.server()?.node)
    }

    fn server(&self) -> anyhow::Result<&Server> {
        self.server.as_ref().context("the server is stopped")
    }

    /// The engine behind it.
    pub fn engine(&self) -> anyhow::Result<&Arc<Engine>> {
        Ok(self.node()?.engine())
    }

    /// A key that may do everything in the sandbox.
    pub fn key(&self) -> &ApiKey {
        &self.key
    }

    /// Another key of the same account.
    pub async fn issue(
        &self,
        environment: Environment,
        scopes: &[Scope],
        scenarios: &[Scenario],
    ) -> anyhow::Result<ApiKey> {
        issue(self.engine()?, environment, scopes, scenarios).await
    }

    /// An assistant over MCP, with the world's key.
    pub fn assistant(&self) -> anyhow::Result<&Assistant> {
        Ok(&self.server()?.assistant)
    }

    /// A program over REST, with the world's key.
    pub fn client(&self) -> anyhow::Result<&Client> {
        Ok(&self.server()?.client)
    }

    /// The world's key as a caller of the booking port.
    pub fn caller(&self) -> anyhow::Result<Caller> {
        caller(Credential::Forwarded(self.key.secret()))
    }

    /// The person who owns the account, freshly signed in.
    pub async fn person(&self) -> anyhow::Result<Person> {
        let node = self.node()?;
        Person::sign_in(node.url().clone(), node.sign_in_link().await?).await
    }

    /// Everything that the practice sites took, as anybody on this machine can read it.
    pub async fn ledger(&self) -> anyhow::Result<Ledger> {
        ledger(&self.sites.origins.sites).await
    }

    /// Where the practice sites are.
    pub fn sandbox(&self) -> &SandboxOrigins {
        &self.sites.origins
    }

    /// Where the server keeps its data.
    pub fn data_dir(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// Asks for a booking over MCP, and waits until the agent has come to rest with it.
    pub async fn book(&self, wish: &Wish) -> anyhow::Result<Job> {
        let queued: Job = self.assistant()?.call(&wish.tool(), &wish.arguments()).await?;
        ensure!(queued.status == JobStatus::Queued, "a tool answered {} instead of queued", queued.status);
        self.rest(queued.job_id).await
    }

    /// Waits until a job neither waits for the agent nor has it.
    pub async fn rest(&self, id: JobId) -> anyhow::Result<Job> {
        let resting = |job: &Job| !matches!(job.status, JobStatus::Queued | JobStatus::Running);
        self.until(id, resting).await
    }

    /// Follows a job over REST until `reached`.
    pub async fn until(&self, id: JobId, reached: impl Fn(&Job) -> bool) -> anyhow::Result<Job> {
        let client = self.client()?;
        let follow = async {
            let mut cursor = 0;
            loop {
                let seen = client.watch(&self.caller()?, id, cursor, PATIENCE).await?;
                if reached(&seen.job) {
                    return anyhow::Ok(seen.job);
                }
                cursor = seen.cursor;
            }
        };
        patiently(&format!("{id} to come to rest"), follow).await?
    }

    /// A job's whole audit trail.
    pub async fn trail(&self, id: JobId) -> anyhow::Result<Vec<AuditEvent>> {
        let limit = Bounded::new(2000).context("within bounds")?;
        Ok(self.client()?.job_audit(id, AuditQuery { after: 0, limit }).await?.events)
    }

    /// Stops the server as Ctrl-C does; the practice sites stay.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let server = self.server.take().context("the server is stopped")?;
        patiently("the server to stop", server.node.stop()).await?
    }

    /// Starts the server again over the same data, on the same port.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        let config = (&self.access, &self.browser);
        let node = node(&self.folder, &self.sites, &self.clock, self.port, config).await?;
        self.server = Some(Server::new(node, &self.key)?);
        Ok(())
    }

    /// Cancels what still waits for a person.
    pub async fn cancel_the_rest(&self) -> anyhow::Result<()> {
        for job in self.unfinished().await? {
            self.rest(job.job_id).await?;
            if self.client()?.job(job.job_id).await?.status.needs_person() {
                self.client()?.cancel_job(job.job_id).await?;
            }
        }
        Ok(())
    }

    async fn unfinished(&self) -> anyhow::Result<Vec<Job>> {
        let mut cursor = None;
        let mut unfinished = Vec::new();
        loop {
            let limit = Bounded::new(100).context("within bounds")?;
            let page =
                self.client()?.list_jobs(&JobFilter { status: None, scenario: None, limit, cursor }).await?;
            unfinished.extend(page.jobs.into_iter().filter(|job| !job.status.is_terminal()));
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(unfinished);
            }
        }
    }

    /// Ends the world, and fails when it is not at rest.
    async fn finish(mut self) -> anyhow::Result<()> {
        let open: Vec<_> =
            self.unfinished().await?.iter().map(|job| format!("{} {}", job.status, job.summary)).collect();
        let engine = self.engine()?;
        let audit = engine.verify_audit(&[engine.audit_key()]).await?;
        self.stop().await?;
        self.sites.stop.cancel();
        patiently("the practice sites to stop", &mut self.sites.task).await???;
        ensure!(open.is_empty(), "unfinished jobs: {}", open.join("; "));
        ensure!(audit.problems.is_empty(), "broken audit chains: {:?}", audit.problems);
        patiently("every task to end", nothing_runs()).await
    }
}

impl Server {
    fn new(node: Node, key: &ApiKey) -> anyhow::Result<Self> {
        let client = Client::builder(&node.api_url()).api_key(key.clone()).build()?;
        let assistant = Assistant::new(&node.mcp_url(), key)?;
        Ok(Self { node, client, assistant })
    }
}

impl Sites {
    async fn start() -> anyhow::Result<Self> {
        let sites = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let payments = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let origin =
            |listener: &TcpListener| anyhow::Ok(Url::parse(&format!("http://{}", listener.local_addr()?))?);
        let origins = SandboxOrigins { sites: origin(&sites)?, payments: origin(&payments)? };
        let stop = CancellationToken::new();
        let config = ServeConfig { seed: SANDBOX_SEED, ledger_path: None, slow: SLOW };
        let serve = onegent_sandbox::serve(sites, payments, config, stop.clone().cancelled_owned());
        Ok(Self { origins, stop, task: tokio::spawn(serve) })
    }
}

async fn node(
    folder: &tempfile::TempDir,
    sites: &Sites,
    clock: &Arc<TurnedClock>,
    port: u16,
    (access, browser): (&AccessConfig, &BrowserChoice),
) -> anyhow::Result<Node> {
    let loopback = NodeConfig::loopback(folder.path().join("data"));
    Node::start(NodeConfig {
        listen: (Ipv4Addr::LOCALHOST, port).into(),
        sandbox: SandboxSource::Other(sites.origins.clone()),
        clock: clock.clone(),
        access: access.clone(),
        browser: browser.clone(),
        takeover: Duration::from_mins(5),
        ..loopback
    })
    .await
}

/// A key of the owner's account.
pub(crate) async fn issue(
    engine: &Engine,
    environment: Environment,
    scopes: &[Scope],
    scenarios: &[Scenario],
) -> anyhow::Result<ApiKey> {
    let request = KeyRequest {
        name: "a test's".parse()?,
        environment,
        scopes: scopes.to_vec(),
        scenarios: scenarios.to_vec(),
        expires_at: None,
    };
    Ok(engine.create_key_for_owner(request).await?.secret)
}

/// A caller with a request id of its own.
pub fn caller(credential: Credential) -> anyhow::Result<Caller> {
    let mut random = [0; 10];
    getrandom::fill(&mut random)?;
    Ok(Caller { credential, request_id: RequestId::generate(SystemClock.now(), random) })
}

/// The ledger of practice sites at `sites`.
pub async fn ledger(sites: &Url) -> anyhow::Result<Ledger> {
    let answer = outside::http()?.get(sites.join("/_ledger")?).send().await?.error_for_status()?;
    Ok(answer.json().await?)
}

/// Waits, but not for ever.
pub async fn patiently<T>(what: &str, work: impl Future<Output = T>) -> anyhow::Result<T> {
    tokio::time::timeout(PATIENCE, work).await.with_context(|| format!("waited in vain for {what}"))
}

/// Until the runtime has no task left: connections close once their last user is gone.
async fn nothing_runs() {
    while tokio::runtime::Handle::current().metrics().num_alive_tasks() > 0 {
        tokio::task::yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wish;

    #[tokio::test]
    async fn a_world_notices_a_job_that_is_left_unfinished() {
        let left = World::live(async |world| {
            let job = world.book(&Wish::at(wish::entry("wren-court")?)).await?;
            ensure!(job.status == JobStatus::PausedPayment);
            Ok(())
        });
        let error = left.await.unwrap_err().to_string();
        assert!(error.contains("unfinished jobs: paused_payment Wren Court"), "{error}");
    }

    #[tokio::test]
    async fn a_world_notices_a_task_that_runs_on() {
        let task = tokio::spawn(std::future::pending::<()>());
        let noticed = tokio::time::timeout(Duration::from_millis(20), nothing_runs()).await;
        assert!(noticed.is_err());
        task.abort();
        assert!(patiently("the task to end", nothing_runs()).await.is_ok());
    }
}
