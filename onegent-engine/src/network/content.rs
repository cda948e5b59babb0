//! What a request carries, unpacked as far as a site would unpack it: query, forms, multipart, JSON, and these inside
//! each other, percent-encoded or in base64.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::form_urlencoded;

use super::request::Outgoing;
use super::{Refusal, card};
use crate::browser::action::{Slot, SlotValues};
use crate::browser::mask::GuestMask;

/// How often something is unpacked that stands inside something else.
const DEEPEST: usize = 3;
/// What is unpacked of one request at most: names and values in bytes, and how many of them. Some hundred times what a
/// form sends, and little enough to be read at once, whatever a page nests in each other.
const MOST_BYTES: usize = 4 << 20;
const MOST_PAIRS: usize = 20_000;
/// Shorter texts are words that happen to be base64.
const SHORTEST_BASE64: usize = 16;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Names and values, in the order in which they stand.
#[derive(Debug)]
pub(super) struct Content {
    /// The last part of the path that says something.
    pub(super) last: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Vec<(String, String)>,
    path: String,
    /// Whether there is more in it than is looked at.
    cut: bool,
}

/// What was unpacked so far.
#[derive(Debug)]
struct Unpacked {
    pairs: Vec<(String, String)>,
    bytes_left: usize,
}

impl Unpacked {
    fn new() -> Self {
        Self { pairs: Vec::new(), bytes_left: MOST_BYTES }
    }

    fn is_full(&self) -> bool {
        self.bytes_left == 0 || self.pairs.len() >= MOST_PAIRS
    }

    fn spend(&mut self, bytes: usize) {
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
    }

    /// Keeps a pair, unless that is more than one request may hold.
    fn push(&mut self, name: &str, value: &str) {
        self.spend(name.len() + value.len());
        if !self.is_full() {
            self.pairs.push((name.to_owned(), value.to_owned()));
        }
    }
}

impl Content {
    pub(super) fn of(request: &Outgoing<'_>) -> Self {
        let path = percent_decode_str(request.url.path()).decode_utf8_lossy().into_owned();
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        let (mut query, mut body) = (Unpacked::new(), Unpacked::new());
        for (name, value) in request.url.query_pairs() {
            unpack(&mut query, &name, &value, DEEPEST);
        }
        if !request.body.is_empty() {
            unpack_body(&mut body, request.content_type, request.body);
        }
        let cut = query.is_full() || body.is_full();
        Self { last, query: query.pairs, body: body.pairs, path, cut }
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query.iter().chain(&self.body).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Why no site may get this from the agent.
    pub(super) fn secret(&self) -> Option<Refusal> {
        if self.cut {
            return Some(Refusal::TooMuch);
        }
        for (name, value) in self.pairs().chain([("", self.path.as_str())]) {
            if card::has_card_number(value) || card::has_card_number(name) {
                return Some(Refusal::CardNumber);
            }
            if card::is_security_code(name, value) {
                return Some(Refusal::SecurityCode);
            }
            if card::has_iban(value) {
                return Some(Refusal::AccountNumber);
            }
        }
        let split = [&self.query, &self.body].into_iter().any(|pairs| is_split_card(pairs));
        split.then_some(Refusal::CardNumber)
    }

    /// Whether one of the guest's details is in it.
    pub(super) fn carries(&self, slots: &SlotValues, mask: &GuestMask) -> bool {
        let name = |value: &str| {
            [Slot::FirstName, Slot::LastName]
                .iter()
                .any(|slot| slots.expose(*slot).eq_ignore_ascii_case(value))
        };
        self.pairs().any(|(_, value)| name(value.trim()) || mask.finds(value)) || mask.finds(&self.path)
    }
}

fn unpack_body(into: &mut Unpacked, content_type: &str, body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    let kind = content_type.to_ascii_lowercase();
    if kind.starts_with("multipart/") {
        unpack_multipart(into, content_type, &text);
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        unpack_form(into, &text, DEEPEST);
    } else {
        // Scripts say what they like about what they send.
        unpack(into, "", &text, DEEPEST);
    }
}

fn unpack_form(into: &mut Unpacked, text: &str, deeper: usize) {
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        unpack(into, &name, &value, deeper);
    }
}

