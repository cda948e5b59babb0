//! A sandbox of the test's own, an agent beside it, and the ledger to compare with.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use onegent_core::caller::Environment;
use onegent_core::charge::Charge;
use onegent_core::consent::Consent;
use onegent_core::id::{HoldId, JobId};
use onegent_core::request::{BookingRequest, Scenario};
use onegent_core::text::ProviderId;
use onegent_core::time::{Clock, SystemClock};
use onegent_sandbox::{EntryCounts, Ledger, ServeConfig, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::desk::Desk;
use super::line::Fault;
use crate::agent::{Agent, AgentConfig, Assignment, Ending, LookUp, SandboxOrigins};
use crate::browser::Browser;
use crate::browser::choice::BrowserChoice;
use crate::payment::ChargeConfirmation;
use crate::planner::model::ModelConfig;

/// The guest of all tests. None of it may come out of a run.
pub(super) const GUEST: [&str; 4] = ["Philippa", "Quillfeather", "philippa.q@example.org", "+442079460018"];

pub(super) struct Ground {
    agent: Agent,
    sites: String,
    /// How long a run may take.
    lasts: SignedDuration,
    _stop: oneshot::Sender<()>,
}

impl Ground {
    /// A sandbox, reached directly.
    pub(super) async fn open() -> Self {
        Self::new(None, Duration::ZERO, None).await
    }

    /// One whose agent keeps its pages at payment for a while.
    pub(super) async fn keeping(live: Duration) -> Self {
        Self::new(None, live, None).await
    }

    pub(super) fn agent(&self) -> &Agent {
        &self.agent
    }

    /// Where the sites are.
    pub(super) fn sites(&self) -> &str {
        &self.sites
    }

    /// A sandbox of which the agent knows where its sites begin, and nothing else.
    pub(super) async fn undescribed() -> Self {
        Self::entered_at(["/table/", "/stay/", "/air/", "/tours/"]).await
    }

    /// The same of the sites that scripts draw.
    #[cfg(feature = "chromium")]
    pub(super) async fn scripted() -> Self {
        Self::entered_at(onegent_sandbox::ANNEXES.map(|annex| annex.root)).await
    }

    async fn entered_at(entries: [&str; 4]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sites = [
            ("suppertide", "restaurant"),
            ("larkhaven", "hotel"),
            ("aerolume", "flight"),
            ("wanderlot", "activity"),
        ];
        for ((id, scenario), entry) in sites.into_iter().zip(entries) {
            let text = format!(
                "id = \"{id}\"\nname = \"{id}\"\nscenarios = [\"{scenario}\"]\nenvironment = \"test\"\n\
                 base = \"sandbox:sites\"\nentry = \"{entry}\"\norigins = [\"sandbox:payments\"]\n"
            );
            std::fs::write(folder.path().join(format!("{id}.toml")), text).unwrap();
        }
        Self::new(None, Duration::ZERO, Some(folder.path().to_owned())).await
    }

    /// A sandbox that is visited with a browser of the test's own.
    pub(super) async fn driving(fault: Option<Fault>, browser: Arc<dyn Browser>) -> Self {
        Self::behind(fault).await.with(browser)
    }

    /// The same ground, visited with a browser of the test's own.
    pub(super) fn with(self, browser: Arc<dyn Browser>) -> Self {
        Self { agent: self.agent.driving(browser), lasts: SignedDuration::from_mins(5), ..self }
    }

    /// The same ground, with a language model beside the agent.
    pub(super) fn asking(self, model: &ModelConfig) -> Self {
        Self { agent: self.agent.asking(model), ..self }
    }

    /// A sandbox behind a line that fails.
    pub(super) async fn behind(fault: Option<Fault>) -> Self {
        Self::new(fault, Duration::ZERO, None).await
    }

    async fn new(fault: Option<Fault>, hold_live: Duration, playbooks: Option<std::path::PathBuf>) -> Self {
        let (sites, payments) = (
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        );
        let origin = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let (sites_at, payments_at) = (origin(&sites), origin(&payments));
        let (stop, stopped) = oneshot::channel::<()>();
        let config = ServeConfig { slow: Duration::from_millis(30), ..ServeConfig::default() };
        drop(tokio::spawn(async move {
            let shutdown = async move { drop(stopped.await) };
            serve(sites, payments, config, shutdown).await.unwrap();
        }));
        let reached_at = match fault {
            Some(fault) => fault.line(&sites_at).await,
            None => sites_at.clone(),
        };
        let sandbox =
            SandboxOrigins { sites: reached_at.parse().unwrap(), payments: payments_at.parse().unwrap() };
        let browser = BrowserChoice::Plain;
        let config =
            AgentConfig { sandbox: Some(sandbox), playbooks, hold_live, browser, ..AgentConfig::default() };
        let agent = Agent::new(&config).unwrap();
        Self { agent, sites: sites_at, lasts: SignedDuration::from_mins(1), _stop: stop }
    }

    /// Runs without a confirmation.
    pub(super) async fn run(&self, request: BookingRequest, desk: &Desk) -> Ending {
        self.run_with(self.assignment(request), desk).await
    }

    /// Runs with a person's confirmation of a charge.
    pub(super) async fn run_confirmed(&self, request: BookingRequest, charge: Charge, desk: &Desk) -> Ending {
        let mut assignment = self.assignment(request);
        let hold = HoldId::generate(Timestamp::UNIX_EPOCH, [9; 10]);
        assignment.confirmed = Some(ChargeConfirmation::for_tests(assignment.job, hold, charge));
        self.run_with(assignment, desk).await
    }

    pub(super) async fn run_with(&self, assignment: Assignment, desk: &Desk) -> Ending {
        let ending = self.agent.run(assignment, desk).await;
        desk.check_privacy(&ending);
        ending
    }

    pub(super) async fn look_up(&self, request: BookingRequest, charged: Option<&Charge>) -> LookUp {
        self.agent.look_up(&self.assignment(request), charged).await
    }

    /// A run for the guest of all tests.
    pub(super) fn assignment(&self, request: BookingRequest) -> Assignment {
        let [first_name, last_name, email, phone] = GUEST;
        let guest = serde_json::json!({
            "first_name": first_name, "last_name": last_name, "email": email, "phone": phone,
        });
        Assignment {
            job: JobId::generate(Timestamp::UNIX_EPOCH, [7; 10]),
            environment: Environment::Test,
            providers: vec![provider(request.scenario())],
            guest: serde_json::from_value(guest).unwrap(),
            travel: onegent_core::account::TravelDetails::default(),
            consent: Consent::default(),
            confirmed: None,
            deadline: SystemClock.now() + self.lasts,
            request,
        }
    }

    /// What the sites took for an entry.
    pub(super) async fn taken(&self, entry: &str) -> EntryCounts {
        self.ledger().await.counts.per_entry.get(entry).cloned().unwrap_or_default()
    }

    /// The code that the last guest was shown.
    pub(super) async fn last_code(&self) -> Option<String> {
        self.ledger().await.reservations.last().and_then(|record| record.code.clone())
    }

    pub(super) async fn ledger(&self) -> Ledger {
        // Whoever came first has installed one already.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let answer = reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .get(format!("{}/_ledger", self.sites))
            .send()
            .await
            .unwrap();
        answer.json().await.unwrap()
    }
}

fn provider(scenario: Scenario) -> ProviderId {
    match scenario {
        Scenario::Restaurant => "suppertide",
        Scenario::Hotel => "larkhaven",
        Scenario::Flight => "aerolume",
        Scenario::Activity => "wanderlot",
    }
    .parse()
    .unwrap()
}
