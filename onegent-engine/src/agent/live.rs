//! Which jobs have a page open in this process, for people who watch.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use onegent_core::id::JobId;
use onegent_core::port::Sight;
use tokio::sync::watch;

use crate::browser::live::{Live, Watching};

type Pages = HashMap<JobId, Arc<dyn Live>>;

/// The open pages. It keeps none of them open.
#[derive(Default)]
pub(super) struct LivePages(watch::Sender<Pages>);

impl fmt::Debug for LivePages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LivePages").field(&self.0.borrow().len()).finish()
    }
}

impl LivePages {
    /// A job has a new page, in place of the one that it had.
    pub(super) fn open(&self, job: JobId, page: Arc<dyn Live>) {
        self.0.send_modify(|pages| {
            pages.retain(|_, page| page.is_open());
            pages.insert(job, page);
        });
    }

    /// Looks at whatever page the job has or will have.
    pub(super) fn look(&self, job: JobId) -> Look {
        Look { job, pages: self.0.subscribe(), at: None, told: false }
    }
}

/// One viewer's look at a job's pages, one after the other.
#[derive(Debug)]
pub struct Look {
    job: JobId,
    pages: watch::Receiver<Pages>,
    at: Option<(Arc<dyn Live>, Watching)>,
    /// Whether it was told that there is no page.
    told: bool,
}

impl Look {
    /// What there is to be seen next; `None` when somebody else watches now. May be dropped while it waits.
    pub async fn next(&mut self) -> Option<Sight> {
        loop {
            if let Some((page, watching)) = &mut self.at {
                if let Some(picture) = watching.next().await {
                    return Some(Sight::Picture(picture));
                }
                if page.is_open() {
                    return None;
                }
                self.at = None;
            } else {
                let page = self.pages.borrow_and_update().get(&self.job).cloned();
                self.at = page.and_then(|page| page.watch().map(|watching| (page, watching)));
                if self.at.is_some() {
                    self.told = false;
                } else if self.told {
                    self.pages.changed().await.ok()?;
                } else {
                    self.told = true;
                    return Some(Sight::NoPage);
                }
            }
        }
    }

    /// The last picture has arrived.
    pub fn seen(&mut self) {
        if let Some((_, watching)) = &mut self.at {
            watching.seen();
        }
    }
}
