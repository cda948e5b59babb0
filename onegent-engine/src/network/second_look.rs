//! A second look at the page that a request comes from, blind to what the gate said.
//!
//! The gate lets pass what it finds nothing against. This look is the other way round once the site knows the guest: a
//! control has to say that it leads to another step, looks something up or closes a dialog, or it is held. Before that
//! it holds what pays by its words or by the fields beside it.

use super::Held;
use super::request::place;
use crate::browser::action::Action;
use crate::browser::mask::{GUEST, GuestMask};
use crate::browser::observation::{Button, FieldKind, Form, Link, Located, Observation, Target};
use crate::browser::price::prices_in;
use crate::gate::words::{ASIDE, BOOK, DISMISS, FINAL, LOOK, Label, ON, PAY, TO_PAYMENT, TO_STEP};
use crate::gate::{
    asks_for_card, asks_for_details, has_pay_form, has_pay_frame, holds_secret, is_payment_page, names_card,
    shows_card_on_file, speaks_of_money, uses_card_on_file,
};

/// What is there to look at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight<'a> {
    pub(super) seen: &'a Observation,
    pub(super) mask: &'a GuestMask,
    /// Whether one of the guest's details was given already.
    pub(super) details_in: bool,
    /// Whether the release was used: then pages are opened to read what came of it.
    pub(super) done: bool,
}

