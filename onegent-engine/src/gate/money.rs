//! What a page says about money, so that a final button can be told from one that costs nothing.

use onegent_core::charge::ChargeKind;

use super::later::{is_later, is_total_of_nothing};
use super::secret::{SecretKind, names_card, offers_card, secret_in};
use super::signs::speaks_of_money;
use super::words::Label;
use super::words::pages::{CARD_PROMISED, DUE, PAYMENT_PAGE};
use super::{Commitment, Reason, reason};
use crate::browser::observation::{Form, Frame, Observation, Price};

/// What a final step on a page does, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bill {
    pub(super) commitment: Commitment,
    pub(super) reason: Reason,
    /// What the page says itself of nothing being due now.
    pub(super) explained: Explained,
}

/// How a page explains that nothing is due now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Explained {
    /// It does not.
    Not,
    /// It shows an amount that is paid later, and none that is paid now. Of what a page before asked for it says nothing.
    Later,
    /// It shows a sum of nothing.
    Nothing,
}

impl Bill {
    /// Whether money is taken, or might be.
    pub(super) fn asks(self) -> bool {
        self.commitment != Commitment::Reserve
    }
}

/// Whether a form asks for a card or an account, or for the code that releases a payment.
pub(crate) fn asks_for_card(form: &Form) -> bool {
    let pays = |kind: SecretKind| kind.pays() || kind == SecretKind::OneTimeCode;
    form.fields.iter().any(|field| secret_in(form, field).is_some_and(pays))
}

/// Whether a form pays with a card that the site has.
pub(crate) fn uses_card_on_file(form: &Form) -> bool {
    form.fields.iter().any(offers_card)
}

/// Whether a page (or a frame of it) has a form that pays.
pub(crate) fn has_pay_form(seen: &Observation) -> bool {
    seen.forms.iter().any(|form| asks_for_card(form) || uses_card_on_file(form))
}

/// Whether a page has a frame to pay in: one that shows a form that pays, or one that was not read and might. Frames of
/// another origin that were not read are maps, chats and videos as well; they count where they have no other name.
pub(crate) fn has_pay_frame(seen: &Observation) -> bool {
    let pays = |frame: &Frame| match &frame.seen {
        Some(inner) => has_pay_form(inner) || has_pay_frame(inner),
        None => {
            frame.origin == seen.origin()
                || frame.title.is_empty()
                || Label::new(&frame.title).has(PAYMENT_PAGE)
        }
    };
    seen.frames.iter().any(pays)
}

/// Whether a page calls itself one where one pays.
pub(crate) fn is_payment_page(seen: &Observation) -> bool {
    let first = seen.headings.first().map_or("", String::as_str);
    Label::new(first).has(PAYMENT_PAGE) || Label::new(&seen.title).has(PAYMENT_PAGE)
}

/// Whether a page shows a card that the site has.
pub(crate) fn shows_card_on_file(seen: &Observation) -> bool {
    seen.all().into_iter().any(|frame| names_card(&frame.text))
}

/// What a final step on this page does. Reserve only when nothing on the page speaks against it.
pub(super) fn bill(seen: &Observation) -> Bill {
    let frames = seen.all();
    let prices = || frames.iter().flat_map(|frame| &frame.prices);
    let explained = if prices().any(is_total_of_nothing) {
        Explained::Nothing
    } else if prices().any(|price| !price.amount.is_zero() && is_later(price)) {
        Explained::Later
    } else {
        Explained::Not
    };
    let charge = |kind, reason| Bill { commitment: Commitment::Charge(kind), reason, explained };
    let by_due = || if prices().any(is_due) { ChargeKind::Payment } else { ChargeKind::Unclear };
    if frames.iter().any(|frame| Label::new(&frame.text).has(CARD_PROMISED)) {
        return charge(ChargeKind::CardHold, reason::CARD_PROMISED);
    }
    if frames.iter().any(|frame| has_pay_form(frame)) || has_pay_frame(seen) {
        return charge(by_due(), reason::CARD_FIELDS);
    }
    if prices().any(is_now) {
        return charge(by_due(), reason::AMOUNT_DUE);
    }
    if frames.iter().any(|frame| speaks_of_money(frame)) {
        return charge(ChargeKind::Unclear, reason::SPEAKS_OF_MONEY);
    }
    if is_payment_page(seen) && explained == Explained::Not {
        return charge(ChargeKind::Unclear, reason::PAYMENT_PAGE);
    }
    Bill { commitment: Commitment::Reserve, reason: reason::NOTHING_DUE, explained }
}

/// Whether the amount is something, and not said to be paid later at the venue.
pub(super) fn is_now(price: &Price) -> bool {
    !price.amount.is_zero() && !is_later(price)
}

fn is_due(price: &Price) -> bool {
    is_now(price) && Label::new(&price.label).has(DUE)
}
