//! The world of the model: one job, its store, its workers, a site, a person and a clock.

use jiff::Timestamp;
use onegent_core::charge::ChargeHash;
use onegent_core::id::{HoldId, PermitId, SessionId, WorkerId};
use onegent_core::job::{JobError, JobErrorCode};
use onegent_core::machine::{
    Approval, Hold, JobEvent, JobState, Lease, Outcome, Permit, Refused, SubmitKind,
};
use stateright::{Model, Property};

/// Something broken on purpose, which a property has to catch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// The store takes a worker's write whatever its epoch.
    NoFence,
    /// A crash after the permit leads to another try.
    SubmitRetriedAfterCrash,
    /// A confirmation counts for whatever charge waits by now.
    StaleConfirmationTaken,
    /// A cancel is taken although the submit has begun.
    CancelRacesSubmit,
    /// An unknown submit is settled while its worker may still click.
    ReconciledTooEarly,
}

/// How large the world is. Times are ticks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) workers: usize,
    pub(crate) ticks: i64,
    pub(crate) lease: i64,
    pub(crate) permit: i64,
    pub(crate) hold: i64,
    pub(crate) price_changes: u8,
    pub(crate) attempts: u32,
    pub(crate) fault: Fault,
}

/// One worker's own view, which may be long out of date.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Worker {
    Idle,
    /// Drives a page; `read` is the price it has seen there.
    Driving {
        epoch: u64,
        approval: Option<Approval>,
        read: Option<u8>,
    },
    /// Has the permit in hand and has not clicked.
    Permitted {
        epoch: u64,
        permit: Permit,
        price: u8,
    },
    /// Has clicked and not yet written down what came of it.
    Clicked {
        epoch: u64,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct World {
    pub(crate) now: i64,
    pub(crate) job: JobState,
    /// The store's row with `UNIQUE(job_id)`.
    pub(crate) submission: Option<PermitId>,
    pub(crate) workers: Vec<Worker>,
    /// The site's price now.
    pub(crate) price: u8,
    /// What the site took, by price.
    pub(crate) charges: Vec<u8>,
    /// What the person was ever shown, and what they said yes to.
    pub(crate) shown: Vec<(Hold, u8)>,
    pub(crate) confirmed: Vec<u8>,
    /// A write landed under an epoch that was not the newest.
    pub(crate) stale_write: bool,
    /// A click was sent after the job had ended.
    pub(crate) late_click: bool,
    /// An epoch was not above the one before.
    pub(crate) epoch_shrank: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Tick,
    Claim(usize),
    Renew(usize),
    ReadPage(usize),
    Pause(usize),
    Permit { worker: usize, answer_lost: bool },
    Click(usize),
    WriteOutcome(usize),
    GiveBack(usize),
    Die(usize),
    LeaseRunsOut,
    Reconcile,
    Confirm(usize),
    Decline,
    Cancel,
    Expire,
    ChangePrice,
}

pub(crate) fn at(tick: i64) -> Timestamp {
    Timestamp::from_second(tick).unwrap()
}

/// The hash that stands for a charge at a price.
pub(crate) fn hash_of(price: u8) -> ChargeHash {
    format!("{price:064}").parse().unwrap()
}

fn seed(number: usize) -> [u8; 10] {
    [u8::try_from(number).unwrap(); 10]
}

impl Model for Bounds {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            now: 0,
            job: JobState::new(at(0)),
            submission: None,
            workers: vec![Worker::Idle; self.workers],
            price: 0,
            charges: Vec::new(),
            shown: Vec::new(),
            confirmed: Vec::new(),
            stale_write: false,
            late_click: false,
            epoch_shrank: false,
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Step>) {
        let everyone = 0..self.workers;
        actions.extend([
            Step::Tick,
            Step::LeaseRunsOut,
            Step::Reconcile,
            Step::Decline,
            Step::Cancel,
            Step::Expire,
        ]);
        actions.push(Step::ChangePrice);
        actions.extend((0..world.shown.len()).map(Step::Confirm));
        for worker in everyone {
            let each = [Step::Claim, Step::Renew, Step::ReadPage, Step::Pause, Step::Click];
            actions.extend(each.map(|step| step(worker)));
            actions.extend([Step::WriteOutcome, Step::GiveBack, Step::Die].map(|step| step(worker)));
            actions.extend([false, true].map(|answer_lost| Step::Permit { worker, answer_lost }));
        }
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut next = world.clone();
        self.take(&mut next, step).then_some(next).filter(|next| next != world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        super::checks::properties()
    }
}

impl Bounds {
    /// Takes a step; false when it can't be taken here.
    fn take(&self, world: &mut World, step: Step) -> bool {
        match step {
            Step::Tick => {
                world.now += 1;
                world.now <= self.ticks
            }
            Step::Claim(worker) => self.claim(world, worker),
            Step::Renew(worker) => {
                let Some(epoch) = world.workers[worker].epoch() else { return false };
                let until = at(world.now + self.lease);
                self.write(world, epoch, |epoch| JobEvent::Renew { epoch, until }).is_ok()
            }
            Step::ReadPage(worker) => {
                let Worker::Driving { read, .. } = &mut world.workers[worker] else { return false };
                *read = Some(world.price);
                true
            }
            Step::Pause(worker) => self.pause(world, worker),
            Step::Permit { worker, answer_lost } => self.permit(world, worker, answer_lost),
            Step::Click(worker) => click(world, worker),
            Step::WriteOutcome(worker) => {
                let Worker::Clicked { epoch } = world.workers[worker] else { return false };
                world.workers[worker] = Worker::Idle;
                let outcome = Outcome::Done { confirmation_code: None };
                let _lost =
                    self.write(world, epoch, |epoch| JobEvent::Finish { epoch, outcome: outcome.clone() });
                true
            }
            Step::GiveBack(worker) => {
                let Worker::Driving { epoch, .. } = world.workers[worker] else { return false };
                world.workers[worker] = Worker::Idle;
                let not_before = at(world.now);
                self.write(world, epoch, |epoch| JobEvent::Release { epoch, not_before }).is_ok()
            }
            Step::Die(worker) => {
                let alive = world.workers[worker] != Worker::Idle;
                world.workers[worker] = Worker::Idle;
                alive
            }
            Step::LeaseRunsOut => self.lease_runs_out(world),
            Step::Reconcile => self.reconcile(world),
            Step::Confirm(shown) => self.confirm(world, shown),
            Step::Decline => {
                let JobState::PausedPayment { hold, .. } = &world.job else { return false };
                let hold = hold.id;
                apply(world, JobEvent::Decline { hold }).is_ok()
            }
            Step::Cancel => {
                if self.fault == Fault::CancelRacesSubmit && matches!(world.job, JobState::Submitting { .. })
                {
                    world.job = JobState::Cancelled;
                    return true;
                }
                apply(world, JobEvent::Cancel).is_ok()
            }
            Step::Expire => apply(world, JobEvent::Expire).is_ok(),
            Step::ChangePrice => {
                world.price += 1;
                world.price <= self.price_changes
            }
        }
    }

    fn claim(&self, world: &mut World, worker: usize) -> bool {
        let (Worker::Idle, Some(turn)) = (&world.workers[worker], world.job.turn()) else { return false };
        if turn.attempt >= self.attempts {
            return false;
        }
        let approval =
            if let JobState::Confirmed { approval, .. } = &world.job { Some(*approval) } else { None };
        let epoch = turn.epoch + 1;
        let id = WorkerId::generate(at(0), seed(worker));
        let lease = Lease { worker: id, until: at(world.now + self.lease) };
        let claimed = apply(world, JobEvent::Claim { epoch, lease }).is_ok();
        if claimed {
            world.workers[worker] = Worker::Driving { epoch, approval, read: None };
        }
        claimed
    }

    /// Stands at a payment that nobody approved, or at another than was approved.
    fn pause(&self, world: &mut World, worker: usize) -> bool {
        let Worker::Driving { epoch, approval, read: Some(price) } = world.workers[worker] else {
            return false;
        };
        if approval.is_some_and(|approval| approval.hold.charge == hash_of(price)) {
            return false;
        }
        let id = HoldId::generate(at(0), seed(world.shown.len()));
        let hold = Hold { id, charge: hash_of(price), expires_at: at(world.now + self.hold) };
        world.workers[worker] = Worker::Idle;
        let paused = self.write(world, epoch, |epoch| JobEvent::Pause { epoch, hold }).is_ok();
        if paused {
            world.shown.push((hold, price));
        }
        paused
    }

    /// The redeem: the unique record and the transition in one transaction.
    fn permit(&self, world: &mut World, worker: usize, answer_lost: bool) -> bool {
        let Worker::Driving { epoch, approval: Some(approval), read: Some(price) } = world.workers[worker]
        else {
            return false;
        };
        if approval.hold.charge != hash_of(price) || world.submission.is_some() {
            return false;
        }
        let kind = SubmitKind::Charge { hold: approval.hold.id, charge: hash_of(price) };
        let id = PermitId::generate(at(0), seed(worker));
        let permit = Permit { id, kind, deadline: at(world.now + self.permit) };
        let written = self.write(world, epoch, |epoch| JobEvent::StartSubmit { epoch, permit }).is_ok();
        if written {
            world.submission = Some(id);
            world.workers[worker] =
                if answer_lost { Worker::Idle } else { Worker::Permitted { epoch, permit, price } };
        }
        written
    }

    fn lease_runs_out(&self, world: &mut World) -> bool {
        if let (Fault::SubmitRetriedAfterCrash, JobState::Submitting { turn, lease, permit }) =
            (self.fault, &world.job)
            && lease.until <= at(world.now)
            && let SubmitKind::Charge { hold, charge } = permit.kind
        {
            let hold = Hold { id: hold, charge, expires_at: at(world.now + self.hold) };
            let approval = Approval { hold, session: SessionId::generate(at(0), seed(0)), at: at(world.now) };
            world.job = JobState::Confirmed { turn: *turn, approval, not_before: at(world.now) };
            world.submission = None;
            return true;
        }
        apply(world, JobEvent::LeaseRanOut).is_ok()
    }

    /// Asks the site's own look-up, once nobody can click any more.
    fn reconcile(&self, world: &mut World) -> bool {
        let outcome = if world.charges.is_empty() {
            let message = "look at the site".parse().unwrap();
            Outcome::Error { error: JobError { code: JobErrorCode::SubmitOutcomeUnknown, message } }
        } else {
            Outcome::Done { confirmation_code: None }
        };
        let event = JobEvent::Reconcile { outcome };
        if self.fault != Fault::ReconciledTooEarly {
            return apply(world, event).is_ok();
        }
        let settled = world.job.clone().apply(event, at(1_000));
        let landed = settled.is_ok();
        if let Ok(job) = settled {
            world.job = job;
        }
        landed
    }

    /// The person says yes to something that they were shown at some time.
    fn confirm(&self, world: &mut World, shown: usize) -> bool {
        let (seen, price) = world.shown[shown];
        let mut named = seen;
        if let (Fault::StaleConfirmationTaken, JobState::PausedPayment { hold, .. }) =
            (self.fault, &world.job)
        {
            named = *hold;
        }
        let session = SessionId::generate(at(0), seed(0));
        let event = JobEvent::Confirm { hold: named.id, charge: named.charge, session };
        let taken = apply(world, event).is_ok();
        if taken {
            world.confirmed.push(price);
        }
        taken
    }

    /// A worker's write: fenced by its epoch, unless that is the fault.
    fn write(&self, world: &mut World, epoch: u64, event: impl Fn(u64) -> JobEvent) -> Result<(), Refused> {
        let newest = world.job.turn().map_or(0, |turn| turn.epoch);
        let claimed = if self.fault == Fault::NoFence { newest } else { epoch };
        apply(world, event(claimed))?;
        world.stale_write |= epoch != newest;
        Ok(())
    }
}

fn apply(world: &mut World, event: JobEvent) -> Result<(), Refused> {
    let before = world.job.turn().map_or(0, |turn| turn.epoch);
    world.job = world.job.clone().apply(event, at(world.now))?;
    world.epoch_shrank |= world.job.turn().is_some_and(|turn| turn.epoch < before);
    Ok(())
}

/// Sends the submit, if the permit's deadline has not come by the worker's clock.
fn click(world: &mut World, worker: usize) -> bool {
    let Worker::Permitted { epoch, permit, price } = world.workers[worker] else { return false };
    if permit.deadline <= at(world.now) {
        return false;
    }
    world.late_click |= world.job.status().is_terminal();
    world.charges.push(price);
    world.workers[worker] = Worker::Clicked { epoch };
    true
}

impl Worker {
    fn epoch(&self) -> Option<u64> {
        match self {
            Self::Idle => None,
            Self::Driving { epoch, .. } | Self::Permitted { epoch, .. } | Self::Clicked { epoch } => {
                Some(*epoch)
            }
        }
    }
}
