//! The record in one SQLite file: one writer with group commit, and a pool that can only read.
//!
//! Other processes may open the file beside it, to make a key or to verify the audit trail; a lock lets only one of
//! them run jobs.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use onegent_core::audit::AuditEvent;
use onegent_core::caller::Environment;
use onegent_core::id::{AccountId, HoldId, JobId, KeyId, PersonId, ProfileId, WorkerId};
use onegent_core::machine::Permit;
use onegent_core::port::{JobFilter, KeyInfo};
use onegent_core::text::ProviderId;
use onegent_core::time::Clock;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Row, SqliteConnection, SqlitePool};
use tokio::task::JoinHandle;

use super::accounts::NewSession;
use super::record::{HoldPage, JobRecord, KeyRecord, NewJob, Outcomes, ProfileRecord, SessionRecord};
use super::{
    Advance, Confirm, CreateOutcome, EachStored, JobQuota, NewKey, Pause, Redeem, Store, StoreError,
};
use crate::agent::Note;
use crate::checkpoint::AuditKey;
use crate::signals::Signals;
use crate::vault::Sealed;

mod access;
mod accounts;
mod checkpoints;
mod jobs;
mod migrations;
mod moves;
mod oauth;
mod people;
mod redeem;
mod row;
mod sessions;
mod stored;
mod sweep;
#[cfg(test)]
mod tests;
mod writer;

use writer::Writer;

/// Before this one a WAL reset could corrupt the file.
const OLDEST: (u32, u32) = (3, 51);
const VERSION: &str = "SELECT sqlite_version() AS version";
const PING: &str = "SELECT 1";
/// Reads run beside the writer on connections of their own.
const READERS: u32 = 4;

/// The database can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process runs its jobs.
    #[error("the jobs of {} are run by another process", path.display())]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// Its files can't be made or opened.
    #[error("{} can't be opened", path.display())]
    Files {
        /// The database or its lock.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// SQLite itself refused.
    #[error("the database can't be opened")]
    Database(#[from] sqlx::Error),
    /// The SQLite library is too old.
    #[error("SQLite {found} is too old; 3.51 or newer is needed")]
    TooOld {
        /// What is there.
        found: String,
    },
    /// The file was written by a newer version of this program.
    #[error("the database has schema {found}; this program knows {known}")]
    FromTheFuture {
        /// The file's schema.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
}

/// The record in one SQLite file.
pub(crate) struct SqliteStore {
    readers: SqlitePool,
    writer: Mutex<Option<Writer>>,
    writing: Mutex<Option<JoinHandle<()>>>,
    clock: Arc<dyn Clock>,
    path: PathBuf,
    /// Held from the beginning of work until the store is closed: as long as it is ours, no other process runs these
    /// jobs, and leases of other workers belong to the dead.
    lock: Mutex<Option<File>>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the file, or makes it; brings its schema up to date.
    pub(crate) async fn open(
        path: &Path,
        key: AuditKey,
        clock: Arc<dyn Clock>,
        signals: Arc<Signals>,
    ) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("mmap_size", "0")
            .pragma("journal_size_limit", "67108864");
        let mut conn = options.clone().connect().await?;
        check_version(&mut conn).await?;
        migrations::apply(&mut conn, &*clock).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.create_if_missing(false).read_only(true))
            .await?;
        let (writer, writing) = Writer::start(conn, key, Arc::clone(&clock), signals);
        Ok(Self {
            readers,
            writer: Mutex::new(Some(writer)),
            writing: Mutex::new(Some(writing)),
            clock,
            path: path.to_owned(),
            lock: Mutex::new(None),
        })
    }

    fn writer(&self) -> Result<Writer, StoreError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        writer.ok_or_else(|| StoreError::Unavailable("the store is closed".into()))
    }
}

fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock = PathBuf::from(name);
    let failed = |source| OpenError::Files { path: lock.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&lock).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

