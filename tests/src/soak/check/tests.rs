use jiff::Timestamp;
use onegent_core::audit::{AuditDraft, ChainHead};
use onegent_core::id::JobId;
use serde_json::json;

use super::*;

const EMAIL: &str = "guest@example.org";

/// A job that was confirmed, charged and booked, and the ledger that says the same.
fn booked() -> (Facts, Ledger) {
    let id = JobId::generate(at(0), [7; 10]);
    let job = json!({
        "jobId": id, "status": "done", "scenario": "restaurant", "environment": "test", "summary": "A table",
        "request": { "scenario": "restaurant", "params": { "restaurant_name": "Juniper Row", "city": "London",
            "date": "2030-01-02", "time": "19:00", "covers": 2 } },
        "confirmationCode": "ABC234", "attempt": 2, "createdAt": at(0), "updatedAt": at(9),
        "_links": { "self": "/", "audit": "/", "events": "/" },
    });
    let hold = "hold_1";
    let paused = AuditDraft::new(AuditKind::PausedPayment, "paused")
        .with("hold", hold)
        .with("amount", "40.00")
        .with("currency", "GBP");
    let confirmed = AuditDraft::new(AuditKind::ChargeConfirmed, "confirmed").with("hold", hold);
    let submitted = AuditDraft::new(AuditKind::SubmitStarted, "submitted");
    let mut head = ChainHead::EMPTY;
    let events = [(1, paused), (2, confirmed), (3, submitted)];
    let trail = events.map(|(second, draft)| head.append(id, at(second), draft)).to_vec();
    let record = json!({
        "kind": "reservation", "bookingId": "bk_000001", "site": "table", "entry": "juniper-row",
        "merchant": "Juniper Row", "booked": "A table", "guest": fingerprint(EMAIL), "guestName": "x",
        "date": "2030-01-02", "slot": "19:00", "units": 1, "party": 2, "code": "ABC234",
        "token": "t", "attempt": 1, "at": at(4),
    });
    let reservation: Record = serde_json::from_value(record).unwrap();
    let charge = Record {
        kind: onegent_sandbox::Kind::Hold,
        amount: Some("40.00".parse().unwrap()),
        currency: Some(onegent_sandbox::Currency::Gbp),
        ..reservation.clone()
    };
    let facts = Facts {
        email: EMAIL.to_owned(),
        job: Some(serde_json::from_value(job).unwrap()),
        trail,
        pressed: vec![Some(Money::parse("40.00", "GBP").unwrap())],
        stopped: false,
    };
    (facts, [reservation, charge].into_iter().collect())
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_900_000_000 + second).unwrap()
}

fn broken(facts: Facts, ledger: &Ledger) -> Vec<Rule> {
    let mut rules: Vec<_> = check(&[facts], ledger).1.into_iter().map(|one| one.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

#[test]
fn what_was_confirmed_once_and_taken_once_is_clean() {
    let (facts, ledger) = booked();
    let (tally, violations) = check(&[facts], &ledger);
    assert_eq!(violations, []);
    assert_eq!((tally.accepted, tally.reservations, tally.charges), (1, 1, 1));
    assert_eq!(tally.by_status["done"], 1);
}

#[test]
fn each_rule_can_be_broken() {
    type Change = fn(&mut Facts, &mut Ledger);
    let changes: [(Rule, Change); 14] = [
        (Rule::LostJob, |facts, _| facts.job = None),
        (Rule::LostJob, |facts, _| status(facts, JobStatus::Running)),
        (Rule::DoubleReservation, |_, ledger| ledger.reservations.push(ledger.reservations[0].clone())),
        (Rule::DoubleReservation, |_, ledger| ledger.repeats.push(ledger.reservations[0].clone())),
        (Rule::DoubleCharge, |_, ledger| ledger.charges.push(ledger.charges[0].clone())),
        (Rule::UnconfirmedCharge, |facts, _| facts.pressed.clear()),
        (Rule::UnconfirmedCharge, |facts, _| facts.trail[1].kind = AuditKind::PageObserved),
        (Rule::UnconfirmedCharge, |_, ledger| ledger.charges[0].at = at(1)),
        (Rule::UnconfirmedCharge, |facts, _| drop(facts.trail[0].data.insert("amount".into(), "4".into()))),
        (Rule::DoneWithoutBooking, |_, ledger| *ledger = Ledger::default()),
        (Rule::DoneWithoutBooking, |_, ledger| ledger.reservations[0].code = None),
        (Rule::BookingDenied, |facts, _| status(facts, JobStatus::Cancelled)),
        (Rule::BrokenTrail, |facts, _| drop(facts.trail.pop())),
        (Rule::Surprise, |facts, _| facts.stopped = true),
    ];
    for (number, (rule, change)) in changes.into_iter().enumerate() {
        let (mut facts, mut ledger) = booked();
        change(&mut facts, &mut ledger);
        assert_eq!(broken(facts, &ledger), [rule], "change {number}");
    }
}

#[test]
fn a_booking_of_a_stranger_is_denied_by_everybody() {
    let (_, ledger) = booked();
    let rules: Vec<_> = check(&[], &ledger).1.into_iter().map(|one| one.rule).collect();
    assert_eq!(rules, [Rule::BookingDenied]);
}

#[test]
fn an_unknown_outcome_denies_nothing() {
    let (mut facts, ledger) = booked();
    status(&mut facts, JobStatus::Error);
    let error = json!({ "code": "submit_outcome_unknown", "message": "look" });
    facts.job.as_mut().unwrap().error = Some(serde_json::from_value(error).unwrap());
    let (tally, violations) = check(&[facts], &ledger);
    assert_eq!(violations, []);
    assert_eq!((tally.unknown, tally.unknown_booked), (1, 1));
}

fn status(facts: &mut Facts, status: JobStatus) {
    if let Some(job) = &mut facts.job {
        job.status = status;
    }
}
