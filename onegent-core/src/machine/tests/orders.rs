//! Any events in any order, from zombies, from the late, from the wrong.

use proptest::prelude::*;

use super::*;

fn any_kind() -> impl Strategy<Value = SubmitKind> {
    prop_oneof![
        Just(SubmitKind::Reserve),
        (0..3_u8).prop_map(|n| charging(hold(n))),
        (0..3_u8, 0..3_u8).prop_map(|(a, b)| SubmitKind::Charge { hold: hold(a).id, charge: hold(b).charge }),
    ]
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![Just(done()), Just(nothing_there()), Just(failed())]
}

/// An event around the moment `now`, under an epoch around the newest.
fn any_event() -> impl Strategy<Value = (i64, JobEvent)> {
    let epoch = || 0..6_u64;
    let until = || 0..400_i64;
    let event = prop_oneof![
        4 => (epoch(), until())
            .prop_map(|(epoch, until)| JobEvent::Claim { epoch, lease: lease(until) }),
        1 => (epoch(), until()).prop_map(|(epoch, at)| JobEvent::Renew { epoch, until: after(at) }),
        1 => (epoch(), until())
            .prop_map(|(epoch, at)| JobEvent::Release { epoch, not_before: after(at) }),
        1 => Just(JobEvent::LeaseRanOut),
        3 => (epoch(), 0..3_u8).prop_map(|(epoch, n)| JobEvent::Pause { epoch, hold: hold(n) }),
        1 => (epoch(), until()).prop_map(|(epoch, at)| JobEvent::WantPerson {
            epoch,
            wanted: PersonWanted::Captcha,
            until: after(at),
        }),
        1 => Just(JobEvent::PersonHelped),
        1 => Just(JobEvent::ChangeHands),
        1 => (epoch(), any_kind(), until()).prop_map(|(epoch, kind, until)| JobEvent::SubmitByHand {
            epoch,
            lease: lease(until),
            permit: permit(kind, until),
        }),
        3 => (0..3_u8, 0..3_u8).prop_map(|(a, b)| JobEvent::Confirm {
            hold: hold(a).id,
            charge: hold(b).charge,
            session: session(),
        }),
        1 => (0..3_u8).prop_map(|n| JobEvent::Decline { hold: hold(n).id }),
        1 => Just(JobEvent::Cancel),
        1 => Just(JobEvent::Expire),
        4 => (epoch(), any_kind(), until())
            .prop_map(|(epoch, kind, until)| JobEvent::StartSubmit { epoch, permit: permit(kind, until) }),
        2 => (epoch(), any_outcome()).prop_map(|(epoch, outcome)| JobEvent::Finish { epoch, outcome }),
        1 => any_outcome().prop_map(|outcome| JobEvent::Reconcile { outcome }),
    ];
    (0..20_i64, event)
}

/// What a history of accepted events has shown so far.
#[derive(Debug, Default)]
struct History {
    epoch: u64,
    submits: u32,
    /// The last confirmation, until another pause voids it.
    confirmed: Option<(HoldId, ChargeHash)>,
    ended: bool,
}

impl History {
    fn note(&mut self, event: &JobEvent, next: &JobState) {
        assert!(!self.ended, "something happened after the end: {event:?}");
        if let Some(turn) = next.turn() {
            assert!(turn.epoch >= self.epoch, "the epoch fell");
            self.epoch = turn.epoch;
        }
        match event {
            JobEvent::Confirm { hold, charge, .. } => self.confirmed = Some((*hold, *charge)),
            JobEvent::Pause { .. } | JobEvent::WantPerson { .. } => self.confirmed = None,
            JobEvent::StartSubmit { permit, .. } => {
                self.submits += 1;
                assert_eq!(self.submits, 1, "a second submit");
                if let SubmitKind::Charge { hold, charge } = permit.kind {
                    assert_eq!(self.confirmed, Some((hold, charge)), "a charge that was not confirmed");
                }
            }
            JobEvent::SubmitByHand { .. } => {
                self.submits += 1;
                assert_eq!(self.submits, 1, "a second submit");
            }
            JobEvent::Claim { .. }
            | JobEvent::Renew { .. }
            | JobEvent::Release { .. }
            | JobEvent::LeaseRanOut
            | JobEvent::PersonHelped
            | JobEvent::ChangeHands
            | JobEvent::Decline { .. }
            | JobEvent::Cancel
            | JobEvent::Expire
            | JobEvent::Finish { .. }
            | JobEvent::Reconcile { .. } => {}
        }
        if matches!(next, JobState::Done { .. }) {
            assert_eq!(self.submits, 1, "done without a submit");
        }
        let stopped = matches!(next, JobState::Cancelled | JobState::Expired);
        assert!(!(stopped && self.submits > 0), "stopped after the submit began");
        self.ended = next.status().is_terminal();
        assert_eq!(self.ended, next.turn().is_none());
        assert_eq!(self.ended, next.due_at().is_none(), "an open job is due sometime, an ended one never");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_events_submits_twice_or_charges_what_was_not_confirmed(
        events in prop::collection::vec(any_event(), 1..60)
    ) {
        let (mut state, mut history, mut now) = (JobState::new(start()), History::default(), start());
        for (step, event) in events {
            now += SignedDuration::from_secs(step);
            if let Ok(next) = state.clone().apply(event.clone(), now) {
                history.note(&event, &next);
                state = next;
            }
        }
    }
}

/// That the histories above are not all short: they do reach a charge.
#[test]
fn random_orders_reach_every_state() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..600 {
        let events = prop::collection::vec(any_event(), 60).new_tree(&mut runner).unwrap().current();
        let (mut state, mut now) = (JobState::new(start()), start());
        for (step, event) in events {
            now += SignedDuration::from_secs(step);
            state = state.clone().apply(event, now).unwrap_or(state);
            seen.insert(format!("{state:?}").split(' ').next().unwrap_or_default().to_owned());
        }
    }
    assert_eq!(seen.len(), 11, "{seen:?}");
}
