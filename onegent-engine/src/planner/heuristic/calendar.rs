//! Calendars and steppers that scripts made: a grid of days under a month's name, a plus and a minus beside a number.

use onegent_core::request::BookingRequest;
use onegent_core::time::{VenueDate, VenueTime};

use super::act;
use super::dates::{dates_in, month_in};
use super::memory::Memory;
use super::press::{Handle, handles};
use super::value::day;
use super::view::{FormView, Role, View};
use super::words::{DATES, NEXT_MONTH};
use crate::browser::action::Action;
use crate::fields::{Meaning, time_of};
use crate::gate::words::LOOK;
use crate::planner::playbook::choose::{Chosen, nearest_time};
use crate::planner::{Finding, Goal, Step};

/// How many days of one month make a calendar.
const MONTH: usize = 7;

/// The day, and then the time, on a page that is a calendar: before anything on it is picked, since what it offers is
/// another day's until then.
pub(super) fn first(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    let asks_day =
        |meaning: Meaning| meaning.is_day() || matches!(meaning, Meaning::DateRange | Meaning::Day);
    let typed = view.forms.iter().any(|form| form.role > Role::Aside && form.asks(asks_day));
    let waits = view.has(Role::Guest) || view.has(Role::Payment) || view.has(Role::Search);
    if waits || typed || months(view).is_empty() {
        return None;
    }
    if let Some(step) = grid(view, goal, memory) {
        return Some(step);
    }
    let left = wanted(goal).find(|date| !memory.is_pressed(view.seen, &date.to_string()));
    match left {
        Some(date) if is_closed(view, date) => {
            Some(Step::End(Finding::NoAvailability { alternatives: Vec::new() }))
        }
        Some(_) => None,
        None => slots(view, goal, memory),
    }
}

/// Whether the day's month is in view and can't be chosen there.
fn is_closed(view: &View<'_>, date: VenueDate) -> bool {
    let (year, month) = (date.get().year(), date.get().month());
    let same = |day: &VenueDate| day.get().year() == year && day.get().month() == month;
    let all = handles(view.seen);
    let offered =
        all.iter().filter(|handle| handle.also.iter().flat_map(|name| dates_in(name)).any(|day| same(&day)));
    months(view).contains(&(year, month))
        && offered.count() >= MONTH
        && !all.iter().any(|handle| handle.is_day(date))
}

/// The time that fits, of those that a script shows for the chosen day.
fn slots(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    let all = handles(view.seen);
    let timed = all.iter().filter_map(|handle| Some((handle.sets_time(view.seen)?, handle.action())));
    among(&timed.collect::<Vec<_>>(), view, goal, memory)
}

/// The next press in a calendar or a stepper, where the page has one.
pub(super) fn next(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    if view.has(Role::Guest) || view.has(Role::Payment) {
        return None;
    }
    stepper(view, goal).or_else(|| grid(view, goal, memory))
}

/// What scripts made a form of that has to be set before its button is pressed: steppers, a calendar, a row of times.
pub(super) fn before(form: &FormView<'_>, view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    if !matches!(form.role, Role::Search | Role::Choice) {
        return None;
    }
    let typed = form.asks(|meaning| meaning.is_day() || matches!(meaning, Meaning::DateRange | Meaning::Day));
    let day = |memory: &mut Memory| {
        if typed { None } else { grid(view, goal, memory).or_else(|| open(view, goal, memory)) }
    };
    stepper(view, goal).or_else(|| day(memory)).or_else(|| times(form, view, goal, memory))
}

/// The button that brings up a calendar, where none is in view and a day is still to be chosen.
fn open(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    let left = wanted(goal).any(|date| !memory.is_pressed(view.seen, &date.to_string()));
    let controls = handles(view.seen);
    let opener = controls.iter().find(|handle| !handle.link && handle.says(DATES) && !handle.says(LOOK))?;
    (left && months(view).is_empty() && memory.press_once(view.seen, opener.name))
        .then(|| act(opener.action(), "choose"))
}

/// The time among several that stand beside a form.
fn times(form: &FormView<'_>, view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    let own = form.form.buttons.iter().filter(|button| !button.disabled && button.target.is_none());
    let timed = own.filter_map(|button| {
        Some((time_of(&button.name)?, Action::Press { button: button.reference.clone() }))
    });
    among(&timed.collect::<Vec<_>>(), view, goal, memory)
}

/// The wished time, or the nearest within the consent; the first where none was wished.
fn among(timed: &[(VenueTime, Action)], view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    let (_, first) = timed.first()?;
    let taken = match &goal.request {
        BookingRequest::Restaurant(params) => {
            let own = timed.iter().map(|(time, action)| (*time, action));
            let Some(Chosen { it, .. }) = nearest_time(own, params.time, &goal.consent) else {
                return Some(Step::End(Finding::NoAvailability { alternatives: Vec::new() }));
            };
            it
        }
        BookingRequest::Hotel(_) | BookingRequest::Flight(_) | BookingRequest::Activity(_) => first,
    };
    memory.press_once(view.seen, "time").then(|| act(taken.clone(), "choose"))
}

