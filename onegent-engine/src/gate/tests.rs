//! The gate alone: pages as they come, and what it says to each action.

use onegent_core::charge::ChargeKind;

use super::*;
use crate::browser::action::{Filling, Slot};
use crate::browser::observation::Frame;
use crate::browser::plain::observe;

mod buttons;
mod pages;
mod record;
mod secrets;

const SITE: &str = "https://www.example.com/book";

/// What the gate says, without what it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Allowed,
    Denied,
    Reserve,
    Charge(ChargeKind),
}

impl Said {
    fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Allowed(_) => Self::Allowed,
            Verdict::Denied { .. } => Self::Denied,
            Verdict::NeedsPermit { commitment: Commitment::Reserve, .. } => Self::Reserve,
            Verdict::NeedsPermit { commitment: Commitment::Charge(kind), .. } => Self::Charge(*kind),
        }
    }
}

fn words(verdict: &Verdict) -> Vec<&'static str> {
    let reasons = match verdict {
        Verdict::Allowed(cleared) => &cleared.reasons,
        Verdict::Denied { reasons } | Verdict::NeedsPermit { reasons, .. } => reasons,
    };
    reasons.iter().map(|reason| reason.word).collect()
}

/// A gate that has let the guest's details through already.
fn knowing() -> Gate {
    Gate { details_given: true, ..Gate::new() }
}

/// Presses the last button of a page.
fn press(mut gate: Gate, seen: &Observation) -> Verdict {
    let button = seen.buttons().last().unwrap().it.reference.clone();
    gate.judge(seen, Action::Press { button })
}

fn page(body: &str) -> Observation {
    observe(&format!("<title>T</title>{body}"), SITE)
}
