//! Picking from what a site offers: the card that bears the name, the time within the consent, the price within the limit.

use onegent_core::job::Alternative;
use onegent_core::request::BookingRequest;
use onegent_core::text::Text;
use onegent_core::time::VenueTime;

use super::dates::dates_in;
use super::memory::Memory;
use super::option;
use super::press::{Handle, Kind, handles};
use super::view::{Role, View};
use super::wall::has_any;
use super::words::{SOLD_OUT, TAKE};
use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::{Field, Group};
use crate::browser::price::prices_in;
use crate::fields::time_of;
use crate::gate::words::BOOK;
use crate::planner::playbook::choose::{Chosen, nearest_time, same_name};
use crate::planner::{Finding, Goal, Remark, Step};

const MOST_ALTERNATIVES: usize = 20;

/// A card that can be gone on with.
struct Card<'a> {
    group: &'a Group,
    handles: Vec<Handle<'a>>,
}

/// The step into a card of a list, where the page is one.
pub(super) fn next(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    let waits = view.has(Role::Guest) || view.has(Role::Payment) || view.has(Role::Choice);
    let searches = view.has(Role::Search) && !memory.searched;
    if waits || searches {
        return None;
    }
    if memory.picked.is_some() { inside(view, goal, memory) } else { list(view, goal, memory) }
}

/// The name that a card has to bear, if the request has one, and whether it may as well be a place.
fn wished(goal: &Goal) -> Option<(&str, bool)> {
    match &goal.request {
        BookingRequest::Restaurant(p) => Some((p.restaurant_name.as_str(), false)),
        BookingRequest::Hotel(p) => Some((p.destination.as_str(), true)),
        BookingRequest::Activity(p) => p.activity_name.as_ref().map(|name| (name.as_str(), false)),
        BookingRequest::Flight(_) => None,
    }
}

fn list(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    let groups: Vec<&Group> = view.seen.groups.iter().filter(|group| !group.name.is_empty()).collect();
    let wished = wished(goal);
    let bears = |group: &&Group, exact: bool| {
        wished.is_some_and(
            |(name, _)| if exact { fold(&group.name) == fold(name) } else { same_name(&group.name, name) },
        )
    };
    let exact: Vec<_> = groups.iter().copied().filter(|group| bears(group, true)).collect();
    let alike: Vec<_> = groups.iter().copied().filter(|group| bears(group, false)).collect();
    let named = if exact.is_empty() { alike } else { exact };
    let place = wished.is_none_or(|(_, place)| place);
    let one_named = !named.is_empty();
    let fitting = if one_named {
        named
    } else if place {
        groups
    } else {
        Vec::new()
    };
    let fitting: Vec<_> =
        fitting.into_iter().filter(|group| !memory.rejected.contains(&group.name)).collect();
    let cards: Vec<Card<'_>> = fitting.iter().map(|group| card(view, group)).collect();
    let open = cards.iter().filter(|card| is_affordable(card.group, goal)).find_map(|card| {
        let (handle, remark) = handle(card, goal)?;
        Some((card, handle, remark))
    });
    let Some((card, handle, remark)) = open else {
        let answers = memory.searched && (one_named || !cards.is_empty() || super::wall::is_sold_out(view));
        let dead =
            cards.iter().all(|card| card.handles.is_empty() || has_any(&fold(&card.group.text), SOLD_OUT));
        let offers = fitting.iter().flat_map(|group| offers_in(view, group, goal)).take(MOST_ALTERNATIVES);
        let alternatives: Vec<_> = offers.collect();
        // Cards that offer only other days or times, or say that they are sold out, are the site's answer.
        return (answers && (dead || !alternatives.is_empty()))
            .then_some(Step::End(Finding::NoAvailability { alternatives }));
    };
    let action = handle.action();
    if !memory.is_new(view.seen, &action) {
        return None;
    }
    let passed = cards
        .iter()
        .take_while(|other| other.group.name != card.group.name)
        .find(|other| has_any(&fold(&other.group.text), SOLD_OUT));
    let switched = passed
        .map(|passed| Remark::VenueSwitched { from: passed.group.name.clone(), to: card.group.name.clone() });
    let why = if one_named {
        "It bears the name that was asked for."
    } else {
        "The first that fits, in the site's order."
    };
    memory.pick(view.seen, &card.group.name, !one_named && place);
    Some(Step::Act {
        action,
        word: "choose".to_owned(),
        remark: remark.or(switched).or(Some(Remark::Chosen { why })),
    })
}

