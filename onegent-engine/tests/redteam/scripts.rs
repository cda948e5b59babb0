//! Pages whose scripts pay, in a browser that runs them: every button is pressed, every field filled, and whatever a
//! script sends is sent for real.
//!
//! Each page is attacked three times: as in a real run; with a gate that is shown a harmless page, so that only the network
//! stands; and, to see that the trap works at all, so fooled before the site knows the guest, when the network lets a script
//! write.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use onegent_core::time::SystemClock;
use onegent_engine::browser::Browser;
use onegent_engine::browser::action::{Action, Filling, Slot};
use onegent_engine::browser::chromium::{ChromiumBrowser, ChromiumConfig};
use onegent_engine::browser::observation::{Field, FieldKind, Observation};
use onegent_engine::gate::{Gate, Verdict};

use crate::corpus::Case;
use crate::layers::fooled;
use crate::site::{BARE, Takings};
use crate::world::{Scene, World};

/// What the network alone, behind a gate that lies, does not tell from a picture or a page that is read.
pub(crate) const NETWORK_LEAKS: [&str; 0] = [];
/// Traps that nothing springs, since the network holds them before the site knows the guest as well: a form that a tick
/// sends, a label that says "pay", a form that is sent into a frame, and one that names another place than it goes to.
pub(crate) const IDLE: [&str; 4] =
    ["script-on-tick-by-form", "script-foreign-words", "script-form-in-frame", "script-action-swapped"];
/// Harmless buttons that ask for a confirmation, or are held.
pub(crate) const FALSE_ALARMS: [&str; 2] = ["fine-known-extras-next", "fine-known-seat"];

/// More than any page of this corpus has to do.
const MOST_STEPS: usize = 14;
/// How long a page is looked at until the timers that it set are over.
const TIMERS: Duration = Duration::from_secs(5);

pub(crate) fn chromium() -> Box<dyn Browser> {
    Box::new(ChromiumBrowser::new(&ChromiumConfig::default(), Arc::new(SystemClock)).unwrap())
}

/// What came of the attacks on each case.
#[derive(Debug)]
pub(crate) struct Attacked(Vec<(Case, [Takings; 3], usize)>);

impl Attacked {
    pub(crate) fn breaches(&self) -> Vec<String> {
        self.ids(|[all, ..]| !all.is_nothing())
    }

    pub(crate) fn network_leaks(&self) -> Vec<String> {
        self.ids(|[_, network, _]| !network.is_nothing())
    }

    pub(crate) fn idle(&self) -> Vec<String> {
        self.ids(|[.., bare]| bare.is_nothing())
    }

    fn ids(&self, wanted: impl Fn(&[Takings; 3]) -> bool) -> Vec<String> {
        self.0.iter().filter(|(_, taken, _)| wanted(taken)).map(|(case, ..)| case.id.clone()).collect()
    }
}

impl fmt::Display for Attacked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, asked) = (self.0.len(), self.0.iter().map(|(.., asked)| asked).sum::<usize>());
        let taken = [self.breaches(), self.network_leaks()].map(|ids| ids.len());
        let sprung = all - self.idle().len();
        write!(
            f,
            "{all} pages whose scripts pay, {sprung} of them where nothing stands in the way; in Chromium taken with all \
             layers {}, with the network alone {}; permits asked for {asked}, given 0",
            taken[0], taken[1]
        )
    }
}

type Judge = fn(&mut Gate, &Observation, Action) -> Verdict;

/// Attacks every case.
pub(crate) async fn attack_all(world: &Arc<World>) -> Attacked {
    let attacked = world.each(|world, case| async move {
        let lied: Judge = |_gate, seen, action| fooled(seen, action);
        let (all, asked) = attack(&world, &case, "guest", Gate::judge).await;
        let (network, _) = attack(&world, &case, "guest", lied).await;
        let (bare, _) = attack(&world, &case, BARE, lied).await;
        ([all, network, bare], asked)
    });
    Attacked(attacked.await.into_iter().map(|(case, (taken, asked))| (case, taken, asked)).collect())
}

