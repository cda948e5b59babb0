//! The review at `paused_payment`, and the two answers to it. Nothing else in this crate confirms a charge.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use onegent_core::charge::{Charge, ChargeHash, ChargeKind};
use onegent_core::id::HoldId;
use onegent_core::port::Review;

use super::form::{Form, SignedForm};
use super::guard::forged;
use super::job::answer;
use super::view::{self, When};
use crate::app::Shared;
use crate::problem::Problem;
use crate::rest::path::JobPath;

/// All that a person has to see before money moves.
pub(super) struct ReviewView {
    pub(super) hold: String,
    pub(super) hash: String,
    /// The amount and its currency; `None` when the site names none.
    pub(super) amount: Option<(String, &'static str)>,
    pub(super) merchant: String,
    pub(super) description: String,
    pub(super) provider: String,
    pub(super) effect: &'static str,
    pub(super) facts: Vec<(String, String)>,
    pub(super) terms: Option<String>,
    pub(super) changes: Vec<Change>,
    pub(super) page_text: Option<String>,
    pub(super) page_url: Option<String>,
    pub(super) until: When,
    pub(super) until_iso: String,
    pub(super) minutes_left: i64,
}

/// One line of old beside new.
pub(super) struct Change {
    pub(super) label: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) differs: bool,
}

impl ReviewView {
    pub(super) fn new(review: &Review, now: Timestamp) -> Self {
        let charge = &review.charge;
        Self {
            hold: review.hold.to_string(),
            hash: review.hash.to_string(),
            amount: charge.amount.map(|money| (view::amount(money), money.currency().code())),
            merchant: charge.merchant.to_string(),
            description: charge.description.to_string(),
            provider: charge.provider.to_string(),
            effect: effect(charge.kind),
            facts: charge.facts.iter().map(|fact| (fact.label.to_string(), fact.value.to_string())).collect(),
            terms: charge.terms.as_ref().map(ToString::to_string),
            changes: review.replaces.as_ref().map_or_else(Vec::new, |before| changes(before, charge)),
            page_text: review.page_text.clone().filter(|text| !text.trim().is_empty()),
            page_url: review.page_url.clone(),
            until: When(review.expires_at),
            until_iso: review.expires_at.to_string(),
            minutes_left: (review.expires_at.duration_since(now).as_secs() / 60).max(0),
        }
    }
}

fn effect(kind: ChargeKind) -> &'static str {
    match kind {
        ChargeKind::Payment => "This amount is taken now.",
        ChargeKind::CardHold => "A card is held for this amount. It is taken only under the terms below.",
        ChargeKind::Unclear => {
            "The site does not say clearly what its last button does, so treat it as a payment."
        }
    }
}

/// Old beside new, line by line: what both have, then what only one of them has.
fn changes(before: &Charge, after: &Charge) -> Vec<Change> {
    const NONE: &str = "Not named";
    let amount = |charge: &Charge| charge.amount.map_or_else(|| NONE.to_owned(), view::money);
    let terms = |charge: &Charge| charge.terms.as_ref().map_or_else(|| NONE.to_owned(), ToString::to_string);
    let fact = |charge: &Charge, label: &str| {
        let found = charge.facts.iter().find(|fact| fact.label.as_str() == label);
        found.map_or_else(|| NONE.to_owned(), |fact| fact.value.to_string())
    };
    let line = |label: &str, before: String, after: String| Change {
        label: label.to_owned(),
        differs: before != after,
        before,
        after,
    };
    let mut lines = vec![
        line("Amount", amount(before), amount(after)),
        line("Effect", effect(before.kind).to_owned(), effect(after.kind).to_owned()),
        line("Merchant", before.merchant.to_string(), after.merchant.to_string()),
        line("What", before.description.to_string(), after.description.to_string()),
    ];
    let mut labels: Vec<&str> = Vec::new();
    for label in before.facts.iter().chain(&after.facts).map(|fact| fact.label.as_str()) {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    lines.extend(labels.into_iter().map(|label| line(label, fact(before, label), fact(after, label))));
    lines.push(line("Terms", terms(before), terms(after)));
    lines
}

/// `POST /jobs/{id}/confirm`: exactly the charge whose hash the form carries, once.
pub(super) async fn confirm(
    State(shared): State<Arc<Shared>>,
    JobPath(job): JobPath,
    form: SignedForm,
) -> Result<Response, Problem> {
    let hold = hold(&form.form)?;
    let shown: ChargeHash = form.form.get("charge").and_then(|text| text.parse().ok()).ok_or_else(forged)?;
    let outcome = shared.desk.confirm(form.signed_in.person(), job, hold, shown).await;
    answer(&shared, &form.signed_in, job, outcome).await
}

/// `POST /jobs/{id}/decline`: ends the job; nothing is charged.
pub(super) async fn decline(
    State(shared): State<Arc<Shared>>,
    JobPath(job): JobPath,
    form: SignedForm,
) -> Result<Response, Problem> {
    let hold = hold(&form.form)?;
    let outcome = shared.desk.decline(form.signed_in.person(), job, hold).await;
    answer(&shared, &form.signed_in, job, outcome).await
}

fn hold(form: &Form) -> Result<HoldId, Problem> {
    form.get("hold").and_then(|text| text.parse().ok()).ok_or_else(forged)
}
