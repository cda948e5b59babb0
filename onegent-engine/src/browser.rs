//! The browser: what a page says, what can be done on it, and the two ports that a driver implements.
//!
//! **Invariant:** a page does nothing that the gate has not judged: [`Page::act`] takes only [`Cleared`], and
//! [`Page::submit`] only [`Armed`] together with the one permit. Neither can be made outside the gate.

use std::sync::Arc;

use async_trait::async_trait;

use crate::gate::{Armed, Cleared};
use crate::network::{Held, NetworkPolicy, Refusal};
use crate::payment::SubmitPermit;

pub mod action;
pub mod choice;
#[cfg(feature = "chromium")]
pub mod chromium;
pub mod fold;
pub mod inspect;
pub mod live;
pub mod mask;
pub mod observation;
pub mod plain;
pub mod price;
mod read;
pub mod reference;

use action::SlotValues;
use live::Live;
use observation::Observation;
use reference::Ref;

/// What a page needs to open: where it may go, and the guest's details for the slots.
#[derive(Debug)]
pub struct Visit {
    /// Where its requests may go.
    pub policy: NetworkPolicy,
    /// What slots are filled with.
    pub slots: SlotValues,
}

/// Opens pages. A trait because there are two drivers: [`plain`] (HTTP and HTML forms), and Chromium over its
/// debugging protocol.
#[async_trait]
pub trait Browser: Send + Sync + std::fmt::Debug {
    /// Opens a page that shares nothing with any other: no cookies, no cache, no storage.
    async fn open(&self, visit: Visit) -> Result<Box<dyn Page>, PageError>;

    /// Ends what it started. It opens no page afterwards.
    async fn close(&self) {}
}

/// One page of one visit. A trait for the same reason as [`Browser`].
#[async_trait]
pub trait Page: Send {
    /// What the page says now, with what was filled in so far.
    async fn observe(&mut self) -> Result<Observation, PageError>;

    /// Whether scripts of the page run, so that pressing what only runs one does something.
    fn runs_scripts(&self) -> bool {
        false
    }

    /// Does what the gate allowed, and reads back what was filled.
    async fn act(&mut self, cleared: Cleared) -> Result<(), PageError>;

    /// Makes ready the one irreversible request, and shows it to the network's judge. Nothing is sent. What
    /// [`submit`](Self::submit) sends afterwards has to be this request, byte for byte.
    async fn arm(&mut self, armed: &Armed) -> Result<(), PageError>;

    /// Sends the one irreversible request that was armed and that the permit is for. It is sent at most once, whatever
    /// comes back.
    async fn submit(&mut self, armed: Armed, permit: SubmitPermit) -> Result<(), SubmitError>;

    /// A picture of the page as PNG, with the numbers 1 to n over what is marked.
    async fn screenshot(&mut self, marked: &[Ref]) -> Result<Vec<u8>, PageError> {
        drop(marked.iter());
        Err(PageError::Unusable("this browser shows no pictures"))
    }

    /// A small picture of the page as JPEG, to be kept: fields that take a secret, and frames of other sites, are painted
    /// over. `None` where this browser shows no pictures.
    async fn keepsake(&mut self) -> Result<Option<Vec<u8>>, PageError> {
        Ok(None)
    }

    /// The page as a person can watch it, where this browser shows pictures.
    fn live(&self) -> Option<Arc<dyn Live>> {
        None
    }
}

/// What went wrong on a page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Nothing was opened yet.
    #[error("no page is open")]
    Blank,
    /// The page is no longer the one that was judged.
    #[error("the page has no {0} any more")]
    Stale(Ref),
    /// What was filled in does not stand there.
    #[error("the field does not hold what was filled in: {0}")]
    NotTaken(Ref),
    /// The network policy refused a request.
    #[error("a request was refused")]
    Refused(#[source] Refusal),
    /// The network policy holds a request that only a permit could release.
    #[error("a request was held")]
    Held(#[source] Held),
    /// The site can't be reached, or did not answer in time.
    #[error("the site can't be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The site can't be reached, or did not answer in time, as a browser says it.
    #[error("the site can't be reached: {0}")]
    NoAnswer(String),
    /// The page crashed, or the browser ended.
    #[error("the browser is gone")]
    Gone,
    /// The answer can't be used.
    #[error("the site's answer can't be used: {0}")]
    Unusable(&'static str),
}

/// What went wrong with a submit.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// Nothing was sent.
    #[error("the submit was not sent")]
    NotSent(#[source] PageError),
    /// It was sent, or may have been; what came of it is not known.
    #[error("the submit was sent, and its answer could not be read")]
    Unread(#[source] PageError),
}
