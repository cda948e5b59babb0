//! Moves a record from a SQLite file to an empty PostgreSQL database, while nobody works on either.
//!
//! Rows go over as they are, so that audit chains, checkpoints and seals hold there as they held here.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use onegent_core::time::Clock;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Row as _, SqliteConnection};

use super::open::OpenError;
use super::postgres::{PostgresConfig, Server};
use super::sqlite::{Closed, File};
use crate::checkpoint::AuditKey;
use crate::signals::Signals;

/// What there is, in an order in which nothing names what comes after it. How many jobs are open is counted anew.
const TABLES: [&str; 28] = [
    "key_mark",
    "accounts",
    "people",
    "identities",
    "recovery_codes",
    "invitations",
    "api_keys",
    "sign_in_links",
    "sessions",
    "profiles",
    "open_jobs_of_account",
    "jobs_a_day",
    "jobs",
    "idempotency",
    "audit_events",
    "audit_checkpoints",
    "audit_removals",
    "holds",
    "submissions",
    "oauth_clients",
    "oauth_requests",
    "oauth_grants",
    "oauth_codes",
    "oauth_tokens",
    "security_events",
    "webhook_endpoints",
    "webhook_messages",
    "learned_paths",
];
/// How many rows go over at a time.
const PAGE: usize = 500;

const COLUMNS: &str = "SELECT name FROM pragma_table_info($1)";
const IN_USE: &str = "SELECT EXISTS (SELECT 1 FROM accounts) OR EXISTS (SELECT 1 FROM jobs) AS taken";
/// What is open is counted afterwards.
const PREPARE: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; \
     ALTER TABLE jobs DISABLE TRIGGER a_new_job_is_open";
const COUNT_OPEN: &str = "UPDATE open_jobs SET count = \
     (SELECT count(*) FROM jobs WHERE completed_at IS NULL AND hashtext(jobs.id) & 63 = open_jobs.slot)";
const FINISH: &str = "ALTER TABLE jobs ENABLE TRIGGER a_new_job_is_open";

