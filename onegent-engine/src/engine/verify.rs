//! Checks the whole record: every audit chain, and what stands beside it.

use onegent_core::error::Result;

use super::Engine;
use crate::store::verify::{Fault, check};

/// How many jobs are in memory at a time.
const PAGE: u32 = 100;

/// What a check of the whole record found.
#[derive(Debug, Clone, Default)]
pub struct AuditReport {
    /// How many jobs were checked.
    pub jobs: u64,
    /// How many audit events were checked.
    pub events: u64,
    /// What is wrong; empty when the record is whole.
    pub problems: Vec<AuditProblem>,
}

/// Something wrong with one job's record.
#[derive(Debug, Clone)]
pub struct AuditProblem {
    /// The job's id as it is stored, which may be what was changed.
    pub job: String,
    /// What is wrong. Of several things the first.
    pub what: Fault,
}

impl Engine {
    /// Checks every job's audit chain byte by byte, that it is as long as its job says, and that states, submissions and
    /// confirmations agree with it.
    pub async fn verify_audit(&self) -> Result<AuditReport> {
        let mut report = AuditReport::default();
        let mut after: Option<String> = None;
        loop {
            let page = self.parts.store.stored(after.as_deref(), PAGE).await?;
            for job in &page {
                report.jobs += 1;
                report.events += job.events.len() as u64;
                if let Err(fault) = check(job) {
                    report.problems.push(AuditProblem { job: job.id.clone(), what: fault });
                }
            }
            match page.last() {
                Some(last) => after = Some(last.id.clone()),
                None => break,
            }
        }
        let strays = self.parts.store.strays().await?;
        report.problems.extend(strays.into_iter().map(|job| AuditProblem { job, what: Fault::Missing }));
        Ok(report)
    }
}
