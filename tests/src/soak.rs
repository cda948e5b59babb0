//! Kills the real server again and again, at random and between every two steps, and counts what the sites took.
//!
//! The practice sites run in a process of their own that lives through everything: their ledger is the truth. Callers
//! repeat what was not answered under the same idempotency key, a person confirms, declines and hesitates, and in the
//! end [`check`](check::check) compares what was accepted, confirmed and said with what was taken.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures_util::future::join_all;
use jiff::Timestamp;
use onegent_core::port::ApiKey;
use onegent_core::time::{Clock as _, SystemClock};
use onegent_engine::fail_point::{self, FailPoint};
use onegent_sandbox::Ledger;
use tokio::sync::Mutex;

use crate::person::Person;
use crate::process::{self, Refusal, SandboxProcess, ServerProcess};

pub mod browsers;
mod chance;
pub mod check;
pub mod frozen;
pub mod nodes;
mod report;
pub mod rolling;
mod settle;
mod uptime;
mod wanted;

pub use report::Report;

use chance::Chance;
use check::{Tally, Violation};
use uptime::Uptime;
use wanted::Wanted;

/// A server that is killed at random dies within this time.
const RANDOM: Duration = Duration::from_millis(1500);
/// A server that does not come to its fail point is killed after this time.
const LONGEST: Duration = Duration::from_secs(3);
/// How much the server's journal can still grow on a full disk: some writes succeed, and soon none does.
const LAST_ROOM: u64 = 96;
/// How many jobs are followed at a time; all of them are in the end.
const FOLLOWED: usize = 12;

/// How a server is to die.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// `kill -9` after this time.
    AtRandom(Duration),
    /// By itself, when it comes to the point for the n-th time.
    At(FailPoint, u32),
    /// Its disk runs full, which it survives; then `kill -9`.
    FullDisk,
}

/// A soak under way.
pub struct Soak {
    home: tempfile::TempDir,
    data: PathBuf,
    sandbox: SandboxProcess,
    port: u16,
    key: ApiKey,
    person: Mutex<Person>,
    jobs: Vec<Wanted>,
    chance: Chance,
    seed: u64,
    cycles: u32,
    deaths: BTreeMap<String, u32>,
    violations: Vec<Violation>,
}

impl Soak {
    /// Practice sites, a data directory, and somebody signed in.
    pub async fn begin(seed: u64) -> anyhow::Result<Self> {
        let home = tempfile::Builder::new().prefix("onegent-soak-").tempdir()?;
        let data = home.path().join("data");
        let sandbox = SandboxProcess::start(home.path()).await?;
        let mut chance = Chance::new(seed);
        let port = quiet_port(&mut chance)?;
        let serve = ServerProcess::command(home.path(), &data, &sandbox.origins, port).await?;
        let server = ServerProcess::from_command(serve).await?;
        let (key, person) = (server.first_key()?, Mutex::new(server.person().await?));
        server.kill().await?;
        Ok(Self {
            home,
            data,
            sandbox,
            port,
            key,
            person,
            jobs: Vec::new(),
            chance,
            seed,
            cycles: 0,
            deaths: BTreeMap::new(),
            violations: Vec::new(),
        })
    }

    /// Starts the server over what the last one left, lives with it, and has it killed.
    pub async fn cycle(&mut self) -> anyhow::Result<()> {
        let fate = self.fate();
        self.cycle_to(fate).await
    }

    /// The same where the server's disk runs full before it is killed.
    pub async fn cycle_on_a_full_disk(&mut self) -> anyhow::Result<()> {
        self.cycle_to(Fate::FullDisk).await
    }

    async fn cycle_to(&mut self, fate: Fate) -> anyhow::Result<()> {
        self.cycles += 1;
        for _wish in 0..=self.chance.below(3) {
            let wanted = Wanted::draw(&mut self.chance, self.jobs.len())?;
            self.jobs.push(wanted);
        }
        let since = SystemClock.now();
        let how = match (self.serve(Some(fate)).await, fate) {
            (Ok(server), _) => self.live(server, fate, since).await?,
            (Err(error), Fate::FullDisk) if error.is::<Refusal>() => {
                "by a full disk, at its start".to_owned()
            }
            // It died before it could say that it is up: what was left over led it there.
            (Err(silent), Fate::At(point, _)) if !silent.is::<Refusal>() => format!("at {point}"),
            (Err(error), _) => return Err(error.context("the server does not start")),
        };
        *self.deaths.entry(how).or_default() += 1;
        Ok(())
    }

    /// Ends before its time. The report says why, beside all else that was found.
    pub fn break_off(&mut self, why: &anyhow::Error) {
        self.violations.push(Violation::unsettled(&format!("cycle {}", self.cycles), why));
    }

    /// Lets everything come to rest and says what was found, also where a step of that fails. What a broken rule was
    /// found in is kept on disk.
    pub async fn finish(mut self) -> Report {
        let known = settle::settle(&mut self).await;
        let refused_on_full_disk = self.jobs.iter().map(|wanted| wanted.refused).sum();
        let (tally, found) = match &known.ledger {
            Some(ledger) if known.facts.len() == self.jobs.len() => check::check(&known.facts, ledger),
            // Half of it proves nothing; a violation says what is missing.
            Some(_) | None => (Tally { accepted: known.facts.len(), ..Tally::default() }, Vec::new()),
        };
        let Self { home, seed, cycles, deaths, sandbox, mut violations, .. } = self;
        violations.extend(found);
        violations.extend(known.violations);
        if let Err(error) = sandbox.stop().await {
            violations.push(Violation::unsettled("the practice sites' stop", &error));
        }
        let kept = (!violations.is_empty()).then(|| keep(home, known.ledger.as_ref()));
        Report { seed, cycles, deaths, refused_on_full_disk, tally, violations, kept }
    }

