//! A language model that its owner configured, for pages on which the heuristic finds no way on. Off unless there is one.
//!
//! It proposes what any planner may, and nothing else: something to fill, choose, tick, press or follow that stands on the
//! page. It opens no addresses. The gate and the network judge that as they judge everybody's, and three things hold
//! beside:
//!
//! - **It sees no guest.** Every text that is sent to it has passed [`GuestMask::hide`]; it names slots.
//! - **Its word books nothing.** Where it had a hand in the way, also a booking that costs nothing now waits for a person
//!   ([`Planner::guided`]), and no path is learned.
//! - **It is never needed.** Whatever goes wrong with it, the heuristic's own step is taken.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use onegent_core::money::Currency;
use secrecy::SecretString;
use tokio::time::Instant;
use url::Url;

use super::heuristic::Heuristic;
use super::learned::Course;
use super::{AfterSubmit, Finding, Goal, Planner, Step};
use crate::browser::action::Action;
use crate::browser::mask::GuestMask;
use crate::browser::observation::Observation;

mod answer;
mod budget;
mod endpoint;
mod page;
#[cfg(test)]
mod tests;

pub use budget::{ModelBudget, ModelPrices, Spent};
use endpoint::{Endpoint, Failure};
use page::{Prompt, Shown};

/// What a step is called that a model proposed.
pub(crate) const WORD: &str = "model";
/// After so many answers in a row that were of no use, a visit asks no more: each may have taken its whole time.
const MOST_FAILURES: u32 = 2;

/// A model's endpoint, as its owner configured it.
#[derive(Debug, Clone)]
pub struct ModelConfig {
    /// How it is spoken to.
    pub kind: ModelKind,
    /// What stands before `/chat/completions` or `/messages`. `http` only to addresses that are not public.
    pub url: Url,
    /// The model's name there.
    pub name: String,
    /// The key, where the endpoint wants one.
    pub key: Option<SecretString>,
    /// When it is asked.
    pub turn: ModelTurn,
    /// How long one answer may take.
    pub patience: Duration,
    /// How much one job may use.
    pub budget: ModelBudget,
    /// What it costs, where that is to be counted.
    pub prices: Option<ModelPrices>,
}

/// How a model is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelKind {
    /// Chat completions with a JSON schema for the answer, as `OpenAI` and many others have them.
    OpenAi,
    /// Anthropic's messages, with a tool that has to be called.
    Anthropic,
}

/// When a model is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ModelTurn {
    /// Where the heuristic finds no way on.
    #[default]
    WhenStuck,
    /// Before each step that the heuristic would take.
    Always,
}

/// The configured model can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Its address.
    #[error(
        "the model's address has to be https, or http at an address that is not public, without a user or a password"
    )]
    Address,
    /// Its key.
    #[error("the model's key has characters that no HTTP header may have")]
    Key,
    /// No TLS can be set up.
    #[error("no TLS can be set up for the model")]
    Client(#[source] reqwest::Error),
}

/// What became of one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// How it ended.
    pub outcome: AskedOutcome,
    /// What it used.
    pub spent: Spent,
    /// What that costs, in minor units of a currency, where prices are configured.
    pub cost: Option<(u64, Currency)>,
    /// How long it took.
    pub took: Duration,
}

/// How a question to a model ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedOutcome {
    /// With a step that stands on the page.
    Proposed,
    /// It had nothing to propose.
    Nothing,
    /// Its answer was no step that may be taken on this page, or no answer at all.
    Unusable,
    /// It refused.
    Refused,
    /// The endpoint answered with an error.
    Status,
    /// It could not be reached, or not in time.
    Unreachable,
}

impl AskedOutcome {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Proposed, Self::Nothing, Self::Unusable, Self::Refused, Self::Status, Self::Unreachable];

    /// The word in trails, metrics and traces.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Nothing => "nothing",
            Self::Unusable => "unusable",
            Self::Refused => "refused",
            Self::Status => "status",
            Self::Unreachable => "unreachable",
        }
    }
}

/// A configured model, for all jobs.
#[derive(Debug)]
pub(crate) struct Model {
    config: ModelConfig,
    endpoint: Endpoint,
}

impl Model {
    pub(crate) fn new(config: &ModelConfig) -> Result<Self, ModelError> {
        Ok(Self { endpoint: Endpoint::new(config)?, config: config.clone() })
    }

