//! The table: all states down, all events across.

use super::*;

/// The name of a state. A new one fails to compile here, and then wants its row.
fn state_name(state: &JobState) -> &'static str {
    match state {
        JobState::Queued { .. } => "queued",
        JobState::Running { approval: None, .. } => "running",
        JobState::Running { approval: Some(_), .. } => "running_approved",
        JobState::NeedsPerson { .. } => "needs_person",
        JobState::PausedPayment { .. } => "paused_payment",
        JobState::Confirmed { .. } => "confirmed",
        JobState::Submitting { .. } => "submitting",
        JobState::Done { .. } => "done",
        JobState::NoAvailability { .. } => "no_availability",
        JobState::Error { .. } => "error",
        JobState::Cancelled => "cancelled",
        JobState::Expired => "expired",
    }
}

/// The name of an event. A new one fails to compile here, and then wants its column.
fn event_name(event: &JobEvent) -> &'static str {
    match event {
        JobEvent::Claim { .. } => "claim",
        JobEvent::Renew { .. } => "renew",
        JobEvent::Release { .. } => "release",
        JobEvent::LeaseRanOut => "lease_ran_out",
        JobEvent::Pause { .. } => "pause",
        JobEvent::WantPerson { .. } => "want_person",
        JobEvent::PersonHelped => "person_helped",
        JobEvent::ChangeHands => "change_hands",
        JobEvent::SubmitByHand { permit, .. } => match permit.kind {
            SubmitKind::Reserve => "hand_reserve",
            SubmitKind::Charge { .. } => "hand_charge",
        },
        JobEvent::Confirm { .. } => "confirm",
        JobEvent::Decline { .. } => "decline",
        JobEvent::Cancel => "cancel",
        JobEvent::Expire => "expire",
        JobEvent::StartSubmit { permit, .. } => match permit.kind {
            SubmitKind::Reserve => "reserve",
            SubmitKind::Charge { .. } => "charge",
        },
        JobEvent::Finish { outcome, .. } => match outcome {
            Outcome::Done { .. } => "finish_done",
            Outcome::NoAvailability { .. } => "finish_nothing",
            Outcome::Error { .. } => "finish_error",
        },
        JobEvent::Reconcile { outcome } => match outcome {
            Outcome::Done { .. } => "reconcile_done",
            Outcome::NoAvailability { .. } => "reconcile_nothing",
            Outcome::Error { .. } => "reconcile_error",
        },
    }
}

const TURN: Turn = Turn { epoch: 7, attempt: 2 };

/// One of each, at `start()`: leases and permits run a minute, holds and waits an hour, epoch 7.
fn states() -> Vec<JobState> {
    let charged = permit(charging(hold(1)), 60);
    vec![
        JobState::Queued { turn: TURN, not_before: start() },
        JobState::Running { turn: TURN, lease: lease(60), approval: None },
        JobState::Running { turn: TURN, lease: lease(60), approval: Some(approval(1)) },
        JobState::NeedsPerson { turn: TURN, wanted: PersonWanted::Login, until: after(3600) },
        JobState::PausedPayment { turn: TURN, hold: hold(1) },
        JobState::Confirmed { turn: TURN, approval: approval(1), not_before: start() },
        JobState::Submitting { turn: TURN, lease: lease(60), permit: charged },
        JobState::Done { confirmation_code: None },
        JobState::NoAvailability { alternatives: Vec::new() },
        JobState::from(failed()),
        JobState::Cancelled,
        JobState::Expired,
    ]
}

#[test]
fn exactly_the_states_that_a_worker_moves_have_its_lease() {
    for state in states() {
        let held = matches!(state_name(&state), "running" | "running_approved" | "submitting");
        assert_eq!(state.lease(), held.then(|| lease(60)), "{}", state_name(&state));
    }
}

