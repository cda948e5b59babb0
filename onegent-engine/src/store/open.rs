//! Why a record can't be opened.

use std::path::PathBuf;

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
    /// The database itself refused.
    #[error("the database can't be opened")]
    Database(#[from] sqlx::Error),
    /// The address of a PostgreSQL database can't be read. It may hold a password, so it is not repeated.
    #[error("the database's URL can't be read")]
    Url(#[source] sqlx::Error),
    /// The SQLite library is too old.
    #[error("SQLite {found} is too old; 3.51 or newer is needed")]
    TooOld {
        /// What is there.
        found: String,
    },
    /// The record was moved to PostgreSQL. Whoever went on with it here would do a second time what is done there.
    #[error("the record was moved to PostgreSQL")]
    Moved,
    /// The record is a backup. Whoever went on with it would do a second time what was done since.
    #[error("the record is a backup")]
    Copy,
    /// The record was written by a newer version of this program.
    #[error("the database has schema {found}; this program knows {known}")]
    FromTheFuture {
        /// The record's schema.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
}
