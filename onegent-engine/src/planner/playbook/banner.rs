//! Cookie banners and other dialogs in the way: refused where one can, accepted where one must.

use crate::browser::action::Action;
use crate::browser::fold::fold;
use crate::browser::observation::Observation;

/// Best first. What keeps the least comes before what keeps all.
const ANSWERS: [&str; 10] = [
    "reject all",
    "reject",
    "decline",
    "only necessary",
    "necessary only",
    "no thanks",
    "close",
    "accept all",
    "accept",
    "ok",
];

/// The button that closes the dialog in the way, if there is one.
pub(super) fn dismiss(seen: &Observation) -> Option<Action> {
    let offered: Vec<_> = seen
        .buttons()
        .filter(|button| button.form.is_some_and(|form| form.in_dialog) && !button.it.disabled)
        .map(|button| (fold(&button.it.name), &button.it.reference))
        .collect();
    let best = ANSWERS.iter().find_map(|answer| offered.iter().find(|(name, _)| name == answer));
    best.map(|(_, reference)| Action::Press { button: (*reference).clone() })
}