/// One of each, as a well-meaning sender would send it.
fn events() -> Vec<JobEvent> {
    let epoch = TURN.epoch;
    vec![
        JobEvent::Claim { epoch: epoch + 1, lease: lease(90) },
        JobEvent::Renew { epoch, until: after(90) },
        JobEvent::Release { epoch, not_before: after(2) },
        JobEvent::LeaseRanOut,
        JobEvent::Pause { epoch, hold: hold(2) },
        JobEvent::WantPerson { epoch, wanted: PersonWanted::Captcha, until: after(3600) },
        JobEvent::PersonHelped,
        JobEvent::ChangeHands,
        JobEvent::SubmitByHand {
            epoch: epoch + 1,
            lease: lease(90),
            permit: permit(SubmitKind::Reserve, 90),
        },
        JobEvent::SubmitByHand { epoch: epoch + 1, lease: lease(90), permit: permit(charging(hold(1)), 90) },
        JobEvent::Confirm { hold: hold(1).id, charge: hold(1).charge, session: session() },
        JobEvent::Decline { hold: hold(1).id },
        JobEvent::Cancel,
        JobEvent::Expire,
        JobEvent::StartSubmit { epoch, permit: permit(SubmitKind::Reserve, 60) },
        JobEvent::StartSubmit { epoch, permit: permit(charging(hold(1)), 60) },
        JobEvent::Finish { epoch, outcome: done() },
        JobEvent::Finish { epoch, outcome: nothing_there() },
        JobEvent::Finish { epoch, outcome: failed() },
        JobEvent::Reconcile { outcome: done() },
        JobEvent::Reconcile { outcome: nothing_there() },
        JobEvent::Reconcile { outcome: failed() },
    ]
}

fn refusal(refused: Refused) -> &'static str {
    match refused {
        Refused::Ended => "ended",
        Refused::OutOfPlace => "-",
        Refused::LeaseLost => "lease lost",
        Refused::LeaseRuns => "lease runs",
        Refused::TooEarly => "too early",
        Refused::TooLate => "too late",
        Refused::OtherCharge => "other charge",
        Refused::NotApproved => "not approved",
        Refused::SubmitBegun => "submit begun",
    }
}

fn result(state: &JobState, event: &JobEvent, now: Timestamp) -> String {
    match state.clone().apply(event.clone(), now) {
        Ok(next) => format!("→ {}", state_name(&next)),
        Err(refused) => refusal(refused).to_owned(),
    }
}

/// What an event does in every state in which it does anything but be out of place: `-` in a moving state,
/// `submit begun` in `submitting`, `ended` after the end.
const IN_TIME: &[(&str, &[(&str, &str)])] = &[
    ("claim", &[("queued", "→ running"), ("confirmed", "→ running_approved")]),
    (
        "renew",
        &[
            ("running", "→ running"),
            ("running_approved", "→ running_approved"),
            ("submitting", "→ submitting"),
        ],
    ),
    ("release", &[("running", "→ queued"), ("running_approved", "→ confirmed")]),
    ("lease_ran_out", &[("running", "lease runs"), ("running_approved", "lease runs")]),
    ("pause", &[("running", "→ paused_payment"), ("running_approved", "→ paused_payment")]),
    ("want_person", &[("running", "→ needs_person"), ("running_approved", "→ needs_person")]),
    ("person_helped", &[("needs_person", "→ queued")]),
    ("change_hands", &[("needs_person", "→ needs_person"), ("paused_payment", "→ paused_payment")]),
    ("hand_reserve", &[("needs_person", "→ submitting"), ("paused_payment", "other charge")]),
    ("hand_charge", &[("needs_person", "other charge"), ("paused_payment", "→ submitting")]),
    ("confirm", &[("paused_payment", "→ confirmed")]),
    ("decline", &[("paused_payment", "→ cancelled")]),
    (
        "cancel",
        &[
            ("queued", "→ cancelled"),
            ("running", "→ cancelled"),
            ("running_approved", "→ cancelled"),
            ("needs_person", "→ cancelled"),
            ("paused_payment", "→ cancelled"),
            ("confirmed", "→ cancelled"),
        ],
    ),
    ("expire", &[("needs_person", "too early"), ("paused_payment", "too early"), ("confirmed", "too early")]),
    ("reserve", &[("running", "→ submitting"), ("running_approved", "other charge")]),
    ("charge", &[("running", "not approved"), ("running_approved", "→ submitting")]),
    ("finish_done", &[("submitting", "→ done")]),
    (
        "finish_nothing",
        &[
            ("running", "→ no_availability"),
            ("running_approved", "→ no_availability"),
            ("submitting", "→ no_availability"),
        ],
    ),
    ("finish_error", &[("running", "→ error"), ("running_approved", "→ error"), ("submitting", "→ error")]),
    ("reconcile_done", &[("submitting", "lease runs")]),
    ("reconcile_nothing", &[("submitting", "lease runs")]),
    ("reconcile_error", &[("submitting", "lease runs")]),
];

