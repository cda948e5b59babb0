//! A whole run: one site after the other, until one has an answer.

use std::borrow::Cow;
use std::time::Duration;

use onegent_core::audit::{AuditDraft, AuditKind};
use onegent_core::job::{Alternative, JobError, JobErrorCode};
use onegent_core::text::ProviderId;
use opentelemetry::context::FutureExt as _;
use opentelemetry::trace::SpanKind;
use opentelemetry::{Context, KeyValue};

use super::charge::ChargeReader;
use super::kept::{At, Kept};
use super::look_up::look_up;
use super::stop::{Stop, job_error};
use super::visit::{Parts, Visit};
use super::{Agent, Assignment, ControlError, DirectSites, Ending, LookUp, Note, RunControl};
use crate::browser;
use crate::browser::action::SlotValues;
use crate::browser::mask::GuestMask;
use crate::network::NetworkPolicy;
use crate::planner::heuristic::Heuristic;
use crate::planner::learned::{PathKey, Recorder};
use crate::planner::model::Spent;
use crate::planner::playbook::Playbook;
use crate::planner::{Goal, Planner};
use crate::trace;

/// How long a site's look-up may take that is asked about a refusal.
const LOOK_UP: Duration = Duration::from_secs(30);

pub(super) async fn run(agent: &Agent, mut assignment: Assignment, control: &dyn RunControl) -> Ending {
    // A confirmed charge is one site's; no other is visited with it.
    let only = assignment.confirmed.as_ref().map(|confirmed| confirmed.charge().provider.clone());
    let mut playbooks: Vec<_> = match &only {
        Some(provider) => agent.playbook(provider, &assignment).into_iter().collect(),
        None => assignment.providers.iter().filter_map(|id| agent.playbook(id, &assignment)).collect(),
    };
    if playbooks.is_empty() {
        let message = "No booking site that may be used offers such bookings.";
        return Stop::for_good(JobErrorCode::NoProvider, message).into();
    }
    // Where a person gave the page back, the booking goes on.
    let on = agent.kept.given_back_on(assignment.job);
    playbooks.sort_by_key(|playbook| on.as_ref() != Some(playbook.id()));
    let mut answers = Answers::default();
    for (place, playbook) in playbooks.iter().enumerate() {
        // A collector is told of known sites; where else somebody books is theirs to tell.
        let site = if assignment.request.site().is_some() { "named" } else { playbook.id().as_str() };
        let about = [KeyValue::new("onegent.provider", site.to_owned())];
        let span = trace::begin("site visit", SpanKind::Client, &Context::current(), about);
        let ending = visit(agent, playbook, &mut assignment, control).with_context(span.clone()).await;
        trace::end(&span);
        match ending {
            Ending::NoAvailability { alternatives } => answers.none(alternatives),
            Ending::Failed { error, retry } if !is_over(&error) => answers.failed(error, retry),
            ending @ (Ending::Booked { .. }
            | Ending::Payment { .. }
            | Ending::NeedsPerson { .. }
            | Ending::Failed { .. }
            | Ending::OutcomeUnknown { .. }
            | Ending::Lost) => return ending,
        }
        if let Some(next) = playbooks.get(place + 1)
            && let Err(error) = tell_fallback(control, playbook.id(), next.id()).await
        {
            return Stop::from(error).into();
        }
    }
    answers.ending()
}

/// What the visits that did not end the run said.
#[derive(Default)]
struct Answers {
    nothing: Option<Vec<Alternative>>,
    failure: Option<(JobError, bool)>,
}

impl Answers {
    fn none(&mut self, alternatives: Vec<Alternative>) {
        self.nothing.get_or_insert_default().extend(alternatives);
    }

    /// A failure that may pass counts more than one that stays.
    fn failed(&mut self, error: JobError, retry: bool) {
        if self.failure.as_ref().is_none_or(|(_, may_pass)| retry && !may_pass) {
            self.failure = Some((error, retry));
        }
    }

    /// Where a site could still be tried again, that comes before "nothing available".
    fn ending(self) -> Ending {
        match (self.nothing, self.failure) {
            (None, None) => Ending::Failed {
                error: job_error(JobErrorCode::NoProvider, "No site was visited."),
                retry: false,
            },
            (Some(alternatives), None | Some((_, false))) => Ending::NoAvailability { alternatives },
            (_, Some((error, retry))) => Ending::Failed { error, retry },
        }
    }
}

/// Whether no other site is to be tried: the submit went out, or the time is over.
fn is_over(error: &JobError) -> bool {
    matches!(error.code, JobErrorCode::SubmitRefused | JobErrorCode::TimeLimit | JobErrorCode::BlockedByGate)
}

async fn tell_fallback(
    control: &dyn RunControl,
    from: &ProviderId,
    to: &ProviderId,
) -> Result<(), ControlError> {
    let event = AuditDraft::new(
        AuditKind::ProviderFallback,
        "The site did not lead to a booking; the next one is tried.",
    );
    let events = vec![event.with("from", from.as_str()).with("to", to.as_str())];
    control.note(Note { events, ..Note::default() }).await
}

