//! The audit trail as JSON Lines: for keeping elsewhere, and for checking without this program's database.
//!
//! First a line that says what this is, then for each job its events, its chain's head and its checkpoints, and a last
//! line that counts. Who has the public key from elsewhere can check a file that passed through other hands.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;

use jiff::Timestamp;
use onegent_core::audit::{AuditEvent, ChainHash, ChainHead};
use onegent_core::error::Error;
use onegent_core::id::JobId;
use serde::{Deserialize, Serialize};

use super::Engine;
use super::verify::{AuditProblem, AuditReport, Newest};
use crate::checkpoint::{Checkpoint, PublicKey, Removal, Sequence};
use crate::store::verify::{Fault, Stored, Trail};

/// One line of an export.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum AuditLine {
    /// The first line.
    Export {
        /// The format's version: 1.
        version: u32,
        /// When it was made.
        at: Timestamp,
        /// The key that the record is signed with now.
        key: PublicKey,
    },
    /// Trails that were removed when their time was over: jobs up to this one may have a head and checkpoints alone.
    Removal(Removal),
    /// An event of a job. Those of one job stand together, oldest first.
    Event {
        /// The job.
        job_id: JobId,
        /// What happened.
        #[serde(flatten)]
        event: AuditEvent,
    },
    /// The end of a job's chain.
    Head {
        /// The job.
        job_id: JobId,
        /// The last event's place.
        seq: u64,
        /// The last event's hash.
        hash: ChainHash,
    },
    /// A checkpoint of the job whose head stands before.
    Checkpoint(Checkpoint),
    /// The last line.
    End {
        /// How many jobs there are.
        jobs: u64,
        /// How many events.
        events: u64,
        /// How many checkpoints.
        checkpoints: u64,
    },
}

