//! One plain page: navigation, filling, pressing, frames.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use onegent_core::time::Clock;
use reqwest::Client;
use url::form_urlencoded;

use super::cookies::Cookies;
use super::document::{Document, Sent};
use super::fetch::{Failed, Line, Question, Stake};
use crate::browser::action::{Action, Filling, SlotValues};
use crate::browser::observation::Observation;
use crate::browser::read::Origin;
use crate::browser::reference::{FramePath, Ref};
use crate::browser::{Page, PageError, SubmitError, Visit};
use crate::gate::{Armed, Cleared};
use crate::network::{Guard, Way};
use crate::payment::SubmitPermit;

const MOST_FRAMES: usize = 4;
const DEEPEST_FRAME: usize = 2;
/// How long all the frames of a page may take together.
const FRAMES: Duration = Duration::from_secs(8);

/// A page driven over HTTP.
#[derive(Debug)]
pub(super) struct PlainPage {
    line: Line,
    slots: SlotValues,
    document: Option<Document>,
}

impl PlainPage {
    pub(super) fn new(client: Client, clock: Arc<dyn Clock>, visit: Visit) -> Self {
        let guard = Guard::new(visit.policy, visit.slots.clone());
        let line = Line { client, guard, cookies: Cookies::default(), clock };
        Self { line, slots: visit.slots, document: None }
    }

    fn seen(&self) -> Result<Observation, PageError> {
        self.document.as_ref().map(Document::observe).ok_or(PageError::Blank)
    }

    fn document(&self, reference: &Ref) -> Result<&Document, PageError> {
        let top = self.document.as_ref().ok_or(PageError::Blank)?;
        top.frame(reference.frame.places()).ok_or_else(|| PageError::Stale(reference.clone()))
    }

    fn document_mut(&mut self, reference: &Ref) -> Result<&mut Document, PageError> {
        let top = self.document.as_mut().ok_or(PageError::Blank)?;
        top.frame_mut(reference.frame.places()).ok_or_else(|| PageError::Stale(reference.clone()))
    }

    /// Loads a page, or a frame of it, and the frames inside.
    async fn navigate(&mut self, question: Question, stake: Stake, frame: &FramePath) -> Result<(), Failed> {
        let (html, origin) = self.line.load(question, Way::Navigation, stake).await?;
        let document =
            parse(html, origin, frame.clone()).await.map_err(|error| Failed { sent: true, error })?;
        // The answer is kept before its frames are asked for: it may be the only one there will be.
        self.keep(document, frame);
        // A frame that is not there in time stays unread.
        let _elapsed = tokio::time::timeout(FRAMES, self.load_frames(frame)).await;
        Ok(())
    }

    fn keep(&mut self, document: Document, frame: &FramePath) {
        match frame.places() {
            [] => self.document = Some(document),
            [outer @ .., place] => {
                let around = self.document.as_mut().and_then(|top| top.frame_mut(outer));
                if let Some(inner) = around.and_then(|around| around.frames.get_mut(usize::from(*place))) {
                    inner.document = Some(document);
                }
            }
        }
    }

    /// Frames that can't be loaded stay unread: the page is shown without them, and the gate sees that they are there.
    async fn load_frames(&mut self, frame: &FramePath) {
        let depth = frame.places().len();
        if depth >= DEEPEST_FRAME {
            return;
        }
        let around = self.document.as_ref().and_then(|top| top.frame(frame.places()));
        let wanted: Vec<_> = around
            .into_iter()
            .flat_map(|around| around.frames.iter().zip(0..).take(MOST_FRAMES))
            .filter_map(|(inner, place)| Some((inner.src.clone()?, frame.inner(place))))
            .collect();
        for (url, path) in wanted {
            let loaded = self.line.load(Question::read(url), Way::Frame, Stake::Step).await;
            let Ok((html, origin)) = loaded else { continue };
            if let Ok(loaded) = parse(html, origin, path.clone()).await {
                self.keep(loaded, &path);
                Box::pin(self.load_frames(&path)).await;
            }
        }
    }

