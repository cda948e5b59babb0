//! Working on a form: what is missing in it, field by field, and then the button that goes on.

use super::memory::Memory;
use super::pick;
use super::press::{self, Kind};
use super::value::{Want, want};
use super::view::{FormView, Role, View};
use super::{act, calendar, not_understood};
use crate::browser::action::{Action, Filling};
use crate::browser::fold::{fold, has_phrase};
use crate::browser::observation::{Field, FieldKind};
use crate::fields::Meaning;
use crate::planner::{Finding, Goal, Step};

/// What is to be done next in the form that is to be worked on.
pub(super) fn next(view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    let mut forms: Vec<&FormView<'_>> = view.forms.iter().filter(|form| form.role > Role::Aside).collect();
    // The most telling first; of equal ones the one with more to fill in.
    forms.sort_by_key(|form| std::cmp::Reverse((rank(form.role, memory), form.form.fields.len())));
    forms.into_iter().find_map(|form| work_on(form, view, goal, memory))
}

fn rank(role: Role, memory: &Memory) -> u8 {
    match role {
        Role::Guest => 5,
        Role::Choice => 4,
        Role::Search if !memory.searched => 3,
        Role::Payment | Role::Go => 2,
        Role::Search => 1,
        Role::Aside => 0,
    }
}

fn work_on(form: &FormView<'_>, view: &View<'_>, goal: &Goal, memory: &mut Memory) -> Option<Step> {
    // A search that was sent and came back is not sent again but with other words.
    let button = press::button(form, view, memory);
    if form.role == Role::Payment {
        // What the agent never fills stays empty: the gate says what pressing means.
        return button.map(|button| act(button, "payment"));
    }
    if button.is_none() && !press::waits(form, view) {
        return None;
    }
    for place in 0..form.form.fields.len() {
        let field = &form.form.fields[place];
        if field.disabled {
            continue;
        }
        let wanted = want(form, place, goal);
        if let Some(step) = suggested(form, place, &wanted, view, memory) {
            return Some(step);
        }
        if let Some(step) = fill(field, wanted, form, view, goal) {
            return Some(step);
        }
    }
    if let Some(step) = calendar::before(form, view, goal, memory) {
        return Some(step);
    }
    if form.role == Role::Search && button.is_some() {
        memory.searched = true;
    }
    button.map(|button| act(button, word(form.role)))
}

fn word(role: Role) -> &'static str {
    match role {
        Role::Search => "search",
        Role::Choice => "choose",
        Role::Guest => "guest_details",
        Role::Payment => "payment",
        Role::Go | Role::Aside => "go_on",
    }
}

/// What is to be done about a field that is to hold `want`; `None` where it is fine.
pub(super) fn fill(
    field: &Field,
    want: Want,
    form: &FormView<'_>,
    view: &View<'_>,
    goal: &Goal,
) -> Option<Step> {
    let reference = field.reference.clone();
    let word = word(form.role);
    match want {
        Want::Leave => None,
        Want::Slot(_) | Want::Text(_) if !takes_text(field) => None,
        // Which slot it is can't be told where two details are alike; the driver has read it back.
        Want::Slot(_) if field.value.starts_with("{guest.") => None,
        Want::Slot(slot) => Some(act(Action::Fill { field: reference, value: Filling::Slot(slot) }, word)),
        Want::Text(text) if field.value == text => None,
        // What a suggestion made of it.
        Want::Text(text) if completes(field, form, &text) => None,
        Want::Text(text) => Some(act(Action::Fill { field: reference, value: Filling::Text(text) }, word)),
        Want::Choice(option) | Want::Departing(option, _) if field.value == option => None,
        Want::Choice(option) => Some(act(Action::Choose { field: reference, option }, word)),
        Want::Departing(option, remark) => {
            let action = Action::Choose { field: reference, option };
            Some(Step::Act { action, word: word.to_owned(), remark: Some(remark) })
        }
        Want::Tick(on) if field.kind != FieldKind::Checkbox || field.checked == on => None,
        Want::Tick(on) => Some(act(Action::Check { field: reference, on }, word)),
        // Its list is the site's answer.
        Want::NotOffered => {
            Some(Step::End(Finding::NoAvailability { alternatives: pick::offers_of(field, view, goal) }))
        }
        Want::Missing => {
            Some(Step::End(not_understood(&format!("it asks for what nobody said: {}", shown(field, form)))))
        }
    }
}

/// The suggestion that a script brought up under a field, once the wanted word stands in it.
fn suggested(
    form: &FormView<'_>,
    place: usize,
    wanted: &Want,
    view: &View<'_>,
    memory: &mut Memory,
) -> Option<Step> {
    let field = &form.form.fields[place];
    let Want::Text(text) = wanted else { return None };
    if !names_place(form.meanings[place]) || field.value != *text {
        return None;
    }
    // What was brought up late has a late number: where it stands can't be told by that.
    let offers = |handle: &press::Handle<'_>| {
        let scripted = view.seen.button(handle.reference).is_some_and(|found| found.it.target.is_none());
        scripted && handle.reference.frame == field.reference.frame && handle.kind() != Kind::Away
    };
    let offered: Vec<_> = press::handles(view.seen).into_iter().filter(offers).collect();
    let exact = offered.iter().find(|handle| fold(handle.name) == fold(text));
    let chosen =
        exact.or_else(|| offered.iter().find(|handle| has_phrase(&fold(handle.name), &fold(text))))?;
    memory.is_new(view.seen, &chosen.action()).then(|| act(chosen.action(), word(form.role)))
}

/// Whether a field takes a name out of many, which a script may complete.
fn names_place(meaning: Meaning) -> bool {
    matches!(
        meaning,
        Meaning::City | Meaning::Destination | Meaning::Origin | Meaning::Venue | Meaning::Search
    )
}

fn takes_text(field: &Field) -> bool {
    !matches!(
        field.kind,
        FieldKind::Checkbox | FieldKind::Radio | FieldKind::Select | FieldKind::File | FieldKind::Password
    )
}

/// Whether a field for a name holds the wanted one with more around it.
fn completes(field: &Field, form: &FormView<'_>, text: &str) -> bool {
    let meaning =
        form.fields().find(|(other, _)| other.reference == field.reference).map(|(_, meaning)| meaning);
    meaning.is_some_and(names_place) && has_phrase(&fold(&field.value), &fold(text))
}

/// A field in the planner's own words: a page's words are no reason to give.
fn shown(field: &Field, form: &FormView<'_>) -> String {
    let meaning =
        form.fields().find(|(other, _)| other.reference == field.reference).map(|(_, meaning)| meaning);
    meaning.map_or_else(String::new, |meaning| meaning.as_str().replace('_', " "))
}

/// Where a form that has nothing to fill is one of several alike, it is a list and not a form.
pub(super) fn is_one_of_many(form: &FormView<'_>, view: &View<'_>) -> bool {
    let Some(own) = form.form.buttons.first() else { return false };
    let alike =
        view.forms.iter().flat_map(|other| &other.form.buttons).filter(|button| button.name == own.name);
    form.role == Role::Go && alike.count() > 1 && Kind::of(own) != Kind::Other
}
