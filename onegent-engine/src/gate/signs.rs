//! Signs of money that are no plain amounts: other scripts and spellings, words alone, what a form carries unseen.
//!
//! A sign too many costs a person a look at a free booking; a sign too few costs money.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::later::{Side, says_later};
use super::money::is_now;
use super::words::pages::{CARRIES_MONEY, DUE, FREE_OF, MONEY, NOW};
use super::words::{Label, PAY};
use crate::browser::fold::fold;
use crate::browser::observation::{Carried, Detail, Field, FieldKind, Form, Observation, Price};
use crate::browser::price::{label_of, prices_of_line, sentences, words_beside};

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
        || !amounts_in(&seen.text, &seen.details).is_empty()
        || Label::new(&seen.text).without(FREE_OF).has(MONEY)
        || seen.forms.iter().any(|form| carries_money(form) || form.fields.iter().any(costs))
        || seen.json_ld.iter().any(is_order)
}

/// Whether a question of a page, such as `confirm()` asks, is about money or about paying.
pub(crate) fn speaks_of_paying(text: &str) -> bool {
    let label = Label::new(text).without(FREE_OF);
    shows_amount(text) || label.has(MONEY) || label.has(PAY)
}

/// An amount that is neither nothing nor paid later, as a page writes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shown {
    /// One that is read.
    Read(Price),
    /// Words with one that is not, in whatever spelling.
    Unread(String),
}

impl Shown {
    /// Whether both are the same amount of the same currency, whatever stands beside them.
    pub(crate) fn is_the_amount_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Read(one), Self::Read(other)) => one.amount == other.amount,
            (one, other) => one == other,
        }
    }
}

/// Whether a text shows an amount that is neither nothing nor paid later.
fn shows_amount(text: &str) -> bool {
    !amounts_in(text, &[]).is_empty()
}

/// The amounts of a text that are neither nothing nor paid later, a line for each block.
pub(crate) fn amounts_in(text: &str, details: &[Detail]) -> Vec<Shown> {
    let lines: Vec<String> = text.lines().map(|line| line.nfkc().collect()).collect();
    let marked = lines.iter().any(|line| MARK.is_match(line));
    let line_at = |place: Option<usize>| place.and_then(|at| lines.get(at)).map_or("", String::as_str);
    let mut shown = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let above = line_at(place.checked_sub(1));
        let bare_beside = is_bare(above) || is_bare(line_at(place.checked_add(1)));
        let (read, rest) = parted(line, label_of(details, above, line));
        shown.extend(read.into_iter().filter(is_now).map(Shown::Read));
        let is_money = |text: &str| is_money(text.trim(), marked, bare_beside);
        let now: Vec<_> =
            sentences(&rest).into_iter().filter(|sentence| !is_unread_later(sentence)).collect();
        if is_money(&now.join(".")) {
            // Where no sentence has it alone, their marks are part of the amount.
            let own: Vec<_> = now.iter().copied().filter(|sentence| is_money(sentence)).collect();
            let words = if own.is_empty() { now } else { own };
            shown.push(Shown::Unread(words.join(".").trim().to_owned()));
        }
    }
    shown
}

/// Stands where an amount was read, so that what is at its sides grows into no other.
const READ: char = '…';

/// The amounts of a line that are read, and the line without them.
fn parted(line: &str, label: &str) -> (Vec<Price>, String) {
    let (mut read, mut rest, mut from) = (Vec::new(), String::new(), 0);
    for (range, price) in prices_of_line(line, label) {
        rest.push_str(&line[from..range.start]);
        rest.push(READ);
        from = range.end;
        read.push(price);
    }
    rest.push_str(&line[from..]);
    (read, rest)
}

/// Whether a line has an amount in it that was not read.
fn is_money(line: &str, marked: bool, bare_beside: bool) -> bool {
    if MARK.is_match(line) {
        let digits = line.chars().any(char::is_numeric);
        return if digits { has_something(line) } else { bare_beside };
    }
    NAMED.is_match(line) || is_bare_total(line) || (marked && is_bare(line) && line.contains(['.', ',']))
}

fn has_something(line: &str) -> bool {
    line.chars().any(|c| c.is_numeric() && c.to_digit(10) != Some(0))
}

/// Whether a sentence says of the one number in it that it is paid later.
fn is_unread_later(sentence: &str) -> bool {
    let Some(start) = sentence.find(char::is_numeric) else { return false };
    let (left, number) = sentence.split_at(start);
    let right =
        number.trim_start_matches(|c: char| c.is_numeric() || c.is_whitespace() || ".,'’".contains(c));
    let one = !right.contains(char::is_numeric) && !sentence.contains(READ);
    let (before, after) = words_beside(left, right.trim_start_matches(['円', '元', '원']));
    one && (says_later(before, Side::Before) || says_later(after, Side::After))
        && !Label::new(sentence).has(NOW)
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

/// Whether a form sends, unseen, an amount or what it is paid with.
fn carries_money(form: &Form) -> bool {
    form.carries.iter().any(|Carried { name, value }| {
        let something = value.chars().any(|c| c.is_alphanumeric() && c != '0');
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
