//! A real worker that stands still at one step of a job, on PostgreSQL, until others have dealt with that job, and then
//! goes on.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use onegent_cli::node::{Node, NodeConfig, Place, SandboxSource};
use onegent_client::Client;
use onegent_core::audit::{AuditEvent, AuditKind};
use onegent_core::caller::{Caller, Credential, Environment, Scope};
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::port::{AuditQuery, BookingService as _};
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use onegent_core::text::Bounded;
use onegent_engine::fail_point::{self, FailPoint};
use onegent_sandbox::Ledger;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tokio::time::timeout;

use crate::person::Person;
use crate::process::{self, SandboxProcess, ServerProcess};
use crate::wish::{self, Wish};
use crate::world::{PATIENCE, caller, issue, ledger};

/// As short as a lease can be, in seconds.
const LEASE: &str = "5";
/// A lease, a permit of four leases, a look-up, and a busy machine.
const LONGEST: Duration = Duration::from_mins(3);

/// Where a worker stands still, and what has become of its job when it goes on.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Where.
    pub point: FailPoint,
    /// How often it came there before, and one.
    pub nth: u32,
    /// What has become of its job.
    pub meanwhile: Meanwhile,
}

/// What has become of the job of a worker that stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meanwhile {
    /// Another worker has it, and has come to this point.
    TakenOver(FailPoint),
    /// It is over.
    Over,
}

/// What was found in the end.
#[derive(Debug)]
pub struct Found {
    /// The job.
    pub job: Job,
    /// Its trail.
    pub trail: Vec<AuditEvent>,
    /// What the worker wrote after it woke; nobody else wrote then.
    pub written: Vec<AuditKind>,
    /// What the worker logged.
    pub log: String,
    /// How many bookings the site took for the job's guest.
    pub reservations: usize,
    /// How many charges and card holds.
    pub charges: usize,
    /// How many events of the trails disagree with their chain.
    pub faults: usize,
}

/// Lives through it: one database, one job, one server without workers, one worker that stands still, one more.
pub async fn stand_still(step: Step, sandbox: &SandboxProcess) -> anyhow::Result<Found> {
    let home = tempfile::Builder::new().prefix("onegent-frozen-").tempdir()?;
    let ground = Ground {
        data: home.path().join("data"),
        url: onegent_test_postgres::fresh()?,
        home: home.path().to_owned(),
        sandbox,
    };
    let server = ground.server().await?;
    let engine = server.engine();
    let key = issue(engine, Environment::Test, &Scope::ALL, &Scenario::ALL).await?;
    let person = Person::sign_in(server.url().clone(), server.sign_in_link().await?).await?;
    let client = Client::builder(&server.api_url()).api_key(key.clone()).build()?;
    let caller = caller(Credential::Forwarded(key.secret()))?;
    // Its site takes each submit anew, so that a second one shows.
    let wish = Wish::at(wish::entry("juniper-row")?).for_guest(&format!("{}-{}", step.point, step.nth));
    let id = client.create_job(&wish.create()?).await?.job.job_id;

    let watch = Watch { client: &client, caller: &caller, id };
    let (job, (written, log)) =
        timeout(LONGEST, async { tokio::try_join!(watch.to_its_end(person), ground.accident(step, &watch)) })
            .await
            .with_context(|| format!("{} did not come to its end", step.point))??;
    let trail = watch.trail().await?;
    let faults = engine.verify_audit(&[engine.audit_key()]).await?.problems.len();
    server.stop().await?;
    let Ledger { reservations, charges, .. } = ledger(&sandbox.origins.sites).await?;
    let guest = wish.guest();
    let of_guest =
        |records: Vec<onegent_sandbox::Record>| records.iter().filter(|record| record.guest == guest).count();
    Ok(Found {
        job,
        trail,
        written,
        log,
        reservations: of_guest(reservations),
        charges: of_guest(charges),
        faults,
    })
}

/// One job, as its caller sees it.
struct Watch<'a> {
    client: &'a Client,
    caller: &'a Caller,
    id: JobId,
}