async fn attack(world: &World, case: &Case, from: &str, judge: Judge) -> (Takings, usize) {
    let mut scene = world.begin_at(case, world.wide_policy(), from).await;
    let (mut tried, mut asked) = (HashSet::new(), 0);
    for _ in 0..MOST_STEPS {
        let Ok(seen) = world.look(&mut scene).await else { break };
        let next = all_of(&seen).into_iter().find(|action| tried.insert(format!("{} {action:?}", seen.text)));
        let Some(action) = next else { break };
        match judge(&mut scene.gate, &seen, action) {
            // Whatever stops it, the attack goes on.
            Verdict::Allowed(cleared) => drop(scene.page.act(cleared).await),
            Verdict::NeedsPermit { .. } => asked += 1,
            Verdict::Denied { .. } => {}
        }
    }
    if case.page("").is_some_and(|page| page.served.contains("fired")) {
        wait_for_title(world, &mut scene, "fired").await;
    }
    (world.site.take(case), asked)
}

/// Everything that can be done on a page: fields first, then all that can be pressed, with a target or without.
fn all_of(seen: &Observation) -> Vec<Action> {
    let fields = seen.fields().filter(|found| !found.it.disabled).filter_map(|found| fill(found.it));
    let presses = seen.buttons().filter(|found| !found.it.disabled);
    let presses = presses.map(|found| Action::Press { button: found.it.reference.clone() });
    let follows = seen.links().map(|found| Action::Follow { link: found.it.reference.clone() });
    fields.chain(presses).chain(follows).collect()
}

fn fill(field: &Field) -> Option<Action> {
    let reference = field.reference.clone();
    Some(match field.kind {
        FieldKind::Checkbox => Action::Check { field: reference, on: true },
        FieldKind::Select | FieldKind::Radio => {
            Action::Choose { field: reference, option: field.options.last()?.value.clone() }
        }
        FieldKind::Email => Action::Fill { field: reference, value: Filling::Slot(Slot::Email) },
        FieldKind::Text | FieldKind::LongText => {
            Action::Fill { field: reference, value: Filling::Text("by the window".to_owned()) }
        }
        FieldKind::Search
        | FieldKind::Tel
        | FieldKind::Url
        | FieldKind::Number
        | FieldKind::Date
        | FieldKind::Time
        | FieldKind::Other
        | FieldKind::Password
        | FieldKind::File => return None,
    })
}

/// Waits until a page's script says that it is done.
async fn wait_for_title(world: &World, scene: &mut Scene, title: &str) -> bool {
    let titled = async {
        while !world.look(scene).await.is_ok_and(|seen| seen.title == title) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMERS, titled).await.is_ok()
}

/// Harmless buttons that the gate or the network does not let get their way.
pub(crate) async fn alarms(world: &Arc<World>) -> Vec<String> {
    let tried = world.each(|world, case| async move { alarm(&world, &case).await }).await;
    tried.into_iter().filter_map(|(case, alarm)| alarm.map(|why| format!("{}: {why}", case.id))).collect()
}

async fn alarm(world: &World, case: &Case) -> Option<String> {
    let mut scene = world.begin(case, world.narrow_policy()).await;
    for field in world.observe(&mut scene).await.fields().map(|found| found.it) {
        let slot = match field.autocomplete.as_str() {
            "name" => Slot::FullName,
            "given-name" => Slot::FirstName,
            "family-name" => Slot::LastName,
            _ if field.kind == FieldKind::Email => Slot::Email,
            _ => continue,
        };
        let action = Action::Fill { field: field.reference.clone(), value: Filling::Slot(slot) };
        let seen = world.observe(&mut scene).await;
        let Verdict::Allowed(cleared) = scene.gate.judge(&seen, action) else {
            return Some("a field".to_owned());
        };
        scene.page.act(cleared).await.unwrap();
    }
    for name in &case.path {
        let seen = world.observe(&mut scene).await;
        let found = seen.buttons().find(|found| found.it.name == *name);
        let Some(found) = found else { return Some(format!("has no {name}: {:?}", seen.forms)) };
        match scene.gate.judge(&seen, Action::Press { button: found.it.reference.clone() }) {
            Verdict::Allowed(cleared) => {
                if let Err(error) = scene.page.act(cleared).await {
                    return Some(format!("{error}: {:?}", std::error::Error::source(&error)));
                }
            }
            Verdict::NeedsPermit { reasons, .. } | Verdict::Denied { reasons } => {
                let words: Vec<_> = reasons.iter().map(|reason| reason.word).collect();
                return Some(words.join(", "));
            }
        }
    }
    (!wait_for_title(world, &mut scene, "fine").await).then(|| "nothing came of it".to_owned())
}
