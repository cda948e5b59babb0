//! Calendars and steppers that scripts made: a grid of days under a month's name, a plus and a minus beside a number.

use onegent_core::time::VenueDate;

use super::act;
use super::dates::{dates_in, month_in};
use super::memory::Memory;
use super::press::{Handle, handles};
use super::value::day;
use super::view::{Role, View};
use super::words::NEXT_MONTH;
use crate::fields::Meaning;
use crate::planner::{Goal, Step};

/// The next press in a calendar or a stepper, where the page has one.
pub(super) fn next(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    if view.has(Role::Guest) || view.has(Role::Payment) {
        return None;
    }
    stepper(view, goal).or_else(|| grid(view, goal, memory))
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
                "meer",
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
                "minder",
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
    let wanted = [Some(goal.request.first_day()), day(Meaning::CheckOut, goal)];
    for date in wanted.into_iter().flatten() {
        let full = controls.iter().find(|handle| dates_in(handle.name).contains(&date));
        let press = full.or_else(|| numbered(view, &controls, date));
        if let Some(handle) = press
            && memory.is_new(view.seen, &handle.action())
        {
            return Some(act(handle.action(), "choose"));
        }
    }
    let date = goal.request.first_day().get();
    let shown = months(view);
    let behind = !shown.is_empty() && shown.iter().all(|shown| *shown < (date.year(), date.month()));
    let next = controls
        .iter()
        .find(|handle| matches!(handle.name.trim(), "›" | "»" | ">" | "→") || handle.says(NEXT_MONTH))?;
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
