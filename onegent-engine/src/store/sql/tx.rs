//! What a store method has in hand while it writes, and how it keeps others off what it reads first.
//!
//! On SQLite there is one writer, so a transaction is alone by nature. On PostgreSQL transactions run side by side, at
//! the level *read committed*. A method that decides by what it reads takes [`Only`] what it decides about to itself
//! before it reads; statements after that see what the one before it committed.

use std::pin::Pin;

use jiff::Timestamp;
use onegent_core::id::{AccountId, JobId, KeyId};

use super::query::{Conn, query};
use super::row::time;
use crate::checkpoint::AuditKey;
use crate::signals::Announcement;
use crate::store::StoreError;

pub(in crate::store) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What an intent works with: the connection inside the transaction, what signs its trail, the present moment, and whom
/// to tell afterwards.
pub(in crate::store) struct Tx<'c> {
    pub conn: &'c mut Conn,
    pub key: &'c AuditKey,
    pub now: Timestamp,
    /// Whether that is the database's time, which goes on while the transaction waits.
    pub goes_by_database: bool,
    pub news: &'c mut Vec<Announcement>,
}

/// Not the time at which the transaction began.
pub(in crate::store) const NOW: &str =
    "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS now";

const JOB: &str = "SELECT id FROM jobs WHERE id = $1 FOR NO KEY UPDATE";
const ACCOUNT: &str = "SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE";
const KEY: &str = "SELECT id FROM api_keys WHERE id = $1 FOR NO KEY UPDATE";
const TOKEN: &str = "SELECT hash FROM oauth_tokens WHERE hash = $1 FOR NO KEY UPDATE";
/// There may be no row yet, so a name is taken instead.
const NAMED: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";

/// What a transaction has to itself until its end. Taken in this order, no two wait for each other.
#[derive(Debug, Clone, Copy)]
pub(super) enum Only<'a> {
    /// A job with its holds and its submission.
    Job(JobId),
    /// An account's people and quotas.
    Account(AccountId),
    Key(KeyId),
    /// A token, by its hash.
    Token(&'a str),
    /// The first account.
    Founding,
    /// The removal of trails.
    Removals,
    /// The sequence of one audit key's checkpoints.
    Checkpoints(&'a str),
}

impl Tx<'_> {
    /// Waits until nobody else has it. What is over by then is over: the moment is a new one.
    pub(super) async fn only(&mut self, what: Only<'_>) -> Result<(), StoreError> {
        if !self.conn.is_shared() {
            return Ok(());
        }
        let locking = match what {
            Only::Job(id) => query(JOB).bind(id.to_string()),
            Only::Account(id) => query(ACCOUNT).bind(id.to_string()),
            Only::Key(id) => query(KEY).bind(id.to_string()),
            Only::Token(hash) => query(TOKEN).bind(hash),
            Only::Founding => query(NAMED).bind("onegent founding"),
            Only::Removals => query(NAMED).bind("onegent removals"),
            Only::Checkpoints(key) => query(NAMED).bind(format!("onegent checkpoints {key}")),
        };
        locking.execute(self.conn).await?;
        if self.goes_by_database {
            self.now = time(&query(NOW).fetch_one(self.conn).await?, "now")?;
        }
        Ok(())
    }
}
