//! The agent: takes an assignment to a booking site, and comes back with an ending.
//!
//! It knows nothing of stores and leases; what it needs of the job machine it asks through [`RunControl`].

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use onegent_core::account::TravelDetails;
use onegent_core::audit::AuditDraft;
use onegent_core::caller::Environment;
use onegent_core::charge::Charge;
use onegent_core::consent::Consent;
use onegent_core::guest::GuestProfile;
use onegent_core::id::JobId;
use onegent_core::job::{Alternative, JobError, Progress};
use onegent_core::machine::PersonWanted;
use onegent_core::request::{BookingRequest, Scenario};
use onegent_core::site::SiteUrl;
use onegent_core::text::{ProviderId, Text};
use onegent_core::time::{Clock, SystemClock};

use crate::browser::Browser;
use crate::browser::choice::{BrowserChoice, BrowserError, Browsers};
use crate::gate::Verdict;
use crate::payment::{ChargeConfirmation, SubmitPermit};
use crate::planner::learned::{LearnedPath, Lesson, PathKey};
use crate::planner::model::{Asked, Model, ModelConfig, ModelError, Spent};
use crate::planner::playbook::Playbook;

mod by_hand;
mod charge;
mod direct;
mod kept;
mod live;
pub(crate) mod log;
mod look_up;
mod run;
mod stop;
#[cfg(test)]
mod tests;
mod visit;

pub use direct::{DirectSites, SiteRefused};
use kept::KeptPages;
pub(crate) use kept::{At, Kept};
use live::LivePages;
pub use live::Look;

/// What to book, for whom, and how far the agent may go.
#[derive(Debug)]
pub struct Assignment {
    /// The job.
    pub job: JobId,
    /// Whether real sites are reached or the sandbox's.
    pub environment: Environment,
    /// What to book.
    pub request: BookingRequest,
    /// The guest.
    pub guest: GuestProfile,
    /// What flights ask of the guest beside.
    pub travel: TravelDetails,
    /// How far the agent may go on its own.
    pub consent: Consent,
    /// The sites to try, best first; already filtered by consent, scenario, environment and health.
    pub providers: Vec<ProviderId>,
    /// The charge that a person confirmed, when this run is to submit it. Its provider is the only one to visit.
    pub confirmed: Option<ChargeConfirmation>,
    /// When the run has to be over.
    pub deadline: Timestamp,
}

/// What happened on the way, to be written into the job and its audit trail in one transaction.
#[derive(Debug, Clone, Default)]
pub struct Note {
    /// Audit events, in order.
    pub events: Vec<AuditDraft>,
    /// What the agent is doing now, if that changed.
    pub progress: Option<Progress>,
    /// The booking site in use, if that changed.
    pub provider: Option<ProviderId>,
}

/// The submit that the agent stands before.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one is made per job, and it moves once")]
pub enum SubmitIntent {
    /// Books what costs nothing now.
    Reserve {
        /// The booking site.
        provider: ProviderId,
        /// What is booked, in the site's words.
        booking: Text<500>,
    },
    /// Takes the charge that a person confirmed. The agent has read it again just now and found the same.
    Charge {
        /// The confirmation, used up here.
        confirmation: ChargeConfirmation,
        /// The charge as it was read just now.
        read: Charge,
    },
}

/// Why the job machine answered no.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The job is no longer this run's: cancelled, or another worker has it. Stop, touch nothing more.
    #[error("the run has lost its job")]
    Lost,
    /// No permit: the confirmation is over, or the job has had its submit.
    #[error("the submit is not permitted: {0}")]
    NotPermitted(String),
    /// The store is out of reach. Without a written record nothing is submitted.
    #[error("the job's record can't be written")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What a run spends its time with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentStep {
    /// Reading the page.
    Observe,
    /// Doing something on it, until it stands still again.
    Act,
    /// The one submit.
    Submit,
}

impl AgentStep {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Observe, Self::Act, Self::Submit];

    /// The word in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Act => "act",
            Self::Submit => "submit",
        }
    }
}

/// What a run may ask of the job machine. Withholds the rest of it: a run can write only into its own job, under its
/// own lease.
#[async_trait]
pub trait RunControl: Send + Sync {
    /// Writes down what happened.
    async fn note(&self, note: Note) -> Result<(), ControlError>;

    /// Keeps a picture of a page, as JPEG. That it can't be kept stops nothing.
    async fn keep_picture(&self, step: &str, jpeg: Vec<u8>);

