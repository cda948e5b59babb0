//! The engine: the three ports over one durable record, and the dispatcher behind them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use onegent_core::error::{Error, ErrorCode};
use onegent_core::id::{AccountId, JobId, PersonId};
use onegent_core::job::Job;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::agent::{Agent, AgentError};
use crate::album::Album;
use crate::checkpoint::{AuditKey, PublicKey};
use crate::dispatch::dispatch;
use crate::health::HealthBook;
use crate::mail::{Mail, MailError};
use crate::meters::Meters;
use crate::oidc::{Provider, ProviderError};
use crate::outbound::Outbound;
use crate::parts::Parts;
use crate::password::Passwords;
use crate::signals::Signals;
use crate::store::Store;
use crate::store::import::import;
use crate::store::postgres::Server;
use crate::store::record::JobRecord;
use crate::store::sql::SqlStore;
use crate::store::sqlite::File;
use crate::store::{OverQuota, StoreError};
use crate::vault::{Purpose, Vault, VaultError};
use crate::view;
use crate::webhook::deliver;

mod accounts;
mod authority;
mod backup;
mod booking;
mod config;
mod desk;
mod export;
mod live;
mod metrics;
mod oauth;
mod operator;
mod owner;
mod paths;
mod profiles;
mod provider;
mod sign_in;
#[cfg(test)]
mod tests;
mod verify;
mod webhooks;

pub use crate::store::backup::BackupError;
pub use crate::store::import::{ImportError, Imported};
pub use crate::store::open::OpenError;
pub use crate::store::postgres::{LeaseClock, PostgresConfig};
pub use crate::store::verify::Fault;
pub use crate::vault::VaultError as KeyError;
pub use config::{Database, EngineConfig};
pub use export::{AuditFile, AuditLine, ExportError};
pub use oauth::{IssuedClient, KnownClient, NewClient};
pub use operator::{AccountSummary, Exported};
pub use paths::KnownPath;
pub(crate) use sign_in::Tries;
pub use verify::{AuditProblem, AuditReport};

