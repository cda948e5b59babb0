//! Trails go when their time is over, and what is left still checks.

use std::ops::ControlFlow;
use std::time::Duration;

use onegent_core::id::JobId;
use onegent_core::machine::JobEvent;
use onegent_core::time::Clock as _;

use crate::store::Advance;
use crate::store::verify::{Stored, check};
use crate::testing::Bench;

async fn events(bench: &Bench, job: JobId) -> usize {
    bench.store.audit(bench.account, job, 0, 100).await.unwrap().len()
}

/// How many trails are gone, when all that is left checks.
async fn removed(bench: &Bench) -> u64 {
    let (mut through, mut removed) = (None, 0);
    let mut each = |stored: Stored| {
        match stored {
            Stored::Removal(removal) => {
                let removal = removal.read().unwrap();
                removal.check(&[removal.key]).unwrap();
                through = Some(removal.through);
            }
            Stored::Job(job) => removed += u64::from(check(&job, through).unwrap()),
            Stored::Checkpoint(_) => {}
            Stored::Stray(id) => panic!("{id}"),
        }
        ControlFlow::Continue(())
    };
    bench.store.stored(&mut each).await.unwrap();
    removed
}

async fn ended(bench: &Bench) -> JobId {
    bench.clock.turn(Duration::from_secs(1));
    let job = bench.queued().await.id;
    end(bench, job).await;
    job
}

async fn end(bench: &Bench, job: JobId) {
    bench.store.advance(Advance::new(job, JobEvent::Cancel, vec![crate::trail::cancelled()])).await.unwrap();
}

pub(crate) async fn trails_go_when_their_time_is_over_and_an_open_jobs_stays(bench: &Bench) {
    let first = [ended(bench).await, ended(bench).await, ended(bench).await];
    bench.clock.turn(Duration::from_secs(1));
    let open = bench.queued().await.id;
    let behind = ended(bench).await;
    let then = bench.clock.now();
    assert_eq!(bench.store.remove_trails(then - Duration::from_hours(1), 10).await.unwrap(), 0);
    bench.clock.turn(Duration::from_hours(1));
    let late = ended(bench).await;

    let soon = then + Duration::from_secs(1);
    assert_eq!(bench.store.remove_trails(soon, 2).await.unwrap(), 2, "some at a time");
    assert_eq!(bench.store.remove_trails(soon, 2).await.unwrap(), 1);
    assert_eq!(bench.store.remove_trails(soon, 2).await.unwrap(), 0, "an open job is never passed");
    for job in first {
        assert_eq!(events(bench, job).await, 0);
        assert!(bench.store.job(bench.account, job).await.unwrap().unwrap().completed_at.is_some());
    }
    assert_eq!((events(bench, open).await, events(bench, behind).await), (1, 2));
    assert_eq!(removed(bench).await, 3);

    end(bench, open).await;
    assert_eq!(bench.store.remove_trails(soon, 9).await.unwrap(), 0, "it ended just now");
    bench.clock.turn(Duration::from_secs(1));
    assert_eq!(bench.store.remove_trails(bench.clock.now(), 9).await.unwrap(), 3);
    assert_eq!((events(bench, behind).await, events(bench, late).await), (0, 0));
    assert_eq!(removed(bench).await, 6);
}

pub(crate) async fn a_trail_can_not_be_taken_away_before_its_time(bench: &Bench) {
    let job = ended(bench).await;
    let another = ended(bench).await;
    bench.clock.turn(Duration::from_secs(1));
    assert_eq!(bench.store.remove_trails(bench.clock.now(), 1).await.unwrap(), 1);
    assert_eq!((events(bench, job).await, events(bench, another).await), (0, 2));
    let mut each = |stored: Stored| {
        if let Stored::Job(stored) = stored {
            // Without somebody who says that it was removed, it is missed.
            assert_eq!(check(&stored, None).is_err(), stored.id == job.to_string());
        }
        ControlFlow::Continue(())
    };
    bench.store.stored(&mut each).await.unwrap();
}
