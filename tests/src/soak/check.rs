//! Compares what the sites took with what was accepted, confirmed and said: pure, and the judge of every soak.

use std::collections::BTreeMap;

use onegent_core::audit::{AuditEvent, AuditKind};
use onegent_core::job::{Job, JobErrorCode};
use onegent_core::money::Money;
use onegent_core::status::JobStatus;
use onegent_core::text::Text;
use onegent_sandbox::{Ledger, Record, fingerprint};
use serde::Serialize;
use serde_json::Value;

/// What must never happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
    /// A job was accepted, and does not answer, or neither ends nor waits for a person.
    LostJob,
    /// A guest has two reservations, or a site saw a second submit.
    DoubleReservation,
    /// A guest was charged twice.
    DoubleCharge,
    /// Money was taken that no person had confirmed before, to the cent.
    UnconfirmedCharge,
    /// A job is done, and its site has no booking, or another code.
    DoneWithoutBooking,
    /// A site has a booking, and its job says something that denies it.
    BookingDenied,
    /// The audit trail is broken, or disagrees with the record.
    BrokenTrail,
    /// An answer that no crash explains.
    Surprise,
    /// A step of the soak itself failed: a start, a stop, or a look at what is left.
    Unsettled,
}

impl Rule {
    /// All of them, in the order of the report.
    pub const ALL: [Self; 9] = [
        Self::LostJob,
        Self::DoubleReservation,
        Self::DoubleCharge,
        Self::UnconfirmedCharge,
        Self::DoneWithoutBooking,
        Self::BookingDenied,
        Self::BrokenTrail,
        Self::Surprise,
        Self::Unsettled,
    ];

    /// What is counted, in words.
    pub fn about(self) -> &'static str {
        match self {
            Self::LostJob => "lost jobs",
            Self::DoubleReservation => "double reservations or submits",
            Self::DoubleCharge => "double charges",
            Self::UnconfirmedCharge => "unconfirmed charges",
            Self::DoneWithoutBooking => "done without a booking",
            Self::BookingDenied => "bookings that their job denies",
            Self::BrokenTrail => "broken audit trails",
            Self::Surprise => "answers that no crash explains",
            Self::Unsettled => "starts, stops and looks that failed",
        }
    }
}

/// A rule that was broken, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Which.
    pub rule: Rule,
    /// By which guest, job or file.
    pub whose: String,
    /// How.
    pub what: String,
}

impl Violation {
    pub(super) fn unsettled(step: &str, error: &anyhow::Error) -> Self {
        Self { rule: Rule::Unsettled, whose: step.to_owned(), what: format!("{error:#}") }
    }
}

/// All that is known of one accepted job in the end.
#[derive(Debug)]
pub struct Facts {
    /// The guest's e-mail address.
    pub email: String,
    /// The job as it answers; `None` when it does not.
    pub job: Option<Job>,
    /// Its whole trail.
    pub trail: Vec<AuditEvent>,
    /// The amounts on the pages on which **Confirm charge** was pressed.
    pub pressed: Vec<Option<Money>>,
    /// The server said that it is declined or cancelled.
    pub stopped: bool,
}

/// How the jobs ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// Jobs that were accepted.
    pub accepted: usize,
    /// How many ended or wait in each status.
    pub by_status: BTreeMap<String, usize>,
    /// Those with an error, by its code.
    pub errors: BTreeMap<String, usize>,
    /// Submits that were cut off and that the site's look-up settled as booked.
    pub reconciled: usize,
    /// Jobs that say that their submit's outcome is unknown.
    pub unknown: usize,
    /// Those of them that the site has booked.
    pub unknown_booked: usize,
    /// Reservations in the sites' ledger.
    pub reservations: usize,
    /// Charges and card holds in the sites' ledger.
    pub charges: usize,
}

/// Counts, and names every rule that was broken.
pub fn check(facts: &[Facts], ledger: &Ledger) -> (Tally, Vec<Violation>) {
    let taken = Taken::by_guest(ledger);
    let mut tally = Tally {
        accepted: facts.len(),
        reservations: ledger.reservations.len(),
        charges: ledger.charges.len(),
        ..Tally::default()
    };
    let mut violations = Vec::new();
    let none = Taken::default();
    for one in facts {
        let guest = fingerprint(&one.email);
        let taken = taken.get(guest.as_str()).unwrap_or(&none);
        count(&mut tally, one, taken);
        let broken = judge(one, taken);
        let whose = one.job.as_ref().map_or_else(|| one.email.clone(), |job| job.job_id.to_string());
        let named = |(rule, what)| Violation { rule, whose: whose.clone(), what };
        violations.extend(broken.into_iter().map(named));
    }
    let known: Vec<_> = facts.iter().map(|one| fingerprint(&one.email)).collect();
    for guest in taken.keys().filter(|guest| !known.iter().any(|one| one == *guest)) {
        violations.push(Violation {
            rule: Rule::BookingDenied,
            whose: format!("guest {guest}"),
            what: "the site has a booking of somebody whose job was never accepted".to_owned(),
        });
    }
    (tally, violations)
}

