//! Three API nodes and four workers on one PostgreSQL, of which one after the other is killed, frozen, cut off from the
//! database or made to die at a fail point, while the database crashes now and then. Callers and a person go about their
//! business meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use onegent_client::Client;
use onegent_core::port::ApiKey;
use onegent_engine::fail_point::FailPoint;
use onegent_test_postgres::Server;
use serde_json::Value;
use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};

use super::chance::Chance;
use super::check::{self, Rule, Violation};
use super::report::Report;
use super::settle::known;
use super::uptime::Uptime;
use super::wanted::Wanted;
use super::{RANDOM, keep};
use crate::person::Person;
use crate::process::{self, ServerProcess};
use crate::world::ledger;

pub(super) mod ground;

use ground::{AGAIN, APIS, Ground, Node, Role};

const WORKERS: usize = 4;
/// Longer than a lease: who comes back from this has lost its jobs.
const AWAY: Duration = Duration::from_secs(40);
/// How long jobs may take to rest after the last accident: permits have to run out, and sites to be asked.
const TAIL: Duration = Duration::from_mins(5);

/// What a run is like.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Where chance begins.
    pub seed: u64,
    /// For how long accidents happen.
    pub lasts: Duration,
    /// How long it is from one to the next.
    pub every: Duration,
    /// How many jobs are asked for, over that time.
    pub jobs: usize,
    /// How often the database crashes.
    pub crashes: u32,
}

/// What becomes of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Killed,
    /// For longer than a lease.
    Frozen,
    /// It runs on, and hears and says nothing for longer than a lease.
    CutOff,
}

