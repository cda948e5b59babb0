//! Stopping a job before its submit.

use anyhow::ensure;
use onegent_core::error::ErrorCode;
use onegent_core::status::JobStatus;

use super::{Subject, refused};

/// What waits for a person can be cancelled, once.
pub async fn a_waiting_job_is_cancelled_once(subject: &Subject) -> anyhow::Result<()> {
    let job = subject.at_rest("wren-court").await?;
    ensure!(job.status == JobStatus::PausedPayment, "{}", job.status);
    ensure!(job.links.confirm.is_some() && job.payment.is_some());
    let cancelled = subject.service.cancel(&subject.caller()?, job.job_id).await?;
    ensure!(cancelled.status == JobStatus::Cancelled && cancelled.completed_at.is_some());
    ensure!(cancelled.links.confirm.is_none(), "a cancelled job offers nothing to confirm");
    let again = subject.service.cancel(&subject.caller()?, job.job_id).await;
    refused(again, ErrorCode::JobNotCancellable)?;
    Ok(())
}

/// What is done stays done.
pub async fn a_finished_job_is_not_cancellable(subject: &Subject) -> anyhow::Result<()> {
    let job = subject.at_rest("carbone").await?;
    ensure!(job.status == JobStatus::Done && job.confirmation_code.is_some());
    let answer = subject.service.cancel(&subject.caller()?, job.job_id).await;
    refused(answer, ErrorCode::JobNotCancellable)?;
    ensure!(subject.service.job(&subject.caller()?, job.job_id).await?.status == JobStatus::Done);
    Ok(())
}
