//! The job object, made in this one place out of a record.

use jiff::Timestamp;
use onegent_core::id::JobId;
use onegent_core::job::{Job, Links, Payment, Progress};
use onegent_core::machine::{JobEvent, JobState};
use onegent_core::text::Text;

use crate::store::record::{HoldRecord, HoldStatus, JobRecord};

/// A record as its owner sees it at `now`. What is over is shown as over, even before the sweep has written it down.
pub(crate) fn job(record: JobRecord, now: Timestamp, public_url: &str) -> Job {
    let lapsed = record.state.clone().apply(JobEvent::Expire, now);
    let completed_at = record.completed_at.or(lapsed.is_ok().then(|| record.state.due_at()).flatten());
    let state = lapsed.unwrap_or(record.state);
    let status = state.status();
    let page = job_page(public_url, record.id);
    let api = format!("{public_url}/api/v1/execution-jobs/{}", record.id);
    let paused = matches!(state, JobState::PausedPayment { .. });
    let payment = record.hold.filter(|hold| shown(hold, &state)).map(|hold| Payment {
        amount: hold.charge.amount,
        merchant: hold.charge.merchant,
        description: hold.charge.description,
        confirm_url: page.clone(),
        expires_at: hold.expires_at,
    });
    let reminder = paused_until(&state).and_then(|until| reminder(until, now));
    let handoff_url = matches!(state, JobState::NeedsPerson { .. }).then(|| page.clone());
    let (confirmation_code, alternatives, error) = match state {
        JobState::Done { confirmation_code } => (confirmation_code, Vec::new(), None),
        JobState::NoAvailability { alternatives } => (None, alternatives, None),
        JobState::Error { error } => (None, Vec::new(), Some(error)),
        JobState::Queued { .. }
        | JobState::Running { .. }
        | JobState::NeedsPerson { .. }
        | JobState::PausedPayment { .. }
        | JobState::Confirmed { .. }
        | JobState::Submitting { .. }
        | JobState::Cancelled
        | JobState::Expired => (None, Vec::new(), None),
    };
    Job {
        job_id: record.id,
        status,
        scenario: record.request.scenario(),
        environment: record.environment,
        provider: record.provider.or_else(|| record.request.site().map(|site| site.provider().clone())),
        // What was taken may differ from what was asked for: another time within the consent, the hotel that was found.
        summary: record.booking.map_or_else(|| record.request.summary(), |booking| booking.to_string()),
        request: record.request,
        progress: reminder.or(record.progress.filter(|_| !status.is_terminal())),
        confirmation_code,
        payment,
        alternatives,
        handoff_url,
        error,
        attempt: record.attempt,
        created_at: record.created_at,
        updated_at: record.updated_at,
        completed_at,
        links: Links {
            audit: format!("{api}/audit"),
            events: format!("{api}/events"),
            this: api,
            confirm: paused.then_some(page),
        },
    }
}

fn paused_until(state: &JobState) -> Option<Timestamp> {
    if let JobState::PausedPayment { hold, .. } = state { Some(hold.expires_at) } else { None }
}

/// What a paused job does: it waits, and for how much longer. Whole minutes, rounded down, so that nobody is late by it.
fn reminder(until: Timestamp, now: Timestamp) -> Option<Progress> {
    let minutes = until.duration_since(now).as_mins().max(0);
    let left = match minutes {
        0 => "in less than a minute".to_owned(),
        1 => "in 1 minute".to_owned(),
        _ => format!("in {minutes} minutes"),
    };
    let message = Text::fit(&format!("Waits for your person; expires {left}."))?;
    Some(Progress { step: Text::fit("payment")?, message })
}

/// Where a signed-in person sees the job, confirms its charge, or helps.
fn job_page(public_url: &str, id: JobId) -> String {
    format!("{public_url}/jobs/{id}")
}

/// A charge is shown while it waits and after it was confirmed, never once it is void.
fn shown(hold: &HoldRecord, state: &JobState) -> bool {
    match hold.status {
        HoldStatus::Open => matches!(state, JobState::PausedPayment { .. }),
        HoldStatus::Confirmed => !matches!(state, JobState::Expired),
        HoldStatus::Redeemed => true,
        HoldStatus::Declined | HoldStatus::Void | HoldStatus::Expired => false,
    }
}