    /// How long a step took. Nobody has to listen.
    fn took(&self, _step: AgentStep, _time: Duration) {}

    /// What the gate said of an action. Nobody has to listen.
    fn judged(&self, _verdict: &Verdict) {}

    /// What a question to a language model came to. Nobody has to listen.
    fn asked(&self, _asked: &Asked) {}

    /// What the job has used of a language model, as far as it is written down.
    async fn model_spent(&self) -> Spent {
        Spent::default()
    }

    /// The path that led to a booking there before. Without a record there is none.
    async fn known_path(&self, _of: &PathKey) -> Option<LearnedPath> {
        None
    }

    /// Keeps what a visit taught. That it can't be kept stops nothing.
    async fn learn(&self, _of: &PathKey, _lesson: Lesson) {}

    /// Writes the submission record and gives the one permit. Nothing irreversible is sent without it.
    async fn permit(&self, intent: SubmitIntent) -> Result<SubmitPermit, ControlError>;
}

/// What the agent saw where it stopped. Page text is data; it is shown to people and never acted on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// The page's address, without query values.
    pub url: Option<String>,
    /// The page's visible text, cut to 8,000 characters, the guest's details replaced by `•••`.
    pub page_text: Option<String>,
}

/// How a run ended.
#[derive(Debug)]
pub enum Ending {
    /// Booked: a permit was used and the site said so.
    Booked {
        /// The venue's own code, when it gave one.
        confirmation_code: Option<Text<64>>,
        /// The confirmation page.
        evidence: Evidence,
    },
    /// No site has anything that fits.
    NoAvailability {
        /// What was offered instead.
        alternatives: Vec<Alternative>,
    },
    /// A payment, or another one than was confirmed. Nothing was submitted.
    Payment {
        /// What would be charged.
        charge: Charge,
        /// The page where the agent stood.
        evidence: Evidence,
    },
    /// The site wants a person.
    NeedsPerson {
        /// For what.
        wanted: PersonWanted,
        /// The page that wants it.
        evidence: Evidence,
    },
    /// It went wrong before any submit, or the site refused the submit and said so.
    Failed {
        /// What and why.
        error: JobError,
        /// Whether another try may go better. Never true after a submit.
        retry: bool,
    },
    /// The permit was used, and what came of it could not be read.
    OutcomeUnknown {
        /// What was seen last.
        evidence: Evidence,
    },
    /// The job is no longer this run's.
    Lost,
}

/// What a site's own booking look-up says about a submit whose outcome was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookUp {
    /// The booking is there.
    Found {
        /// Its code, when the site shows one.
        confirmation_code: Option<Text<64>>,
    },
    /// The look-up answered and has no such booking.
    NotFound,
    /// The site has no look-up, or it did not answer.
    Unknown,
}

impl LookUp {
    /// The word in the audit trail.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Found { .. } => "found",
            Self::NotFound => "not_found",
            Self::Unknown => "unknown",
        }
    }
}

/// A booking site that the agent can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Its id.
    pub id: ProviderId,
    /// Its name.
    pub name: Text,
    /// What it books.
    pub scenarios: Vec<Scenario>,
    /// Whether it is a real site or the sandbox's.
    pub environment: Environment,
    /// How long its charges wait for a person, where that is not as long as usual.
    pub hold: Option<Duration>,
}

/// Where the sandbox's sites are served, such as `http://127.0.0.1:4002`.
#[derive(Debug, Clone)]
pub struct SandboxOrigins {
    /// The booking sites.
    pub sites: url::Url,
    /// The payment processor's frames.
    pub payments: url::Url,
}

/// What the agent needs to begin.
#[derive(Debug, Clone, Default)]
pub struct AgentConfig {
    /// Where the sandbox is; without it `test` jobs find no provider.
    pub sandbox: Option<SandboxOrigins>,
    /// A folder with more playbooks (`*.toml`).
    pub playbooks: Option<std::path::PathBuf>,
    /// How long the page of a job that stopped at payment is kept open for a fast confirmation; zero to let it go at once.
    pub hold_live: Duration,
    /// How long a page that can be watched is kept open where a person is wanted, so that they can take it over; zero for
    /// not at all.
    pub takeover: Duration,
    /// Which browser opens the sites.
    pub browser: BrowserChoice,
    /// Which sites a request may name.
    pub direct_sites: DirectSites,
    /// A language model for sites that nobody described.
    pub model: Option<ModelConfig>,
}

