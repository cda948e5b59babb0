//! Which browser opens a site.

use std::sync::Arc;

use onegent_core::time::Clock;

use super::Browser;
#[cfg(feature = "chromium")]
use super::chromium::{ChromiumBrowser, ChromiumConfig, LaunchError};
use super::plain::PlainBrowser;

/// Which browser opens the sites.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum BrowserChoice {
    /// The plain one where it is enough; Chromium, where there is one, for sites that are nothing without their scripts.
    #[default]
    Auto,
    /// The plain one alone.
    Plain,
    /// Chromium alone.
    #[cfg(feature = "chromium")]
    Chromium(ChromiumConfig),
}

/// A browser that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// No HTTP client can be made.
    #[error("no HTTP client can be made")]
    Http(#[source] reqwest::Error),
    /// The Chromium that was asked for can't be used.
    #[cfg(feature = "chromium")]
    #[error(transparent)]
    Chromium(#[from] LaunchError),
}

/// What opens sites: one browser for those that are plain HTML, one for those that are nothing without their scripts.
#[derive(Debug)]
pub struct Browsers {
    plain: Arc<dyn Browser>,
    scripts: Arc<dyn Browser>,
}

impl Browsers {
    /// Makes what was chosen. Chromium is looked for now, and started with its first page.
    pub fn new(choice: &BrowserChoice, clock: &Arc<dyn Clock>) -> Result<Self, BrowserError> {
        let plain = || -> Result<Arc<dyn Browser>, BrowserError> {
            Ok(Arc::new(PlainBrowser::new(Arc::clone(clock)).map_err(BrowserError::Http)?))
        };
        let alone = |browser: Arc<dyn Browser>| Self { plain: Arc::clone(&browser), scripts: browser };
        match choice {
            #[cfg(feature = "chromium")]
            BrowserChoice::Auto => {
                match ChromiumBrowser::new(&ChromiumConfig::default(), Arc::clone(clock)) {
                    Ok(chromium) => Ok(Self { plain: plain()?, scripts: Arc::new(chromium) }),
                    Err(LaunchError::NotFound) => Ok(alone(plain()?)),
                    Err(error) => Err(error.into()),
                }
            }
            #[cfg(not(feature = "chromium"))]
            BrowserChoice::Auto => Ok(alone(plain()?)),
            BrowserChoice::Plain => Ok(alone(plain()?)),
            #[cfg(feature = "chromium")]
            BrowserChoice::Chromium(config) => {
                Ok(alone(Arc::new(ChromiumBrowser::new(config, Arc::clone(clock))?)))
            }
        }
    }

    /// One for all sites.
    #[cfg(test)]
    pub(crate) fn alone(browser: Arc<dyn Browser>) -> Self {
        Self { plain: Arc::clone(&browser), scripts: browser }
    }

    /// What opens a site.
    pub fn of(&self, needs_scripts: bool) -> &dyn Browser {
        if needs_scripts { self.scripts.as_ref() } else { self.plain.as_ref() }
    }

    /// Ends what they started.
    pub async fn close(&self) {
        self.plain.close().await;
        self.scripts.close().await;
    }
}
