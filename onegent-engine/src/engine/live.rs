//! A person who looks at a job's page.

use std::sync::Arc;

use async_trait::async_trait;
use onegent_core::port::{LivePage, Sight};

use crate::agent::Look;
use crate::parts::Parts;
use crate::store::record::JobRecord;

/// One person's look. It ends with the engine.
pub(super) struct Viewing {
    parts: Arc<Parts>,
    look: Look,
}

impl Viewing {
    pub(super) fn new(parts: &Arc<Parts>, record: &JobRecord) -> Self {
        Self { parts: Arc::clone(parts), look: parts.agent.look(record.id) }
    }
}

#[async_trait]
impl LivePage for Viewing {
    async fn next(&mut self) -> Option<Sight> {
        tokio::select! {
            sight = self.look.next() => sight,
            () = self.parts.stopping.cancelled() => None,
        }
    }

    fn seen(&mut self) {
        self.look.seen();
    }
}