/// The days that are to be chosen.
fn wanted(goal: &Goal) -> impl Iterator<Item = VenueDate> + use<> {
    let second = day(Meaning::CheckOut, goal).filter(|_| matches!(goal.request, BookingRequest::Hotel(_)));
    let second = second.or_else(|| day(Meaning::ReturnDate, goal));
    [Some(goal.request.first_day()), second].into_iter().flatten()
}

/// A number that can't be typed, with buttons around it.
fn stepper(view: &View<'_>, goal: &Goal) -> Option<Step> {
    let controls = handles(view.seen);
    for form in &view.forms {
        for (field, meaning) in form.fields().filter(|(field, _)| field.disabled) {
            let wanted = match meaning {
                Meaning::Guests | Meaning::Adults => goal.request.party(),
                Meaning::Children | Meaning::Infants => 0,
                _ => continue,
            };
            let Ok(held) = field.value.trim().parse::<u32>() else { continue };
            let more = wanted > held;
            let node = field.reference.node;
            let sign = |handle: &&Handle<'_>| steps(handle.name, more);
            let after = controls.iter().filter(|handle| handle.reference.node > node).find(sign);
            let before = controls.iter().rev().filter(|handle| handle.reference.node < node).find(sign);
            if held != wanted
                && let Some(handle) = if more { after.or(before) } else { before.or(after) }
            {
                return Some(act(handle.action(), "choose"));
            }
        }
    }
    None
}

fn steps(name: &str, more: bool) -> bool {
    let (signs, words): (&[&str], &[&str]) = if more {
        (
            &["+", "＋"],
            &[
                "increase",
                "add",
                "more",
                "plus",
                "mehr",
                "ajouter",
                "anadir",
                "aggiungi",
                "adicionar",
                "aumentar",
                "meer",
                "zwieksz",
                "oka",
                "増やす",
                "增加",
            ],
        )
    } else {
        (
            &["-", "−", "–", "－"],
            &[
                "decrease",
                "remove",
                "less",
                "minus",
                "fewer",
                "weniger",
                "retirer",
                "quitar",
                "togli",
                "remover",
                "diminuir",
                "disminuir",
                "minder",
                "zmniejsz",
                "minska",
                "減らす",
                "减少",
            ],
        )
    };
    signs.contains(&name.trim()) || super::wall::has_any(&crate::browser::fold::fold(name), words)
}

/// A day in a grid: by its full date, or by its number under the month's name; else the next month.
fn grid(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    let controls = handles(view.seen);
    let left: Vec<_> = wanted(goal).filter(|date| !memory.is_pressed(view.seen, &date.to_string())).collect();
    let date = *left.first()?;
    // A heading that tells the day and links to this very page is no cell of a calendar.
    let is_here = |handle: &Handle<'_>| {
        handle.link && view.seen.link(handle.reference).is_some_and(|found| found.it.url == view.seen.url)
    };
    let full = controls.iter().find(|handle| handle.is_day(date) && !is_here(handle));
    if let Some(handle) = full.or_else(|| numbered(view, &controls, date)) {
        let action = handle.action();
        return memory.press_once(view.seen, &date.to_string()).then(|| act(action, "choose"));
    }
    let date = date.get();
    let shown = months(view);
    let behind = !shown.is_empty() && shown.iter().all(|shown| *shown < (date.year(), date.month()));
    let next = controls
        .iter()
        .find(|handle| matches!(handle.name.trim(), "›" | "»" | ">" | "→") || handle.is_called(NEXT_MONTH))?;
    (behind && memory.is_new(view.seen, &next.action())).then(|| act(next.action(), "choose"))
}

/// The only control that is this day's number, where the only month in view is the right one.
fn numbered<'a>(view: &View<'_>, controls: &'a [Handle<'a>], date: VenueDate) -> Option<&'a Handle<'a>> {
    let date = date.get();
    let right = matches!(months(view)[..], [only] if only == (date.year(), date.month()));
    let number = date.day().to_string();
    let mut days = controls.iter().filter(|handle| handle.name.trim() == number);
    days.next().filter(|_| right && days.next().is_none())
}

/// The months that captions and headings name.
fn months(view: &View<'_>) -> Vec<(i16, i8)> {
    let lines = view.seen.text.lines().filter(|line| line.chars().count() <= 24);
    let mut found: Vec<_> = lines.filter_map(month_in).collect();
    found.dedup();
    found
}
