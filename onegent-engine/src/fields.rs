//! What the fields of a page ask for, as browsers' autofill finds it: autocomplete tokens first, then labels, names and
//! example values in many languages, then what a field accepts, and last the company it is in.
//!
//! A guess for planners and reports. The payment gate has its own, stricter eye for secrets (`gate/secret`), which decides
//! what is never filled.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a closed list of seventy words; most rules are about three of them"
)]
#![cfg_attr(
    not(test),
    expect(clippy::enum_glob_use, reason = "the same list; tests are not looked at for it")
)]

mod evidence;
mod lexicon;
mod login;
mod meaning;
mod options;
mod row;
mod ticks;
mod token;
mod words;

pub use meaning::{Meaning, UnknownMeaning};
pub(crate) use options::month_of;
pub(crate) use row::time_of;

use crate::browser::observation::{Form, Observation};

/// What each field of a form asks for, in the form's order.
pub fn meanings(seen: &Observation, form: &Form) -> Vec<Meaning> {
    let ranked: Vec<_> = form.fields.iter().map(evidence::meanings).collect();
    let mut meanings: Vec<_> =
        ranked.iter().map(|ranked| ranked.first().copied().unwrap_or(Meaning::Unknown)).collect();
    row::settle(&form.fields, &ranked, &mut meanings);
    login::settle(login::account(seen, form), &form.fields, &ranked, &mut meanings);
    meanings
}

/// What a folded label asks for, or is the label of.
pub(crate) fn asks_for(label: &str) -> Meaning {
    let said = lexicon::said(label).into_iter();
    said.max_by(|(a, a_sure), (b, b_sure)| a_sure.total_cmp(b_sure).then(b.cmp(a)))
        .map_or(Meaning::Unknown, |(meaning, _)| meaning)
}

#[cfg(test)]
mod tests;
