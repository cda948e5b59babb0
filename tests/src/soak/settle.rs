//! The end of a soak: everything comes to rest without further accidents, and all that can be known is gathered.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use onegent_cli::node::{Node, NodeConfig, SandboxSource};
use onegent_client::Client;
use onegent_core::port::AuditQuery;
use onegent_core::text::Bounded;
use onegent_core::time::{Clock as _, SystemClock};
use serde_json::Value;

use super::Soak;
use super::check::{Facts, Rule, Violation};
use super::uptime::Uptime;
use super::wanted::Wanted;
use crate::clock::TurnedClock;
use crate::process;
use crate::world::ledger;

/// More than a permit lives, and than a look-up has a job in hand.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);
/// How many jobs are followed at a time. A server gives each of its event streams a place and refuses the rest, so all
/// of a long soak's jobs at once would only hear 503.
const FOLLOWED: usize = 48;
/// What a job may take to rest with a long soak's backlog before it.
const LONGEST: Duration = Duration::from_mins(10);

/// What is known in the end.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) facts: Vec<Facts>,
    /// `None` when the sites did not give it.
    pub(super) ledger: Option<onegent_sandbox::Ledger>,
    pub(super) violations: Vec<Violation>,
}

/// Lets everything come to rest, and gathers what is known. A step that fails is one of the violations and stops none of
/// the others.
pub(super) async fn settle(soak: &mut Soak) -> Known {
    let mut violations = Vec::new();
    if let Err(error) = unhindered(soak, &mut violations).await {
        violations.push(Violation::unsettled("a server that nobody kills", &error));
    }
    let mut facts = Vec::with_capacity(soak.jobs.len());
    if let Err(error) = by_a_clock_ahead(soak, &mut facts, &mut violations).await {
        violations.push(Violation::unsettled("a server whose clock is ahead", &error));
    }
    match verify(soak, soak.jobs.len()).await {
        Ok(broken) => violations.extend(broken),
        Err(error) => violations.push(Violation::unsettled("audit verify", &error)),
    }
    for wanted in &mut soak.jobs {
        violations.extend(wanted.surprises.drain(..).map(|what| Violation {
            rule: Rule::Surprise,
            whose: wanted.wish.email.clone(),
            what,
        }));
    }
    let ledger = ledger(&soak.sandbox.origins.sites).await;
    let ledger =
        ledger.map_err(|error| violations.push(Violation::unsettled("the sites' ledger", &error))).ok();
    Known { facts, ledger, violations }
}

/// A server that nobody kills: every wish is accepted, and rests but where its submit was cut off.
async fn unhindered(soak: &mut Soak, violations: &mut Vec<Violation>) -> anyhow::Result<()> {
    let since = SystemClock.now();
    let server = soak.serve(None).await?;
    let up = Uptime::of(&server, &soak.key, &soak.person, since, false)?;
    violations.extend(come_to_rest(soak.jobs.iter_mut().filter(|wanted| wanted.moves()), &up).await);
    server.terminate().await
}

/// Submits that were cut off are looked up once their permit is over, which is sooner by a clock that is ahead. That
/// the clock jumps is one more accident.
async fn by_a_clock_ahead(
    soak: &mut Soak,
    facts: &mut Vec<Facts>,
    violations: &mut Vec<Violation>,
) -> anyhow::Result<()> {
    let clock = TurnedClock::default();
    clock.turn(AHEAD);
    let node = Node::start(NodeConfig {
        sandbox: SandboxSource::Other(soak.sandbox.origins.clone()),
        listen: (Ipv4Addr::LOCALHOST, soak.port).into(),
        clock: Arc::new(clock),
        ..NodeConfig::loopback(soak.data.clone())
    })
    .await?;
    let up = Uptime {
        client: Client::builder(&node.api_url()).api_key(soak.key.clone()).build()?,
        key: &soak.key,
        person: &soak.person,
        // Nobody is cut off any more: each is waited for.
        since: Timestamp::MIN,
        may_refuse: false,
    };
    violations.extend(come_to_rest(soak.jobs.iter_mut().filter(|wanted| wanted.is_cut_off()), &up).await);
    for wanted in &soak.jobs {
        facts.push(known(wanted, &up.client).await?);
    }
    node.stop().await
}

async fn come_to_rest(jobs: impl Iterator<Item = &mut Wanted>, up: &Uptime<'_>) -> Vec<Violation> {
    let lives = jobs.map(async |wanted| {
        let what = match tokio::time::timeout(LONGEST, wanted.live(up)).await {
            Ok(Ok(())) => return None,
            Ok(Err(error)) => format!("{error:#}"),
            Err(_elapsed) => "it does not come to rest".to_owned(),
        };
        Some(Violation { rule: Rule::LostJob, whose: wanted.wish.email.clone(), what })
    });
    let lives: Vec<_> = lives.collect();
    stream::iter(lives).buffer_unordered(FOLLOWED).filter_map(std::future::ready).collect().await
}

pub(super) async fn known(wanted: &Wanted, client: &Client) -> anyhow::Result<Facts> {
    let limit = Bounded::new(2000).context("within bounds")?;
    let (mut job, mut trail) = (None, Vec::new());
    if let Some(id) = wanted.id {
        job = client.job(id).await.ok();
        if job.is_some() {
            trail = client.job_audit(id, AuditQuery { after: 0, limit }).await?.events;
        }
    }
    Ok(Facts {
        email: wanted.wish.email.clone(),
        job,
        trail,
        pressed: wanted.pressed.clone(),
        stopped: wanted.stopped,
    })
}

/// `onegent audit verify`, and as many jobs in the record as were accepted.
async fn verify(soak: &Soak, accepted: usize) -> anyhow::Result<Option<Violation>> {
    let mut verify = process::command("onegent", soak.home.path()).await?;
    verify.args(["audit", "verify", "--json", "--data-dir"]).arg(&soak.data);
    let output = process::run(verify).await?;
    let said: Value = serde_json::from_slice(&output.stdout).context("audit verify said no JSON")?;
    ensure!(said["jobs"].is_u64(), "audit verify counted no jobs: {said}");
    let fine = output.status.success() && said["jobs"].as_u64() == u64::try_from(accepted).ok();
    Ok((!fine).then(|| Violation {
        rule: Rule::BrokenTrail,
        whose: format!("{accepted} accepted jobs"),
        what: said.to_string(),
    }))
}