    /// Every third cycle ends at random, now and then one on a full disk, the others at the fail points in turn.
    fn fate(&mut self) -> Fate {
        if self.cycles % 3 == 2 {
            if self.cycles % 10 == 8 {
                return Fate::FullDisk;
            }
            return Fate::AtRandom(self.chance.moment(RANDOM));
        }
        let turn = (self.cycles - self.cycles / 3) as usize;
        let point = FailPoint::ALL[turn % FailPoint::ALL.len()];
        let often = match point {
            // Each step of each job writes.
            FailPoint::BeforeCommit | FailPoint::AfterCommit => 60,
            FailPoint::AfterCreate
            | FailPoint::AfterClaim
            | FailPoint::BeforePause
            | FailPoint::AfterPause
            | FailPoint::AfterConfirm
            | FailPoint::AfterClaimConfirmed
            | FailPoint::BeforePermit
            | FailPoint::AfterPermit
            | FailPoint::AfterSend
            | FailPoint::BeforeOutcome
            | FailPoint::AfterOutcome
            | FailPoint::BeforeReconcile
            | FailPoint::AfterReconcile => 2,
        };
        Fate::At(point, 1 + self.chance.below(often))
    }

    async fn serve(&self, fate: Option<Fate>) -> anyhow::Result<ServerProcess> {
        let mut command =
            ServerProcess::command(self.home.path(), &self.data, &self.sandbox.origins, self.port).await?;
        command.env("ONEGENT_LOG", "error");
        match fate {
            Some(Fate::At(point, nth)) => {
                command.env(fail_point::VARIABLE, format!("{point}:{nth}"));
            }
            Some(Fate::FullDisk) => {
                let journal =
                    std::fs::metadata(self.data.join("onegent.db-wal")).map_or(0, |file| file.len());
                command.env("ONEGENT_LOG", "off");
                command = process::on_a_full_disk(&command, journal / 1024 + LAST_ROOM);
            }
            Some(Fate::AtRandom(_)) | None => {}
        }
        ServerProcess::from_command(command).await
    }

    /// One more wish on a disk that is full by now.
    async fn ask_in_vain(&mut self, server: &ServerProcess, since: Timestamp) -> anyhow::Result<()> {
        let mut wanted = Wanted::draw(&mut self.chance, self.jobs.len())?;
        let up = Uptime::of(server, &self.key, &self.person, since, true)?;
        // Whether it was refused, and how, is kept with the wish.
        drop(wanted.accepted(&up).await);
        self.jobs.push(wanted);
        Ok(())
    }

    /// Callers and the person go about their business until the server dies.
    async fn live(
        &mut self,
        mut server: ServerProcess,
        fate: Fate,
        since: Timestamp,
    ) -> anyhow::Result<String> {
        let again = self.chance.below(u32::try_from(self.jobs.len()).unwrap_or(u32::MAX)) as usize;
        let full_disk = matches!(fate, Fate::FullDisk);
        let up = Uptime::of(&server, &self.key, &self.person, since, full_disk)?;
        let newest_first = self.jobs.iter_mut().enumerate().rev();
        let moving = newest_first.filter(|(place, wanted)| wanted.moves() || *place == again);
        // An answer that does not come is what a kill leaves; what can't be explained so is kept with the wish.
        let lives = join_all(moving.take(FOLLOWED).map(async |(place, wanted)| {
            if place == again {
                wanted.accepted(&up).await?;
            }
            wanted.live(&up).await
        }));
        match fate {
            Fate::FullDisk => {
                drop(tokio::time::timeout(LONGEST, lives).await);
                self.ask_in_vain(&server, since).await?;
                server.kill().await?;
                Ok("on a full disk".to_owned())
            }
            Fate::AtRandom(after) => {
                let calm = async {
                    drop(lives.await);
                    std::future::pending::<()>().await;
                };
                tokio::select! {
                    ended = server.ended() => anyhow::bail!("the server ended by itself: {}", ended?),
                    _over = tokio::time::timeout(after, calm) => {}
                }
                server.kill().await?;
                Ok("at random".to_owned())
            }
            Fate::At(point, _) => {
                tokio::select! {
                    ended = server.ended() => {
                        let ended = ended?;
                        ensure!(ended.code().is_none(), "instead of dying at {point} it ended with {ended}");
                        return Ok(format!("at {point}"));
                    }
                    _over = tokio::time::timeout(LONGEST, lives) => {}
                }
                server.kill().await?;
                Ok("without coming to its fail point".to_owned())
            }
        }
    }
}

/// Leaves the data directory where it is, with the sites' ledger beside it.
fn keep(home: tempfile::TempDir, ledger: Option<&Ledger>) -> PathBuf {
    let home = home.keep();
    if let Some(ledger) = ledger.and_then(|ledger| serde_json::to_vec_pretty(ledger).ok()) {
        // What can't be written is in the report as well, in short.
        drop(std::fs::write(home.join("ledger.json"), ledger));
    }
    home
}

/// A port that stays free between two servers: below those that systems give to connections. The person's session, which
/// is bound to it, lives through all restarts.
fn quiet_port(chance: &mut Chance) -> anyhow::Result<u16> {
    const TRIES: u32 = 100;
    let mut ports = (0..TRIES).map(|_try| 20_000 + u16::try_from(chance.below(10_000)).unwrap_or_default());
    let free = ports.find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok());
    free.context("no free port")
}
