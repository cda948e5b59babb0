//! Brings a database's schema up to date: numbered steps, each once, all in one transaction, by one node at a time.
//!
//! Nodes are replaced one after another, so for a while the program before a step works beside the one that brought it.
//! Hence the rule *expand, then contract*: a step adds what both can live with (columns with a default, tables, indices),
//! and what only the older one needed is dropped by a later step, in a later release. Each step names the oldest schema
//! whose program still works with it; [`apply`] refuses to open a database that has gone further than that.

use sqlx::{Connection, PgConnection, Row};

use crate::store::open::OpenError;

/// One step.
struct Step {
    sql: &'static str,
    /// The program that knows the schema up to here works with this step.
    fits: i64,
}

/// The steps, in order. A step that was released is never edited; a change is a new step.
const STEPS: &[Step] = &[
    Step { sql: include_str!("../../../migrations/postgres/0001_start.sql"), fits: 1 },
    Step { sql: include_str!("../../../migrations/postgres/0002_key_mark.sql"), fits: 1 },
    Step { sql: include_str!("../../../migrations/postgres/0003_webhooks.sql"), fits: 1 },
    Step { sql: include_str!("../../../migrations/postgres/0004_learned_paths.sql"), fits: 1 },
    Step { sql: include_str!("../../../migrations/postgres/0005_traces.sql"), fits: 1 },
    Step { sql: include_str!("../../../migrations/postgres/0006_removals.sql"), fits: 1 },
    Step { sql: include_str!("../../../migrations/postgres/0007_dead_messages.sql"), fits: 1 },
];

/// Who else migrates waits. The time limits of everyday statements don't hold for a step; one that can't have its table
/// for itself gives up soon, since everybody behind it would have to wait as well.
const ALONE: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
     SELECT pg_advisory_xact_lock(hashtextextended('onegent schema', 0)); SET LOCAL lock_timeout = '5s'";
const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, fits BIGINT NOT NULL, \
     applied_at TIMESTAMPTZ NOT NULL DEFAULT now())";
const NEWEST: &str =
    "SELECT coalesce(max(version), 0) AS version, coalesce(max(fits), 0) AS fits FROM schema_version";
const APPLIED: &str = "INSERT INTO schema_version (version, fits) VALUES ($1, $2)";

pub(super) async fn apply(conn: &mut PgConnection) -> Result<(), OpenError> {
    apply_all(conn, STEPS).await
}

async fn apply_all(conn: &mut PgConnection, steps: &[Step]) -> Result<(), OpenError> {
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let mut tx = conn.begin().await?;
    sqlx::raw_sql(ALONE).execute(&mut *tx).await?;
    sqlx::query(TABLE).execute(&mut *tx).await?;
    let newest = sqlx::query(NEWEST).fetch_one(&mut *tx).await?;
    let (found, fits): (i64, i64) = (newest.try_get("version")?, newest.try_get("fits")?);
    if fits > known {
        return Err(OpenError::FromTheFuture { found, known });
    }
    for (version, step) in (1_i64..).zip(steps).filter(|(version, _)| *version > found) {
        sqlx::raw_sql(step.sql).execute(&mut *tx).await?;
        sqlx::query(APPLIED).bind(version).bind(step.fits).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests;
