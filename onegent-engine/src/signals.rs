//! Who is told, in this process, when a job has changed: watchers of that job, its worker, and the dispatcher.
//!
//! The store announces after each commit; nobody polls.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use onegent_core::id::JobId;
use tokio::sync::{Notify, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::meters::{Counted, Meters};

/// How a job stands after a commit, as far as listeners need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The last audit event.
    pub seq: u64,
    /// The epoch of the worker that holds the job, if one does.
    pub holder: Option<u64>,
}

/// A change to announce.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Announcement {
    pub job: JobId,
    pub standing: Standing,
    /// Whether a worker may take the job now or later.
    pub claimable: bool,
    /// Whether webhooks are to tell of it. Known only to the node that wrote it, and that node sends them.
    pub outbox: bool,
    /// What is counted of it. Known only to the node that wrote it, so that each change is counted once.
    pub counted: Option<Counted>,
}

/// How many listen to a job, and the way to them.
type Channel = (usize, watch::Sender<Option<Standing>>);

/// Passes announcements on. Keeps a channel only for jobs that somebody listens to.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    listeners: Mutex<HashMap<JobId, Channel>>,
    dispatch: Notify,
    outbox: Notify,
    endings: watch::Sender<u64>,
    own_endings: watch::Sender<u64>,
    part_ended: CancellationToken,
    meters: Arc<Meters>,
}

impl Signals {
    /// Signals that count what they announce.
    pub(crate) fn counting(meters: Arc<Meters>) -> Self {
        Self { meters, ..Self::default() }
    }

    /// Listens to one job from now on.
    pub(crate) fn listen(self: &Arc<Self>, job: JobId) -> Listener {
        let mut listeners = self.listeners();
        let (count, sender) = listeners.entry(job).or_insert_with(|| (0, watch::Sender::new(None)));
        *count += 1;
        Listener { signals: Arc::clone(self), job, receiver: sender.subscribe() }
    }

    /// Tells whoever listens.
    pub(crate) fn announce(&self, news: Announcement) {
        if let Some((_, sender)) = self.listeners().get(&news.job) {
            sender.send_replace(Some(news.standing));
        }
        if news.claimable {
            self.wake_dispatcher();
        }
        if news.outbox {
            self.wake_outbox();
        }
        if let Some(counted) = news.counted {
            self.meters.changed(counted);
        }
    }

    /// Has webhooks sent that are due.
    pub(crate) fn wake_outbox(&self) {
        self.outbox.notify_one();
    }

    /// Until there is something to send.
    pub(crate) async fn outbox_filled(&self) {
        self.outbox.notified().await;
    }

    /// Makes the dispatcher look for due jobs.
    pub(crate) fn wake_dispatcher(&self) {
        self.dispatch.notify_one();
    }

    /// Until the dispatcher is wanted.
    pub(crate) async fn dispatcher_wanted(&self) {
        self.dispatch.notified().await;
    }

    /// A credential ended here: whoever relies on one looks again, on other nodes as well.
    pub(crate) fn credential_ended(&self) {
        self.credential_ended_elsewhere();
        self.own_endings.send_modify(|count| *count += 1);
    }

    /// A credential ended, or may have, on another node.
    pub(crate) fn credential_ended_elsewhere(&self) {
        self.endings.send_modify(|count| *count += 1);
    }

    /// How many credentials ended in this process.
    pub(crate) fn own_endings(&self) -> u64 {
        *self.own_endings.borrow()
    }

    /// Until another number of credentials has ended in this process.
    pub(crate) async fn own_ended_since(&self, seen: u64) {
        drop(self.own_endings.subscribe().wait_for(|count| *count != seen).await);
    }

    /// The jobs that somebody listens to.
    pub(crate) fn listened(&self) -> Vec<JobId> {
        self.listeners().keys().copied().collect()
    }

    /// How many credentials ended.
    pub(crate) fn endings(&self) -> u64 {
        *self.endings.borrow()
    }

    /// Until another number of credentials has ended.
    pub(crate) async fn ended_since(&self, seen: u64) {
        let mut endings = self.endings.subscribe();
        // The sender is a part of this value and so outlives the wait.
        drop(endings.wait_for(|count| *count != seen).await);
    }

    /// For a task without which nothing works: when it ends, by a panic or otherwise, [`Signals::part_ended`] is told.
    pub(crate) fn vital(&self) -> DropGuard {
        self.part_ended.clone().drop_guard()
    }

    /// Until the first vital task has ended.
    pub(crate) async fn part_ended(&self) {
        self.part_ended.cancelled().await;
    }

    fn listeners(&self) -> MutexGuard<'_, HashMap<JobId, Channel>> {
        // The map is whole between any two statements, so a panic elsewhere can't have left it half-changed.
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One ear on one job.
#[derive(Debug)]
pub(crate) struct Listener {
    signals: Arc<Signals>,
    job: JobId,
    receiver: watch::Receiver<Option<Standing>>,
}

impl Listener {
    /// Until the job changes; what it became.
    pub(crate) async fn changed(&mut self) -> Standing {
        loop {
            // The sender lives in the map for as long as this listener is counted there.
            if self.receiver.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            if let Some(standing) = *self.receiver.borrow_and_update() {
                return standing;
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Entry::Occupied(mut entry) = self.signals.listeners().entry(self.job) {
            entry.get_mut().0 -= 1;
            if entry.get().0 == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[tokio::test]
    async fn a_listener_hears_only_its_own_job_and_leaves_nothing_behind() {
        let signals = Arc::new(Signals::default());
        let [mine, other] = [1, 2].map(|n| JobId::generate(Timestamp::UNIX_EPOCH, [n; 10]));
        let mut listener = signals.listen(mine);
        let news = |job, seq| Announcement {
            job,
            standing: Standing { seq, holder: None },
            claimable: false,
            outbox: false,
            counted: None,
        };
        signals.announce(news(other, 9));
        signals.announce(news(mine, 3));
        assert_eq!(listener.changed().await.seq, 3);
        drop(listener);
        assert!(signals.listeners().is_empty());
    }
}
