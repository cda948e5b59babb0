//! One page: looking at it, doing what was allowed, and the one submit.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::live::LiveTab;
use super::mark;
use super::settle::{await_suggestions, driven, settle};
use super::tab::{Catch, State, Tab};
use super::touch::Touch;
use super::view::{View, view};
use super::wire::WireError;
use super::{Running, intercept};
use crate::browser::action::{Action, Filling, SlotValues};
use crate::browser::live::Live;
use crate::browser::observation::{Field, FieldKind, Observation, Target};
use crate::browser::reference::Ref;
use crate::browser::{Page, PageError, SubmitError};
use crate::fail_point::{self, FailPoint};
use crate::gate::{Armed, Cleared};
use crate::network::Answer;
use crate::payment::SubmitPermit;

/// How long a page may take to come to rest after an action.
const REST: Duration = Duration::from_secs(20);
/// How long the answer to the submit may take.
const ANSWER: Duration = Duration::from_mins(1);
/// How long the press of the submit may take to become a request.
const CATCH: Duration = Duration::from_secs(15);

/// How long a script may wait before it sends the submit, once the page is at rest.
const LATE: Duration = Duration::from_millis(1500);

/// A page of a context of its own.
#[derive(Debug)]
pub(super) struct ChromiumPage {
    tab: Arc<Tab>,
    slots: SlotValues,
    /// Whether something was done since it came to rest.
    moved: bool,
    /// The page as it was seen last.
    last: Option<Observation>,
    /// The one submit's request, once it is armed.
    armed: Option<intercept::Caught>,
    /// Keeps the browser alive, and counts against its pages.
    _running: Arc<Running>,
    _place: OwnedSemaphorePermit,
}

impl ChromiumPage {
    pub(super) fn new(
        tab: Arc<Tab>,
        slots: SlotValues,
        running: Arc<Running>,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self { tab, slots, moved: false, last: None, armed: None, _running: running, _place: place }
    }

    /// Waits until the page is at rest, and takes it in.
    async fn look(&mut self) -> Result<View, PageError> {
        let mut handled = false;
        self.tab.state.send_if_modified(|state| {
            handled = std::mem::take(&mut state.hands.unrest);
            false
        });
        if self.moved || handled {
            settle(&self.tab, Instant::now() + REST).await;
            self.moved = false;
        }
        for _ in 0..3 {
            match view(&self.tab).await {
                // The document was replaced while it was read.
                Err(PageError::Unusable(_) | PageError::Blank) if !self.tab.state.borrow().is_quiet() => {
                    settle(&self.tab, Instant::now() + REST).await;
                }
                other => return other,
            }
        }
        view(&self.tab).await
    }

    async fn touch<'a>(&'a self, view: &'a View, reference: &Ref) -> Result<Touch<'a>, PageError> {
        self.touch_node(view, reference, reference.node).await
    }

    async fn touch_node<'a>(&'a self, view: &'a View, of: &Ref, node: u32) -> Result<Touch<'a>, PageError> {
        let stale = || PageError::Stale(of.clone());
        let (session, frame) = view.spot(of).ok_or_else(stale)?;
        match Touch::of(&self.tab, session, frame, node).await {
            Err(WireError::Refused(_)) => Err(stale()),
            other => Ok(other?),
        }
    }

