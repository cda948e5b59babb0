//! Which button of a form goes on.

use super::memory::Memory;
use super::view::{FormView, Role, View, label};
use super::words::{SIGN_IN, TAKE};
use crate::browser::action::Action;
use crate::browser::fold::fold;
use crate::browser::observation::{Button, Observation};
use crate::browser::reference::Ref;
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
        } else if label.has(ON) || label.has(TO_STEP) || label.has(TO_PAYMENT) || label.has(TAKE) {
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
        .filter(|button| !button.disabled)
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
        let name = fold(self.name);
        super::wall::has_any(&name, words)
    }
}

/// The links and buttons of a page, in order.
pub(super) fn handles(seen: &Observation) -> Vec<Handle<'_>> {
    let links = seen.links.iter().filter(|link| !link.download);
    let links = links.map(|link| Handle { reference: &link.reference, name: &link.name, link: true });
    let buttons = seen.forms.iter().flat_map(|form| &form.buttons).filter(|button| !button.disabled);
    let buttons =
        buttons.map(|button| Handle { reference: &button.reference, name: &button.name, link: false });
    let mut all: Vec<_> = links.chain(buttons).collect();
    all.sort_by_key(|handle| handle.reference.node);
    all
}
