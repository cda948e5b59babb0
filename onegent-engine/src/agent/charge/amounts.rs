//! The amounts that a page shows, as it writes them. A charge whose amount can't be told for sure is bound by these.

use onegent_core::money::Money;

use crate::browser::fold::fold;
use crate::browser::mask::GuestMask;
use crate::browser::observation::{Observation, Price};
use crate::gate::words::pages::WAS;
use crate::gate::{Shown, amounts_in};

/// Every amount of the page and its frames that is neither nothing nor paid later, with its label, as it is written. Left
/// out are those that say no more than `known`, and what a page says once of an older price.
pub(super) fn written(
    seen: &Observation,
    known: Option<Money>,
    in_its_currency: impl Fn(&Price) -> Option<Money>,
    mask: &GuestMask,
) -> Vec<String> {
    let mut parts = Vec::new();
    for frame in seen.all() {
        for shown in amounts_in(&frame.text, &frame.details) {
            let part = match shown {
                Shown::Read(price) => {
                    let amount = in_its_currency(&price);
                    if (amount.is_some() && amount == known) || was(&price) {
                        continue;
                    }
                    let unnamed = if amount.is_none() { ", currency not named by the site" } else { "" };
                    let label = if price.label.is_empty() { "Amount" } else { &price.label };
                    format!("{label}: {}{unnamed}", price.text)
                }
                Shown::Unread(words) => words,
            };
            let part = mask.hide(&part);
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    parts
}

/// Whether the amount is one that was asked for before.
fn was(price: &Price) -> bool {
    let said = fold(&price.before);
    WAS.iter().any(|word| said.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with(' ')))
}
