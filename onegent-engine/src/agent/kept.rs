//! Pages that jobs left where a person is wanted, kept open for a while. Who confirms soon is submitted for on the very
//! page that was shown; it is read again there, like everywhere, before anything is sent. Who takes a page over finds it as
//! the agent left it, and the agent goes on where they gave it back.
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
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::browser::Page;
use crate::browser::action::Action;
use crate::gate::{Gate, Verdict};

/// How many pages are kept at a time.
const MOST: usize = 16;
/// A page that takes longer is not worth waiting for: a fresh one is as fast.
const LOADS_WITHIN: Duration = Duration::from_secs(10);

/// Why a page is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// The agent stands at payment.
    Payment,
    /// The site wants a person.
    Wall,
    /// A person did what the site wanted and gave the page back.
    PastWall,
}

/// A page and what its gate remembers.
pub(crate) struct Kept {
    pub(crate) provider: ProviderId,
    pub(crate) page: Box<dyn Page>,
    pub(super) gate: Gate,
    pub(crate) at: At,
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

/// How long a page that was given back waits for a worker.
const HANDED_BACK: Duration = Duration::from_mins(2);

/// Until when, and what ends the wait for that when the page is gone before.
type Pages = Mutex<HashMap<JobId, (Instant, Kept, DropGuard)>>;

pub(super) struct KeptPages {
    live: Duration,
    takeover: Duration,
    pages: Arc<Pages>,
}

impl fmt::Debug for KeptPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptPages").field("live", &self.live).finish_non_exhaustive()
    }
}

impl KeptPages {
    /// `live` is for how long a page at payment is kept for a quick confirmation, `takeover` for how long one that can be
    /// watched is kept for a person's own hands.
    pub(super) fn new(live: Duration, takeover: Duration) -> Self {
        Self { live, takeover, pages: Arc::default() }
    }

    /// For how long a page is kept.
    fn time(&self, kept: &Kept) -> Duration {
        let by_hand = if kept.page.live().is_some() { self.takeover } else { Duration::ZERO };
        match kept.at {
            At::Payment => self.live.max(by_hand),
            At::Wall => by_hand,
            At::PastWall => HANDED_BACK,
        }
    }

    /// How many are open.
    pub(super) fn count(&self) -> usize {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Keeps a job's page, or lets it go at once.
    pub(super) fn keep(&self, job: JobId, kept: Kept) {
        let time = self.time(&kept);
        if !time.is_zero() {
            self.keep_until(job, kept, Instant::now() + time);
        }
    }

    /// Keeps a job's page for what is left of its time.
    pub(super) fn keep_until(&self, job: JobId, kept: Kept, until: Instant) {
        let mut pages = lock(&self.pages);
        if pages.len() >= MOST
            && let Some(oldest) = pages.iter().min_by_key(|(_, (until, ..))| *until).map(|(job, _)| *job)
        {
            pages.remove(&oldest);
        }
        let gone = CancellationToken::new();
        let park = park(Arc::downgrade(&self.pages), job, until);
        drop(tokio::spawn(gone.clone().run_until_cancelled_owned(park)));
        pages.insert(job, (until, kept, gone.drop_guard()));
    }

    /// A job's page on this site, if it is still open. A page of another site is let go.
    pub(super) fn take(&self, job: JobId, provider: &ProviderId) -> Option<Kept> {
        let (until, kept, _) = lock(&self.pages).remove(&job)?;
        (until > Instant::now() && kept.provider == *provider).then_some(kept)
    }

    /// A job's page for a person's own hands, and until when it was to be kept. A page that was given back is the agent's.
    pub(super) fn lend(&self, job: JobId) -> Option<(Instant, Kept)> {
        let mut pages = lock(&self.pages);
        let lendable = pages.get(&job).is_some_and(|(until, kept, _)| {
            let live = kept.page.live().is_some_and(|live| live.is_open());
            *until > Instant::now() && kept.at != At::PastWall && live && !self.takeover.is_zero()
        });
        if lendable { pages.remove(&job).map(|(until, kept, _)| (until, kept)) } else { None }
    }

    /// The site on which a person gave a job's page back.
    pub(super) fn given_back_on(&self, job: JobId) -> Option<ProviderId> {
        let pages = lock(&self.pages);
        let kept = pages.get(&job).map(|(_, kept, _)| kept).filter(|kept| kept.at == At::PastWall);
        kept.map(|kept| kept.provider.clone())
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

fn lock(pages: &Pages) -> MutexGuard<'_, HashMap<JobId, (Instant, Kept, DropGuard)>> {
    pages.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets a page go when its time is over, unless the job has a newer one by then.
async fn park(pages: Weak<Pages>, job: JobId, until: Instant) {
    tokio::time::sleep_until(until).await;
    let Some(pages) = pages.upgrade() else { return };
    let mut pages = lock(&pages);
    if pages.get(&job).is_some_and(|(kept_until, ..)| *kept_until <= until) {
        pages.remove(&job);
    }
}
