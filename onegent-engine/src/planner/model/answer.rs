//! Reading a model's answer: a step on this page, or nothing that may be taken.

use serde::Deserialize;

use super::AskedOutcome;
use super::page::{Control, Shown, slots};
use crate::browser::action::{Action, Filling, Slot};
use crate::browser::fold::fold;
use crate::browser::mask::{GUEST, MASK};
use crate::browser::observation::{Field, FieldKind};
use crate::fields::Meaning;
use crate::planner::Goal;

/// The longest text that is filled in, in bytes.
const MOST_VALUE: usize = 200;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proposal {
    #[serde(rename = "do")]
    deed: Deed,
    on: u64,
    value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deed {
    Fill,
    FillGuest,
    Choose,
    Tick,
    Untick,
    Press,
    Follow,
    Nothing,
}

/// The step that an answer proposes; `None` where it has none to propose.
pub(super) fn read(text: &str, shown: &Shown<'_>, goal: &Goal) -> Result<Option<Action>, AskedOutcome> {
    let proposal: Proposal = serde_json::from_str(text).map_err(|_rubbish| AskedOutcome::Unusable)?;
    if proposal.deed == Deed::Nothing {
        return Ok(None);
    }
    let control = shown.control(proposal.on);
    let action = control.and_then(|control| action(&proposal, control, goal));
    action.map(Some).ok_or(AskedOutcome::Unusable)
}

fn action(proposal: &Proposal, control: Control<'_>, goal: &Goal) -> Option<Action> {
    match (proposal.deed, control) {
        (Deed::Press, Control::Button(button)) if !button.disabled => {
            Some(Action::Press { button: button.reference.clone() })
        }
        (Deed::Follow, Control::Link(link)) if !link.download => {
            Some(Action::Follow { link: link.reference.clone() })
        }
        (deed, Control::Field(field, meaning)) if !field.disabled => {
            in_field(deed, &proposal.value, field, meaning, goal)
        }
        (_, Control::Field(..) | Control::Button(_) | Control::Link(_)) => None,
    }
}

/// What changes nothing is not done again.
fn in_field(deed: Deed, value: &str, field: &Field, meaning: Meaning, goal: &Goal) -> Option<Action> {
    let reference = field.reference.clone();
    match deed {
        Deed::Fill if takes_text(field) && is_of_the_request(meaning) => {
            let value = value.trim();
            let fit = !value.is_empty() && value.len() <= MOST_VALUE && value != field.value;
            let fit = fit && !value.contains(MASK) && !value.contains(GUEST);
            fit.then(|| Action::Fill { field: reference, value: Filling::Text(value.to_owned()) })
        }
        Deed::FillGuest if takes_text(field) => {
            let slot = slots(goal).find(|slot| slot.as_str() == value.trim())?;
            let fit = takes_slot(meaning, slot) && !field.value.starts_with("{guest.");
            fit.then_some(Action::Fill { field: reference, value: Filling::Slot(slot) })
        }
        Deed::Choose if is_of_the_request(meaning) => {
            let wanted = fold(value);
            let mut found = field.options.iter().filter(|option| fold(&option.label) == wanted);
            // Two options that are called alike can't be told apart.
            let option = found.next().filter(|_one| found.next().is_none())?.value.clone();
            (option != field.value).then_some(Action::Choose { field: reference, option })
        }
        Deed::Tick | Deed::Untick if field.kind == FieldKind::Checkbox => {
            let on = deed == Deed::Tick;
            let unwanted = on && matches!(meaning, Meaning::Extra | Meaning::Marketing);
            (field.checked != on && !unwanted).then_some(Action::Check { field: reference, on })
        }
        Deed::Fill
        | Deed::FillGuest
        | Deed::Choose
        | Deed::Tick
        | Deed::Untick
        | Deed::Press
        | Deed::Follow
        | Deed::Nothing => None,
    }
}

/// Whether a field asks for something that the request may say. Of the guest, of cards, of accounts and of codes the model
/// knows nothing: what it wrote there would be made up.
fn is_of_the_request(meaning: Meaning) -> bool {
    meaning == Meaning::City || meaning >= Meaning::Search
}

/// Whether one of the guest's details may go there. Where it can't be told what a field asks for, a name, an address or a
/// number may; a passport and a date of birth may not.
fn takes_slot(meaning: Meaning, slot: Slot) -> bool {
    let own = match slot {
        Slot::FirstName => Meaning::FirstName,
        Slot::LastName => Meaning::LastName,
        Slot::FullName => Meaning::FullName,
        Slot::Email => Meaning::Email,
        Slot::Phone => Meaning::Phone,
        Slot::BornOn => Meaning::BirthDate,
        Slot::PassportNumber => Meaning::Document,
        Slot::PassportCountry => return false,
    };
    meaning == own || (meaning == Meaning::Unknown && !Slot::TRAVEL.contains(&slot))
}

fn takes_text(field: &Field) -> bool {
    !matches!(
        field.kind,
        FieldKind::Checkbox | FieldKind::Radio | FieldKind::Select | FieldKind::File | FieldKind::Password
    )
}
