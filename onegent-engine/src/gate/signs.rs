//! Signs of money that are no plain amounts: other scripts and spellings, words alone, what a form carries unseen.
//!
//! A sign too many costs a person a look at a free booking; a sign too few costs money.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::words::Label;
use super::words::pages::{CARRIES_MONEY, DUE, FREE_OF, LATER, MONEY, NOW};
use crate::browser::fold::fold;
use crate::browser::observation::{Carried, Field, FieldKind, Form, Observation};
use crate::browser::price::prices_in;

/// Marks of currencies beside digits.
#[expect(clippy::unwrap_used, reason = "a literal pattern; every test of the gate compiles it")]
static MARK: LazyLock<Regex> = LazyLock::new(|| {
    let signs = r"[$€£¥₹₩₽₺₫₴₪฿₱₦₵₡₲₸₿]|ر\.س|د\.إ|ج\.م";
    let codes = "USD|EUR|GBP|CHF|JPY|CAD|AUD|NZD|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|TRY|RUB|UAH|INR|CNY|RMB|HKD|TWD|SGD|KRW|\
                 THB|IDR|MYR|PHP|VND|AED|SAR|QAR|KWD|EGP|MAD|ZAR|NGN|KES|BRL|MXN|ARS|CLP|COP|PEN|ILS|BTC|ETH|USDT";
    let words = r"(?i:kr|zł|kč|ft|lei|грн|руб)";
    Regex::new(&format!(r"{signs}|\b(?:{codes})\b|\d\s?{words}\b|\d\s?[円元원]")).unwrap()
});

/// Names of currencies that need no digits.
#[expect(clippy::unwrap_used, reason = "a literal pattern; every test of the gate compiles it")]
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let count = r"(?:\d|ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)";
    let named = r"\b(?:euros?|dollars?|rupees?|bitcoins?)\b";
    Regex::new(&format!(r"(?i){named}|{count} (?:pounds|quid|bucks|francs|crowns)\b")).unwrap()
});

/// A line that is an amount and nothing else.
#[expect(clippy::unwrap_used, reason = "a literal pattern; every test of the gate compiles it")]
static BARE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\d[\d.,' ]*$").unwrap());

/// Whether a page, its frames left aside, gives a sign that money is taken now.
pub(crate) fn speaks_of_money(seen: &Observation) -> bool {
    seen.cut
        || shows_amount(&seen.text)
        || Label::new(&seen.text).without(FREE_OF).has(MONEY)
        || seen.forms.iter().any(|form| carries_money(form) || form.fields.iter().any(costs))
        || seen.json_ld.iter().any(is_order)
}

/// Whether a text has an amount in it that is not nothing and not paid later, in whatever spelling.
fn shows_amount(text: &str) -> bool {
    let lines: Vec<String> = text.lines().map(|line| line.nfkc().collect()).collect();
    let marked = lines.iter().any(|line| MARK.is_match(line));
    lines.iter().enumerate().any(|(place, line)| {
        let beside = || {
            [place.checked_sub(1), place.checked_add(1)].into_iter().flatten().filter_map(|at| lines.get(at))
        };
        if is_later(line) {
            return false;
        }
        if MARK.is_match(line) {
            let digits = line.chars().any(char::is_numeric);
            return if digits { !is_nothing(line) } else { beside().any(|line| is_bare(line)) };
        }
        NAMED.is_match(line) || is_bare_total(line) || (marked && is_bare(line) && line.contains(['.', ',']))
    })
}

/// Whether all amounts of a line are zero: all are read and are, or no other digit stands in it.
fn is_nothing(line: &str) -> bool {
    let prices = prices_in(line, &[]);
    let all_read = prices.len() == MARK.find_iter(line).count();
    let zero = all_read && prices.iter().all(|price| price.amount.is_zero());
    zero || !line.chars().any(|c| c.is_numeric() && c.to_digit(10) != Some(0))
}

/// Whether a line is a total without a currency: a word for it, and right after it a number.
fn is_bare_total(line: &str) -> bool {
    let line = fold(line);
    let number = |rest: &str| {
        rest.strip_prefix(' ').is_some_and(|rest| rest.starts_with(|c: char| matches!(c, '1'..='9')))
    };
    DUE.iter().any(|word| line.match_indices(word).any(|(at, _)| number(&line[at + word.len()..])))
}

fn is_bare(line: &str) -> bool {
    BARE.is_match(line) && line.contains(|c: char| matches!(c, '1'..='9'))
}

fn is_later(line: &str) -> bool {
    let line = Label::new(line);
    line.has(LATER) && !line.has(NOW)
}

/// Whether a form sends, unseen, an amount or what it is paid with.
fn carries_money(form: &Form) -> bool {
    form.carries.iter().any(|Carried { name, value }| {
        let something = !value.is_empty() && value.chars().any(|c| c.is_alphanumeric() && c != '0');
        something && CARRIES_MONEY.contains(&fold(name).as_str())
    })
}

/// Whether a field, as it stands, adds an amount: the chosen option's label has a price.
fn costs(field: &Field) -> bool {
    let chosen = |field: &Field| {
        field.options.iter().any(|option| option.value == field.value && shows_amount(&option.label))
    };
    matches!(field.kind, FieldKind::Select | FieldKind::Radio) && chosen(field)
}

/// Whether structured data tells of an order that costs something.
fn is_order(data: &serde_json::Value) -> bool {
    let kind = data.get("@type").and_then(serde_json::Value::as_str).unwrap_or_default();
    let ordered = ["Order", "Reservation", "Invoice"].iter().any(|end| kind.ends_with(end));
    let amount = ["price", "totalPrice", "totalPaymentDue"].iter().filter_map(|key| data.get(key));
    let something = |value: &serde_json::Value| value.to_string().contains(|c: char| matches!(c, '1'..='9'));
    ordered && amount.into_iter().any(something)
}
