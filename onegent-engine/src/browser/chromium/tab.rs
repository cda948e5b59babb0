//! One context of the browser: its pages, frames and workers, what they are doing, and what they ask of the network.
//!
//! A task of its own listens to everything that happens in the context. Whoever waits looks at [`State`], which it keeps.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use onegent_core::time::Clock;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{mpsc, watch};

use super::attach;
use super::intercept;
use super::live;
use super::relay::Relay;
use super::wire::{Event, SessionId, Wire};
use crate::browser::PageError;
use crate::browser::live::{Ask, Touched};
use crate::browser::observation::Target;
use crate::network::Guard;

/// Events that wait to be looked at. A context that fills it is given up.
const INBOX: usize = 16_384;
/// Pages of one visit: the site's and what it opened.
const MOST_PAGES: usize = 4;
/// Requests that are under way at once, as far as they are counted.
const MOST_LOADS: usize = 2_000;

/// One context. Dropping it ends everything in it.
#[derive(Debug)]
pub(super) struct Tab {
    pub(super) wire: Wire,
    pub(super) context: String,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) guard: Mutex<Guard>,
    pub(super) state: watch::Sender<State>,
    /// Its way out; `None` where the browser is another machine's.
    pub(super) relay: Option<Relay>,
    /// Where pictures of it go, while somebody watches.
    pub(super) shots: Mutex<Option<mpsc::Sender<live::Shot>>>,
}

/// What is known of a context.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Pages, the newest last: the last one is driven.
    pub(super) pages: Vec<Leaf>,
    /// Frames in processes of their own.
    pub(super) frames: HashMap<SessionId, Branch>,
    /// Targets that are being made ready.
    pub(super) attaching: HashSet<SessionId>,
    /// Frames that load.
    loading: HashSet<String>,
    /// Requests under way. A frame's may begin in one process and end in another.
    loads: HashMap<String, Load>,
    /// Windows that are about to open.
    pub(super) opening: usize,
    /// A person's hands on it.
    pub(super) hands: Hands,
    /// Whether a page that opens now was opened by what the agent does.
    pub(super) acting: bool,
    /// Whether the one submit is under way: then a question of the page is answered with yes.
    pub(super) submitting: bool,
    /// What the page said in dialogs since the last action.
    pub(super) dialogs: Vec<String>,
    /// Why a page or a frame was not asked for, since the last action.
    pub(super) denied: Option<PageError>,
    /// Why the page could not be loaded, since the last action.
    pub(super) failed: Option<String>,
    /// The one submit is pressed; its request is to be kept.
    pub(super) catching: Option<Catch>,
    /// The one submit's request, as long as it waits.
    pub(super) caught: Option<intercept::Caught>,
    /// Whether a page or the browser is gone.
    pub(super) gone: bool,
}

/// A page in a person's hands.
#[derive(Debug, Default)]
pub(super) struct Hands {
    /// Where to ask about what is written, while they have it.
    pub(super) asks: Option<mpsc::Sender<Ask>>,
    pub(super) touched: Touched,
    /// Whether they had it since it last came to rest.
    pub(super) unrest: bool,
}

/// What is to be kept of what a press sends.
#[derive(Debug, Clone)]
pub(super) struct Catch {
    /// Where it goes; `None` where only a script knows.
    pub(super) to: Option<Target>,
}

/// A request under way.
#[derive(Debug)]
struct Load {
    session: SessionId,
    /// The document that it belongs to.
    loader: String,
}

/// A page.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) session: SessionId,
    /// The id of the target, and of the page's main frame.
    pub(super) target: String,
    loader: String,
    answers: Vec<Answered>,
    /// The document that was asked for and is not there yet.
    pending: Option<String>,
    /// Whether a script of its own wrote something to the site since it came.
    wrote: bool,
}

/// How a document came.
#[derive(Debug, Clone)]
struct Answered {
    loader: String,
    reads: bool,
    status: u16,
}

/// A frame in a process of its own.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) parent: SessionId,
    pub(super) frame: String,
}

impl Leaf {
    pub(super) fn new(session: SessionId, target: String) -> Self {
        Self { session, target, loader: String::new(), answers: Vec::new(), pending: None, wrote: false }
    }

    /// Whether a document was asked for that is not there yet.
    pub(super) fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// The status of what it shows, and whether a GET brought it: what a script's writing brought, asking again does not
    /// bring back. `None` where nothing was loaded yet.
    pub(super) fn origin(&self) -> Option<(u16, bool)> {
        let own = self.answers.iter().rev().find(|answered| answered.loader == self.loader)?;
        Some((own.status, own.reads && !self.wrote))
    }
}

impl State {
    /// The page that is driven.
    pub(super) fn page(&self) -> Option<&Leaf> {
        self.pages.last()
    }

    /// Whether nothing loads and nothing is on its way.
    pub(super) fn is_quiet(&self) -> bool {
        self.gone
            || (self.opening == 0
                && self.loading.is_empty()
                && self.attaching.is_empty()
                && self.loads.is_empty())
    }
}

