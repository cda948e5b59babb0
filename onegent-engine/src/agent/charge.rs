//! Reading a charge off a page: deterministic, so that the same page always gives the same charge, and a confirmation of
//! it holds until something on the page really changed.

use onegent_core::charge::{Charge, ChargeKind, Fact};
use onegent_core::money::Money;
use onegent_core::request::BookingRequest;
use onegent_core::text::{ProviderId, Text};

use super::Evidence;
use crate::browser::fold::fold;
use crate::browser::mask::GuestMask;
use crate::browser::observation::{Detail, Observation};
use crate::planner::playbook::ChargeHints;

const EVIDENCE_TEXT: usize = 8000;

/// Where a charge is read from, besides the page.
pub(super) struct ChargeReader<'a> {
    pub(super) provider: &'a ProviderId,
    pub(super) provider_name: &'a Text,
    pub(super) hints: &'a ChargeHints,
    pub(super) request: &'a BookingRequest,
    pub(super) mask: &'a GuestMask,
}

impl ChargeReader<'_> {
    /// What the page would charge. Without a clear amount there is none, and the person is told so.
    pub(super) fn read(&self, seen: &Observation, kind: ChargeKind) -> Charge {
        let amounts = self.amounts(seen);
        let (amount, kind) = match amounts[..] {
            [amount] => (Some(amount), kind),
            // Two amounts under labels that each should be the one: nobody can say what would be charged.
            _ => (None, ChargeKind::Unclear),
        };
        let merchant = detail(seen, &self.hints.merchant).and_then(|detail| Text::fit(&detail.value));
        let facts: Vec<_> = self.hints.facts.iter().filter_map(|label| self.fact(seen, label)).collect();
        let told: Vec<_> = facts.iter().map(told).collect();
        let description = Text::fit(&told.join(", ")).or_else(|| Text::fit(&self.request.summary()));
        Charge {
            kind,
            amount,
            merchant: merchant.unwrap_or_else(|| self.provider_name.clone()),
            description: description.unwrap_or_else(|| fit_name(self.provider_name)),
            facts,
            terms: detail(seen, &self.hints.terms).and_then(|detail| Text::fit(&detail.value)),
            provider: self.provider.clone(),
        }
    }

    /// The different amounts under the labels that name the charge, in the page and its frames.
    fn amounts(&self, seen: &Observation) -> Vec<Money> {
        let labels: Vec<_> = self.hints.amount.iter().map(|label| fold(label)).collect();
        let mut found = Vec::new();
        for price in seen.all().into_iter().flat_map(|frame| &frame.prices) {
            if labels.contains(&fold(&price.label)) && !found.contains(&price.amount) {
                found.push(price.amount);
            }
        }
        found
    }

    fn fact(&self, seen: &Observation, label: &str) -> Option<Fact> {
        let detail = detail(seen, label).filter(|detail| !self.mask.finds(&detail.value))?;
        Some(Fact { label: Text::fit(&detail.label)?, value: Text::fit(&detail.value)? })
    }
}

/// A fact in a line of facts: a bare number says nothing without its label.
fn told(fact: &Fact) -> String {
    let number = fact.value.as_str().bytes().all(|b| b.is_ascii_digit());
    if number { format!("{}: {}", fact.label, fact.value) } else { fact.value.to_string() }
}

/// The value under a label, in the page or its frames.
fn detail<'a>(seen: &'a Observation, label: &str) -> Option<&'a Detail> {
    let label = fold(label);
    seen.all().into_iter().flat_map(|frame| &frame.details).find(|detail| fold(&detail.label) == label)
}

fn fit_name(name: &Text) -> Text<500> {
    #[expect(clippy::expect_used, reason = "a text of at most 200 characters is one of at most 500")]
    Text::fit(name.as_str()).expect("a shorter text fits")
}

/// What the page shows, without the guest's details and without the values in its address.
pub(super) fn evidence(seen: &Observation, mask: &GuestMask) -> Evidence {
    let mut url = seen.url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let text = mask.hide(&seen.all().iter().map(|frame| frame.text.as_str()).collect::<Vec<_>>().join("\n"));
    Evidence {
        url: Some(mask.hide(url.as_str())),
        page_text: Some(text.chars().take(EVIDENCE_TEXT).collect()),
    }
}