/// What the sites took from one guest.
#[derive(Debug, Default)]
struct Taken<'a> {
    reservations: Vec<&'a Record>,
    charges: Vec<&'a Record>,
    repeats: usize,
}

impl<'a> Taken<'a> {
    fn by_guest(ledger: &'a Ledger) -> BTreeMap<&'a str, Self> {
        let mut guests: BTreeMap<&str, Self> = BTreeMap::new();
        for record in &ledger.reservations {
            guests.entry(&record.guest).or_default().reservations.push(record);
        }
        for record in &ledger.charges {
            guests.entry(&record.guest).or_default().charges.push(record);
        }
        for record in &ledger.repeats {
            guests.entry(&record.guest).or_default().repeats += 1;
        }
        guests
    }
}

fn count(tally: &mut Tally, one: &Facts, taken: &Taken<'_>) {
    let Some(job) = &one.job else { return };
    *tally.by_status.entry(job.status.to_string()).or_default() += 1;
    if let Some(error) = &job.error {
        *tally.errors.entry(error.code.to_string()).or_default() += 1;
    }
    let was_reconciled = one.trail.iter().any(|event| event.kind == AuditKind::SubmitReconciled);
    tally.reconciled += usize::from(was_reconciled && job.status == JobStatus::Done);
    if is_unknown(job) {
        tally.unknown += 1;
        tally.unknown_booked += usize::from(!taken.reservations.is_empty());
    }
}

fn is_unknown(job: &Job) -> bool {
    job.error.as_ref().is_some_and(|error| error.code == JobErrorCode::SubmitOutcomeUnknown)
}

fn judge(one: &Facts, taken: &Taken<'_>) -> Vec<(Rule, String)> {
    let mut broken = Vec::new();
    match &one.job {
        None => broken.push((Rule::LostJob, "it was accepted and does not answer".to_owned())),
        Some(job) => judge_status(job, one, taken, &mut broken),
    }
    if taken.reservations.len() > 1 || taken.repeats > 0 {
        let what = format!("{} reservations, {} repeats", taken.reservations.len(), taken.repeats);
        broken.push((Rule::DoubleReservation, what));
    }
    if taken.charges.len() > 1 {
        broken.push((Rule::DoubleCharge, format!("{} charges", taken.charges.len())));
    }
    let submits = one.trail.iter().filter(|event| event.kind == AuditKind::SubmitStarted).count();
    if submits > 1 || (submits == 0 && !taken.reservations.is_empty()) {
        broken.push((Rule::BrokenTrail, format!("the trail has {submits} submits")));
    }
    for charge in &taken.charges {
        if let Some(what) = unconfirmed(charge, one) {
            broken.push((Rule::UnconfirmedCharge, what));
        }
    }
    broken
}

fn judge_status(job: &Job, one: &Facts, taken: &Taken<'_>, broken: &mut Vec<(Rule, String)>) {
    let booked = taken.reservations.first();
    match (job.status, booked) {
        (JobStatus::Queued | JobStatus::Running, _) => {
            broken.push((Rule::LostJob, format!("it is {} for ever", job.status)));
        }
        (JobStatus::Done, None) => broken.push((Rule::DoneWithoutBooking, "the site has none".to_owned())),
        (JobStatus::Done, Some(record)) => {
            let code = job.confirmation_code.as_ref().map(Text::as_str);
            if code != record.code.as_deref() {
                let what = format!("its code is {code:?}, the site's {:?}", record.code);
                broken.push((Rule::DoneWithoutBooking, what));
            }
        }
        (_, Some(_)) if !is_unknown(job) => {
            broken.push((Rule::BookingDenied, format!("it is {}", job.status)));
        }
        _ => {}
    }
    if one.stopped && job.status != JobStatus::Cancelled {
        let what = format!("its end was acknowledged, and it is {}", job.status);
        broken.push((Rule::Surprise, what));
    }
}

/// Why a charge was not confirmed by a person before it was taken, in the trail and on the person's own word.
fn unconfirmed(charge: &Record, one: &Facts) -> Option<String> {
    let took = charge.amount.zip(charge.currency.map(onegent_sandbox::Currency::code));
    let pressed =
        one.pressed.iter().flatten().any(|amount| took == Some((amount.value(), amount.currency().code())));
    if !pressed {
        return Some(format!("{took:?} was taken, and the person confirmed {:?}", one.pressed));
    }
    let confirmed = one.trail.iter().rfind(|event| event.kind == AuditKind::ChargeConfirmed);
    let Some(confirmed) = confirmed else { return Some("the trail has no confirmation".to_owned()) };
    if confirmed.ts > charge.at {
        return Some(format!("confirmed at {}, taken at {}", confirmed.ts, charge.at));
    }
    let hold = confirmed.data.get("hold");
    let shown = one.trail.iter().find(|event| {
        event.kind == AuditKind::PausedPayment && event.data.get("hold") == hold && hold.is_some()
    });
    let text = |name| shown.and_then(|event| event.data.get(name)).and_then(Value::as_str);
    let amount = text("amount").and_then(|amount| amount.parse().ok()).zip(text("currency"));
    (amount != took).then(|| format!("{took:?} was taken, and {amount:?} confirmed"))
}

#[cfg(test)]
mod tests;
