//! Telling the step that can't be taken back from the many that can.
//!
//! Most writes of a booking are harmless, the last one may carry nothing telling, and labels mislead. So what counts is
//! together: what the form would pay with, what the button says, whether the site knows the guest by now, and what the
//! page says about money. What remains unclear needs a permit.

use onegent_core::charge::ChargeKind;

use super::money::{
    asks_for_card, commitment, has_pay_form, has_pay_frame, is_payment_page, uses_card_on_file,
};
use super::words::{BOOK, DISMISS, FINAL, LOOK, Label, ON, PAY, TO_PAYMENT, TO_STEP};
use super::{Commitment, Reason, Ruling, allow, reason};
use crate::browser::mask::GUEST;
use crate::browser::observation::{Button, FieldKind, Form, Link, Located, Method, Observation, Target};
use crate::browser::price::prices_in;

pub(super) fn judge_button(
    seen: &Observation,
    found: &Located<'_, Button>,
    target: Target,
    details_given: bool,
) -> Ruling {
    let label = Label::new(&found.it.name);
    let form = found.form;
    let pays = pay_signs(seen, found);
    if !pays.is_empty() {
        return permit(seen, target, pays);
    }
    let dialog = form.is_some_and(|form| form.in_dialog);
    if dialog && label.has(DISMISS) && !label.has(BOOK) && !label.has(PAY) {
        return allow(Some(target), reason::DISMISSES);
    }
    if label.has(PAY) && !label.has(TO_PAYMENT) {
        return permit(seen, target, vec![reason::PAY_WORDS]);
    }
    // On a summary even "Back" may be the button that books: there a write has to say more than that it looks.
    let reads = target.method == Method::Get || !(details_given && is_review(seen));
    if reads && label.begins(LOOK) {
        return allow(Some(target), reason::SEARCHES);
    }
    let last = is_last_step(seen);
    if (label.has(TO_PAYMENT) || label.has(TO_STEP)) && !label.has(FINAL) && !last {
        return allow(Some(target), reason::LEADS_ON);
    }
    let known = details_given || asks_for_guest(form);
    if label.has(FINAL) || (label.has(BOOK) && known) {
        return permit(seen, target, vec![reason::BOOK_WORDS]);
    }
    if !known {
        return allow(Some(target), reason::SEARCHES);
    }
    let mut doubts = Vec::new();
    if is_review(seen) {
        doubts.push(reason::REVIEW_PAGE);
    }
    if last {
        doubts.push(reason::LAST_STEP);
    }
    if !label.has(ON) {
        doubts.push(reason::UNKNOWN_LABEL);
    }
    if doubts.is_empty() { allow(Some(target), reason::LEADS_ON) } else { permit(seen, target, doubts) }
}

/// A link only reads, unless the site knows the guest and the link says that it books or pays.
pub(super) fn judge_link(
    seen: &Observation,
    found: &Located<'_, Link>,
    target: Target,
    details_given: bool,
) -> Ruling {
    let label = Label::new(&found.it.name);
    let leads_on = label.has(TO_PAYMENT) || label.has(TO_STEP) || label.begins(LOOK);
    if details_given && !leads_on && (label.has(PAY) || label.has(FINAL)) {
        return permit(
            seen,
            target,
            vec![if label.has(PAY) { reason::PAY_WORDS } else { reason::BOOK_WORDS }],
        );
    }
    allow(Some(target), reason::READS)
}

/// Signs that pressing pays, whatever the button is called.
fn pay_signs(seen: &Observation, found: &Located<'_, Button>) -> Vec<Reason> {
    let mut signs = Vec::new();
    let Some(form) = found.form else { return signs };
    if asks_for_card(form) {
        signs.push(reason::CARD_FIELDS);
    }
    if uses_card_on_file(form) {
        signs.push(reason::CARD_ON_FILE);
    }
    let aside = Label::new(&found.it.name).begins(LOOK) || form.in_dialog;
    if !aside && has_pay_frame(seen) {
        signs.push(reason::PAY_FRAME);
    }
    if !aside && has_pay_form(found.frame) && signs.is_empty() {
        signs.push(reason::CARD_FIELDS);
    }
    let amount = prices_in(&found.it.name, &[]).into_iter().any(|price| !price.amount.is_zero());
    if amount && (is_payment_page(seen) || is_review(seen)) {
        signs.push(reason::AMOUNT_ON_BUTTON);
    }
    if !aside && is_payment_page(seen) && is_review(seen) {
        signs.push(reason::PAYMENT_PAGE);
    }
    signs
}

fn permit(seen: &Observation, target: Target, mut reasons: Vec<Reason>) -> Ruling {
    let (commitment, why) = commitment(seen);
    let says_pay = reasons.iter().any(|given| {
        [
            reason::PAY_WORDS,
            reason::CARD_FIELDS,
            reason::CARD_ON_FILE,
            reason::PAY_FRAME,
            reason::AMOUNT_ON_BUTTON,
        ]
        .contains(given)
    });
    let commitment = match commitment {
        // A button that says "pay" is no free booking, even where no amount is to be found.
        Commitment::Reserve if says_pay => Commitment::Charge(ChargeKind::Unclear),
        Commitment::Reserve | Commitment::Charge(_) => commitment,
    };
    if !reasons.contains(&why) {
        reasons.push(why);
    }
    Ruling::Permit { target, commitment, reasons }
}

/// Whether the page sums up a booking: the guest's details stand in its text, and nothing is left to type.
fn is_review(seen: &Observation) -> bool {
    let told = seen.text.contains(GUEST) || seen.details.iter().any(|detail| detail.value.contains(GUEST));
    let typed = |form: &Form| {
        form.fields.iter().any(|field| field.required && is_typed(field.kind) && field.value.is_empty())
    };
    told && !seen.forms.iter().any(typed)
}

/// Whether the form has a field for the guest: what a site needs before it can book.
fn asks_for_guest(form: Option<&Form>) -> bool {
    form.is_some_and(|form| {
        form.fields.iter().any(|field| {
            matches!(field.kind, FieldKind::Email | FieldKind::Tel)
                || ["email", "tel", "name", "given-name", "family-name"]
                    .iter()
                    .any(|token| field.autocomplete.split(' ').any(|own| own == *token))
        })
    })
}

fn is_typed(kind: FieldKind) -> bool {
    !matches!(kind, FieldKind::Checkbox | FieldKind::Radio | FieldKind::Select)
}

fn is_last_step(seen: &Observation) -> bool {
    seen.progress.is_some_and(|mark| mark.total > 1 && mark.current == mark.total)
}
