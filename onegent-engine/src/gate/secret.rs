//! Fields that the agent never fills: cards, accounts, wallets, passwords, codes. Known by autocomplete token, type,
//! name, label, and by what they accept.

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use super::{Ruling, allow, reason};
use crate::browser::action::Filling;
use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::{Field, FieldKind, Form, Observation};
use crate::browser::reference::Ref;
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
        "card verification", "prufnummer", "kartenprufnummer", "sicherheitscode", "cryptogramme",
        "code de securite", "codigo de seguridad", "codice di sicurezza", "codigo de seguranca",
        "beveiligingscode", "kod zabezpieczajacy", "sakerhetskod", "セキュリティコード", "安全码", "安全碼",
    ]),
    (SecretKind::CardExpiry, &[
        "cc exp", "card expiry", "expiry", "expiration", "expiry date", "expiration date", "exp date",
        "exp month", "exp year", "valid thru", "valid until", "gultig bis", "ablaufdatum",
        "date d expiration", "dexpiration", "expire le", "caducidad", "fecha de vencimiento", "scadenza",
        "validade", "vervaldatum", "data waznosci", "utgangsdatum", "有効期限", "有效期",
    ]),
    (SecretKind::CardHolder, &[
        "cc name", "name on card", "cardholder", "card holder", "cardholder name", "name on the card",
        "karteninhaber", "titulaire de la carte", "nom sur la carte", "titular de la tarjeta",
        "titolare della carta", "intestatario", "titular do cartao", "naam op kaart", "kaarthouder",
        "posiadacz karty", "kortinnehavare", "カード名義", "持卡人", "card type",
    ]),
    (SecretKind::CardNumber, &[
        "cc number", "cc num", "ccnumber", "card number", "cardnumber", "card no", "credit card",
        "debit card", "creditcard", "pan", "kartennummer", "kreditkarte", "kreditkartennummer",
        "numero de carte", "carte bancaire", "carte de credit", "numero de tarjeta", "tarjeta de credito",
        "numero di carta", "numero carta", "carta di credito", "numero do cartao", "cartao de credito",
        "kaartnummer", "creditcardnummer", "numer karty", "kortnummer", "カード番号", "クレジットカード", "卡号", "信用卡号",
        "卡號",
    ]),
    (SecretKind::BankAccount, &[
        "iban", "bic", "swift", "account number", "routing number", "sort code", "kontonummer",
        "bankleitzahl", "numero de compte", "numero de cuenta", "conto corrente", "numero da conta",
        "rekeningnummer", "numer konta", "口座番号", "银行账号", "wallet",
    ]),
    (SecretKind::Password, &[
        "password", "passwort", "kennwort", "mot de passe", "contrasena", "senha", "wachtwoord", "haslo",
        "losenord", "パスワード", "密码", "密碼", "pin",
    ]),
    (SecretKind::OneTimeCode, &[
        "one time code", "one time password", "otp", "verification code", "sms code", "tan", "認証コード", "验证码",
    ]),
];

/// Thirteen and more digits, as a pattern asks for a card's number.
#[expect(clippy::unwrap_used, reason = "a literal pattern; every test of the gate compiles it")]
static LONG_DIGITS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(\\d|\[0-9\][\\s\- ]*)\{(1[3-9])(,\d*)?\}").unwrap());

/// A card that the site has already.
#[expect(clippy::unwrap_used, reason = "a literal pattern; every test of the gate compiles it")]
static CARD_ON_FILE: LazyLock<Regex> = LazyLock::new(|| {
    let brand = r"visa|master ?card|amex|american express|maestro|discover|jcb|diners|unionpay";
    let masked = r"[•*x·.]{2,}\s?\d{4}\b|ending (in|with) \d{4}|endet auf \d{4}";
    Regex::new(&format!(
        r"(?i)card on file|saved card|stored card|another card|new card|\b({brand})\b|{masked}"
    ))
    .unwrap()
});

