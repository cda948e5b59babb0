//! Brings a file's schema up to date: numbered steps, each once, all in one transaction.

use std::path::Path;

use onegent_core::time::Clock;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection, Row, SqliteConnection};

use crate::store::open::OpenError;

/// The steps, in order. A step that was released is never edited; a change is a new step.
const STEPS: &[&str] = &[
    include_str!("../../../migrations/sqlite/0001_start.sql"),
    include_str!("../../../migrations/sqlite/0002_oauth.sql"),
    include_str!("../../../migrations/sqlite/0003_checkpoints.sql"),
    include_str!("../../../migrations/sqlite/0004_accounts.sql"),
    include_str!("../../../migrations/sqlite/0005_turns.sql"),
    include_str!("../../../migrations/sqlite/0006_key_mark.sql"),
    include_str!("../../../migrations/sqlite/0007_webhooks.sql"),
    include_str!("../../../migrations/sqlite/0008_learned_paths.sql"),
    include_str!("../../../migrations/sqlite/0009_traces.sql"),
    include_str!("../../../migrations/sqlite/0010_removals.sql"),
    include_str!("../../../migrations/sqlite/0011_dead_messages.sql"),
];

/// Why nobody goes on with a file, said in it as a version that no program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Closed {
    /// Its record is in PostgreSQL now.
    Moved = 1_000_000_000,
    /// It is a backup.
    Copy = 1_000_000_001,
}

impl Closed {
    /// Says so in a file, or no more.
    pub(in crate::store) async fn mark(self, file: &Path, closed: bool) -> Result<(), sqlx::Error> {
        const CLOSE: &str = "INSERT INTO schema_version (version, applied_at) VALUES ($1, 0)";
        const REOPEN: &str = "DELETE FROM schema_version WHERE version = $1";
        let mut file = SqliteConnectOptions::new().filename(file).connect().await?;
        let how = if closed { CLOSE } else { REOPEN };
        sqlx::query(how).bind(self as i64).execute(&mut file).await?;
        file.close().await
    }
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT";
const NEWEST: &str = "SELECT coalesce(max(version), 0) AS version FROM schema_version";
const APPLIED: &str = "INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)";

pub(super) async fn apply(conn: &mut SqliteConnection, clock: &dyn Clock) -> Result<(), OpenError> {
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(TABLE).execute(&mut *tx).await?;
    let found: i64 = sqlx::query(NEWEST).fetch_one(&mut *tx).await?.try_get("version")?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    for (closed, error) in [(Closed::Moved, OpenError::Moved), (Closed::Copy, OpenError::Copy)] {
        if found == closed as i64 {
            return Err(error);
        }
    }
    if found > known {
        return Err(OpenError::FromTheFuture { found, known });
    }
    for (version, step) in (1..).zip(STEPS).filter(|(version, _)| *version > found) {
        sqlx::raw_sql(*step).execute(&mut *tx).await?;
        sqlx::query(APPLIED).bind(version).bind(clock.now().as_millisecond()).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}
