//! One visit of one booking site: observe, plan, judge, act, until there is an ending.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use onegent_core::audit::{AuditDraft, AuditKind};
use onegent_core::charge::{Charge, ChargeKind};
use onegent_core::job::JobErrorCode;
use onegent_core::time::Clock;
use tokio::time::Instant;

use super::charge::{ChargeReader, Pressed, evidence};
use super::log::{Log, describe};
use super::stop::Stop;
use super::{AgentStep, Ending, RunControl, SubmitIntent};
use crate::browser::action::{Action, Slot};
use crate::browser::mask::GuestMask;
use crate::browser::observation::Observation;
use crate::browser::{Page, PageError};
use crate::gate::{Armed, Cleared, Commitment, Gate, Verdict};
use crate::network::Refusal;
use crate::payment::ChargeConfirmation;
use crate::planner::learned::{Lesson, Recorder};
use crate::planner::{Finding, Goal, Planner, Step};

mod submit;

/// More steps than the longest booking of any site needs.
const MOST_STEPS: usize = 60;
/// The same action on the same page this often means that it leads nowhere.
const MOST_SAME: usize = 3;
/// A picture that takes longer is not worth waiting for.
const PICTURE: Duration = Duration::from_secs(3);
/// How often a page that failed is asked for again.
const MOST_RELOADS: usize = 2;

/// A visit and all that belongs to it.
pub(super) struct Visit<'a> {
    pub(super) page: Box<dyn Page>,
    pub(super) planner: &'a dyn Planner,
    pub(super) goal: &'a Goal,
    /// Writes the way down, where it is to be learned.
    pub(super) recorder: Option<Recorder>,
    pub(super) reader: ChargeReader<'a>,
    pub(super) mask: &'a GuestMask,
    pub(super) control: &'a dyn RunControl,
    pub(super) log: Log<'a>,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) deadline: Timestamp,
    pub(super) confirmed: Option<ChargeConfirmation>,
    gate: Gate,
    /// Whether it goes on where an earlier one stopped.
    resumed: bool,
    tried: HashMap<(String, Action), usize>,
    reloads: usize,
    read_again: bool,
    /// Whether the site said that it refused the submit.
    refused: bool,
}

/// What a visit needs from its run.
pub(super) struct Parts<'a> {
    pub(super) page: Box<dyn Page>,
    /// What the gate of the page remembers, where the page is one that was kept at payment.
    pub(super) gate: Option<Gate>,
    pub(super) planner: &'a dyn Planner,
    pub(super) goal: &'a Goal,
    pub(super) recorder: Option<Recorder>,
    pub(super) reader: ChargeReader<'a>,
    pub(super) mask: &'a GuestMask,
    pub(super) control: &'a dyn RunControl,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) deadline: Timestamp,
    pub(super) confirmed: Option<ChargeConfirmation>,
}

/// What is left of a visit.
pub(super) struct Left {
    pub(super) ending: Ending,
    /// Whether the site said that it refused the submit: a page's words alone do not settle that.
    pub(super) refused: bool,
    /// What it taught.
    pub(super) lesson: Option<Lesson>,
    pub(super) page: Box<dyn Page>,
    pub(super) gate: Gate,
}

impl<'a> Visit<'a> {
    pub(super) fn new(parts: Parts<'a>) -> Self {
        let Parts { page, gate, planner, goal, recorder, reader, mask, control, clock, deadline, confirmed } =
            parts;
        let log = Log::new(control, mask, reader.provider.clone());
        let fresh = || if page.runs_scripts() { Gate::with_scripts() } else { Gate::new() };
        let (resumed, gate) = (gate.is_some(), gate.unwrap_or_else(fresh));
        Self {
            page,
            planner,
            goal,
            recorder,
            reader,
            mask,
            control,
            log,
            clock,
            deadline,
            confirmed,
            resumed,
            gate,
            tried: HashMap::new(),
            reloads: 0,
            read_again: false,
            refused: false,
        }
    }

