//! Every node is stopped and started again, one after the other, while programs ask and people book. Nobody is to notice:
//! neither who comes by a balancer that heeds readiness and never tries twice, nor who comes by one that heeds nothing and
//! tries again.

use std::fmt;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::future::join_all;
use onegent_client::Client;
use onegent_core::port::ApiKey;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::chance::Chance;
use super::check::{self, Violation};
use super::nodes::ground::{APIS, Ground, Role};
use super::nodes::{one_life, verify};
use super::settle::known;
use super::wanted::Wanted;
use crate::balancer::{Balancer, Heed};
use crate::wish::{self, Wish};
use crate::world::ledger;

const WORKERS: usize = 2;
/// For how long a node that is told to stop still takes requests.
const DRAIN: Duration = Duration::from_secs(2);
/// Bookings that people follow from wish to rest.
const LIVES: usize = 12;
/// Programs on each way in.
const PROGRAMS: usize = 3;
/// Between two requests of a program.
const PAUSE: Duration = Duration::from_millis(20);
/// Every so many requests a program makes a booking; the others read it.
const BOOKS: u32 = 25;
/// How long jobs may take to rest after the last restart.
const TAIL: Duration = Duration::from_mins(3);

/// What the programs on one way in have met.
#[derive(Debug, Default)]
pub struct Met {
    /// How many requests were answered.
    pub answered: u32,
    /// What was not.
    pub failed: Vec<String>,
}

/// What came of it.
#[derive(Debug)]
pub struct Rolled {
    /// How many nodes were stopped and started.
    pub restarts: usize,
    /// Behind a balancer that heeds readiness, each request once.
    pub heeding: Met,
    /// Behind one that heeds nothing, with retries.
    pub retrying: Met,
    /// How many bookings of people came to rest.
    pub lives: usize,
    /// What must never happen, and did.
    pub violations: Vec<Violation>,
}

impl fmt::Display for Rolled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "nodes stopped and started    {:>8}", self.restarts)?;
        for (way, met) in [("behind a draining balancer", &self.heeding), ("with retries", &self.retrying)] {
            writeln!(f, "answered {way:<27} {:>8}", met.answered)?;
            writeln!(f, "failed {way:<29} {:>8}", met.failed.len())?;
            met.failed.iter().take(10).try_for_each(|error| writeln!(f, "  {error}"))?;
        }
        writeln!(f, "bookings that came to rest   {:>8}", self.lives)?;
        self.violations.iter().try_for_each(|one| writeln!(f, "VIOLATION {one:?}"))
    }
}

