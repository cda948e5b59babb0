//! Copies a record in a file, with the keys that belong to it, into a folder of its own, and back.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use super::sqlite::Closed;
use crate::engine::{Database, EngineConfig};

/// Reads in one transaction, beside whoever writes.
const COPY: &str = "VACUUM INTO $1";
const CHECK: &str = "PRAGMA quick_check(1)";

/// A record could not be copied.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It is in PostgreSQL, which has its own tools for that.
    #[error("the record is not in a file")]
    NotAFile,
    /// Something is missing from what is to be copied.
    #[error("{} is missing", path.display())]
    Missing {
        /// What.
        path: PathBuf,
    },
    /// Nothing is ever written over.
    #[error("{} is there already", path.display())]
    Taken {
        /// What.
        path: PathBuf,
    },
    /// What is to be brought back is not whole.
    #[error("{} is damaged: {found}", path.display())]
    Damaged {
        /// The copy.
        path: PathBuf,
        /// What SQLite says of it.
        found: String,
    },
    /// A file can't be read or written.
    #[error("{} can't be copied", path.display())]
    Files {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// SQLite failed.
    #[error("the record can't be copied")]
    Database(#[from] sqlx::Error),
    /// What was brought back can't be opened.
    #[error(transparent)]
    Open(#[from] Box<crate::EngineError>),
    /// What was open in it could not be ended.
    #[error("what was open in the copy could not be ended")]
    Ending(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A record and its keys in one folder.
#[derive(Debug)]
pub(crate) struct Set {
    record: PathBuf,
    keys: [PathBuf; 2],
}

impl Set {
    pub(crate) fn of(config: &EngineConfig) -> Result<Self, BackupError> {
        let Database::Sqlite(record) = &config.database else { return Err(BackupError::NotAFile) };
        Ok(Self { record: record.clone(), keys: [config.key.clone(), config.audit_key.clone()] })
    }

    /// The same names in another folder.
    fn within(&self, folder: &Path) -> Self {
        let there = |path: &PathBuf| path.file_name().map_or_else(|| path.clone(), |name| folder.join(name));
        Self { record: there(&self.record), keys: self.keys.each_ref().map(there) }
    }

    fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.keys.iter().chain([&self.record])
    }

    /// Copies it into a folder that is made for it, also while it is in use. The keys come last: without them a copy that
    /// was cut off can't be brought back.
    pub(crate) async fn back_up(&self, folder: &Path) -> Result<(), BackupError> {
        there(self.files())?;
        make(folder)?;
        let copied = self.fill(folder).await;
        if copied.is_err() {
            // What is left over after that is not a backup: its keys are missing.
            drop(fs::remove_dir_all(folder));
        }
        copied
    }

    async fn fill(&self, folder: &Path) -> Result<(), BackupError> {
        let copy = self.within(folder);
        // SQLite writes into an empty file, which only its owner can read from the first byte on.
        make_file(&copy.record)?;
        let mut source = SqliteConnectOptions::new().filename(&self.record).connect().await?;
        let target = copy.record.to_string_lossy().into_owned();
        sqlx::query(COPY).bind(target).execute(&mut source).await?;
        source.close().await?;
        // Its keys are beside it: without this a server could be started on it.
        Closed::Copy.mark(&copy.record, true).await?;
        sync(&copy.record)?;
        check(&copy.record).await?;
        for (from, to) in self.keys.iter().zip(&copy.keys) {
            copy_file(from, to)?;
        }
        sync(folder)
    }

    /// Copies what lies in `folder` to where nothing is, the record under another name. Returns that name; [`Set::settle`]
    /// gives it its own.
    pub(crate) async fn bring_back(&self, folder: &Path) -> Result<PathBuf, BackupError> {
        let copy = self.within(folder);
        there(copy.files())?;
        // A journal that was left behind would be played into the record that arrives.
        let left = JOURNALS.map(|end| beside(&self.record, end));
        if let Some(path) = self.files().chain(&left).find(|path| path.exists()) {
            return Err(BackupError::Taken { path: path.clone() });
        }
        check(&copy.record).await?;
        let arriving = self.record.with_extension("restoring");
        copy_file(&copy.record, &arriving)?;
        Closed::Copy.mark(&arriving, false).await?;
        for (from, to) in copy.keys.iter().zip(&self.keys) {
            copy_file(from, to)?;
        }
        Ok(arriving)
    }

    /// Gives the record that arrived its own name. It is closed, so that no journal belongs to it.
    pub(crate) fn settle(&self, arrived: &Path) -> Result<(), BackupError> {
        let journals = [arrived, &self.record].map(|record| JOURNALS.map(|end| beside(record, end)));
        if let Some(path) = journals.into_iter().flatten().find(|path| path.exists()) {
            return Err(BackupError::Taken { path });
        }
        fs::rename(arrived, &self.record)
            .map_err(|source| BackupError::Files { path: self.record.clone(), source })
    }
}

/// What SQLite keeps beside a database that is in use, or was when its program died.
const JOURNALS: [&str; 3] = ["-wal", "-shm", "-journal"];

fn beside(record: &Path, end: &str) -> PathBuf {
    let mut path = record.as_os_str().to_owned();
    path.push(end);
    path.into()
}

fn there<'a>(files: impl Iterator<Item = &'a PathBuf>) -> Result<(), BackupError> {
    let missing = |path: &&PathBuf| !path.is_file();
    files.into_iter().find(missing).map_or(Ok(()), |path| Err(BackupError::Missing { path: path.clone() }))
}

/// Makes a folder that only its owner can look into, where nothing is.
fn make(folder: &Path) -> Result<(), BackupError> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| refused(folder, source))
}

/// Makes an empty file that only its owner can read, where none is.
fn make_file(path: &Path) -> Result<fs::File, BackupError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|source| refused(path, source))
}

fn copy_file(from: &Path, to: &Path) -> Result<(), BackupError> {
    let mut target = make_file(to)?;
    let mut source = fs::File::open(from).map_err(|source| refused(from, source))?;
    std::io::copy(&mut source, &mut target)
        .and_then(|_bytes| target.sync_all())
        .map_err(|source| refused(to, source))
}

/// Makes what was written to a file, or the names in a folder, outlive the machine.
fn sync(path: &Path) -> Result<(), BackupError> {
    fs::File::open(path).and_then(|file| file.sync_all()).map_err(|source| refused(path, source))
}

fn refused(path: &Path, source: std::io::Error) -> BackupError {
    let path = path.to_owned();
    if source.kind() == ErrorKind::AlreadyExists {
        return BackupError::Taken { path };
    }
    BackupError::Files { path, source }
}

async fn check(record: &Path) -> Result<(), BackupError> {
    let mut conn = SqliteConnectOptions::new().filename(record).read_only(true).connect().await?;
    let found: String = sqlx::query(CHECK).fetch_one(&mut conn).await?.try_get(0)?;
    conn.close().await?;
    if found == "ok" { Ok(()) } else { Err(BackupError::Damaged { path: record.to_owned(), found }) }
}
