//! The one permit: a submission record is written before anything irreversible is sent, or nothing is sent.
//!
//! **Invariant:** a job has at most one submission, ever (`submissions.job_id` is the primary key), written only by the
//! statements here: for a run under the newest lease, and for a charge only on a confirmed hold of the same hash that is
//! neither over nor used; for a person's own hand only where no run has the job, and at payment on the open hold. Held by `at_most_one_of_many_redeems_wins` and its neighbours in the store suite.

use onegent_core::machine::{JobEvent, JobState, Lease, Permit, SubmitKind};

use super::jobs::{load, write};
use super::query::query;
use super::row::int;
use super::tx::{Only, Tx};
use crate::store::change::Change;
use crate::store::record::{HoldStatus, JobRecord};
use crate::store::{ByHand, Redeem, StoreError};
use crate::trail;

const PERMIT_RESERVE: &str = "INSERT INTO submissions (job_id, permit_id, kind, provider, epoch, deadline, started_at) \
     SELECT j.id, $2, 'reserve', $3, j.epoch, $4, $5 FROM jobs j \
     WHERE j.id = $1 AND j.state = 'running' AND j.epoch = $6 AND j.lease_until > $5 \
     AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.job_id = j.id AND h.status IN ('open', 'confirmed')) \
     AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.job_id = j.id)";
const PERMIT_CHARGE: &str = "INSERT INTO submissions (job_id, permit_id, kind, provider, hold_id, charge_hash, epoch, \
     deadline, started_at) \
     SELECT j.id, $2, 'charge', $3, h.id, h.hash, j.epoch, $4, $5 FROM jobs j JOIN holds h ON h.id = j.hold_id \
     WHERE j.id = $1 AND j.state = 'running' AND j.epoch = $6 AND j.lease_until > $5 \
     AND h.id = $7 AND h.job_id = j.id AND h.hash = $8 AND h.status = 'confirmed' AND h.expires_at > $5 \
     AND h.redeemed_at IS NULL AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.job_id = j.id)";
const USE_UP_HOLD: &str = "UPDATE holds SET status = 'redeemed', redeemed_at = $2 \
     WHERE id = $1 AND status = 'confirmed' AND redeemed_at IS NULL AND expires_at > $2";

const HAND_RESERVE: &str = "INSERT INTO submissions (job_id, permit_id, kind, provider, epoch, deadline, started_at) \
     SELECT j.id, $2, 'reserve', $3, $6, $4, $5 FROM jobs j WHERE j.id = $1 AND j.state = 'needs_person' \
     AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.job_id = j.id AND h.status IN ('open', 'confirmed')) \
     AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.job_id = j.id)";
const HAND_CHARGE: &str = "INSERT INTO submissions (job_id, permit_id, kind, provider, hold_id, charge_hash, epoch, \
     deadline, started_at) \
     SELECT j.id, $2, 'charge', $3, h.id, h.hash, $6, $4, $5 FROM jobs j JOIN holds h ON h.id = j.hold_id \
     WHERE j.id = $1 AND j.state = 'paused_payment' AND h.id = $7 AND h.job_id = j.id AND h.hash = $8 \
     AND h.status = 'open' AND h.expires_at > $5 AND h.redeemed_at IS NULL \
     AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.job_id = j.id)";
const USE_UP_BY_HAND: &str = "UPDATE holds SET status = 'redeemed', confirmed_by = $3, confirmed_at = $2, redeemed_at = $2 \
     WHERE id = $1 AND status = 'open' AND redeemed_at IS NULL AND expires_at > $2";

