//! Where a node's record is, and the folder with what belongs to it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use onegent_engine::engine::{Database, OpenError, PostgresConfig};
use onegent_engine::{Engine, EngineConfig};
use secrecy::SecretString;
use url::Url;

use super::{GRACE, without_slash};
use crate::exit::Hinted;

/// The file that names the console's address.
const CONSOLE_URL: &str = "console-url";

/// Where the record is, with the keys that belong to it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The folder of the keys, of what the sandbox took, and of the record, if that is a file.
    pub data_dir: PathBuf,
    /// A PostgreSQL database, in place of a file.
    pub database_url: Option<SecretString>,
}

impl From<PathBuf> for Place {
    /// A file in a folder.
    fn from(data_dir: PathBuf) -> Self {
        Self { data_dir, database_url: None }
    }
}

impl Place {
    /// The settings of an engine on it, with nothing but defaults.
    pub(crate) fn engine(&self, public_url: String) -> EngineConfig {
        let config = EngineConfig::new(database(&self.data_dir), public_url);
        match &self.database_url {
            None => config,
            Some(url) => {
                EngineConfig { database: Database::Postgres(PostgresConfig::new(url.clone())), ..config }
            }
        }
    }
}

/// Works on the record's engine, without workers or edges, and closes the database behind it: a process that
/// ends without doing so may leave a journal beside it.
pub async fn with_engine<T>(
    place: &Place,
    work: impl AsyncFnOnce(&Engine) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let data_dir = &place.data_dir;
    if place.database_url.is_none() && !database(data_dir).is_file() {
        let hint = "`onegent serve` makes it; name the data directory that it uses with --data-dir";
        return Err(Hinted::new(format!("no Onegent data in {}", data_dir.display()), hint).into());
    }
    let url = remembered(data_dir).map_or_else(String::new, |url| without_slash(&url));
    let engine = Engine::open(place.engine(url)).await.map_err(|error| opening(error, place))?;
    let done = work(&engine).await;
    engine.shutdown(GRACE).await;
    done
}

/// Makes the folder, closed to others, and what has to be closed in it.
pub(crate) fn prepare(place: &Place) -> anyhow::Result<()> {
    let data_dir = &place.data_dir;
    make_folder(data_dir)?;
    // In a folder that was there before, others may look. SQLite gives its journals the database's own mode.
    let record = place.database_url.is_none().then(|| database(data_dir));
    for file in [ledger(data_dir)].into_iter().chain(record) {
        private(&file).map_err(|error| unusable(data_dir, &error))?;
    }
    Ok(())
}

/// Makes the folder, closed to others, unless it is there.
pub(crate) fn make_folder(data_dir: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data_dir).map_err(|error| unusable(data_dir, &error))
}

fn unusable(data_dir: &Path, error: &std::io::Error) -> anyhow::Error {
    let message = format!("can't use the data directory {}: {error}", data_dir.display());
    Hinted::new(message, "choose another with --data-dir").into()
}

/// Makes a file that only its owner can read, unless it is there.
fn private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Writes down where this data directory's console is, for `onegent sign-in-link`.
pub(super) fn remember(data_dir: &Path, url: &Url) -> std::io::Result<()> {
    std::fs::write(data_dir.join(CONSOLE_URL), url.as_str())
}

/// Where this data directory's console was when its server was started last.
pub(crate) fn remembered(data_dir: &Path) -> Option<Url> {
    std::fs::read_to_string(data_dir.join(CONSOLE_URL)).ok()?.trim().parse().ok()
}

fn database(data_dir: &Path) -> PathBuf {
    data_dir.join("onegent.db")
}

pub(super) fn ledger(data_dir: &Path) -> PathBuf {
    data_dir.join("sandbox-ledger.jsonl")
}

/// The folder with more providers: the one that was named, or the data directory's own, if it has one.
pub(super) fn providers(named: Option<PathBuf>, data_dir: &Path) -> Option<PathBuf> {
    named.or_else(|| Some(data_dir.join("providers")).filter(|folder| folder.is_dir()))
}

pub(super) fn opening(error: onegent_engine::EngineError, place: &Place) -> anyhow::Error {
    let cause = |error| anyhow::Error::from(error);
    if let onegent_engine::EngineError::OtherKey { .. } = &error {
        let hint = "put the onegent.key that the record began with in its place: every node needs that one";
        return Hinted::new(format!("{:#}", cause(error)), hint).into();
    }
    if place.database_url.is_some() {
        let hint = "is it up, and does ONEGENT_DATABASE_URL name user, host and database? Behind a public network it wants TLS";
        return Hinted::new(format!("can't open the PostgreSQL database: {:#}", cause(error)), hint).into();
    }
    let data_dir = &place.data_dir;
    let hint = if let onegent_engine::EngineError::Open(OpenError::InUse { .. }) = &error {
        "another `onegent serve` uses this data directory; stop it, or name another with --data-dir"
    } else if let onegent_engine::EngineError::Open(OpenError::Moved) = &error {
        "name that database in ONEGENT_DATABASE_URL"
    } else if let onegent_engine::EngineError::Open(OpenError::Copy) = &error {
        "bring it back into another data directory with `onegent db restore --from`"
    } else {
        "the files may be damaged or of a newer version; restore them, or name another directory with --data-dir"
    };
    Hinted::new(format!("can't open the database in {}: {:#}", data_dir.display(), cause(error)), hint).into()
}