/// An export that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The record is out of reach.
    #[error("the record can't be read")]
    Record(#[source] Error),
    /// A job's trail is damaged; a check of the record says more.
    #[error("the trail of {job} can't be exported: {what}")]
    Damaged {
        /// The job's id as it is stored.
        job: String,
        /// What is wrong.
        what: Fault,
    },
    /// The lines can't be written.
    #[error("the export can't be written")]
    Write(#[source] io::Error),
}

impl Engine {
    /// Gives the whole audit trail line by line, as it stood at one moment.
    pub async fn export_audit(
        &self,
        mut write: impl FnMut(&AuditLine) -> io::Result<()> + Send,
    ) -> Result<(), ExportError> {
        let first = AuditLine::Export { version: 1, at: self.parts.now(), key: self.audit_key };
        write(&first).map_err(ExportError::Write)?;
        let (mut jobs, mut events, mut checkpoints) = (0, 0, 0);
        let mut failed = None;
        let mut each = |stored| {
            let written = match stored {
                Stored::Removal(removal) => match removal.read() {
                    Err(what) => Err(ExportError::Damaged { job: "-".to_owned(), what }),
                    Ok(removal) => write(&AuditLine::Removal(removal)).map_err(ExportError::Write),
                },
                // Each checkpoint stands with its job.
                Stored::Checkpoint(_) | Stored::Stray(_) => Ok(()),
                Stored::Job(job) => match job.trail() {
                    Err(what) => Err(ExportError::Damaged { job: job.id, what }),
                    Ok(trail) => {
                        jobs += 1;
                        events += trail.events.len() as u64;
                        checkpoints += trail.checkpoints.len() as u64;
                        lines(trail).try_for_each(|line| write(&line)).map_err(ExportError::Write)
                    }
                },
            };
            failed = written.err();
            if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        self.parts.store.stored(&mut each).await.map_err(|error| ExportError::Record(error.into()))?;
        match failed {
            Some(error) => Err(error),
            None => write(&AuditLine::End { jobs, events, checkpoints }).map_err(ExportError::Write),
        }
    }
}

fn lines(trail: Trail) -> impl Iterator<Item = AuditLine> {
    let job_id = trail.job;
    let events = trail.events.into_iter().map(move |event| AuditLine::Event { job_id, event });
    let head = AuditLine::Head { job_id, seq: trail.head.seq, hash: trail.head.hash };
    events.chain([head]).chain(trail.checkpoints.into_iter().map(AuditLine::Checkpoint))
}

/// Checks an export, line by line.
#[derive(Debug)]
pub struct AuditFile {
    trusted: Option<Vec<PublicKey>>,
    report: AuditReport,
    job: Option<Trail>,
    checkpoints: BTreeMap<(PublicKey, u64), Checkpoint>,
    /// Up to which job trails were removed.
    through: Option<JobId>,
    ended: bool,
}

/// What is wrong with a file that is no export, or only a part of one.
const NO_EXPORT: Fault =
    Fault::Disagree("the file is no export of an audit trail, or a part of it is missing");

impl AuditFile {
    /// A check that trusts these keys alone; without any, the one that the file itself names.
    pub fn new(trusted: Vec<PublicKey>) -> Self {
        let trusted = Some(trusted).filter(|keys| !keys.is_empty());
        let (report, checkpoints) = (AuditReport::default(), BTreeMap::new());
        Self { trusted, report, job: None, checkpoints, through: None, ended: false }
    }

    /// The next line.
    pub fn line(&mut self, text: &str) {
        match serde_json::from_str(text) {
            Ok(line) if !self.ended => self.take(line),
            Ok(_) | Err(_) => self.problem("-", NO_EXPORT),
        }
    }

    fn take(&mut self, line: AuditLine) {
        match line {
            AuditLine::Export { key, .. } => drop(self.trusted.get_or_insert_with(|| vec![key])),
            AuditLine::Removal(removal) => match removal.check(self.trusted.as_deref().unwrap_or_default()) {
                Ok(()) => self.through = self.through.max(Some(removal.through)),
                Err(fault) => self.problem("-", fault.into()),
            },
            AuditLine::Event { job_id, event } => {
                self.report.events += 1;
                let open = self.job.take_if(|trail| trail.job != job_id || trail.head != ChainHead::EMPTY);
                self.close(open);
                let fresh = || Trail {
                    job: job_id,
                    events: Vec::new(),
                    head: ChainHead::EMPTY,
                    checkpoints: Vec::new(),
                };
                self.job.get_or_insert_with(fresh).events.push(event);
            }
            AuditLine::Head { job_id, seq, hash } => match &mut self.job {
                Some(trail) if trail.job == job_id && trail.head == ChainHead::EMPTY => {
                    trail.head = ChainHead { seq, hash }
                }
                Some(_) | None if self.through.is_some_and(|through| job_id <= through) => {
                    let open = self.job.take();
                    self.close(open);
                    let head = ChainHead { seq, hash };
                    self.job = Some(Trail { job: job_id, events: Vec::new(), head, checkpoints: Vec::new() });
                }
                Some(_) | None => self.problem(&job_id.to_string(), Fault::Missing),
            },
            AuditLine::Checkpoint(checkpoint) => {
                self.report.checkpoints += 1;
                match &mut self.job {
                    Some(trail) if trail.job == checkpoint.job_id => {
                        trail.checkpoints.push(checkpoint.clone());
                    }
                    Some(_) | None => self.problem(&checkpoint.job_id.to_string(), Fault::Missing),
                }
                self.checkpoints.insert((checkpoint.key, checkpoint.number), checkpoint);
            }
            AuditLine::End { jobs, events, checkpoints } => {
                let open = self.job.take();
                self.close(open);
                self.ended = true;
                let found = (self.report.jobs, self.report.events, self.report.checkpoints);
                if found != (jobs, events, checkpoints) {
                    self.problem("-", NO_EXPORT);
                }
            }
        }
    }

    /// What was found.
    pub fn finish(mut self) -> AuditReport {
        if !self.ended || self.trusted.is_none() {
            self.problem("-", NO_EXPORT);
        }
        let trusted = self.trusted.take().unwrap_or_default();
        let mut sequence = Sequence::new(&trusted);
        for checkpoint in std::mem::take(&mut self.checkpoints).values() {
            match sequence.take(checkpoint) {
                Ok(()) => {
                    let (key, number) = (checkpoint.key, checkpoint.number);
                    self.report.newest = Some(Newest { key, number, digest: checkpoint.digest() });
                }
                Err(fault) => self.problem(&checkpoint.job_id.to_string(), fault.into()),
            }
        }
        self.report
    }

    fn close(&mut self, trail: Option<Trail>) {
        let Some(trail) = trail else { return };
        self.report.jobs += 1;
        let removed = trail.was_removed(self.through);
        self.report.removed += u64::from(removed);
        let checked = if removed { trail.check_end() } else { trail.check() };
        if let Err(fault) = checked {
            self.problem(&trail.job.to_string(), fault);
        }
    }

    fn problem(&mut self, job: &str, what: Fault) {
        self.report.problems.push(AuditProblem { job: job.to_owned(), what });
    }
}
