//! The driver with a real browser: Chromium over its debugging protocol, spoken by a thin client of our own.
//!
//! One browser serves all visits; each has a context that shares nothing with the others. Nothing that a page asks of the
//! network leaves before it was judged ([`intercept`]), in no frame, worker or window ([`attach`]).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use onegent_core::time::Clock;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;
use url::Url;

use self::launch::Process;
use self::page::{ChromiumPage, first_page};
use self::relay::Relay;
use self::tab::Tab;
use self::wire::{Wire, WireError};
use super::{Browser, Page, PageError, Visit};
use crate::network::Guard;

mod attach;
mod hands;
mod intercept;
mod launch;
mod live;
mod mark;
mod page;
mod relay;
mod settle;
mod shown;
mod snapshot;
mod tab;
#[cfg(test)]
mod tests;
mod touch;
mod view;
mod wire;

pub use launch::LaunchError;

/// How long a browser may take to start, or to open a page.
const START: Duration = Duration::from_secs(30);
/// What a page could ask a person at the screen for.
const PERMISSIONS: [&str; 12] = [
    "accelerometer",
    "ambient-light-sensor",
    "camera",
    "clipboard-read",
    "display-capture",
    "geolocation",
    "local-fonts",
    "microphone",
    "midi",
    "notifications",
    "storage-access",
    "window-management",
];

/// Which browser, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChromiumConfig {
    /// Where it is.
    pub source: Source,
    /// How many visits at most share it; more wait. Each takes about 80 MB.
    pub most_pages: usize,
}

/// Where a browser comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The first one that is found on the machine.
    Found,
    /// The program at this path.
    Program(PathBuf),
    /// One that runs already, at the WebSocket address of its debugging protocol, such as `ws://127.0.0.1:9222/…`.
    Remote(Url),
}

impl Default for ChromiumConfig {
    fn default() -> Self {
        Self { source: Source::Found, most_pages: 32 }
    }
}

/// Opens pages in Chromium. It is started with the first one, and again after it ended.
#[derive(Debug)]
pub struct ChromiumBrowser {
    source: Place,
    clock: Arc<dyn Clock>,
    places: Arc<Semaphore>,
    running: Mutex<Option<Arc<Running>>>,
}

#[derive(Debug)]
enum Place {
    Program(PathBuf),
    Remote(Url),
}

/// A browser that runs. It ends when nobody needs it any more.
#[derive(Debug)]
struct Running {
    wire: Wire,
    /// The process, when we started it. It is ended with this.
    process: Option<Process>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.wire.end();
    }
}

impl ChromiumBrowser {
    /// Looks for the browser; it is not started yet.
    pub fn new(config: &ChromiumConfig, clock: Arc<dyn Clock>) -> Result<Self, LaunchError> {
        let source = match &config.source {
            Source::Found => Place::Program(launch::find(None)?),
            Source::Program(path) => Place::Program(launch::find(Some(path))?),
            Source::Remote(url) => Place::Remote(url.clone()),
        };
        let places = Arc::new(Semaphore::new(config.most_pages.max(1)));
        Ok(Self { source, clock, places, running: Mutex::new(None) })
    }

    /// The browser that runs, or a new one.
    async fn running(&self) -> Result<Arc<Running>, LaunchError> {
        let mut running = self.running.lock().await;
        if let Some(running) = running.as_ref().filter(|running| !running.wire.is_over()) {
            return Ok(Arc::clone(running));
        }
        drop(running.take());
        let (process, wire) = match &self.source {
            Place::Program(program) => {
                let (process, wire) = launch::start(program)?;
                (Some(process), wire)
            }
            Place::Remote(url) => {
                let wire = tokio::time::timeout(START, Wire::over_socket(url));
                (
                    None,
                    wire.await
                        .map_err(|_elapsed| LaunchError::Silent)?
                        .map_err(|error| LaunchError::Unreachable(error))?,
                )
            }
        };
        let started = Arc::new(Running { wire, process });
        let attach = attach::auto_attach();
        let answer = started.wire.call_within::<Value>(START, None, "Target.setAutoAttach", attach).await;
        answer.map_err(|_silent| LaunchError::Silent)?;
        *running = Some(Arc::clone(&started));
        Ok(started)
    }

    /// Ends the running browser as a crash would, and says which process it was.
    #[cfg(test)]
    pub(crate) async fn crash(&self) -> u32 {
        let running = self.running.lock().await;
        let process = running.as_ref().and_then(|running| running.process.as_ref()).unwrap();
        process.kill();
        process.id()
    }
}

#[async_trait]
impl Browser for ChromiumBrowser {
    async fn open(&self, visit: Visit) -> Result<Box<dyn Page>, PageError> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_closed| PageError::Gone)?;
        let running = self.running().await.map_err(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "no browser runs");
            PageError::Gone
        })?;
        let tab = context(&running, &visit, Arc::clone(&self.clock)).await?;
        Ok(Box::new(ChromiumPage::new(tab, visit.slots, running, place)))
    }

    async fn close(&self) {
        self.places.close();
        drop(self.running.lock().await.take());
    }
}

/// A context of its own with one empty page.
async fn context(running: &Running, visit: &Visit, clock: Arc<dyn Clock>) -> Result<Arc<Tab>, WireError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Made {
        browser_context_id: String,
    }
    let wire = &running.wire;
    // A browser on another machine can't reach the relay.
    let relay = match (running.process.is_some(), Relay::open(visit.policy.clone()).await) {
        (false, _) => None,
        (true, opened) => Some(opened.map_err(|_no_port| WireError::Gone)?),
    };
    let mut params = json!({ "disposeOnDetach": true });
    if let Some(relay) = &relay {
        params["proxyServer"] = relay.address().to_string().into();
        // Loopback as well goes through it.
        params["proxyBypassList"] = "<-loopback>".into();
    }
    let Made { browser_context_id: id } = wire.call(None, "Target.createBrowserContext", params).await?;
    let tab = Tab::listen(
        wire.clone(),
        id.clone(),
        clock,
        Guard::new(visit.policy.clone(), visit.slots.clone()),
        relay,
    );
    let deny = json!({ "behavior": "deny", "browserContextId": id });
    wire.call::<Value>(None, "Browser.setDownloadBehavior", deny).await?;
    for name in PERMISSIONS {
        // Not every version knows all of them.
        let params = json!({ "permission": { "name": name }, "setting": "denied", "browserContextId": id });
        wire.tell(None, "Browser.setPermission", params);
    }
    let params = json!({ "url": "about:blank", "browserContextId": id });
    wire.call_within::<Value>(START, None, "Target.createTarget", params).await?;
    first_page(&tab, Instant::now() + START).await.map_err(|_gone| WireError::Gone)?;
    Ok(tab)
}
