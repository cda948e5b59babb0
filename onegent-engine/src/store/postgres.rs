//! The record in PostgreSQL, for many nodes: a pool with bounds, one transaction for each method, and the database's own
//! clock for leases, so that no node's clock can make a dead worker look alive.

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use onegent_core::time::Clock;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, PgPool};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::StoreError;
use super::open::OpenError;
use super::sql::query::{Conn, Readers, query};
use super::sql::row::time;
use super::sql::tx::{BoxFuture, NOW, Tx};
use crate::checkpoint::AuditKey;
use crate::fail_point::{self, FailPoint};
use crate::signals::Signals;

mod migrations;
mod news;
#[cfg(test)]
mod tests;

use news::Herald;

/// How long a caller waits for a connection before it is told that the database is not available.
const ACQUIRE: Duration = Duration::from_secs(5);
/// What is written is durable; and limits for every statement and every pause between two, in milliseconds. A worker that
/// is frozen inside a transaction loses it, and with it what it locked, long before its lease is over.
const SETTINGS: [(&str, &str); 4] = [
    // A permit that a crash could undo would let its job be submitted twice.
    ("synchronous_commit", "on"),
    ("statement_timeout", "10000"),
    ("lock_timeout", "5000"),
    ("idle_in_transaction_session_timeout", "10000"),
];
/// How many statements a connection keeps prepared: more than there are.
const PREPARED: usize = 300;
/// How often a transaction is begun anew when another one was in its way.
const ATTEMPTS: u32 = 8;

const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Reading all of it takes as long as it takes.
const UNHURRIED: [&str; 2] =
    ["SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0"];

/// A PostgreSQL database, and how much of it one node uses.
#[derive(Debug, Clone)]
pub struct PostgresConfig {
    /// `postgres://user:password@host/database`, with libpq's `sslmode`, `sslrootcert` and so on behind a `?`.
    pub url: SecretString,
    /// How many connections one node has at most, beside one that listens.
    pub connections: u32,
    /// Whose time leases go by.
    pub lease_clock: LeaseClock,
}

impl PostgresConfig {
    /// With 16 connections, and the database's clock.
    pub fn new(url: SecretString) -> Self {
        Self { url, connections: 16, lease_clock: LeaseClock::Database }
    }
}

impl PostgresConfig {
    /// One connection, apart from any pool.
    pub(super) async fn connect(&self) -> Result<PgConnection, OpenError> {
        Ok(options(self)?.connect().await?)
    }
}

/// Whose time leases go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseClock {
    /// The database's, which is the same for all nodes.
    Database,
    /// The engine's own: for clocks that are turned by hand.
    Engine,
}

/// One node's way to the database.
#[derive(Debug)]
pub(crate) struct Server {
    shared: Arc<Shared>,
    stop: CancellationToken,
    listening: std::sync::Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    pool: PgPool,
    key: AuditKey,
    /// `None` for the database's.
    clock: Option<Arc<dyn Clock>>,
    signals: Arc<Signals>,
    herald: Herald,
}

impl Server {
    /// Connects, and brings the schema up to date.
    pub(crate) async fn open(
        config: &PostgresConfig,
        key: AuditKey,
        clock: Arc<dyn Clock>,
        signals: Arc<Signals>,
    ) -> Result<Self, OpenError> {
        let options = options(config)?;
        let mut first = config.connect().await?;
        migrations::apply(&mut first).await?;
        first.close().await?;
        let pool = PgPoolOptions::new()
            .max_connections(config.connections.max(2))
            .acquire_timeout(ACQUIRE)
            .connect_with(options.clone())
            .await?;
        let stop = CancellationToken::new();
        let (herald, listening) = news::start(&pool, options, &signals, stop.clone());
        let clock = match config.lease_clock {
            LeaseClock::Database => None,
            LeaseClock::Engine => Some(clock),
        };
        let shared = Arc::new(Shared { pool, key, clock, signals, herald });
        Ok(Self { shared, stop, listening: std::sync::Mutex::new(Some(listening)) })
    }