async fn visit(
    agent: &Agent,
    playbook: &Playbook,
    assignment: &mut Assignment,
    control: &dyn RunControl,
) -> Ending {
    let slots = SlotValues::travelling(&assignment.guest, &assignment.travel);
    let (mask, unknown) = (GuestMask::new(slots.clone()), slots.unknown());
    let kept = match agent.kept.take(assignment.job, playbook.id()) {
        Some(kept) if kept.at == At::PastWall && assignment.confirmed.is_none() => Some(kept),
        Some(kept) if kept.at == At::Payment && assignment.confirmed.is_some() => kept.read_again().await,
        Some(_) | None => None,
    };
    let (page, gate) = match kept {
        Some(kept) => (kept.page, Some(kept.gate)),
        None => {
            match agent.browser(playbook).open(browser::Visit { policy: policy(playbook), slots }).await {
                Ok(page) => (page, None),
                Err(error) => return Stop::from(error).into(),
            }
        }
    };
    if let Some(live) = page.live() {
        agent.live.open(assignment.job, live);
    }
    let charged = assignment.confirmed.as_ref().map(|confirmed| confirmed.charge().clone());
    let goal = Goal { request: assignment.request.clone(), consent: assignment.consent.clone(), unknown };
    let reader = ChargeReader {
        provider: playbook.id(),
        provider_name: playbook.name(),
        hints: playbook.charge(),
        request: &goal.request,
        mask: &mask,
        limit: goal.consent.max_price,
    };
    // A site that nobody described is looked at page by page, and remembered.
    let key = (!playbook.is_described()).then(|| {
        let (scenario, environment) = (goal.request.scenario(), assignment.environment);
        PathKey::new(playbook.id(), &playbook.entry(), scenario, environment)
    });
    let known = match &key {
        Some(key) => control.known_path(key).await,
        None => None,
    };
    let heuristic = key.is_some().then(|| known.map_or_else(Heuristic::new, Heuristic::following));
    let spent = match &agent.model {
        Some(_) if heuristic.is_some() => control.model_spent().await,
        Some(_) | None => Spent::default(),
    };
    let undescribed: Option<Box<dyn Planner + '_>> = heuristic.map(|heuristic| match &agent.model {
        Some(model) => Box::new(model.planner(heuristic, mask.clone(), spent)) as Box<dyn Planner>,
        None => Box::new(heuristic),
    });
    let parts = Parts {
        page,
        gate,
        planner: undescribed.as_deref().unwrap_or(playbook),
        goal: &goal,
        recorder: key.is_some().then(|| Recorder::new(&goal.request, mask.clone())),
        reader,
        mask: &mask,
        control,
        clock: &agent.clock,
        deadline: assignment.deadline,
        confirmed: assignment.confirmed.take(),
    };
    let left = Visit::new(parts).run(playbook.entry()).await;
    if let Some((key, lesson)) = key.zip(left.lesson) {
        control.learn(&key, lesson).await;
    }
    let at = match &left.ending {
        Ending::Payment { .. } => Some(At::Payment),
        Ending::NeedsPerson { .. } => Some(At::Wall),
        Ending::Booked { .. }
        | Ending::NoAvailability { .. }
        | Ending::Failed { .. }
        | Ending::OutcomeUnknown { .. }
        | Ending::Lost => None,
    };
    if let Some(at) = at {
        let (page, gate) = (left.page, left.gate);
        agent.kept.keep(assignment.job, Kept { provider: playbook.id().clone(), page, gate, at });
    }
    if left.refused {
        let asked = look_up(agent, playbook, assignment, charged.as_ref());
        let answer = tokio::time::timeout(LOOK_UP, asked).await;
        if matches!(answer, Ok(Some(LookUp::NotFound))) {
            let message =
                "The site refused the booking, and its own look-up has none. Nothing was booked or charged.";
            return Stop::for_good(JobErrorCode::SubmitRefused, message).into();
        }
    }
    left.ending
}

/// Where the site's pages may go.
pub(super) fn policy(playbook: &Playbook) -> NetworkPolicy {
    let origins = playbook.origins().iter().cloned();
    if playbook.is_private() { NetworkPolicy::sandbox(origins) } else { NetworkPolicy::site(origins) }
}

impl Agent {
    /// A site's playbook, if it books such things in the assignment's environment. A request that names its site is taken
    /// there and nowhere else.
    pub(super) fn playbook(&self, id: &ProviderId, assignment: &Assignment) -> Option<Cow<'_, Playbook>> {
        let (environment, scenario) = (assignment.environment, assignment.request.scenario());
        if let Some(site) = assignment.request.site() {
            let sandbox = self.sandbox.as_ref();
            let entry = self.direct_sites.admit(site, environment, sandbox).ok()?;
            let private = self.direct_sites == DirectSites::Anywhere;
            return (site.provider() == id)
                .then(|| Playbook::direct(site, entry, (scenario, environment), private, sandbox))
                .flatten()
                .map(Cow::Owned);
        }
        let found = self.playbooks.iter().find(|playbook| {
            playbook.id() == id
                && playbook.environment() == environment
                && playbook.scenarios().contains(&scenario)
        });
        found.map(Cow::Borrowed)
    }
}
