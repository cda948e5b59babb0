//! What holds for every request of a visit, permit or not.

use std::collections::BTreeSet;
use std::net::IpAddr;

use url::{Host, Origin, Url};

use super::content::Content;
use super::request::{Outgoing, Way};
use super::{Refusal, address};

/// Where the requests of one visit may go.
#[derive(Debug, Clone)]
pub struct NetworkPolicy {
    origins: BTreeSet<String>,
    sandbox: bool,
}

impl NetworkPolicy {
    /// A real site: these origins only, over https, at public addresses.
    pub fn site(origins: impl IntoIterator<Item = Origin>) -> Self {
        Self { origins: names(origins), sandbox: false }
    }

    /// The sandbox: these origins only; plain http and loopback are fine there.
    pub fn sandbox(origins: impl IntoIterator<Item = Origin>) -> Self {
        Self { origins: names(origins), sandbox: true }
    }

    /// Whether it is the sandbox's policy, so that names may resolve to loopback.
    pub fn is_sandbox(&self) -> bool {
        self.sandbox
    }

    /// Whether a request may go out at all, if somebody answers for it.
    pub(super) fn admit(&self, request: &Outgoing<'_>, content: &Content) -> Result<(), Refusal> {
        if request.way == Way::Channel || matches!(request.url.scheme(), "ws" | "wss") {
            return Err(Refusal::Channel);
        }
        self.admits_place(request.url)?;
        content.secret().map_or(Ok(()), Err)
    }

    /// Whether anything at all may go to where an address leads.
    pub(crate) fn admits_place(&self, url: &Url) -> Result<(), Refusal> {
        let spoken = url.scheme() == "https" || (self.sandbox && url.scheme() == "http");
        if !spoken || !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Scheme);
        }
        let origin = url.origin().ascii_serialization();
        if !self.origins.contains(&origin) {
            return Err(Refusal::ForeignOrigin(origin));
        }
        if !self.sandbox && !is_public_host(url) {
            return Err(Refusal::PrivateAddress);
        }
        Ok(())
    }
}

fn names(origins: impl IntoIterator<Item = Origin>) -> BTreeSet<String> {
    origins.into_iter().filter(Origin::is_tuple).map(|origin| origin.ascii_serialization()).collect()
}

/// Whether a URL's host can be one on the public internet, as far as its text tells.
pub(crate) fn is_public_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address::is_public(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => address::is_public(IpAddr::V6(address)),
        Some(Host::Domain(name)) => address::is_public_name(name),
        None => false,
    }
}
