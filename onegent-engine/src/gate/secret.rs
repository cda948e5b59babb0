//! Fields that the agent never fills: cards, accounts, wallets, passwords, codes.

use super::{Ruling, allow, reason};
use crate::browser::action::Filling;
use crate::browser::observation::{Field, FieldKind, Form, Observation};
use crate::browser::reference::Ref;
use crate::network::card::has_card_number;

mod kind;

pub(super) use kind::secret_in;
pub use kind::{SecretKind, secret_kind};
pub(crate) use kind::{names_card, parted, phrases as secret_phrases};

use kind::offers_another_card;

/// Whether a field offers a card that the site has, or to use another one.
pub(crate) fn offers_card(field: &Field) -> bool {
    let chooses = matches!(field.kind, FieldKind::Radio | FieldKind::Select | FieldKind::Checkbox);
    let texts = field.options.iter().map(|choice| choice.label.as_str()).chain([field.label.as_str()]);
    chooses && texts.into_iter().any(offers_another_card)
}

/// Whether a field of a form takes a secret.
pub(crate) fn has_secret(form: &Form, field: &Field) -> bool {
    secret_in(form, field).is_some()
}

/// Whether a form holds a secret that somebody put in, a person, a script or the site itself.
pub(crate) fn holds_secret(form: &Form) -> bool {
    let held = |field: &Field| match secret_in(form, field) {
        Some(_) => field.kind != FieldKind::Select && !field.value.trim().is_empty(),
        None => has_card_number(&field.value),
    };
    form.fields.iter().any(held) || form.carries.iter().any(|carried| has_card_number(&carried.value))
}

/// The fields of a page and its frames that take a secret, and those that hold a card's number.
pub(crate) fn secret_fields(seen: &Observation) -> impl Iterator<Item = &Ref> {
    let secret = |form: Option<&Form>, field: &Field| {
        form.is_some_and(|form| secret_in(form, field).is_some()) || has_card_number(&field.value)
    };
    seen.fields().filter(move |found| secret(found.form, found.it)).map(|found| &found.it.reference)
}

pub(super) fn judge_fill(seen: &Observation, field: &Ref, value: &Filling) -> Ruling {
    let Some(found) = seen.field(field) else { return Ruling::Deny(reason::NOT_THERE) };
    let takes_none = matches!(
        found.it.kind,
        FieldKind::Checkbox | FieldKind::Radio | FieldKind::Select | FieldKind::File | FieldKind::Password
    );
    if found.form.is_some_and(|form| has_secret(form, found.it)) {
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
    if found.form.is_some_and(|form| has_secret(form, found.it)) {
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
