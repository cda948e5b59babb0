//! The fake's payment desk.

use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use onegent_core::audit::{AuditDraft, AuditKind};
use onegent_core::caller::Person;
use onegent_core::charge::ChargeHash;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::id::{HoldId, JobId};
use onegent_core::job::Job;
use onegent_core::port::{HandsOff, LivePage, LivePicture, PaymentDesk, Review, Sight, Touch};
use onegent_core::status::JobStatus;

use super::Fake;
use crate::sample;

#[async_trait]
impl PaymentDesk for Fake {
    async fn review(&self, person: &Person, job: JobId) -> Result<Review> {
        self.state().desk_calls.push("review");
        let review = self.read(person.account, job, |kept| kept.review.clone())?;
        review.ok_or_else(|| Error::new(ErrorCode::NothingToConfirm, "Nothing waits for a confirmation."))
    }

    async fn confirm(&self, person: &Person, job: JobId, hold: HoldId, shown: ChargeHash) -> Result<Job> {
        self.state().desk_calls.push("confirm");
        let review = self.review(person, job).await?;
        if sample::now().duration_since(person.signed_in_at) > SignedDuration::from_hours(1) {
            return Err(Error::new(ErrorCode::NotSignedIn, "Sign in again to confirm."));
        }
        self.write(format!("confirm {job}"))?;
        if review.hold != hold || review.hash != shown {
            return Err(Error::new(
                ErrorCode::ChargeChanged,
                "The charge changed meanwhile; look at it again.",
            ));
        }
        self.change(job, AuditDraft::new(AuditKind::ChargeConfirmed, "Confirmed."), |job| {
            job.status = JobStatus::Running;
        });
        self.read(person.account, job, |kept| kept.job.clone())
    }

    async fn decline(&self, person: &Person, job: JobId, _: HoldId) -> Result<Job> {
        self.state().desk_calls.push("decline");
        self.review(person, job).await?;
        self.write(format!("decline {job}"))?;
        self.change(job, AuditDraft::new(AuditKind::ChargeDeclined, "Declined."), |job| {
            job.status = JobStatus::Cancelled;
        });
        self.read(person.account, job, |kept| kept.job.clone())
    }

    async fn helped(&self, person: &Person, job: JobId) -> Result<Job> {
        self.state().desk_calls.push("helped");
        self.read(person.account, job, |_| ())?;
        self.write(format!("helped {job}"))?;
        self.change(job, AuditDraft::new(AuditKind::PersonHelped, "Helped."), |job| {
            job.status = JobStatus::Queued;
        });
        self.read(person.account, job, |kept| kept.job.clone())
    }

    async fn live(&self, person: &Person, job: JobId) -> Result<Box<dyn LivePage>> {
        self.state().desk_calls.push("live");
        self.read(person.account, job, |_| ())?;
        Ok(Box::new(Flicker { shown: 0, seen: true, taken: false, over: false }))
    }
}

/// A page that is missing at first, and of which each picture has its number for its contents.
struct Flicker {
    shown: u8,
    seen: bool,
    taken: bool,
    over: bool,
}

#[async_trait]
impl LivePage for Flicker {
    async fn next(&mut self) -> Option<Sight> {
        if std::mem::take(&mut self.over) {
            return Some(Sight::HandsOff(HandsOff::HandedBack));
        }
        if !std::mem::take(&mut self.seen) {
            return std::future::pending().await;
        }
        self.shown += 1;
        if self.shown == 1 {
            self.seen = true;
            return Some(Sight::NoPage);
        }
        Some(Sight::Picture(LivePicture { width: 1280, height: 720, jpeg: vec![self.shown] }))
    }

    fn seen(&mut self) {
        self.seen = true;
    }

    async fn take_over(&mut self) -> Result<Duration> {
        if std::mem::replace(&mut self.taken, true) {
            return Err(Error::new(ErrorCode::NothingToConfirm, "It is yours already."));
        }
        Ok(Duration::from_mins(1))
    }

    fn touch(&mut self, touch: Touch) {
        // The next picture tells what came.
        self.shown = match touch {
            Touch::Type(typed) => u8::try_from(typed).unwrap(),
            Touch::Press(at, n) => u8::try_from(at.x).unwrap() + n,
            Touch::Wheel(_, down) => u8::try_from(down).unwrap(),
            Touch::Key(key) => key as u8,
            Touch::Move(_) | Touch::Release(..) => 1,
        };
        self.seen = true;
    }

    fn hand_back(&mut self) {
        self.over = true;
    }
}
