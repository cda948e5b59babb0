//! Every verdict on every page of the red team's corpus, as it was recorded: nothing that the gate says changes
//! unnoticed. What it should say is judged elsewhere; this sees that it goes on saying it.
//!
//! A line is a page: what is said to each of its controls by a gate that knows no guest, one that does, and one that was
//! asked for money before (`.` allowed, `x` denied, `r` reserves, `c` charges), what the page itself is taken for, and the
//! beginning of a hash over all reasons and targets.

use std::fmt::Write as _;
use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

use super::*;
use crate::browser::action::SlotValues;
use crate::browser::mask::GuestMask;
use crate::browser::reference::Ref;

#[expect(dead_code, reason = "the red team uses the rest of it")]
#[path = "../../../tests/redteam/corpus.rs"]
mod corpus;

use corpus::{Case, Corpus, Page};

static GUEST: LazyLock<GuestMask> = LazyLock::new(|| {
    let guest = serde_json::json!({
        "first_name": "Ana", "last_name": "Silva", "email": "ana.silva@example.com", "phone": "+12125550123"
    });
    GuestMask::new(SlotValues::of(&serde_json::from_value(guest).unwrap()))
});

#[test]
fn what_the_gate_says_to_the_whole_corpus_is_as_recorded() {
    for (folder, corpus) in
        [("hostile", Corpus::hostile()), ("harmless", Corpus::harmless()), ("swapped", Corpus::swapped())]
    {
        let lines: Vec<_> = corpus.cases.iter().flat_map(recorded).collect();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("verdicts_{folder}"), lines.join("\n"));
        });
    }
}

fn recorded(case: &Case) -> Vec<String> {
    let all: Vec<_> = case.pages().map(|(name, page)| (name, page, opened(case, name, page))).collect();
    let line = |(name, page, seen): &(&str, &Page, Observation)| {
        let mut seen = seen.clone();
        seen.frames = all
            .iter()
            .filter(|(_, _, inner)| frames(&page.served, &inner.url))
            .map(|(_, _, inner)| Frame {
                title: String::new(),
                origin: inner.origin(),
                seen: Some(inner.clone()),
            })
            .chain(seen.frames.clone())
            .collect();
        format!("{}/{name} {}", case.id, said(&seen, case))
    };
    all.iter().map(line).collect()
}

fn opened(case: &Case, name: &str, page: &Page) -> Observation {
    let served = page.served.replace("{other}", "https://pay.example.net/");
    let served = served.replace("{fresh}", "f1").replace("{number}", "1");
    let seen = observe(&served, &format!("https://www.example.com/{}/{name}", case.place));
    // The gate sees what a planner sees: the guest of the corpus is masked.
    GUEST.observation(&seen)
}

/// Whether a page has another one in a frame.
fn frames(served: &str, inner: &url::Url) -> bool {
    let name = inner.path_segments().and_then(Iterator::last).unwrap();
    !name.is_empty()
        && ["src=\"{other}", "src=\""].iter().any(|src| served.contains(&format!("{src}{name}\"")))
}

/// What is said to everything on a page.
fn said(seen: &Observation, case: &Case) -> String {
    let asked = || Gate { scripts: false, details_given: true, money_before: true };
    let (mut marks, mut hash) = (String::new(), Sha256::new());
    for gate in [Gate::new, knowing, asked] {
        for action in actions(seen, case) {
            let mut gate = gate();
            let verdict = gate.judge(seen, action);
            marks.push(match Said::of(&verdict) {
                Said::Allowed => '.',
                Said::Denied => 'x',
                Said::Reserve => 'r',
                Said::Charge(_) => 'c',
            });
            hash.update(format!("{}{gate:?}", told(&verdict)));
        }
        marks.push(' ');
    }
    let forms = || seen.forms.iter();
    let taken = [
        is_payment_page(seen),
        has_pay_form(seen),
        has_pay_frame(seen),
        shows_card_on_file(seen),
        speaks_of_money(seen),
        forms().any(asks_for_card),
        forms().any(uses_card_on_file),
        forms().any(holds_secret),
        seen.fields().any(|found| offers_card(found.it)),
    ];
    marks.extend(taken.map(|taken| if taken { 'y' } else { '-' }));
    let kinds: Vec<_> = seen.fields().map(|found| secret_kind(found.it)).collect();
    let amounts = amounts_in(&seen.text, &seen.details);
    let later: Vec<_> = seen.prices.iter().map(is_later).collect();
    hash.update(format!("{kinds:?}{amounts:?}{later:?}"));
    let hash = hash.finalize();
    let _written = write!(marks, " {:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3]);
    marks
}

/// A verdict with all that it carries.
fn told(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Allowed(it) => format!("{:?} {:?} {:?}", it.action(), it.target(), it.reasons()),
        Verdict::Denied { reasons } => format!("{reasons:?}"),
        Verdict::NeedsPermit { armed, commitment, reasons } => {
            format!("{:?} {:?} {commitment:?} {reasons:?}", armed.action(), armed.target().unwrap())
        }
    }
}

/// Everything that can be done on a page, the frames in it left aside: each of them is a page of its own here too.
fn actions(seen: &Observation, case: &Case) -> Vec<Action> {
    let goto = case.goto.iter().filter_map(|address| {
        let url = seen.url.join(&address.replace("{other}", "https://pay.example.net/")).ok()?;
        Some(Action::Goto { url })
    });
    let mut actions: Vec<_> = goto.chain([Action::Goto { url: seen.url.clone() }]).collect();
    for form in &seen.forms {
        for field in &form.fields {
            let filled = |value| Action::Fill { field: field.reference.clone(), value };
            actions.push(filled(Filling::Slot(Slot::Email)));
            actions.push(filled(Filling::Text("2026-05-02".to_owned())));
            actions.push(filled(Filling::Text("4242 4242 4242 4242".to_owned())));
            actions.push(Action::Check { field: field.reference.clone(), on: true });
            actions.extend(field.options.iter().map(|option| chosen(&field.reference, &option.value)));
        }
        actions.extend(form.buttons.iter().map(|button| Action::Press { button: button.reference.clone() }));
    }
    actions.extend(seen.links.iter().map(|link| Action::Follow { link: link.reference.clone() }));
    actions
}

fn chosen(field: &Ref, option: &str) -> Action {
    Action::Choose { field: field.clone(), option: option.to_owned() }
}