/// What secret a field takes, if it takes one.
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
    let said = [fold(&field.label), fold(&field.placeholder), parted(&field.name), parted(&field.id)];
    let by_words = WORDS
        .iter()
        .find(|(_, phrases)| said.iter().any(|text| phrases.iter().any(|phrase| has_phrase(text, phrase))));
    let by_pattern =
        || field.constraints.pattern.as_deref().is_some_and(|pattern| LONG_DIGITS.is_match(pattern));
    let by_example = || has_card_number(&field.placeholder);
    match by_words {
        Some((kind, _)) => Some(*kind),
        None if by_pattern() || by_example() => Some(SecretKind::CardNumber),
        None => None,
    }
}

/// A name of a program's, folded, with `cardNumber` taken apart.
fn parted(name: &str) -> String {
    let mut parts = String::with_capacity(name.len() + 4);
    let mut lower = false;
    for c in name.chars() {
        if lower && c.is_uppercase() {
            parts.push(' ');
        }
        lower = c.is_lowercase();
        parts.push(c);
    }
    fold(&parts)
}

/// Whether a field offers a card that the site has, or to use another one.
pub(super) fn offers_card(field: &Field) -> bool {
    let chooses = matches!(field.kind, FieldKind::Radio | FieldKind::Select | FieldKind::Checkbox);
    let texts = field.options.iter().map(|choice| choice.label.as_str()).chain([field.label.as_str()]);
    chooses && texts.into_iter().any(|text| CARD_ON_FILE.is_match(text))
}

/// Whether a form holds a secret that somebody put in.
pub(super) fn holds_secret(form: &Form) -> bool {
    let held = |field: &Field| match secret_kind(field) {
        Some(_) => field.kind != FieldKind::Select && !field.value.trim().is_empty(),
        None => has_card_number(&field.value),
    };
    form.fields.iter().any(held)
}

pub(super) fn judge_fill(seen: &Observation, field: &Ref, value: &Filling) -> Ruling {
    let Some(found) = seen.field(field) else { return Ruling::Deny(reason::NOT_THERE) };
    let takes_none = matches!(
        found.it.kind,
        FieldKind::Checkbox | FieldKind::Radio | FieldKind::Select | FieldKind::File | FieldKind::Password
    );
    if secret_kind(found.it).is_some() {
        return Ruling::Deny(reason::SECRET_FIELD);
    }
    if found.it.disabled || takes_none {
        return Ruling::Deny(reason::NOT_A_FIELD);
    }
    match value {
        Filling::Text(text) if has_card_number(text) => Ruling::Deny(reason::CARD_NUMBER),
        Filling::Slot(_) if found.frame.origin() != seen.origin() => Ruling::Deny(reason::FOREIGN_FRAME),
        Filling::Text(_) | Filling::Slot(_) => allow(None, reason::FILLS),
    }
}

pub(super) fn judge_choose(seen: &Observation, field: &Ref, option: &str) -> Ruling {
    let Some(found) = seen.field(field) else { return Ruling::Deny(reason::NOT_THERE) };
    if secret_kind(found.it).is_some() {
        return Ruling::Deny(reason::SECRET_FIELD);
    }
    if offers_card(found.it) {
        return Ruling::Deny(reason::PAYMENT_METHOD);
    }
    let offered = found.it.options.iter().any(|choice| choice.value == option);
    if offered && !found.it.disabled { allow(None, reason::FILLS) } else { Ruling::Deny(reason::NOT_A_FIELD) }
}

pub(super) fn judge_check(seen: &Observation, field: &Ref) -> Ruling {
    let Some(found) = seen.field(field) else { return Ruling::Deny(reason::NOT_THERE) };
    if offers_card(found.it) {
        return Ruling::Deny(reason::PAYMENT_METHOD);
    }
    let takes = found.it.kind == FieldKind::Checkbox && !found.it.disabled;
    if takes { allow(None, reason::FILLS) } else { Ruling::Deny(reason::NOT_A_FIELD) }
}
