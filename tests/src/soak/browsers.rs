//! Many bookings at once in one Chromium, which is killed meanwhile: none is lost and none is made twice, and what it
//! costs is measured.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures_util::future::join_all;
use onegent_client::Client;
use onegent_core::audit::AuditKind;
use onegent_core::caller::Credential;
use onegent_core::id::JobId;
use onegent_core::port::{ApiKey, AuditQuery, BookingService as _};
use onegent_core::status::JobStatus;
use onegent_core::text::Bounded;
use serde::Serialize;
use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout};

use super::check::Violation;
use crate::process::{SandboxProcess, ServerProcess};
use crate::wish::{self, Wish};
use crate::world::{caller, ledger};

/// Between two looks at the memory.
const LOOK: Duration = Duration::from_millis(500);
/// How long one watch lasts.
const WATCH: Duration = Duration::from_secs(20);
/// A booking that takes longer is lost.
const LONGEST: Duration = Duration::from_mins(10);
/// What a browser is told by whoever started it, and its own children are not.
const BROWSER: &str = "--remote-debugging-pipe";

/// How many, and how often the browser dies.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Bookings, all under way at once.
    pub jobs: usize,
    /// Kills of the browser.
    pub kills: u32,
    /// Between two of them.
    pub every: Duration,
}

/// What came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Crowded {
    /// How the bookings ended.
    pub ended: BTreeMap<String, usize>,
    /// How often the browser was killed.
    pub kills: u32,
    /// From the first request to the last end.
    pub seconds: f64,
    /// Pages read.
    pub pages: usize,
    /// Of server and browser together, shared pages counted once (PSS), in MiB.
    pub peak_mib: u64,
    /// What must never happen, and did.
    pub violations: Vec<Violation>,
}

impl fmt::Display for Crowded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ended.iter().try_for_each(|(how, often)| writeln!(f, "{how:<28} {often:>8}"))?;
        writeln!(f, "browser killed               {:>8}", self.kills)?;
        writeln!(f, "seconds                      {:>8.1}", self.seconds)?;
        writeln!(f, "pages read                   {:>8}", self.pages)?;
        #[expect(clippy::cast_precision_loss, reason = "a few thousand pages")]
        let pace = self.pages as f64 / self.seconds;
        writeln!(f, "pages a second               {pace:>8.2}")?;
        writeln!(f, "peak memory, MiB             {:>8}", self.peak_mib)?;
        self.violations.iter().try_for_each(|one| writeln!(f, "VIOLATION {one:?}"))
    }
}

/// Books free tables, each for a guest of its own.
pub async fn run(plan: Plan) -> anyhow::Result<Crowded> {
    let home = tempfile::Builder::new().prefix("onegent-soak-").tempdir()?;
    let sandbox = SandboxProcess::start(home.path()).await?;
    let mut serve =
        ServerProcess::command(home.path(), &home.path().join("data"), &sandbox.origins, 0).await?;
    serve.args(["--browser", "chromium", "--workers", &plan.jobs.to_string()]).env("ONEGENT_LOG", "error");
    let server = ServerProcess::from_command(serve).await?;
    let root = server.pid().context("the server runs")?;
    let key = server.first_key()?;
    let client = server.client(&key)?;

    let entry = wish::entry("carbone")?;
    let wishes: Vec<_> =
        (0..plan.jobs).map(|nth| Wish::at(entry).for_guest(&format!("crowd-{nth}"))).collect();
    let begun = Instant::now();
    let lives = join_all(wishes.iter().map(|wish| one(&client, &key, wish)));
    let (lives, kills, peak) = {
        let mut peak = 0;
        let mut kills = 0;
        let measured = async {
            loop {
                peak = peak.max(memory(root));
                sleep(LOOK).await;
            }
        };
        let killed = async {
            while kills < plan.kills {
                sleep(plan.every).await;
                kills += u32::from(kill_browser(root).await);
            }
            std::future::pending::<()>().await;
        };
        let lives = tokio::select! {
            lives = timeout(LONGEST, lives) => lives.ok(),
            _never = async { tokio::join!(measured, killed) } => None,
        };
        (lives.context("some bookings never came to rest")?, kills, peak)
    };
    let seconds = begun.elapsed().as_secs_f64();
    let taken = ledger(&sandbox.origins.sites).await?;
    let mut said =
        Crowded { ended: BTreeMap::new(), kills, seconds, pages: 0, peak_mib: peak, violations: Vec::new() };
    for (wish, life) in wishes.iter().zip(lives) {
        let of_guest = taken.reservations.iter().filter(|record| record.guest == wish.guest()).count();
        let what = match life {
            Ok((status, pages)) => {
                said.pages += pages;
                *said.ended.entry(status.to_string()).or_default() += 1;
                match (status, of_guest) {
                    (JobStatus::Done, 1) | (JobStatus::Error, 0 | 1) => continue,
                    (status, taken) => anyhow::anyhow!("it is {status}, and the site took {taken}"),
                }
            }
            Err(error) => error,
        };
        said.violations.push(Violation::unsettled(&wish.email, &what));
    }
    server.kill().await?;
    sandbox.stop().await?;
    Ok(said)
}

/// Asks for one booking and follows it to its end. Answers how it ended, and how many pages were read for it.
async fn one(client: &Client, key: &ApiKey, wish: &Wish) -> anyhow::Result<(JobStatus, usize)> {
    let caller = caller(Credential::Forwarded(key.secret()))?;
    let job: JobId = client.create(&caller, wish.create()?).await?.job.job_id;
    let mut cursor = 0;
    let status = loop {
        let seen = client.watch(&caller, job, cursor, WATCH).await?;
        if seen.job.status.is_terminal() {
            break seen.job.status;
        }
        cursor = seen.cursor;
    };
    let whole = AuditQuery { after: 0, limit: Bounded::new(2000).context("within the limit")? };
    let trail = client.audit(&caller, job, whole).await?;
    let pages = trail.events.iter().filter(|event| event.kind == AuditKind::PageObserved).count();
    ensure!(pages > 0, "no page was read");
    Ok((status, pages))
}

/// The processes under `root`, itself among them.
fn family(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    let numbered = fs::read_dir("/proc").into_iter().flatten().flatten();
    for pid in numbered.filter_map(|entry| entry.file_name().to_str()?.parse().ok()) {
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        // The name before the parent may hold anything, in brackets (proc(5)).
        let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok());
        children.entry(parent.unwrap_or(0)).or_default().push(pid);
    }
    let mut family = vec![root];
    let mut at = 0;
    while let Some(pid) = family.get(at).copied() {
        family.extend(children.remove(&pid).unwrap_or_default());
        at += 1;
    }
    family
}

/// In MiB, by `smaps_rollup`, which counts shared pages in parts (proc(5)).
fn memory(root: u32) -> u64 {
    let pss = |pid: u32| -> Option<u64> {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.split_whitespace().next()?.parse().ok()
    };
    family(root).into_iter().filter_map(pss).sum::<u64>() / 1024
}

/// `kill -9` of the browser that runs under `root`, if one does.
async fn kill_browser(root: u32) -> bool {
    let is_browser = |pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.contains(BROWSER) && !line.contains("--type=")
    };
    let Some(browser) = family(root).into_iter().find(is_browser) else { return false };
    let sent = Command::new("kill").args(["-KILL", &browser.to_string()]).status().await;
    sent.is_ok_and(|status| status.success())
}
