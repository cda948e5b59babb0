//! Where nodes run: one database, one data directory, practice sites in a process of their own.

use std::path::PathBuf;
use std::time::Duration;

use onegent_client::Client;
use onegent_core::port::ApiKey;
use onegent_engine::fail_point::{self, FailPoint};
use onegent_test_postgres::{Disk, Server};
use tokio::process::Command;
use tokio::time::{Instant, sleep};
use url::Url;

use crate::cable::Cable;
use crate::process::{self, SandboxProcess, ServerProcess};
use crate::soak::chance::Chance;
use crate::soak::quiet_port;

/// How many API nodes there are.
pub(in crate::soak) const APIS: usize = 3;
/// Before somebody tries again where nobody answered.
pub(in crate::soak) const AGAIN: Duration = Duration::from_millis(300);

/// What does not change over a run.
pub(in crate::soak) struct Ground {
    pub(in crate::soak) home: tempfile::TempDir,
    pub(in crate::soak) data: PathBuf,
    pub(in crate::soak) url: String,
    pub(in crate::soak) sandbox: SandboxProcess,
    pub(in crate::soak) ports: [u16; APIS],
    /// Under which people reach the nodes, when that is not each one's own address.
    pub(in crate::soak) public: Option<Url>,
    /// For how long a node that is told to stop still takes requests.
    pub(in crate::soak) drain: Duration,
    socket: PathBuf,
}

/// Which node.
#[derive(Debug, Clone, Copy)]
pub(in crate::soak) enum Role {
    Api(usize),
    Worker,
}

pub(in crate::soak) struct Node {
    pub(in crate::soak) role: Role,
    pub(in crate::soak) process: ServerProcess,
    /// A worker's way to the database.
    pub(in crate::soak) cable: Option<Cable>,
}

impl Ground {
    /// With a PostgreSQL that keeps what it says it keeps.
    pub(in crate::soak) async fn new(chance: &mut Chance) -> anyhow::Result<(Self, Server)> {
        let home = tempfile::Builder::new().prefix("onegent-nodes-").tempdir()?;
        let data = home.path().join("data");
        let postgres = Server::start(Disk::Durable)?;
        let (url, socket) = (postgres.database()?, postgres.socket());
        let sandbox = SandboxProcess::start(home.path()).await?;
        let ports = [quiet_port(chance)?, quiet_port(chance)?, quiet_port(chance)?];
        let (public, drain) = (None, Duration::ZERO);
        Ok((Self { home, data, url, sandbox, ports, public, drain, socket }, postgres))
    }

    pub(in crate::soak) async fn start(
        &self,
        role: Role,
        fate: Option<(FailPoint, u32)>,
    ) -> anyhow::Result<Node> {
        let (mut command, url, cable) = match role {
            Role::Api(nth) => (self.api(self.ports[nth]).await?, self.url.clone(), None),
            Role::Worker => {
                let cable = Cable::to(&self.socket).await?;
                let url = onegent_test_postgres::over(&self.url, cable.port())?;
                (self.worker().await?, url, Some(cable))
            }
        };
        command.env("ONEGENT_DATABASE_URL", url).env("ONEGENT_LOG", "off");
        if let Some((point, nth)) = fate {
            command.env(fail_point::VARIABLE, format!("{point}:{nth}"));
        }
        Ok(Node { role, process: ServerProcess::from_command(command).await?, cable })
    }

    async fn api(&self, port: u16) -> anyhow::Result<Command> {
        let origins = &self.sandbox.origins;
        let mut serve = ServerProcess::command(self.home.path(), &self.data, origins, port).await?;
        serve.args(["--no-workers", "--drain-seconds", &self.drain.as_secs().to_string()]);
        if let Some(public) = &self.public {
            serve.args(["--public-url", public.as_str()]);
        }
        Ok(serve)
    }

    async fn worker(&self) -> anyhow::Result<Command> {
        let mut worker = process::command("onegent", self.home.path()).await?;
        let origins = &self.sandbox.origins;
        worker.args(["worker", "--json", "--concurrency", "3", "--data-dir"]).arg(&self.data);
        worker.args(["--sandbox-url", origins.sites.as_str()]);
        worker.args(["--sandbox-payments-url", origins.payments.as_str()]);
        Ok(worker)
    }

    /// Starts it until it is up: the database may be away just now, and a fail point may be on its way.
    pub(in crate::soak) async fn start_again(
        &self,
        role: Role,
        fate: Option<(FailPoint, u32)>,
    ) -> anyhow::Result<Node> {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            match self.start(role, fate).await {
                Ok(node) => return Ok(node),
                Err(error) if Instant::now() > until => return Err(error.context("a node does not start")),
                Err(_not_yet) => sleep(AGAIN).await,
            }
        }
    }

    pub(in crate::soak) fn clients(&self, key: &ApiKey) -> anyhow::Result<Vec<Client>> {
        let client = |port| {
            Ok(Client::builder(&format!("http://127.0.0.1:{port}/api/v1")).api_key(key.clone()).build()?)
        };
        self.ports.iter().map(client).collect()
    }
}
