//! One thing to do on a page, as a playbook writes it.

use serde::Deserialize;

use super::choose::{Chosen, nearest_time};
use super::pattern::Pattern;
use super::template::{Template, wished_time};
use super::{Finding, Goal, Step};
use crate::browser::action::{Action, Filling, Slot};
use crate::browser::fold::fold;
use crate::browser::observation::{Choice, Field, Observation};
use crate::planner::Remark;

/// Fill, choose, tick, press, follow.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub(super) enum Deed {
    /// Fills a field.
    Fill { field: Pattern, with: With, optional: bool },
    /// Chooses an option.
    Choose { field: Pattern, option: Wanted, optional: bool },
    /// Ticks or unticks a box.
    Check { field: Pattern, on: bool, optional: bool },
    /// Presses the first of these buttons that is there.
    Press { names: Vec<Pattern> },
    /// Follows the first of these links that is there.
    Follow { names: Vec<Pattern> },
}

#[derive(Debug, Clone)]
pub(super) enum With {
    Slot(Slot),
    Text(Template),
}

#[derive(Debug, Clone)]
pub(super) enum Wanted {
    /// The option of this value or label.
    Named(Template),
    /// The wished time, or the nearest within the consent; the first where no time was wished.
    Time,
}

/// The keys as they are written: exactly one of the verbs, with what belongs to it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    fill: Option<Pattern>,
    choose: Option<Pattern>,
    check: Option<Pattern>,
    press: Option<Names>,
    follow: Option<Names>,
    value: Option<Template>,
    slot: Option<String>,
    #[serde(default)]
    time: bool,
    on: Option<bool>,
    #[serde(default)]
    optional: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Names {
    One(Pattern),
    Several(Vec<Pattern>),
}

impl Names {
    fn list(self) -> Vec<Pattern> {
        match self {
            Self::One(name) => vec![name],
            Self::Several(names) => names,
        }
    }
}

impl TryFrom<Written> for Deed {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { fill, choose, check, press, follow, value, slot, time, on, optional } = written;
        match (fill, choose, check, press, follow) {
            (Some(field), None, None, None, None) => {
                let with = match (value, slot) {
                    (Some(text), None) => With::Text(text),
                    (None, Some(slot)) => With::Slot(
                        slot.parse()
                            .map_err(|error: crate::browser::action::UnknownSlot| error.to_string())?,
                    ),
                    _ => return Err("`fill` takes either `value` or `slot`".to_owned()),
                };
                Ok(Self::Fill { field, with, optional })
            }
            (None, Some(field), None, None, None) => {
                let option = match (value, time) {
                    (Some(text), false) => Wanted::Named(text),
                    (None, true) => Wanted::Time,
                    _ => return Err("`choose` takes either `value` or `time = true`".to_owned()),
                };
                Ok(Self::Choose { field, option, optional })
            }
            (None, None, Some(field), None, None) => {
                let on = on.ok_or("`check` takes `on`")?;
                Ok(Self::Check { field, on, optional })
            }
            (None, None, None, Some(names), None) => Ok(Self::Press { names: names.list() }),
            (None, None, None, None, Some(names)) => Ok(Self::Follow { names: names.list() }),
            _ => Err("wants exactly one of `fill`, `choose`, `check`, `press`, `follow`".to_owned()),
        }
    }
}

