//! A page in a person's own hands.
//!
//! The agent is blind and still meanwhile; what the person does goes straight to the page. What the page then writes waits
//! until it is decided what it is: getting past the wall where the agent stopped, or what may be the booking itself.
//!
//! **Invariant:** nothing that may be the booking leaves a page in a person's hands before the one submission record of
//! the job is written, and with it the agent never submits for that job. In doubt it may be the booking. Held by
//! `tests/tests/takeover.rs`.

use std::sync::Arc;
use std::time::Duration;

use onegent_core::caller::Person;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::id::{PermitId, SessionId, WorkerId};
use onegent_core::machine::{JobEvent, JobState, Outcome};
use onegent_core::port::{HandsOff, Touch};
use onegent_core::status::JobStatus;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};

use crate::agent::{At, Ending, Evidence, Kept};
use crate::browser::live::{Ask, Lent, Live, Touched, Wants};
use crate::dispatch::look_up;
use crate::parts::Parts;
use crate::signals::Listener;
use crate::store::record::JobRecord;
use crate::store::{Advance, ByHand, StoreError};
use crate::trail;
use crate::worker::look_up_assignment;

/// How long reading the result may take after the person's time.
const READ_WITHIN: Duration = Duration::from_mins(3);
/// How long what a person did last may take to come to its end.
const LAST: Duration = Duration::from_secs(15);
/// Writes that wait for an answer at once.
const ASKS: usize = 64;

/// A person's hold on a page. Dropping it gives the page back.
pub(crate) struct Takeover {
    /// `None` once the page was given back.
    touches: Option<mpsc::Sender<Touch>>,
    give: Option<oneshot::Sender<()>>,
    ended: oneshot::Receiver<HandsOff>,
    until: Instant,
}

impl Takeover {
    /// For how long the page stays theirs.
    pub(crate) fn time(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Does something on the page. What comes faster than the page takes it is left out.
    pub(crate) fn touch(&self, touch: Touch) {
        let _full_or_over = self.touches.as_ref().map(|touches| touches.try_send(touch));
    }

    /// Gives the page back.
    pub(crate) fn hand_back(&mut self) {
        self.touches = None;
        if let Some(give) = self.give.take() {
            let _over = give.send(());
        }
    }

    /// Until the page is no longer theirs, and how it came to that.
    pub(crate) async fn ended(&mut self) -> HandsOff {
        (&mut self.ended).await.unwrap_or(HandsOff::PageGone)
    }
}

/// Puts a job's page into a person's hands. They may confirm: that was looked at.
pub(crate) async fn begin(parts: &Arc<Parts>, record: &JobRecord, person: &Person) -> Result<Takeover> {
    let waits = matches!(record.state, JobState::NeedsPerson { .. } | JobState::PausedPayment { .. });
    let Some((until, kept)) = parts.agent.lend(record.id).filter(|_| waits) else { return Err(no_page()) };
    let Some(live) = kept.page.live() else { return Err(no_page()) };
    let listener = parts.signals.listen(record.id);
    let taken = vec![trail::taken_over(person.session)];
    let record = match parts.store.advance(Advance::new(record.id, JobEvent::ChangeHands, taken)).await {
        Ok(record) => record,
        Err(StoreError::Refused(_) | StoreError::LostRace) => return Err(no_page()),
        Err(error) => {
            parts.agent.keep_on(record.id, kept, until);
            return Err(error.into());
        }
    };
    let asked = live.asks_for().await;
    let (asks, asked_by_page) = mpsc::channel(ASKS);
    let Some(Lent { touches, done }) = live.lend(asks) else { return Err(no_page()) };
    let (give, given) = oneshot::channel();
    let (told, ended) = oneshot::channel();
    let hands = Hands {
        parts: Arc::clone(parts),
        record,
        session: person.session,
        live,
        asked,
        at: kept.at,
        until,
        submitted: false,
        listener,
    };
    let task = hands.run(kept, (asked_by_page, done), given, told);
    drop(tokio::spawn(task));
    Ok(Takeover { touches: Some(touches), give: Some(give), ended, until })
}

fn no_page() -> Error {
    let message = "No page of this booking is open here any more. What you can do without it stands beside.";
    Error::new(ErrorCode::NothingToConfirm, message)
}

/// What is known while a person has the page.
struct Hands {
    parts: Arc<Parts>,
    record: JobRecord,
    session: SessionId,
    live: Arc<dyn Live>,
    /// What the page asked for when the agent stopped there.
    asked: Option<Wants>,
    at: At,
    until: Instant,
    /// Whether something went out that may be the booking.
    submitted: bool,
    listener: Listener,
}

impl Hands {
    async fn run(
        mut self,
        kept: Kept,
        (mut asks, done): (mpsc::Receiver<Ask>, JoinHandle<()>),
        mut given: oneshot::Receiver<()>,
        told: oneshot::Sender<HandsOff>,
    ) {
        let live = Arc::clone(&self.live);
        let mut gone = std::pin::pin!(live.gone());
        let stopping = self.parts.stopping.clone();
        let how = loop {
            tokio::select! {
                biased;
                handed = &mut given => break if handed.is_ok() { HandsOff::HandedBack } else { HandsOff::Left },
                () = &mut gone => break HandsOff::PageGone,
                standing = self.listener.changed() => if standing.seq > self.record.head.seq && !self.still_here().await {
                    break HandsOff::MovedOn;
                },
                Some(ask) = asks.recv() => {
                    self.answer(ask).await;
                }
                () = sleep_until(self.until) => break HandsOff::TimeOver,
                () = stopping.cancelled() => break HandsOff::Left,
            }
        };
        // What they did last is still let come to its end.
        if !matches!(how, HandsOff::PageGone | HandsOff::MovedOn) {
            let mut rest = std::pin::pin!(timeout(LAST, async {
                drop(done.await);
                live.rest().await;
            }));
            loop {
                tokio::select! {
                    biased;
                    Some(ask) = asks.recv() => {
                        self.answer(ask).await;
                    }
                    _ = &mut rest => break,
                }
            }
        }
        live.take_back();
        self.end(kept, how).await;
        let _nobody_listens = told.send(how);
    }

