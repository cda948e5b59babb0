//! Words of addresses and of what is sent that pay or conclude, in the languages of the gate. Folded, and kept out of
//! rustfmt, which would give every word a line.

use super::content::Content;
use crate::browser::fold::{fold, has_phrase};

/// Pays.
#[rustfmt::skip]
const PAY: &[&str] = &[
    "pay", "paynow", "capture", "purchase", "buy", "buynow", "charge", "authorize", "authorise", "subscribe", "donate",
    "placeorder", "place order", "bezahlen", "zahlen", "kaufen", "kauf", "zahlungspflichtig", "payer", "acheter",
    "commander", "pagar", "comprar", "paga", "pagare", "acquista", "ordina", "betalen", "betaal", "afrekenen", "kopen",
    "zaplac", "kup", "betala", "kop", "購入", "支払", "決済", "支付", "付款", "购买",
];

/// Concludes.
#[rustfmt::skip]
const FINAL: &[&str] = &[
    "confirm", "commit", "complete", "finalize", "finalise", "finish", "submit", "checkout complete", "bestatigen",
    "bestaetigen", "abschliessen", "buchen", "bestellen", "confirmer", "valider", "finaliser", "terminer", "confirmar",
    "finalizar", "terminar", "conferma", "confermare", "concludi", "concluir", "bevestigen", "afronden", "potwierdz",
    "zakoncz", "bekrafta", "slutfor", "確定", "完了", "确认", "提交",
];

/// Books, where it is the whole word of an address that is read.
#[rustfmt::skip]
const BOOK: &[&str] = &[
    "book", "booknow", "book now", "order", "order now", "ordernow", "reserve", "reserve now", "take", "accept",
    "reserver", "reservar", "reservieren", "prenota", "boeken", "reserveren", "boka", "予約", "预订",
];

/// Whether a request says that it pays, wherever it says so.
pub(super) fn pays(content: &Content) -> bool {
    in_path(content, &[PAY]) || in_query(content, &[PAY]) || in_body(content, &[PAY])
}

/// Whether a write says that it pays or concludes.
pub(super) fn concludes(content: &Content) -> bool {
    in_path(content, &[PAY, FINAL]) || in_query(content, &[PAY, FINAL]) || in_body(content, &[PAY, FINAL])
}

/// Whether a read says so. It has no business to: a read that books is known by its address alone.
pub(super) fn read_concludes(content: &Content) -> bool {
    concludes(content) || BOOK.contains(&parted(&content.last).as_str())
}

/// Whether a read goes to a page that is called by nothing but a word for paying: `/booking/7/pay`.
pub(super) fn names_the_payment_page(content: &Content) -> bool {
    PAY.contains(&parted(&content.last).as_str()) && !in_query(content, &[PAY, FINAL])
}

/// In the last part of the path.
fn in_path(content: &Content, lists: &[&[&str]]) -> bool {
    says(&content.last, lists)
}

/// In a name or a value of the query.
fn in_query(content: &Content, lists: &[&[&str]]) -> bool {
    content.query.iter().any(|(name, value)| says(name, lists) || says(value, lists))
}

fn says(text: &str, lists: &[&[&str]]) -> bool {
    let text = parted(text);
    lists.iter().any(|words| words.iter().any(|word| has_phrase(&text, word)))
}

/// As a whole name or value of the body: words of a guest's wishes, or `confirm_email`, say nothing.
fn in_body(content: &Content, lists: &[&[&str]]) -> bool {
    // Some frameworks name every button so, whatever it does.
    const BUTTON_NAMES: [&str; 2] = ["commit", "submit"];
    let is = |text: &str| {
        let text = parted(text);
        lists.iter().any(|words| words.contains(&text.as_str()))
    };
    let name = |name: &str| !BUTTON_NAMES.contains(&parted(name).as_str()) && is(name);
    content.body.iter().any(|(given, value)| name(given) || is(value))
}

/// A name as programs write it, its words apart, folded: `confirmOrder`, `place_order`.
fn parted(name: &str) -> String {
    let mut parted = String::with_capacity(name.len() + 4);
    let mut lower = false;
    for c in name.chars() {
        if lower && c.is_uppercase() {
            parted.push(' ');
        }
        lower = c.is_lowercase();
        parted.push(c);
    }
    fold(&parted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_folded_or_it_would_never_match() {
        for word in [PAY, FINAL, BOOK].into_iter().flatten() {
            assert_eq!(fold(word), **word);
        }
    }
}
