//! The final form: the only place where something is taken.

use crate::{app::App, draft::Draft, form::Form, ledger::Submitted, shelf::Token};

/// What became of a final form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Booked,
    /// The last one went to somebody else.
    Gone,
    /// The ledger could not be written, so nothing was taken.
    Failed,
}

/// Why a payment form is shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Objection {
    /// It showed an amount that is no longer asked.
    OldAmount,
    /// Another card was chosen and not filled in.
    NoCard,
}

/// Judges a payment form before anything is taken.
pub(crate) fn object(app: &App, draft: &Draft, form: &Form) -> Option<Objection> {
    if form.get("quote") != draft.due(app.views(draft)).to_string() {
        return Some(Objection::OldAmount);
    }
    let card = ["cc_name", "cc_number", "cc_exp", "cc_csc"];
    let missing = form.get("card") != "file" && card.iter().any(|name| form.get(name).is_empty());
    missing.then_some(Objection::NoCard)
}

/// Books, and charges or holds where the entry does.
pub(crate) fn book(app: &App, token: &Token, draft: &Draft) -> Outcome {
    let Some(order) = draft.order(token.as_str(), draft.due(app.views(draft))) else {
        return Outcome::Failed;
    };
    match app.journal().submit(&order, app.now()) {
        Ok(Submitted::Booked) => Outcome::Booked,
        Ok(Submitted::Gone) => Outcome::Gone,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a booking could not be recorded");
            Outcome::Failed
        }
    }
}