/// The engine can't begin.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Its database can't be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The key of its data can't be used.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Whoever went on with another key would end every job whose guest it can't read.
    #[error("guests' details are sealed with another key than {}", path.display())]
    OtherKey {
        /// The key's file.
        path: PathBuf,
    },
    /// Its people's passwords can't be worked with.
    #[error("passwords can't be hashed")]
    Passwords(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The provider to sign in at can't be used.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The mail server can't be used.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// Its agent can't begin.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// No TLS can be set up.
    #[error("no TLS can be set up")]
    Outbound(#[source] reqwest::Error),
    /// Its records can't be read.
    #[error("the record can't be read")]
    Records(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// One machine: jobs in a durable store, workers, and the three ports. Implements `BookingService`, `PaymentDesk` and
/// `Authority`.
#[derive(Debug)]
pub struct Engine {
    parts: Arc<Parts>,
    owner: (AccountId, PersonId),
    audit_key: PublicKey,
    watchers: Semaphore,
    /// When the record was last counted.
    counted: tokio::sync::Mutex<Option<tokio::time::Instant>>,
    dispatcher: Mutex<Option<JoinHandle<()>>>,
}

impl Engine {
    /// Opens the record, or makes it, with its one owner's account. Nothing runs before [`Engine::start`].
    pub async fn open(config: EngineConfig) -> Result<Arc<Self>, EngineError> {
        let meters = Arc::new(Meters::default());
        let signals = Arc::new(Signals::counting(Arc::clone(&meters)));
        let agent = Agent::with_clock(&config.agent, Arc::clone(&config.clock))?;
        let key = AuditKey::open(&config.audit_key, &*config.entropy)
            .map_err(|source| OpenError::Files { path: config.audit_key.clone(), source })?;
        let audit_key = key.public();
        let store = open_store(&config, key, &signals, &meters).await?;
        let vault = Arc::new(Vault::open(&config.key, Arc::clone(&config.entropy))?);
        compare_keys(&*store, &vault, &config.key).await?;
        let passwords =
            Passwords::new(&*config.entropy).map_err(|error| EngineError::Passwords(Box::new(error)))?;
        let provider = config.provider.clone().map(Provider::new).transpose()?;
        let mail = config.mail.as_ref().map(Mail::new).transpose()?;
        let parts = Parts {
            album: Album::new(config.screenshots.clone(), Arc::clone(&vault)),
            vault,
            passwords,
            provider,
            mail,
            tries: Tries::default(),
            store,
            signals,
            meters,
            agent,
            outbound: Outbound::new().map_err(EngineError::Outbound)?,
            webhooks: if config.webhooks_anywhere { Outbound::unguarded() } else { Outbound::new() }
                .map_err(EngineError::Outbound)?,
            health: HealthBook::default(),
            stopping: CancellationToken::new(),
            config,
        };
        let fresh = (parts.id(AccountId::generate), parts.id(PersonId::generate));
        let owner = parts
            .store
            .owner(fresh.0, fresh.1)
            .await
            .map_err(|error| EngineError::Records(Box::new(error)))?;
        Ok(Arc::new(Self {
            owner,
            audit_key,
            watchers: Semaphore::new(parts.config.most_watchers),
            parts: Arc::new(parts),
            counted: tokio::sync::Mutex::default(),
            dispatcher: Mutex::new(None),
        }))
    }

    /// Moves a record from a SQLite file to an empty PostgreSQL database. `config` is that of the engine to come: its
    /// database is where the record goes, and its audit key signs on there.
    pub async fn import(from: &Path, config: &EngineConfig) -> Result<Imported, ImportError> {
        let Database::Postgres(to) = &config.database else { return Err(ImportError::NoTarget) };
        let open = || {
            AuditKey::open(&config.audit_key, &*config.entropy)
                .map_err(|source| OpenError::Files { path: config.audit_key.clone(), source })
        };
        import(from, to, [open()?, open()?], Arc::clone(&config.clock)).await
    }

    /// Starts the dispatcher and with it the workers. A second call does nothing. [`OpenError::InUse`] when another
    /// process runs the jobs of this record.
    pub fn start(&self) -> Result<(), EngineError> {
        let mut dispatcher = self.dispatcher.lock().unwrap_or_else(PoisonError::into_inner);
        if dispatcher.is_none() && !self.parts.stopping.is_cancelled() {
            self.parts.store.begin_work()?;
            self.parts.meters.has_workers(self.parts.config.workers);
            let (vital, parts) = (self.parts.signals.vital(), Arc::clone(&self.parts));
            *dispatcher = Some(tokio::spawn(async move {
                tokio::join!(dispatch(Arc::clone(&parts)), deliver(parts));
                drop(vital);
            }));
        }
        Ok(())
    }

    /// Until the dispatcher or the writer has ended without [`Engine::shutdown`], as after a panic: from then on nothing
    /// is taken up or nothing is written, and the process had better be started anew. Never, if that does not happen.
    pub async fn failed(&self) {
        self.parts.signals.part_ended().await;
        if self.parts.stopping.is_cancelled() {
            std::future::pending::<()>().await;
        }
    }

    /// Has due jobs and due webhooks looked for now. For clocks that are turned by hand: who looks for them sleeps by its own.
    pub fn wake(&self) {
        self.parts.signals.wake_dispatcher();
        self.parts.signals.wake_outbox();
    }

    /// Takes no more jobs, has those that run given back, waits up to `grace` for submits under way, and lets the record
    /// go. What is cut off by the end of `grace` is taken up by whoever opens the record next.
    pub async fn shutdown(&self, grace: Duration) {
        self.parts.stopping.cancel();
        let dispatcher = self.dispatcher.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut dispatcher) = dispatcher
            && tokio::time::timeout(grace, &mut dispatcher).await.is_err()
        {
            tracing::warn!("submits under way were cut off; they are reconciled after the next start");
            dispatcher.abort();
            drop(dispatcher.await);
        }
        self.parts.agent.let_all_go();
        self.parts.agent.close().await;
        self.parts.store.close().await;
    }

    /// The first account, which the command line works for unless it names another.
    pub fn owner(&self) -> AccountId {
        self.owner.0
    }

    /// The first account's owner.
    pub fn owner_person(&self) -> PersonId {
        self.owner.1
    }

    /// A key for `purpose` alone, derived from the data directory's: the same after a restart.
    pub fn subkey(&self, purpose: &str) -> [u8; 32] {
        self.parts.vault.subkey(purpose)
    }

    fn view(&self, record: JobRecord) -> Job {
        view::job(record, self.parts.now(), &self.parts.config.public_url)
    }

    /// A job of an account; another's is as one that never was.
    async fn job_of(&self, account: AccountId, id: JobId) -> Result<JobRecord, Error> {
        self.parts.store.job(account, id).await?.ok_or_else(Error::job_not_found)
    }
}

/// Whether the key is the one that the record began with.
async fn compare_keys(store: &dyn Store, vault: &Vault, key: &Path) -> Result<(), EngineError> {
    let purpose = Purpose { what: "key mark", whose: "" };
    let fresh = vault.seal(purpose, &())?;
    let kept = store.key_mark(fresh).await.map_err(|error| EngineError::Records(Box::new(error)))?;
    vault.unseal::<()>(purpose, &kept).map_err(|_foreign| EngineError::OtherKey { path: key.to_owned() })
}

async fn open_store(
    config: &EngineConfig,
    key: AuditKey,
    signals: &Arc<Signals>,
    meters: &Arc<Meters>,
) -> Result<Arc<dyn Store>, OpenError> {
    let (clock, signals) = (Arc::clone(&config.clock), Arc::clone(signals));
    // Boxed: each is large, and all that starts a server would carry both.
    let store = match &config.database {
        Database::Sqlite(path) => {
            let file = Box::pin(File::open(path, key, Arc::clone(&clock), signals)).await?;
            SqlStore::sqlite(file, clock)
        }
        Database::Postgres(server) => {
            let server = Box::pin(Server::open(server, key, Arc::clone(&clock), signals)).await?;
            SqlStore::postgres(server, clock)
        }
    };
    Ok(Arc::new(store.measured_by(Arc::clone(meters))))
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.parts.stopping.cancel();
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::job_not_found(),
            StoreError::Full => Self::new(
                ErrorCode::RateLimited,
                "Too many jobs are open. Try again when some of them have ended.",
            )
            .retry_after(Duration::from_secs(30)),
            StoreError::OverQuota(OverQuota::Open) => Self::new(
                ErrorCode::RateLimited,
                "This account has as many bookings open as it may. Try again when some of them have ended.",
            )
            .retry_after(Duration::from_secs(30)),
            StoreError::OverQuota(OverQuota::Day) => Self::new(
                ErrorCode::RateLimited,
                "This account has made as many bookings today as it may. The count begins anew at midnight, UTC.",
            )
            .retry_after(Duration::from_hours(1)),
            StoreError::Unavailable(_) | StoreError::LostRace => Self::unavailable(error),
            StoreError::Refused(_) | StoreError::NotPermitted(_) | StoreError::Corrupt { .. } => {
                Self::internal(error)
            }
        }
    }
}
