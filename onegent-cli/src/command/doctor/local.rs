//! What is on this machine: the data directory, a browser, the port.

use std::io::Read as _;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use tokio::net::TcpListener;

use super::Finding;
use crate::env;

const DATA: &str = "data directory";
/// The first bytes of every database of ours (SQLite's file format, section 1.3).
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Whether the data directory can hold what a server writes, and is closed to others.
pub(super) fn data_directory(dir: &Path) -> Finding {
    let at = dir.display();
    let Ok(found) = std::fs::metadata(dir) else {
        return Finding::note(DATA, format!("{at} is not there"), "the first `onegent serve` makes it");
    };
    if !found.is_dir() {
        return Finding::problem(DATA, format!("{at} is not a directory"), "name another with --data-dir");
    }
    if let Err(error) = tempfile::tempfile_in(dir) {
        let hint = "make it writable for this user, or name another with --data-dir";
        return Finding::problem(DATA, format!("{at} can't be written: {error}"), hint);
    }
    let database = dir.join("onegent.db");
    if let Some(problem) = damaged(&database) {
        return problem;
    }
    if let Some(bits) = open_to_others(&database) {
        let hint = format!("`chmod 600 {}`; guests' details are inside", database.display());
        return Finding::problem(DATA, format!("other users can read the database (mode {bits:o})"), hint);
    }
    if database.is_file() {
        Finding::ok(DATA, format!("{at} can be written, and its database can be read"))
    } else {
        Finding::note(DATA, format!("{at} holds no database"), "the first `onegent serve` makes it")
    }
}

fn damaged(database: &Path) -> Option<Finding> {
    let mut head = [0; SQLITE.len()];
    let mut file = match std::fs::File::open(database) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => {
            let hint = "run as the user whose server it is";
            return Some(Finding::problem(DATA, format!("{}: {error}", database.display()), hint));
        }
    };
    // A server that was just started has an empty one.
    let empty = file.metadata().is_ok_and(|found| found.len() == 0);
    if empty || (file.read_exact(&mut head).is_ok() && head == SQLITE) {
        return None;
    }
    let hint = "restore it from a copy, or name another directory with --data-dir";
    Some(Finding::problem(DATA, format!("{} is not a database", database.display()), hint))
}

#[cfg(unix)]
fn open_to_others(file: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;

    let bits = std::fs::metadata(file).ok()?.permissions().mode() & 0o777;
    // What its folder closes, its own bits need not.
    let folder = std::fs::metadata(file.parent()?).ok()?.permissions().mode();
    (bits & 0o077 != 0 && folder & 0o077 != 0).then_some(bits)
}

#[cfg(not(unix))]
fn open_to_others(_file: &Path) -> Option<u32> {
    None
}

/// A browser for sites that need one.
pub(super) fn browser() -> Finding {
    const NAMES: [&str; 5] =
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    let path = std::env::var_os(env::PATH).unwrap_or_default();
    let found = std::env::split_paths(&path)
        .flat_map(|dir| NAMES.map(|name| dir.join(name).with_extension(std::env::consts::EXE_EXTENSION)))
        .find(|file| file.is_file());
    match found {
        Some(file) => Finding::ok("browser", format!("{}", file.display())),
        None => Finding::note(
            "browser",
            "no Chromium on the path",
            "sites that work without JavaScript are booked all the same; for others install Chromium",
        ),
    }
}

/// Who has the server's port.
pub(super) async fn port(port: u16) -> anyhow::Result<Finding> {
    let name = "port";
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    let error = match bound {
        Ok(_free) => return Ok(Finding::ok(name, format!("{port} is free for `onegent serve`"))),
        Err(error) => error,
    };
    if error.kind() != std::io::ErrorKind::AddrInUse {
        let hint = "ports below 1024 need privileges; choose another with --port";
        return Ok(Finding::problem(name, format!("{port} can't be used: {error}"), hint));
    }
    let health = crate::outside::http()?
        .get(format!("http://127.0.0.1:{port}/healthz"))
        .timeout(std::time::Duration::from_secs(5))
        .send()
        .await;
    let ours = match health {
        Ok(answer) if answer.headers().contains_key("x-request-id") => answer.status().is_success(),
        Ok(_) | Err(_) => false,
    };
    Ok(if ours {
        Finding::ok(name, format!("an Onegent server answers on {port}"))
    } else {
        let hint = "choose another for `onegent serve` with --port, or stop what listens there";
        Finding::problem(name, format!("another program listens on {port}"), hint)
    })
}

/// A program by path, or by a name on the path.
pub(super) fn program(command: &str) -> Option<PathBuf> {
    let named = Path::new(command);
    if named.components().count() > 1 {
        return named.is_file().then(|| named.to_owned());
    }
    let path = std::env::var_os(env::PATH).unwrap_or_default();
    std::env::split_paths(&path)
        .map(|dir| dir.join(named).with_extension(std::env::consts::EXE_EXTENSION))
        .find(|file| file.is_file())
}
