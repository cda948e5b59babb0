//! Shops that put what is booked into a cart: once something is in it, the way on is the checkout and not the shelf.

use super::act;
use super::follow::leads_elsewhere;
use super::memory::Memory;
use super::press::{Handle, Kind, handles};
use super::view::{Role, View};
use super::words::{CART, INTO_CART, SHOP_ON};
use crate::browser::fold::fold;
use crate::gate::words::{ON, TO_PAYMENT};
use crate::planner::{Goal, Step};

/// To the checkout, or on, or to the cart where the page names no checkout, after something was put into it.
pub(super) fn next(view: &View<'_>, _goal: &Goal, memory: &mut Memory) -> Option<Step> {
    if !memory.in_cart || view.has(Role::Guest) || view.has(Role::Payment) {
        return None;
    }
    let goes = |handle: &&Handle<'_>| {
        !handle.is_aside()
            && handle.kind() != Kind::Away
            && !handle.says(INTO_CART)
            && !handle.says(SHOP_ON)
            && leads_elsewhere(view, handle)
    };
    let all = handles(view.seen);
    let checkout = all.iter().filter(goes).filter(|handle| handle.says(TO_PAYMENT));
    let on = all.iter().filter(goes).filter(|handle| !handle.link && handle.says(ON));
    let cart = all.iter().filter(goes).filter(|handle| names_cart(handle.name));
    let ways: Vec<_> = checkout.chain(on).chain(cart).map(Handle::action).collect();
    let way = ways.into_iter().find(|way| memory.is_new(view.seen, way))?;
    Some(act(way, "cart"))
}

/// Whether it is the cart's name, with a number of pieces or without.
fn names_cart(name: &str) -> bool {
    let folded = fold(name);
    let words: Vec<_> =
        folded.split(' ').filter(|word| !word.starts_with(|c: char| c.is_ascii_digit())).collect();
    CART.contains(&words.join(" ").as_str())
}