    fn field<'v>(view: &'v View, reference: &Ref) -> Result<&'v Field, PageError> {
        let found = view.seen.field(reference).ok_or_else(|| PageError::Stale(reference.clone()))?;
        if found.it.disabled { Err(PageError::NotTaken(reference.clone())) } else { Ok(found.it) }
    }

    async fn fill(&mut self, action: &Action, field: &Ref, value: &Filling) -> Result<(), PageError> {
        let view = self.look().await?;
        let kind = Self::field(&view, field)?.kind;
        self.tab.guard().begin(Some(&view.seen), action, None);
        let text = match value {
            Filling::Slot(slot) => {
                self.tab.guard().filled();
                self.slots.expose(*slot)
            }
            Filling::Text(text) => text,
        };
        let touch = self.touch(&view, field).await?;
        let taken = match kind {
            FieldKind::Date | FieldKind::Time | FieldKind::Other => touch.set(text).await?,
            FieldKind::Checkbox
            | FieldKind::Radio
            | FieldKind::Select
            | FieldKind::File
            | FieldKind::Password => false,
            FieldKind::Text
            | FieldKind::LongText
            | FieldKind::Search
            | FieldKind::Email
            | FieldKind::Tel
            | FieldKind::Url
            | FieldKind::Number => is_written(&touch.write(text).await?, text),
        };
        if taken && touch.suggests().await? {
            await_suggestions(&self.tab, Instant::now() + REST).await;
        }
        drop(touch);
        self.moved = true;
        if taken { Ok(()) } else { Err(PageError::NotTaken(field.clone())) }
    }

    async fn choose(&mut self, action: &Action, reference: &Ref, option: &str) -> Result<(), PageError> {
        let view = self.look().await?;
        let field = Self::field(&view, reference)?;
        self.tab.guard().begin(Some(&view.seen), action, None);
        let offered = field.options.iter().any(|choice| choice.value == option);
        let not_taken = || PageError::NotTaken(reference.clone());
        let taken = if !offered {
            false
        } else if field.kind == FieldKind::Radio {
            let node = view.radio(reference, &field.name, option).ok_or_else(not_taken)?;
            self.touch_node(&view, reference, node).await?.tick(true).await?
        } else {
            field.kind == FieldKind::Select && self.touch(&view, reference).await?.choose(option).await?
        };
        self.moved = true;
        if taken { Ok(()) } else { Err(not_taken()) }
    }

    async fn check(&mut self, action: &Action, reference: &Ref, on: bool) -> Result<(), PageError> {
        let view = self.look().await?;
        let is_box = Self::field(&view, reference)?.kind == FieldKind::Checkbox;
        self.tab.guard().begin(Some(&view.seen), action, None);
        let taken = is_box && self.touch(&view, reference).await?.tick(on).await?;
        self.moved = true;
        if taken { Ok(()) } else { Err(PageError::NotTaken(reference.clone())) }
    }

    /// Clicks a button or a link that the page still has as it was judged.
    async fn click(&self, view: &View, action: &Action) -> Result<(), PageError> {
        let (reference, there) = match action {
            Action::Press { button } => {
                (button, view.seen.button(button).is_some_and(|found| !found.it.disabled))
            }
            Action::Follow { link } => (link, view.seen.link(link).is_some()),
            Action::Goto { .. } | Action::Fill { .. } | Action::Choose { .. } | Action::Check { .. } => {
                return Err(PageError::Unusable("the action clicks nothing"));
            }
        };
        if !there {
            return Err(PageError::Stale(reference.clone()));
        }
        let touch = self.touch(view, reference).await?;
        match touch.click().await {
            // A page that goes elsewhere takes its answer along; what came of it shows in what is there now.
            Ok(()) | Err(WireError::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn open(&self, url: &Url) -> Result<(), PageError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Navigated {
            #[serde(default)]
            error_text: Option<String>,
        }
        let Some((session, _)) = driven(&self.tab) else { return Err(PageError::Gone) };
        let params = json!({ "url": url });
        let navigated: Navigated = self
            .tab
            .wire
            .call_within(REST, Some(&session), "Page.navigate", params)
            .await
            .map_err(|error| match error {
                WireError::Silent(_) => PageError::NoAnswer("it did not answer in time".to_owned()),
                error @ (WireError::Gone | WireError::Refused(_) | WireError::Unreadable(_)) => error.into(),
            })?;
        match navigated.error_text {
            Some(error) if error != "net::ERR_ABORTED" => Err(PageError::NoAnswer(error)),
            Some(_) | None => Ok(()),
        }
    }

    /// Does what may lead elsewhere, waits until the page is at rest, and says what was in the way.
    async fn go(&mut self, action: &Action, target: Option<&Target>) -> Result<(), PageError> {
        let view = match self.look().await {
            // Where the page could not be loaded, an address still can.
            Err(PageError::Blank | PageError::NoAnswer(_)) => None,
            view => Some(view?),
        };
        self.begin(false);
        let seen = view.as_ref().map(|view| &view.seen).or(self.last.as_ref());
        self.tab.guard().begin(seen, action, target);
        let done = match (action, &view) {
            (Action::Goto { url }, _) => self.open(url).await,
            (action, Some(view)) => self.click(view, action).await,
            (_, None) => Err(PageError::Blank),
        };
        let rested = settle(&self.tab, Instant::now() + REST).await;
        self.tab.guard().close();
        self.moved = false;
        self.end(rested, done)
    }

    fn begin(&self, submitting: bool) {
        self.tab.state.send_modify(|state| {
            state.acting = true;
            state.submitting = submitting;
            state.dialogs.clear();
            state.denied = None;
            state.failed = None;
            state.opening = 0;
        });
    }

    fn end(&self, rested: bool, done: Result<(), PageError>) -> Result<(), PageError> {
        let mut came = done;
        self.tab.state.send_modify(|state| {
            state.acting = false;
            state.submitting = false;
            let waits = !rested && state.page().is_some_and(super::tab::Leaf::is_pending);
            if state.gone {
                came = Err(PageError::Gone);
            } else if let Some(denied) = state.denied.take() {
                came = Err(denied);
            } else if let Some(error) = state.failed.take() {
                came = Err(PageError::NoAnswer(error));
            } else if waits {
                came = Err(PageError::NoAnswer("it did not answer in time".to_owned()));
            }
        });
        came
    }

    /// Takes the permit and uses it in one go: no other request comes between.
    fn release(&self, caught: &intercept::Caught, permit: SubmitPermit) -> Result<(), PageError> {
        let not_seen = PageError::Unusable("not all of the last request is to be seen");
        let outgoing = caught.request.outgoing().ok_or(not_seen)?;
        let mut guard = self.tab.guard();
        guard.permit(permit).map_err(PageError::Refused)?;
        match guard.judge(&outgoing, self.tab.clock.now()) {
            Answer::Pass => Ok(()),
            Answer::Hold(held) => Err(PageError::Held(held)),
            Answer::Refuse(refusal) => Err(PageError::Refused(refusal)),
        }
    }

    /// Presses the submit, and keeps the request that comes of it. Nothing is sent.
    async fn catch(&mut self, view: &View, armed: &Armed) -> Result<intercept::Caught, PageError> {
        self.begin(true);
        self.tab.guard().stand_before_submit();
        self.tab.state.send_modify(|state| state.catching = Some(Catch { to: armed.target().cloned() }));
        let deadline = Instant::now() + CATCH;
        let mut state = self.tab.state.subscribe();
        let pressed = {
            let caught = state.wait_for(|state| state.caught.is_some() || state.gone);
            let press = async {
                self.click(view, armed.action()).await?;
                // What the press did not ask for by the time the page is at rest, it does not ask for.
                settle(&self.tab, deadline).await;
                // Some scripts take a moment before they send.
                tokio::time::sleep_until(deadline.min(Instant::now() + LATE)).await;
                Ok::<_, PageError>(())
            };
            tokio::select! {
                biased;
                _ = caught => Ok(()),
                pressed = press => pressed,
            }
        };
        // From here on it can't be caught any more.
        let mut caught = None;
        self.tab.state.send_modify(|state| {
            state.catching = None;
            caught = state.caught.take();
        });
        match (caught, pressed) {
            (Some(caught), _) => Ok(caught),
            (None, pressed) => {
                self.end(true, pressed)?;
                Err(PageError::Unusable("pressing the last button sends nothing"))
            }
        }
    }
}

/// Whether a field holds what was written: a site may put spaces or marks into a number.
fn is_written(held: &str, text: &str) -> bool {
    let bare = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    held == text || (!bare(text).is_empty() && bare(held) == bare(text))
}

#[async_trait]
impl Page for ChromiumPage {
    fn runs_scripts(&self) -> bool {
        true
    }

    async fn observe(&mut self) -> Result<Observation, PageError> {
        let View { seen, .. } = self.look().await?;
        self.tab.guard().observed(&seen);
        self.last = Some(seen.clone());
        Ok(seen)
    }

    async fn act(&mut self, cleared: Cleared) -> Result<(), PageError> {
        let action = cleared.action();
        match action {
            Action::Fill { field, value } => self.fill(action, field, value).await,
            Action::Choose { field, option } => self.choose(action, field, option).await,
            Action::Check { field, on } => self.check(action, field, *on).await,
            Action::Goto { .. } | Action::Follow { .. } | Action::Press { .. } => {
                self.go(action, cleared.target()).await
            }
        }
    }

    async fn arm(&mut self, armed: &Armed) -> Result<(), PageError> {
        let view = self.look().await?;
        let caught = self.catch(&view, armed).await?;
        let said = self.tab.state.borrow().dialogs.clone();
        let shown = match caught.request.outgoing() {
            Some(outgoing) => {
                let mut guard = self.tab.guard();
                let shown = guard.arm(armed, &outgoing).and_then(|()| guard.asked(&said, &view.seen));
                shown.map_err(PageError::Refused)
            }
            None => Err(PageError::Unusable("not all of the last request is to be seen")),
        };
        if let Err(error) = shown {
            intercept::release(&self.tab, &caught, false);
            return self.end(true, Err(error));
        }
        self.armed = Some(caught);
        Ok(())
    }

    async fn submit(&mut self, _armed: Armed, permit: SubmitPermit) -> Result<(), SubmitError> {
        let not_sent = SubmitError::NotSent;
        let Some(caught) = self.armed.take() else { return Err(not_sent(PageError::Blank)) };
        // On a connection that was not used before, the browser does not send it again by itself.
        if let Some(relay) = &self.tab.relay {
            relay.hang_up().await;
        }
        let judged = self.release(&caught, permit);
        intercept::release(&self.tab, &caught, judged.is_ok());
        if judged.is_err() {
            return self.end(true, judged).map_err(not_sent);
        }
        fail_point::reach(FailPoint::AfterSend);
        self.moved = false;
        let rested = settle(&self.tab, Instant::now() + ANSWER).await;
        self.tab.guard().close();
        self.end(rested, Ok(())).map_err(SubmitError::Unread)
    }

    async fn screenshot(&mut self, marked: &[Ref]) -> Result<Vec<u8>, PageError> {
        let view = self.look().await?;
        mark::screenshot(&self.tab, &view, marked).await
    }

    async fn keepsake(&mut self) -> Result<Option<Vec<u8>>, PageError> {
        let view = self.look().await?;
        mark::keepsake(&self.tab, &view).await.map(Some)
    }

    fn live(&self) -> Option<Arc<dyn Live>> {
        Some(Arc::new(LiveTab::of(&self.tab)))
    }
}

/// Waits until a context's first page is there.
pub(super) async fn first_page(tab: &Tab, deadline: Instant) -> Result<(), PageError> {
    let mut state = tab.state.subscribe();
    let ready = |state: &State| state.gone || (!state.pages.is_empty() && state.attaching.is_empty());
    match timeout_at(deadline, state.wait_for(ready)).await {
        Ok(Ok(state)) if !state.gone => Ok(()),
        _ => Err(PageError::Gone),
    }
}

impl From<WireError> for PageError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Gone | WireError::Silent(_) => Self::Gone,
            WireError::Refused(method) | WireError::Unreadable(method) => {
                tracing::debug!(method, "the browser did not do it");
                Self::Unusable("the browser did not do what it was asked to")
            }
        }
    }
}
