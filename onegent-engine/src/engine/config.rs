//! What an engine needs to know to run.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use onegent_core::request::Scenario;
use onegent_core::time::{Clock, SystemClock};

use crate::agent::AgentConfig;
use crate::entropy::{Entropy, SystemEntropy};
use crate::mail::MailConfig;
use crate::oidc::ProviderConfig;
use crate::store::postgres::PostgresConfig;

/// Where a record is.
#[derive(Debug, Clone)]
pub enum Database {
    /// In a SQLite file; made when it is not there. Beside it lies a lock.
    Sqlite(PathBuf),
    /// In PostgreSQL, for as many nodes as there are.
    Postgres(PostgresConfig),
}

/// An engine's settings. Begin with [`EngineConfig::new`] and change what has to differ.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Where the record is.
    pub database: Database,
    /// The key that signs the audit trail's checkpoints; made when it is not there.
    pub audit_key: PathBuf,
    /// The folder for pictures of the pages that jobs stood on; made when it is not there.
    pub screenshots: PathBuf,
    /// Where the console and the REST API are reached from outside, such as `https://onegent.one`.
    pub public_url: String,
    /// How many jobs run at once.
    pub workers: usize,
    /// Which jobs these workers take.
    pub scenarios: Vec<Scenario>,
    /// How long a worker has a job without a sign of life. It gives one every third of it.
    pub lease: Duration,
    /// How long a charge waits for a person.
    pub hold_ttl: Duration,
    /// How long a site's wish for a person waits.
    pub person_ttl: Duration,
    /// How long after its permit a submit may be sent.
    pub permit_ttl: Duration,
    /// The pause before a first retry; it doubles with each one, up to a minute.
    pub backoff: Duration,
    /// How many jobs may be open at a time before new ones are refused.
    pub most_open_jobs: u64,
    /// How many watchers may wait at a time.
    pub most_watchers: usize,
    /// How long guests' details, and pictures of pages with them, are kept after their job ended.
    pub guest_retention: Duration,
    /// The key that guests' details are sealed with; made when it is not there.
    pub key: PathBuf,
    /// How many jobs one account may have open.
    pub most_open_jobs_of_account: u64,
    /// How many jobs one account may make a day, UTC.
    pub most_jobs_a_day: u64,
    /// How long the security log is kept.
    pub security_retention: Duration,
    /// How long a job's trail is kept after the job ended; `None` for ever.
    pub audit_retention: Option<Duration>,
    /// How long an invitation can be taken up.
    pub invitation_ttl: Duration,
    /// How long after a code of the second factor a charge can be confirmed, where the account wants one.
    pub fresh_code: Duration,
    /// Where people may sign in beside the console itself.
    pub provider: Option<ProviderConfig>,
    /// What sends invitations; without it their links are shown.
    pub mail: Option<MailConfig>,
    /// Whether webhooks may also go to private addresses, and without TLS: for a network that is one's own.
    pub webhooks_anywhere: bool,
    /// How long a sign-in link can be used.
    pub link_ttl: Duration,
    /// How long a session lasts.
    pub session_ttl: Duration,
    /// How long after signing in a charge can be confirmed.
    pub fresh_session: Duration,
    /// How long a refresh token that was just used may come again. Zero: never.
    pub refresh_grace: Duration,
    /// How many apps may be known that registered themselves or have a document.
    pub most_clients: u64,
    /// How many apps' requests may wait for a person's decision.
    pub most_requests: u64,
    /// What the agent needs.
    pub agent: AgentConfig,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub entropy: Arc<dyn Entropy>,
}

impl EngineConfig {
    /// The defaults, on a SQLite file. The keys and the pictures lie beside it.
    pub fn new(database: impl Into<PathBuf>, public_url: impl Into<String>) -> Self {
        let mut public_url: String = public_url.into();
        public_url.truncate(public_url.trim_end_matches('/').len());
        let database: PathBuf = database.into();
        Self {
            audit_key: database.with_file_name("audit.key"),
            key: database.with_extension("key"),
            screenshots: database.with_file_name("screenshots"),
            database: Database::Sqlite(database),
            public_url,
            workers: 4,
            scenarios: Scenario::ALL.to_vec(),
            lease: Duration::from_secs(30),
            hold_ttl: Duration::from_hours(1),
            person_ttl: Duration::from_hours(1),
            permit_ttl: Duration::from_mins(2),
            backoff: Duration::from_secs(2),
            most_open_jobs: 10_000,
            most_watchers: 2_000,
            guest_retention: Duration::from_hours(30 * 24),
            most_open_jobs_of_account: 10_000,
            most_jobs_a_day: 100_000,
            security_retention: Duration::from_hours(90 * 24),
            audit_retention: None,
            invitation_ttl: Duration::from_hours(7 * 24),
            fresh_code: Duration::from_mins(15),
            provider: None,
            mail: None,
            webhooks_anywhere: false,
            link_ttl: Duration::from_mins(15),
            session_ttl: Duration::from_hours(7 * 24),
            fresh_session: Duration::from_hours(12),
            refresh_grace: Duration::from_mins(2),
            most_clients: 10_000,
            most_requests: 10_000,
            agent: AgentConfig::default(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        }
    }
}
