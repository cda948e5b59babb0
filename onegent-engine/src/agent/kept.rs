//! Pages that jobs left at payment, kept open for a while: a person who confirms soon is submitted for on the very page
//! that was shown. A page is read again there, like everywhere, before anything is sent.
//!
//! What is not fetched in time is let go, and the job is parked: its confirmation drives a fresh page. Pages are few: where
//! there is no room the oldest goes. They belong to this process; a job that another one takes up is driven afresh.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use onegent_core::id::JobId;
use onegent_core::text::ProviderId;
use tokio::time::Instant;

use crate::browser::Page;
use crate::browser::action::Action;
use crate::gate::{Gate, Verdict};

/// How many pages are kept at a time.
const MOST: usize = 16;
/// A page that takes longer is not worth waiting for: a fresh one is as fast.
const LOADS_WITHIN: Duration = Duration::from_secs(10);

/// A page and what its gate remembers.
pub(super) struct Kept {
    pub(super) provider: ProviderId,
    pub(super) page: Box<dyn Page>,
    pub(super) gate: Gate,
}

impl Kept {
    /// Loads the page again, as it may have gone stale. `None` where that does not work; the site is then driven afresh,
    /// on a page that shares nothing with this one.
    pub(super) async fn read_again(mut self) -> Option<Self> {
        let seen = self.page.observe().await.ok()?;
        let again = Action::Goto { url: seen.url.clone() };
        let Verdict::Allowed(cleared) = self.gate.judge(&seen, again) else { return None };
        tokio::time::timeout(LOADS_WITHIN, self.page.act(cleared)).await.ok()?.ok()?;
        Some(self)
    }
}

type Pages = Mutex<HashMap<JobId, (Instant, Kept)>>;

pub(super) struct KeptPages {
    live: Duration,
    pages: Arc<Pages>,
}

impl fmt::Debug for KeptPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptPages").field("live", &self.live).finish_non_exhaustive()
    }
}

impl KeptPages {
    pub(super) fn new(live: Duration) -> Self {
        Self { live, pages: Arc::default() }
    }

    /// How many are open.
    pub(super) fn count(&self) -> usize {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Keeps a job's page, or lets it go at once.
    pub(super) fn keep(&self, job: JobId, kept: Kept) {
        if self.live.is_zero() {
            return;
        }
        let until = Instant::now() + self.live;
        let mut pages = lock(&self.pages);
        if pages.len() >= MOST
            && let Some(oldest) = pages.iter().min_by_key(|(_, (until, _))| *until).map(|(job, _)| *job)
        {
            pages.remove(&oldest);
        }
        pages.insert(job, (until, kept));
        drop(tokio::spawn(park(Arc::downgrade(&self.pages), job, until)));
    }

    /// A job's page on this site, if it is still open. A page of another site is let go.
    pub(super) fn take(&self, job: JobId, provider: &ProviderId) -> Option<Kept> {
        let (until, kept) = lock(&self.pages).remove(&job)?;
        (until > Instant::now() && kept.provider == *provider).then_some(kept)
    }

    pub(super) fn let_go(&self, job: JobId) {
        lock(&self.pages).remove(&job);
    }

    pub(super) fn let_all_go(&self) {
        lock(&self.pages).clear();
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        lock(&self.pages).len()
    }
}

fn lock(pages: &Pages) -> MutexGuard<'_, HashMap<JobId, (Instant, Kept)>> {
    pages.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets a page go when its time is over, unless the job has a newer one by then.
async fn park(pages: Weak<Pages>, job: JobId, until: Instant) {
    tokio::time::sleep_until(until).await;
    let Some(pages) = pages.upgrade() else { return };
    let mut pages = lock(&pages);
    if pages.get(&job).is_some_and(|(kept_until, _)| *kept_until <= until) {
        pages.remove(&job);
    }
}
