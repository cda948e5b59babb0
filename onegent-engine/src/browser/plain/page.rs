//! One plain page: navigation, filling, pressing, frames.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use onegent_core::time::Clock;
use reqwest::Client;

use super::cookies::Cookies;
use super::document::{Document, Sent};
use super::fetch::{Failed, Line, Pass, Question};
use crate::browser::action::{Action, Filling, SlotValues};
use crate::browser::observation::{Method, Observation, Target};
use crate::browser::read::Origin;
use crate::browser::reference::{FramePath, Ref};
use crate::browser::{Page, PageError, SubmitError, Visit};
use crate::gate::{Armed, Cleared};
use crate::network::Release;
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
        let line = Line { client, policy: visit.policy, cookies: Cookies::default(), clock };
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
    async fn navigate(
        &mut self,
        question: Question,
        pass: Pass<'_>,
        frame: &FramePath,
    ) -> Result<(), Failed> {
        let (html, origin) = self.line.load(question, pass).await?;
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
            let question = Question { method: Method::Get, url, fields: Vec::new(), from: None };
            let Ok((html, origin)) = self.line.load(question, Pass::Page).await else { continue };
            if let Ok(loaded) = parse(html, origin, path.clone()).await {
                self.keep(loaded, &path);
                Box::pin(self.load_frames(&path)).await;
            }
        }
    }

    async fn get(
        &mut self,
        url: url::Url,
        target: Option<&Target>,
        frame: &FramePath,
    ) -> Result<(), PageError> {
        let question = Question { method: Method::Get, url, fields: Vec::new(), from: None };
        let pass = target.map_or(Pass::Page, Pass::Action);
        self.navigate(question, pass, frame).await.map_err(|failed| failed.error)
    }

    fn press(&self, button: &Ref) -> Result<(Question, FramePath), PageError> {
        let document = self.document(button)?;
        let Sent { method, url, fields, whole_page } = document.press(button)?;
        let from = Some(document.url().origin().ascii_serialization());
        let frame = if whole_page { FramePath::default() } else { button.frame.clone() };
        Ok((Question { method, url, fields, from }, frame))
    }

    fn fill(&mut self, field: &Ref, value: &Filling) -> Result<(), PageError> {
        let text = match value {
            Filling::Slot(slot) => self.slots.expose(*slot).to_owned(),
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
        let target = cleared.target();
        match cleared.action() {
            Action::Goto { url } => self.get(url.clone(), target, &FramePath::default()).await,
            Action::Follow { link } => {
                let url = self.document(link)?.link(link)?;
                self.get(url, target, &link.frame).await
            }
            Action::Fill { field, value } => self.fill(field, value),
            Action::Choose { field, option } => {
                self.document_mut(field)?.choose(field, option)?;
                self.read_back(field, |found| found.value == *option)
            }
            Action::Check { field, on } => {
                self.document_mut(field)?.check(field, *on)?;
                self.read_back(field, |found| found.checked == *on)
            }
            Action::Press { button } => {
                let (question, frame) = self.press(button)?;
                let pass = target.map_or(Pass::Page, Pass::Action);
                self.navigate(question, pass, &frame).await.map_err(|failed| failed.error)
            }
        }
    }

    async fn submit(&mut self, armed: Armed, permit: SubmitPermit) -> Result<(), SubmitError> {
        let (question, frame) = match armed.action() {
            Action::Press { button } => self.press(button).map_err(SubmitError::NotSent)?,
            Action::Follow { link } => {
                let url = self
                    .document(link)
                    .and_then(|document| document.link(link))
                    .map_err(SubmitError::NotSent)?;
                (Question { method: Method::Get, url, fields: Vec::new(), from: None }, link.frame.clone())
            }
            Action::Goto { .. } | Action::Fill { .. } | Action::Choose { .. } | Action::Check { .. } => {
                return Err(SubmitError::NotSent(PageError::Unusable("the action submits nothing")));
            }
        };
        let now = self.line.clock.now();
        let pass = Pass::Permit(Release::new(permit, armed.target().clone()), now);
        self.navigate(question, pass, &frame).await.map_err(|failed| {
            if failed.sent { SubmitError::Unread(failed.error) } else { SubmitError::NotSent(failed.error) }
        })
    }
}
