//! A configuration file on disk: read whole, replaced whole, with a copy of what was there.

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::document::{Change, Document, Unreadable};

/// No host's configuration is larger.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A file can't be edited.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    /// It can't be read or written.
    #[error("{path}: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// It is not text.
    #[error("{0} is not UTF-8 text")]
    NotText(PathBuf),
    /// It is larger than any configuration.
    #[error("{0} is larger than 64 MiB")]
    TooLarge(PathBuf),
    /// Its owner made it read-only.
    #[error("{0} is read-only")]
    ReadOnly(PathBuf),
    /// Its text can't be edited.
    #[error("{path}, {cause}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: Unreadable,
    },
    /// Somebody else wrote it while we did.
    #[error("{0} changed just now")]
    Changed(PathBuf),
}

/// What became of a file.
#[derive(Debug)]
pub(crate) struct Edited {
    /// The file, behind all links.
    pub(crate) path: PathBuf,
    /// What changed.
    pub(crate) change: Change,
    /// Where the text from before is, when there was one and it changed.
    pub(crate) backup: Option<PathBuf>,
}

/// Reads a file's text; `None` when there is none.
pub(crate) fn read(path: &Path) -> Result<Option<String>, FileError> {
    let io = |cause| FileError::Io { path: path.to_owned(), cause };
    let size = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        found => found.map_err(io)?.len(),
    };
    if size > LARGEST {
        return Err(FileError::TooLarge(path.to_owned()));
    }
    let bytes = fs::read(path).map_err(io)?;
    String::from_utf8(bytes).map(Some).map_err(|_not_text| FileError::NotText(path.to_owned()))
}

/// Reads a file as a document; a missing one is empty.
pub(crate) fn open(path: &Path) -> Result<Document, FileError> {
    let text = read(path)?.unwrap_or_default();
    Document::parse(&text).map_err(|cause| FileError::Unreadable { path: path.to_owned(), cause })
}

/// Edits a file. With `dry` everything is done but the writing.
pub(crate) fn edit(
    path: &Path,
    dry: bool,
    edit: impl FnOnce(&Document) -> Result<Change, Unreadable>,
) -> Result<Edited, FileError> {
    let path = behind_links(path)?;
    let before = read(&path)?;
    let unreadable = |cause| FileError::Unreadable { path: path.clone(), cause };
    let document = Document::parse(before.as_deref().unwrap_or_default()).map_err(unreadable)?;
    let change = edit(&document).map_err(unreadable)?;
    if change == Change::Nothing {
        return Ok(Edited { path, change, backup: None });
    }
    if fs::metadata(&path).is_ok_and(|found| found.permissions().readonly()) {
        return Err(FileError::ReadOnly(path));
    }
    let backup = before.is_some().then(|| beside(&path, ".onegent-backup"));
    if !dry {
        let after = document.text();
        // What was written must be read as what was meant.
        Document::parse(&after).map_err(unreadable)?;
        replace(&path, before.as_deref(), &after, backup.as_deref())?;
    }
    Ok(Edited { path, change, backup })
}

/// Follows links, so that the file they lead to is replaced and not the link. The last one may lead nowhere yet.
fn behind_links(path: &Path) -> Result<PathBuf, FileError> {
    let mut path = path.to_owned();
    for _link in 0..40 {
        let Ok(target) = fs::read_link(&path) else { return Ok(path) };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    let cause = io::Error::other("its links lead in a circle");
    Err(FileError::Io { path, cause })
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsString::from);
    name.push(ending);
    path.with_file_name(name)
}

/// Puts `after` where `before` was, in one step that either happens or doesn't.
fn replace(path: &Path, before: Option<&str>, after: &str, backup: Option<&Path>) -> Result<(), FileError> {
    let io = |cause| FileError::Io { path: path.to_owned(), cause };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(io)?;
    // Made so that only its owner can read it: there is a key inside.
    let mut new = tempfile::NamedTempFile::new_in(folder).map_err(io)?;
    new.write_all(after.as_bytes()).map_err(io)?;
    if let Ok(found) = fs::metadata(path) {
        new.as_file().set_permissions(found.permissions()).map_err(io)?;
    }
    new.as_file().sync_all().map_err(io)?;
    if let Some(backup) = backup {
        fs::copy(path, backup).map_err(io)?;
    }
    if read(path)?.as_deref() != before {
        return Err(FileError::Changed(path.to_owned()));
    }
    new.persist(path).map_err(|error| io(error.error))?;
    Ok(())
}