/// The record could not be moved. The new database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is no such file.
    #[error("there is no record at {}", path.display())]
    NoFile {
        /// The file that was named.
        path: PathBuf,
    },
    /// No PostgreSQL database was named.
    #[error("a record is moved to PostgreSQL, and no such database was named")]
    NoTarget,
    /// One of the two can't be opened, or the file is in use.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The new database has a record already.
    #[error("the PostgreSQL database has a record already")]
    NotEmpty,
    /// One of the two failed on the way.
    #[error("the rows of {table} could not be moved")]
    Copy {
        /// Whose rows.
        table: &'static str,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// The new database failed.
    #[error("the PostgreSQL database failed")]
    Database(#[from] sqlx::Error),
    /// The new database went away before it could say whether it keeps the record. The file opens no more.
    #[error("whether the record was moved is not known")]
    Unknown(#[source] sqlx::Error),
}

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// How many rows of each table.
    pub rows: Vec<(&'static str, u64)>,
}

/// Moves it all in one transaction. The file is brought up to date first, is locked meanwhile, and opens no more
/// afterwards: two records of one confirmation would be two charges.
pub(crate) async fn import(
    from: &Path,
    to: &PostgresConfig,
    keys: [AuditKey; 2],
    clock: Arc<dyn Clock>,
) -> Result<Imported, ImportError> {
    if !from.is_file() {
        return Err(ImportError::NoFile { path: from.to_owned() });
    }
    let [key, same_key] = keys;
    let signals = Arc::new(Signals::default());
    let file = File::open(from, key, Arc::clone(&clock), Arc::clone(&signals)).await?;
    file.begin_work()?;
    let moved = async {
        // Opening it brings the schema up to date.
        Server::open(to, same_key, clock, signals).await?.close().await;
        let options = SqliteConnectOptions::new().filename(from).read_only(true);
        let mut source = options.connect().await?;
        let mut target = to.connect().await?;
        let moved = all(from, &mut source, &mut target).await?;
        source.close().await?;
        target.close().await?;
        Ok(moved)
    }
    .await;
    file.close().await;
    moved
}

async fn all(
    from: &Path,
    source: &mut SqliteConnection,
    target: &mut PgConnection,
) -> Result<Imported, ImportError> {
    let mut snapshot = source.begin().await?;
    let mut transaction = target.begin().await?;
    sqlx::raw_sql("LOCK TABLE accounts, jobs IN ACCESS EXCLUSIVE MODE").execute(&mut *transaction).await?;
    if sqlx::query(IN_USE).fetch_one(&mut *transaction).await?.try_get("taken")? {
        return Err(ImportError::NotEmpty);
    }
    sqlx::raw_sql(PREPARE).execute(&mut *transaction).await?;
    let mut rows = Vec::new();
    for table in TABLES {
        let moved = one(table, &mut snapshot, &mut transaction).await;
        rows.push((table, moved.map_err(|source| ImportError::Copy { table, source })?));
    }
    sqlx::query(COUNT_OPEN).execute(&mut *transaction).await?;
    sqlx::raw_sql(FINISH).execute(&mut *transaction).await?;
    Closed::Moved.mark(from, true).await?;
    match transaction.commit().await {
        Ok(()) => Ok(Imported { rows }),
        Err(error @ sqlx::Error::Database(_)) => {
            Closed::Moved.mark(from, false).await?;
            Err(error.into())
        }
        Err(error) => Err(ImportError::Unknown(error)),
    }
}

/// JSON whose texts have no U+0000: PostgreSQL has no place for it. What only looks like its escape stays.
fn without_nul(json: &str) -> String {
    let mut fit = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        fit.push_str(before);
        // An escape is two characters, or six.
        let nul = escape.starts_with("\\u0000");
        let length = if nul { 6 } else { 1 + escape[1..].chars().next().map_or(0, char::len_utf8) };
        fit.push_str(if nul { "\\ufffd" } else { &escape[..length] });
        rest = &escape[length..];
    }
    fit.push_str(rest);
    fit
}

/// Moves the rows of one table, in the order in which they were written.
async fn one(
    table: &'static str,
    source: &mut SqliteConnection,
    target: &mut PgConnection,
) -> Result<u64, sqlx::Error> {
    use futures_util::TryStreamExt as _;

    let columns = sqlx::query(COLUMNS).bind(table).fetch_all(&mut *source).await?;
    let columns = columns.iter().map(|row| row.try_get("name")).collect::<Result<Vec<&str>, _>>()?;
    let members = columns.iter().map(|name| format!("'{name}', \"{name}\"")).collect::<Vec<_>>().join(", ");
    // Names of tables and columns are the schema's own, here as there.
    let read = AssertSqlSafe(format!("SELECT json_object({members}) AS one FROM {table}"));
    let write = format!("INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, $1::json)");
    let mut moved = 0;
    let mut page = Vec::with_capacity(PAGE);
    let mut rows = sqlx::query(read).fetch(source);
    loop {
        let row = rows.try_next().await?;
        let ended = row.is_none();
        if let Some(row) = row {
            page.push(row.try_get::<String, _>("one")?);
        }
        if page.len() == PAGE || (ended && !page.is_empty()) {
            let text = without_nul(&format!("[{}]", page.join(",")));
            page.clear();
            let written = sqlx::query(AssertSqlSafe(write.clone())).bind(text).execute(&mut *target).await?;
            moved += written.rows_affected();
        }
        if ended {
            return Ok(moved);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_nul;

    #[test]
    fn only_a_real_nul_is_taken_out() {
        for (json, fit) in [
            (r#"{"a":"x\u0000y"}"#, r#"{"a":"x\ufffdy"}"#),
            (r#"{"a":"x\\u0000y"}"#, r#"{"a":"x\\u0000y"}"#),
            (r#"{"a":"\\\u0000"}"#, r#"{"a":"\\\ufffd"}"#),
            (r#"{"é\n":"\""}"#, r#"{"é\n":"\""}"#),
        ] {
            assert_eq!(without_nul(json), fit);
        }
    }
}