/// The agent could not begin.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// A playbook can't be read.
    #[error("the playbook {name} is not usable: {reason}")]
    Playbook {
        /// Its file's name.
        name: String,
        /// What is wrong and where.
        reason: String,
    },
    /// The browser that was asked for can't be used.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// The language model that was configured can't be used.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Drives a browser through booking sites. Untrusted by the payment gate.
#[derive(Debug)]
pub struct Agent {
    browsers: Browsers,
    playbooks: Vec<Playbook>,
    providers: Vec<Provider>,
    clock: Arc<dyn Clock>,
    kept: KeptPages,
    live: LivePages,
    sandbox: Option<SandboxOrigins>,
    direct_sites: DirectSites,
    model: Option<Model>,
}

impl Agent {
    /// Reads the playbooks and makes the browser.
    pub fn new(config: &AgentConfig) -> Result<Self, AgentError> {
        Self::with_clock(config, Arc::new(SystemClock))
    }

    /// The same, with a clock of the caller's.
    pub fn with_clock(config: &AgentConfig, clock: Arc<dyn Clock>) -> Result<Self, AgentError> {
        let playbooks = Playbook::all(config.playbooks.as_deref(), config.sandbox.as_ref())?;
        let providers = playbooks
            .iter()
            .map(|playbook| Provider {
                id: playbook.id().clone(),
                name: playbook.name().clone(),
                scenarios: playbook.scenarios().to_vec(),
                environment: playbook.environment(),
                hold: playbook.hold(),
            })
            .collect();
        let browsers = Browsers::new(&config.browser, &clock)?;
        let kept = KeptPages::new(config.hold_live, config.takeover);
        let (sandbox, direct_sites) = (config.sandbox.clone(), config.direct_sites);
        let model = config.model.as_ref().map(Model::new).transpose()?;
        Ok(Self {
            browsers,
            playbooks,
            providers,
            clock,
            kept,
            live: LivePages::default(),
            sandbox,
            direct_sites,
            model,
        })
    }

    /// Lets the page go that a job left at payment, if it is still open: nobody will confirm there any more.
    pub fn let_go(&self, job: JobId) {
        self.kept.let_go(job);
    }

    /// Lets somebody watch the pages of a job that are open in this process.
    pub fn look(&self, job: JobId) -> Look {
        self.live.look(job)
    }

    /// How many such pages are open.
    pub fn kept_pages(&self) -> usize {
        self.kept.count()
    }

    /// Lets all such pages go.
    pub fn let_all_go(&self) {
        self.kept.let_all_go();
    }

    /// The same agent with a language model beside it.
    #[cfg(test)]
    fn asking(self, model: &ModelConfig) -> Self {
        Self { model: Some(Model::new(model).unwrap()), ..self }
    }

    /// The same agent with a browser of the tests' own.
    #[cfg(test)]
    fn driving(self, browser: Arc<dyn Browser>) -> Self {
        Self { browsers: Browsers::alone(browser), ..self }
    }

    /// Ends the browsers that it started. It opens no site afterwards.
    pub async fn close(&self) {
        self.browsers.close().await;
    }

    /// What opens a site.
    fn browser(&self, playbook: &Playbook) -> &dyn Browser {
        self.browsers.of(playbook.needs_scripts())
    }

    /// The sites it can use.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// Whether a site that a request names may be visited, as far as its address tells.
    pub fn admit(&self, site: &SiteUrl, environment: Environment) -> Result<(), SiteRefused> {
        self.direct_sites.admit(site, environment, self.sandbox.as_ref()).map(drop)
    }

    /// Runs an assignment to its ending. Dropping the future stops it; nothing is submitted afterwards.
    pub async fn run(&self, assignment: Assignment, control: &dyn RunControl) -> Ending {
        run::run(self, assignment, control).await
    }

    /// Asks the site's own booking look-up what became of a submit. Changes nothing there.
    /// `charged` is what the submit was to pay: its merchant tells the booking from the guest's others.
    pub async fn look_up(&self, assignment: &Assignment, charged: Option<&Charge>) -> LookUp {
        let confirmed = assignment.confirmed.as_ref().map(|confirmed| &confirmed.charge().provider);
        let provider = confirmed.or(assignment.providers.first());
        let Some(playbook) = provider.and_then(|id| self.playbook(id, assignment)) else {
            return LookUp::Unknown;
        };
        look_up::look_up(self, &playbook, assignment, charged).await.unwrap_or(LookUp::Unknown)
    }
}
