//! Every request of a context, before it is sent: judged, and then let go, ended, or kept for the permit.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::tab::{Catch, Tab};
use super::wire::{Event, SessionId};
use crate::browser::PageError;
use crate::network::{Answer, Outgoing, Refusal, Way};

/// One request that waits.
#[derive(Debug)]
pub(super) struct Request {
    method: Method,
    url: Url,
    content_type: String,
    /// `None` where the browser does not show all of it.
    body: Option<Vec<u8>>,
    way: Way,
}

impl Request {
    /// As the guard judges it; `None` where not all of it is known.
    pub(super) fn outgoing(&self) -> Option<Outgoing<'_>> {
        let Self { method, url, content_type, body, way } = self;
        Some(Outgoing { method, url, content_type, body: body.as_ref()?, way: *way })
    }
}

/// The one submit's request. It waits in the browser, with all its bytes.
#[derive(Debug)]
pub(super) struct Caught {
    session: SessionId,
    id: String,
    pub(super) request: Request,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paused {
    request_id: String,
    request: Shown,
    frame_id: String,
    resource_type: String,
    redirected_request_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    url: String,
    method: String,
    #[serde(default)]
    headers: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    has_post_data: bool,
    #[serde(default)]
    post_data_entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    bytes: Option<String>,
}

/// A request waits for its answer.
pub(super) fn paused(tab: &Arc<Tab>, session: &SessionId, event: &Event) {
    let hands = tab.state.borrow().hands.asks.clone();
    if let Some(asks) = hands {
        return super::hands::paused(tab, &asks, session, event);
    }
    let Some(paused) = event.read::<Paused>() else {
        // Without its name there is nothing to answer; it waits for ever.
        return;
    };
    let Paused { request_id: id, request, frame_id, resource_type, redirected_request_id: before } = paused;
    let way = way(tab, &resource_type, &frame_id, before.is_some());
    let Some(request) = request.read(way) else {
        return fail(tab, session, &id, way, PageError::Refused(Refusal::Scheme));
    };
    // These come out of the page itself.
    if matches!(request.url.scheme(), "data" | "blob" | "about") {
        return go_on(tab, session, &id);
    }
    let catching = tab.state.borrow().catching.clone();
    let own = |catch: Catch| {
        request.outgoing().is_some_and(|outgoing| tab.guard().may_be_submit(catch.to.as_ref(), &outgoing))
    };
    // A beacon tells of the press; it is not what the press is for.
    let is_aside = matches!(resource_type.as_str(), "Ping" | "CSPViolationReport");
    let fits = !is_aside && catching.is_some_and(own);
    let mut kept = Some(request);
    tab.state.send_if_modified(|state| {
        // The first one, while it is waited for; a second one like it is a double submit.
        let caught = fits && state.catching.take().is_some();
        if let Some(request) = kept.take_if(|_| caught) {
            state.caught = Some(Caught { session: session.clone(), id: id.clone(), request });
        }
        caught
    });
    let Some(request) = kept else { return };
    let now = tab.clock.now();
    let answer = match request.outgoing() {
        Some(outgoing) => tab.guard().judge(&outgoing, now),
        None => Answer::Refuse(Refusal::Unexplained),
    };
    let passes = answer == Answer::Pass;
    let writes = way == Way::Part && !request.method.is_safe();
    if passes && writes {
        tab.wrote();
    }
    match answer {
        Answer::Pass => go_on(tab, session, &id),
        Answer::Hold(held) => {
            // A page whose script was not let write says whatever it likes; what was held is told instead.
            if writes {
                tab.state.send_modify(|state| {
                    if state.acting {
                        state.denied.get_or_insert(PageError::Held(held));
                    }
                });
            }
            fail(tab, session, &id, way, PageError::Held(held));
        }
        Answer::Refuse(refusal) => fail(tab, session, &id, way, PageError::Refused(refusal)),
    }
    if way == Way::Navigation && !passes {
        tab.turn_away(&frame_id);
    }
}

/// What asks for a request, by the protocol's words.
pub(super) fn way(tab: &Tab, resource_type: &str, frame: &str, redirected: bool) -> Way {
    let is_page = tab.state.borrow().pages.iter().any(|leaf| leaf.target == frame);
    match (resource_type, is_page, redirected) {
        ("Document", true, false) => Way::Navigation,
        ("Document", true, true) => Way::Hop,
        ("Document", false, _) => Way::Frame,
        ("WebSocket" | "EventSource", ..) => Way::Channel,
        _ => Way::Part,
    }
}

/// A server wants a password. It gets none.
pub(super) fn asked_for_password(tab: &Tab, session: &SessionId, event: &Event) {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Asked {
        request_id: String,
    }
    if let Some(Asked { request_id }) = event.read() {
        let answer =
            json!({ "requestId": request_id, "authChallengeResponse": { "response": "CancelAuth" } });
        tab.wire.tell(Some(session), "Fetch.continueWithAuth", answer);
    }
}

/// Lets the one submit go, or ends it.
pub(super) fn release(tab: &Tab, caught: &Caught, goes: bool) {
    if goes {
        go_on(tab, &caught.session, &caught.id);
    } else {
        let params = json!({ "requestId": caught.id, "errorReason": "Aborted" });
        tab.wire.tell(Some(&caught.session), "Fetch.failRequest", params);
    }
}

pub(super) fn go_on(tab: &Tab, session: &SessionId, id: &str) {
    tab.wire.tell(Some(session), "Fetch.continueRequest", json!({ "requestId": id }));
}

/// Ends a request. A navigation that is aborted leaves the page as it stands.
pub(super) fn fail(tab: &Tab, session: &SessionId, id: &str, way: Way, why: PageError) {
    tracing::debug!(error = &why as &dyn std::error::Error, ?way, "a request was not let go");
    let navigates = matches!(way, Way::Navigation | Way::Hop);
    if navigates {
        tab.state.send_modify(|state| {
            state.denied.get_or_insert(why);
        });
    }
    let reason = if navigates || way == Way::Frame { "Aborted" } else { "BlockedByClient" };
    tab.wire.tell(Some(session), "Fetch.failRequest", json!({ "requestId": id, "errorReason": reason }));
}

/// The body's bytes out of the pieces in which the browser shows it; `None` where one is missing, such as a file.
fn body_of(pieces: Vec<Entry>) -> Option<Vec<u8>> {
    let decoded = pieces.into_iter().map(|piece| STANDARD.decode(piece.bytes?).ok());
    Some(decoded.collect::<Option<Vec<_>>>()?.concat())
}

impl Shown {
    fn read(self, way: Way) -> Option<Request> {
        let header = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let content_type = header.and_then(|(_, value)| value.as_str()).unwrap_or_default().to_owned();
        let hidden = self.has_post_data && self.post_data_entries.is_empty();
        let body = if hidden { None } else { body_of(self.post_data_entries) };
        let url = Url::parse(&self.url).ok()?;
        Some(Request { method: self.method.parse().ok()?, url, content_type, body, way })
    }
}
