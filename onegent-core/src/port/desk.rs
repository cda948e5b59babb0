//! The payment desk: where a person, and nobody else, lets money move.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::caller::Person;
use crate::charge::{Charge, ChargeHash};
use crate::error::Result;
use crate::id::{HoldId, JobId};
use crate::job::Job;
use crate::port::LivePage;

/// Review, confirm, decline, and say that the site got what it wanted from a person.
///
/// Apart from [`super::BookingService`] on purpose: it withholds this capability from everything that an assistant's
/// request can reach. It takes a [`Person`], which only a signed-in session gives.
#[async_trait]
pub trait PaymentDesk: Send + Sync {
    /// What waits for a confirmation. `nothing_to_confirm` when nothing does.
    async fn review(&self, person: &Person, job: JobId) -> Result<Review>;

    /// Lets exactly the charge `shown` be submitted, once. `charge_changed` when another waits by now; the same
    /// confirmation twice is answered as once.
    async fn confirm(&self, person: &Person, job: JobId, hold: HoldId, shown: ChargeHash) -> Result<Job>;

    /// Ends the job; nothing is charged.
    async fn decline(&self, person: &Person, job: JobId, hold: HoldId) -> Result<Job>;

    /// The person did what the site wanted (`needs_login`, `captcha`); the job goes on.
    async fn helped(&self, person: &Person, job: JobId) -> Result<Job>;

    /// The page on which the agent is, or waits, for the person whose job it is. Looking changes nothing.
    async fn live(&self, person: &Person, job: JobId) -> Result<Box<dyn LivePage>>;
}

/// All that the review page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// The job.
    pub job: Job,
    /// The hold.
    pub hold: HoldId,
    /// What would be charged.
    pub charge: Charge,
    /// Its hash, to be sent back with the confirmation.
    pub hash: ChargeHash,
    /// The charge that was confirmed before and no longer holds, when this one replaces it.
    pub replaces: Option<Charge>,
    /// The visible text of the page where the agent stands, as evidence.
    pub page_text: Option<String>,
    /// That page's address.
    pub page_url: Option<String>,
    /// When the offer to confirm ends.
    pub expires_at: Timestamp,
}
