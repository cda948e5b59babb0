//! What kind of secret a field takes: by autocomplete token, type, name, label and the words near it, by what it accepts,
//! and by the company it is in.

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use crate::browser::fold::{fold, has_phrase, look};
use crate::browser::observation::{Field, FieldKind, Form};
use crate::network::card::has_card_number;

/// What kind of secret a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// A card's number.
    CardNumber,
    /// A card's security code.
    SecurityCode,
    /// A card's expiry.
    CardExpiry,
    /// The name on a card, its issuer or type.
    CardHolder,
    /// An account to take money from.
    BankAccount,
    /// A password or a pass phrase.
    Password,
    /// A code that was sent to the person.
    OneTimeCode,
}

impl SecretKind {
    /// Whether it is part of paying.
    pub fn pays(self) -> bool {
        !matches!(self, Self::Password | Self::OneTimeCode)
    }
}

/// Names and labels, folded. The first list that has a phrase of the field's decides.
#[rustfmt::skip]
const WORDS: [(SecretKind, &[&str]); 7] = [
    (SecretKind::SecurityCode, &[
        "cvv", "cvc", "csc", "cvv2", "cvc2", "cid", "cvn", "security code", "card code",
        "card verification", "cvv code", "cvc code", "cccvv", "cccvc", "cccsc", "prufziffer", "prufnummer", "kartenprufnummer", "sicherheitscode", "cryptogramme",
        "code de securite", "codigo de seguridad", "codice di sicurezza", "codigo de seguranca",
        "beveiligingscode", "kod zabezpieczajacy", "sakerhetskod", "セキュリティコード", "安全码", "安全碼",
    ]),
    (SecretKind::CardExpiry, &[
        "cc exp", "ccexp", "ccexpiry", "mm yy", "mm yyyy", "mm jj", "mm aa", "срок действия", "son kullanma", "유효기간", "card expiry", "expiry", "expiration", "expiry date", "expiration date", "exp date",
        "exp month", "exp year", "valid thru", "valid until", "gultig bis", "ablaufdatum",
        "date d expiration", "dexpiration", "expire le", "caducidad", "fecha de vencimiento", "scadenza",
        "validade", "vervaldatum", "data waznosci", "utgangsdatum", "有効期限", "有效期",
    ]),
    (SecretKind::CardHolder, &[
        "cc name", "ccname", "cctype", "name on card", "cardholder", "card holder", "cardholder name", "name on the card",
        "karteninhaber", "titulaire de la carte", "nom sur la carte", "titular de la tarjeta",
        "titolare della carta", "intestatario", "titular do cartao", "naam op kaart", "kaarthouder",
        "posiadacz karty", "kortinnehavare", "カード名義", "持卡人", "card type",
    ]),
    (SecretKind::CardNumber, &[
        "cc number", "cc num", "ccnumber", "ccnum", "ccno", "card number", "cardnumber", "card no", "credit card",
        "debit card", "creditcard", "pan", "kartennummer", "kreditkarte", "kreditkartennummer",
        "numero de carte", "carte bancaire", "carte de credit", "numero de tarjeta", "tarjeta de credito",
        "numero di carta", "numero carta", "carta di credito", "numero do cartao", "cartao de credito",
        "kaartnummer", "creditcardnummer", "numer karty", "kortnummer", "カード番号", "クレジットカード", "卡号", "信用卡号",
        "卡號", "카드", "16 digit", "16 digits", "digits on",
    ]),
    (SecretKind::BankAccount, &[
        "iban", "bic", "swift", "account number", "routing number", "sort code", "kontonummer",
        "bankleitzahl", "numero de compte", "numero de cuenta", "conto corrente", "numero da conta",
        "rekeningnummer", "numer konta", "口座番号", "银行账号", "wallet", "account holder", "kontoinhaber",
        "titulaire du compte", "titular de la cuenta", "pix", "upi", "recovery phrase", "seed phrase", "seed", "bank account",
    ]),
    (SecretKind::Password, &[
        "password", "passwort", "kennwort", "mot de passe", "contrasena", "senha", "wachtwoord", "haslo",
        "losenord", "パスワード", "密码", "密碼", "pin",
    ]),
    (SecretKind::OneTimeCode, &[
        "one time code", "one time password", "otp", "verification code", "sms code", "tan", "認証コード", "验证码",
    ]),
];

