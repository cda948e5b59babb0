//! What a page says about money, so that a final button can be told from one that costs nothing.

use onegent_core::charge::ChargeKind;

use super::secret::{SecretKind, offers_card, secret_kind};
use super::words::{CARD_PROMISED, DUE, LATER, Label, PAYMENT_PAGE};
use super::{Commitment, Reason, reason};
use crate::browser::observation::{Form, Frame, Observation, Price};

/// Whether a form asks for a card or an account.
pub(super) fn asks_for_card(form: &Form) -> bool {
    form.fields.iter().any(|field| secret_kind(field).is_some_and(SecretKind::pays))
}

/// Whether a form pays with a card that the site has.
pub(super) fn uses_card_on_file(form: &Form) -> bool {
    form.fields.iter().any(offers_card)
}

/// Whether a page (or a frame of it) has a form that pays.
pub(super) fn has_pay_form(seen: &Observation) -> bool {
    seen.forms.iter().any(|form| asks_for_card(form) || uses_card_on_file(form))
}

/// Whether a page has a frame to pay in: one that shows a form that pays, or one of another origin that was not read and
/// calls itself so.
pub(super) fn has_pay_frame(seen: &Observation) -> bool {
    let pays = |frame: &Frame| match &frame.seen {
        Some(inner) => has_pay_form(inner) || has_pay_frame(inner),
        None => {
            frame.origin != seen.origin()
                && (frame.title.is_empty() || Label::new(&frame.title).has(PAYMENT_PAGE))
        }
    };
    seen.frames.iter().any(pays)
}

/// Whether a page calls itself one where one pays.
pub(super) fn is_payment_page(seen: &Observation) -> bool {
    let first = seen.headings.first().map_or("", String::as_str);
    Label::new(first).has(PAYMENT_PAGE) || Label::new(&seen.title).has(PAYMENT_PAGE)
}

/// What a final step on this page does, and why. Reserve only when nothing on the page speaks against it.
pub(super) fn commitment(seen: &Observation) -> (Commitment, Reason) {
    let frames = seen.all();
    let promised = frames.iter().any(|frame| Label::new(&frame.text).has(CARD_PROMISED));
    if promised {
        return (Commitment::Charge(ChargeKind::CardHold), reason::CARD_PROMISED);
    }
    if frames.iter().any(|frame| has_pay_form(frame)) || has_pay_frame(seen) {
        let kind = if frames.iter().flat_map(|frame| &frame.prices).any(is_due) {
            ChargeKind::Payment
        } else {
            ChargeKind::Unclear
        };
        return (Commitment::Charge(kind), reason::CARD_FIELDS);
    }
    let now: Vec<_> = frames.iter().flat_map(|frame| &frame.prices).filter(|price| is_now(price)).collect();
    if now.is_empty() {
        return (Commitment::Reserve, reason::NOTHING_DUE);
    }
    let kind = if now.into_iter().any(is_due) { ChargeKind::Payment } else { ChargeKind::Unclear };
    (Commitment::Charge(kind), reason::AMOUNT_DUE)
}

/// Whether the amount is something, and not said to be paid later at the venue.
fn is_now(price: &Price) -> bool {
    let later = Label::new(&price.label).has(LATER) || Label::new(&price.suffix).has(LATER);
    !price.amount.is_zero() && !later
}

fn is_due(price: &Price) -> bool {
    is_now(price) && Label::new(&price.label).has(DUE)
}
