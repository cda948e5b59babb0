//! A page in a person's hands: what they do goes straight to it, and what it writes waits for a word.

use std::sync::{Arc, Weak};
use std::time::Duration;

use onegent_core::port::{Key, Spot, Touch};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use url::Url;

use super::intercept::{fail, go_on, way};
use super::settle::{driven, world};
use super::tab::Tab;
use super::wire::{Event, SessionId, WireError};
use crate::browser::PageError;
use crate::browser::live::{Ask, Touched, Wants};
use crate::network::{ByHand, HandAnswer, Refusal, Way};

const ASKS_FOR: &str = include_str!("asks_for.js");
/// Empties all fields of a document and of what it holds that can be looked into.
const EMPTY: &str = r#"(() => {
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (element.matches("input:not([type=submit], [type=button], [type=reset], [type=checkbox], [type=radio]), textarea"))
        element.value = "";
    }
  };
  walk(document);
})()"#;
/// What a person does faster than the page takes it is left out.
pub(super) const WAITING: usize = 64;
/// How long the page may take over one touch before the next.
const TOUCH: Duration = Duration::from_secs(2);

/// One request, of which only the head is read: its body may hold a password or a card.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paused {
    request_id: String,
    request: Head,
    frame_id: String,
    resource_type: String,
    redirected_request_id: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    url: String,
    method: String,
}

/// A request of a page that a person has.
pub(super) fn paused(tab: &Arc<Tab>, asks: &mpsc::Sender<Ask>, session: &SessionId, event: &Event) {
    let Some(Paused { request_id: id, request, frame_id, resource_type, redirected_request_id: before }) =
        event.read()
    else {
        return;
    };
    let way = way(tab, &resource_type, &frame_id, before.is_some());
    let read = Url::parse(&request.url).ok().zip(request.method.parse::<Method>().ok());
    let Some((url, method)) = read else {
        return fail(tab, session, &id, way, PageError::Refused(Refusal::Scheme));
    };
    if matches!(url.scheme(), "data" | "blob" | "about") {
        return go_on(tab, session, &id);
    }
    let answer = tab.guard().judge_by_hand(ByHand { method: &method, url: &url, way });
    match answer {
        HandAnswer::Pass => go_on(tab, session, &id),
        HandAnswer::Refuse(refusal) => {
            fail(tab, session, &id, way, PageError::Refused(refusal));
            if way == Way::Navigation {
                tab.turn_away(&frame_id);
            }
        }
        HandAnswer::MaySubmit { known } => {
            let (reply, answered) = oneshot::channel();
            let touched = tab.state.borrow().hands.touched.clone();
            let asked = asks.try_send(Ask { known, touched, reply }).is_ok();
            let (tab, session) = (Arc::downgrade(tab), session.clone());
            drop(tokio::spawn(async move {
                let goes = asked && answered.await.unwrap_or(false);
                let Some(tab) = tab.upgrade() else { return };
                if goes {
                    go_on(&tab, &session, &id);
                } else {
                    fail(&tab, &session, &id, way, PageError::Refused(Refusal::Unexplained));
                }
            }));
        }
    }
}

/// Does on the page what comes, one after the other, until nobody sends any more.
pub(super) async fn touch_all(tab: Weak<Tab>, mut touches: mpsc::Receiver<Touch>) {
    let mut held = false;
    while let Some(touch) = touches.recv().await {
        let Some(tab) = tab.upgrade() else { return };
        let Some((session, _)) = driven(&tab) else { return };
        if !matches!(touch, Touch::Move(_) | Touch::Wheel(..)) {
            let asked = tokio::time::timeout(TOUCH, asks_for(&tab)).await.ok().and_then(Result::ok);
            tab.state.send_modify(|state| state.hands.touched = asked.map_or(Touched::Blind, Touched::On));
        }
        let wire = tab.wire.clone();
        drop(tab);
        match touch {
            Touch::Press(..) => held = true,
            Touch::Release(..) => held = false,
            Touch::Move(_) | Touch::Wheel(..) | Touch::Key(_) | Touch::Type(_) => {}
        }
        for (method, params) in events(touch, held) {
            match wire.call_within::<Value>(TOUCH, Some(&session), method, params).await {
                Ok(_) | Err(WireError::Silent(_) | WireError::Refused(_) | WireError::Unreadable(_)) => {}
                Err(WireError::Gone) => return,
            }
        }
    }
}