/// Writes down that a person may be submitting by hand.
pub(super) async fn by_hand(mut tx: Tx<'_>, hand: ByHand) -> Result<JobRecord, StoreError> {
    tx.only(Only::Job(hand.job)).await?;
    let record = load(tx.conn, hand.job).await?;
    let (Some(turn), Some(provider)) = (record.state.turn(), record.provider.clone()) else {
        return Err(StoreError::NotPermitted("the job has ended, or stands on no site"));
    };
    let charge = match &record.state {
        JobState::PausedPayment { hold, .. } => Some((hold.id, hold.charge)),
        JobState::NeedsPerson { .. } => None,
        JobState::Queued { .. }
        | JobState::Running { .. }
        | JobState::Confirmed { .. }
        | JobState::Submitting { .. }
        | JobState::Done { .. }
        | JobState::NoAvailability { .. }
        | JobState::Error { .. }
        | JobState::Cancelled
        | JobState::Expired => return Err(StoreError::NotPermitted("the job waits for nobody's hand")),
    };
    let kind = charge.map_or(SubmitKind::Reserve, |(hold, charge)| SubmitKind::Charge { hold, charge });
    let (epoch, until) = (turn.epoch + 1, tx.now + hand.ttl);
    let permit = Permit { id: hand.permit, kind, deadline: until };
    let mut permitting = query(if charge.is_some() { HAND_CHARGE } else { HAND_RESERVE })
        .bind(hand.job.to_string())
        .bind(permit.id.to_string())
        .bind(provider.as_str())
        .bind(until.as_millisecond())
        .bind(tx.now.as_millisecond())
        .bind(int(epoch));
    if let Some((hold, hash)) = charge {
        permitting = permitting.bind(hold.to_string()).bind(hash.to_string());
    }
    if permitting.execute(tx.conn).await? != 1 {
        return Err(StoreError::NotPermitted("the offer or the one submit is used up"));
    }
    let mut trail = Vec::new();
    if let Some((hold, hash)) = charge {
        let used = query(USE_UP_BY_HAND)
            .bind(hold.to_string())
            .bind(tx.now.as_millisecond())
            .bind(hand.session.to_string())
            .execute(tx.conn)
            .await?;
        if used != 1 {
            return Err(StoreError::NotPermitted("the offer is used up"));
        }
        trail.push(trail::confirmed_by_hand(hold, hash, hand.session));
    }
    trail.push(trail::submit_by_hand(&permit, &provider));
    let lease = Lease { worker: hand.worker, until };
    let event = JobEvent::SubmitByHand { epoch, lease, permit };
    let mut after = Change::by(record, event, trail, tx.now).map_err(StoreError::Refused)?;
    if let (Some(hold), Some(_)) = (&mut after.record.hold, charge) {
        hold.status = HoldStatus::Redeemed;
    }
    write(&mut tx, after).await
}

pub(super) async fn redeem(mut tx: Tx<'_>, redeem: Redeem) -> Result<Permit, StoreError> {
    tx.only(Only::Job(redeem.job)).await?;
    let kind = match redeem.charge {
        None => SubmitKind::Reserve,
        Some((hold, charge)) => SubmitKind::Charge { hold, charge },
    };
    let permit = Permit { id: redeem.permit, kind, deadline: tx.now + redeem.ttl };
    let statement = if redeem.charge.is_none() { PERMIT_RESERVE } else { PERMIT_CHARGE };
    let mut permitting = query(statement)
        .bind(redeem.job.to_string())
        .bind(permit.id.to_string())
        .bind(redeem.provider.as_str())
        .bind(permit.deadline.as_millisecond())
        .bind(tx.now.as_millisecond())
        .bind(int(redeem.epoch));
    if let Some((hold, hash)) = redeem.charge {
        permitting = permitting.bind(hold.to_string()).bind(hash.to_string());
    }
    if permitting.execute(tx.conn).await? != 1 {
        return Err(StoreError::NotPermitted("the lease, the confirmation or the one submit is used up"));
    }
    if let Some((hold, _)) = redeem.charge {
        let used =
            query(USE_UP_HOLD).bind(hold.to_string()).bind(tx.now.as_millisecond()).execute(tx.conn).await?;
        if used != 1 {
            return Err(StoreError::NotPermitted("the confirmation was used up"));
        }
    }
    let record = load(tx.conn, redeem.job).await?;
    let event = JobEvent::StartSubmit { epoch: redeem.epoch, permit };
    let trail = vec![trail::submit_started(&permit, &redeem.provider)];
    let mut change = Change::by(record, event, trail, tx.now).map_err(StoreError::Refused)?;
    if let (Some(hold), Some(_)) = (&mut change.record.hold, redeem.charge) {
        hold.status = HoldStatus::Redeemed;
    }
    change.record.provider = Some(redeem.provider);
    change.record.booking = Some(redeem.booking);
    write(&mut tx, change).await?;
    Ok(permit)
}
