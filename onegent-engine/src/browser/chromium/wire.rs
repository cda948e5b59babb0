//! The debugging protocol on one connection: calls with their answers, and events to whoever they belong to.
//!
//! What a person types or sends on a page that they took over passes here as well. It is overwritten once it has passed; over a
//! WebSocket, whose library has buffers of its own, it is only let go.
//!
//! A browser that we started is spoken to over a pipe (JSON texts that end with NUL), so that no port of the machine leads
//! into it, and that it ends with us; another one over a WebSocket.

use std::collections::HashMap;
use std::process::{ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;
use zeroize::{Zeroize, Zeroizing};

/// How long the browser may take over one call that waits for no page.
const CALL: Duration = Duration::from_secs(20);
/// No message of a browser is longer, in bytes; full-page pictures are the largest.
const LONGEST: usize = 64 * 1024 * 1024;
/// How much is read at once, in bytes.
const PIECE: usize = 64 * 1024;
/// Calls on their way out.
const OUTGOING: usize = 8192;

/// One attached target, by the protocol's name for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct SessionId(String);

/// Something that happened.
#[derive(Debug)]
pub(super) struct Event {
    /// Where; `None` for the browser as a whole.
    pub(super) session: Option<SessionId>,
    pub(super) method: String,
    params: Box<RawValue>,
}

impl Drop for Event {
    fn drop(&mut self) {
        let empty = RawValue::NULL.to_owned();
        let params: Box<str> = std::mem::replace(&mut self.params, empty).into();
        params.into_string().zeroize();
    }
}

/// A message that is still coming. Where it grows, what it leaves behind is overwritten.
#[derive(Default)]
struct Incomplete(Vec<u8>);

impl Incomplete {
    /// `false` where it gets longer than any message may be.
    fn add(&mut self, part: &[u8]) -> bool {
        let needed = self.0.len() + part.len();
        if needed > self.0.capacity() {
            let mut longer = Vec::with_capacity(needed.next_power_of_two().max(PIECE));
            longer.extend_from_slice(&self.0);
            std::mem::replace(&mut self.0, longer).zeroize();
        }
        self.0.extend_from_slice(part);
        needed <= LONGEST
    }

    /// Without the mark of its end.
    fn text(&self) -> &[u8] {
        self.0.strip_suffix(&[0]).unwrap_or(&self.0)
    }

    fn clear(&mut self) {
        self.0.zeroize();
    }
}

impl Event {
    /// What is told of it; `None` where it is not what the protocol says.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.params.get()).ok()
    }
}

