//! The driver without a browser: HTTP and HTML forms, no JavaScript. Milliseconds a page, nothing to install.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use onegent_core::time::Clock;
use reqwest::Client;

use self::page::PlainPage;
use super::{Browser, Page, PageError, Visit};
use crate::network::PublicResolver;

mod cookies;
mod document;
mod fetch;
mod page;

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(20);
const USER_AGENT: &str = concat!("Onegent/", env!("CARGO_PKG_VERSION"), " (+https://onegent.one)");

/// Opens plain pages. Two clients, since only the sandbox may resolve to loopback.
#[derive(Debug)]
pub struct PlainBrowser {
    site: Client,
    sandbox: Client,
    clock: Arc<dyn Clock>,
}

impl PlainBrowser {
    /// Makes the HTTP clients. Fails when no TLS can be set up.
    pub fn new(clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        // Whoever came first has installed one already.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = || {
            Client::builder()
                // A proxy would resolve names itself, and to private addresses as well.
                .no_proxy()
                .user_agent(USER_AGENT)
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(CONNECT)
                .timeout(WHOLE)
                .pool_idle_timeout(Duration::from_secs(30))
                // What is sent is sent once; whether it may be sent again is decided where it is known what it does.
                .retry(reqwest::retry::never())
                .referer(false)
        };
        let site = client().https_only(true).dns_resolver(Arc::new(PublicResolver)).build()?;
        let sandbox = client().build()?;
        Ok(Self { site, sandbox, clock })
    }
}

#[async_trait]
impl Browser for PlainBrowser {
    async fn open(&self, visit: Visit) -> Result<Box<dyn Page>, PageError> {
        let client = if visit.policy.is_sandbox() { &self.sandbox } else { &self.site };
        Ok(Box::new(PlainPage::new(client.clone(), Arc::clone(&self.clock), visit)))
    }
}

/// Reads a page out of its HTML, without a network.
pub fn read_page(html: &str, url: url::Url) -> Result<super::observation::Observation, PageError> {
    let origin = super::read::Origin { url, status: 200, reloadable: true };
    let page = document::Document::parse(html, origin, super::reference::FramePath::default())?;
    Ok(page.observe())
}

/// The same, where it can't fail.
#[cfg(test)]
pub(crate) fn observe(html: &str, url: &str) -> super::observation::Observation {
    read_page(html, url.parse().unwrap()).unwrap()
}

#[cfg(test)]
mod tests;