/// What the browser is told of one touch.
fn events(touch: Touch, held: bool) -> Vec<(&'static str, Value)> {
    const MOUSE: &str = "Input.dispatchMouseEvent";
    let mouse = |kind: &str, at: Spot, count: u8| {
        let (button, buttons) = match kind {
            "mousePressed" => ("left", 1),
            "mouseReleased" => ("left", 0),
            _ if held => ("left", 1),
            _ => ("none", 0),
        };
        json!({ "type": kind, "x": at.x, "y": at.y, "button": button, "buttons": buttons, "clickCount": count })
    };
    match touch {
        Touch::Move(at) => vec![(MOUSE, mouse("mouseMoved", at, 0))],
        Touch::Press(at, count) => {
            vec![(MOUSE, mouse("mouseMoved", at, 0)), (MOUSE, mouse("mousePressed", at, count))]
        }
        Touch::Release(at, count) => vec![(MOUSE, mouse("mouseReleased", at, count))],
        Touch::Wheel(at, down) => {
            let mut wheel = mouse("mouseWheel", at, 0);
            wheel["deltaX"] = 0.into();
            wheel["deltaY"] = down.into();
            vec![(MOUSE, wheel)]
        }
        Touch::Key(key) => pressed(key),
        Touch::Type(typed) => {
            let text = typed.to_string();
            let down = json!({ "type": "keyDown", "key": text, "text": text });
            vec![(KEYS, down), (KEYS, json!({ "type": "keyUp", "key": text }))]
        }
    }
}

const KEYS: &str = "Input.dispatchKeyEvent";

fn pressed(key: Key) -> Vec<(&'static str, Value)> {
    // Names and numbers of UI Events; Shift is 8 and Control 2 in the protocol.
    let (name, number, modifiers) = match key {
        Key::Enter => ("Enter", 13, 0),
        Key::Tab => ("Tab", 9, 0),
        Key::BackTab => ("Tab", 9, 8),
        Key::Backspace => ("Backspace", 8, 0),
        Key::Delete => ("Delete", 46, 0),
        Key::Escape => ("Escape", 27, 0),
        Key::Left => ("ArrowLeft", 37, 0),
        Key::Right => ("ArrowRight", 39, 0),
        Key::Up => ("ArrowUp", 38, 0),
        Key::Down => ("ArrowDown", 40, 0),
        Key::Home => ("Home", 36, 0),
        Key::End => ("End", 35, 0),
        Key::PageUp => ("PageUp", 33, 0),
        Key::PageDown => ("PageDown", 34, 0),
        Key::SelectAll => ("a", 65, 2),
    };
    let event = |kind: &str| {
        json!({
            "type": kind, "key": name, "code": name, "windowsVirtualKeyCode": number,
            "nativeVirtualKeyCode": number, "modifiers": modifiers,
        })
    };
    let mut down = event(if key == Key::Enter { "keyDown" } else { "rawKeyDown" });
    if key == Key::Enter {
        down["text"] = "\r".into();
    }
    if key == Key::SelectAll {
        down["commands"] = json!(["selectAll"]);
    }
    vec![(KEYS, down), (KEYS, event("keyUp"))]
}

/// What the page that is driven asks for.
pub(super) async fn asks_for(tab: &Tab) -> Result<Wants, WireError> {
    #[derive(Deserialize)]
    struct Evaluated {
        result: Outcome,
    }
    #[derive(Deserialize)]
    struct Outcome {
        value: Wants,
    }
    let (session, frame) = driven(tab).ok_or(WireError::Gone)?;
    let context = world(tab, &session, &frame).await?;
    let params = json!({ "expression": ASKS_FOR, "contextId": context, "returnByValue": true });
    let evaluated: Evaluated = tab.wire.call(Some(&session), "Runtime.evaluate", params).await?;
    Ok(evaluated.result.value)
}

/// Empties the fields of the page that is driven, in all of its frames.
pub(super) async fn empty_fields(tab: &Tab) -> Result<(), WireError> {
    let Some((page, _)) = driven(tab) else { return Ok(()) };
    let frames: Vec<SessionId> = tab.state.borrow().frames.keys().cloned().collect();
    for session in std::iter::once(page).chain(frames) {
        let tree: Value = tab.wire.call(Some(&session), "Page.getFrameTree", json!({})).await?;
        let mut left = vec![&tree["frameTree"]];
        while let Some(tree) = left.pop() {
            left.extend(tree["childFrames"].as_array().into_iter().flatten());
            let Some(frame) = tree["frame"]["id"].as_str() else { continue };
            // A frame of another process is in its own tree.
            let Ok(context) = world(tab, &session, frame).await else { continue };
            let params = json!({ "expression": EMPTY, "contextId": context });
            drop(tab.wire.call::<Value>(Some(&session), "Runtime.evaluate", params).await);
        }
    }
    Ok(())
}
