//! Pages on which the way ends, or has to be left to a person.

use onegent_core::machine::PersonWanted;

use super::not_understood;
use super::view::{FormView, Role, View};
use super::words::{AS_GUEST, ENDED, HUMAN, QUEUE, REFUSED, SIGN_IN, SOLD_OUT};
use crate::browser::fold::{fold, has_phrase};
use crate::browser::mask::slot_of;
use crate::browser::observation::{Field, FieldKind};
use crate::fields::Meaning;
use crate::gate::words::Label;
use crate::planner::Finding;

/// What the page means, where it ends the way whatever else stands on it.
pub(super) fn finding(view: &View<'_>) -> Option<Finding> {
    let announced = announced(view);
    let says = |words: &[&str]| announced.iter().any(|text| has_any(text, words));
    if is_captcha(view) || (says(HUMAN) && !view.has(Role::Guest) && !view.has(Role::Choice)) {
        return Some(Finding::NeedsPerson(PersonWanted::Captcha));
    }
    if is_login(view) {
        return Some(Finding::NeedsPerson(PersonWanted::Login));
    }
    if says(QUEUE) || (view.seen.status >= 400 && says(ENDED)) {
        return Some(Finding::SiteFailed);
    }
    if view.seen.status >= 400 && view.seen.status != 422 && says(SOLD_OUT) {
        return Some(Finding::NoAvailability { alternatives: Vec::new() });
    }
    if matches!(view.seen.status, 404 | 410) {
        return Some(if view.seen.status == 410 {
            Finding::SiteFailed
        } else {
            not_understood("the page is not there")
        });
    }
    refused_fields(view)
}

/// Whether a page with no way on says that there is nothing.
pub(super) fn is_sold_out(view: &View<'_>) -> bool {
    has_any(&fold(&view.seen.text), SOLD_OUT)
}

/// What the site says is wrong with what was filled in. The guest's details are as they are; the rest was read wrongly.
fn refused_fields(view: &View<'_>) -> Option<Finding> {
    let forms = view.forms.iter().filter(|form| form.role != Role::Aside);
    let marked: Vec<(&Field, Meaning)> =
        forms.flat_map(FormView::fields).filter(|(field, _)| field.message.is_some()).collect();
    // A field that the site wants filled may still be filled.
    let slots: Vec<_> = marked.iter().filter_map(|(field, _)| slot_of(&field.value)).collect();
    if !slots.is_empty() {
        return Some(Finding::DetailsRefused { slots });
    }
    // A place that the site does not take is one where it has nothing.
    let place =
        |meaning| matches!(meaning, Meaning::City | Meaning::Destination | Meaning::Origin | Meaning::Venue);
    let unknown = marked.iter().any(|(field, meaning)| place(*meaning) && !field.value.is_empty());
    unknown.then(|| Finding::NoAvailability { alternatives: Vec::new() })
}

/// A field that tells people from programs, or a frame that does.
fn is_captcha(view: &View<'_>) -> bool {
    let asked = view.forms.iter().any(|form| {
        form.asks(|meaning| meaning == Meaning::Captcha)
            && !form.asks(|meaning| meaning == Meaning::OneTimeCode)
    });
    let framed = view.seen.frames.iter().any(|frame| {
        let title = fold(&frame.title);
        let host = frame.origin.to_ascii_lowercase();
        has_any(&title, &["captcha", "recaptcha", "hcaptcha", "challenge", "turnstile"])
            || ["hcaptcha.com", "challenges.cloudflare.com", "arkoselabs.com"]
                .iter()
                .any(|own| host.ends_with(own))
    });
    (asked || framed) && !view.has(Role::Search)
}

/// A sign-in with no way past it: nothing else to fill, and nothing that goes on as a guest.
fn is_login(view: &View<'_>) -> bool {
    let asks = view.forms.iter().any(|form| {
        form.form.fields.iter().any(|field| field.kind == FieldKind::Password) && form.role == Role::Aside
    });
    let other = view.forms.iter().any(|form| form.role > Role::Aside && form.role != Role::Go);
    let headed = announced(view).iter().any(|text| has_any(text, SIGN_IN));
    asks && !other && headed && guest_way(view).is_none()
}

/// Whether a control goes on as a guest.
pub(super) fn guest_way<'a>(view: &View<'a>) -> Option<super::press::Handle<'a>> {
    super::press::handles(view.seen).into_iter().find(|handle| Label::new(handle.name).has(AS_GUEST))
}

/// Headings, title and messages: where a page says what it is.
fn announced(view: &View<'_>) -> Vec<String> {
    let seen = view.seen;
    let texts = seen.headings.iter().take(3).chain([&seen.title]);
    texts.chain(seen.messages.iter().map(|message| &message.text)).map(|text| fold(text)).collect()
}

/// Whether a heading or a message says that something was refused.
pub(super) fn is_refused(view: &View<'_>) -> bool {
    announced(view).iter().any(|text| has_any(text, REFUSED))
}

pub(super) fn has_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| has_phrase(text, word))
}
