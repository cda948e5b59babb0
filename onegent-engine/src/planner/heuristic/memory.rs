//! What was tried on which page, and where to go back to.

use std::collections::HashMap;

use onegent_core::time::VenueDate;
use url::Url;

use super::replay::Replay;
use super::view::label;
use super::words::INTO_CART;
use crate::browser::action::Action;
use crate::browser::observation::Observation;

/// How often the same is done on the same page. Once more than once: a page that is confirmed is read again first.
const MOST_TRIES: usize = 2;
/// How often a list is gone back to.
const MOST_RETURNS: usize = 5;

/// What one visit did so far.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "facts of a visit that don't exclude one another")]
pub(super) struct Memory {
    /// Presses and links, with what the page said and held when they were used.
    tried: HashMap<(String, Action), usize>,
    /// Whether a search was sent.
    pub(super) searched: bool,
    /// The card that was picked from a list.
    pub(super) picked: Option<String>,
    /// Whether something was put into a cart.
    pub(super) in_cart: bool,
    /// Cards that turned out to lead nowhere.
    pub(super) rejected: Vec<String>,
    /// The list that something was picked from, when others on it may do as well.
    list: Option<Url>,
    /// Whether the guest's details were filled in. From then on there is no way back.
    details_given: bool,
    returns: usize,
    /// Days, times and dates' openers that were pressed, with the page that they were pressed on: a calendar need not
    /// change when it takes a day.
    pressed: Vec<(String, String)>,
    /// Whether something was left out because it had led back to the same page.
    pub(super) went_in_circles: bool,
    /// The path that is followed, where one was learned.
    pub(super) replay: Option<Replay>,
    /// The first day of the booking, to compare a confirmation with.
    pub(super) day: Option<VenueDate>,
}

impl Memory {
    /// Nothing done yet, with a path to go by.
    pub(super) fn following(replay: Replay) -> Self {
        Self { replay: Some(replay), ..Self::default() }
    }

    /// Whether the action may still lead on from this very page. A page with other values in it is another one.
    pub(super) fn is_new(&mut self, seen: &Observation, action: &Action) -> bool {
        let new = self.tried.get(&(page(seen), action.clone())).is_none_or(|times| *times < MOST_TRIES);
        self.went_in_circles |= !new;
        new
    }

    /// Writes down what is about to be done.
    pub(super) fn note(&mut self, seen: &Observation, action: &Action) {
        match action {
            Action::Press { .. } | Action::Follow { .. } => {
                *self.tried.entry((page(seen), action.clone())).or_default() += 1;
                self.in_cart |= puts_into_cart(seen, action);
            }
            Action::Fill { value: crate::browser::action::Filling::Slot(_), .. } => self.details_given = true,
            Action::Fill { .. } | Action::Choose { .. } | Action::Check { .. } | Action::Goto { .. } => {}
        }
    }

    /// Whether this was not pressed yet on this page, whatever it said then; from now on it was.
    pub(super) fn press_once(&mut self, seen: &Observation, what: &str) -> bool {
        let new = !self.is_pressed(seen, what);
        if new {
            self.pressed.push(pressed(seen, what));
        }
        new
    }

    /// Whether this was pressed on this page.
    pub(super) fn is_pressed(&self, seen: &Observation, what: &str) -> bool {
        self.pressed.contains(&pressed(seen, what))
    }

    /// Writes down what was picked from a list, and whether another on it would do.
    pub(super) fn pick(&mut self, seen: &Observation, name: &str, others: bool) {
        self.list = (others && seen.reloadable && self.picked.is_none()).then(|| seen.url.clone());
        self.picked = Some(name.to_owned());
    }

    /// The list to go back to from a dead end.
    pub(super) fn back(&mut self, seen: &Observation) -> Option<Url> {
        let list = self.list.take().filter(|list| !self.details_given && *list != seen.url)?;
        self.rejected.extend(self.picked.take());
        self.returns += 1;
        (self.returns <= MOST_RETURNS).then_some(list)
    }
}

fn puts_into_cart(seen: &Observation, action: &Action) -> bool {
    let Action::Press { button } = action else { return false };
    seen.button(button).is_some_and(|found| label(found.it).has(INTO_CART))
}

fn pressed(seen: &Observation, what: &str) -> (String, String) {
    (format!("{} {}", seen.url.path(), seen.headings.first().map_or("", String::as_str)), what.to_owned())
}

/// What tells one state of a page from another.
fn page(seen: &Observation) -> String {
    let values: Vec<_> =
        seen.fields().map(|found| format!("{}{}", found.it.value, found.it.checked)).collect();
    format!("{}\n{}\n{}", seen.url, seen.text, values.join("\n"))
}
