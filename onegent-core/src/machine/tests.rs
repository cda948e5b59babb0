//! Every pair of state and event, and what no order of events can bring about.

use jiff::{SignedDuration, Timestamp};

use super::{
    Approval, Hold, JobEvent, JobState, Lease, Outcome, Permit, PersonWanted, Refused, SubmitKind, Turn,
};
use crate::charge::{Charge, ChargeHash, ChargeKind};
use crate::id::{HoldId, JobId, PermitId, SessionId, WorkerId};
use crate::job::{JobError, JobErrorCode};
use crate::text::Text;

mod orders;
mod table;

/// Where every test begins.
fn start() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

fn hash(amount: &str) -> ChargeHash {
    let charge = Charge {
        kind: ChargeKind::Payment,
        amount: Some(crate::money::Money::parse(amount, "USD").unwrap()),
        merchant: "Hotel Lumen".parse().unwrap(),
        description: "Two nights".parse().unwrap(),
        facts: Vec::new(),
        terms: None,
        provider: "stay".parse().unwrap(),
    };
    charge.hash(JobId::generate(Timestamp::UNIX_EPOCH, [1; 10]))
}

/// The `n`th hold, over in an hour.
fn hold(n: u8) -> Hold {
    let charge = hash(["412.50", "450.00", "9.99"][usize::from(n) % 3]);
    Hold { id: HoldId::generate(Timestamp::UNIX_EPOCH, [n; 10]), charge, expires_at: after(3600) }
}

fn session() -> SessionId {
    SessionId::generate(Timestamp::UNIX_EPOCH, [3; 10])
}

fn approval(n: u8) -> Approval {
    Approval { hold: hold(n), session: session(), at: start() }
}

fn lease(until: i64) -> Lease {
    Lease { worker: WorkerId::generate(Timestamp::UNIX_EPOCH, [4; 10]), until: after(until) }
}

fn charging(hold: Hold) -> SubmitKind {
    SubmitKind::Charge { hold: hold.id, charge: hold.charge }
}

fn permit(kind: SubmitKind, until: i64) -> Permit {
    Permit { id: PermitId::generate(Timestamp::UNIX_EPOCH, [5; 10]), kind, deadline: after(until) }
}

fn failed() -> Outcome {
    let message = Text::fit("Look at the site.").unwrap();
    Outcome::Error { error: JobError { code: JobErrorCode::SubmitOutcomeUnknown, message } }
}

fn done() -> Outcome {
    Outcome::Done { confirmation_code: Text::fit("ABC123") }
}

fn nothing_there() -> Outcome {
    Outcome::NoAvailability { alternatives: Vec::new() }
}