/// A card of any kind is nothing that an agent has; whichever it is.
#[rustfmt::skip]
const CARDS: &[&str] = &[
    "card", "karte", "carte", "tarjeta", "carta", "cartao", "kaart", "karta", "karty", "kort", "kortti", "kartya",
    "kart", "карта", "карты", "καρτα", "بطاقة", "البطاقة", "כרטיס", "カード",
];

/// Names and labels of a secret of this kind, folded. A word that may mean a card of any kind is not among them.
pub(crate) fn phrases(kind: SecretKind) -> &'static [&'static str] {
    WORDS.iter().find(|(own, _)| *own == kind).map_or(&[], |(_, phrases)| phrases)
}

/// Thirteen and more digits, as a pattern asks for a card's number.
#[expect(clippy::unwrap_used, reason = "a literal pattern; every test of the gate compiles it")]
static LONG_DIGITS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(\\d|\[0-9\][\\s\- ]*)\{(1[3-9])(,\d*)?\}").unwrap());

/// Beginnings of words for cards: `cardului`, `Kortin`, `κάρτας`.
const CARD_STEMS: [&str; 7] = ["card", "kart", "kort", "карт", "καρτ", "tarjet", "bankkort"];

/// Cards that pay for nothing.
const OTHER_CARDS: [&str; 4] = ["loyalty card", "membership card", "id card", "identity card"];

/// A placeholder in the shape of a card's number or an account's (IBAN).
#[expect(clippy::unwrap_used, reason = "a literal pattern; every test of the gate compiles it")]
static EXAMPLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^([\dxX•·*#_]{4}[ -]?){3}[\dxX•·*#_]{4}$|^[A-Z]{2}\d{2}( ?[0-9A-Z]{4}){3}").unwrap()
});

/// A card that the site has already.
#[expect(clippy::unwrap_used, reason = "a literal pattern; every test of the gate compiles it")]
static ON_FILE: LazyLock<Regex> = LazyLock::new(|| {
    let masked = r"[•*x·]{2,}[\s-]?\d{4}\b|\b(ending|ends) (in|with) \d{4}|endet auf \d{4}";
    Regex::new(&format!(r"(?i)card on file|saved card|stored card|{masked}")).unwrap()
});

/// The same, or another card in its place, or a card by its brand.
#[expect(clippy::unwrap_used, reason = "a literal pattern; every test of the gate compiles it")]
static OFFER: LazyLock<Regex> = LazyLock::new(|| {
    let brand = r"visa|master ?card|amex|american express|maestro|discover|jcb|diners|unionpay";
    Regex::new(&format!(r"(?i)another card|new card|\b({brand})\b|\.{{2,}}\s?\d{{4}}\b")).unwrap()
});

/// Whether a text names a card that the site has.
pub(crate) fn names_card(text: &str) -> bool {
    ON_FILE.is_match(text)
}

/// Whether a choice is one of cards.
pub(super) fn offers_another_card(text: &str) -> bool {
    names_card(text) || OFFER.is_match(text)
}

/// What secret a field takes, if it takes one, by what the field itself tells.
pub fn secret_kind(field: &Field) -> Option<SecretKind> {
    let by_token = field.autocomplete.split_whitespace().find_map(|token| match token {
        "cc-number" => Some(SecretKind::CardNumber),
        "cc-csc" => Some(SecretKind::SecurityCode),
        "cc-exp" | "cc-exp-month" | "cc-exp-year" => Some(SecretKind::CardExpiry),
        token if token.starts_with("cc-") => Some(SecretKind::CardHolder),
        "current-password" | "new-password" => Some(SecretKind::Password),
        "one-time-code" => Some(SecretKind::OneTimeCode),
        _ => None,
    });
    if by_token.is_some() || field.kind == FieldKind::Password {
        return by_token.or(Some(SecretKind::Password));
    }
    if matches!(field.kind, FieldKind::Checkbox | FieldKind::Radio) {
        return None;
    }
    let shown = [&field.label, &field.placeholder, &field.group, &field.near].map(String::as_str);
    let own = [&field.name, &field.id].map(|name| parted(name));
    let said = shown.into_iter().chain(own.iter().map(String::as_str)).chain(field.message.as_deref());
    by_words(said).or_else(|| by_shape(field))
}

