//! What a soak found, as a table for people and as JSON.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use super::check::{Rule, Tally, Violation};

/// What a soak found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Where its chance began.
    pub seed: u64,
    /// How often the server was started and killed.
    pub cycles: u32,
    /// How it died, and how often.
    pub deaths: BTreeMap<String, u32>,
    /// How often the server refused with 503 because its disk was full.
    pub refused_on_full_disk: usize,
    /// How the jobs ended.
    #[serde(flatten)]
    pub tally: Tally,
    /// What must never happen, and did.
    pub violations: Vec<Violation>,
    /// Where the data directory and the ledger lie that a rule was broken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<PathBuf>,
}

impl Report {
    /// How often a rule was broken.
    pub fn broken(&self, rule: Rule) -> usize {
        self.violations.iter().filter(|one| one.rule == rule).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = |name: &str, number: usize| writeln!(f, "{name:<44}{number:>8}");
        row("cycles", self.cycles as usize)?;
        for (how, times) in &self.deaths {
            row(&format!("  killed: {how}"), *times as usize)?;
        }
        row("refused because the disk was full", self.refused_on_full_disk)?;
        row("jobs accepted", self.tally.accepted)?;
        for (status, jobs) in &self.tally.by_status {
            row(&format!("  {status}"), *jobs)?;
        }
        for (code, jobs) in &self.tally.errors {
            row(&format!("  error: {code}"), *jobs)?;
        }
        row("submits cut off, then found at the site", self.tally.reconciled)?;
        row("submits whose outcome stays unknown", self.tally.unknown)?;
        row("  of them booked at the site", self.tally.unknown_booked)?;
        row("reservations in the sites' ledger", self.tally.reservations)?;
        row("charges and card holds in the ledger", self.tally.charges)?;
        for rule in Rule::ALL {
            row(rule.about(), self.broken(rule))?;
        }
        for one in &self.violations {
            writeln!(f, "VIOLATION {}: {}: {}", one.rule.about(), one.whose, one.what)?;
        }
        if let Some(kept) = &self.kept {
            writeln!(f, "kept in {}", kept.display())?;
        }
        write!(f, "seed {}: {}", self.seed, if self.violations.is_empty() { "clean" } else { "BROKEN" })
    }
}
