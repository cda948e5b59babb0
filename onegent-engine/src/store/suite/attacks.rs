//! The record alone: gate, network and types out of the way, an attacker calls the store as it likes.
//!
//! What the record can't answer is whether a submit costs money: of a worker that calls a charge a free booking it
//! learns nothing. What it holds even then is that there is one, and no second.

use std::io::Write as _;
use std::sync::Arc;

use onegent_core::charge::ChargeHash;
use onegent_core::id::{AccountId, JobId, SessionId};
use onegent_core::job::JobErrorCode;
use onegent_core::machine::{JobEvent, Outcome, Permit};

use crate::job_error::job_error;
use crate::store::record::JobRecord;
use crate::store::{Advance, Confirm, Redeem, StoreError};
use crate::testing::{Bench, FRESH, HOLD, LEASE, charge};

/// Permits that nobody gave a right to, for each attack.
struct Gains(Vec<(&'static str, usize)>);

impl Gains {
    fn add(&mut self, attack: &'static str, permits: usize) {
        self.0.push((attack, permits));
    }
}

fn one(got: &Result<Permit, StoreError>) -> usize {
    usize::from(got.is_ok())
}

pub(crate) async fn the_record_alone_gives_no_attacker_a_permit(bench: &Bench) {
    let mut gains = Gains(Vec::new());
    doubles(bench, &mut gains).await;
    zombies(bench, &mut gains).await;
    foreign_and_stale(bench, &mut gains).await;
    confirmations(bench, &mut gains).await;
    let leaks: Vec<_> = gains.0.iter().filter(|(_, permits)| *permits > 0).collect();
    let held = gains.0.len() - leaks.len();
    writeln!(std::io::stderr(), "store alone: {held} of {} attacks got no permit", gains.0.len()).unwrap();
    assert_eq!(leaks, Vec::<&(&str, usize)>::new());

    // The known limit: the word of the worker decides whether it is a charge. It gets one permit by it, ever.
    let (lied, epoch) = bench.running().await;
    let mut permits = 0;
    for _ in 0..5 {
        permits += one(&bench.store.redeem(bench.reserve(lied.id, epoch)).await);
    }
    assert_eq!(permits, 1);
}

/// The same right, used again.
async fn doubles(bench: &Bench, gains: &mut Gains) {
    let (record, epoch) = bench.running_confirmed().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (store, redeem) = (Arc::clone(&bench.store), bench.charge(&record, epoch));
        tasks.spawn(async move { one(&store.redeem(redeem).await) });
    }
    let won: usize = tasks.join_all().await.into_iter().sum();
    gains.add("forty submits at once", won.saturating_sub(1));
    gains.add("the submit again", one(&bench.store.redeem(bench.charge(&record, epoch)).await));
    gains.add("again, as a free one", one(&bench.store.redeem(bench.reserve(record.id, epoch)).await));
    let error = job_error(JobErrorCode::SubmitOutcomeUnknown, "Look at the site.");
    let event = JobEvent::Reconcile { outcome: Outcome::Error { error } };
    bench.clock.turn(HOLD);
    let settled = bench.store.advance(Advance::new(record.id, event, Vec::new())).await;
    assert!(settled.is_ok(), "{settled:?}");
    gains.add("again, when the job is over", one(&bench.store.redeem(bench.charge(&record, epoch)).await));
}

/// Workers that do not know that they are dead.
async fn zombies(bench: &Bench, gains: &mut Gains) {
    let (record, old) = bench.running_confirmed().await;
    bench.clock.turn(LEASE);
    gains.add("a lease that ran out", one(&bench.store.redeem(bench.charge(&record, old)).await));
    let late = bench.store.renew(record.id, old, LEASE).await;
    assert!(late.is_err(), "a dead worker prolongs its lease: {late:?}");
    bench.store.advance(Advance::new(record.id, JobEvent::LeaseRanOut, Vec::new())).await.unwrap();
    gains.add("a lease that was taken away", one(&bench.store.redeem(bench.charge(&record, old)).await));
    let (again, new) = bench.claim_one().await;
    assert_eq!(again.id, record.id);
    gains.add("an older epoch", one(&bench.store.redeem(bench.charge(&again, old)).await));
    gains.add("an epoch to come", one(&bench.store.redeem(bench.charge(&again, new + 1)).await));
    let (zombie, heir) = tokio::join!(
        bench.store.redeem(bench.charge(&again, old)),
        bench.store.redeem(bench.charge(&again, new)),
    );
    gains.add("beside its heir", one(&zombie));
    heir.unwrap();
    gains.add("after its heir", one(&bench.store.redeem(bench.charge(&again, old)).await));
}

/// Rights that are somebody else's, or over.
async fn foreign_and_stale(bench: &Bench, gains: &mut Gains) {
    let (mine, my_epoch) = bench.running().await;
    let (other, epoch) = bench.running_confirmed().await;
    let foreign =
        |record: &JobRecord| Redeem { job: mine.id, epoch: my_epoch, ..bench.charge(record, epoch) };
    gains.add("another job's confirmation", one(&bench.store.redeem(foreign(&other)).await));
    let nobody = Redeem { job: bench.id(JobId::generate), ..bench.charge(&other, epoch) };
    gains.add("a job that is none", one(&bench.store.redeem(nobody).await));
    let hold = other.hold.as_ref().unwrap();
    for (attack, hash) in [
        ("a cent more than confirmed", charge("412.51").hash(other.id)),
        ("the same charge, hashed for another job", hold.charge.hash(mine.id)),
    ] {
        let redeem = Redeem { charge: Some((hold.id, hash)), ..bench.charge(&other, epoch) };
        gains.add(attack, one(&bench.store.redeem(redeem).await));
    }
    gains.add(
        "a confirmed charge as a free booking",
        one(&bench.store.redeem(bench.reserve(other.id, epoch)).await),
    );

    let again = bench.pause(other.id, epoch, charge("450.00")).await.unwrap();
    gains.add(
        "a confirmation that a new price made void",
        one(&bench.store.redeem(bench.charge(&other, epoch)).await),
    );
    gains.add("the new price without a yes", one(&bench.store.redeem(bench.charge(&again, epoch)).await));
    let again = bench.store.confirm(bench.confirmation(&again, bench.session().await)).await.unwrap();
    gains.add("before it is claimed", one(&bench.store.redeem(bench.charge(&again, epoch)).await));

    let (late, epoch) = bench.running_confirmed().await;
    let mut left = HOLD;
    while left > LEASE / 2 {
        bench.clock.turn(LEASE / 2);
        left -= LEASE / 2;
        bench.store.renew(late.id, epoch, LEASE).await.unwrap();
    }
    bench.clock.turn(left);
    gains.add("an offer that is over", one(&bench.store.redeem(bench.charge(&late, epoch)).await));
}

/// What an attacker makes of a right confirmation, with a session that was once signed in.
type Change = fn(&Bench, Confirm, SessionId) -> Confirm;

/// Confirmations that nobody gave, each followed by a submit.
async fn confirmations(bench: &Bench, gains: &mut Gains) {
    let stale = bench.session().await;
    bench.clock.turn(FRESH);
    let attacks: [(&'static str, Change); 4] = [
        ("a session that is not fresh", |_, right, stale| Confirm { session: stale, ..right }),
        ("a session that is none", |bench, right, _| Confirm {
            session: bench.id(SessionId::generate),
            ..right
        }),
        ("another account", |bench, right, _| Confirm { account: bench.id(AccountId::generate), ..right }),
        ("another charge than was shown", |_, right, _| {
            let shown: ChargeHash = charge("1.00").hash(right.job);
            Confirm { shown, ..right }
        }),
    ];
    for (attack, change) in attacks {
        let paused = bench.paused().await;
        let right = bench.confirmation(&paused, bench.session().await);
        gains.add(attack, try_confirmed(bench, &paused, change(bench, right, stale)).await);
    }
    let paused = bench.paused().await;
    let epoch = paused.state.turn().unwrap().epoch;
    gains.add("no confirmation", one(&bench.store.redeem(bench.charge(&paused, epoch)).await));
    gains.add(
        "no confirmation, as a free one",
        one(&bench.store.redeem(bench.reserve(paused.id, epoch)).await),
    );
    let hold = paused.hold.as_ref().unwrap().id;
    let right = bench.confirmation(&paused, bench.session().await);
    bench.store.advance(Advance::new(paused.id, JobEvent::Decline { hold }, Vec::new())).await.unwrap();
    gains.add("a yes after the no", try_confirmed(bench, &paused, right).await);
    let cancelled = bench.paused().await;
    let right = bench.confirmation(&cancelled, bench.session().await);
    bench.store.advance(Advance::new(cancelled.id, JobEvent::Cancel, Vec::new())).await.unwrap();
    gains.add("a yes after the cancel", try_confirmed(bench, &cancelled, right).await);
    let (mine, other) = (bench.paused().await, bench.paused().await);
    let right = bench.confirmation(&mine, bench.session().await);
    let swapped = Confirm { hold: other.hold.as_ref().unwrap().id, ..right };
    gains.add("another job's hold", try_confirmed(bench, &mine, swapped).await);
    let over = bench.paused().await;
    bench.clock.turn(HOLD);
    let late = bench.confirmation(&over, bench.session().await);
    gains.add("a yes when the offer is over", try_confirmed(bench, &over, late).await);
}

/// Confirms, whatever comes of it, and asks for the permit.
async fn try_confirmed(bench: &Bench, paused: &JobRecord, confirm: Confirm) -> usize {
    let confirmed = bench.store.confirm(confirm).await;
    let epoch = match &confirmed {
        Ok(_) => bench.claim_one().await.1,
        Err(_) => paused.state.turn().unwrap().epoch,
    };
    one(&bench.store.redeem(bench.charge(paused, epoch)).await)
}
