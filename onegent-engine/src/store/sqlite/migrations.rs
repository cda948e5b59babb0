//! Brings a file's schema up to date: numbered steps, each once, all in one transaction.

use onegent_core::time::Clock;
use sqlx::{Connection, Row, SqliteConnection};

use crate::store::open::OpenError;

/// The steps, in order. A step that was released is never edited; a change is a new step.
const STEPS: &[&str] = &[
    include_str!("../../../migrations/sqlite/0001_start.sql"),
    include_str!("../../../migrations/sqlite/0002_oauth.sql"),
    include_str!("../../../migrations/sqlite/0003_checkpoints.sql"),
    include_str!("../../../migrations/sqlite/0004_accounts.sql"),
    include_str!("../../../migrations/sqlite/0005_turns.sql"),
];

/// The version of a record that was moved away. No program knows it.
pub(in crate::store) const MOVED: i64 = 1_000_000_000;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT";
const NEWEST: &str = "SELECT coalesce(max(version), 0) AS version FROM schema_version";
const APPLIED: &str = "INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)";

pub(super) async fn apply(conn: &mut SqliteConnection, clock: &dyn Clock) -> Result<(), OpenError> {
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(TABLE).execute(&mut *tx).await?;
    let found: i64 = sqlx::query(NEWEST).fetch_one(&mut *tx).await?.try_get("version")?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found == MOVED {
        return Err(OpenError::Moved);
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
