//! The wording of the audit events that the job machine itself writes. The agent words its own.
//!
//! No event carries a guest's details, a secret, or text from a page.

use jiff::Timestamp;
use onegent_core::audit::{AuditDraft, AuditKind, AuditLevel};
use onegent_core::caller::Environment;
use onegent_core::charge::{Charge, ChargeHash};
use onegent_core::id::{HoldId, SessionId};
use onegent_core::job::JobError;
use onegent_core::machine::{JobState, Permit, PersonWanted, SubmitKind};
use onegent_core::port::HandsOff;
use onegent_core::request::BookingRequest;
use onegent_core::status::JobStatus;
use onegent_core::text::ProviderId;

pub(crate) fn created(request: &BookingRequest, environment: Environment) -> AuditDraft {
    let draft = AuditDraft::new(AuditKind::JobCreated, "The job was accepted.")
        .with("scenario", request.scenario().as_str())
        .with("environment", environment.as_str());
    match request.site() {
        Some(site) => draft.with("site", site.provider().as_str()),
        None => draft,
    }
}

pub(crate) fn started(epoch: u64, attempt: u32) -> AuditDraft {
    AuditDraft::new(AuditKind::JobStarted, "A worker took the job.")
        .with("epoch", epoch)
        .with("attempt", attempt)
}

pub(crate) fn given_back() -> AuditDraft {
    AuditDraft::new(
        AuditKind::JobReleased,
        "The worker is going down and gave the job back; nothing was submitted.",
    )
}

pub(crate) fn tried_again(error: &JobError, not_before: Timestamp) -> AuditDraft {
    let mut draft = AuditDraft::new(AuditKind::JobReleased, "The run failed; the job is tried again.")
        .with("code", error.code.as_str())
        .with("reason", error.message.as_str())
        .with("notBefore", not_before.to_string());
    draft.level = AuditLevel::Warn;
    draft
}

pub(crate) fn worker_lost(epoch: u64) -> AuditDraft {
    let message = "The worker is gone; nothing was submitted, and another one may take the job.";
    AuditDraft::new(AuditKind::WorkerLost, message).with("epoch", epoch)
}

pub(crate) fn person_wanted(wanted: PersonWanted) -> AuditDraft {
    match wanted {
        PersonWanted::Login => AuditDraft::new(
            AuditKind::NeedsLogin,
            "The site wants the guest's own account. A person has to help.",
        ),
        PersonWanted::Captcha => {
            AuditDraft::new(AuditKind::Captcha, "The site wants proof of a human. A person has to help.")
        }
    }
}

pub(crate) fn person_helped() -> AuditDraft {
    AuditDraft::new(AuditKind::PersonHelped, "A person did what the site wanted; the job goes on.")
}

pub(crate) fn paused(hold: HoldId, charge: &Charge, hash: ChargeHash) -> AuditDraft {
    let message = "The agent stands at payment. A signed-in person has to confirm; nothing was submitted.";
    with_charge(AuditDraft::new(AuditKind::PausedPayment, message), hold, charge, hash)
}

pub(crate) fn charge_changed(before: HoldId, hold: HoldId, charge: &Charge, hash: ChargeHash) -> AuditDraft {
    let message = "What the site asks is no longer what was confirmed. That confirmation is void.";
    with_charge(AuditDraft::new(AuditKind::ChargeChanged, message), hold, charge, hash)
        .with("replaces", before.to_string())
}

fn with_charge(draft: AuditDraft, hold: HoldId, charge: &Charge, hash: ChargeHash) -> AuditDraft {
    let draft = draft
        .with("hold", hold.to_string())
        .with("charge", hash.to_string())
        .with("provider", charge.provider.as_str())
        .with("merchant", charge.merchant.as_str());
    match charge.amount {
        None => draft,
        Some(amount) => {
            draft.with("amount", amount.value().to_string()).with("currency", amount.currency().code())
        }
    }
}

pub(crate) fn confirmed(hold: HoldId, charge: ChargeHash, session: SessionId) -> AuditDraft {
    AuditDraft::new(AuditKind::ChargeConfirmed, "A signed-in person confirmed exactly this charge.")
        .with("hold", hold.to_string())
        .with("charge", charge.to_string())
        .with("session", session.to_string())
}

pub(crate) fn declined(hold: HoldId, session: SessionId) -> [AuditDraft; 2] {
    let declined = AuditDraft::new(
        AuditKind::ChargeDeclined,
        "A signed-in person declined the charge. Nothing was charged.",
    );
    [declined.with("hold", hold.to_string()).with("session", session.to_string()), cancelled()]
}

