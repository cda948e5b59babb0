//! A person who looks at a job's page, and may take it over.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use onegent_core::caller::Person;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::id::JobId;
use onegent_core::port::{HandsOff, LivePage, Sight, Touch};

use super::desk::may_confirm;
use crate::agent::Look;
use crate::parts::Parts;
use crate::store::record::JobRecord;
use crate::takeover::{self, Takeover};

/// One person's look. It ends with the engine.
pub(super) struct Viewing {
    parts: Arc<Parts>,
    person: Person,
    job: JobId,
    look: Look,
    takeover: Option<Takeover>,
}

impl Viewing {
    pub(super) fn new(parts: &Arc<Parts>, record: &JobRecord, person: Person) -> Self {
        let (parts, look) = (Arc::clone(parts), parts.agent.look(record.id));
        Self { parts, person, job: record.id, look, takeover: None }
    }
}

#[async_trait]
impl LivePage for Viewing {
    async fn next(&mut self) -> Option<Sight> {
        let ended = async {
            match &mut self.takeover {
                Some(takeover) => takeover.ended().await,
                None => std::future::pending().await,
            }
        };
        let how: HandsOff = tokio::select! {
            biased;
            how = ended => how,
            sight = self.look.next() => return sight,
            () = self.parts.stopping.cancelled() => return None,
        };
        self.takeover = None;
        Some(Sight::HandsOff(how))
    }

    fn seen(&mut self) {
        self.look.seen();
    }

    async fn take_over(&mut self) -> Result<Duration> {
        if self.takeover.is_some() {
            return Err(Error::new(ErrorCode::NothingToConfirm, "The page is in your hands already."));
        }
        let record = self.parts.store.job(self.person.account, self.job).await?;
        let record = record.ok_or_else(Error::job_not_found)?;
        may_confirm(&self.parts, &self.person, &record).await?;
        let takeover = takeover::begin(&self.parts, &record, &self.person).await?;
        let time = takeover.time();
        self.takeover = Some(takeover);
        Ok(time)
    }

    fn touch(&mut self, touch: Touch) {
        if let Some(takeover) = &self.takeover {
            takeover.touch(touch);
        }
    }

    fn hand_back(&mut self) {
        if let Some(takeover) = &mut self.takeover {
            takeover.hand_back();
        }
    }
}