impl Sight<'_> {
    /// Why what an action sends has to wait for a permit.
    pub(super) fn of(self, action: &Action) -> Option<Held> {
        match action {
            Action::Press { button } => match self.seen.button(button) {
                Some(found) => self.press(&found),
                None => Some(Held::Unknown),
            },
            Action::Follow { link } => match self.seen.link(link) {
                Some(found) => self.follow(&found),
                None => Some(Held::Unknown),
            },
            Action::Goto { .. } => {
                (self.knows_guest() && !self.is_reload(action) && !self.done).then_some(Held::Unknown)
            }
            // These send nothing by themselves; a script that sends on their account has no say.
            Action::Fill { .. } | Action::Choose { .. } | Action::Check { .. } => {
                self.knows_guest().then_some(Held::Unknown)
            }
        }
    }

    /// Whether an action asks for a page again that came by reading.
    pub(super) fn is_reload(self, action: &Action) -> bool {
        matches!(action, Action::Goto { url } if *url == self.seen.url && self.seen.reloadable)
    }

    /// Whether a script may send elsewhere what a form without a place of its own asks for. Once the site knows the guest,
    /// that is so only where the form asks for the guest: any other one sends where it stands.
    pub(super) fn may_send_elsewhere(self, action: &Action, target: &Target) -> bool {
        let Action::Press { button } = action else { return false };
        let own = self.seen.all().iter().any(|frame| place(&frame.url) == place(&target.url));
        own && (!self.knows_guest() || self.seen.button(button).is_some_and(|found| asks_for_details(&found)))
    }

    /// Whether a button is pressed for nothing but to close a dialog, on a site that knows the guest.
    pub(super) fn closes_a_dialog(self, action: &Action) -> bool {
        let Action::Press { button } = action else { return false };
        self.knows_guest()
            && self.seen.button(button).is_some_and(|found| {
                let label = Label::of_control(&found.it.name, &found.it.says);
                found.form.is_some_and(|form| form.in_dialog) && label.has(DISMISS) && !leads_on(&label)
            })
    }

    /// Whether a control says that it leads to the page where one pays.
    pub(super) fn leads_to_payment(self, action: &Action) -> bool {
        let label = match action {
            Action::Press { button } => {
                self.seen.button(button).map(|found| Label::of_control(&found.it.name, &found.it.says))
            }
            Action::Follow { link } => {
                self.seen.link(link).map(|found| Label::of_control(&found.it.name, &found.it.says))
            }
            Action::Goto { .. } | Action::Fill { .. } | Action::Choose { .. } | Action::Check { .. } => None,
        };
        label.is_some_and(|label| label.has(TO_PAYMENT) && !says_final(&label))
    }

    /// Why the page itself is one to pay on.
    pub(super) fn page(self) -> Option<Held> {
        if self.seen.all().into_iter().any(has_pay_form) {
            Some(Held::PaymentFields)
        } else if has_pay_frame(self.seen) && is_payment_page(self.seen) {
            Some(Held::PaymentFrame)
        } else {
            None
        }
    }

    fn press(self, found: &Located<'_, Button>) -> Option<Held> {
        let label = Label::of_control(&found.it.name, &found.it.says);
        let in_dialog = found.form.is_some_and(|form| form.in_dialog);
        let looks = label.begins(LOOK);
        let closes = in_dialog && (found.it.target.is_some() || label.has(DISMISS));
        let held = self.pays(found, &label, looks || closes);
        if held.is_some() {
            return held;
        }
        if looks || (in_dialog && label.has(DISMISS) && !label.has(BOOK)) {
            // A label is soon written: where a booking can be concluded, none of them opens anything.
            return if self.knows_guest() {
                self.concludes(found.form.is_some_and(asks_something))
            } else {
                None
            };
        }
        let leads = leads_on(&label);
        if says_final(&label) && !leads {
            return Some(Held::FinalWords);
        }
        if !self.knows_guest() && !asks_for_guest(found.form) {
            return None;
        }
        if is_last_step(self.seen) {
            return Some(Held::FinalWords);
        }
        if leads {
            return None;
        }
        if label.has(BOOK) {
            return Some(Held::FinalWords);
        }
        if !label.has(ON) {
            return Some(Held::Unknown);
        }
        // What a script sends is not to be seen before: only a form that asks for the guest leads on.
        let scripted = found.it.target.is_none();
        let asks = if scripted { asks_for_details(found) } else { found.form.is_some_and(asks_something) };
        self.concludes(asks)
    }

    /// Why pressing pays, whatever it is called.
    fn pays(self, found: &Located<'_, Button>, label: &Label, aside: bool) -> Option<Held> {
        if label.without(TO_PAYMENT).has(PAY) {
            return Some(Held::PayWords);
        }
        let form = found.form;
        if form.is_some_and(|form| asks_for_card(form) || uses_card_on_file(form) || holds_secret(form))
            || names_card(&found.it.name)
        {
            return Some(Held::PaymentFields);
        }
        if !aside && has_pay_frame(self.seen) {
            return Some(Held::PaymentFrame);
        }
        let card_here = || has_pay_form(found.frame) || (self.knows_guest() && shows_card_on_file(self.seen));
        if !aside && card_here() {
            return Some(Held::PaymentFields);
        }
        let amount = || prices_in(&found.it.name, &[]).into_iter().any(|price| !price.amount.is_zero());
        if self.knows_guest() && amount() {
            return Some(Held::PayWords);
        }
        (!aside && is_payment_page(self.seen) && self.is_review()).then_some(Held::PaymentPage)
    }

    fn follow(self, found: &Located<'_, Link>) -> Option<Held> {
        if !self.knows_guest() || self.stays(found) {
            return None;
        }
        let label = Label::of_control(&found.it.name, &found.it.says);
        let leads = leads_on(&label);
        let aside = label.has(LOOK) || label.has(ASIDE);
        if label.without(TO_PAYMENT).has(PAY) {
            Some(Held::PayWords)
        } else if says_final(&label) && !leads && !aside {
            Some(Held::FinalWords)
        } else if leads || aside {
            None
        } else {
            self.concludes(false)
        }
    }

    /// Whether the link only moves within the page.
    fn stays(self, found: &Located<'_, Link>) -> bool {
        let (mut to, mut here) = (found.it.url.clone(), self.seen.url.clone());
        to.set_fragment(None);
        here.set_fragment(None);
        self.seen.reloadable && to == here
    }

    /// Why a step from here, of which nothing is known but that it goes on, may be the last one. `asks` is whether there is
    /// something to fill in with it.
    fn concludes(self, asks: bool) -> Option<Held> {
        if is_payment_page(self.seen) {
            return Some(Held::PaymentPage);
        }
        let money = || !self.seen.prices.is_empty() || speaks_of_money(self.seen);
        (self.is_review() || (!asks && money())).then_some(Held::Review)
    }

    /// Whether the site knows who the guest is: by this visit, or because the page shows it.
    fn knows_guest(self) -> bool {
        self.details_in || self.shows_guest()
    }

    fn shows_guest(self) -> bool {
        let finds = |text: &str| text.contains(GUEST) || self.mask.finds(text);
        finds(&self.seen.text) || self.seen.details.iter().any(|detail| finds(&detail.value))
    }

    /// Whether the page sums up a booking: the guest stands in its text, and nothing is left to type.
    fn is_review(self) -> bool {
        let left = |form: &Form| {
            form.fields.iter().any(|field| field.required && is_typed(field.kind) && field.value.is_empty())
        };
        self.shows_guest() && !self.seen.forms.iter().any(left)
    }
}

fn asks_something(form: &Form) -> bool {
    !form.fields.is_empty()
}

fn is_typed(kind: FieldKind) -> bool {
    !matches!(kind, FieldKind::Checkbox | FieldKind::Radio | FieldKind::Select)
}

/// Whether it speaks of concluding, beyond naming the step that it leads to.
fn says_final(label: &Label) -> bool {
    label.without(TO_STEP).without(TO_PAYMENT).has(FINAL)
}

fn leads_on(label: &Label) -> bool {
    (label.has(TO_PAYMENT) || label.has(TO_STEP)) && !says_final(label)
}

fn is_last_step(seen: &Observation) -> bool {
    seen.progress.is_some_and(|mark| mark.total > 1 && mark.current == mark.total)
}

/// Whether a form has a field for the guest: what it sends, the site can book with.
fn asks_for_guest(form: Option<&Form>) -> bool {
    form.is_some_and(|form| {
        form.fields.iter().any(|field| {
            matches!(field.kind, FieldKind::Email | FieldKind::Tel)
                || field
                    .autocomplete
                    .split(' ')
                    .any(|token| matches!(token, "email" | "tel" | "name" | "given-name" | "family-name"))
        })
    })
}
