//! The numbers per layer, for people.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;

use crate::corpus::Case;
use crate::layers::Held;

/// Says it on standard error, past the test harness's capture.
pub(crate) fn say(text: &str) {
    writeln!(std::io::stderr(), "{text}").unwrap();
}

/// What held which case.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<(String, String, Held)>);

/// Counts over the cases of a family.
#[derive(Debug, Default)]
struct Row {
    cases: usize,
    in_reach: usize,
    gate: usize,
    network_gate_fooled: usize,
    network_nothing_judged: usize,
    network_script: usize,
    all: usize,
    asked: usize,
}

impl Table {
    pub(crate) fn add(&mut self, case: &Case, held: Held) {
        self.0.push((case.family.clone(), case.id.clone(), held));
    }

    pub(crate) fn in_reach(&self) -> usize {
        self.0.iter().filter(|(.., held)| held.in_reach).count()
    }

    pub(crate) fn breaches(&self) -> Vec<String> {
        self.ids(|held| !held.all)
    }

    pub(crate) fn gate_leaks(&self) -> Vec<String> {
        self.ids(|held| !held.gate)
    }

    /// What takes while only the network stands, behind a gate that lies or judges nothing.
    pub(crate) fn network_leaks(&self) -> Vec<String> {
        self.ids(|held| !held.network_gate_fooled || !held.network_nothing_judged)
    }

    /// What a script of the page takes while only the network stands.
    pub(crate) fn script_leaks(&self) -> Vec<String> {
        self.ids(|held| !held.network_script)
    }

    fn ids(&self, which: impl Fn(&Held) -> bool) -> Vec<String> {
        self.0.iter().filter(|(.., held)| which(held)).map(|(_, id, _)| id.clone()).collect()
    }
}

impl Row {
    /// Layers are counted where the trap is in reach; what can't be reached is nobody's merit.
    fn count(&mut self, held: &Held) {
        self.cases += 1;
        self.asked += held.asked;
        if held.in_reach {
            self.in_reach += 1;
            self.gate += usize::from(held.gate);
            self.network_gate_fooled += usize::from(held.network_gate_fooled);
            self.network_nothing_judged += usize::from(held.network_nothing_judged);
            self.network_script += usize::from(held.network_script);
            self.all += usize::from(held.all);
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
        let mut sum = Row::default();
        for (family, _, held) in &self.0 {
            rows.entry(family).or_default().count(held);
            sum.count(held);
        }
        writeln!(
            f,
            "held, of the cases in reach of an attack without any layer; network alone: (a) gate fooled, (b) nothing judged, \
             (c) a script of the page asks"
        )?;
        writeln!(f, "{:42} cases  reach   gate  net(a)  net(b)  net(c)    all  permits refused", "family")?;
        for (family, row) in rows.iter().map(|(family, row)| (*family, row)).chain([("all families", &sum)]) {
            let Row { cases, in_reach, gate, all, asked, .. } = row;
            let [a, b, c] = [row.network_gate_fooled, row.network_nothing_judged, row.network_script];
            writeln!(f, "{family:42} {cases:5} {in_reach:6} {gate:6} {a:7} {b:7} {c:7} {all:6} {asked:16}")?;
        }
        Ok(())
    }
}
