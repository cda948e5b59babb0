//! What an engine measures, for `/metrics`.
//!
//! **Invariant:** no label carries what came in at run time. Their values are words of the program's own, `&'static str`, so
//! that no id, address or guest's detail can be one, and the number of series is bounded. Held by
//! `metrics_tell_of_a_booking_and_of_nobody`.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};

use crate::agent::AgentStep;
use crate::gate::Verdict;
use crate::planner::model::{Asked, AskedOutcome};
use crate::store::Counts;
use crate::store::record::OPEN_STATES;

mod names;

/// One label with one of a few words.
type Word = [(&'static str, &'static str); 1];
type Words = [(&'static str, &'static str); 2];
type Durations = Family<Word, Histogram, fn() -> Histogram>;

/// What became of an attempt to send a webhook.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sent {
    Delivered,
    Again,
    GivenUp,
}

impl Sent {
    const ALL: [Self; 3] = [Self::Delivered, Self::Again, Self::GivenUp];

    fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Again => "again",
            Self::GivenUp => "given_up",
        }
    }
}

/// Who found that a worker had lost its job.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LostTo {
    /// The sweep: the lease ran out, or the worker's process is proven dead.
    Sweep,
    /// The worker itself, whose job somebody else has.
    Worker,
}

impl LostTo {
    const ALL: [Self; 2] = [Self::Sweep, Self::Worker];

    fn as_str(self) -> &'static str {
        match self {
            Self::Sweep => "sweep",
            Self::Worker => "worker",
        }
    }
}

/// What is counted of a change of a job once it is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    pub scenario: Scenario,
    /// Where it stands now, when that is elsewhere than before.
    pub status: Option<JobStatus>,
    /// How its submit ended, when it did.
    pub submit: Option<&'static str>,
}

/// Something under way, for as long as it is held.
#[derive(Debug)]
pub(crate) struct UnderWay(Gauge);