async fn check_version(conn: &mut SqliteConnection) -> Result<(), OpenError> {
    let found: String = sqlx::query(VERSION).fetch_one(conn).await?.try_get("version")?;
    let mut parts = found.split('.').map(|part| part.parse().unwrap_or(0));
    let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if version >= OLDEST { Ok(()) } else { Err(OpenError::TooOld { found }) }
}

#[async_trait]
impl Store for SqliteStore {
    fn begin_work(&self) -> Result<(), OpenError> {
        let mut held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            *held = Some(lock(&self.path)?);
        }
        Ok(())
    }

    async fn create(&self, new: NewJob, quota: JobQuota) -> Result<CreateOutcome, StoreError> {
        self.writer()?.run(move |tx| Box::pin(jobs::create(tx, new, quota))).await
    }

    async fn idempotent(
        &self,
        account: AccountId,
        environment: Environment,
        key: &str,
    ) -> Result<Option<(JobRecord, String)>, StoreError> {
        jobs::idempotent(&self.readers, account, environment, key).await
    }

    async fn job(&self, account: AccountId, id: JobId) -> Result<Option<JobRecord>, StoreError> {
        jobs::find_of(&self.readers, account, id).await
    }

    async fn jobs(
        &self,
        account: AccountId,
        only: Option<Environment>,
        filter: &JobFilter,
    ) -> Result<Vec<JobRecord>, StoreError> {
        jobs::list(&self.readers, account, only, filter, self.clock.now()).await
    }

    async fn audit(
        &self,
        account: AccountId,
        id: JobId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        jobs::audit(&self.readers, account, id, after, limit).await
    }

    async fn claim(
        &self,
        worker: WorkerId,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<JobRecord>, StoreError> {
        self.writer()?.run(move |tx| Box::pin(moves::claim(tx, worker, lease, limit))).await
    }

    async fn renew(&self, id: JobId, epoch: u64, lease: Duration) -> Result<(), StoreError> {
        self.writer()?.run(move |tx| Box::pin(moves::renew(tx, id, epoch, lease))).await
    }

    async fn note(&self, id: JobId, epoch: u64, note: Note) -> Result<(), StoreError> {
        self.writer()?.run(move |tx| Box::pin(moves::note(tx, id, epoch, note))).await
    }

    async fn advance(&self, advance: Advance) -> Result<JobRecord, StoreError> {
        self.writer()?.run(move |tx| Box::pin(moves::advance(tx, advance))).await
    }

    async fn pause(&self, pause: Pause) -> Result<JobRecord, StoreError> {
        self.writer()?.run(move |tx| Box::pin(moves::pause(tx, pause))).await
    }

    async fn confirm(&self, confirm: Confirm) -> Result<JobRecord, StoreError> {
        self.writer()?.run(move |tx| Box::pin(moves::confirm(tx, confirm))).await
    }

    async fn redeem(&self, redeem: Redeem) -> Result<Permit, StoreError> {
        self.writer()?.run(move |tx| Box::pin(redeem::redeem(tx, redeem))).await
    }

    async fn hold_page(&self, account: AccountId, hold: HoldId) -> Result<Option<HoldPage>, StoreError> {
        jobs::hold_page(&self.readers, account, hold).await
    }

    async fn overdue(&self, limit: u32) -> Result<Vec<JobRecord>, StoreError> {
        sweep::overdue(&self.readers, self.clock.now(), limit).await
    }

    async fn orphans(&self, me: WorkerId) -> Result<Vec<JobRecord>, StoreError> {
        sweep::orphans(&self.readers, me).await
    }

    async fn take_in_hand(&self, id: JobId, for_a_while: Duration) -> Result<bool, StoreError> {
        self.writer()?.run(move |tx| Box::pin(sweep::take_in_hand(tx, id, for_a_while))).await
    }

    async fn next_due(&self, with_claims: bool) -> Result<Option<Timestamp>, StoreError> {
        sweep::next_due(&self.readers, with_claims).await
    }

    async fn forget(&self, ended_before: Timestamp) -> Result<u64, StoreError> {
        self.writer()?.run(move |tx| Box::pin(sweep::forget(tx, ended_before))).await
    }

    async fn outcomes(&self, provider: &ProviderId, since: Timestamp) -> Result<Outcomes, StoreError> {
        sweep::outcomes(&self.readers, provider, since).await
    }

    async fn add_key(&self, key: NewKey) -> Result<(), StoreError> {
        self.writer()?.run(move |tx| Box::pin(access::add_key(tx, key))).await
    }

    async fn key(&self, hash: &str) -> Result<Option<KeyRecord>, StoreError> {
        access::key(&self.readers, hash).await
    }

    async fn keys(&self, account: AccountId) -> Result<Vec<KeyInfo>, StoreError> {
        access::keys(&self.readers, account).await
    }

    async fn revoke_key(&self, account: AccountId, key: KeyId) -> Result<(), StoreError> {
        self.writer()?.run(move |tx| Box::pin(access::revoke_key(tx, account, key))).await
    }

    async fn rotate_key(
        &self,
        account: AccountId,
        key: KeyId,
        fresh: KeyId,
        hash: String,
        ending: String,
    ) -> Result<KeyInfo, StoreError> {
        self.writer()?
            .run(move |tx| Box::pin(access::rotate_key(tx, account, key, fresh, hash, ending)))
            .await
    }

    async fn key_used(&self, account: AccountId, key: KeyId) -> Result<(), StoreError> {
        self.writer()?.run(move |tx| Box::pin(access::key_used(tx, account, key))).await
    }

    async fn add_sign_in_link(
        &self,
        account: AccountId,
        person: PersonId,
        hash: String,
        ttl: Duration,
    ) -> Result<(), StoreError> {
        self.writer()?.run(move |tx| Box::pin(sessions::add_link(tx, account, person, hash, ttl))).await
    }

    async fn sign_in(&self, link: &str, session: NewSession) -> Result<Option<SessionRecord>, StoreError> {
        let link = link.to_owned();
        self.writer()?.run(move |tx| Box::pin(sessions::sign_in(tx, link, session))).await
    }

    async fn session(&self, hash: &str) -> Result<Option<SessionRecord>, StoreError> {
        sessions::session(&self.readers, hash, self.clock.now()).await
    }

    async fn end_session(&self, hash: &str) -> Result<Option<(AccountId, PersonId)>, StoreError> {
        let hash = hash.to_owned();
        self.writer()?.run(move |tx| Box::pin(sessions::end(tx, hash))).await
    }

    async fn add_profile(
        &self,
        account: AccountId,
        id: ProfileId,
        guest: Sealed,
        default: bool,
    ) -> Result<ProfileRecord, StoreError> {
        self.writer()?.run(move |tx| Box::pin(access::add_profile(tx, account, id, guest, default))).await
    }

    async fn profiles(&self, account: AccountId) -> Result<Vec<ProfileRecord>, StoreError> {
        access::profiles(&self.readers, account).await
    }

    async fn set_default_profile(&self, account: AccountId, id: Option<ProfileId>) -> Result<(), StoreError> {
        self.writer()?.run(move |tx| Box::pin(access::set_default(tx, account, id))).await
    }

    async fn delete_profile(&self, account: AccountId, id: ProfileId) -> Result<(), StoreError> {
        self.writer()?.run(move |tx| Box::pin(access::delete_profile(tx, account, id))).await
    }

    async fn stored(&self, each: &mut EachStored<'_>) -> Result<(), StoreError> {
        stored::stored(&self.readers, each).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query(PING).fetch_one(&self.readers).await?;
        self.writer()?.run(|_| Box::pin(async { Ok(()) })).await
    }

    async fn close(&self) {
        self.readers.close().await;
        drop(self.writer.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writing) = writing
            && let Err(error) = writing.await
        {
            tracing::error!(%error, "the writer ended badly");
        }
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}