/// Lives through a run and says what was found.
pub async fn run(plan: Plan) -> anyhow::Result<Report> {
    let mut chance = Chance::new(plan.seed);
    let (ground, mut postgres) = Ground::new(&mut chance).await?;

    let first = ground.start(Role::Api(0), None).await?;
    let (key, person) = (first.process.first_key()?, Mutex::new(first.process.person().await?));
    let mut nodes = vec![first];
    for nth in 1..APIS {
        nodes.push(ground.start(Role::Api(nth), None).await?);
    }
    for _ in 0..WORKERS {
        nodes.push(ground.start(Role::Worker, None).await?);
    }

    let clients = ground.clients(&key)?;
    let mut jobs =
        (0..plan.jobs).map(|n| Wanted::draw(&mut chance, n)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut deaths = BTreeMap::new();
    let over = Instant::now() + plan.lasts + TAIL;
    let mut violations = {
        let lives = jobs.iter_mut().map(|wanted| {
            let begins = chance.moment(plan.lasts * 4 / 5);
            let turn = chance.below(u32::try_from(APIS).unwrap_or(1)) as usize;
            one_life(wanted, begins, (&clients, turn), (&key, &person), over)
        });
        let lives = join_all(lives.collect::<Vec<_>>());
        let accidents = accidents(&ground, &mut nodes, &mut postgres, plan, chance.clone(), &mut deaths);
        let (violations, accidents) = tokio::join!(lives, accidents);
        accidents?;
        violations.into_iter().flatten().collect::<Vec<_>>()
    };

    let mut facts = Vec::with_capacity(jobs.len());
    for wanted in &jobs {
        facts.push(known(wanted, &clients[0]).await?);
    }
    for wanted in &mut jobs {
        violations.extend(wanted.surprises.drain(..).map(|what| Violation {
            rule: Rule::Surprise,
            whose: wanted.wish.email.clone(),
            what,
        }));
    }
    violations.extend(verify(&ground, facts.len()).await?);
    // In earnest they are told to stop one after the other; here all of them at once is quicker.
    for stopped in join_all(nodes.into_iter().map(|node| node.process.terminate())).await {
        stopped?;
    }
    let ledger = ledger(&ground.sandbox.origins.sites).await?;
    let (tally, broken) = check::check(&facts, &ledger);
    violations.extend(broken);
    ground.sandbox.stop().await?;
    let cycles = deaths.values().sum();
    let kept = (!violations.is_empty()).then(|| keep(ground.home, Some(&ledger)));
    Ok(Report { seed: plan.seed, cycles, deaths, refused_on_full_disk: 0, tally, violations, kept })
}

/// Follows one job from its wish to its rest, at whichever node answers.
pub(super) async fn one_life(
    wanted: &mut Wanted,
    begins: Duration,
    (clients, mut turn): (&[Client], usize),
    (key, person): (&ApiKey, &Mutex<Person>),
    over: Instant,
) -> Option<Violation> {
    sleep(begins).await;
    let mut last = String::from("nobody answered");
    while Instant::now() < over {
        turn = (turn + 1) % clients.len();
        // Nobody is given up here: every job is followed until it rests.
        let (client, since) = (clients[turn].clone(), Timestamp::MIN);
        let up = Uptime { client, key, person, since, may_refuse: true };
        match timeout(Duration::from_secs(20), wanted.live(&up)).await {
            Ok(Ok(())) => return None,
            Ok(Err(error)) => last = format!("{error:#}"),
            Err(_elapsed) => "it did not come to rest".clone_into(&mut last),
        }
        sleep(AGAIN).await;
    }
    Some(Violation { rule: Rule::LostJob, whose: wanted.wish.email.clone(), what: last })
}

/// Kills and freezes nodes, and starts others in their place; crashes the database now and then.
async fn accidents(
    ground: &Ground,
    nodes: &mut Vec<Node>,
    postgres: &mut Server,
    plan: Plan,
    mut chance: Chance,
    deaths: &mut BTreeMap<String, u32>,
) -> anyhow::Result<()> {
    let begun = Instant::now();
    let over = begun + plan.lasts;
    let mut crashed = 0;
    let mut away = FuturesUnordered::new();
    while Instant::now() < over {
        sleep(plan.every).await;
        if crashed < plan.crashes && begun.elapsed() >= plan.lasts * (crashed + 1) / (plan.crashes + 1) {
            crashed += 1;
            postgres.crash()?;
            *deaths.entry("the database".to_owned()).or_default() += 1;
            continue;
        }
        let place = chance.below(u32::try_from(nodes.len()).unwrap_or(u32::MAX)) as usize;
        let node = nodes.swap_remove(place);
        let role = node.role;
        let end = match role {
            Role::Api(_) => End::Killed,
            Role::Worker => {
                *chance.pick(&[End::Killed, End::Frozen, End::CutOff]).context("there are three")?
            }
        };
        match end {
            End::Killed => {
                node.process.kill().await?;
            }
            End::Frozen | End::CutOff => {
                match &node.cable {
                    Some(cable) if end == End::CutOff => cable.cut(),
                    _ => signal(&node.process, "STOP").await?,
                }
                away.push(async move {
                    sleep(AWAY).await;
                    back(node, end).await
                });
            }
        }
        // Each third new worker dies by itself, at one of the steps of a job.
        let fate = (matches!(role, Role::Worker) && chance.one_in(3)).then(|| {
            let points = FailPoint::ALL.get(3..).unwrap_or_default();
            (chance.pick(points).copied().unwrap_or(FailPoint::AfterSend), 1 + chance.below(2))
        });
        nodes.push(ground.start_again(role, fate).await?);
        let name = match (role, end) {
            (Role::Api(_), _) => "an API node",
            (Role::Worker, End::Killed) => "a worker",
            (Role::Worker, End::Frozen) => "a worker, frozen and thawed",
            (Role::Worker, End::CutOff) => "a worker, cut off from the database and back",
        };
        *deaths.entry(name.to_owned()).or_default() += 1;
        sleep(chance.moment(RANDOM)).await;
    }
    while let Some(came_back) = away.next().await {
        came_back?;
    }
    // Those that died by themselves are replaced, and nobody else dies.
    for node in std::mem::take(nodes) {
        let mut process = node.process;
        let alive = timeout(Duration::ZERO, process.ended()).await.is_err();
        if alive && matches!(node.role, Role::Api(_)) {
            nodes.push(Node { role: node.role, process, cable: node.cable });
        } else {
            if alive {
                process.kill().await?;
            }
            nodes.push(ground.start_again(node.role, None).await?);
        }
    }
    Ok(())
}

/// Brings a worker back that was away for longer than its leases, lets it see what has become of its jobs, and stops it.
async fn back(node: Node, end: End) -> anyhow::Result<()> {
    match (end, &node.cable) {
        (End::Frozen, _) => signal(&node.process, "CONT").await?,
        (End::CutOff, Some(cable)) => cable.mend(),
        (End::Killed, _) | (End::CutOff, None) => return Ok(()),
    }
    sleep(Duration::from_secs(3)).await;
    // A worker that saw its leases gone may have stopped by itself.
    node.process.kill().await
}

async fn signal(process: &ServerProcess, name: &str) -> anyhow::Result<()> {
    let pid = process.pid().context("the process has ended")?;
    let sent = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().await?;
    ensure!(sent.success(), "can't send {name} to {pid}");
    Ok(())
}

/// `onegent audit verify` on the database.
pub(super) async fn verify(ground: &Ground, accepted: usize) -> anyhow::Result<Option<Violation>> {
    let mut verify = process::command("onegent", ground.home.path()).await?;
    verify.args(["audit", "verify", "--json", "--data-dir"]).arg(&ground.data);
    verify.env("ONEGENT_DATABASE_URL", &ground.url);
    let output = process::run(verify).await?;
    let said: Value = serde_json::from_slice(&output.stdout).context("audit verify said no JSON")?;
    let fine = output.status.success() && said["jobs"].as_u64() == u64::try_from(accepted).ok();
    Ok((!fine).then(|| Violation {
        rule: Rule::BrokenTrail,
        whose: format!("{accepted} accepted jobs"),
        what: said.to_string(),
    }))
}