/// The same, an hour later: every lease, permit, hold and wait is over.
const TOO_LATE: &[(&str, &[(&str, &str)])] = &[
    // The offered lease itself is over by now.
    ("claim", &[("queued", "lease lost"), ("confirmed", "too late")]),
    ("renew", &[("running", "lease lost"), ("running_approved", "lease lost"), ("submitting", "lease lost")]),
    ("release", &[("running", "lease lost"), ("running_approved", "lease lost")]),
    ("lease_ran_out", &[("running", "→ queued"), ("running_approved", "→ confirmed")]),
    ("pause", &[("running", "lease lost"), ("running_approved", "lease lost")]),
    ("want_person", &[("running", "lease lost"), ("running_approved", "lease lost")]),
    ("person_helped", &[("needs_person", "too late")]),
    ("change_hands", &[("needs_person", "too late"), ("paused_payment", "too late")]),
    ("hand_reserve", &[("needs_person", "too late"), ("paused_payment", "too late")]),
    ("hand_charge", &[("needs_person", "too late"), ("paused_payment", "too late")]),
    ("confirm", &[("paused_payment", "too late")]),
    ("decline", &[("paused_payment", "→ cancelled")]),
    (
        "cancel",
        &[
            ("queued", "→ cancelled"),
            ("running", "→ cancelled"),
            ("running_approved", "→ cancelled"),
            ("needs_person", "→ cancelled"),
            ("paused_payment", "→ cancelled"),
            ("confirmed", "→ cancelled"),
        ],
    ),
    ("expire", &[("needs_person", "→ expired"), ("paused_payment", "→ expired"), ("confirmed", "→ expired")]),
    ("reserve", &[("running", "lease lost"), ("running_approved", "lease lost")]),
    ("charge", &[("running", "lease lost"), ("running_approved", "lease lost")]),
    (
        "finish_done",
        &[("running", "lease lost"), ("running_approved", "lease lost"), ("submitting", "lease lost")],
    ),
    (
        "finish_nothing",
        &[("running", "lease lost"), ("running_approved", "lease lost"), ("submitting", "lease lost")],
    ),
    (
        "finish_error",
        &[("running", "lease lost"), ("running_approved", "lease lost"), ("submitting", "lease lost")],
    ),
    ("reconcile_done", &[("submitting", "→ done")]),
    // `-` in `submitting`: the site's look-up tells of a booking, never of free tables.
    ("reconcile_nothing", &[("submitting", "-")]),
    ("reconcile_error", &[("submitting", "→ error")]),
];

fn expected(
    table: &[(&str, &[(&'static str, &'static str)])],
    state: &JobState,
    event: &str,
) -> &'static str {
    let name = state_name(state);
    let row = table.iter().find(|(of, _)| *of == event).unwrap_or_else(|| panic!("{event} has no row")).1;
    match row.iter().find(|(of, _)| *of == name) {
        Some((_, result)) => result,
        None if state.status().is_terminal() => "ended",
        None if name == "submitting" => "submit begun",
        None => "-",
    }
}