/// What secret a field takes, also by the fields around it: a card's number is split over several, and what stands
/// beside it belongs to it.
pub(in crate::gate) fn secret_in(form: &Form, field: &Field) -> Option<SecretKind> {
    secret_kind(field).or_else(|| by_row(form, field)).or_else(|| by_company(form, field))
}

fn by_words<'a>(said: impl Iterator<Item = &'a str>) -> Option<SecretKind> {
    let said: Vec<_> = said.map(fold).flat_map(|text| [look(&text), text]).map(without_other_cards).collect();
    let has =
        |phrases: &[&str]| said.iter().any(|text| phrases.iter().any(|phrase| has_phrase(text, phrase)));
    let means =
        |kind: SecretKind, phrases: &[&str]| has(phrases) || (kind == SecretKind::CardNumber && has(CARDS));
    let listed = WORDS.iter().find(|(kind, phrases)| means(*kind, phrases)).map(|(kind, _)| *kind);
    let mut words = said.iter().flat_map(|text| text.split(' '));
    listed.or_else(|| {
        words
            .any(|word| CARD_STEMS.iter().any(|stem| word.starts_with(stem)))
            .then_some(SecretKind::CardNumber)
    })
}

fn without_other_cards(text: String) -> String {
    OTHER_CARDS.iter().fold(text, |text, other| text.replace(other, ""))
}

fn by_shape(field: &Field) -> Option<SecretKind> {
    let constraints = &field.constraints;
    let pattern = constraints.pattern.as_deref().is_some_and(|pattern| LONG_DIGITS.is_match(pattern));
    let length = is_numeric(field) && constraints.max_length.is_some_and(|most| (13..=19).contains(&most));
    let example = has_card_number(&field.placeholder) || EXAMPLE.is_match(field.placeholder.trim());
    (pattern || length || example).then_some(SecretKind::CardNumber)
}

/// Four boxes of four characters in a row are a card's number; four and more of one, a code.
fn by_row(form: &Form, field: &Field) -> Option<SecretKind> {
    let length = field.constraints.max_length?;
    let alike = |other: &&Field| is_typed(other) && other.constraints.max_length == Some(length);
    let place = form.fields.iter().position(|other| other.reference == field.reference)?;
    let before = form.fields[..place].iter().rev().take_while(alike).count();
    let row = before + form.fields[place..].iter().take_while(alike).count();
    match length {
        4 if row >= 4 => Some(SecretKind::CardNumber),
        1 if row >= 4 => Some(SecretKind::OneTimeCode),
        _ => None,
    }
}

/// A short box beside a card's number is its expiry or its code.
fn by_company(form: &Form, field: &Field) -> Option<SecretKind> {
    let short = is_typed(field) && field.constraints.max_length.is_some_and(|most| most <= 7);
    let card = |other: &Field| secret_kind(other) == Some(SecretKind::CardNumber);
    (short && form.fields.iter().any(card)).then_some(SecretKind::SecurityCode)
}

fn is_numeric(field: &Field) -> bool {
    is_typed(field)
        && field.constraints.input_mode.as_deref().is_some_and(|mode| mode.eq_ignore_ascii_case("numeric"))
}

fn is_typed(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Text | FieldKind::Tel | FieldKind::Other)
}

/// A name as programs write it, its words apart: `cardNumber`, `cc_exp`.
pub(crate) fn parted(name: &str) -> String {
    let mut parted = String::with_capacity(name.len() + 4);
    let mut lower = false;
    for c in name.chars() {
        if lower && c.is_uppercase() {
            parted.push(' ');
        }
        lower = c.is_lowercase();
        parted.push(c);
    }
    parted
}
