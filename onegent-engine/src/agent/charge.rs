//! Reading a charge off a page: deterministic, so that the same page always gives the same charge, and a confirmation of
//! it holds until something on the page really changed.

use onegent_core::charge::{Charge, ChargeKind, Fact};
use onegent_core::money::{Currency, Money};
use onegent_core::request::BookingRequest;
use onegent_core::text::{ProviderId, Text};

use super::Evidence;
use crate::browser::fold::fold;
use crate::browser::mask::GuestMask;
use crate::browser::observation::{Detail, Observation, Price};
use crate::planner::playbook::ChargeHints;

mod unhinted;

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
        let (merchant, terms) = if self.is_hinted() {
            (self.value(seen, &self.hints.merchant), self.value(seen, &self.hints.terms))
        } else {
            let shown = |value: &&str| !self.mask.finds(value);
            (unhinted::merchant(seen).filter(shown), unhinted::terms(seen).filter(shown))
        };
        let merchant = merchant.and_then(Text::fit);
        let facts = self.facts(seen);
        Charge {
            kind,
            amount,
            merchant: merchant.unwrap_or_else(|| self.provider_name.clone()),
            description: self.described(&facts),
            facts,
            terms: terms.and_then(Text::fit),
            provider: self.provider.clone(),
        }
    }

    /// What the page says that it books, in one line.
    pub(super) fn booking(&self, seen: &Observation) -> Text<500> {
        self.described(&self.facts(seen))
    }

    fn facts(&self, seen: &Observation) -> Vec<Fact> {
        if !self.is_hinted() {
            let shown = |detail: &&Detail| !self.mask.finds(&detail.value);
            return unhinted::facts(seen).into_iter().filter(shown).filter_map(fact_of).collect();
        }
        self.hints.facts.iter().filter_map(|label| self.fact(seen, label)).collect()
    }

    fn described(&self, facts: &[Fact]) -> Text<500> {
        let told: Vec<_> = facts.iter().map(told).collect();
        let described = Text::fit(&told.join(", ")).or_else(|| Text::fit(&self.request.summary()));
        described.unwrap_or_else(|| fit_name(self.provider_name))
    }

    /// The different amounts under the labels that name the charge, in the page and its frames.
    fn amounts(&self, seen: &Observation) -> Vec<Money> {
        if !self.is_hinted() {
            let mut found = Vec::new();
            for amount in unhinted::amounts(seen).into_iter().filter_map(|price| self.amount(seen, price)) {
                if !found.contains(&amount) {
                    found.push(amount);
                }
            }
            return found;
        }
        let labels: Vec<_> = self.hints.amount.iter().map(|label| fold(label)).collect();
        let mut found = Vec::new();
        for price in seen.all().into_iter().flat_map(|frame| &frame.prices) {
            if labels.contains(&fold(&price.label))
                && let Some(amount) = self.amount(seen, price)
                && !found.contains(&amount)
            {
                found.push(amount);
            }
        }
        found
    }

    /// The amount in its own currency; where its sign is several currencies', in the one that the playbook names, or the
    /// only one that the page names. A guess is never shown to a person.
    fn amount(&self, seen: &Observation, price: &Price) -> Option<Money> {
        if !price.ambiguous {
            return Some(price.amount);
        }
        let currency = self.hints.currency.or_else(|| only_currency(seen))?;
        Money::new(price.amount.value(), currency).ok()
    }

    /// The value under a label, unless one of the guest's details is in it.
    fn value<'s>(&self, seen: &'s Observation, label: &str) -> Option<&'s str> {
        let value = detail(seen, label)?.value.as_str();
        (!self.mask.finds(value)).then_some(value)
    }

    fn fact(&self, seen: &Observation, label: &str) -> Option<Fact> {
        let detail = detail(seen, label).filter(|detail| !self.mask.finds(&detail.value))?;
        fact_of(detail)
    }

    /// Whether somebody said where the site prints its charges.
    fn is_hinted(&self) -> bool {
        !self.hints.amount.is_empty()
    }
}

fn fact_of(detail: &Detail) -> Option<Fact> {
    Some(Fact { label: Text::fit(&detail.label)?, value: Text::fit(&detail.value)? })
}

/// The currency that the page names, when it names one only.
fn only_currency(seen: &Observation) -> Option<Currency> {
    let mut named = seen
        .all()
        .into_iter()
        .flat_map(|frame| &frame.prices)
        .filter(|price| !price.ambiguous)
        .map(|price| price.amount.currency());
    let first = named.next()?;
    named.all(|other| other == first).then_some(first)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::action::SlotValues;
    use crate::browser::plain::observe;

    /// The charge of a page whose playbook names this currency, if any.
    fn charge(page: &str, currency: Option<&str>) -> Charge {
        let hints = ChargeHints {
            amount: vec!["Total".to_owned()],
            merchant: "Merchant".to_owned(),
            terms: "Terms".to_owned(),
            facts: Vec::new(),
            currency: currency.map(|code| code.parse().unwrap()),
        };
        let guest = serde_json::json!({
            "first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone": "+12125550123",
        });
        let request = serde_json::json!({
            "scenario": "restaurant",
            "params": { "restaurant_name": "Owl", "city": "Toronto", "date": "2027-03-04", "time": "19:00", "covers": 2 },
        });
        let reader = ChargeReader {
            provider: &"site".parse().unwrap(),
            provider_name: &"Site".parse().unwrap(),
            hints: &hints,
            request: &serde_json::from_value(request).unwrap(),
            mask: &GuestMask::new(SlotValues::of(&serde_json::from_value(guest).unwrap())),
        };
        reader.read(&observe(page, "https://www.example.com/pay"), ChargeKind::Payment)
    }

    #[test]
    fn a_sign_of_several_currencies_names_none() {
        let amount = |page: &str, currency| charge(page, currency).amount.map(|amount| amount.to_string());
        assert_eq!(amount("<p>Total: $412.50", None), None);
        assert_eq!(charge("<p>Total: $412.50", None).kind, ChargeKind::Unclear);
        assert_eq!(amount("<p>Total: USD 412.50", None).as_deref(), Some("USD 412.50"));
        assert_eq!(amount("<p>Total: $412.50", Some("CAD")).as_deref(), Some("CAD 412.50"));
        assert_eq!(amount("<p>Total: $412.50<p>Deposit: CAD 10.00", None).as_deref(), Some("CAD 412.50"));
        assert_eq!(amount("<p>Total: $412.50<p>CAD 10.00 or USD 8.00", None), None);
    }

    #[test]
    fn a_guest_is_no_merchant_and_stands_in_no_terms() {
        let charge = charge("<dl><dt>Merchant<dd>Ana Silva<dt>Terms<dd>Write to ana@example.com</dl>", None);
        assert_eq!((charge.merchant.as_str(), charge.terms), ("Site", None));
    }
}
