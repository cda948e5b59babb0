//! From a stored confirmation to the one permit.

use std::time::Duration;

use onegent_core::id::{JobId, PermitId};

use super::{ChargeConfirmation, SubmitPermit};
use crate::agent::{ControlError, SubmitIntent};
use crate::fail_point::{self, FailPoint};
use crate::store::record::{HoldStatus, JobRecord};
use crate::store::{Redeem, Store, StoreError};

/// The confirmation that a job carries does not agree with the hold that it names.
#[derive(Debug, thiserror::Error)]
#[error("the job's confirmation and its hold disagree")]
pub(crate) struct Disagree;

/// The confirmation that a claimed job carries, read back from the hold that a person confirmed. `None` when it
/// carries none.
pub(crate) fn carried(record: &JobRecord) -> Result<Option<ChargeConfirmation>, Disagree> {
    let Some(approval) = record.approval() else { return Ok(None) };
    let hold = record.hold.as_ref().ok_or(Disagree)?;
    let same = hold.id == approval.hold.id
        && hold.status == HoldStatus::Confirmed
        && hold.hash == approval.hold.charge
        && hold.charge.hash(record.id) == hold.hash;
    if !same {
        return Err(Disagree);
    }
    Ok(Some(ChargeConfirmation {
        job: record.id,
        hold: hold.id,
        charge: hold.charge.clone(),
        hash: hold.hash,
    }))
}

/// Uses up the intent for the one permit that the job can ever have.
///
/// **Invariant:** a charge gets its permit only when what was read just now is what was confirmed, by hash. Held by
/// `another_charge_than_the_confirmed_one_gets_no_permit`.
pub(crate) async fn redeem(
    store: &dyn Store,
    job: JobId,
    epoch: u64,
    intent: SubmitIntent,
    permit: PermitId,
    ttl: Duration,
) -> Result<SubmitPermit, ControlError> {
    let (provider, booking, charge) = match intent {
        SubmitIntent::Reserve { provider, booking } => (provider, booking, None),
        SubmitIntent::Charge { confirmation, read } => {
            let ChargeConfirmation { job: confirmed_for, hold, hash, charge: _ } = confirmation;
            let read_hash = read.hash(job);
            if confirmed_for != job || read_hash != hash {
                return Err(ControlError::NotPermitted(
                    "the charge is not the one that was confirmed".to_owned(),
                ));
            }
            (read.provider, read.description, Some((hold, read_hash)))
        }
    };
    fail_point::reach(FailPoint::BeforePermit);
    let permit = store.redeem(Redeem { job, epoch, permit, ttl, provider, booking, charge }).await?;
    fail_point::reach(FailPoint::AfterPermit);
    Ok(SubmitPermit { job, permit })
}

impl From<StoreError> for ControlError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound | StoreError::Refused(_) | StoreError::LostRace => Self::Lost,
            StoreError::NotPermitted(why) => Self::NotPermitted(why.to_owned()),
            StoreError::Full
            | StoreError::OverQuota(_)
            | StoreError::Corrupt { .. }
            | StoreError::Unavailable(_) => Self::Unavailable(Box::new(error)),
        }
    }
}
