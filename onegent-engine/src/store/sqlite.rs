//! The record in one SQLite file: one writer with group commit, and a pool that can only read.
//!
//! Other processes may open the file beside it, to make a key or to verify the audit trail; a lock lets only one of
//! them run jobs.

use std::fs::TryLockError;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use onegent_core::time::Clock;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Row, SqliteConnection, SqlitePool};
use tokio::task::JoinHandle;

use super::StoreError;
use super::open::OpenError;
use super::sql::query::{Conn, Readers};
use super::sql::tx::{BoxFuture, Tx};
use crate::checkpoint::AuditKey;
use crate::signals::Signals;

mod migrations;

pub(in crate::store) use migrations::Closed;
#[cfg(test)]
mod tests;
mod writer;

use writer::Writer;

/// Before this one a WAL reset could corrupt the file.
const OLDEST: (u32, u32) = (3, 51);
const VERSION: &str = "SELECT sqlite_version() AS version";
/// Reads run beside the writer on connections of their own.
const READERS: u32 = 4;

/// One SQLite file.
pub(crate) struct File {
    readers: SqlitePool,
    writer: Mutex<Option<Writer>>,
    writing: Mutex<Option<JoinHandle<()>>>,
    path: PathBuf,
    /// Held from the beginning of work until the record is closed: as long as it is ours, no other process runs these
    /// jobs, and leases of other workers belong to the dead.
    lock: Mutex<Option<std::fs::File>>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("File").field("path", &self.path).finish_non_exhaustive()
    }
}

impl File {
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
            // They are in this process, and don't get lost.
            .test_before_acquire(false)
            .connect_with(options.create_if_missing(false).read_only(true))
            .await?;
        let (writer, writing) = Writer::start(conn, key, clock, signals);
        Ok(Self {
            readers,
            writer: Mutex::new(Some(writer)),
            writing: Mutex::new(Some(writing)),
            path: path.to_owned(),
            lock: Mutex::new(None),
        })
    }

    /// See [`Store::begin_work`](super::Store::begin_work).
    pub(super) fn begin_work(&self) -> Result<(), OpenError> {
        let mut held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            *held = Some(lock(&self.path)?);
        }
        Ok(())
    }

    pub(super) async fn write<F, T>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T, StoreError>> + Send + 'static,
        T: Send + 'static,
    {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        writer.ok_or_else(|| StoreError::Unavailable("the store is closed".into()))?.run(work).await
    }

    /// Connections that can only read.
    pub(super) fn readers(&self) -> Readers {
        Readers::Sqlite(self.readers.clone())
    }

    pub(super) async fn snapshot(&self) -> Result<Conn, StoreError> {
        Ok(Conn::Snapshot(self.readers.begin().await?))
    }

    pub(super) async fn close(&self) {
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

fn lock(path: &Path) -> Result<std::fs::File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock = PathBuf::from(name);
    let failed = |source| OpenError::Files { path: lock.clone(), source };
    let file =
        std::fs::File::options().create(true).truncate(false).write(true).open(&lock).map_err(failed)?;
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