#[test]
fn every_pair_of_state_and_event_is_as_the_table_says() {
    let mut pairs = 0;
    for (table, now) in [(IN_TIME, start()), (TOO_LATE, after(3600))] {
        for state in states() {
            for event in events() {
                let (from, by) = (state_name(&state), event_name(&event));
                let wanted = expected(table, &state, by);
                assert_eq!(result(&state, &event, now), wanted, "{from} × {by} at {now}");
                pairs += 1;
            }
        }
    }
    assert_eq!(pairs, 2 * 12 * 22);
}

#[test]
fn a_wrong_epoch_is_a_lost_lease_everywhere() {
    for state in states() {
        for epoch in [0, TURN.epoch - 1, TURN.epoch + 1, u64::MAX] {
            let held = [
                JobEvent::Renew { epoch, until: after(90) },
                JobEvent::Release { epoch, not_before: after(2) },
                JobEvent::Pause { epoch, hold: hold(2) },
                JobEvent::WantPerson { epoch, wanted: PersonWanted::Captcha, until: after(3600) },
                JobEvent::StartSubmit { epoch, permit: permit(SubmitKind::Reserve, 60) },
                JobEvent::StartSubmit { epoch, permit: permit(charging(hold(1)), 60) },
                JobEvent::Finish { epoch, outcome: done() },
                JobEvent::Finish { epoch, outcome: failed() },
            ];
            for event in held {
                let refused = state.clone().apply(event.clone(), start()).unwrap_err();
                let running = matches!(state, JobState::Running { .. });
                let lost = refused == Refused::LeaseLost;
                assert!(lost || !running, "{} × {}: {refused:?}", state_name(&state), event_name(&event));
            }
        }
    }
}

#[test]
fn a_claim_comes_in_its_time_and_under_a_newer_epoch() {
    let queued = JobState::Queued { turn: TURN, not_before: after(10) };
    let claim = |epoch| JobEvent::Claim { epoch, lease: lease(90) };
    assert_eq!(queued.clone().apply(claim(8), after(9)), Err(Refused::TooEarly));
    assert_eq!(queued.clone().apply(claim(7), after(10)), Err(Refused::LeaseLost));
    let running = queued.apply(claim(8), after(10)).unwrap();
    assert_eq!(running.turn(), Some(Turn { epoch: 8, attempt: 3 }));
}

#[test]
fn only_exactly_what_was_confirmed_is_charged() {
    let running = JobState::Running { turn: TURN, lease: lease(60), approval: Some(approval(1)) };
    let submit = |kind, until| JobEvent::StartSubmit { epoch: TURN.epoch, permit: permit(kind, until) };
    let other_hold = SubmitKind::Charge { hold: hold(2).id, charge: hold(1).charge };
    let other_charge = SubmitKind::Charge { hold: hold(1).id, charge: hold(2).charge };
    for kind in [other_hold, other_charge, charging(hold(2)), SubmitKind::Reserve] {
        assert_eq!(running.clone().apply(submit(kind, 60), start()), Err(Refused::OtherCharge), "{kind:?}");
    }
    assert_eq!(running.clone().apply(submit(charging(hold(1)), 0), start()), Err(Refused::TooLate));
    let long = JobState::Running { turn: TURN, lease: lease(9000), approval: Some(approval(1)) };
    assert_eq!(long.apply(submit(charging(hold(1)), 9000), after(3600)), Err(Refused::TooLate));
}