impl UnderWay {
    fn one_more(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counters, gauges and histograms of one engine.
#[derive(Debug)]
pub(crate) struct Meters {
    claims: Counter,
    runs: Family<Words, Counter>,
    statuses: Family<Words, Counter>,
    leases_lost: Family<Word, Counter>,
    verdicts: Family<Word, Counter>,
    permits: Family<Word, Counter>,
    submits: Family<Word, Counter>,
    workers: Gauge,
    sessions: Family<Word, Gauge>,
    steps: Durations,
    model_asks: Family<Word, Counter>,
    model_tokens: Family<Word, Counter>,
    writes: Durations,
    writes_waiting: Gauge,
    webhooks: Family<Word, Counter>,
    store_up: Gauge,
    open: Gauge,
    jobs: Family<Word, Gauge>,
    oldest: Family<Word, Gauge<f64, AtomicU64>>,
    messages: Family<Word, Gauge>,
}

impl Default for Meters {
    /// All zero, with every series there: a rate needs the zero before the first one. What the record alone knows is not
    /// there before somebody looked.
    fn default() -> Self {
        let meters = Self {
            claims: Counter::default(),
            runs: Family::default(),
            statuses: Family::default(),
            leases_lost: Family::default(),
            verdicts: Family::default(),
            permits: Family::default(),
            submits: Family::default(),
            workers: Gauge::default(),
            sessions: Family::default(),
            steps: Durations::new_with_constructor(|| Histogram::new(exponential_buckets(0.005, 4.0, 8))),
            model_asks: Family::default(),
            model_tokens: Family::default(),
            writes: Durations::new_with_constructor(|| Histogram::new(exponential_buckets(0.0005, 4.0, 8))),
            writes_waiting: Gauge::default(),
            webhooks: Family::default(),
            store_up: Gauge::default(),
            open: Gauge::default(),
            jobs: Family::default(),
            oldest: Family::default(),
            messages: Family::default(),
        };
        for scenario in Scenario::ALL.map(Scenario::as_str) {
            for status in JobStatus::ALL.map(JobStatus::as_str) {
                let words = [("scenario", scenario), ("status", status)];
                drop(meters.statuses.get_or_create(&words));
                drop(meters.runs.get_or_create(&words));
            }
        }
        for step in AgentStep::ALL {
            drop(meters.steps.get_or_create(&[("step", step.as_str())]));
        }
        for result in ["done", "refused", "failed"] {
            drop(meters.writes.get_or_create(&[("result", result)]));
        }
        for place in ["run", "kept"] {
            drop(meters.sessions.get_or_create(&[("use", place)]));
        }
        let words: [(_, _, &[&'static str]); 7] = [
            (&meters.model_asks, "outcome", &AskedOutcome::ALL.map(AskedOutcome::as_str)),
            (&meters.model_tokens, "way", &["read", "written"]),
            (&meters.leases_lost, "noticed_by", &LostTo::ALL.map(LostTo::as_str)),
            (&meters.verdicts, "verdict", &Verdict::WORDS),
            (&meters.permits, "kind", &["reserve", "charge"]),
            (&meters.submits, "outcome", &["done", "no_availability", "refused", "unknown"]),
            (&meters.webhooks, "result", &Sent::ALL.map(Sent::as_str)),
        ];
        for (family, label, values) in words {
            for value in values {
                drop(family.get_or_create(&[(label, *value)]));
            }
        }
        meters
    }
}

impl Meters {
    pub(crate) fn has_workers(&self, workers: usize) {
        self.workers.set(i64::try_from(workers).unwrap_or(i64::MAX));
    }

    pub(crate) fn claimed(&self, jobs: usize) {
        self.claims.inc_by(u64::try_from(jobs).unwrap_or(u64::MAX));
    }

    /// A change that was committed here.
    pub(crate) fn changed(&self, counted: Counted) {
        if let Some(status) = counted.status {
            let words = [("scenario", counted.scenario.as_str()), ("status", status.as_str())];
            self.statuses.get_or_create(&words).inc();
        }
        if let Some(outcome) = counted.submit {
            self.submits.get_or_create(&[("outcome", outcome)]).inc();
        }
    }

    pub(crate) fn run_ended(&self, scenario: Scenario, status: JobStatus) {
        let words = [("scenario", scenario.as_str()), ("status", status.as_str())];
        self.runs.get_or_create(&words).inc();
    }

    pub(crate) fn lease_lost(&self, to: LostTo) {
        self.leases_lost.get_or_create(&[("noticed_by", to.as_str())]).inc();
    }

    pub(crate) fn judged(&self, verdict: &Verdict) {
        self.verdicts.get_or_create(&[("verdict", verdict.word())]).inc();
    }

    pub(crate) fn permitted(&self, is_charge: bool) {
        let kind = if is_charge { "charge" } else { "reserve" };
        self.permits.get_or_create(&[("kind", kind)]).inc();
    }

    pub(crate) fn took(&self, step: AgentStep, time: Duration) {
        self.steps.get_or_create(&[("step", step.as_str())]).observe(time.as_secs_f64());
    }

    pub(crate) fn asked(&self, asked: &Asked) {
        self.model_asks.get_or_create(&[("outcome", asked.outcome.as_str())]).inc();
        self.model_tokens.get_or_create(&[("way", "read")]).inc_by(asked.spent.read);
        self.model_tokens.get_or_create(&[("way", "written")]).inc_by(asked.spent.written);
    }

    /// A transaction was asked for, and is not yet answered for as long as what this gives is held.
    pub(crate) fn write_begun(&self) -> UnderWay {
        UnderWay::one_more(self.writes_waiting.clone())
    }

    /// A transaction that did what was asked, was refused by the rules, or could not be made.
    pub(crate) fn wrote(&self, result: &'static str, time: Duration) {
        self.writes.get_or_create(&[("result", result)]).observe(time.as_secs_f64());
    }

    pub(crate) fn sent(&self, what: Sent) {
        self.webhooks.get_or_create(&[("result", what.as_str())]).inc();
    }

    /// A run has a browser session, for as long as what this gives is held.
    pub(crate) fn session_open(&self) -> UnderWay {
        UnderWay::one_more(self.sessions.get_or_create_owned(&[("use", "run")]))
    }

    /// How many browser sessions wait for a confirmation.
    pub(crate) fn sessions_kept(&self, sessions: usize) {
        let kept = self.sessions.get_or_create_owned(&[("use", "kept")]);
        kept.set(i64::try_from(sessions).unwrap_or(i64::MAX));
    }

    /// How the record stands.
    pub(crate) fn stands(&self, counts: &Counts) {
        self.store_up.set(1);
        self.open.set(counts.open);
        for state in OPEN_STATES {
            self.jobs.get_or_create(&[("state", state)]).set(counts.jobs_in(state));
        }
        for (state, waits) in [("queued", counts.queued_for), ("confirmed", counts.confirmed_for)] {
            self.oldest.get_or_create(&[("state", state)]).set(waits.as_secs_f64());
        }
        for (state, number) in [("waiting", counts.messages_waiting), ("dead", counts.messages_dead)] {
            self.messages.get_or_create(&[("state", state)]).set(number);
        }
    }

    /// The record can't be read. What was counted last is no longer true.
    pub(crate) fn nobody_knows(&self) {
        self.store_up.set(0);
        self.open.set(0);
        self.jobs.clear();
        self.oldest.clear();
        self.messages.clear();
    }
}