    /// The planner for one visit, with the heuristic that goes ahead of it. `spent` is what the job has used so far.
    pub(crate) fn planner(&self, heuristic: Heuristic, mask: GuestMask, spent: Spent) -> ModelPlanner<'_> {
        ModelPlanner {
            model: self,
            heuristic,
            mask,
            course: Mutex::new(Way { spent, ..Way::default() }),
            guided: AtomicBool::new(false),
        }
    }
}

/// The heuristic, with a model beside it.
#[derive(Debug)]
pub(crate) struct ModelPlanner<'a> {
    model: &'a Model,
    heuristic: Heuristic,
    mask: GuestMask,
    course: Mutex<Way>,
    guided: AtomicBool,
}

/// What a visit asked so far.
#[derive(Debug, Default)]
struct Way {
    spent: Spent,
    /// Useless answers in a row.
    failures: u32,
    /// What was done at the model's word, in words that it understands.
    done: Vec<String>,
    /// What the last question came to, until somebody takes it.
    asked: Option<Asked>,
}

impl ModelPlanner<'_> {
    /// Whether the model is to be asked where the heuristic would do this.
    fn is_asked(&self, step: &Step) -> bool {
        match (step, self.model.config.turn) {
            (Step::End(Finding::NotUnderstood { .. }), _) => true,
            // Banners are closed without its help; what stands at payment is for the gate.
            (Step::Act { word, .. }, ModelTurn::Always) => word != "banner" && word != "payment",
            (Step::Act { .. } | Step::End(_), _) => false,
        }
    }

    async fn propose(&self, seen: &Observation, goal: &Goal) -> Option<Action> {
        let shown = Shown::of(seen);
        let prompt = {
            let way = self.way();
            let prompt = Prompt::new(&shown, goal, &way.done, &self.mask);
            let config = &self.model.config;
            if way.failures >= MOST_FAILURES
                || !config.budget.has_room(way.spent, prompt.reckoned(), config.prices.as_ref())
            {
                return None;
            }
            prompt
        };
        let began = Instant::now();
        let answer = self.model.endpoint.ask(&prompt, self.model.config.patience).await;
        let took = began.elapsed();
        let (spent, said) = match answer {
            Ok(answer) => (answer.spent, Ok(answer.text)),
            Err(Failure { outcome, spent }) => (spent, Err(outcome)),
        };
        let proposal = said.and_then(|text| answer::read(&text, &shown, goal));
        let (outcome, action) = match proposal {
            Ok(Some(action)) if self.heuristic.may_lead_on(seen, &action) => {
                (AskedOutcome::Proposed, Some(action))
            }
            Ok(Some(_tried)) => (AskedOutcome::Unusable, None),
            Ok(None) => (AskedOutcome::Nothing, None),
            Err(outcome) => (outcome, None),
        };
        let cost = self.model.config.prices.as_ref().map(|prices| (prices.cost(spent), prices.currency));
        let mut way = self.way();
        way.spent = way.spent.and(spent);
        way.failures = match outcome {
            AskedOutcome::Proposed | AskedOutcome::Nothing => 0,
            AskedOutcome::Unusable
            | AskedOutcome::Refused
            | AskedOutcome::Status
            | AskedOutcome::Unreachable => way.failures + 1,
        };
        way.asked = Some(Asked { outcome, spent, cost, took });
        if let Some(action) = &action {
            way.done.push(shown.told(action));
        }
        action
    }

    fn way(&self) -> std::sync::MutexGuard<'_, Way> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Planner for ModelPlanner<'_> {
    async fn next(&self, seen: &Observation, goal: &Goal) -> Step {
        let considered = self.heuristic.consider(seen, goal);
        if self.is_asked(&considered.step)
            && let Some(action) = self.propose(seen, goal).await
        {
            self.guided.store(true, Ordering::Relaxed);
            self.heuristic.was_done(seen, &action);
            return Step::Act { action, word: WORD.to_owned(), remark: None };
        }
        self.heuristic.take(considered)
    }

    /// What a page says after a submit is not the model's to read.
    fn after_submit(&self, seen: &Observation) -> AfterSubmit {
        self.heuristic.after_submit(seen)
    }

    fn confirmation_of(&self, submitted_from: &Url) -> Option<Url> {
        self.heuristic.confirmation_of(submitted_from)
    }

    fn course(&self) -> Option<Course> {
        self.heuristic.course()
    }

    fn guided(&self) -> bool {
        self.guided.load(Ordering::Relaxed)
    }

    fn asked(&self) -> Option<Asked> {
        self.way().asked.take()
    }
}
