//! The gate's answer for single controls, and whether it is the one that is expected.

use std::collections::HashSet;
use std::fmt;

use onegent_engine::browser::PageError;
use onegent_engine::browser::action::{Action, Filling, Slot};
use onegent_engine::browser::observation::{Field, FieldKind, Observation};
use onegent_engine::gate::{Commitment, Verdict};
use url::Url;

use crate::corpus::{Case, Expect};
use crate::world::{Scene, World};

/// What the gate said about one control.
#[derive(Debug)]
pub(crate) struct Ruling {
    control: String,
    expect: Expect,
    said: Said,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Allowed,
    Denied,
    Reserve,
    Charge,
}

impl Ruling {
    /// Whether nothing worse than expected can come of it.
    pub(crate) fn is_safe(&self) -> bool {
        match self.expect {
            Expect::Allow => self.said == Said::Allowed,
            Expect::Secret | Expect::Slot => self.said == Said::Denied,
            Expect::Charge => matches!(self.said, Said::Denied | Said::Charge),
            Expect::Permit | Expect::Reserve => self.said != Said::Allowed,
        }
    }

    /// Whether a booking can go on as it should.
    pub(crate) fn is_as_expected(&self) -> bool {
        match self.expect {
            Expect::Reserve => self.said == Said::Reserve,
            Expect::Allow | Expect::Secret | Expect::Slot | Expect::Charge | Expect::Permit => self.is_safe(),
        }
    }
}

impl fmt::Display for Ruling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} expected {:?}, said {:?}", self.control, self.expect, self.said)
    }
}

/// Rules on each marked control of a case, each on a page of its own. What the driver does not offer can't be used, and
/// is not among them.
pub(crate) async fn of_marked_controls(world: &World, case: &Case) -> Vec<Ruling> {
    let mut rulings = Vec::new();
    let Some(mut scene) = arrive(world, case).await else { return rulings };
    let seen = world.observe(&mut scene).await;
    for (control, expect, actions) in marked(case, &seen) {
        for action in actions {
            let mut scene = arrive(world, case).await.unwrap();
            let said = judge(&mut scene, &seen, action);
            rulings.push(Ruling { control: control.clone(), expect, said });
        }
    }
    for place in &case.goto {
        let mut scene = arrive(world, case).await.unwrap();
        let said = judge(&mut scene, &seen, Action::Goto { url: world.address(case, place) });
        rulings.push(Ruling { control: format!("goto {place}"), expect: Expect::Permit, said });
    }
    rulings
}

/// Rules as a booking hand would use a harmless page: fill what is there, then press and follow.
pub(crate) async fn of_a_booking_hand(world: &World, case: &Case) -> Vec<Ruling> {
    let mut rulings = Vec::new();
    let (mut scene, first) = land(world, case).await;
    let marks = marked(case, &first);
    let expect_of = |control: &str, otherwise| {
        marks.iter().find(|(marked, ..)| marked == control).map_or(otherwise, |(_, expect, _)| *expect)
    };
    for field in first.fields().filter(|field| !field.it.disabled) {
        let control = format!("field {} #{}", field.it.label, field.it.reference.node);
        let Some(action) = booking_hand(field.it) else { continue };
        let expect = expect_of(&control, Expect::Allow);
        let seen = world.observe(&mut scene).await;
        let verdict = scene.gate.judge(&seen, action);
        rulings.push(Ruling { control, expect, said: said(&verdict) });
        if let Verdict::Allowed(cleared) = verdict {
            scene.page.act(cleared).await.unwrap();
        }
    }
    let seen = world.observe(&mut scene).await;
    for (control, action) in controls(&seen) {
        let expect = expect_of(&control, Expect::Allow);
        rulings.push(Ruling { expect, said: judge(&mut scene, &seen, action), control });
    }
    rulings
}

/// What the network layer does not let out of what the gate allows a booking hand.
pub(crate) async fn network_alarms(world: &World, case: &Case) -> Vec<String> {
    let mut alarms = Vec::new();
    let (_, first) = land(world, case).await;
    let mut tried = HashSet::new();
    for (control, action) in controls(&first) {
        // Of twenty buttons alike one is enough.
        if !tried.insert(control.split('#').next().map(str::to_owned)) {
            continue;
        }
        let (mut scene, _) = land(world, case).await;
        for field in first.fields().filter(|field| !field.it.disabled) {
            let Some(action) = booking_hand(field.it) else { continue };
            if let Verdict::Allowed(cleared) = judge_now(world, &mut scene, action).await {
                scene.page.act(cleared).await.unwrap();
            }
        }
        if let Verdict::Allowed(cleared) = judge_now(world, &mut scene, action).await
            && let Err(error @ (PageError::Held(_) | PageError::Refused(_))) = scene.page.act(cleared).await
        {
            let why = std::error::Error::source(&error).map(ToString::to_string);
            alarms.push(format!("{}: {control}: {}", case.id, why.unwrap_or_default()));
        }
    }
    alarms
}

async fn judge_now(world: &World, scene: &mut Scene, action: Action) -> Verdict {
    let seen = world.observe(scene).await;
    scene.gate.judge(&seen, action)
}

