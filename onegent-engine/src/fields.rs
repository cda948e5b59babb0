//! What the fields of a page ask for, as browsers' autofill finds it: autocomplete tokens first, then labels, names and
//! example values in many languages, then what a field accepts, and last the company it is in.
//!
//! A guess for planners and reports. The payment gate has its own, stricter eye for secrets (`gate/secret`), which decides
//! what is never filled.

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

#[cfg(test)]
mod tests;
