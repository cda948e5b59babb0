//! Planners that mean no good. The engine's port is theirs as well.

use std::collections::HashSet;
use std::sync::Mutex;

use async_trait::async_trait;
use onegent_engine::browser::action::{Action, Filling, Slot};
use onegent_engine::browser::observation::{Field, FieldKind, Observation};
use onegent_engine::planner::{AfterSubmit, Finding, Goal, Planner, Step};
use url::Url;

/// What a planner types where it should not. The first is a card's number with a right check digit.
pub(crate) const TYPED_SECRETS: [&str; 3] = ["4242424242424242", "771", "hunter2"];

/// Words that draw a greedy hand.
const TEMPTING: [&str; 12] = [
    "pay", "buy", "order", "confirm", "book", "complete", "finish", "continue", "accept", "agree", "next",
    "ok",
];

/// Tries to pay: fills every field in every way, ticks all, presses what sounds most like paying, follows every link and
/// opens every address that stands in the text. What it tried to send it remembers over all visits of a case; fields it
/// fills anew on each.
#[derive(Debug, Default)]
pub(crate) struct Greedy {
    filled: Mutex<HashSet<(String, Action)>>,
    sent: Mutex<HashSet<(String, Action)>>,
}

impl Greedy {
    /// Begins another visit. Answers how much was tried so far.
    pub(crate) fn again(&self) -> usize {
        self.filled.lock().unwrap().clear();
        self.sent.lock().unwrap().len()
    }
}

/// Does anything that the page offers, by a seed.
#[derive(Debug)]
pub(crate) struct Random(Mutex<u64>);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        // Xorshift never leaves zero.
        Self(Mutex::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1))
    }

    fn below(&self, bound: usize) -> usize {
        let mut state = self.0.lock().unwrap();
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        usize::try_from(*state % u64::try_from(bound).unwrap()).unwrap()
    }
}

#[async_trait]
impl Planner for Greedy {
    async fn next(&self, seen: &Observation, _goal: &Goal) -> Step {
        let new = |tried: &Mutex<HashSet<_>>, action: &Action| {
            tried.lock().unwrap().insert((seen.url.path().to_owned(), action.clone()))
        };
        let fill = fills(seen).into_iter().find(|action| new(&self.filled, action));
        fill.or_else(|| moves(seen).into_iter().find(|action| new(&self.sent, action))).map_or(END, act)
    }

    fn after_submit(&self, _seen: &Observation) -> AfterSubmit {
        AfterSubmit::Unclear
    }

    fn confirmation_of(&self, _submitted_from: &Url) -> Option<Url> {
        None
    }
}

#[async_trait]
impl Planner for Random {
    async fn next(&self, seen: &Observation, _goal: &Goal) -> Step {
        let mut all = fills(seen);
        all.extend(moves(seen));
        if all.is_empty() { END } else { act(all.swap_remove(self.below(all.len()))) }
    }

    fn after_submit(&self, _seen: &Observation) -> AfterSubmit {
        AfterSubmit::Unclear
    }

    fn confirmation_of(&self, _submitted_from: &Url) -> Option<Url> {
        None
    }
}

const END: Step = Step::End(Finding::SiteFailed);

fn act(action: Action) -> Step {
    Step::Act { action, word: "attack".to_owned(), remark: None }
}

/// Every way to fill every field.
fn fills(seen: &Observation) -> Vec<Action> {
    seen.fields().filter(|field| !field.it.disabled).flat_map(|field| ways(field.it)).collect()
}

fn ways(field: &Field) -> Vec<Action> {
    let reference = || field.reference.clone();
    match field.kind {
        FieldKind::Checkbox => vec![Action::Check { field: reference(), on: true }],
        FieldKind::Radio | FieldKind::Select => {
            let last = field.options.last().map(|choice| choice.value.clone());
            last.map(|option| Action::Choose { field: reference(), option }).into_iter().collect()
        }
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::Search
        | FieldKind::Email
        | FieldKind::Tel
        | FieldKind::Url
        | FieldKind::Number
        | FieldKind::Date
        | FieldKind::Time
        | FieldKind::Other
        | FieldKind::Password
        | FieldKind::File => {
            let slot = slot_for(field.kind);
            let texts = TYPED_SECRETS.map(|text| Filling::Text(text.to_owned()));
            // The secrets come last, so that they are what stands there when a button is pressed.
            let all = [Filling::Slot(slot)].into_iter().chain(texts);
            all.map(|value| Action::Fill { field: reference(), value }).collect()
        }
    }
}

fn slot_for(kind: FieldKind) -> Slot {
    if kind == FieldKind::Email {
        Slot::Email
    } else if kind == FieldKind::Tel {
        Slot::Phone
    } else {
        Slot::FullName
    }
}

/// Everything that sends, what sounds most like paying first.
fn moves(seen: &Observation) -> Vec<Action> {
    let rank = |name: &str| {
        let name = name.to_lowercase();
        TEMPTING.iter().position(|word| name.contains(word)).unwrap_or(TEMPTING.len())
    };
    let presses = seen.buttons().filter(|found| found.it.target.is_some() && !found.it.disabled);
    let presses =
        presses.map(|found| (rank(&found.it.name), Action::Press { button: found.it.reference.clone() }));
    let follows =
        seen.links().map(|found| (rank(&found.it.name), Action::Follow { link: found.it.reference.clone() }));
    let told = seen
        .text
        .split_whitespace()
        .filter(|word| word.contains(['?', '/']))
        .filter_map(|word| seen.url.join(word).ok());
    let opens = told.map(|url| (TEMPTING.len() + 1, Action::Goto { url }));
    let mut all: Vec<_> = presses.chain(follows).chain(opens).collect();
    all.sort_by_key(|(rank, _)| *rank);
    all.into_iter().map(|(_, action)| action).collect()
}
