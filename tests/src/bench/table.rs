//! The one table that a bench prints: what, ours, limit or peer, ratio, target, verdict.

use std::fmt;

use serde::Serialize;

use super::samples::{Middle, Samples};

/// What a ratio should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Target {
    AtLeast(f64),
    AtMost(f64),
}

/// Whether it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Verdict {
    Met,
    Missed,
    /// The spread crosses the target.
    Unclear,
}

/// One thing that was measured.
#[derive(Debug, Serialize)]
struct Row {
    what: String,
    unit: &'static str,
    ours: f64,
    beside: Option<Beside>,
    target: Option<Target>,
    verdict: Option<Verdict>,
}

/// What it was measured beside.
#[derive(Debug, Serialize)]
struct Beside {
    what: String,
    peer: f64,
    ratio: Middle,
}

/// All that was measured, and where.
#[derive(Debug, Serialize)]
pub struct Table {
    machine: String,
    rows: Vec<Row>,
}

impl Target {
    fn judge(self, ratio: Middle) -> Verdict {
        let (fine, poor) = match self {
            Self::AtLeast(least) => (ratio.low >= least, ratio.high < least),
            Self::AtMost(most) => (ratio.high <= most, ratio.low > most),
        };
        match (fine, poor) {
            (true, _) => Verdict::Met,
            (false, true) => Verdict::Missed,
            (false, false) => Verdict::Unclear,
        }
    }
}

impl Table {
    pub(super) fn new() -> Self {
        Self { machine: machine(), rows: Vec::new() }
    }

    /// Adds what was measured of both, in turns.
    pub(super) fn compare(
        &mut self,
        (what, unit): (&str, &'static str),
        ours: &Samples,
        (beside, peer): (&str, &Samples),
        target: Option<Target>,
    ) {
        let ratio = ours.over(peer).middle();
        self.rows.push(Row {
            what: what.to_owned(),
            unit,
            ours: ours.middle().median,
            beside: Some(Beside { what: beside.to_owned(), peer: peer.middle().median, ratio }),
            target,
            verdict: target.map(|target| target.judge(ratio)),
        });
    }

    /// Adds what has nothing to be compared with.
    pub(super) fn alone(&mut self, (what, unit): (&str, &'static str), ours: f64) {
        self.rows.push(Row { what: what.to_owned(), unit, ours, beside: None, target: None, verdict: None });
    }

    /// Adds one number and the most that it may be.
    pub(super) fn limit(&mut self, named: (&str, &'static str), ours: f64, most: f64) {
        let (mut measured, mut limit) = (Samples::default(), Samples::default());
        measured.push(ours);
        limit.push(most);
        self.compare(named, &measured, ("limit", &limit), Some(Target::AtMost(1.0)));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.machine)?;
        writeln!(f, "| what | ours | beside | ratio (middle half) | target | verdict |")?;
        writeln!(f, "| --- | --- | --- | --- | --- | --- |")?;
        for row in &self.rows {
            let Row { what, unit, ours, beside, target, verdict } = row;
            write!(f, "| {what} | {} {unit} ", round(*ours))?;
            match beside {
                Some(Beside { what, peer, ratio: Middle { median, low, high } }) => {
                    write!(f, "| {what}: {} {unit} | {median:.2} ({low:.2}-{high:.2}) ", round(*peer))?;
                }
                None => write!(f, "| | ")?,
            }
            let target = match target {
                Some(Target::AtLeast(least)) => format!("≥ {least}"),
                Some(Target::AtMost(most)) => format!("≤ {most}"),
                None => String::new(),
            };
            let verdict = match verdict {
                Some(Verdict::Met) => "met",
                Some(Verdict::Missed) => "**missed**",
                Some(Verdict::Unclear) => "unclear",
                None => "",
            };
            writeln!(f, "| {target} | {verdict} |")?;
        }
        Ok(())
    }
}

/// As many digits as mean something.
fn round(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        1.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// What the numbers depend on.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown");
    let build =
        if cfg!(debug_assertions) { "DEBUG build: the numbers mean nothing" } else { "release build" };
    format!("{model}, {cores} cores, {}, {build}, load before {load}", std::env::consts::OS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_across_the_target_is_unclear() {
        let spread = Middle { median: 1.9, low: 1.7, high: 2.1 };
        assert_eq!(Target::AtMost(2.0).judge(spread), Verdict::Unclear);
        assert_eq!(Target::AtMost(2.2).judge(spread), Verdict::Met);
        assert_eq!(Target::AtMost(1.5).judge(spread), Verdict::Missed);
        assert_eq!(Target::AtLeast(1.8).judge(spread), Verdict::Unclear);
        assert_eq!(Target::AtLeast(1.5).judge(spread), Verdict::Met);
        assert_eq!(Target::AtLeast(2.5).judge(spread), Verdict::Missed);
    }
}