/// RFC 7578, as leniently as servers read it.
fn unpack_multipart(into: &mut Unpacked, content_type: &str, text: &str) {
    let boundary = parameter(content_type, "boundary");
    if boundary.is_empty() {
        return unpack(into, "", text, DEEPEST);
    }
    for part in text.split(&format!("--{boundary}")) {
        let Some((head, value)) = part.split_once("\r\n\r\n").or_else(|| part.split_once("\n\n")) else {
            continue;
        };
        let name = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition"));
        let name = name.map_or("", |line| parameter(line, "name"));
        unpack(into, name, value.trim_end_matches(['\r', '\n']), DEEPEST);
    }
}

/// A parameter of a header's value, without quotes.
fn parameter<'a>(header: &'a str, wanted: &str) -> &'a str {
    let found = header.split(';').skip(1).find_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"'))
    });
    found.unwrap_or_default()
}

fn unpack(into: &mut Unpacked, name: &str, value: &str, deeper: usize) {
    into.push(name, value);
    if into.is_full() {
        return;
    }
    let Some(deeper) = deeper.checked_sub(1) else { return };
    let trimmed = value.trim();
    if trimmed.starts_with(['{', '['])
        && let Ok(json) = serde_json::from_str(trimmed)
    {
        return unpack_json(into, name, &json, deeper);
    }
    if trimmed.contains('=') && !trimmed.contains(char::is_whitespace) {
        unpack_form(into, trimmed, deeper);
    }
    if trimmed.contains('%')
        && let Ok(Cow::Owned(decoded)) = percent_decode_str(trimmed).decode_utf8()
    {
        unpack(into, name, &decoded, deeper);
    }
    if let Some(decoded) = base64_text(trimmed) {
        unpack(into, name, &decoded, deeper);
    }
}

fn unpack_json(into: &mut Unpacked, name: &str, json: &Value, deeper: usize) {
    if into.is_full() {
        return;
    }
    match json {
        Value::Null | Value::Bool(_) => into.spend(1),
        Value::Number(number) => into.push(name, &number.to_string()),
        Value::String(text) => unpack(into, name, text, deeper),
        Value::Array(items) => items.iter().for_each(|item| unpack_json(into, name, item, deeper)),
        Value::Object(members) => {
            // What a member says of another is unpacked twice, and so on inside of it.
            into.spend(1);
            for (key, member) in members {
                if into.is_full() {
                    return;
                }
                unpack_json(into, &format!("{name} {key}"), member, deeper);
            }
            // `{"name": "cvc", "value": "123"}`
            let called = ["name", "key", "id", "field"].iter().find_map(|key| members.get(*key)?.as_str());
            if let (Some(called), Some(value)) = (called, members.get("value")) {
                unpack_json(into, called, value, deeper);
            }
        }
    }
}

fn base64_text(text: &str) -> Option<String> {
    let alphabet = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/' | b'-' | b'_' | b'=');
    if text.len() < SHORTEST_BASE64 || !text.bytes().all(alphabet) {
        return None;
    }
    let read = |alphabet| GeneralPurpose::new(alphabet, LENIENT).decode(text).ok();
    let decoded = String::from_utf8(read(&STANDARD).or_else(|| read(&URL_SAFE))?).ok()?;
    let printed = |c: char| !c.is_control() || c.is_whitespace();
    decoded.chars().all(printed).then_some(decoded)
}

/// Whether fields that follow each other hold a card's number as it is printed: four times four digits, or four, six
/// and five.
fn is_split_card(pairs: &[(String, String)]) -> bool {
    let joined = |lengths: &[usize]| {
        pairs.windows(lengths.len()).any(|window| {
            let printed = window.iter().zip(lengths).all(|((_, value), length)| {
                value.len() == *length && value.bytes().all(|b| b.is_ascii_digit())
            });
            let all = || window.iter().map(|(_, value)| value.as_str()).collect::<String>();
            printed && card::has_card_number(&all())
        })
    };
    joined(&[4, 4, 4, 4]) || joined(&[4, 6, 5])
}
