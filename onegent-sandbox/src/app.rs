//! The state that the sites and the payment processor share.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp, civil::Date};

use crate::{
    Entry, Site,
    clock::{self, Clock},
    draft::{Draft, PriceKey},
    ledger::{Journal, JournalError},
    seed::Seed,
    session::{Session, Visit},
    shelf::{Shelf, Token},
    words::{self, Words},
};

/// How a sandbox runs.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Prices, departures and codes follow from it.
    pub seed: u64,
    /// File that keeps the ledger over restarts.
    pub ledger_path: Option<PathBuf>,
    /// Delay of each page of a slow entry.
    pub slow: Duration,
    /// Origin of the payment processor, e.g. `http://127.0.0.1:4567`.
    pub payments_origin: String,
    /// Origin of the sites, to which the processor sends people back.
    pub site_origin: String,
}

/// Browsers and bookings in progress that are remembered at most.
const VISITS: usize = 4096;
/// How long they are remembered untouched.
const IDLE: SignedDuration = SignedDuration::from_hours(2);

pub(crate) struct App {
    pub(crate) config: SandboxConfig,
    pub(crate) seed: Seed,
    pub(crate) sessions: Shelf<Session>,
    pub(crate) drafts: Shelf<Draft>,
    journal: Mutex<Journal>,
    /// How often the payment page of a price was seen.
    views: Mutex<HashMap<PriceKey, u32>>,
    clock: Clock,
}

impl App {
    pub(crate) fn new(config: SandboxConfig) -> Result<Self, JournalError> {
        let seed = Seed(config.seed);
        let journal = Mutex::new(Journal::open(seed, config.ledger_path.as_deref())?);
        Ok(Self {
            config,
            seed,
            sessions: Shelf::new(VISITS, IDLE),
            drafts: Shelf::new(VISITS, IDLE),
            journal,
            views: Mutex::default(),
            clock: clock::system,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often the payment page of this price was seen.
    pub(crate) fn views(&self, draft: &Draft) -> u32 {
        let views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        draft.price_key().and_then(|key| views.get(&key).copied()).unwrap_or_default()
    }

    /// Counts one more look at the payment page of this price.
    pub(crate) fn view(&self, draft: &Draft) -> u32 {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        if views.len() >= VISITS {
            views.clear();
        }
        let Some(key) = draft.price_key() else { return 0 };
        let count = views.entry(key).or_default();
        *count = count.saturating_add(1);
        *count
    }
}

/// The app as one of the sites sees it.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) app: Arc<App>,
    pub(crate) site: Site,
}

impl Shop {
    pub(crate) const fn words(&self) -> &'static Words {
        words::of(self.site)
    }

    pub(crate) fn first_day(&self) -> Date {
        clock::first_day(self.app.now())
    }

    pub(crate) fn last_day(&self) -> Date {
        clock::last_day(self.app.now())
    }

    /// Units that a slot still has.
    pub(crate) fn left(&self, entry: &Entry, date: Date, slot: &str) -> u32 {
        self.app.journal().left(entry, date, slot)
    }

    /// The page of an entry.
    pub(crate) fn entry_path(&self, entry: &Entry) -> String {
        format!("{}{}/{}", self.words().root, self.words().entries, entry.id)
    }

    /// The page of a step of a draft.
    pub(crate) fn step_path(&self, draft: &Token, step: &str) -> String {
        format!("{}{}/{draft}/{step}", self.words().root, self.words().cart)
    }

    /// The draft, when it is this visit's own.
    pub(crate) fn draft(&self, token: &Token, visit: &Visit) -> Option<Draft> {
        let draft = self.app.drafts.with(token, self.app.now(), |draft| draft.clone())?;
        (draft.owner == *visit && draft.entry.site == self.site).then_some(draft)
    }

    /// Changes what the visit remembers.
    pub(crate) fn remember<R>(&self, visit: &Visit, work: impl FnOnce(&mut Session) -> R) -> Option<R> {
        self.app.sessions.with(&visit.0, self.app.now(), work)
    }
}
