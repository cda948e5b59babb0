//! A copy of a record in a file, and the way back.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use onegent_core::error::Result;
use onegent_core::id::JobId;
use onegent_core::machine::JobEvent;

use super::{Database, Engine, EngineConfig};
use crate::store::Advance;
use crate::store::backup::{BackupError, Set};
use crate::store::verify::Stored;
use crate::trail;

/// The states of jobs that would go on. What was submitted is only looked up, here as ever.
const OPEN: [&str; 5] = ["queued", "running", "needs_person", "paused_payment", "confirmed"];

impl Engine {
    /// Copies the record that `config` names, and its keys, into a folder that is made for them; also while it is in use.
    pub async fn back_up(config: &EngineConfig, to: &Path) -> std::result::Result<(), BackupError> {
        Set::of(config)?.back_up(to).await
    }

    /// Brings a copy back to where `config` says and nothing is. Returns how many of its jobs were open: they are
    /// cancelled.
    ///
    /// **Invariant:** no job of a copy goes on. It may have been submitted after the copy was made, and the copy would
    /// submit it again. Held by `a_backup_comes_back_and_none_of_its_jobs_goes_on`.
    pub async fn bring_back(from: &Path, config: EngineConfig) -> std::result::Result<usize, BackupError> {
        let set = Set::of(&config)?;
        let arriving = set.bring_back(from).await?;
        let engine =
            Self::open(EngineConfig { database: Database::Sqlite(arriving.clone()), ..config }).await;
        let engine = engine.map_err(Box::new)?;
        let ended = engine.cancel_open().await;
        engine.shutdown(Duration::ZERO).await;
        let ended = ended.map_err(|error| BackupError::Ending(Box::new(error)))?;
        // Under its own name no server finds it before that.
        set.settle(&arriving)?;
        Ok(ended)
    }

    /// Cancels every job that would go on, of all accounts: for a record that was brought back some other way. Answers
    /// how many there were. What is submitted stays, and is looked up.
    pub async fn cancel_open(&self) -> Result<usize> {
        let mut open: Vec<JobId> = Vec::new();
        let mut each = |stored| {
            if let Stored::Job(job) = stored
                && OPEN.contains(&job.state.as_str())
            {
                open.extend(job.id.parse::<JobId>().ok());
            }
            ControlFlow::Continue(())
        };
        self.parts.store.stored(&mut each).await?;
        for job in &open {
            let cancel = Advance::new(*job, JobEvent::Cancel, vec![trail::brought_back()]);
            self.parts.store.advance(cancel).await?;
        }
        Ok(open.len())
    }
}
