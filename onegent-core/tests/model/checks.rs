//! What must always hold, what must be reachable, and the proof that each property can fail.

use onegent_core::job::JobErrorCode;
use onegent_core::machine::JobState;
use onegent_core::status::JobStatus;
use stateright::{Checker, Expectation, Model as _, Property};

use super::world::{Bounds, Fault, Worker, World};

const AT_MOST_ONE_CHARGE: &str = "at most one charge";
const ONLY_WHAT_WAS_CONFIRMED: &str = "a charge was confirmed as it was";
const NOTHING_TAKEN_WHEN_STOPPED: &str = "stopped or expired means nothing was taken";
const DONE_MEANS_CHARGED: &str = "done means charged";
const NO_STALE_WRITE: &str = "no write lands under a lost lease";
const NO_LATE_CLICK: &str = "no click after the job ended";
const UNKNOWN_MEANS_NOT_FOUND: &str = "unknown means that the look-up found nothing";
const EPOCHS_GROW: &str = "epochs only grow";
const NEVER_STUCK: &str = "a job that has not ended has a next moment";

pub(crate) fn properties() -> Vec<Property<Bounds>> {
    vec![
        Property::always(AT_MOST_ONE_CHARGE, |_, world: &World| world.charges.len() <= 1),
        Property::always(ONLY_WHAT_WAS_CONFIRMED, |_, world: &World| {
            world.charges.iter().all(|charge| world.confirmed.contains(charge))
        }),
        Property::always(NOTHING_TAKEN_WHEN_STOPPED, |_, world: &World| {
            !matches!(world.job, JobState::Cancelled | JobState::Expired) || world.charges.is_empty()
        }),
        Property::always(DONE_MEANS_CHARGED, |_, world: &World| {
            !matches!(world.job, JobState::Done { .. }) || world.charges.len() == 1
        }),
        Property::always(NO_STALE_WRITE, |_, world: &World| !world.stale_write),
        Property::always(NO_LATE_CLICK, |_, world: &World| !world.late_click),
        // The look-up of the model's site always answers, so a charge that happened is always found.
        Property::always(UNKNOWN_MEANS_NOT_FOUND, |_, world: &World| {
            !unknown(&world.job) || world.charges.is_empty()
        }),
        Property::always(EPOCHS_GROW, |_, world: &World| !world.epoch_shrank),
        Property::always(NEVER_STUCK, |_, world: &World| {
            world.job.status().is_terminal() || world.job.due_at().is_some()
        }),
        Property::sometimes("booked", |_, world: &World| world.job.status() == JobStatus::Done),
        Property::sometimes("expired", |_, world: &World| world.job.status() == JobStatus::Expired),
        Property::sometimes("cancelled", |_, world: &World| world.job.status() == JobStatus::Cancelled),
        Property::sometimes("unknown", |_, world: &World| unknown(&world.job)),
        Property::sometimes("a price changed after the confirmation", |_, world: &World| {
            world.confirmed.len() > 1
        }),
        Property::sometimes("two workers at once", |_, world: &World| {
            world.workers.iter().filter(|worker| !matches!(worker, Worker::Idle)).count() > 1
        }),
    ]
}

fn unknown(job: &JobState) -> bool {
    matches!(job, JobState::Error { error } if error.code == JobErrorCode::SubmitOutcomeUnknown)
}

fn bounds(fault: Fault) -> Bounds {
    Bounds { workers: 2, ticks: 6, lease: 2, permit: 2, hold: 3, price_changes: 1, attempts: 3, fault }
}

#[test]
fn the_machine_holds_in_every_interleaving() {
    let checker = bounds(Fault::None).checker().threads(2).spawn_bfs().join();
    println!(
        "{} states, {} unique, depth {}",
        checker.state_count(),
        checker.unique_state_count(),
        checker.max_depth()
    );
    assert!(checker.is_done());
    for property in properties() {
        let found = checker.discovery(property.name);
        match property.expectation {
            Expectation::Always => assert!(found.is_none(), "broken: {}\n{found:?}", property.name),
            Expectation::Sometimes => assert!(found.is_some(), "never reached: {}", property.name),
            Expectation::Eventually => unreachable!("none is of this kind"),
        }
    }
}

/// Each fault breaks the property that is there for it.
#[test]
fn every_seeded_fault_is_caught() {
    let faults = [
        (Fault::NoFence, NO_STALE_WRITE),
        (Fault::SubmitRetriedAfterCrash, AT_MOST_ONE_CHARGE),
        (Fault::StaleConfirmationTaken, ONLY_WHAT_WAS_CONFIRMED),
        (Fault::CancelRacesSubmit, NOTHING_TAKEN_WHEN_STOPPED),
        (Fault::ReconciledTooEarly, NO_LATE_CLICK),
    ];
    for (fault, property) in faults {
        let checker = bounds(fault).checker().threads(2).spawn_bfs().join();
        let path = checker.discovery(property);
        println!("{fault:?}: {} states, caught by `{property}`", checker.unique_state_count());
        assert!(path.is_some(), "{fault:?} was not caught by `{property}`");
    }
}