    /// Opens the site, unless the page is one that was kept at payment, and goes on to an ending.
    pub(super) async fn run(mut self, entry: url::Url) -> Left {
        let ending = self.run_to_ending(entry).await;
        let lesson = self.lesson(&ending);
        Left { ending, refused: self.refused, lesson, page: self.page, gate: self.gate }
    }

    async fn run_to_ending(&mut self, entry: url::Url) -> Ending {
        let went = self.go(entry).await;
        if let Some(course) = self.planner.course() {
            self.log.course(course);
        }
        match went {
            Ok(ending) => match self.log.write().await {
                Ok(()) => ending,
                Err(error) if matches!(ending, Ending::Booked { .. } | Ending::OutcomeUnknown { .. }) => {
                    // What was submitted has to be told, even when the last note could not be written.
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the last note of a run was not written"
                    );
                    ending
                }
                Err(error) => Stop::from(error).into(),
            },
            Err(stop) => {
                if let Err(error) = self.log.write().await {
                    return Stop::from(error).into();
                }
                stop.into()
            }
        }
    }

    /// What is worth to be remembered. A way is known whole, and only where it led to a booking.
    fn lesson(&mut self, ending: &Ending) -> Option<Lesson> {
        let recorder = self.recorder.take()?;
        let course = self.planner.course();
        match ending {
            Ending::Booked { .. } if self.resumed || self.planner.guided() => None,
            Ending::Booked { .. } if course.is_some_and(|course| course.found == 0) => Some(Lesson::Held),
            Ending::Booked { .. } => recorder.path().map(Lesson::Took),
            Ending::Failed { error, .. }
                if matches!(
                    error.code,
                    JobErrorCode::ProviderNotUnderstood | JobErrorCode::BlockedByGate
                ) =>
            {
                course.map(|_followed| Lesson::Misled)
            }
            Ending::Failed { .. }
            | Ending::NoAvailability { .. }
            | Ending::Payment { .. }
            | Ending::NeedsPerson { .. }
            | Ending::OutcomeUnknown { .. }
            | Ending::Lost => None,
        }
    }

    async fn go(&mut self, entry: url::Url) -> Result<Ending, Stop> {
        if self.resumed {
            self.log.step("resume");
        } else {
            self.open(entry).await?;
        }
        for _ in 0..MOST_STEPS {
            if let Some(ending) = self.turn().await? {
                return Ok(ending);
            }
        }
        Err(Stop::not_understood("it takes too many steps"))
    }

    async fn open(&mut self, entry: url::Url) -> Result<(), Stop> {
        self.log.step("open_site");
        self.log.write().await?;
        match self.gate.entry(entry) {
            Verdict::Allowed(cleared) => self.act(cleared).await,
            Verdict::Denied { .. } | Verdict::NeedsPermit { .. } => {
                Err(Stop::not_understood("its entry is no web address"))
            }
        }
    }

    /// One step. Answers when the visit is over.
    async fn turn(&mut self) -> Result<Option<Ending>, Stop> {
        let began = Instant::now();
        let seen = self.page.observe().await?;
        self.control.took(AgentStep::Observe, began.elapsed());
        let shown = self.mask.observation(&seen);
        self.log.page(&shown);
        if seen.status >= 500 {
            self.ask_again(&seen).await?;
            return Ok(None);
        }
        let step = self.planner.next(&shown, self.goal).await;
        if let Some(asked) = self.planner.asked() {
            self.log.asked(&asked);
            self.control.asked(&asked);
        }
        match step {
            Step::End(finding) => {
                self.keep_picture().await;
                self.end(&seen, finding).map(Some)
            }
            Step::Act { action, word, remark } => {
                self.log.step(&word);
                if let Some(remark) = &remark {
                    self.log.remark(remark);
                }
                if let Some(recorder) = &mut self.recorder {
                    let path = self.mask.path(&seen.url);
                    recorder.note(&shown, &path, &action, &word, remark.is_some());
                }
                self.count(&shown, &action)?;
                self.judge(&seen, &shown, action).await
            }
        }
    }

    /// The same action on the same page again and again leads nowhere. Pages are told apart by what they say and what is
    /// filled in, so that filling one field after the other counts as going on.
    fn count(&mut self, shown: &Observation, action: &Action) -> Result<(), Stop> {
        let page = format!("{} {}", shown.url.path(), shown.text);
        let times = self.tried.entry((page, action.clone())).or_default();
        *times += 1;
        if *times > MOST_SAME {
            Err(Stop::not_understood("the same step leads to the same page again"))
        } else {
            Ok(())
        }
    }

    async fn judge(
        &mut self,
        seen: &Observation,
        shown: &Observation,
        action: Action,
    ) -> Result<Option<Ending>, Stop> {
        let what = describe(&action);
        let verdict = self.gate.judge(shown, action);
        self.log.verdict(&what, &verdict);
        self.control.judged(&verdict);
        match verdict {
            Verdict::Allowed(cleared) => {
                let turns = matches!(
                    cleared.action(),
                    Action::Press { .. } | Action::Follow { .. } | Action::Goto { .. }
                );
                if turns {
                    self.log.write().await?;
                    self.keep_picture().await;
                }
                self.act(cleared).await?;
                Ok(None)
            }
            Verdict::Denied { reasons } => {
                let why = reasons.first().map_or("", |reason| reason.sentence);
                let message =
                    format!("The payment gate refused what was left to do. {why} Nothing was booked.");
                Err(Stop::for_good(JobErrorCode::BlockedByGate, message))
            }
            Verdict::NeedsPermit { armed, commitment, .. } => self.commit(seen, armed, commitment).await,
        }
    }

    /// Stands before the irreversible step.
    async fn commit(
        &mut self,
        seen: &Observation,
        armed: Armed,
        commitment: Commitment,
    ) -> Result<Option<Ending>, Stop> {
        let kind = match (commitment, &self.confirmed) {
            (Commitment::Reserve, None) if !self.planner.guided() => {
                let provider = self.reader.provider.clone();
                let booking = self.reader.booking(seen);
                let intent = SubmitIntent::Reserve { provider, booking };
                return self.submit(seen, armed, intent).await.map(Some);
            }
            // A person confirmed a charge, and now the page asks for none: that is another thing than was confirmed. And
            // where a model led, only a person knows whether it is what was asked for.
            (Commitment::Reserve, _) => ChargeKind::Unclear,
            (Commitment::Charge(kind), _) => kind,
        };
        if self.confirmed.is_some() && !self.read_again {
            self.read_again = true;
            if self.reload(seen).await? {
                return Ok(None);
            }
        }
        let read = self.read(seen, kind, &armed);
        let Some(confirmation) = self.confirmed.take().filter(|held| *held.charge() == read) else {
            self.keep_picture().await;
            return Ok(Some(self.pause(seen, read)));
        };
        // A page may change while a planner thinks: what is submitted is what it shows now.
        let now = self.page.observe().await?;
        let read = self.read(&now, kind, &armed);
        if *confirmation.charge() != read {
            self.keep_picture().await;
            return Ok(Some(self.pause(&now, read)));
        }
        self.submit(&now, armed, SubmitIntent::Charge { confirmation, read }).await.map(Some)
    }

    fn read(&self, seen: &Observation, kind: ChargeKind, armed: &Armed) -> Charge {
        let pressed = Pressed::of(seen, armed.action(), armed.target());
        self.reader.read(seen, kind, pressed.as_ref())
    }

    fn pause(&self, seen: &Observation, charge: Charge) -> Ending {
        Ending::Payment { charge, evidence: evidence(seen, self.mask) }
    }

    fn end(&self, seen: &Observation, finding: Finding) -> Result<Ending, Stop> {
        match finding {
            Finding::NoAvailability { alternatives } => Ok(Ending::NoAvailability { alternatives }),
            Finding::NeedsPerson(wanted) => {
                Ok(Ending::NeedsPerson { wanted, evidence: evidence(seen, self.mask) })
            }
            Finding::DetailsRefused { slots } => {
                // An address is asked for twice at times.
                let mut slots: Vec<_> = slots.into_iter().map(Slot::name).collect();
                slots.dedup();
                let message = format!(
                    "The site refused the guest's details: {}. Nothing was booked.",
                    slots.join(", ")
                );
                Err(Stop::for_good(JobErrorCode::GuestDetailsRefused, message))
            }
            Finding::SiteFailed => Err(Stop::unreachable()),
            Finding::NotUnderstood { why } => Err(Stop::not_understood(&why)),
            // Nothing was submitted, so whatever says "booked" is not this booking.
            Finding::Booked { .. } => {
                Err(Stop::not_understood("it says that it is booked before anything was submitted"))
            }
        }
    }

    /// Asks again for a page that failed, a few times.
    async fn ask_again(&mut self, seen: &Observation) -> Result<(), Stop> {
        self.reloads += 1;
        let event = AuditDraft::new(AuditKind::StepAttempt, "The site failed; the page is asked for again.");
        self.log.event(event.with("status", seen.status).with("attempt", self.reloads));
        if self.reloads > MOST_RELOADS || !self.reload(seen).await? {
            return Err(Stop::unreachable());
        }
        Ok(())
    }

    /// Loads the page again, where that changes nothing on the site.
    async fn reload(&mut self, seen: &Observation) -> Result<bool, Stop> {
        let again = Action::Goto { url: seen.url.clone() };
        let Verdict::Allowed(cleared) = self.gate.judge(seen, again) else { return Ok(false) };
        self.log.write().await?;
        self.act(cleared).await?;
        Ok(true)
    }

    /// Does what the gate allowed, within the run's time.
    async fn act(&mut self, cleared: Cleared) -> Result<(), Stop> {
        let left = self.time_left()?;
        let began = Instant::now();
        let acted = tokio::time::timeout(left, self.page.act(cleared)).await;
        self.control.took(AgentStep::Act, began.elapsed());
        match acted {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                self.note_denied(&error);
                tracing::debug!(error = &error as &dyn std::error::Error, "an action failed");
                Err(error.into())
            }
            Err(_elapsed) => Err(time_over()),
        }
    }

    /// Keeps a picture of the page as it stands, where the browser shows one. That there is none stops nothing.
    async fn keep_picture(&mut self) {
        match tokio::time::timeout(PICTURE, self.page.keepsake()).await {
            Ok(Ok(Some(jpeg))) => self.control.keep_picture(self.log.current_step(), jpeg).await,
            Ok(Ok(None)) => {}
            Ok(Err(error)) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "a page gave no picture");
            }
            Err(_elapsed) => tracing::debug!("a page gave no picture in time"),
        }
    }

    /// What the network layer did not let out stands in the trail.
    fn note_denied(&mut self, error: &PageError) {
        let (said, reason) = match error {
            // A host that a page chose has no place in the trail.
            PageError::Refused(Refusal::ForeignOrigin(_)) => (
                "A request was refused: it goes to a host that does not belong to the booking site."
                    .to_owned(),
                "foreign_origin",
            ),
            PageError::Refused(refusal) => (format!("A request was refused: {refusal}."), refusal.word()),
            PageError::Held(held) => (format!("A request was held: {held}."), held.word()),
            PageError::Blank
            | PageError::Stale(_)
            | PageError::NotTaken(_)
            | PageError::Unreachable(_)
            | PageError::NoAnswer(_)
            | PageError::Gone
            | PageError::Unusable(_) => return,
        };
        self.log.event(AuditDraft::new(AuditKind::RequestDenied, said).with("reason", reason));
    }

    fn time_left(&self) -> Result<Duration, Stop> {
        let left = Duration::try_from(self.deadline.duration_since(self.clock.now())).unwrap_or_default();
        if left.is_zero() { Err(time_over()) } else { Ok(left) }
    }
}

fn time_over() -> Stop {
    let message = "The booking took longer than its consent allows. Nothing was submitted.";
    Stop::for_good(JobErrorCode::TimeLimit, message)
}
