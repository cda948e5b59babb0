//! Links that lead to a booking, where nothing on the page is to be filled in or picked.

use super::act;
use super::memory::Memory;
use super::pick::names_wish;
use super::press::{Handle, Kind, handles};
use super::view::View;
use super::wall::{guest_way, is_sold_out};
use crate::gate::words::{BOOK, LOOK};
use crate::planner::{Goal, Step};

/// The link or button that leads on: as a guest, by the wished name, by a word of booking.
pub(super) fn next(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    if let Some(handle) = guest_way(view)
        && memory.is_new(view.seen, &handle.action())
    {
        return Some(act(handle.action(), "as_guest"));
    }
    if is_sold_out(view) {
        return None;
    }
    let offered: Vec<Handle<'_>> = handles(view.seen)
        .into_iter()
        .filter(|handle| !handle.is_aside() && handle.kind() != Kind::Away && leads_elsewhere(view, handle))
        .collect();
    let begun = memory.searched || memory.picked.is_some();
    let named = offered.iter().find(|handle| !begun && names_wish(handle.name, goal));
    let books = offered.iter().find(|handle| handle.says(BOOK) && !handle.says(LOOK));
    let best = named.or(books)?;
    memory.is_new(view.seen, &best.action()).then(|| act(best.action(), "open_booking"))
}

/// Whether it leads to another page of the same site.
pub(super) fn leads_elsewhere(view: &View<'_>, handle: &Handle<'_>) -> bool {
    if !handle.link {
        return view.seen.button(handle.reference).is_some_and(|found| found.it.target.is_some());
    }
    view.seen.link(handle.reference).is_some_and(|found| {
        let mut url = found.it.url.clone();
        url.set_fragment(None);
        url != view.seen.url && url.origin() == view.seen.url.origin()
    })
}
