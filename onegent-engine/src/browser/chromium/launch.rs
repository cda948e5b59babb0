//! Finding Chromium on the machine, starting it, and ending it with all its processes.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::wire::Wire;

/// Where distributions put the program. Debian's `/usr/bin/chromium` is a script around the second.
const PLACES: [&str; 9] = [
    "/usr/lib/chromium/chromium",
    "/usr/lib64/chromium-browser/chromium-browser",
    "/usr/lib/chromium-browser/chromium-browser",
    "/opt/google/chrome/chrome",
    "/opt/chromium.org/chromium/chromium",
    "/snap/bin/chromium",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/opt/microsoft/msedge/msedge",
];
/// What it is called on the search path.
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

/// Nothing that a booking needs: no updates, no accounts, no telemetry; and pages in the background run as any other.
const FLAGS: [&str; 26] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-startup-window",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-quic",
    "--disable-sync",
    "--disable-features=BackForwardCache,MediaRouter,OptimizationHints,Prerender2,ServiceWorkerPaymentApps,Translate,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--metrics-recording-only",
    "--mute-audio",
    "--password-store=basic",
    "--window-size=1280,960",
    "--js-flags=--max-old-space-size=512",
];

/// Why no browser runs.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// There is none.
    #[error(
        "no Chromium was found; install it (`apt install chromium`, `dnf install chromium`, `brew install --cask chromium`), or name one with --browser-path or --browser-url"
    )]
    NotFound,
    /// The one that was named is not there.
    #[error("there is no browser at {0}")]
    NotThere(PathBuf),
    /// It can't be started.
    #[error("the browser can't be started")]
    Start(#[source] std::io::Error),
    /// It was started and does not speak.
    #[error("the browser was started and does not answer")]
    Silent,
    /// The remote one can't be reached.
    #[error("the browser can't be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The browser's program: the one that was named, or the first that is found.
pub(super) fn find(named: Option<&Path>) -> Result<PathBuf, LaunchError> {
    if let Some(named) = named {
        return if named.is_file() {
            Ok(named.to_owned())
        } else {
            Err(LaunchError::NotThere(named.to_owned()))
        };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).flat_map(|dir| NAMES.map(|name| dir.join(name)));
    PLACES.iter().map(PathBuf::from).chain(on_path).find(|place| place.is_file()).ok_or(LaunchError::NotFound)
}

/// A browser that we started. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// Its profile. Kept until all that writes into it is dead.
    _profile: TempDir,
}

/// Starts a browser with a fresh profile, in a process group of its own.
#[cfg(unix)]
pub(super) fn start(program: &Path) -> Result<(Process, Wire), LaunchError> {
    use std::os::unix::process::CommandExt as _;

    let profile =
        tempfile::Builder::new().prefix("onegent-chromium-").tempdir().map_err(LaunchError::Start)?;
    let mut data = std::ffi::OsString::from("--user-data-dir=");
    data.push(profile.path());
    // It reads calls from descriptor 3 and writes answers to 4; the shell puts our pipes there.
    let mut command = Command::new("/bin/sh");
    command.args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#]).arg(program);
    command.args(FLAGS).arg(data).process_group(0);
    // Chromium's own sandbox does not work for root.
    if rustix::process::geteuid().is_root() {
        command.arg("--no-sandbox");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(LaunchError::Start)?;
    let pipes = child.stdin.take().zip(child.stdout.take());
    let process = Process { child, _profile: profile };
    let (stdin, stdout) = pipes.ok_or(LaunchError::Silent)?;
    let wire = Wire::over_pipes(stdin, stdout).map_err(LaunchError::Start)?;
    Ok((process, wire))
}

/// Starts a browser with a fresh profile.
#[cfg(not(unix))]
pub(super) fn start(_program: &Path) -> Result<(Process, Wire), LaunchError> {
    Err(LaunchError::Start(std::io::ErrorKind::Unsupported.into()))
}

impl Process {
    /// The process's id, which is its group's as well.
    #[cfg(test)]
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it and all that it started.
    #[cfg(unix)]
    pub(super) fn kill(&self) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _already_ended = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }

    /// Ends it and all that it started.
    #[cfg(not(unix))]
    pub(super) fn kill(&self) {}
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
