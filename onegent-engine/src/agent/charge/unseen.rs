//! What a form sends without showing it, as far as it is about money or about who gets it.
//!
//! A form carries names that are new on each visit: tokens against forgery, sessions, drafts, signatures. Bound to those,
//! no confirmation would survive a second visit, so they are left out, by their names and by their looks
//! (`docs/decisions/0013-what-a-confirmation-binds.md`).

use std::sync::LazyLock;

use regex::Regex;

use crate::browser::fold::fold;
use crate::browser::mask::GuestMask;
use crate::browser::observation::Carried;
use crate::browser::price::prices_in;
use crate::gate::parted;
use crate::network::card::{has_card_number, has_iban};

/// Parts of names of amounts and of what makes them larger.
#[rustfmt::skip]
const MONEY: [&str; 18] = [
    "amount", "price", "total", "currency", "payment", "deposit", "discount", "surcharge", "voucher", "coupon", "donation", "insurance",
    "betrag", "preis", "montant", "importe", "importo", "kwota",
];

/// Whole words of the same.
#[rustfmt::skip]
const MONEY_WORDS: [&str; 24] = [
    "sum", "cost", "costs", "fee", "fees", "tax", "taxes", "tip", "gratuity", "charge", "pay", "promo", "quantity", "qty", "quote", "rate",
    "summe", "prix", "precio", "prezzo", "valor", "preco", "prijs", "belopp",
];

/// Whole words of names of who gets the money.
#[rustfmt::skip]
const PAYEE: [&str; 9] = [
    "merchant", "seller", "vendor", "payee", "recipient", "beneficiary", "receiver", "business", "iban",
];

/// Whole words of names whose value is new on each visit.
#[rustfmt::skip]
const FRESH: [&str; 26] = [
    "csrf", "xsrf", "token", "nonce", "session", "sessionid", "sid", "signature", "sig", "hash", "hmac", "mac", "digest", "checksum",
    "intent", "secret", "verifier", "viewstate", "timestamp", "time", "ts", "expires", "uuid", "guid", "reference", "ref",
];

/// Whole words of names that number something: an order is new on each visit, a price is not.
const NUMBERED: [&str; 8] = ["id", "no", "nr", "number", "order", "cart", "basket", "transaction"];

/// A number with cents, or a currency.
#[expect(clippy::unwrap_used, reason = "a literal pattern; every test of this module compiles it")]
static AMOUNT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(?:[0-9]{1,9}[.,][0-9]{2}|[A-Z]{3})\s*$").unwrap());

/// The names and values that a confirmation binds, in the form's order.
pub(super) fn bound(sent: &[Carried], mask: &GuestMask) -> Vec<String> {
    let bound = sent.iter().filter(|sent| is_bound(sent) && !is_private(&sent.value, mask));
    bound.map(|Carried { name, value }| format!("{name} = {value}")).collect()
}

fn is_bound(sent: &Carried) -> bool {
    if AMOUNT.is_match(&sent.value) || is_price(&sent.value) {
        return true;
    }
    let name = fold(&parted(&sent.name));
    let has = |words: &[&str]| name.split(' ').any(|word| words.contains(&word));
    if has(&FRESH) {
        return false;
    }
    let numbered = has(&NUMBERED);
    let payee = has(&PAYEE) && !has(&NUMBERED[4..]);
    let money = MONEY.iter().any(|part| name.contains(part)) || has(&MONEY_WORDS);
    payee || (money && !is_fresh(&sent.value) && !(numbered && is_number(&sent.value)))
}

/// Whether a value is a currency and a number, and no more.
fn is_price(value: &str) -> bool {
    prices_in(value, &[]).first().is_some_and(|price| price.text == value.trim())
}

/// Whether a value looks like one that is made for one visit: long, and of letters and digits without a space.
pub(super) fn is_fresh(value: &str) -> bool {
    let value = value.trim();
    let (letters, digits) =
        (value.contains(char::is_alphabetic), value.contains(|c: char| c.is_ascii_digit()));
    let long = value.chars().count();
    !value.contains(char::is_whitespace) && (long >= 24 || (long >= 8 && letters && digits))
}

/// Whether a value numbers something, as an order or a payment does.
fn is_number(value: &str) -> bool {
    value.len() >= 4 && value.bytes().all(|b| b.is_ascii_digit())
}

fn is_private(value: &str, mask: &GuestMask) -> bool {
    mask.finds(value) || has_card_number(value) || has_iban(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(name: &str, value: &str) -> bool {
        is_bound(&Carried { name: name.to_owned(), value: value.to_owned() })
    }

    #[test]
    fn money_and_who_gets_it_are_bound() {
        for (name, value) in [
            ("amount", "14900"),
            ("order_total", "149"),
            ("totalPrice", "149.00"),
            ("x", "149.00"),
            ("x", "EUR 149.00"),
            ("ccy", "EUR"),
            ("currency_code", "eur"),
            ("insurance", "plus"),
            ("qty", "2"),
            ("merchant_id", "acct1032D82eZvKYlo2C"),
            ("business", "seller@example.com"),
            ("csrf_total", "149.00"),
        ] {
            assert!(is(name, value), "{name}={value}");
        }
    }

    #[test]
    fn what_is_new_on_each_visit_is_not() {
        for (name, value) in [
            ("csrf_token", "Zk3k9"),
            ("token", "1f3870be274f6c49b3e31a0c6728957f"),
            ("payment_intent", "pi_3MtwBwLkdIwHu7ix28a3tqPa"),
            ("payment_id", "883712"),
            ("price_token", "eyJhbGciOi"),
            ("amount_signature", "ab12cd34"),
            ("payment", "3f2a9c0d1b2e4f60"),
            ("merchantReference", "ORDER-99127"),
            ("merchant_order_id", "99127"),
            ("timestamp", "1732356000"),
            ("room", "12"),
        ] {
            assert!(!is(name, value), "{name}={value}");
        }
    }
}
