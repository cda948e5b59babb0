//! Every ending, before and after the permit.

use onegent_core::money::Money;
use onegent_core::text::Text;

use onegent_core::machine::PersonWanted;
use onegent_core::time::Clock;

use super::*;
use crate::testing::{HandClock, charge};

const EPOCH: u64 = 3;

fn job() -> JobId {
    JobId::generate(Timestamp::UNIX_EPOCH, [1; 10])
}

fn hold(n: u8) -> HoldId {
    HoldId::generate(Timestamp::UNIX_EPOCH, [n; 10])
}

/// A confirmed hold whose offer ends so many seconds after the run.
fn approved(seconds: i64) -> Hold {
    let expires_at = HandClock::default().now() + jiff::SignedDuration::from_secs(seconds);
    Hold { id: hold(1), charge: charge("412.50").hash(job()), expires_at }
}

/// What `settle` makes of an ending, in words: the move, and the audit events it leaves.
fn words(ending: Ending, change: impl FnOnce(&mut Facts<'_>)) -> (String, Vec<&'static str>) {
    words_under(&Consent::default(), ending, change)
}

fn words_under(
    consent: &Consent,
    ending: Ending,
    change: impl FnOnce(&mut Facts<'_>),
) -> (String, Vec<&'static str>) {
    let config = EngineConfig::new("x", "http://localhost");
    let mut facts = Facts {
        job: job(),
        epoch: EPOCH,
        approved: None,
        submitted: false,
        failures: 0,
        consent,
        now: HandClock::default().now(),
        next_hold: hold(9),
        jitter: 0.0,
        config: &config,
        providers: &[],
    };
    change(&mut facts);
    match settle(ending, &facts) {
        Move::Nothing => ("nothing".to_owned(), Vec::new()),
        Move::Unknown { .. } => ("unknown".to_owned(), Vec::new()),
        Move::Pause(pause) => {
            assert_eq!((pause.job, pause.epoch, pause.hold), (job(), EPOCH, hold(9)));
            ("pause".to_owned(), kinds(&pause.trail))
        }
        Move::Advance(advance) => {
            let said = said(&advance.event);
            assert_eq!(advance.failed, said == "retry");
            (said, kinds(&advance.trail))
        }
    }
}

fn said(event: &JobEvent) -> String {
    if let JobEvent::Finish { epoch: EPOCH, outcome } = event {
        return match outcome {
            Outcome::Done { .. } => "done".to_owned(),
            Outcome::NoAvailability { .. } => "no_availability".to_owned(),
            Outcome::Error { error } => error.code.to_string(),
        };
    }
    let release = matches!(event, JobEvent::Release { epoch: EPOCH, .. });
    let person = matches!(event, JobEvent::WantPerson { epoch: EPOCH, .. });
    assert_ne!(release, person, "{event:?}");
    if release { "retry".to_owned() } else { "want_person".to_owned() }
}

fn kinds(trail: &[onegent_core::audit::AuditDraft]) -> Vec<&'static str> {
    trail.iter().map(|draft| draft.kind.as_str()).collect()
}

fn evidence() -> Evidence {
    Evidence::default()
}

fn failed(retry: bool) -> Ending {
    Ending::Failed { error: job_error(JobErrorCode::ProviderUnreachable, "The site is down."), retry }
}

fn endings() -> Vec<(&'static str, Ending)> {
    vec![
        ("booked", Ending::Booked { confirmation_code: Text::fit("A1"), evidence: evidence() }),
        ("nothing there", Ending::NoAvailability { alternatives: Vec::new() }),
        ("payment", Ending::Payment { charge: charge("412.50"), evidence: evidence() }),
        ("person", Ending::NeedsPerson { wanted: PersonWanted::Captcha, evidence: evidence() }),
        ("failed", failed(false)),
        ("failed, retry", failed(true)),
        ("unknown", Ending::OutcomeUnknown { evidence: evidence() }),
        ("lost", Ending::Lost),
    ]
}

#[test]
fn every_ending_is_as_the_table_says() {
    let before: [(&str, &str, &[&str]); 8] = [
        ("booked", "submit_outcome_unknown", &["job_failed"]),
        ("nothing there", "no_availability", &["job_completed"]),
        ("payment", "pause", &["paused_payment"]),
        ("person", "want_person", &["captcha"]),
        ("failed", "provider_unreachable", &["job_failed"]),
        ("failed, retry", "retry", &["job_released"]),
        ("unknown", "submit_outcome_unknown", &["job_failed"]),
        ("lost", "nothing", &[]),
    ];
    let after: [(&str, &str, &[&str]); 8] = [
        ("booked", "done", &["submit_finished", "job_completed"]),
        ("nothing there", "no_availability", &["submit_finished", "job_completed"]),
        ("payment", "unknown", &[]),
        ("person", "unknown", &[]),
        ("failed", "provider_unreachable", &["submit_finished", "job_failed"]),
        ("failed, retry", "provider_unreachable", &["submit_finished", "job_failed"]),
        ("unknown", "unknown", &[]),
        ("lost", "nothing", &[]),
    ];
    for (table, submitted) in [(before, false), (after, true)] {
        for ((name, ending), (row, said, trail)) in endings().into_iter().zip(table) {
            assert_eq!(name, row);
            let settled = words(ending, |facts| facts.submitted = submitted);
            assert_eq!(settled, (said.to_owned(), trail.to_vec()), "{name}, submitted: {submitted}");
        }
    }
}

#[test]
fn another_payment_than_the_confirmed_one_says_so() {
    let payment = Ending::Payment { charge: charge("450.00"), evidence: evidence() };
    let (said, trail) = words(payment, |facts| facts.approved = Some(approved(60)));
    assert_eq!((said.as_str(), trail), ("pause", vec!["charge_changed", "paused_payment"]));
}

#[test]
fn a_permit_refused_because_the_offer_ended_is_told_as_that() {
    let blocked = || Ending::Failed {
        error: job_error(JobErrorCode::BlockedByGate, "The submit was not permitted."),
        retry: false,
    };
    let (config, consent) = (EngineConfig::new("x", "http://localhost"), Consent::default());
    let now = HandClock::default().now();
    let facts = Facts {
        job: job(),
        epoch: EPOCH,
        approved: Some(approved(0)),
        submitted: false,
        failures: 0,
        consent: &consent,
        now,
        next_hold: hold(9),
        jitter: 0.0,
        config: &config,
        providers: &[],
    };
    assert_eq!(words(blocked(), |facts| facts.approved = Some(approved(1))).0, "blocked_by_gate");
    let Move::Advance(advance) = settle(blocked(), &facts) else { panic!("it moves") };
    assert_eq!(advance.event, JobEvent::Release { epoch: EPOCH, not_before: now });
    assert!(!advance.failed && advance.trail[0].message.as_str().contains("offer ended"));
}

#[test]
fn a_price_above_the_limit_is_not_even_asked_for() {
    for (limit, said) in [
        (Some(("412.49", "USD")), "price_above_limit"),
        (Some(("412.50", "USD")), "pause"),
        // Another currency can't be compared, so the person decides.
        (Some(("1.00", "EUR")), "pause"),
        (None, "pause"),
    ] {
        let max_price = limit.map(|(value, currency)| Money::parse(value, currency).unwrap());
        let consent = Consent { max_price, ..Consent::default() };
        let payment = Ending::Payment { charge: charge("412.50"), evidence: evidence() };
        assert_eq!(words_under(&consent, payment, |_| {}).0, said, "{limit:?}");
    }
}

#[test]
fn retries_end_with_the_last_error_when_the_consent_is_used_up() {
    for (failures, said) in
        [(0, "retry"), (2, "retry"), (3, "provider_unreachable"), (9, "provider_unreachable")]
    {
        assert_eq!(words(failed(true), |facts| facts.failures = failures).0, said, "after {failures}");
    }
}

#[test]
fn pauses_grow_with_failures_and_stay_within_bounds() {
    let base = Duration::from_secs(2);
    let millis = |failures, jitter| pause_before_retry(base, failures, jitter).as_millis();
    assert_eq!([millis(0, 0.0), millis(0, 1.0), millis(1, 1.0), millis(3, 1.0)], [1000, 2000, 4000, 16_000]);
    assert_eq!(pause_before_retry(Duration::from_millis(1), 0, 0.3), Duration::from_millis(1), "whole ones");
    assert_eq!([millis(10, 1.0), millis(u32::MAX, 1.0)], [60_000, 60_000]);
}

#[test]
fn a_charge_waits_as_long_as_its_site_says_or_as_usual() {
    let site = |id: &str, minutes: Option<u64>| Provider {
        id: id.parse().unwrap(),
        name: "Stay".parse().unwrap(),
        scenarios: Vec::new(),
        environment: onegent_core::caller::Environment::Test,
        hold: minutes.map(Duration::from_mins),
    };
    let waits = |providers: &[Provider]| {
        let (config, consent) = (EngineConfig::new("x", "http://localhost"), Consent::default());
        let facts = Facts {
            job: job(),
            epoch: EPOCH,
            approved: None,
            submitted: false,
            failures: 0,
            consent: &consent,
            now: HandClock::default().now(),
            next_hold: hold(9),
            jitter: 0.0,
            config: &config,
            providers,
        };
        let ending = Ending::Payment { charge: charge("412.50"), evidence: Evidence::default() };
        let Move::Pause(pause) = settle(ending, &facts) else { panic!("it pauses") };
        pause.ttl
    };
    assert_eq!(waits(&[]), Duration::from_hours(1));
    assert_eq!(waits(&[site("stay", None)]), Duration::from_hours(1));
    assert_eq!(waits(&[site("other", Some(5)), site("stay", Some(20))]), Duration::from_mins(20));
}