/// Why a call has no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum WireError {
    /// The browser, or the way to it, is gone.
    #[error("the browser is gone")]
    Gone,
    /// It did not answer in time.
    #[error("the browser did not answer {0}")]
    Silent(&'static str),
    /// It said no. Its words may come from a page, and are kept out of messages.
    #[error("the browser refused {0}")]
    Refused(&'static str),
    /// It answered something else.
    #[error("the browser's answer to {0} can't be read")]
    Unreadable(&'static str),
}

type Answer = Result<Box<RawValue>, Denied>;

/// The browser said no.
#[derive(Debug)]
struct Denied;

#[derive(Debug, Default)]
struct Routes {
    contexts: HashMap<String, mpsc::Sender<Event>>,
    sessions: HashMap<SessionId, mpsc::Sender<Event>>,
}

#[derive(Debug)]
struct Shared {
    next: AtomicU64,
    outgoing: mpsc::Sender<String>,
    calls: Mutex<HashMap<u64, oneshot::Sender<Answer>>>,
    routes: Mutex<Routes>,
    ended: CancellationToken,
}

/// A connection. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Wire(Arc<Shared>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Incoming<'a> {
    id: Option<u64>,
    method: Option<String>,
    session_id: Option<SessionId>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outgoing<'a, P> {
    id: u64,
    method: &'a str,
    params: P,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<&'a SessionId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    session_id: SessionId,
    target_info: Target,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    browser_context_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detached {
    session_id: SessionId,
}

impl Wire {
    fn new() -> (Self, mpsc::Receiver<String>) {
        let (outgoing, queue) = mpsc::channel(OUTGOING);
        let shared = Shared {
            next: AtomicU64::new(1),
            outgoing,
            calls: Mutex::default(),
            routes: Mutex::default(),
            ended: CancellationToken::new(),
        };
        (Self(Arc::new(shared)), queue)
    }

    /// Speaks over a child's pipes.
    pub(super) fn over_pipes(stdin: ChildStdin, stdout: ChildStdout) -> std::io::Result<Self> {
        let mut stdin = tokio::process::ChildStdin::from_std(stdin)?;
        let mut stdout = tokio::process::ChildStdout::from_std(stdout)?;
        let (wire, mut queue) = Self::new();
        let (writing, reading) = (wire.clone(), wire.clone());
        drop(tokio::spawn(async move {
            let ended = writing.0.ended.clone();
            let write = async {
                while let Some(text) = queue.recv().await {
                    let mut bytes = Zeroizing::new(text.into_bytes());
                    bytes.push(0);
                    if stdin.write_all(&bytes).await.is_err() {
                        break;
                    }
                }
            };
            tokio::select! { () = write => {}, () = ended.cancelled() => {} }
            writing.end();
        }));
        drop(tokio::spawn(async move {
            let ended = reading.0.ended.clone();
            let read = async {
                let mut piece = Zeroizing::new(vec![0; PIECE]);
                let mut message = Incomplete::default();
                while let Ok(some @ 1..) = stdout.read(&mut piece).await {
                    for part in piece[..some].split_inclusive(|byte| *byte == 0) {
                        if !message.add(part) {
                            return;
                        }
                        if part.ends_with(&[0]) {
                            reading.receive(message.text());
                            message.clear();
                        }
                    }
                    piece[..some].zeroize();
                }
            };
            tokio::select! { () = read => {}, () = ended.cancelled() => {} }
            reading.end();
        }));
        Ok(wire)
    }

    /// Speaks over a WebSocket.
    pub(super) async fn over_socket(
        url: &url::Url,
    ) -> Result<Self, Box<tokio_tungstenite::tungstenite::Error>> {
        let config = tokio_tungstenite::tungstenite::protocol::WebSocketConfig::default()
            .max_message_size(Some(LONGEST))
            .max_frame_size(Some(LONGEST));
        let opened = tokio_tungstenite::connect_async_with_config(url.as_str(), Some(config), true).await;
        let (mut sink, mut stream) = opened.map_err(Box::new)?.0.split();
        let (wire, mut queue) = Self::new();
        let (writing, reading) = (wire.clone(), wire.clone());
        drop(tokio::spawn(async move {
            let ended = writing.0.ended.clone();
            let write = async {
                while let Some(text) = queue.recv().await {
                    if sink.send(Message::text(text)).await.is_err() {
                        break;
                    }
                }
            };
            tokio::select! { () = write => {}, () = ended.cancelled() => {} }
            writing.end();
        }));
        drop(tokio::spawn(async move {
            let ended = reading.0.ended.clone();
            let read = async {
                while let Some(Ok(message)) = stream.next().await {
                    if let Message::Text(text) = message {
                        reading.receive(text.as_bytes());
                    }
                }
            };
            tokio::select! { () = read => {}, () = ended.cancelled() => {} }
            reading.end();
        }));
        Ok(wire)
    }

    /// Hangs up. Calls that wait end, and so do the inboxes.
    pub(super) fn end(&self) {
        self.0.ended.cancel();
        lock(&self.0.calls).clear();
        *lock(&self.0.routes) = Routes::default();
    }

    /// Whether the connection is over.
    pub(super) fn is_over(&self) -> bool {
        self.0.ended.is_cancelled()
    }

    /// Has everything that happens in a context sent to an inbox. An inbox that overflows is cut off.
    pub(super) fn route(&self, context: &str, inbox: mpsc::Sender<Event>) {
        lock(&self.0.routes).contexts.insert(context.to_owned(), inbox);
    }

    /// Ends what [`route`](Self::route) began.
    pub(super) fn forget(&self, context: &str) {
        let mut routes = lock(&self.0.routes);
        if let Some(inbox) = routes.contexts.remove(context) {
            routes.sessions.retain(|_, other| !other.same_channel(&inbox));
        }
    }

    /// Calls, and reads the answer.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        session: Option<&SessionId>,
        method: &'static str,
        params: impl Serialize,
    ) -> Result<T, WireError> {
        self.call_within(CALL, session, method, params).await
    }

    /// The same, with another limit of time.
    pub(super) async fn call_within<T: DeserializeOwned>(
        &self,
        limit: Duration,
        session: Option<&SessionId>,
        method: &'static str,
        params: impl Serialize,
    ) -> Result<T, WireError> {
        let (answer, waiting) = oneshot::channel();
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        let text = encode(id, session, method, params)?;
        lock(&self.0.calls).insert(id, answer);
        let _forget = Forget { calls: &self.0.calls, id };
        if self.is_over() || self.0.outgoing.send(text).await.is_err() {
            return Err(WireError::Gone);
        }
        match tokio::time::timeout(limit, waiting).await {
            Err(_elapsed) => Err(WireError::Silent(method)),
            Ok(Err(_ended)) => Err(WireError::Gone),
            Ok(Ok(Err(Denied))) => Err(WireError::Refused(method)),
            Ok(Ok(Ok(result))) => match serde_json::from_str(result.get()) {
                Ok(read) => Ok(read),
                Err(error) => {
                    tracing::debug!(
                        method,
                        line = error.line(),
                        column = error.column(),
                        "unreadable answer"
                    );
                    Err(WireError::Unreadable(method))
                }
            },
        }
    }

    /// Calls, and does not wait. A browser that takes nothing more is given up.
    pub(super) fn tell(&self, session: Option<&SessionId>, method: &'static str, params: impl Serialize) {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        let sent =
            encode(id, session, method, params).is_ok_and(|text| self.0.outgoing.try_send(text).is_ok());
        if !sent {
            self.end();
        }
    }

    fn receive(&self, message: &[u8]) {
        let Ok(incoming) = serde_json::from_slice::<Incoming<'_>>(message) else {
            tracing::debug!("a message of the browser can't be read");
            return;
        };
        match incoming {
            Incoming { id: Some(id), result, .. } => {
                if let Some(waiting) = lock(&self.0.calls).remove(&id) {
                    // Whoever asked may have gone.
                    drop(waiting.send(result.map(ToOwned::to_owned).ok_or(Denied)));
                }
            }
            Incoming { id: None, method: Some(method), session_id, params: Some(params), .. } => {
                self.deliver(Event { session: session_id, method, params: params.to_owned() });
            }
            Incoming { .. } => {}
        }
    }

    /// Hands an event to the context that it belongs to. A new target is routed here, before its first event comes.
    fn deliver(&self, event: Event) {
        let mut routes = lock(&self.0.routes);
        let of_session = event.session.as_ref().and_then(|session| routes.sessions.get(session).cloned());
        let inbox = match event.method.as_str() {
            "Target.attachedToTarget" => {
                let Some(attached) = event.read::<Attached>() else { return };
                let of_context =
                    attached.target_info.browser_context_id.and_then(|id| routes.contexts.get(&id).cloned());
                let Some(inbox) = of_session.or(of_context) else {
                    drop(routes);
                    return self.leave_alone(&attached.session_id);
                };
                routes.sessions.insert(attached.session_id, inbox.clone());
                Some(inbox)
            }
            "Target.detachedFromTarget" => {
                let Some(detached) = event.read::<Detached>() else { return };
                routes.sessions.remove(&detached.session_id)
            }
            _ => of_session,
        };
        if let Some(inbox) = inbox
            && inbox.try_send(event).is_err()
        {
            // It is gone, or a page makes more noise than can be listened to.
            routes.contexts.retain(|_, other| !other.same_channel(&inbox));
            routes.sessions.retain(|_, other| !other.same_channel(&inbox));
        }
    }

    /// Lets go of a target that is somebody else's.
    fn leave_alone(&self, session: &SessionId) {
        self.tell(Some(session), "Runtime.runIfWaitingForDebugger", json!({}));
        self.tell(None, "Target.detachFromTarget", json!({ "sessionId": session }));
    }
}

/// Takes a call that nobody waits for any more off the list.
struct Forget<'a> {
    calls: &'a Mutex<HashMap<u64, oneshot::Sender<Answer>>>,
    id: u64,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        lock(self.calls).remove(&self.id);
    }
}

fn encode(
    id: u64,
    session: Option<&SessionId>,
    method: &'static str,
    params: impl Serialize,
) -> Result<String, WireError> {
    serde_json::to_string(&Outgoing { id, method, params, session_id: session })
        .map_err(|_not_json| WireError::Refused(method))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
