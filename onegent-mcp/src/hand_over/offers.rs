//! Whom a page was offered to, so that nobody is asked about the same pause at every look at the job.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use onegent_core::id::JobId;

use crate::identity::Identity;

/// So many are remembered; after that a person may be asked a second time.
const MOST: usize = 4096;

/// A pause of a job, offered to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Offer {
    pub(super) to: Identity,
    pub(super) job: JobId,
    pub(super) pause: String,
}

/// What was offered.
#[derive(Debug, Default)]
pub(super) struct Offers(Mutex<HashSet<Offer>>);

impl Offers {
    /// Whether this was not offered before; it counts as offered from now on.
    pub(super) fn is_new(&self, offer: Offer) -> bool {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if made.len() >= MOST {
            made.clear();
        }
        made.insert(offer)
    }
}
