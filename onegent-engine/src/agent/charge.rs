//! Reading a charge off a page: deterministic, so that the same page always gives the same charge, and a confirmation of
//! it holds until something on the page really changed.

use onegent_core::charge::{Charge, ChargeKind, Fact};
use onegent_core::money::{Currency, Money};
use onegent_core::request::BookingRequest;
use onegent_core::text::{ProviderId, Text};

use self::listed::listed;
pub(super) use self::pressed::Pressed;
use super::Evidence;
use crate::browser::fold::fold;
use crate::browser::mask::GuestMask;
use crate::browser::observation::{Detail, Observation, Price};
use crate::planner::playbook::ChargeHints;

mod amounts;
mod listed;
mod pressed;
#[cfg(test)]
mod tests;
mod unhinted;
mod unseen;

const EVIDENCE_TEXT: usize = 8000;

/// Where a charge is read from, besides the page.
pub(super) struct ChargeReader<'a> {
    pub(super) provider: &'a ProviderId,
    pub(super) provider_name: &'a Text,
    pub(super) hints: &'a ChargeHints,
    pub(super) request: &'a BookingRequest,
    pub(super) mask: &'a GuestMask,
    /// What the consent allows it to cost.
    pub(super) limit: Option<Money>,
}

/// Why there is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// None was read.
    None,
    /// Two amounts under labels that each should be the one: nobody can say what would be charged.
    Several,
    /// Something that is chosen has a price of its own.
    Chosen,
}

impl Doubt {
    fn sentence(self) -> &'static str {
        match self {
            Self::None => "The site names no amount, or none whose currency and value can be read for sure.",
            Self::Several => "The site names several amounts, and each could be the one.",
            Self::Chosen => "Something chosen in the form has a price of its own, which may come on top.",
        }
    }
}

impl ChargeReader<'_> {
    /// What would be charged by what is pressed. Without a clear amount there is none, and the person is told so.
    pub(super) fn read(&self, seen: &Observation, kind: ChargeKind, pressed: Option<&Pressed<'_>>) -> Charge {
        let (amount, doubt) = match self.amounts(seen)[..] {
            [] => (None, Some(Doubt::None)),
            [amount] if pressed.is_some_and(|pressed| pressed.may_add_to(amount)) => {
                (None, Some(Doubt::Chosen))
            }
            [amount] => (Some(amount), None),
            _ => (None, Some(Doubt::Several)),
        };
        let kind = if doubt.is_some() { ChargeKind::Unclear } else { kind };
        let (merchant, terms) = if self.is_hinted() {
            (self.value(seen, &self.hints.merchant), self.value(seen, &self.hints.terms))
        } else {
            let shown = |value: &&str| !self.mask.finds(value);
            (unhinted::merchant(seen).filter(shown), unhinted::terms(seen).filter(shown))
        };
        let merchant = merchant.and_then(Text::fit);
        let mut facts = self.facts(seen);
        let description = self.described(&facts);
        let in_its_currency = |price: &Price| self.amount(seen, price);
        let written = amounts::written(seen, amount, in_its_currency, self.mask);
        facts.extend(listed("Amounts on the page", &written));
        facts.extend(doubt.and_then(|doubt| fact("Why no amount is shown", doubt.sentence())));
        facts.extend(self.unchecked_limit(amount));
        facts.extend(pressed.map(|pressed| pressed.facts(self.mask)).unwrap_or_default());
        Charge {
            kind,
            amount,
            merchant: merchant.unwrap_or_else(|| self.provider_name.clone()),
            description,
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

    /// What a person is told of a limit that the amount can't be held against.
    fn unchecked_limit(&self, amount: Option<Money>) -> Option<Fact> {
        let limit = self.limit?;
        let why = match amount {
            Some(amount) if amount.currency() == limit.currency() => return None,
            Some(amount) => format!("the site asks for {}", amount.currency()),
            None => "the amount is not clear".to_owned(),
        };
        fact("Price limit", &format!("{limit} is the limit, and it was not checked: {why}."))
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

fn fact(label: &str, value: &str) -> Option<Fact> {
    Some(Fact { label: Text::fit(label)?, value: Text::fit(value)? })
}

fn fact_of(detail: &Detail) -> Option<Fact> {
    fact(&detail.label, &detail.value)
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
