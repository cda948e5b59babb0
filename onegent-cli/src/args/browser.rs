//! Which browser, and looking at a page with it.

#![expect(clippy::doc_markdown, reason = "these comments are printed as they stand")]

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use onegent_engine::agent::DirectSites;
use onegent_engine::browser::choice::BrowserChoice;
use onegent_engine::browser::chromium::{ChromiumConfig, Source};

use super::ProvidersDir;
use crate::env;
use crate::exit::Hinted;

pub(super) const OBSERVE_HELP: &str = "\
Examples:
  onegent observe https://example.com/book
  onegent observe https://example.com/book --browser chromium --screenshot page.png
  onegent observe http://127.0.0.1:4701/table/ --json";

const HEADING: &str = "Browser";

/// What opens the booking sites.
#[derive(Debug, Clone, Args)]
pub(crate) struct BrowserArgs {
    /// What opens the booking sites: plain HTTP, a Chromium, or for each site what it needs
    #[arg(long, env = env::BROWSER, value_enum, default_value_t = Name::Auto, help_heading = HEADING)]
    pub(crate) browser: Name,
    /// The Chromium to start [default: the first that is found]
    #[arg(long, env = env::BROWSER_PATH, value_name = "PATH", help_heading = HEADING)]
    pub(crate) browser_path: Option<PathBuf>,
    /// A Chromium that runs already, at the address of its debugging protocol, such as ws://127.0.0.1:9222/...
    #[arg(long, env = env::BROWSER_URL, value_name = "URL", conflicts_with = "browser_path", help_heading = HEADING)]
    pub(crate) browser_url: Option<url::Url>,
}

// Doc comments here would make every command's help a page longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Name {
    Auto,
    Plain,
    Chromium,
}

/// Which sites bookings may be made on.
#[derive(Debug, Clone, Args)]
pub(crate) struct SitesArgs {
    /// Which sites a request may name itself (`onegent book --site`): none; public ones over https; or any, those of a network
    /// that is your own as well. The guest's details go wherever such a request says
    #[arg(long, env = env::DIRECT_SITES, value_enum, default_value_t = Direct::Off, value_name = "WHICH", help_heading = HEADING)]
    direct_sites: Direct,
    #[command(flatten)]
    pub(crate) dir: ProvidersDir,
}

// Doc comments here would make every command's help a page longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Direct {
    Off,
    Public,
    Anywhere,
}

impl SitesArgs {
    /// The setting.
    pub(crate) fn direct_sites(&self) -> DirectSites {
        match self.direct_sites {
            Direct::Off => DirectSites::Off,
            Direct::Public => DirectSites::Public,
            Direct::Anywhere => DirectSites::Anywhere,
        }
    }
}

impl BrowserArgs {
    /// What the flags say together. A Chromium that is named is used.
    pub(crate) fn choice(&self) -> Result<BrowserChoice, Hinted> {
        let source = match (&self.browser_path, &self.browser_url) {
            (Some(path), _) => Source::Program(path.clone()),
            (None, Some(url)) if url.scheme() == "ws" => Source::Remote(url.clone()),
            (None, Some(_)) => {
                let hint = "start it with --remote-debugging-port, and give the ws:// address that it prints";
                return Err(Hinted::new("the browser's address is not a ws:// address", hint));
            }
            (None, None) => match self.browser {
                Name::Auto => return Ok(BrowserChoice::Auto),
                Name::Plain => return Ok(BrowserChoice::Plain),
                Name::Chromium => Source::Found,
            },
        };
        if self.browser == Name::Plain {
            let hint = "leave out --browser plain, or the browser's place";
            return Err(Hinted::new("a browser is named and not to be used", hint));
        }
        Ok(BrowserChoice::Chromium(ChromiumConfig { source, ..ChromiumConfig::default() }))
    }
}

/// A page to look at.
#[derive(Debug, Clone, Args)]
pub(crate) struct Observe {
    /// The page's address
    pub(crate) url: url::Url,
    /// A further origin that the page may load from, such as https://cdn.example.com
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: Vec<url::Url>,
    /// Write a picture of the page there, as PNG, with the numbers of what can be used (takes Chromium)
    #[arg(long, value_name = "FILE")]
    pub(crate) screenshot: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) browser: BrowserArgs,
}