    /// Whether the job still stands where the person has its page.
    async fn still_here(&mut self) -> bool {
        let Ok(Some(newest)) = self.parts.store.job(self.record.account, self.record.id).await else {
            return false;
        };
        let here = match (&self.record.state, &newest.state) {
            (JobState::Submitting { turn: mine, .. }, JobState::Submitting { turn, .. }) => mine == turn,
            (JobState::PausedPayment { hold: mine, .. }, JobState::PausedPayment { hold, .. }) => {
                mine == hold
            }
            (mine, now) => mine == now,
        };
        self.record = newest;
        here
    }

    async fn answer(&mut self, ask: Ask) {
        let Ask { known, touched, reply } = ask;
        let goes = self.let_out(known, &touched).await;
        // The page may have gone on without an answer.
        let _nobody_waits = reply.send(goes);
    }

    /// Whether something that the page wants to write goes out.
    async fn let_out(&mut self, known: bool, touched: &Touched) -> bool {
        // What a page sends by itself before anybody touched it is nobody's wish.
        let wants = match touched {
            Touched::Never => return false,
            _ if self.submitted => return true,
            Touched::Blind => None,
            Touched::On(wants) => Some(wants),
        };
        if self.at == At::Wall && !known && wants.is_some_and(|wants| self.is_at_wall(wants)) {
            return true;
        }
        let ttl = self.until.saturating_duration_since(Instant::now()) + READ_WITHIN;
        let hand = ByHand {
            job: self.record.id,
            session: self.session,
            worker: self.parts.id(WorkerId::generate),
            permit: self.parts.id(PermitId::generate),
            ttl,
        };
        match self.parts.store.submit_by_hand(hand).await {
            Ok(record) => {
                self.record = record;
                self.submitted = true;
                true
            }
            Err(error) => {
                // Whether it was written may be known only to the disk: nothing goes out either way.
                tracing::warn!(job = %self.record.id, %error, "what a person sent was not let out");
                false
            }
        }
    }

    /// Whether the page asked for what the agent stopped at, or for nothing but another proof.
    fn is_at_wall(&self, now: &Wants) -> bool {
        now.is_wall
            || self.asked.as_ref().is_some_and(|before| before.fields == now.fields && !now.fields.is_empty())
    }

    async fn end(self, kept: Kept, how: HandsOff) {
        let job = self.record.id;
        if self.submitted {
            return self.read(kept, how).await;
        }
        let event = match (self.at, how) {
            (At::Wall, HandsOff::HandedBack) => {
                // Before a worker can look for it.
                self.parts.agent.go_on_at(job, kept);
                JobEvent::PersonHelped
            }
            (At::Wall, HandsOff::Left) => {
                self.parts.agent.keep_on(job, kept, self.until);
                JobEvent::ChangeHands
            }
            // What a person typed at payment is gone with the page.
            (At::Payment | At::PastWall, HandsOff::HandedBack | HandsOff::Left)
            | (_, HandsOff::TimeOver | HandsOff::PageGone) => JobEvent::ChangeHands,
            (_, HandsOff::MovedOn) => return,
        };
        let mut trail = vec![trail::handed_back(how)];
        if event == JobEvent::PersonHelped {
            trail.push(trail::person_helped());
        }
        match self.parts.store.advance(Advance::new(job, event, trail)).await {
            Ok(_) | Err(StoreError::Refused(_) | StoreError::LostRace) => {}
            Err(error) => tracing::warn!(%job, %error, "that a page was handed back was not written"),
        }
    }

    /// Reads what came of what may have been the booking, from the page or else from the site's own look-up.
    async fn read(self, kept: Kept, how: HandsOff) {
        let (parts, record) = (&self.parts, &self.record);
        let Some(epoch) = record.state.turn().map(|turn| turn.epoch) else { return };
        let event = JobEvent::Renew { epoch, until: parts.now() };
        let handed = Advance::new(record.id, event, vec![trail::handed_back(how)]);
        if let Err(error) = parts.store.advance(handed).await {
            tracing::warn!(job = %record.id, %error, "that a page was handed back was not written");
        }
        let ending = match (how, look_up_assignment(parts, record)) {
            (HandsOff::PageGone, _) | (_, None) => Ending::OutcomeUnknown { evidence: Evidence::default() },
            (_, Some(assignment)) => parts.agent.read_by_hand(&assignment, kept).await,
        };
        let (outcome, trail, evidence) = if let Ending::Booked { confirmation_code, evidence } = ending {
            let trail = vec![trail::submit_finished("done"), trail::completed(JobStatus::Done)];
            (Outcome::Done { confirmation_code }, trail, Some(evidence))
        } else {
            let answer = look_up::ask(parts, record).await;
            let word = answer.word();
            let (outcome, end) = look_up::settle(answer, record);
            let evidence =
                if let Ending::OutcomeUnknown { evidence } = ending { Some(evidence) } else { None };
            (outcome, vec![trail::submit_unknown(), trail::reconciled(word), end], evidence)
        };
        let mut finish = Advance::new(record.id, JobEvent::Finish { epoch, outcome }, trail);
        finish.evidence = evidence;
        if let Err(error) = parts.store.advance(finish).await {
            // When its time is over the sweep asks the site once more.
            tracing::warn!(job = %record.id, %error, "what came of a submit by hand was not written");
        }
    }
}
