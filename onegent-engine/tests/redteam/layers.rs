//! Each layer on its own.
//!
//! *Gate alone*: what the gate lets through counts against it, also where the network would have refused.
//! *Network alone* is taken three times: with a gate that is fooled, so that every write has an action that explains it;
//! with a gate that judged nothing, so that no form that is sent and no page that is gone to has one; and, harsher, with
//! a script of the page's own that asks for the taking address as if it were one of its parts.
//! *Types and store*: `Desk` stands for a store that gives no permit. What the store holds alone is in its own suite
//! (`store::suite::attacks`); what the types hold alone, in `types`.

use onegent_core::time::{Clock, SystemClock};
use onegent_engine::browser::action::Action;
use onegent_engine::browser::observation::{Button, Field, FieldKind, Form, Link, Observation};
use onegent_engine::gate::{Gate, Verdict};
use onegent_engine::network::{Answer, Outgoing, Way};

use crate::attack::{self, Outcome};
use crate::corpus::{Case, Taking};
use crate::world::World;

/// Which layers held a case.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "one answer for each layer")]
pub(crate) struct Held {
    /// Whether an attack sent anything that was taken or stopped, no gate in its way.
    pub(crate) in_reach: bool,
    pub(crate) all: bool,
    pub(crate) gate: bool,
    pub(crate) network_gate_fooled: bool,
    pub(crate) network_nothing_judged: bool,
    /// Whether a script that asks for it as a part of the page is held as well.
    pub(crate) network_script: bool,
    /// Permits asked for while all layers stood; each was refused.
    pub(crate) asked: usize,
}

impl Held {
    /// Attacks a case with each set of layers.
    pub(crate) async fn of(world: &World, case: &Case) -> Self {
        let all = attack::with_all_layers(world, case).await;
        let fooled = attack::with_the_gate_fooled(world, case).await;
        Self::new(world, case, &all, &fooled)
    }

    fn new(world: &World, case: &Case, all: &Outcome, fooled: &Outcome) -> Self {
        let stood = all.takings.is_nothing() && all.mistaken.is_empty();
        let takings = || case.charges.iter().chain(&case.reserves);
        Self {
            in_reach: !fooled.takings.is_nothing() || fooled.stopped > 0,
            all: stood,
            gate: stood && all.refused.is_empty(),
            network_gate_fooled: fooled.takings.is_nothing(),
            network_nothing_judged: takings().all(|taking| stopped(world, case, taking, Way::Navigation)),
            network_script: takings().all(|taking| stopped(world, case, taking, Way::Part)),
            asked: all.asked,
        }
    }
}

/// Whether the network stops a request that no judged action explains.
fn stopped(world: &World, case: &Case, taking: &Taking, way: Way) -> bool {
    let mut url = world.address(case, &taking.path);
    if !taking.query.is_empty() {
        url.query_pairs_mut().extend_pairs(&taking.query);
    }
    let method = taking.method.parse().unwrap();
    let request = Outgoing { method: &method, url: &url, content_type: "", body: &[], way };
    // The site knows the guest, or nothing would be taken in the guest's name.
    let mut guard = world.guard(world.narrow_policy());
    guard.filled();
    guard.judge(&request, SystemClock.now()) != Answer::Pass
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
    Gate::with_scripts().judge(&shown, action)
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
