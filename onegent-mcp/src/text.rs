//! Results as text, for a model with two hundred tokens of attention: the outcome first, then what its person has to do,
//! then when to ask again.

use onegent_core::audit::AuditEvent;
use onegent_core::caller::Environment;
use onegent_core::job::{Alternative, Job, JobErrorCode};
use onegent_core::port::AuditPage;
use onegent_core::status::JobStatus;

/// Alternatives that are told; the structured result has all.
const MOST_ALTERNATIVES: usize = 6;
/// Audit events that are told; the structured result has all.
const MOST_EVENTS: usize = 12;

/// A job, as an answer to whoever asked for it.
pub(crate) fn job(job: &Job) -> String {
    let mut lines = match job.status {
        JobStatus::Queued => queued(job),
        JobStatus::Running => running(job),
        JobStatus::PausedPayment => paused_payment(job),
        JobStatus::NeedsLogin => needs_person(job, "The booking site wants the guest's own login"),
        JobStatus::Captcha => needs_person(job, "The booking site wants proof of a human"),
        JobStatus::Done => done(job),
        JobStatus::NoAvailability => no_availability(job),
        JobStatus::Error => error(job),
        JobStatus::Cancelled => vec![format!("Cancelled: {}. Nothing was booked or charged.", job.summary)],
        JobStatus::Expired => vec![
            format!("Expired: {}. Nobody confirmed in time; nothing was booked or charged.", job.summary),
            "If it is still wanted, a new booking can be started.".to_owned(),
        ],
    };
    if job.environment == Environment::Test {
        lines.push("Test environment: a practice site, no real venue and no real money.".to_owned());
    }
    lines.push(format!("jobId: {}", job.job_id));
    lines.join("\n")
}

fn queued(job: &Job) -> Vec<String> {
    let outcome = format!("Queued: {}. Nothing is booked yet.", job.summary);
    vec![
        outcome,
        "Ask get_job_status with waitSeconds 50, or in 15-30 seconds; it usually takes 1-2 minutes and goes on if you stop asking."
            .to_owned(),
    ]
}

fn running(job: &Job) -> Vec<String> {
    let place = job.provider.as_ref().map_or(String::new(), |provider| format!(" on {provider}"));
    let now = job.progress.as_ref().map_or(String::new(), |progress| format!(" Now: {}", progress.message));
    let outcome = format!("In progress{place}: {}. No outcome yet.{now}", job.summary);
    vec![outcome, "Ask get_job_status again with waitSeconds 50, or in 15-30 seconds.".to_owned()]
}

fn paused_payment(job: &Job) -> Vec<String> {
    let Some(payment) = &job.payment else {
        return needs_person(job, "A payment waits for your person");
    };
    let amount = payment.amount.map_or_else(|| "not named by the site".to_owned(), |money| money.to_string());
    let left = job.progress.as_ref().map_or(String::new(), |progress| format!(" {}", progress.message));
    vec![
        format!(
            "Payment waits for your person; nothing was charged. Amount: {amount}. Merchant: \"{}\". For: \"{}\".",
            payment.merchant, payment.description
        ),
        format!(
            "Your person must open {} and press Confirm charge before {}.{left} You cannot confirm for them.",
            payment.confirm_url, payment.expires_at
        ),
        "Tell them the amount, the merchant and the link. Ask get_job_status again with waitSeconds 50, or 15-30 seconds after \
         they confirmed."
            .to_owned(),
    ]
}

fn needs_person(job: &Job, why: &str) -> Vec<String> {
    let page = job.handoff_url.as_ref().or(job.links.confirm.as_ref()).unwrap_or(&job.links.this);
    vec![
        format!("{why}: {}. Nothing is booked yet.", job.summary),
        format!("Your person must open {page} and help there. You cannot do it for them."),
        "Ask get_job_status again 15-30 seconds after they did.".to_owned(),
    ]
}

fn done(job: &Job) -> Vec<String> {
    let code = job.confirmation_code.as_ref().map_or_else(
        || "The venue gave no confirmation code.".to_owned(),
        |code| format!("Confirmation code: {code}"),
    );
    let mut lines = vec![format!("Booked: {}. {code}", job.summary)];
    if let Some(payment) = &job.payment {
        let amount = payment.amount.map_or(String::new(), |money| format!("{money} "));
        lines.push(format!("Your person confirmed the charge: {amount}to \"{}\".", payment.merchant));
    }
    lines
}

fn no_availability(job: &Job) -> Vec<String> {
    let mut lines = vec![format!("Not available: {}. Nothing was booked or charged.", job.summary)];
    if job.alternatives.is_empty() {
        lines.push("The site offered nothing else. Another day, time or place may work.".to_owned());
        return lines;
    }
    lines.push("The site offers instead (its words); each would be a new booking:".to_owned());
    lines.extend(job.alternatives.iter().take(MOST_ALTERNATIVES).map(alternative));
    match job.alternatives.len().saturating_sub(MOST_ALTERNATIVES) {
        0 => {}
        more => lines.push(format!("- and {more} more in the structured result")),
    }
    lines
}

fn alternative(offer: &Alternative) -> String {
    let parts = [
        Some(format!("- \"{}\"", offer.label)),
        offer.date.map(|date| date.to_string()),
        offer.time.map(|time| time.to_string()),
        offer.price.map(|price| price.to_string()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn error(job: &Job) -> Vec<String> {
    let Some(error) = &job.error else {
        return vec![format!(
            "Failed: {}. The reason is not recorded; its audit trail may tell.",
            job.summary
        )];
    };
    let mut lines = vec![format!("Failed ({}): {}. {}", error.code, job.summary, error.message)];
    if error.code == JobErrorCode::SubmitOutcomeUnknown {
        lines.push(
            "It may be booked. Your person must check with the venue first; booking again could book twice."
                .to_owned(),
        );
    }
    lines
}

/// A page of a job's audit trail.
pub(crate) fn audit(page: &AuditPage) -> String {
    let count = page.events.len();
    let mut lines = vec![format!("{count} events of {}, oldest first.", page.job_id)];
    let skipped = count.saturating_sub(MOST_EVENTS);
    if skipped > 0 {
        lines.push(format!("The last {MOST_EVENTS} are here, all {count} in the structured result."));
    }
    lines.extend(page.events.iter().skip(skipped).map(event));
    if page.next_cursor.is_some() {
        let where_else = "your person sees all of them on the booking's page in the console";
        lines.push(format!("Later events are not in this answer: {where_else}."));
    }
    lines.join("\n")
}

fn event(event: &AuditEvent) -> String {
    format!("- {} {}: {}", event.ts, event.kind, event.message)
}