impl Watch<'_> {
    /// Follows it, and confirms whatever it asks to be confirmed.
    async fn to_its_end(&self, mut person: Person) -> anyhow::Result<Job> {
        let mut cursor = 0;
        loop {
            let seen = self.client.watch(self.caller, self.id, cursor, PATIENCE).await?;
            cursor = seen.cursor;
            if seen.job.status == JobStatus::PausedPayment {
                person.confirm(&seen.job).await?;
            } else if seen.job.status.is_terminal() {
                return Ok(seen.job);
            }
        }
    }

    async fn is_over(&self) -> anyhow::Result<()> {
        let mut cursor = 0;
        loop {
            let seen = self.client.watch(self.caller, self.id, cursor, PATIENCE).await?;
            cursor = seen.cursor;
            if seen.job.status.is_terminal() {
                return Ok(());
            }
        }
    }

    async fn trail(&self) -> anyhow::Result<Vec<AuditEvent>> {
        let limit = Bounded::new(2000).context("within bounds")?;
        Ok(self.client.job_audit(self.id, AuditQuery { after: 0, limit }).await?.events)
    }
}

struct Ground<'a> {
    home: PathBuf,
    data: PathBuf,
    url: String,
    sandbox: &'a SandboxProcess,
}

impl Ground<'_> {
    async fn server(&self) -> anyhow::Result<Node> {
        let place = Place { data_dir: self.data.clone(), database_url: Some(self.url.clone().into()) };
        let sandbox = SandboxSource::Other(self.sandbox.origins.clone());
        Node::start(NodeConfig { workers: 0, sandbox, ..NodeConfig::loopback(place) }).await
    }

    /// A worker stands still; then another one begins, or has no need to; then the first goes on, and is told to stop, which
    /// it does once it has come to an end with what it had in hand.
    async fn accident(&self, step: Step, watch: &Watch<'_>) -> anyhow::Result<(Vec<AuditKind>, String)> {
        let first = self.worker(step.point, step.nth, "first.log").await?;
        stands_still(&first).await?;
        let second = match step.meanwhile {
            Meanwhile::TakenOver(point) => {
                let second = self.worker(point, 1, "second.log").await?;
                stands_still(&second).await?;
                Some(second)
            }
            Meanwhile::Over => {
                watch.is_over().await?;
                None
            }
        };
        let before = watch.trail().await?.len();
        go_on(&first)?;
        first.terminate().await?;
        let after = watch.trail().await?;
        // That the other one's lease runs out as well is written by the server.
        let written = after.iter().skip(before).map(|event| event.kind);
        let written = written.filter(|kind| *kind != AuditKind::WorkerLost).collect();
        if let Some(second) = second {
            go_on(&second)?;
            watch.is_over().await?;
            second.terminate().await?;
        }
        Ok((written, std::fs::read_to_string(self.home.join("first.log"))?))
    }

    async fn worker(&self, point: FailPoint, nth: u32, log: &str) -> anyhow::Result<ServerProcess> {
        let mut worker = process::command("onegent", &self.home).await?;
        let origins = &self.sandbox.origins;
        worker.args(["worker", "--json", "--concurrency", "1", "--lease-seconds", LEASE, "--data-dir"]);
        worker.arg(&self.data).args(["--sandbox-url", origins.sites.as_str()]);
        worker.args(["--sandbox-payments-url", origins.payments.as_str()]);
        worker.env("ONEGENT_DATABASE_URL", &self.url).env("ONEGENT_LOG", "warn");
        worker.env(fail_point::VARIABLE, format!("{point}:{nth}:freeze"));
        ServerProcess::logging(worker, std::fs::File::create(self.home.join(log))?).await
    }
}

fn process_of(worker: &ServerProcess) -> anyhow::Result<Pid> {
    let pid = worker.pid().context("the worker has ended")?;
    Pid::from_raw(i32::try_from(pid)?).context("no process has the number 0")
}

/// Waits until a child of ours was stopped by a signal.
async fn stands_still(worker: &ServerProcess) -> anyhow::Result<()> {
    let pid = process_of(worker)?;
    let either = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    let waited = tokio::task::spawn_blocking(move || waitid(WaitId::Pid(pid), either)).await??;
    ensure!(waited.is_some_and(|status| status.stopped()), "the worker ended before it came to its step");
    Ok(())
}

fn go_on(worker: &ServerProcess) -> anyhow::Result<()> {
    Ok(kill_process(process_of(worker)?, Signal::CONT)?)
}
