//! Showing the page to a person: the browser's own screencast, one picture at a time.

use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use onegent_core::port::LivePicture;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::hands;
use super::settle::{driven, settle};
use super::tab::{Hands, State, Tab};
use super::wire::{Event, SessionId, Wire};
use crate::browser::live::{Ask, Lent, Live, Screen, Touched, Wants, Watching};

/// No picture has more pixels on a side.
const MOST_PIXELS: u32 = 1280;
/// The quality of a picture, 0 to 100.
const QUALITY: u8 = 55;
/// How long a page may take to come to rest after a person had it.
const REST: Duration = Duration::from_secs(20);
/// The browser sends a few pictures before the first is acknowledged.
const AHEAD: usize = 8;

/// One picture as the browser sent it.
#[derive(Debug)]
pub(super) struct Shot {
    session: SessionId,
    shown: Shown,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    data: String,
    metadata: Metadata,
    /// The picture's own name for its acknowledgement.
    session_id: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    device_width: f64,
    device_height: f64,
}

/// A page that can be watched. It does not keep the page open.
#[derive(Debug)]
pub(super) struct LiveTab(Weak<Tab>);

impl LiveTab {
    pub(super) fn of(tab: &Arc<Tab>) -> Self {
        Self(Arc::downgrade(tab))
    }
}

#[async_trait]
impl Live for LiveTab {
    fn is_open(&self) -> bool {
        self.0.upgrade().is_some_and(|tab| !tab.state.borrow().gone)
    }

    fn watch(&self) -> Option<Watching> {
        let tab = self.0.upgrade().filter(|tab| !tab.state.borrow().gone)?;
        let (watching, screen) = Watching::new();
        let (shots, taken) = mpsc::channel(AHEAD);
        tab.shots.lock().unwrap_or_else(PoisonError::into_inner).replace(shots);
        let cast =
            Cast { tab: self.0.clone(), wire: tab.wire.clone(), state: tab.state.subscribe(), shots: taken };
        drop(tokio::spawn(cast.run(screen)));
        Some(watching)
    }

    async fn gone(&self) {
        let Some(mut state) = self.0.upgrade().map(|tab| tab.state.subscribe()) else { return };
        drop(state.wait_for(|state| state.gone).await);
    }

    fn lend(&self, asks: mpsc::Sender<Ask>) -> Option<Lent> {
        let tab = self.0.upgrade().filter(|tab| !tab.state.borrow().gone)?;
        tab.state.send_modify(|state| {
            state.hands = Hands { asks: Some(asks), touched: Touched::Never, unrest: true };
            // Windows that the person's clicks open are let in.
            state.acting = true;
        });
        let (touches, done) = mpsc::channel(hands::WAITING);
        let done = tokio::spawn(hands::touch_all(self.0.clone(), done));
        Some(Lent { touches, done })
    }

    async fn rest(&self) {
        if let Some(tab) = self.0.upgrade() {
            settle(&tab, Instant::now() + REST).await;
        }
    }

    fn take_back(&self) {
        if let Some(tab) = self.0.upgrade() {
            tab.state.send_modify(|state| {
                state.hands.asks = None;
                state.acting = false;
                state.denied = None;
                state.failed = None;
                state.dialogs.clear();
            });
        }
    }

    async fn asks_for(&self) -> Option<Wants> {
        hands::asks_for(&*self.0.upgrade()?).await.ok()
    }

    async fn empty_fields(&self) {
        let Some(tab) = self.0.upgrade() else { return };
        if let Err(error) = hands::empty_fields(&tab).await {
            tracing::debug!(%error, "fields were not emptied");
        }
    }
}

/// The browser has a picture. One that nobody waits for is dropped; what the page shows later comes as another.
pub(super) fn shot(tab: &Tab, session: &SessionId, event: &Event) {
    let Some(shown) = event.read::<Shown>() else { return };
    let shots = tab.shots.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(shots) = &*shots {
        drop(shots.try_send(Shot { session: session.clone(), shown }));
    }
}

/// One viewer's show, which goes on from page to page of the visit.
struct Cast {
    tab: Weak<Tab>,
    wire: Wire,
    state: watch::Receiver<State>,
    shots: mpsc::Receiver<Shot>,
}

impl Cast {
    async fn run(mut self, mut screen: Screen) {
        let mut on: Option<SessionId> = None;
        loop {
            let now = self.tab.upgrade().and_then(|tab| driven(&tab)).map(|(session, _)| session);
            let Some(now) = now else { break };
            if on.as_ref() != Some(&now) {
                if let Some(before) = on.replace(now.clone()) {
                    self.wire.tell(Some(&before), "Page.stopScreencast", json!({}));
                }
                let params = json!({
                    "format": "jpeg", "quality": QUALITY, "maxWidth": MOST_PIXELS, "maxHeight": MOST_PIXELS,
                });
                // A show that goes on for somebody else would begin with nothing until the page changes.
                self.wire.tell(Some(&now), "Page.stopScreencast", json!({}));
                self.wire.tell(Some(&now), "Page.startScreencast", params);
            }
            tokio::select! {
                () = screen.pictures.closed() => break,
                changed = self.state.changed() => if changed.is_err() { break },
                shot = self.shots.recv() => match shot {
                    // Somebody else watches now.
                    None => return,
                    Some(shot) => if !self.show(shot, &mut screen).await { break },
                },
            }
        }
        // It may be somebody else's by now.
        if let Some(on) = on.filter(|_| !self.shots.is_closed()) {
            self.wire.tell(Some(&on), "Page.stopScreencast", json!({}));
        }
    }

    /// Shows one picture and waits until it was seen: only then the browser makes the next. `false` when nobody watches.
    async fn show(&self, shot: Shot, screen: &mut Screen) -> bool {
        let Shot { session, shown: Shown { data, metadata, session_id } } = shot;
        if let Ok(jpeg) = STANDARD.decode(data) {
            let picture = LivePicture {
                width: pixels(metadata.device_width),
                height: pixels(metadata.device_height),
                jpeg,
            };
            if screen.pictures.send(picture).await.is_err() {
                return false;
            }
            let seen = tokio::select! {
                seen = screen.seen.recv() => seen.is_some(),
                () = screen.pictures.closed() => false,
            };
            if !seen {
                return false;
            }
        }
        self.wire.tell(Some(&session), "Page.screencastFrameAck", json!({ "sessionId": session_id }));
        true
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a window's side, which is neither long nor negative"
)]
fn pixels(side: f64) -> u16 {
    side.clamp(1.0, f64::from(u16::MAX)) as u16
}
