//! Which button of a form goes on.

use onegent_core::time::{VenueDate, VenueTime};

use super::dates::dates_in;
use super::memory::Memory;
use super::view::{FormView, Role, View, label};
use super::wall::has_any;
use super::words::{INTO_CART, SIGN_IN, TAKE};
use crate::browser::action::Action;
use crate::browser::fold::fold;
use crate::browser::observation::{Button, Observation};
use crate::browser::reference::Ref;
use crate::fields::time_of;
use crate::gate::words::{ASIDE, BOOK, DISMISS, FINAL, LOOK, Label, ON, PAY, TO_PAYMENT, TO_STEP};

/// What a button does, as far as its names tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Goes back, closes, signs in, applies a coupon.
    Away,
    /// Can't be told.
    Other,
    /// Looks for something.
    Looks,
    /// Books, confirms, pays.
    Concludes,
    /// Goes on to a step, or takes what is offered.
    GoesOn,
}

/// Buttons of a booking's form that do something beside it.
#[rustfmt::skip]
const BESIDE: &[&str] = &[
    "back", "cancel", "reset", "clear", "remove", "delete", "edit", "change", "modify", "apply", "redeem", "upload", "print", "share", "previous", "zuruck", "abbrechen", "einlosen", "andern", "entfernen", "retour", "annuler", "appliquer", "modifier", "precedent", "volver", "cancelar", "aplicar", "atras", "indietro", "annulla", "applica", "voltar", "terug", "annuleren", "toepassen", "wstecz", "anuluj", "戻る", "キャンセル", "適用", "返回", "取消", "使用优惠",
];

impl Kind {
    pub(super) fn of(button: &Button) -> Self {
        Self::of_label(&label(button))
    }

    fn of_label(label: &Label) -> Self {
        if label.begins(BESIDE) || label.has(SIGN_IN) || (label.has(DISMISS) && !label.has(BOOK)) {
            Self::Away
        } else if label.begins(LOOK) && !label.has(TAKE) {
            Self::Looks
        } else if [ON, TO_STEP, TO_PAYMENT, TAKE, INTO_CART].iter().any(|words| label.has(words)) {
            Self::GoesOn
        } else if label.has(BOOK) || label.has(FINAL) || label.has(PAY) {
            Self::Concludes
        } else if label.has(LOOK) {
            Self::Looks
        } else {
            Self::Other
        }
    }
}

/// The button of a form that goes on, and that did not lead back to this very page before. A form without buttons of its
/// own may have them outside.
pub(super) fn button(form: &FormView<'_>, view: &View<'_>, memory: &mut Memory) -> Option<Action> {
    if super::fill::is_one_of_many(form, view) {
        return None;
    }
    let outside = || view.forms.iter().filter(|other| other.form.reference.is_none());
    let own: Vec<&Button> = form.form.buttons.iter().collect();
    let all = if own.is_empty() { outside().flat_map(|other| &other.form.buttons).collect() } else { own };
    let mut ranked: Vec<(u8, &Button)> = all
        .into_iter()
        .filter(|button| !button.disabled && !is_a_choice(button))
        .filter_map(|button| Some((rank(Kind::of(button), form.role)?, button)))
        .collect();
    // What sends the form comes before what only runs a script; of equal ones the last, where a form ends.
    let last = form.role != Role::Search;
    ranked.sort_by_key(|(rank, button)| {
        let place = if last { u32::MAX - button.reference.node } else { button.reference.node };
        (std::cmp::Reverse(button.target.is_some()), std::cmp::Reverse(*rank), place)
    });
    let actions = ranked.into_iter().map(|(_, button)| Action::Press { button: button.reference.clone() });
    actions.into_iter().find(|action| memory.is_new(view.seen, action))
}

/// Whether a form's button can't be pressed yet, and may once the form is filled in.
pub(super) fn waits(form: &FormView<'_>, view: &View<'_>) -> bool {
    let goes_on = |button: &Button| matches!(Kind::of(button), Kind::GoesOn | Kind::Concludes | Kind::Looks);
    !super::fill::is_one_of_many(form, view)
        && form.form.buttons.iter().any(|button| button.disabled && goes_on(button))
}

/// Whether a script's button stands for a day, a time or a number: it is chosen for what it says, and leads nowhere.
fn is_a_choice(button: &Button) -> bool {
    let number = !button.name.is_empty() && button.name.trim().bytes().all(|b| b.is_ascii_digit());
    button.target.is_none()
        && (number || time_of(&button.name).is_some() || !dates_in(&button.name).is_empty())
}

fn rank(kind: Kind, role: Role) -> Option<u8> {
    let searches = role == Role::Search;
    Some(match kind {
        Kind::Away => return None,
        Kind::Looks if searches => 5,
        Kind::Concludes if searches => 4,
        Kind::GoesOn => 5,
        Kind::Concludes => 4,
        Kind::Other => 2,
        Kind::Looks => 1,
    })
}

/// A link or a button.
#[derive(Debug, Clone)]
pub(super) struct Handle<'a> {
    pub(super) reference: &'a Ref,
    pub(super) name: &'a str,
    /// Whatever else it is called: its tool tip, the day that it stands for.
    pub(super) also: &'a [String],
    pub(super) link: bool,
}

impl Handle<'_> {
    pub(super) fn action(&self) -> Action {
        let reference = self.reference.clone();
        if self.link { Action::Follow { link: reference } } else { Action::Press { button: reference } }
    }

    pub(super) fn kind(&self) -> Kind {
        Kind::of_label(&Label::new(self.name))
    }

    /// Whether it reads something for its own sake: terms, help.
    pub(super) fn is_aside(&self) -> bool {
        self.link && Label::new(self.name).has(ASIDE)
    }

    pub(super) fn says(&self, words: &[&str]) -> bool {
        has_any(&fold(self.name), words)
    }

    /// The same in any of its names: a sign of a font has no letters, and its tool tip has.
    pub(super) fn is_called(&self, words: &[&str]) -> bool {
        self.says(words) || self.also.iter().any(|name| has_any(&fold(name), words))
    }

    /// Whether one of its names is this day.
    pub(super) fn is_day(&self, day: VenueDate) -> bool {
        dates_in(self.name)[..] == [day] || self.also.iter().any(|name| dates_in(name)[..] == [day])
    }

    /// The time that it stands for, where it only sets one on the page.
    pub(super) fn sets_time(&self, seen: &Observation) -> Option<VenueTime> {
        let scripted = || seen.button(self.reference).is_some_and(|found| found.it.target.is_none());
        time_of(self.name).filter(|_| !self.link && scripted())
    }
}

/// The links and buttons of a page, in order.
pub(super) fn handles(seen: &Observation) -> Vec<Handle<'_>> {
    let links = seen.links.iter().filter(|link| !link.download);
    let links = links.map(|link| Handle {
        reference: &link.reference,
        name: &link.name,
        also: &link.says,
        link: true,
    });
    let buttons = seen.forms.iter().flat_map(|form| &form.buttons).filter(|button| !button.disabled);
    let buttons = buttons.map(|button| Handle {
        reference: &button.reference,
        name: &button.name,
        also: &button.says,
        link: false,
    });
    let mut all: Vec<_> = links.chain(buttons).collect();
    all.sort_by_key(|handle| handle.reference.node);
    all
}