#[test]
fn a_hand_submits_under_a_newer_epoch_what_waits_and_nothing_else() {
    let paused = JobState::PausedPayment { turn: TURN, hold: hold(1) };
    let hand = |epoch, kind, until| JobEvent::SubmitByHand {
        epoch,
        lease: lease(until),
        permit: permit(kind, until),
    };
    let submitting = paused.clone().apply(hand(8, charging(hold(1)), 60), start()).unwrap();
    assert_eq!(submitting.turn(), Some(Turn { epoch: 8, attempt: 2 }));
    for (event, refused) in [
        (hand(7, charging(hold(1)), 60), Refused::LeaseLost),
        (hand(8, charging(hold(1)), 0), Refused::LeaseLost),
        (hand(8, charging(hold(2)), 60), Refused::OtherCharge),
    ] {
        assert_eq!(paused.clone().apply(event, start()), Err(refused));
    }
}

#[test]
fn only_exactly_what_was_shown_is_confirmed() {
    let paused = JobState::PausedPayment { turn: TURN, hold: hold(1) };
    let confirm = |hold, charge| JobEvent::Confirm { hold, charge, session: session() };
    for (id, charge) in [(hold(1).id, hold(2).charge), (hold(2).id, hold(1).charge)] {
        assert_eq!(paused.clone().apply(confirm(id, charge), start()), Err(Refused::OtherCharge));
    }
    assert_eq!(paused.apply(JobEvent::Decline { hold: hold(2).id }, start()), Err(Refused::OtherCharge));
}

#[test]
fn a_submit_is_settled_only_when_its_lease_and_its_permit_are_over() {
    for (lease_until, permit_until, now, refused) in [
        (60, 120, 60, Some(Refused::TooEarly)),
        (120, 60, 60, Some(Refused::LeaseRuns)),
        (60, 120, 119, Some(Refused::TooEarly)),
        (60, 120, 120, None),
    ] {
        let permit = permit(SubmitKind::Reserve, permit_until);
        let submitting = JobState::Submitting { turn: TURN, lease: lease(lease_until), permit };
        assert_eq!(submitting.due_at(), Some(after(120)));
        let settled = submitting.apply(JobEvent::Reconcile { outcome: failed() }, after(now));
        assert_eq!(settled.err(), refused, "at {now}");
    }
}

#[test]
fn a_renewal_lengthens_a_lease_and_never_shortens_it() {
    let reserve = permit(SubmitKind::Reserve, 60);
    let held = [
        JobState::Running { turn: TURN, lease: lease(60), approval: None },
        JobState::Submitting { turn: TURN, lease: lease(60), permit: reserve },
    ];
    for state in held {
        for (until, lease_until) in [(30, 60), (90, 90)] {
            let renewed = state.clone().apply(JobEvent::Renew { epoch: 7, until: after(until) }, start());
            assert_eq!(renewed.unwrap().lease(), Some(lease(lease_until)));
        }
    }
}

#[test]
fn what_ends_this_very_moment_is_over() {
    let epoch = TURN.epoch;
    let queued = JobState::Queued { turn: TURN, not_before: start() };
    let running = JobState::Running { turn: TURN, lease: lease(60), approval: None };
    let claim = JobEvent::Claim { epoch: epoch + 1, lease: lease(0) };
    assert_eq!(queued.apply(claim, start()), Err(Refused::LeaseLost));
    let over = Hold { expires_at: start(), ..hold(1) };
    let pause = running.clone().apply(JobEvent::Pause { epoch, hold: over }, start());
    assert_eq!(pause, Err(Refused::TooLate));
    let renew = JobEvent::Renew { epoch, until: after(90) };
    assert_eq!(running.clone().apply(renew, after(60)), Err(Refused::LeaseLost));
    assert_eq!(running.clone().apply(JobEvent::LeaseRanOut, after(59)), Err(Refused::LeaseRuns));
    assert_eq!(running.apply(JobEvent::LeaseRanOut, after(60)).unwrap().lease(), None);
}

#[test]
fn every_state_survives_json() {
    for state in states() {
        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<JobState>(&json).unwrap(), state, "{json}");
    }
}
