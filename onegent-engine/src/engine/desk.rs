//! The payment desk: a signed-in person reviews, confirms, declines, helps.

use async_trait::async_trait;
use onegent_core::caller::Person;
use onegent_core::charge::ChargeHash;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::id::{HoldId, JobId};
use onegent_core::job::Job;
use onegent_core::machine::{JobEvent, JobState, Refused};
use onegent_core::port::{LivePage, PaymentDesk, Review};

use super::Engine;
use super::live::Viewing;
use crate::fail_point::{self, FailPoint};
use crate::parts::Parts;
use crate::store::record::{HoldStatus, JobRecord};
use crate::store::{Advance, Confirm, StoreError};
use crate::trail;

#[async_trait]
impl PaymentDesk for Engine {
    async fn review(&self, person: &Person, job: JobId) -> Result<Review> {
        let record = self.job_of(person.account, job).await?;
        let JobState::PausedPayment { hold: waiting, .. } = &record.state else {
            return Err(nothing_waits());
        };
        let held = record.hold.clone().filter(|held| held.id == waiting.id && held.hash == waiting.charge);
        let Some(held) = held.filter(|held| held.expires_at > self.parts.now()) else {
            return Err(nothing_waits());
        };
        let page = self.parts.store.hold_page(person.account, held.id).await?.ok_or_else(nothing_waits)?;
        Ok(Review {
            job: self.view(record),
            hold: held.id,
            charge: held.charge,
            hash: held.hash,
            replaces: page.replaces,
            page_text: page.text,
            page_url: page.url,
            expires_at: held.expires_at,
        })
    }

    async fn confirm(&self, person: &Person, job: JobId, hold: HoldId, shown: ChargeHash) -> Result<Job> {
        let record = self.job_of(person.account, job).await?;
        may_confirm(&self.parts, person, &record).await?;
        let fresh = self.parts.config.fresh_session;
        let proven = self.parts.config.fresh_code;
        let confirm =
            Confirm { job, account: person.account, session: person.session, hold, shown, fresh, proven };
        match self.parts.store.confirm(confirm).await {
            Ok(record) => {
                fail_point::reach(FailPoint::AfterConfirm);
                Ok(self.view(record))
            }
            Err(StoreError::NotPermitted(_)) => Err(sign_in_again()),
            Err(StoreError::Refused(Refused::OtherCharge)) => Err(charge_changed()),
            Err(StoreError::Refused(_)) => {
                let record = self.job_of(person.account, job).await?;
                self.confirmed_before(record, hold, shown)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn decline(&self, person: &Person, job: JobId, hold: HoldId) -> Result<Job> {
        self.job_of(person.account, job).await?;
        let trail = trail::declined(hold, person.session).to_vec();
        match self.parts.store.advance(Advance::new(job, JobEvent::Decline { hold }, trail)).await {
            Ok(record) => {
                self.parts.agent.let_go(job);
                Ok(self.view(record))
            }
            Err(StoreError::Refused(Refused::OtherCharge)) => Err(charge_changed()),
            Err(StoreError::Refused(_)) => {
                let record = self.job_of(person.account, job).await?;
                let before =
                    record.hold.as_ref().is_some_and(|h| h.id == hold && h.status == HoldStatus::Declined);
                if before { Ok(self.view(record)) } else { Err(nothing_waits()) }
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn helped(&self, person: &Person, job: JobId) -> Result<Job> {
        self.job_of(person.account, job).await?;
        let helped = Advance::new(job, JobEvent::PersonHelped, vec![trail::person_helped()]);
        match self.parts.store.advance(helped).await {
            Ok(record) => Ok(self.view(record)),
            Err(StoreError::Refused(_)) => {
                Err(Error::new(ErrorCode::NothingToConfirm, "The job does not wait for help at the site."))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn live(&self, person: &Person, job: JobId) -> Result<Box<dyn LivePage>> {
        let record = self.job_of(person.account, job).await?;
        if record.person != person.id {
            let message = "Only the person whose key or app asked for this booking sees its page.";
            return Err(Error::new(ErrorCode::NotYours, message));
        }
        Ok(Box::new(Viewing::new(&self.parts, &record, person.clone())))
    }
}

impl Engine {
    /// The same confirmation twice is answered as once.
    fn confirmed_before(&self, record: JobRecord, hold: HoldId, shown: ChargeHash) -> Result<Job> {
        let before = record.hold.as_ref().is_some_and(|held| {
            let confirmed = matches!(held.status, HoldStatus::Confirmed | HoldStatus::Redeemed);
            confirmed && held.id == hold && held.hash == shown
        });
        if before { Ok(self.view(record)) } else { Err(nothing_waits()) }
    }
}

/// Whose charge it is, and whether they have proven themselves as the account wants.
pub(super) async fn may_confirm(parts: &Parts, person: &Person, record: &JobRecord) -> Result<()> {
    if record.person != person.id {
        let message = "Only the person whose key or app asked for this booking can confirm its charge. Nothing was charged.";
        return Err(Error::new(ErrorCode::NotYours, message));
    }
    let account = parts.store.account(person.account).await?;
    let needed = account.is_some_and(|account| account.confirm_needs_code);
    let fresh = |at| at + parts.config.fresh_code > parts.now();
    if needed && !person.proven_at.is_some_and(fresh) {
        let message = "This account wants a code of your second factor before a charge. Nothing was charged.";
        return Err(Error::new(ErrorCode::SecondFactorRequired, message));
    }
    if person.signed_in_at + parts.config.fresh_session <= parts.now() {
        return Err(sign_in_again());
    }
    Ok(())
}

fn nothing_waits() -> Error {
    Error::new(
        ErrorCode::NothingToConfirm,
        "Nothing of this job waits for a confirmation. Nothing was charged by this.",
    )
}

fn charge_changed() -> Error {
    let message = "The site asks for something else by now. Nothing was charged; review the new charge.";
    Error::new(ErrorCode::ChargeChanged, message)
}

fn sign_in_again() -> Error {
    let message = "Sign in again to confirm a charge: the session is too old or over. Nothing was charged.";
    Error::new(ErrorCode::NotSignedIn, message)
}