    /// One transaction, begun anew when another one was in its way. It goes on if its caller goes away, so that what was
    /// committed is also announced.
    pub(super) async fn write<F, T>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T, StoreError>> + Clone + Send + Sync + 'static,
        T: Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        let writing = tokio::spawn(async move {
            let mut attempt = 1;
            loop {
                match shared.attempt(work.clone()).await {
                    Err(error) if attempt < ATTEMPTS && was_in_the_way(&error) => attempt += 1,
                    done => return done,
                }
            }
        });
        writing.await.map_err(|error| StoreError::Unavailable(Box::new(error)))?
    }

    /// Connections for single reads.
    pub(super) fn readers(&self) -> Readers {
        Readers::Postgres(self.shared.pool.clone())
    }

    pub(super) async fn snapshot(&self) -> Result<Conn, StoreError> {
        let mut conn = Conn::Transaction(self.shared.pool.begin_with(SNAPSHOT).await?);
        for limit in UNHURRIED {
            query(limit).execute(&mut conn).await?;
        }
        Ok(conn)
    }

    /// The time that leases go by.
    pub(super) async fn now(&self, conn: &mut Conn) -> Result<Timestamp, StoreError> {
        self.shared.now(conn).await
    }

    pub(super) async fn close(&self) {
        self.stop.cancel();
        let listening = self.listening.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(listening) = listening
            && let Err(error) = listening.await
        {
            tracing::error!(%error, "the listener ended badly");
        }
        self.shared.pool.close().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Shared {
    async fn now(&self, conn: &mut Conn) -> Result<Timestamp, StoreError> {
        match &self.clock {
            Some(clock) => Ok(clock.now()),
            None => time(&query(NOW).fetch_one(conn).await?, "now"),
        }
    }

    async fn attempt<F, T>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'c> FnOnce(Tx<'c>) -> BoxFuture<'c, Result<T, StoreError>> + Send,
        T: Send,
    {
        let mut conn = Conn::Transaction(self.pool.begin().await?);
        let now = self.now(&mut conn).await?;
        let mut news = Vec::new();
        let goes_by_database = self.clock.is_none();
        let tx = Tx { conn: &mut conn, key: &self.key, now, goes_by_database, news: &mut news };
        let worked = work(tx).await;
        let Conn::Transaction(transaction) = conn else {
            return Err(StoreError::Unavailable("the transaction is gone".into()));
        };
        let result = match worked {
            Ok(result) => result,
            Err(error) => {
                // If that fails as well, the connection is gone, and the transaction with it.
                drop(transaction.rollback().await);
                return Err(error);
            }
        };
        fail_point::reach(FailPoint::BeforeCommit);
        transaction.commit().await?;
        fail_point::reach(FailPoint::AfterCommit);
        for one in &news {
            self.signals.announce(*one);
        }
        self.herald.tell(&news);
        Ok(result)
    }
}

/// Whether nothing was written only because another transaction came first: a lost compare-and-set, a row that somebody
/// else added (23505), a deadlock (40P01), a serialization failure (40001).
fn was_in_the_way(error: &StoreError) -> bool {
    match error {
        StoreError::LostRace => true,
        StoreError::Unavailable(source) => source
            .downcast_ref::<sqlx::Error>()
            .and_then(sqlx::Error::as_database_error)
            .and_then(sqlx::error::DatabaseError::code)
            .is_some_and(|code| matches!(&*code, "23505" | "40P01" | "40001")),
        StoreError::NotFound
        | StoreError::Refused(_)
        | StoreError::NotPermitted(_)
        | StoreError::Full
        | StoreError::OverQuota(_)
        | StoreError::Corrupt { .. } => false,
    }
}

/// Reads the URL. Where it does not say otherwise, nothing goes over a network in the clear.
fn options(config: &PostgresConfig) -> Result<PgConnectOptions, OpenError> {
    let text = config.url.expose_secret();
    let options = PgConnectOptions::from_str(text).map_err(OpenError::Url)?;
    let says_how = Url::parse(text)
        .is_ok_and(|url| url.query_pairs().any(|(name, _)| name == "sslmode" || name == "ssl-mode"));
    // `PGSSLMODE` may ask for more.
    let is_weak = matches!(options.get_ssl_mode(), PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer);
    let here = options.get_socket().is_some()
        || options.get_host().starts_with('/')
        || matches!(options.get_host(), "localhost" | "127.0.0.1" | "::1" | "[::1]");
    let options = if says_how || here || !is_weak { options } else { options.ssl_mode(PgSslMode::Require) };
    Ok(options
        .application_name("onegent")
        .statement_cache_capacity(PREPARED)
        .disable_statement_logging()
        .options(SETTINGS))
}