impl Deed {
    /// What is to be done on this page for it; `None` when it is done or does not apply.
    pub(super) fn next(&self, seen: &Observation, goal: &Goal, word: &str) -> Option<Step> {
        let act = |action| Some(Step::Act { action, word: word.to_owned(), remark: None });
        match self {
            Self::Fill { field, with, optional } => {
                let filling = match with {
                    With::Slot(slot) => Filling::Slot(*slot),
                    With::Text(text) => Filling::Text(text.fill(&goal.request)),
                };
                if matches!(&filling, Filling::Text(text) if text.is_empty()) {
                    return None;
                }
                let Some(found) = find(seen, field) else { return missing(*optional) };
                if let Filling::Slot(slot) = filling
                    && goal.unknown.contains(&slot)
                {
                    let wanted = found.required && found.value.is_empty();
                    return wanted.then(|| Step::End(Finding::DetailsRefused { slots: vec![slot] }));
                }
                let done = match &filling {
                    // Which slot it is can't be told where two details are alike; the driver has read it back.
                    Filling::Slot(_) => found.value.starts_with("{guest."),
                    Filling::Text(text) => found.value == *text,
                };
                if done { None } else { act(Action::Fill { field: found.reference.clone(), value: filling }) }
            }
            Self::Choose { field, option, optional } => {
                let Some(found) = find(seen, field) else { return missing(*optional) };
                choose(found, option, goal, word)
            }
            Self::Check { field, on, optional } => {
                let Some(found) = find(seen, field) else { return missing(*optional) };
                if found.checked == *on {
                    None
                } else {
                    act(Action::Check { field: found.reference.clone(), on: *on })
                }
            }
            Self::Press { names } => {
                let button = names.iter().find_map(|name| {
                    seen.buttons().find(|button| name.fits(&button.it.name) && !button.it.disabled)
                });
                match button {
                    Some(button) => act(Action::Press { button: button.it.reference.clone() }),
                    None => Some(not_understood("the page has none of the buttons that the playbook names")),
                }
            }
            Self::Follow { names } => {
                let link = names.iter().find_map(|name| seen.links().find(|link| name.fits(&link.it.name)));
                match link {
                    Some(link) => act(Action::Follow { link: link.it.reference.clone() }),
                    None => Some(not_understood("the page has none of the links that the playbook names")),
                }
            }
        }
    }

    /// Which of the guest's details this deed fills into the field of this label.
    pub(super) fn slot_for(&self, label: &str) -> Option<Slot> {
        let Self::Fill { field, with: With::Slot(slot), .. } = self else { return None };
        field.fits(label).then_some(*slot)
    }
}

fn find<'a>(seen: &'a Observation, pattern: &Pattern) -> Option<&'a Field> {
    seen.fields().map(|found| found.it).find(|field| pattern.fits(&field.label) && !field.disabled)
}

fn missing(optional: bool) -> Option<Step> {
    (!optional).then(|| not_understood("the page lacks a field that the playbook fills"))
}

fn not_understood(why: &str) -> Step {
    Step::End(Finding::NotUnderstood { why: why.to_owned() })
}

fn choose(field: &Field, wanted: &Wanted, goal: &Goal, word: &str) -> Option<Step> {
    let (choice, remark) = match wanted {
        Wanted::Named(text) => {
            let text = text.fill(&goal.request);
            if text.is_empty() {
                return None;
            }
            let named = |choice: &&Choice| choice.value == text || fold(&choice.label) == fold(&text);
            (field.options.iter().find(named), None)
        }
        Wanted::Time => time_of(field, goal),
    };
    // The site does not offer what is wanted: its list is the answer.
    let Some(choice) = choice else {
        return Some(Step::End(Finding::NoAvailability { alternatives: Vec::new() }));
    };
    if choice.value == field.value {
        return None;
    }
    let action = Action::Choose { field: field.reference.clone(), option: choice.value.clone() };
    Some(Step::Act { action, word: word.to_owned(), remark })
}

fn time_of<'a>(field: &'a Field, goal: &Goal) -> (Option<&'a Choice>, Option<Remark>) {
    let offered = |choice: &&Choice| !choice.value.is_empty();
    let Some(wished) = wished_time(&goal.request) else {
        return (field.options.iter().find(offered), None);
    };
    let times =
        field.options.iter().filter(offered).filter_map(|choice| Some((choice.label.parse().ok()?, choice)));
    match nearest_time(times, wished, &goal.consent) {
        // The adjustment was told when the slot was picked from the list.
        Some(Chosen { it, .. }) => (Some(it), None),
        None => (None, None),
    }
}