impl Tab {
    /// Makes a context and listens to it.
    pub(super) fn listen(
        wire: Wire,
        context: String,
        clock: Arc<dyn Clock>,
        guard: Guard,
        relay: Option<Relay>,
    ) -> Arc<Self> {
        let (inbox, events) = mpsc::channel(INBOX);
        wire.route(&context, inbox);
        let (state, _) = watch::channel(State::default());
        let (guard, shots) = (Mutex::new(guard), Mutex::default());
        let tab = Arc::new(Self { wire, context, clock, guard, state, relay, shots });
        drop(tokio::spawn(listen(Arc::downgrade(&tab), events)));
        tab
    }

    /// The judge of its requests.
    pub(super) fn guard(&self) -> MutexGuard<'_, Guard> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(self: &Arc<Self>, event: &Event) {
        let Some(session) = event.session.clone() else {
            if event.method == "Target.attachedToTarget" {
                attach::attached(self, event, None);
            } else if event.method == "Target.detachedFromTarget"
                && let Some(Detached { session_id }) = event.read()
            {
                self.detached(&session_id);
            }
            return;
        };
        match event.method.as_str() {
            "Fetch.requestPaused" => intercept::paused(self, &session, event),
            "Fetch.authRequired" => intercept::asked_for_password(self, &session, event),
            "Target.attachedToTarget" => attach::attached(self, event, Some(session)),
            "Target.detachedFromTarget" => {
                if let Some(Detached { session_id }) = event.read() {
                    self.detached(&session_id);
                }
            }
            "Inspector.targetCrashed" => self.state.send_modify(|state| state.gone = true),
            "Page.javascriptDialogOpening" => self.dialog(&session, event),
            "Page.frameStartedLoading" | "Page.frameStartedNavigating" => {
                if let Some(OfFrame { frame_id }) = event.read() {
                    self.state.send_modify(|state| {
                        state.loading.insert(frame_id);
                    });
                }
            }
            "Page.frameStoppedLoading" => {
                if let Some(OfFrame { frame_id }) = event.read() {
                    self.state.send_modify(|state| {
                        state.loading.remove(&frame_id);
                    });
                }
            }
            "Page.frameDetached" => {
                // A frame that moves to another process goes on loading there.
                if let Some(FrameDetached { frame_id, reason }) = event.read()
                    && reason != "swap"
                {
                    self.state.send_modify(|state| {
                        state.loading.remove(&frame_id);
                    });
                }
            }
            "Page.windowOpen" => self.state.send_modify(|state| state.opening += usize::from(state.acting)),
            "Page.screencastFrame" => live::shot(self, &session, event),
            "Page.frameNavigated" => self.navigated(&session, event),
            "Network.requestWillBeSent" => self.asked(session, event),
            "Network.responseReceived" => self.answered(&session, event),
            "Network.loadingFinished" => self.loaded(event),
            "Network.loadingFailed" => self.not_loaded(event),
            _ => {}
        }
    }

    fn detached(&self, session: &SessionId) {
        self.state.send_modify(|state| {
            state.attaching.remove(session);
            state.frames.remove(session);
            state.loads.retain(|_, load| load.session != *session);
            let before = state.pages.len();
            if let Some(leaf) = state.pages.iter().find(|leaf| leaf.session == *session) {
                state.loading.remove(&leaf.target);
            }
            state.pages.retain(|leaf| leaf.session != *session);
            // A page that closes itself leads back to the one that opened it; the last one leads nowhere.
            state.gone |= before > 0 && state.pages.is_empty();
        });
    }

    /// An alert needs no answer but "seen". A question is answered with no, unless it follows the one submit.
    fn dialog(&self, session: &SessionId, event: &Event) {
        let Some(Dialog { message, kind }) = event.read() else { return };
        let mut accept = matches!(kind.as_str(), "alert" | "beforeunload");
        self.state.send_modify(|state| {
            accept |= kind == "confirm" && state.submitting;
            if kind != "beforeunload" && state.dialogs.len() < 20 {
                state.dialogs.push(message.chars().take(1000).collect());
            }
        });
        self.wire.tell(Some(session), "Page.handleJavaScriptDialog", json!({ "accept": accept }));
    }

    fn navigated(&self, session: &SessionId, event: &Event) {
        let Some(Navigated { frame }) = event.read() else { return };
        self.state.send_modify(|state| {
            if let Some(leaf) = state.pages.iter_mut().find(|leaf| leaf.target == frame.id) {
                leaf.loader.clone_from(&frame.loader_id);
                leaf.pending = None;
                leaf.wrote = false;
                // What the page before asked for is nobody's any more.
                state.loads.retain(|_, load| load.session != *session || load.loader == frame.loader_id);
            }
        });
    }

    fn asked(&self, session: SessionId, event: &Event) {
        let Some(asked) = event.read::<Asked>() else { return };
        let kind = asked.kind.as_deref().unwrap_or_default();
        if matches!(kind, "EventSource" | "WebSocket" | "Ping" | "Media" | "Preflight" | "Prefetch") {
            return;
        }
        self.state.send_modify(|state| {
            let of_page =
                |leaf: &&mut Leaf| kind == "Document" && Some(&leaf.target) == asked.frame_id.as_ref();
            if let Some(leaf) = state.pages.iter_mut().find(of_page) {
                leaf.answers.retain(|answered| answered.loader == leaf.loader);
                let reads = matches!(asked.request.method.as_str(), "GET" | "HEAD");
                leaf.pending = Some(asked.loader_id.clone());
                leaf.answers.push(Answered { loader: asked.loader_id.clone(), reads, status: 200 });
            }
            if state.loads.len() < MOST_LOADS {
                state.loads.insert(asked.request_id, Load { session, loader: asked.loader_id });
            }
        });
    }

    fn answered(&self, session: &SessionId, event: &Event) {
        let Some(Received { loader_id, kind, response }) = event.read() else { return };
        if kind == "Document" {
            self.state.send_modify(|state| {
                let leaf = state.pages.iter_mut().find(|leaf| leaf.session == *session);
                let own = |answered: &&mut Answered| answered.loader == loader_id;
                if let Some(answered) = leaf.and_then(|leaf| leaf.answers.iter_mut().rev().find(own)) {
                    answered.status = response.status;
                }
            });
        }
    }

    fn loaded(&self, event: &Event) {
        if let Some(Ended { request_id, .. }) = event.read() {
            self.state.send_modify(|state| drop(state.loads.remove(&request_id)));
        }
    }

    fn not_loaded(&self, event: &Event) {
        let Some(Ended { request_id, kind, error_text }) = event.read() else { return };
        self.state.send_modify(|state| {
            let loader = state.loads.remove(&request_id).map(|load| load.loader);
            let pending = state
                .pages
                .iter_mut()
                .find(|leaf| kind == "Document" && leaf.pending.is_some() && leaf.pending == loader);
            // Aborted is what we ended ourselves, or what another navigation took the place of.
            if let Some(leaf) = pending {
                leaf.pending = None;
                if error_text != "net::ERR_ABORTED" {
                    state.failed = Some(error_text);
                }
            }
        });
    }

    /// A script of the page that is driven, or of a frame of it, wrote something to the site. What it writes by itself, to
    /// count visitors, makes no other page of it; what it writes when something is pressed does.
    pub(super) fn wrote(&self) {
        self.state.send_modify(|state| {
            let acting = state.acting;
            if let Some(leaf) = state.pages.last_mut() {
                leaf.wrote |= acting;
            }
        });
    }

    /// Closes a window that shows nothing yet and may not go where it was to go.
    pub(super) fn turn_away(&self, target: &str) {
        let mut empty = false;
        self.state.send_modify(|state| {
            let before = state.pages.len();
            state.pages.retain(|leaf| before == 1 || leaf.target != target || !leaf.loader.is_empty());
            empty = state.pages.len() < before;
            if empty {
                state.loading.remove(target);
            }
        });
        if empty {
            self.wire.tell(None, "Target.closeTarget", json!({ "targetId": target }));
        }
    }

    /// Takes a new page in, or turns it away.
    pub(super) fn admit(&self, session: &SessionId, target: &str) -> bool {
        let mut admitted = false;
        self.state.send_modify(|state| {
            state.opening = state.opening.saturating_sub(1);
            admitted = state.pages.is_empty() || (state.acting && state.pages.len() < MOST_PAGES);
            if admitted {
                state.pages.push(Leaf::new(session.clone(), target.to_owned()));
            }
        });
        admitted
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        self.wire.forget(&self.context);
        if !self.wire.is_over() {
            let context = json!({ "browserContextId": self.context });
            self.wire.tell(None, "Target.disposeBrowserContext", context);
        }
    }
}

async fn listen(tab: std::sync::Weak<Tab>, mut events: mpsc::Receiver<Event>) {
    while let Some(event) = events.recv().await {
        let Some(tab) = tab.upgrade() else { return };
        tab.hear(&event);
    }
    if let Some(tab) = tab.upgrade() {
        tab.state.send_modify(|state| state.gone = true);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detached {
    session_id: SessionId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfFrame {
    frame_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FrameDetached {
    frame_id: String,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
struct Dialog {
    message: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Navigated {
    frame: NavigatedFrame,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NavigatedFrame {
    id: String,
    loader_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    request_id: String,
    loader_id: String,
    frame_id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    request: AskedFor,
}

#[derive(Deserialize)]
struct AskedFor {
    method: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Received {
    loader_id: String,
    #[serde(rename = "type")]
    kind: String,
    response: Response,
}

#[derive(Deserialize)]
struct Response {
    status: u16,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ended {
    request_id: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    error_text: String,
}
