//! An engine in this process, as who embeds it has it: no HTTP around it.

use std::sync::Arc;
use std::time::Duration;

use onegent_core::caller::{Access, Caller, Credential, Environment, Reach, Scope};
use onegent_core::create::CreateJob;
use onegent_core::id::JobId;
use onegent_core::port::BookingService as _;
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use onegent_engine::engine::Database;
use onegent_engine::{Engine, EngineConfig};

use crate::wish::{self, Wish};
use crate::world;

/// More than any bench makes.
const NO_LIMIT: u64 = 1_000_000_000;
/// How long one look at a job may wait for the next change.
const LOOK: Duration = Duration::from_secs(30);

/// An engine over a new record, and who calls it. It knows no booking site, so a job that a worker takes ends at once:
/// what is measured is the machine around the agent.
#[derive(Clone)]
pub(super) struct Ground {
    pub(super) engine: Arc<Engine>,
    access: Access,
    wish: CreateJob,
}

impl Ground {
    /// Jobs queue until [`Engine::start`].
    pub(super) async fn new(
        folder: &std::path::Path,
        database: Database,
        workers: usize,
    ) -> anyhow::Result<Self> {
        let beside = EngineConfig::new(folder.join("onegent.db"), "http://127.0.0.1:4700");
        let engine = Engine::open(EngineConfig {
            database,
            workers,
            most_open_jobs: NO_LIMIT,
            most_open_jobs_of_account: NO_LIMIT,
            most_jobs_a_day: NO_LIMIT,
            ..beside
        })
        .await?;
        let access = Access {
            account: engine.owner(),
            person: engine.owner_person(),
            reach: Reach::Only(Environment::Live),
            scopes: Scope::ALL.to_vec(),
            scenarios: Scenario::ALL.to_vec(),
            key: None,
            names_sites: true,
        };
        let wish = Wish::at(wish::entry("carbone")?).create()?;
        Ok(Self { engine, access, wish })
    }

    /// On SQLite, in a folder.
    pub(super) async fn sqlite(folder: &std::path::Path, workers: usize) -> anyhow::Result<Self> {
        Self::new(folder, Database::Sqlite(folder.join("onegent.db")), workers).await
    }

    pub(super) fn caller(&self) -> anyhow::Result<Caller> {
        world::caller(Credential::Verified(self.access.clone()))
    }

    /// Asks for a booking; it is on disk when this answers.
    pub(super) async fn create(&self) -> anyhow::Result<JobId> {
        Ok(self.engine.create(&self.caller()?, self.wish.clone()).await?.job.job_id)
    }

    /// Until a job is no longer queued.
    pub(super) async fn begun(&self, id: JobId) -> anyhow::Result<()> {
        self.until(id, |status| status != JobStatus::Queued).await
    }

    /// Until a job has ended.
    pub(super) async fn ended(&self, id: JobId) -> anyhow::Result<()> {
        self.until(id, JobStatus::is_terminal).await
    }

    async fn until(&self, id: JobId, reached: impl Fn(JobStatus) -> bool) -> anyhow::Result<()> {
        let (caller, mut cursor) = (self.caller()?, 0);
        loop {
            let seen = self.engine.watch(&caller, id, cursor, LOOK).await?;
            if reached(seen.job.status) {
                return Ok(());
            }
            cursor = seen.cursor;
        }
    }
}
