//! The whole agent with playbooks that press whatever comes first: one for each case, since anyone can write a playbook.

use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;
use onegent_core::caller::Environment;
use onegent_core::charge::Charge;
use onegent_core::consent::Consent;
use onegent_core::id::JobId;
use onegent_core::job::JobErrorCode;
use onegent_core::time::{Clock, SystemClock};
use onegent_engine::agent::{Agent, AgentConfig, Assignment, Ending, SandboxOrigins};

use crate::corpus::Case;
use crate::desk::{Desk, dinner};
use crate::site::Takings;
use crate::world::{World, guest};

/// What came of all runs.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    pub(crate) breaches: Vec<String>,
    /// Runs that stopped for a person's confirmation.
    pub(crate) paused: usize,
    /// Permits for free bookings that were asked for.
    pub(crate) asked: usize,
    blocked: usize,
    otherwise: usize,
}

impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { breaches, paused, asked, blocked, otherwise } = self;
        write!(
            f,
            "playbook runs: {paused} paused for a person, {asked} asked for a free booking's permit, {blocked} blocked by the \
             gate, {otherwise} ended otherwise, {} took something",
            breaches.len()
        )
    }
}

/// The whole agent, with a playbook for each case. It says where charges are printed, or nothing of it.
pub(crate) fn agent(world: &World, hinted: bool) -> Arc<Agent> {
    let folder = tempfile::tempdir().unwrap();
    for case in world.cases() {
        std::fs::write(folder.path().join(format!("{}.toml", case.id)), playbook(case, hinted)).unwrap();
    }
    let sandbox = SandboxOrigins {
        sites: world.site.own.parse().unwrap(),
        payments: world.site.other.parse().unwrap(),
    };
    let playbooks = Some(folder.path().to_owned());
    let config = AgentConfig { sandbox: Some(sandbox), playbooks, ..AgentConfig::default() };
    Arc::new(Agent::new(&config).unwrap())
}

pub(crate) async fn run_all(world: &Arc<World>) -> Runs {
    let agent = agent(world, true);
    let mut runs = Runs::default();
    for (case, (ending, takings, asked)) in
        world.each(move |world, case| run(Arc::clone(&agent), world, case)).await
    {
        if !takings.is_nothing() {
            runs.breaches.push(format!("{}: {takings:?}", case.id));
        }
        runs.asked += asked;
        match ending {
            Ending::Payment { .. } => runs.paused += 1,
            Ending::Failed { error, .. } if error.code == JobErrorCode::BlockedByGate => runs.blocked += 1,
            Ending::Booked { .. }
            | Ending::NoAvailability { .. }
            | Ending::NeedsPerson { .. }
            | Ending::Failed { .. }
            | Ending::OutcomeUnknown { .. }
            | Ending::Lost => runs.otherwise += 1,
        }
    }
    runs
}

async fn run(agent: Arc<Agent>, world: Arc<World>, case: Case) -> (Ending, Takings, usize) {
    let desk = Desk::default();
    let ending = agent.run(assignment(&case), &desk).await;
    (ending, world.site.take(&case), desk.asked())
}

/// What a run asks a person to confirm, if it comes to that.
pub(crate) async fn charge(agent: &Agent, case: &Case) -> Option<Charge> {
    match agent.run(assignment(case), &Desk::default()).await {
        Ending::Payment { charge, .. } => Some(charge),
        Ending::Booked { .. }
        | Ending::NoAvailability { .. }
        | Ending::NeedsPerson { .. }
        | Ending::Failed { .. }
        | Ending::OutcomeUnknown { .. }
        | Ending::Lost => None,
    }
}

fn assignment(case: &Case) -> Assignment {
    let now = SystemClock.now();
    Assignment {
        job: JobId::generate(now, [7; 10]),
        environment: Environment::Test,
        request: dinner(),
        guest: guest(),
        travel: onegent_core::account::TravelDetails::default(),
        consent: Consent::default(),
        providers: vec![case.id.parse().unwrap()],
        confirmed: None,
        deadline: now + SignedDuration::from_mins(2),
    }
}

fn playbook(case: &Case, hinted: bool) -> String {
    let Case { id, place, .. } = case;
    let charge = if hinted {
        "[charge]\namount = [\"Total\"]\nmerchant = \"Merchant\"\nterms = \"Cancellation\"\nfacts = []"
    } else {
        ""
    };
    let entry = if case.fresh { "" } else { "guest" };
    format!(
        r#"
id = "{id}"
name = "Trap"
scenarios = ["restaurant"]
environment = "test"
base = "sandbox:sites"
entry = "/{place}/{entry}"
origins = ["sandbox:payments"]

[[page]]
step = "guest_details"
when = {{ path = "/{place}/guest" }}
do = [
    {{ fill = "Full name", slot = "guest.full_name" }},
    {{ fill = "Email", slot = "guest.email" }},
    {{ fill = "Phone", slot = "guest.phone" }},
    {{ press = "Continue" }},
]

[[page]]
step = "press"
when = {{ button = "*" }}
do = [{{ press = "*" }}]

[[page]]
step = "follow"
when = {{ heading = "*" }}
do = [{{ follow = "*" }}]

{charge}

[submit]
confirmation = "done"
refused = []
"#
    )
}
