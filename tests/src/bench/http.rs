//! Answers over HTTP, beside a route that gives the same bytes without looking, and a server of the same library.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

use super::Pace;
use super::disk::syncs_a_second;
use super::load::{Ask, Served};
use super::program::{Program, step_aside};
use super::samples::Samples;
use super::table::{Table, Target};

mod stand;

use stand::Stand;

/// Requests at a time.
const CONCURRENCY: [usize; 3] = [1, 16, 64];
/// Where the targets of latency and of most throughputs are.
const USUAL: usize = 16;
/// The most memory of the full server that waits, and of the gateway before and after load, in MB.
const IDLE: f64 = 40.0;
const GATEWAY_IDLE: f64 = 12.0;
const GATEWAY_LOADED: f64 = 24.0;

/// Something that both sides do, and how much of the other side's throughput is wanted at [`USUAL`] concurrency.
struct Case<'a> {
    what: &'static str,
    ours: Side<'a>,
    beside: &'static str,
    peer: Side<'a>,
    throughput: Option<f64>,
    /// The most of the other side's 99th percentile.
    p99: Option<f64>,
}

struct Side<'a> {
    program: &'a Program,
    ask: &'a Ask,
}

/// What was measured of one side.
#[derive(Default)]
struct Measured {
    per_second: Samples,
    p50: Samples,
    p99: Samples,
    /// In seconds, over all rounds: the system counts in hundredths.
    cpu: f64,
    requests: f64,
}

/// The full server, the gateway, and the bare programs, measured in turns.
pub async fn http(pace: Pace) -> anyhow::Result<Table> {
    let (rounds, time) = match pace {
        Pace::Quick => (7, Duration::from_millis(60)),
        Pace::Thorough => (9, Duration::from_millis(300)),
    };
    let mut table = Table::new();
    step_aside().await;
    let home = tempfile::tempdir()?;
    let stand = Stand::start(home.path()).await?;
    let idle = (stand.full.memory(), stand.gateway.memory());
    for case in cases(&stand) {
        for connections in CONCURRENCY {
            case.measure(&mut table, connections, rounds, time).await?;
        }
    }
    durable(&mut table, &stand.create.ours, home.path(), rounds, time).await?;
    if let ((Some(full), Some(gateway)), Some(loaded)) = (idle, stand.gateway.memory()) {
        table.limit(("full server: memory, idle", "MB"), full, IDLE);
        table.limit(("gateway: memory, idle", "MB"), gateway, GATEWAY_IDLE);
        table.limit(("gateway: memory after the load", "MB"), loaded, GATEWAY_LOADED);
    }
    Ok(table)
}

fn cases(stand: &Stand) -> [Case<'_>; 7] {
    let Stand { full, gateway, bytes, bare, through, list, call, job, create, .. } = stand;
    let same = "same bytes";
    let against = |what, (ours, ask), (beside, peer, answered)| Case {
        what,
        ours: Side { program: ours, ask },
        beside,
        peer: Side { program: peer, ask: answered },
        throughput: None,
        p99: None,
    };
    [
        Case {
            throughput: Some(0.75),
            p99: Some(2.0),
            ..against("tools/list", (full, &list.ours), (same, bytes, &list.bytes))
        },
        Case {
            throughput: Some(1.0),
            ..against("tools/list", (full, &list.ours), ("bare rmcp", bare, &list.bare))
        },
        Case {
            throughput: Some(0.75),
            p99: Some(2.0),
            ..against("tools/list, gateway", (gateway, &list.gateway), (same, bytes, &list.bytes))
        },
        Case {
            throughput: Some(0.6),
            ..against("get_job_status", (full, &call.ours), ("bare rmcp", bare, &call.bare))
        },
        Case {
            throughput: Some(0.8),
            ..against(
                "get_job_status, gateway",
                (gateway, &call.gateway),
                ("bare rmcp, asking as well", through, &call.through),
            )
        },
        against("REST GET job", (full, &job.ours), (same, bytes, &job.bytes)),
        against("REST POST job", (full, &create.ours), (same, bytes, &create.bytes)),
    ]
}

impl Case<'_> {
    async fn measure(
        &self,
        table: &mut Table,
        connections: usize,
        rounds: usize,
        time: Duration,
    ) -> anyhow::Result<()> {
        let (mut ours, mut peer) = (Measured::default(), Measured::default());
        for round in 0..=rounds {
            for (side, measured) in [(&self.ours, &mut ours), (&self.peer, &mut peer)] {
                let before = side.program.cpu();
                let served = side.ask.load(connections, time).await.context(self.what)?;
                // The first warms up.
                if round > 0 {
                    measured.push(served, before.zip(side.program.cpu()));
                }
            }
        }
        let usual = |target: Option<Target>| target.filter(|_| connections == USUAL);
        let throughput = usual(self.throughput.map(Target::AtLeast));
        let p99 = usual(self.p99.map(Target::AtMost));
        let rows = [
            ("requests", "/s", &ours.per_second, &peer.per_second, throughput),
            ("p50", "µs", &ours.p50, &peer.p50, None),
            ("p99", "µs", &ours.p99, &peer.p99, p99),
            ("processor", "µs each", &ours.cpu_each(), &peer.cpu_each(), None),
        ];
        for (name, unit, ours, peer, target) in rows {
            let what = format!("{}, {connections} at a time: {name}", self.what);
            table.compare((&what, unit), ours, (self.beside, peer), target);
        }
        Ok(())
    }
}

impl Measured {
    fn push(&mut self, served: Served, cpu: Option<(f64, f64)>) {
        self.per_second.push(served.per_second);
        self.p50.push(served.p50);
        self.p99.push(served.p99);
        if let Some((before, after)) = cpu {
            self.cpu += after - before;
            self.requests += served.requests;
        }
    }

    /// In microseconds.
    fn cpu_each(&self) -> Samples {
        let mut each = Samples::default();
        if self.cpu > 0.0 {
            each.push(self.cpu * 1e6 / self.requests);
        }
        each
    }
}

/// Creating jobs, each of which is on disk before it is answered, beside what the disk can do one after the other.
async fn durable(
    table: &mut Table,
    create: &Ask,
    home: &Path,
    rounds: usize,
    time: Duration,
) -> anyhow::Result<()> {
    let (mut created, mut synced) = (Samples::default(), Samples::default());
    for _round in 0..rounds {
        created.push(create.load(64, time).await?.per_second);
        synced.push(syncs_a_second(&home.join("synced"), time)?);
    }
    let what = ("REST POST job, 64 at a time: durable", "/s");
    table.compare(what, &created, ("fdatasync", &synced), Some(Target::AtLeast(1.0)));
    Ok(())
}
