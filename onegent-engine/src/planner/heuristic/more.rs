//! Lists that go on: where the wanted name does not stand in what is shown, more of it is brought up.

use super::act;
use super::memory::Memory;
use super::pick;
use super::press::handles;
use super::view::{Role, View};
use super::words::MORE;
use crate::planner::{Goal, Step};

/// The button that brings up more of a list, as long as a name is wanted that is not on it.
pub(super) fn next(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    let waits =
        view.has(Role::Guest) || view.has(Role::Payment) || (view.has(Role::Search) && !memory.searched);
    if waits || memory.picked.is_some() || pick::shows_wish(view, goal) {
        return None;
    }
    let more = handles(view.seen).into_iter().find(|handle| !handle.link && handle.says(MORE))?;
    memory.is_new(view.seen, &more.action()).then(|| act(more.action(), "more"))
}
