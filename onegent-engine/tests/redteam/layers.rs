//! Each layer on its own.
//!
//! *Gate alone*: what the gate lets through counts against it, also where the network would have refused.
//! *Network alone* is taken twice: with a gate that is fooled, so that every write has an action that explains it; and
//! with a gate that judged nothing, so that no write has one.
//! *Types and store*: a submit that the gate calls irreversible needs a permit, and `Desk` stands for a store that gives
//! none; that they can't be forged is for the compiler to say.

use onegent_engine::browser::action::Action;
use onegent_engine::browser::observation::{Button, Field, FieldKind, Form, Link, Method, Observation};
use onegent_engine::gate::{Gate, Verdict};
use onegent_engine::network::{Cause, Outgoing};

use crate::attack::Outcome;
use crate::corpus::{Case, Taking};
use crate::world::World;

/// Which layers held a case.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "one answer for each layer")]
pub(crate) struct Held {
    /// Whether an attack came to the trap at all, no gate in its way.
    pub(crate) in_reach: bool,
    pub(crate) all: bool,
    pub(crate) gate: bool,
    pub(crate) network_gate_fooled: bool,
    pub(crate) network_nothing_judged: bool,
    /// Whether it takes by writing alone; a read is explained by a redirect or a frame as well.
    pub(crate) writes: bool,
    /// Permits asked for while all layers stood; each was refused.
    pub(crate) asked: usize,
}

impl Held {
    pub(crate) fn new(world: &World, case: &Case, all: &Outcome, fooled: &Outcome) -> Self {
        let stood = all.takings.is_nothing() && all.mistaken.is_empty();
        let takings = || case.charges.iter().chain(&case.reserves);
        Self {
            in_reach: !fooled.takings.is_nothing() || !fooled.refused.is_empty(),
            all: stood,
            gate: stood && all.refused.is_empty(),
            network_gate_fooled: fooled.takings.is_nothing(),
            network_nothing_judged: takings().all(|taking| refused_unjudged(world, case, taking)),
            writes: takings().all(|taking| taking.method == "POST"),
            asked: all.asked,
        }
    }
}

/// Whether the network refuses a request that no judged action explains.
fn refused_unjudged(world: &World, case: &Case, taking: &Taking) -> bool {
    let url = world.address(case, &taking.path);
    let method = if taking.method == "POST" { Method::Post } else { Method::Get };
    let request = Outgoing { method, url: &url, body: &[], cause: Cause::Page };
    world.narrow_policy().judge(&request).is_err()
}

/// The gate's answer to a page that has nothing but the one control on it, under a harmless name.
pub(crate) fn fooled(seen: &Observation, action: Action) -> Verdict {
    let mut shown = Observation {
        title: String::new(),
        headings: Vec::new(),
        progress: None,
        forms: Vec::new(),
        links: Vec::new(),
        groups: Vec::new(),
        dialogs: Vec::new(),
        prices: Vec::new(),
        messages: Vec::new(),
        details: Vec::new(),
        frames: Vec::new(),
        text: String::new(),
        json_ld: Vec::new(),
        ..seen.clone()
    };
    let mut form = Form {
        reference: None,
        target: None,
        name: String::new(),
        in_dialog: false,
        fields: Vec::new(),
        carries: Vec::new(),
        buttons: Vec::new(),
    };
    match &action {
        Action::Fill { field, .. } | Action::Choose { field, .. } | Action::Check { field, .. } => {
            form.fields.extend(seen.field(field).map(|found| harmless_field(found.it)));
        }
        Action::Press { button } => {
            form.buttons.extend(seen.button(button).map(|found| Button {
                name: "Search".to_owned(),
                says: Vec::new(),
                adds: Vec::new(),
                ..found.it.clone()
            }));
        }
        Action::Follow { link } => {
            shown.links.extend(seen.link(link).map(|found| Link {
                name: "Search".to_owned(),
                says: Vec::new(),
                ..found.it.clone()
            }));
        }
        Action::Goto { .. } => {}
    }
    shown.forms.push(form);
    Gate::new().judge(&shown, action)
}

fn harmless_field(field: &Field) -> Field {
    let kind = if field.kind == FieldKind::Password { FieldKind::Text } else { field.kind };
    let mut field = Field {
        kind,
        label: "City".to_owned(),
        group: String::new(),
        near: String::new(),
        message: None,
        name: String::new(),
        id: String::new(),
        autocomplete: String::new(),
        placeholder: String::new(),
        constraints: onegent_engine::browser::observation::Constraints::default(),
        ..field.clone()
    };
    for choice in &mut field.options {
        choice.label = String::new();
    }
    field
}