/// Rooms, fares, tickets, times of what was picked: several alike, of which the cheapest is taken.
fn inside(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    let named = view.seen.groups.iter().filter(|group| !group.name.is_empty());
    let cards =
        named.map(|group| card(view, group)).filter(|card| card.handles.iter().any(|handle| takes(handle)));
    let mut cards: Vec<_> = cards
        .filter(|card| !has_any(&fold(&card.group.text), SOLD_OUT) && is_affordable(card.group, goal))
        .collect();
    // A section around the cards is none.
    let least = cards.iter().map(|card| card.group.controls.len()).min()?;
    cards.retain(|card| card.group.controls.len() == least);
    let price = |card: &Card<'_>| prices_in(&card.group.text, &[]).first().map(|price| price.amount.value());
    let best =
        cards.iter().min_by_key(|card| price(card).map_or((true, None), |price| (false, Some(price))))?;
    let (handle, remark) = handle(best, goal)?;
    let action = handle.action();
    let why = if cards.len() > 1 { "The cheapest of those that fit." } else { "The only one that fits." };
    let remark = remark.or(Some(Remark::Chosen { why }));
    memory.is_new(view.seen, &action).then(|| Step::Act { action, word: "choose".to_owned(), remark })
}

fn card<'a>(view: &View<'a>, group: &'a Group) -> Card<'a> {
    let mut own = handles(view.seen);
    own.retain(|handle| group.controls.contains(&handle.reference.node) && !handle.is_aside());
    Card { group, handles: own }
}

/// What in a card goes on: a time, where times are offered; else what takes it; else the link that is its name.
fn handle<'a>(card: &Card<'a>, goal: &Goal) -> Option<(Handle<'a>, Option<Remark>)> {
    let times: Vec<_> =
        card.handles.iter().filter_map(|handle| Some((time_of(handle.name)?, handle))).collect();
    if !times.is_empty() {
        return timed(times, goal);
    }
    if has_any(&fold(&card.group.text), SOLD_OUT) && !card.handles.iter().any(takes) {
        return None;
    }
    let day = card.handles.iter().find(|handle| dates_in(handle.name).contains(&goal.request.first_day()));
    let taking = card.handles.iter().find(|handle| takes(handle));
    let titled = || {
        card.handles
            .iter()
            .find(|handle| dates_in(handle.name).is_empty() && same_name(handle.name, &card.group.name))
    };
    taking.or(day).or_else(titled).map(|handle| (handle.clone(), None))
}

fn timed<'a>(times: Vec<(VenueTime, &Handle<'a>)>, goal: &Goal) -> Option<(Handle<'a>, Option<Remark>)> {
    let BookingRequest::Restaurant(params) = &goal.request else {
        return times.first().map(|(_, handle)| ((*handle).clone(), None));
    };
    let Chosen { it, time: taken } = nearest_time(times.into_iter(), params.time, &goal.consent)?;
    let wished = params.time;
    Some((it.clone(), (taken != wished).then_some(Remark::TimeAdjusted { wished, taken })))
}

fn takes(handle: &Handle<'_>) -> bool {
    dates_in(handle.name).is_empty()
        && handle.kind() != Kind::Away
        && (handle.says(TAKE) || handle.says(BOOK))
}

/// Whether the card's price is within the limit; one without a price, or in another currency, may be.
fn is_affordable(group: &Group, goal: &Goal) -> bool {
    let Some(most) = goal.consent.max_price else { return true };
    let prices = prices_in(&group.text, &[]);
    let comparable: Vec<_> =
        prices.iter().filter(|price| price.amount.currency() == most.currency()).collect();
    comparable.is_empty() || comparable.iter().any(|price| price.amount.value() <= most.value())
}

/// What a page offers instead: its times, its days.
pub(super) fn offers(view: &View<'_>, goal: &Goal) -> Vec<Alternative> {
    let named = view.seen.groups.iter().filter(|group| !group.name.is_empty());
    named.flat_map(|group| offers_in(view, group, goal)).take(MOST_ALTERNATIVES).collect()
}

fn offers_in(view: &View<'_>, group: &Group, goal: &Goal) -> Vec<Alternative> {
    let name = group.name.split(':').next().unwrap_or_default();
    let card = card(view, group);
    let read = card.handles.iter().filter_map(|handle| {
        let time = time_of(handle.name);
        let date = dates_in(handle.name).first().copied().or(time.map(|_| goal.request.first_day()))?;
        Some(Alternative {
            label: Text::fit(&format!("{name}, {}", handle.name))?,
            date: Some(date),
            time,
            price: None,
        })
    });
    read.collect()
}

/// What a list offers instead of what is wanted, where it offers times.
pub(super) fn offers_of(field: &Field, view: &View<'_>, goal: &Goal) -> Vec<Alternative> {
    let heading = view.seen.headings.first().map_or("", String::as_str);
    let read = option::times(field).filter_map(|(time, choice)| {
        let label = Text::fit(&format!("{heading}, {}", choice.label))?;
        Some(Alternative { label, date: Some(goal.request.first_day()), time: Some(time), price: None })
    });
    read.take(MOST_ALTERNATIVES).collect()
}

/// Whether a card bears the name that is wished for, or none is.
pub(super) fn shows_wish(view: &View<'_>, goal: &Goal) -> bool {
    wished(goal).is_none_or(|(name, _)| view.seen.groups.iter().any(|group| same_name(&group.name, name)))
}

/// Whether a text names the wished place.
pub(super) fn names_wish(text: &str, goal: &Goal) -> bool {
    wished(goal).is_some_and(|(name, _)| has_phrase(&fold(text), &fold(name)))
}
