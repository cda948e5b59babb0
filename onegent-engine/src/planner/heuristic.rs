//! Never-seen sites: from the goal and the page to the next action, without a playbook and without a language model.
//!
//! On every page in this order: what stands in the way, what ends the way, the checkout of a cart that was filled, a
//! calendar, a list to pick from, more of that list, a form to fill, a link that leads to booking. What was tried and led nowhere is not tried again. Everything is decided from
//! what the page says, so that the same pages give the same steps.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what a field asks for and what it takes are long lists; most rules are about three of them"
)]

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use url::Url;

use super::learned::{Course, LearnedPath};
use super::{AfterSubmit, Finding, Goal, Planner, Step, banner};
use crate::browser::action::Action;
use crate::browser::observation::Observation;

mod calendar;
mod cart;
mod dates;
mod done;
mod fill;
mod follow;
mod memory;
mod more;
mod option;
mod pick;
mod press;
mod replay;
mod value;
mod view;
mod wall;
mod words;

use memory::Memory;
use replay::Replay;
use view::View;

/// The planner for one visit of a site that nobody described. It remembers what it tried.
#[derive(Debug, Default)]
pub struct Heuristic {
    memory: Mutex<Memory>,
}

impl Heuristic {
    /// A planner that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that goes by a path as far as the site is still as it was.
    pub fn following(path: LearnedPath) -> Self {
        Self { memory: Mutex::new(Memory::following(Replay::new(path))) }
    }
}

/// What would be done next, and what would be remembered then.
#[derive(Debug)]
pub(super) struct Considered {
    pub(super) step: Step,
    memory: Memory,
}

/// For a planner that asks somebody else before it takes these steps.
impl Heuristic {
    /// What it would do. Nothing is remembered.
    pub(super) fn consider(&self, seen: &Observation, goal: &Goal) -> Considered {
        let mut memory = self.memory().clone();
        Considered { step: next(seen, goal, &mut memory), memory }
    }

    /// Does what it considered last.
    pub(super) fn take(&self, considered: Considered) -> Step {
        *self.memory() = considered.memory;
        considered.step
    }

    /// Whether an action has not been tried on this very page.
    pub(super) fn may_lead_on(&self, seen: &Observation, action: &Action) -> bool {
        self.memory().is_new(seen, action)
    }

    /// Something was done that it did not think of.
    pub(super) fn was_done(&self, seen: &Observation, action: &Action) {
        self.memory().note(seen, action);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Planner for Heuristic {
    async fn next(&self, seen: &Observation, goal: &Goal) -> Step {
        next(seen, goal, &mut self.memory())
    }

    fn after_submit(&self, seen: &Observation) -> AfterSubmit {
        done::read(seen, self.memory().day)
    }

    /// Nobody said where the site shows its confirmations.
    fn confirmation_of(&self, _submitted_from: &Url) -> Option<Url> {
        None
    }

    fn course(&self) -> Option<Course> {
        self.memory().replay.as_ref().map(|replay| replay.course)
    }
}

fn next(seen: &Observation, goal: &Goal, memory: &mut Memory) -> Step {
    memory.day = Some(goal.request.first_day());
    if let Some(action) = banner::dismiss(seen)
        && memory.is_new(seen, &action)
    {
        memory.note(seen, &action);
        return act(action, "banner");
    }
    let view = View::of(seen);
    if let Some(finding) = wall::finding(&view) {
        return settle(finding, seen, memory);
    }
    match replay::next(&view, goal, memory).or_else(|| attempt(&view, goal, memory)) {
        Some(Step::Act { action, word, remark }) => {
            memory.note(seen, &action);
            return Step::Act { action, word, remark };
        }
        Some(Step::End(finding)) => return settle(finding, seen, memory),
        None => {}
    }
    if wall::is_sold_out(&view) {
        return settle(Finding::NoAvailability { alternatives: pick::offers(&view, goal) }, seen, memory);
    }
    let why = if memory.went_in_circles {
        "every way on leads back to the same page"
    } else {
        "the page has no way on"
    };
    settle(not_understood(why), seen, memory)
}

/// What is to be done on the page, by what it says alone.
fn attempt(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    let tries =
        [cart::next, calendar::first, pick::next, more::next, fill::next, calendar::next, follow::next];
    tries.into_iter().find_map(|attempt| attempt(view, goal, memory))
}

/// Before giving up, the list that was left is looked at again, for what comes next on it.
fn settle(finding: Finding, seen: &Observation, memory: &mut Memory) -> Step {
    let dead_end = matches!(finding, Finding::NoAvailability { .. } | Finding::NotUnderstood { .. });
    if dead_end && let Some(list) = memory.back(seen) {
        return act(Action::Goto { url: list }, "go_back");
    }
    Step::End(finding)
}

fn act(action: Action, word: &str) -> Step {
    Step::Act { action, word: word.to_owned(), remark: None }
}

fn not_understood(why: &str) -> Finding {
    Finding::NotUnderstood { why: why.to_owned() }
}

#[cfg(test)]
mod tests;