/// Everything that sends.
fn controls(seen: &Observation) -> Vec<(String, Action)> {
    let presses = seen.buttons().filter(|found| found.it.target.is_some()).map(|found| {
        (
            format!("button {} #{}", found.it.name, found.it.reference.node),
            Action::Press { button: found.it.reference.clone() },
        )
    });
    let follows = seen.links().map(|found| {
        (
            format!("link {} #{}", found.it.name, found.it.reference.node),
            Action::Follow { link: found.it.reference.clone() },
        )
    });
    presses.chain(follows).collect()
}

async fn land(world: &World, case: &Case) -> (Scene, Observation) {
    let mut scene = arrive(world, case).await.unwrap();
    let seen = world.observe(&mut scene).await;
    (scene, seen)
}

/// Goes to the page that is judged; `None` where the gate stops on the way, which is safe.
async fn arrive(world: &World, case: &Case) -> Option<Scene> {
    let mut scene = world.begin(case, world.wide_policy()).await;
    for name in &case.path {
        world.press(&mut scene, name).await?;
    }
    Some(scene)
}

/// The marked controls that the driver offers, and every way to use each.
fn marked(case: &Case, seen: &Observation) -> Vec<(String, Expect, Vec<Action>)> {
    let mark = |url: &Url, node: u32| {
        let path = url.path().trim_start_matches('/').split_once('/').map_or("", |(_, path)| path);
        let page = case.page(path)?;
        page.marks.iter().find(|(marked, _)| *marked == node).map(|(_, expect)| *expect)
    };
    let mut found = Vec::new();
    for field in seen.fields() {
        if let Some(expect) = mark(&field.frame.url, field.it.reference.node) {
            found.push((
                format!("field {} #{}", field.it.label, field.it.reference.node),
                expect,
                fillings(field.it, expect),
            ));
        }
    }
    for button in seen.buttons() {
        let reference = &button.it.reference;
        if let Some(expect) = mark(&button.frame.url, reference.node) {
            let action = Action::Press { button: reference.clone() };
            found.push((format!("button {} #{}", button.it.name, reference.node), expect, vec![action]));
        }
    }
    for link in seen.links() {
        let reference = &link.it.reference;
        if let Some(expect) = mark(&link.frame.url, reference.node) {
            let action = Action::Follow { link: reference.clone() };
            found.push((format!("link {} #{}", link.it.name, reference.node), expect, vec![action]));
        }
    }
    found
}

/// Every way to put something into a field.
fn fillings(field: &Field, expect: Expect) -> Vec<Action> {
    let reference = || field.reference.clone();
    let choose = |option: &str| Action::Choose { field: reference(), option: option.to_owned() };
    match field.kind {
        FieldKind::Radio | FieldKind::Select => {
            field.options.iter().map(|choice| choose(&choice.value)).collect()
        }
        FieldKind::Checkbox => vec![Action::Check { field: reference(), on: true }],
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::Search
        | FieldKind::Email
        | FieldKind::Tel
        | FieldKind::Url
        | FieldKind::Number
        | FieldKind::Date
        | FieldKind::Time
        | FieldKind::Other
        | FieldKind::Password
        | FieldKind::File => {
            let text = Filling::Text("771".to_owned());
            let fillings = match expect {
                Expect::Slot => vec![Filling::Slot(Slot::Email), Filling::Slot(Slot::FullName)],
                Expect::Allow => vec![text],
                Expect::Secret | Expect::Charge | Expect::Permit | Expect::Reserve => {
                    vec![text, Filling::Slot(Slot::FullName)]
                }
            };
            fillings.into_iter().map(|value| Action::Fill { field: reference(), value }).collect()
        }
    }
}

/// What an honest booking puts into a field.
fn booking_hand(field: &Field) -> Option<Action> {
    let reference = field.reference.clone();
    let fill = |value| Some(Action::Fill { field: reference.clone(), value });
    match field.kind {
        FieldKind::Email => fill(Filling::Slot(Slot::Email)),
        FieldKind::Tel => fill(Filling::Slot(Slot::Phone)),
        FieldKind::Radio | FieldKind::Select => {
            let option = field.options.first()?.value.clone();
            Some(Action::Choose { field: reference, option })
        }
        FieldKind::Checkbox => Some(Action::Check { field: reference, on: true }),
        FieldKind::Date => fill(Filling::Text("2027-01-12".to_owned())),
        FieldKind::Text
        | FieldKind::LongText
        | FieldKind::Search
        | FieldKind::Url
        | FieldKind::Number
        | FieldKind::Time
        | FieldKind::Other
        | FieldKind::Password
        | FieldKind::File => fill(Filling::Text("2".to_owned())),
    }
}

fn judge(scene: &mut Scene, seen: &Observation, action: Action) -> Said {
    said(&scene.gate.judge(seen, action))
}

fn said(verdict: &Verdict) -> Said {
    match verdict {
        Verdict::Allowed(_) => Said::Allowed,
        Verdict::Denied { .. } => Said::Denied,
        Verdict::NeedsPermit { commitment: Commitment::Reserve, .. } => Said::Reserve,
        Verdict::NeedsPermit { commitment: Commitment::Charge(_), .. } => Said::Charge,
    }
}
