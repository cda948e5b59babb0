//! Scopes and scenarios.

use std::time::Duration;

use anyhow::ensure;
use onegent_core::caller::Credential;
use onegent_core::error::ErrorCode;
use onegent_core::port::{AuditQuery, JobFilter};

use super::{Subject, bounded, refused, request};
use crate::world::caller;

/// A key without `book` neither makes nor cancels.
pub async fn a_reader_changes_nothing(subject: &Subject) -> anyhow::Result<()> {
    let reader = caller(subject.read_only.clone())?;
    refused(subject.service.create(&reader, request("carbone")?).await, ErrorCode::InsufficientScope)?;
    let job = subject.at_rest("la-verriere-bleue").await?;
    refused(subject.service.cancel(&reader, job.job_id).await, ErrorCode::InsufficientScope)?;
    ensure!(subject.service.job(&reader, job.job_id).await?.status == job.status);
    subject.service.cancel(&subject.caller()?, job.job_id).await?;
    Ok(())
}

/// A key without `read` sees nothing, not even what it made.
pub async fn a_booker_sees_nothing(subject: &Subject) -> anyhow::Result<()> {
    let booker = caller(subject.book_only.clone())?;
    let id = subject.service.create(&booker, request("carbone")?).await?.job.job_id;
    let denied = ErrorCode::InsufficientScope;
    let (service, filter) =
        (&subject.service, JobFilter { status: None, scenario: None, limit: bounded(1)?, cursor: None });
    refused(service.job(&booker, id).await, denied)?;
    refused(service.list(&booker, filter).await, denied)?;
    refused(service.audit(&booker, id, AuditQuery { after: 0, limit: bounded(1)? }).await, denied)?;
    refused(service.watch(&booker, id, 0, Duration::ZERO).await, denied)?;
    refused(service.providers(&booker).await, denied)?;
    refused(service.provider_metrics(&booker, "table".parse()?, bounded(30)?).await, denied)?;
    subject.rest(id).await?;
    Ok(())
}

/// A key for hotels books hotels.
pub async fn other_scenarios_than_the_keys_are_refused(subject: &Subject) -> anyhow::Result<()> {
    let hotels = caller(subject.hotels_only.clone())?;
    for other in ["carbone", "cobalt-jfk-lax", "covered-passages"] {
        refused(subject.service.create(&hotels, request(other)?).await, ErrorCode::ScenarioNotAllowed)?;
    }
    let id = subject.service.create(&hotels, request("albergo-pineta")?).await?.job.job_id;
    subject.rest(id).await?;
    Ok(())
}

/// Nobody who shows nothing gets anything.
pub async fn without_a_credential_nothing_is_answered(subject: &Subject) -> anyhow::Result<()> {
    let stranger = match &subject.everything {
        // The client has a key of its own for callers who bring none; what it was given must not be known.
        Credential::Forwarded(_) => Credential::Forwarded(format!("ogk_test_{}", "A".repeat(32)).into()),
        Credential::Verified(_) | Credential::Missing => Credential::Missing,
    };
    let nobody = caller(stranger)?;
    let answer = subject.service.create(&nobody, request("carbone")?).await;
    let code = answer.as_ref().err().map(onegent_core::error::Error::code);
    let wanted = [ErrorCode::MissingAuthorization, ErrorCode::InvalidApiKey];
    ensure!(code.is_some_and(|code| wanted.contains(&code)), "{answer:?}");
    Ok(())
}
