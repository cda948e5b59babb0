//! Telling the step that can't be taken back from the many that can.
//!
//! Most writes of a booking are harmless, the last one may carry nothing telling, and labels mislead. So what counts is
//! together: what the form would pay with, what the button says in any of its names, whether the site knows the guest by
//! now, and what the page and those before it said about money. What remains unclear needs a permit.

use std::cell::LazyCell;

use onegent_core::charge::ChargeKind;
use url::Url;

use super::money::{
    Bill, Explained, asks_for_card, bill, has_pay_form, has_pay_frame, is_payment_page, shows_card_on_file,
    uses_card_on_file,
};
use super::secret::names_card;
use super::words::{
    ASIDE, BOOK, DISMISS, FINAL, LOOK, Label, NEUTRAL, ON, PAY, SENDS_FINAL, SENDS_PAY, TO_PAYMENT, TO_STEP,
};
use super::{Commitment, Gate, Reason, Ruling, allow, reason};
use crate::browser::mask::GUEST;
use crate::browser::observation::{Button, Carried, FieldKind, Form, Link, Located, Observation, Target};
use crate::browser::price::prices_in;
use crate::fields::meanings;
use crate::network::takes_payment;

pub(super) fn judge_button(
    gate: &Gate,
    seen: &Observation,
    found: &Located<'_, Button>,
    target: Option<Target>,
) -> Ruling {
    let label = Label::of_control(&found.it.name, &found.it.says);
    let form = found.form;
    let known = gate.details_given || asks_for_guest(form);
    let bill = LazyCell::new(|| bill(seen));
    let permit = |target, reasons| permit(gate, *bill, &label, target, reasons);
    let pays = pay_signs(seen, found, &label, known);
    if !pays.is_empty() {
        return permit(target, pays);
    }
    let last = is_last_step(seen);
    let leads = leads_on(&label) && !last;
    // What a script sends is not to be seen before: on a page with money, only a form that asks for the guest leads on.
    let asks = if target.is_some() { !asks_nothing(form) } else { asks_for_details(found) };
    let concludes = sums_up(seen) || (gate.details_given && !asks);
    if known && concludes && bill.asks() {
        // Here a label alone opens nothing but the step that it names.
        let reasons = vec![if is_payment_page(seen) { reason::PAYMENT_PAGE } else { reason::REVIEW_PAGE }];
        return if leads { allow(target, reason::LEADS_ON) } else { permit(target, reasons) };
    }
    let dialog = form.is_some_and(|form| form.in_dialog);
    if dialog && label.has(DISMISS) && !label.has(BOOK) {
        return allow(target, reason::DISMISSES);
    }
    if label.begins(LOOK) {
        return allow(target, reason::SEARCHES);
    }
    if leads {
        return allow(target, reason::LEADS_ON);
    }
    if says_final(&label) || (label.has(BOOK) && known) {
        return permit(target, vec![reason::BOOK_WORDS]);
    }
    if !known {
        return allow(target, reason::SEARCHES);
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
    if doubts.is_empty() { allow(target, reason::LEADS_ON) } else { permit(target, doubts) }
}

/// A link only reads, as long as the site does not know the guest. Then its label, its address and the page it stands on
/// can each make it one that books or pays.
pub(super) fn judge_link(
    gate: &Gate,
    seen: &Observation,
    found: &Located<'_, Link>,
    target: Target,
) -> Ruling {
    let url = &found.it.url;
    if !gate.details_given || leads_nowhere(seen, url) {
        return allow(Some(target), reason::READS);
    }
    let label = Label::of_control(&found.it.name, &found.it.says);
    let leads = leads_on(&label);
    let aside = label.has(LOOK) || label.has(ASIDE);
    let mut signs = Vec::new();
    if says_pay(&label) {
        signs.push(reason::PAY_WORDS);
    } else if says_final(&label) && !leads && !aside {
        signs.push(reason::BOOK_WORDS);
    }
    if address_says(url, SENDS_PAY) || takes_payment(url) {
        signs.push(reason::PAY_ADDRESS);
    } else if address_says(url, SENDS_FINAL) {
        signs.push(reason::FINAL_ADDRESS);
    }
    if signs.is_empty() && !aside && url.origin() != found.frame.url.origin() {
        signs.push(reason::LEAVES_SITE);
    }
    let bill = LazyCell::new(|| bill(seen));
    if signs.is_empty() && !aside && !leads && sums_up(seen) && bill.asks() {
        signs.push(if is_review(seen) { reason::REVIEW_PAGE } else { reason::PAYMENT_PAGE });
    }
    if signs.is_empty() {
        allow(Some(target), reason::READS)
    } else {
        permit(gate, *bill, &label, Some(target), signs)
    }
}

/// Whether leaving this page leaves one that asked for money.
pub(super) fn asked_for_money(seen: &Observation) -> bool {
    bill(seen).asks()
}

/// Signs that pressing pays, whatever the button is called.
fn pay_signs(seen: &Observation, found: &Located<'_, Button>, label: &Label, known: bool) -> Vec<Reason> {
    let mut signs = Vec::new();
    if says_pay(label) || found.it.adds.iter().any(|sent| sends(sent, SENDS_PAY)) {
        signs.push(reason::PAY_WORDS);
    }
    if names_card(&found.it.name) {
        signs.push(reason::CARD_ON_FILE);
    }
    let Some(form) = found.form else { return signs };
    if asks_for_card(form) {
        signs.push(reason::CARD_FIELDS);
    }
    if uses_card_on_file(form) {
        signs.push(reason::CARD_ON_FILE);
    }
    if form.carries.iter().any(|sent| sends(sent, SENDS_PAY))
        || found.it.target.as_ref().is_some_and(|to| takes_payment(&to.url))
    {
        signs.push(reason::PAY_ADDRESS);
    }
    // A script's button in a dialog is beside the point only where it says that it closes it.
    let closes = form.in_dialog && (found.it.target.is_some() || label.has(DISMISS));
    let aside = label.begins(LOOK) || closes;
    if !aside && has_pay_frame(seen) {
        signs.push(reason::PAY_FRAME);
    }
    if !aside && has_pay_form(found.frame) && signs.is_empty() {
        signs.push(reason::CARD_FIELDS);
    }
    if !aside && known && signs.is_empty() && shows_card_on_file(seen) {
        signs.push(reason::CARD_ON_FILE);
    }
    let amount = prices_in(&found.it.name, &[]).into_iter().any(|price| !price.amount.is_zero());
    if amount && sums_up(seen) {
        signs.push(reason::AMOUNT_ON_BUTTON);
    }
    if !aside && is_payment_page(seen) && is_review(seen) {
        signs.push(reason::PAYMENT_PAGE);
    }
    signs
}

fn permit(
    gate: &Gate,
    bill: Bill,
    label: &Label,
    target: Option<Target>,
    mut reasons: Vec<Reason>,
) -> Ruling {
    let pays = reasons.iter().any(|given| {
        [
            reason::PAY_WORDS,
            reason::CARD_FIELDS,
            reason::CARD_ON_FILE,
            reason::PAY_FRAME,
            reason::PAY_ADDRESS,
            reason::AMOUNT_ON_BUTTON,
        ]
        .contains(given)
    });
    let mut why = bill.reason;
    let commitment = match bill.commitment {
        // A button that says "pay" is no free booking, even where no amount is to be found.
        Commitment::Reserve if pays => Commitment::Charge(ChargeKind::Unclear),
        Commitment::Reserve if bill.explained == Explained::Nothing => Commitment::Reserve,
        // An amount for later is not the one that was asked for before.
        Commitment::Reserve if gate.money_before => {
            why = reason::MONEY_BEFORE;
            Commitment::Charge(ChargeKind::Unclear)
        }
        Commitment::Reserve if bill.explained == Explained::Later => Commitment::Reserve,
        Commitment::Reserve if !is_understood(label) => {
            why = reason::UNKNOWN_LABEL;
            Commitment::Charge(ChargeKind::Unclear)
        }
        Commitment::Reserve | Commitment::Charge(_) => bill.commitment,
    };
    if !reasons.contains(&why) {
        reasons.push(why);
    }
    Ruling::Permit { target, commitment, reasons }
}

/// Whether it speaks of paying, beyond naming the step where one pays.
fn says_pay(label: &Label) -> bool {
    label.without(TO_PAYMENT).has(PAY)
}

/// Whether it speaks of concluding, beyond naming the step that it leads to.
fn says_final(label: &Label) -> bool {
    label.without(TO_STEP).without(TO_PAYMENT).has(FINAL)
}

fn leads_on(label: &Label) -> bool {
    (label.has(TO_PAYMENT) || label.has(TO_STEP)) && !says_final(label)
}

/// Whether the label is one that this gate can read. A free booking is one only under a label that says so.
fn is_understood(label: &Label) -> bool {
    label.is_empty()
        || [BOOK, FINAL, ON, DISMISS, TO_STEP, TO_PAYMENT, NEUTRAL].iter().any(|known| label.has(known))
}

/// Whether there is nothing to fill or choose in a form: its button is all that it is for.
fn asks_nothing(form: Option<&Form>) -> bool {
    form.is_none_or(|form| form.fields.is_empty())
}

/// Whether the page is the kind on which bookings are concluded.
fn sums_up(seen: &Observation) -> bool {
    is_review(seen) || is_payment_page(seen)
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

/// Whether the form around a button asks for the guest, by any sign that its fields give.
pub(crate) fn asks_for_details(found: &Located<'_, Button>) -> bool {
    let asks = |form: &Form| meanings(found.frame, form).iter().any(|meaning| meaning.is_guest());
    asks_for_guest(found.form) || found.form.is_some_and(asks)
}

fn is_typed(kind: FieldKind) -> bool {
    !matches!(kind, FieldKind::Checkbox | FieldKind::Radio | FieldKind::Select)
}

fn is_last_step(seen: &Observation) -> bool {
    seen.progress.is_some_and(|mark| mark.total > 1 && mark.current == mark.total)
}

/// Whether a link only moves within the page.
fn leads_nowhere(seen: &Observation, url: &Url) -> bool {
    let bare = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url
    };
    seen.reloadable && bare(url) == bare(&seen.url)
}

/// Whether the last part of an address, or its query, has one of these words.
fn address_says(url: &Url, words: &[&str]) -> bool {
    let last = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    Label::new(last).has(words)
        || url
            .query_pairs()
            .any(|(name, value)| Label::new(&name).has(words) || Label::new(&value).has(words))
}

fn sends(sent: &Carried, words: &[&str]) -> bool {
    Label::new(&sent.name).has(words) || Label::new(&sent.value).has(words)
}