    /// What an action sends, and into which frame its answer goes. `None` when it sends nothing.
    fn question(&self, action: &Action) -> Result<Option<(Question, FramePath)>, PageError> {
        Ok(match action {
            Action::Goto { url } => Some((Question::read(url.clone()), FramePath::default())),
            Action::Follow { link } => {
                Some((Question::read(self.document(link)?.link(link)?), link.frame.clone()))
            }
            Action::Press { button } => Some(self.press(button)?),
            Action::Fill { .. } | Action::Choose { .. } | Action::Check { .. } => None,
        })
    }

    fn press(&self, button: &Ref) -> Result<(Question, FramePath), PageError> {
        let document = self.document(button)?;
        let Sent { method, url, fields, whole_page } = document.press(button)?;
        let from = Some(document.url().origin().ascii_serialization());
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let frame = if whole_page { FramePath::default() } else { button.frame.clone() };
        Ok((Question { method: method.into(), url, body, from }, frame))
    }

    /// What may be submitted: pressing or following, never opening an address of the agent's own.
    fn submission(&self, armed: &Armed) -> Result<(Question, FramePath), PageError> {
        match armed.action() {
            Action::Press { .. } | Action::Follow { .. } => self.question(armed.action())?,
            Action::Goto { .. } | Action::Fill { .. } | Action::Choose { .. } | Action::Check { .. } => None,
        }
        .ok_or(PageError::Unusable("the action submits nothing"))
    }

    fn fill(&mut self, field: &Ref, value: &Filling) -> Result<(), PageError> {
        let text = match value {
            Filling::Slot(slot) => {
                self.line.guard.filled();
                self.slots.expose(*slot).to_owned()
            }
            Filling::Text(text) => text.clone(),
        };
        self.document_mut(field)?.fill(field, &text)?;
        self.read_back(field, |found| found.value == text)
    }

    fn read_back(
        &self,
        field: &Ref,
        holds: impl Fn(&crate::browser::observation::Field) -> bool,
    ) -> Result<(), PageError> {
        let seen = self.seen()?;
        let taken = seen.field(field).is_some_and(|found| holds(found.it));
        if taken { Ok(()) } else { Err(PageError::NotTaken(field.clone())) }
    }
}

/// Reads a page beside the runtime: a large one takes a while.
async fn parse(html: String, origin: Origin, frame: FramePath) -> Result<Document, PageError> {
    tokio::task::spawn_blocking(move || Document::parse(&html, origin, frame))
        .await
        .unwrap_or(Err(PageError::Unusable("it can't be read")))
}

#[async_trait]
impl Page for PlainPage {
    async fn observe(&mut self) -> Result<Observation, PageError> {
        self.seen()
    }

    async fn act(&mut self, cleared: Cleared) -> Result<(), PageError> {
        let action = cleared.action();
        if let Some((question, frame)) = self.question(action)? {
            let seen = self.document.as_ref().map(Document::observe);
            self.line.guard.begin(seen.as_ref(), action, cleared.target());
            let done = self.navigate(question, Stake::Step, &frame).await;
            self.line.guard.close();
            return done.map_err(|failed| failed.error);
        }
        match action {
            Action::Fill { field, value } => self.fill(field, value),
            Action::Choose { field, option } => {
                self.document_mut(field)?.choose(field, option)?;
                self.read_back(field, |found| found.value == *option)
            }
            Action::Check { field, on } => {
                self.document_mut(field)?.check(field, *on)?;
                self.read_back(field, |found| found.checked == *on)
            }
            Action::Goto { .. } | Action::Follow { .. } | Action::Press { .. } => {
                Err(PageError::Unusable("the action sends nothing"))
            }
        }
    }

    async fn arm(&mut self, armed: &Armed) -> Result<(), PageError> {
        let (question, _) = self.submission(armed)?;
        self.line.guard.arm(armed, &question.outgoing(Way::Navigation)).map_err(PageError::Refused)
    }

    async fn submit(&mut self, armed: Armed, permit: SubmitPermit) -> Result<(), SubmitError> {
        let refused = |refusal| SubmitError::NotSent(PageError::Refused(refusal));
        self.line.guard.permit(permit).map_err(refused)?;
        let (question, frame) = self.submission(&armed).map_err(SubmitError::NotSent)?;
        let done = self.navigate(question, Stake::Submit, &frame).await;
        self.line.guard.close();
        done.map_err(|failed| {
            if failed.sent { SubmitError::Unread(failed.error) } else { SubmitError::NotSent(failed.error) }
        })
    }
}