pub(crate) fn cancelled() -> AuditDraft {
    AuditDraft::new(AuditKind::JobCancelled, "The job was stopped before any submit.")
}

/// It was open in a backup that was brought back.
pub(crate) fn brought_back() -> AuditDraft {
    let message = "The job was open when a backup was made, and may have been submitted since. It was stopped when the \
         backup was brought back; look at the site before booking again.";
    AuditDraft::new(AuditKind::JobCancelled, message)
}

/// The job waited in this state when its time was over.
pub(crate) fn expired(waited: &JobState) -> AuditDraft {
    let message = if matches!(waited, JobState::Confirmed { .. }) {
        "The confirmed offer ended before it could be submitted. Nothing was charged."
    } else {
        "Nobody came in time. Nothing was charged."
    };
    AuditDraft::new(AuditKind::JobExpired, message)
}

pub(crate) fn offer_over() -> AuditDraft {
    let message = "The confirmed offer ended before the submit was permitted; nothing was charged.";
    AuditDraft::new(AuditKind::JobReleased, message)
}

pub(crate) fn submit_started(permit: &Permit, provider: &ProviderId) -> AuditDraft {
    let draft =
        AuditDraft::new(AuditKind::SubmitStarted, "The one permit was written down; the submit follows.")
            .with("permit", permit.id.to_string())
            .with("provider", provider.as_str())
            .with("deadline", permit.deadline.to_string());
    match permit.kind {
        SubmitKind::Reserve => draft.with("kind", "reserve"),
        SubmitKind::Charge { hold, charge } => {
            draft.with("kind", "charge").with("hold", hold.to_string()).with("charge", charge.to_string())
        }
    }
}

/// Whatever a person presses is their own: this is written before anything that may submit is let out.
pub(crate) fn confirmed_by_hand(hold: HoldId, charge: ChargeHash, session: SessionId) -> AuditDraft {
    let message = "The person who took the page over pressed something that may take this charge. That is their own \
         confirmation; what they paid is what the site showed them.";
    AuditDraft::new(AuditKind::ChargeConfirmed, message)
        .with("hold", hold.to_string())
        .with("charge", charge.to_string())
        .with("session", session.to_string())
        .with("by", "hand")
}

pub(crate) fn submit_by_hand(permit: &Permit, provider: &ProviderId) -> AuditDraft {
    let message = "The person who took the page over sent something that may be the booking. The agent never books this \
         again.";
    AuditDraft { message: message.to_owned(), ..submit_started(permit, provider) }.with("by", "hand")
}

pub(crate) fn taken_over(session: SessionId) -> AuditDraft {
    let message =
        "A signed-in person took the page over. Whatever they press there is their own confirmation of it.";
    AuditDraft::new(AuditKind::TakenOver, message).with("session", session.to_string())
}

pub(crate) fn handed_back(how: HandsOff) -> AuditDraft {
    let message = match how {
        HandsOff::HandedBack => "The person gave the page back.",
        HandsOff::TimeOver => "The person's time with the page was over.",
        HandsOff::Left => "The person went away from the page.",
        HandsOff::PageGone => "The page that the person had is gone.",
        HandsOff::MovedOn => "The job went on without the person who had its page.",
    };
    AuditDraft::new(AuditKind::HandedBack, message).with("how", how.as_str())
}

pub(crate) fn submit_finished(outcome: &'static str) -> AuditDraft {
    AuditDraft::new(AuditKind::SubmitFinished, "The submit's outcome was read.").with("outcome", outcome)
}

pub(crate) fn submit_unknown() -> AuditDraft {
    let message =
        "The submit's outcome could not be read. It is never sent again; the site's own look-up is asked.";
    AuditDraft::new(AuditKind::SubmitUnknown, message)
}

pub(crate) fn reconciled(found: &'static str) -> AuditDraft {
    let message = "The site's own booking look-up was asked what became of the submit.";
    AuditDraft::new(AuditKind::SubmitReconciled, message).with("answer", found)
}

pub(crate) fn completed(status: JobStatus) -> AuditDraft {
    let booked = status == JobStatus::Done;
    let message = if booked { "The booking is made." } else { "The site has nothing that fits." };
    AuditDraft::new(AuditKind::JobCompleted, message).with("outcome", status.as_str())
}

pub(crate) fn failed(error: &JobError) -> AuditDraft {
    AuditDraft::new(AuditKind::JobFailed, error.message.as_str()).with("code", error.code.as_str())
}
