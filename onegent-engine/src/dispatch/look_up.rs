//! Reconciliation: what became of a submit whose outcome nobody read.
//!
//! Only once its lease and its permit are over, when no browser can still send it. It is never sent again.

use std::sync::Arc;
use std::time::Duration;

use onegent_core::audit::AuditDraft;
use onegent_core::job::{JobError, JobErrorCode};
use onegent_core::machine::{JobEvent, Outcome};
use onegent_core::status::JobStatus;

use crate::agent::LookUp;
use crate::fail_point::{self, FailPoint};
use crate::job_error::job_error;
use crate::parts::Parts;
use crate::store::record::JobRecord;
use crate::store::{Advance, StoreError};
use crate::trail;
use crate::worker::{charged, look_up_assignment};

/// How long one look-up has a job in hand before somebody else may ask.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);
/// How often a site that does not answer is asked.
const TRIES: u32 = 3;

/// Asks the site and settles the job.
pub(crate) async fn reconcile(parts: Arc<Parts>, record: JobRecord) {
    let answer = ask(&parts, &record).await;
    let word = answer.word();
    let (outcome, end) = settle(answer, &record);
    let trail = vec![trail::submit_unknown(), trail::reconciled(word), end];
    fail_point::reach(FailPoint::BeforeReconcile);
    let written = parts.store.advance(Advance::new(record.id, JobEvent::Reconcile { outcome }, trail)).await;
    fail_point::reach(FailPoint::AfterReconcile);
    match written {
        Ok(_) | Err(StoreError::Refused(_) | StoreError::LostRace) => {}
        // It stays due, and is asked again.
        Err(error) => tracing::error!(job = %record.id, %error, "a reconciled submit could not be written"),
    }
}

/// Asks a site that may need a moment, and more than once.
pub(crate) async fn ask(parts: &Parts, record: &JobRecord) -> LookUp {
    let Some(assignment) = look_up_assignment(parts, record) else { return LookUp::Unknown };
    for again in 1..=TRIES {
        let asked =
            tokio::time::timeout(PATIENCE / 6, parts.agent.look_up(&assignment, charged(record))).await;
        match asked {
            Ok(answer @ (LookUp::Found { .. } | LookUp::NotFound)) => return answer,
            Ok(LookUp::Unknown) | Err(_) if again < TRIES => {
                tokio::time::sleep(parts.config.backoff * again).await;
            }
            Ok(LookUp::Unknown) | Err(_) => {}
        }
    }
    LookUp::Unknown
}

/// What that makes of the job, and the end of its trail.
pub(crate) fn settle(answer: LookUp, record: &JobRecord) -> (Outcome, AuditDraft) {
    let site = record.provider.as_ref().map_or("the site", |provider| provider.as_str());
    let unknown = |message: &str| -> (Outcome, AuditDraft) {
        let error: JobError = job_error(JobErrorCode::SubmitOutcomeUnknown, message);
        let end = trail::failed(&error);
        (Outcome::Error { error }, end)
    };
    match answer {
        LookUp::Found { confirmation_code } => {
            (Outcome::Done { confirmation_code }, trail::completed(JobStatus::Done))
        }
        LookUp::NotFound => unknown(&format!(
            "The submit was interrupted, and {site}'s own look-up shows no such booking. It was not sent again. Check \
             the guest's mail and the card's statement before booking again."
        )),
        LookUp::Unknown => unknown(&format!(
            "The submit was interrupted, and what came of it could not be found out. It was not sent again. Look for the \
             booking at {site}, in the guest's mail and on the card's statement before booking again."
        )),
    }
}
