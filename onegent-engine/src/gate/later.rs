//! Whether an amount is one that is paid later, at the venue. Only words that are this amount's alone say so, and only
//! when they speak of paying: "dinner at the restaurant" is no promise that dinner is paid there.

use super::words::Label;
use super::words::pages::{LATER, LINKS, NOW, PAID, TOTAL_CORE, TOTAL_WORDS};
use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::Price;

/// Whether the amount is said to be paid later.
pub(crate) fn is_later(price: &Price) -> bool {
    let says = says_later(&price.before, Side::Before) || says_later(&price.after, Side::After);
    says && !Label::new(&format!("{} {}", price.label, price.suffix)).has(NOW)
}

/// Whether the amount is nothing, and the sum of all, or of what is due: "Discount: EUR 0.00" is neither.
pub(super) fn is_total_of_nothing(price: &Price) -> bool {
    let said = if price.label.is_empty() { &price.suffix } else { &price.label };
    price.amount.is_zero() && is_total(&fold(said))
}

/// Which side of the amount words stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

/// Whether a clause that touches an amount says that it is paid later. Only small words may stand between the place where
/// it is paid and the amount, and between the place and the word for paying: one does not pay *for a dinner* there.
pub(super) fn says_later(clause: &str, side: Side) -> bool {
    let clause = fold(clause);
    let pays = |word: &str| PAID.contains(&word);
    let small = |word: &&str| LINKS.contains(word) || pays(word);
    LATER.iter().filter(|place| has_phrase(&clause, place)).any(|place| {
        let parted = if side == Side::Before { clause.rsplit_once(place) } else { clause.split_once(place) };
        let Some((left, right)) = parted else { return false };
        let (left, right) = (left.split_whitespace().rev(), right.split_whitespace());
        let between_is_small = match side {
            Side::Before => right.clone().all(|word| small(&word)),
            Side::After => left.clone().all(|word| small(&word)),
        };
        let mut around = left.take_while(small).chain(right.take_while(small));
        between_is_small && (PAID.iter().any(|word| has_phrase(place, word)) || around.any(pays))
    })
}

/// Whether a folded label is that of a sum: "total to pay now", "合計". One other word in it makes it something else.
fn is_total(label: &str) -> bool {
    let known = |word: &str| TOTAL_WORDS.contains(&word) || word.bytes().all(|b| b.is_ascii_digit());
    TOTAL_CORE.iter().any(|core| has_phrase(label, core))
        && (TOTAL_CORE.contains(&label) || label.split(' ').all(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::price::prices_in;

    /// The amounts of a line that are for later.
    fn later(line: &str) -> Vec<String> {
        let prices = prices_in(line, &[]).into_iter().filter(is_later);
        prices.map(|price| price.amount.to_string()).collect()
    }

    #[test]
    fn an_amount_is_for_later_by_its_own_words_alone() {
        for line in [
            "Due at the property: EUR 20.00",
            "Total due at the property: EUR 20.00",
            "EUR 20.00 to be paid at the hotel on arrival",
            "EUR 20.00, payable at the venue",
            "City tax EUR 20.00 is paid at the property. Total: EUR 100.00",
            "City tax EUR 20.00 is paid at the property, total EUR 100.00",
            "Zahlung vor Ort: 20,00 €",
            "Vor Ort zu zahlen: 20,00 €",
            "20,00 € sind vor Ort zu zahlen",
            "20,00 € à payer sur place ; total 96,00 €",
            "现场支付: EUR 20.00",
        ] {
            assert_eq!(later(line), ["EUR 20.00"], "{line}");
        }
        for line in [
            "Dinner for 3 at the restaurant, total EUR 240.00",
            "Dinner at the restaurant EUR 240.00",
            "Pay for dinner at the restaurant: EUR 240.00",
            "EUR 240.00 at the restaurant",
            "Room EUR 100.00 due at the property EUR 20.00",
            "EUR 30.00, remainder to be paid at the property",
            "EUR 30.00; to be paid at the property is the rest",
            "Pay EUR 30.00 now, the rest at the property",
            "Paid at the property total EUR 240.00",
            "EUR 30.00 is charged, and not paid at the property",
        ] {
            assert_eq!(later(line), Vec::<String>::new(), "{line}");
        }
    }

    #[test]
    fn a_total_of_nothing_is_told_from_other_zeros() {
        let nothing = |line: &str| prices_in(line, &[]).iter().any(is_total_of_nothing);
        for line in [
            "Total: EUR 0.00",
            "Total to pay now: EUR 0.00",
            "You pay EUR 0.00 now",
            "Amount due today EUR 0.00",
            "EUR 0.00 due now",
            "Gesamtbetrag: 0,00 €",
            "Total à payer : 0,00 €",
            "Total for 2 guests: EUR 0.00",
        ] {
            assert!(nothing(line), "{line}");
        }
        for line in [
            "Discount: EUR 0.00",
            "Extras · Total: EUR 0.00",
            "Extras; total: EUR 0.00",
            "Total discount: EUR 0.00",
            "Deposit: EUR 0.00",
            "EUR 0.00",
            "Total: EUR 1.00",
        ] {
            assert!(!nothing(line), "{line}");
        }
    }
}