/// Restarts each node once.
pub async fn run(seed: u64) -> anyhow::Result<Rolled> {
    let mut chance = Chance::new(seed);
    let (mut ground, _postgres) = Ground::new(&mut chance).await?;
    let heeding = Balancer::before(&ground.ports, Heed::Readiness).await?;
    let blind = Balancer::before(&ground.ports, Heed::Nothing).await?;
    ground.public = Some(format!("http://127.0.0.1:{}", heeding.port()).parse()?);
    ground.drain = DRAIN;

    let mut nodes = Vec::new();
    for nth in 0..APIS {
        nodes.push(ground.start(Role::Api(nth), None).await?);
    }
    for _ in 0..WORKERS {
        nodes.push(ground.start(Role::Worker, None).await?);
    }
    let first = &nodes.first().context("there are nodes")?.process;
    let key = first.first_key()?;
    // The people come by the balancer too, which has to have found the nodes.
    let person = crate::world::patiently("the balancer to find a node", async {
        loop {
            match first.person().await {
                Ok(person) => return person,
                Err(_not_yet) => sleep(PAUSE).await,
            }
        }
    })
    .await?;
    let person = Mutex::new(person);

    let once = client(&heeding, &key).max_tries(1).build()?;
    let again = client(&blind, &key).max_tries(8).backoff(Duration::from_millis(100)).build()?;
    let mut jobs = (0..LIVES).map(|n| Wanted::draw(&mut chance, n)).collect::<anyhow::Result<Vec<_>>>()?;
    let over = Instant::now() + TAIL;
    let rolled = CancellationToken::new();
    let programs = |client: &Client, name: &'static str| {
        let each = (0..PROGRAMS).map(|nth| program(client.clone(), format!("{name}-{nth}"), rolled.clone()));
        join_all(each.collect::<Vec<_>>())
    };
    let lives = jobs.iter_mut().enumerate().map(|(nth, wanted)| {
        let begins = DRAIN * u32::try_from(nth).unwrap_or(0);
        one_life(wanted, begins, (std::slice::from_ref(&again), 0), (&key, &person), over)
    });
    let lives = join_all(lives.collect::<Vec<_>>());
    let restarting = async {
        let mut fresh = Vec::new();
        for node in nodes {
            let role = node.role;
            node.process.terminate().await?;
            fresh.push(ground.start_again(role, None).await?);
            // The balancer has to find it before the next one goes.
            sleep(DRAIN / 2).await;
        }
        rolled.cancel();
        anyhow::Ok(fresh)
    };
    let (heeded, retried, unrested, fresh) =
        tokio::join!(programs(&once, "heeding"), programs(&again, "retrying"), lives, restarting);
    let fresh = fresh?;

    let mut violations: Vec<_> = unrested.into_iter().flatten().collect();
    let lives = LIVES - violations.len();
    let mut facts = Vec::with_capacity(jobs.len());
    for wanted in &jobs {
        facts.push(known(wanted, &again).await?);
    }
    let (heeding, heeded_jobs) = together(heeded);
    let (retrying, retried_jobs) = together(retried);
    violations.extend(verify(&ground, facts.len() + heeded_jobs + retried_jobs).await?);
    let restarts = fresh.len();
    for stopped in join_all(fresh.into_iter().map(|node| node.process.terminate())).await {
        stopped?;
    }
    let taken = ledger(&ground.sandbox.origins.sites).await?;
    violations.extend(check::check(&facts, &taken).1);
    ground.sandbox.stop().await?;
    Ok(Rolled { restarts, heeding, retrying, lives, violations })
}

fn client(balancer: &Balancer, key: &ApiKey) -> onegent_client::ClientBuilder {
    Client::builder(&format!("http://127.0.0.1:{}/api/v1", balancer.port())).api_key(key.clone())
}

/// Books now and then, and reads what it booked, until all nodes are new. Answers what it met, and how many jobs it made.
async fn program(client: Client, name: String, rolled: CancellationToken) -> (Met, usize) {
    let (mut met, mut jobs, mut newest, mut nth) = (Met::default(), 0, None, 0_u32);
    while !rolled.is_cancelled() {
        let done = match newest.filter(|_| nth % BOOKS != 0) {
            Some(id) => client.job(id).await.map(drop),
            None => match booking(&format!("{name}-{nth}")) {
                Ok(create) => client.create_job(&create).await.map(|made| {
                    newest = Some(made.job.job_id);
                    jobs += 1;
                }),
                Err(error) => {
                    met.failed.push(format!("{error:#}"));
                    break;
                }
            },
        };
        match done {
            Ok(()) => met.answered += 1,
            Err(error) => met.failed.push(format!("{:#}", anyhow::Error::from(error))),
        }
        nth += 1;
        sleep(PAUSE).await;
    }
    (met, jobs)
}

fn booking(guest: &str) -> anyhow::Result<onegent_core::create::CreateJob> {
    let entry = wish::entry("the-quiet-goose")?;
    Ok(Wish::at(entry).for_guest(guest).create()?)
}

fn together(programs: Vec<(Met, usize)>) -> (Met, usize) {
    programs.into_iter().fold((Met::default(), 0), |(mut all, jobs), (met, made)| {
        all.answered += met.answered;
        all.failed.extend(met.failed);
        (all, jobs + made)
    })
}
