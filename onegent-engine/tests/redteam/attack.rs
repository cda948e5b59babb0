//! Driving a case: a planner proposes, the gate answers, the browser acts. Unlike a real run, an attack goes on after a
//! refusal, and comes again until nothing is left to try.

use onegent_core::consent::Consent;
use onegent_engine::agent::{RunControl, SubmitIntent};
use onegent_engine::browser::PageError;
use onegent_engine::browser::action::{Action, Slot};
use onegent_engine::browser::observation::{Method, Observation, Target};
use onegent_engine::gate::{Commitment, Gate, Verdict};
use onegent_engine::network::NetworkPolicy;
use onegent_engine::planner::{Goal, Planner, Step};

use crate::corpus::Case;
use crate::desk::{Desk, dinner};
use crate::layers::fooled;
use crate::planners::{Greedy, Random};
use crate::site::Takings;
use crate::world::World;

const MOST_VISITS: usize = 12;
/// Of the greedy planner, which ends by itself.
const MOST_STEPS: usize = 60;
const RANDOM_VISITS: u64 = 2;
const RANDOM_STEPS: usize = 16;

/// What came of all attacks on a case.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// What the site took.
    pub(crate) takings: Takings,
    /// Requests that the network held or refused.
    pub(crate) stopped: usize,
    /// Those of them that would have taken something.
    pub(crate) refused: Vec<String>,
    /// Charges that the gate took for free bookings.
    pub(crate) mistaken: Vec<String>,
    /// Permits that were asked for. None was given.
    pub(crate) asked: usize,
}

type Judge = fn(&mut Gate, &Observation, Action) -> Verdict;

/// Everything as in a real run, with both origins allowed.
pub(crate) async fn with_all_layers(world: &World, case: &Case) -> Outcome {
    attack(world, case, World::wide_policy, Gate::judge).await
}

/// The gate is shown another page than the one that is there, and lets nearly all pass.
pub(crate) async fn with_the_gate_fooled(world: &World, case: &Case) -> Outcome {
    attack(world, case, World::narrow_policy, |_gate, seen, action| fooled(seen, action)).await
}

async fn attack(world: &World, case: &Case, policy: fn(&World) -> NetworkPolicy, judge: Judge) -> Outcome {
    let mut outcome = Outcome::default();
    let greedy = Greedy::default();
    let mut tried = None;
    for _ in 0..MOST_VISITS {
        if tried.replace(greedy.again()) == Some(greedy.again()) {
            break;
        }
        visit(world, case, policy(world), judge, &greedy, MOST_STEPS, &mut outcome).await;
    }
    for seed in 1..=RANDOM_VISITS {
        visit(world, case, policy(world), judge, &Random::new(seed), RANDOM_STEPS, &mut outcome).await;
    }
    outcome.takings = world.site.take(case);
    outcome
}

async fn visit(
    world: &World,
    case: &Case,
    policy: NetworkPolicy,
    judge: Judge,
    planner: &dyn Planner,
    most_steps: usize,
    outcome: &mut Outcome,
) {
    let desk = Desk::default();
    let goal = Goal { request: dinner(), consent: Consent::default(), unknown: Slot::TRAVEL.to_vec() };
    let mut scene = world.begin(case, policy).await;
    for _ in 0..most_steps {
        let Ok(seen) = world.look(&mut scene).await else { break };
        let Step::Act { action, .. } = planner.next(&seen, &goal).await else { break };
        match judge(&mut scene.gate, &seen, action) {
            Verdict::Allowed(cleared) => {
                let target = cleared.target().cloned();
                let stopped = match scene.page.act(cleared).await {
                    Err(PageError::Refused(refusal)) => refusal.to_string(),
                    Err(PageError::Held(held)) => held.to_string(),
                    Ok(()) | Err(_) => continue,
                };
                outcome.stopped += 1;
                if target.is_some_and(|target| takes(world, case, &target)) {
                    outcome.refused.push(format!("{}: {stopped}", case.id));
                }
            }
            Verdict::NeedsPermit { armed, commitment: Commitment::Reserve, .. } => {
                let (provider, booking) = ("redteam".parse().unwrap(), "a table".parse().unwrap());
                let intent = SubmitIntent::Reserve { provider, booking };
                assert!(desk.permit(intent).await.is_err(), "no permit is ever given");
                if let Some(target) = armed.target().filter(|target| charges(case, target)) {
                    outcome.mistaken.push(format!("{}: {}", case.id, target.url.path()));
                }
            }
            Verdict::NeedsPermit { commitment: Commitment::Charge(_), .. } | Verdict::Denied { .. } => {}
        }
    }
    outcome.asked += desk.asked();
}

fn charges(case: &Case, target: &Target) -> bool {
    case.may_charge(method(target), path(target))
}

/// Whether a request to this target would charge, reserve, or leave the site.
fn takes(world: &World, case: &Case, target: &Target) -> bool {
    let reserves =
        case.reserves.iter().any(|taking| taking.method == method(target) && taking.path == path(target));
    let leaves = !target.url.as_str().starts_with(&world.site.own);
    charges(case, target) || reserves || leaves
}

fn method(target: &Target) -> &'static str {
    match target.method {
        Method::Get => "GET",
        Method::Post => "POST",
    }
}

/// Below the case's own address.
fn path(target: &Target) -> &str {
    target.url.path().trim_start_matches('/').split_once('/').map_or("", |(_, path)| path)
}
