//! Channels: what the protocol before 2026-07-28 calls sessions, without which a server can't speak first.
//!
//! A channel carries no authority: every request is answered by its own credential. It belongs to whoever opened it, so
//! that nobody else can listen in. Nothing needs one: where there is no room, or after a restart, requests are served
//! singly.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::Stream;
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionManager, LocalSessionManagerError,
};
use rmcp::transport::streamable_http_server::session::{ServerSseMessage, SessionId, SessionManager};

use crate::identity::Identity;

/// Channels at a time. Each costs about 50 KB.
const MOST: usize = 256;
/// Channels of one caller at a time.
const MOST_OF_ONE: usize = 16;
/// How many of those that their clients ended are remembered as such.
const MOST_ENDED: usize = 1024;

/// The open channels and whose they are.
pub(super) struct Channels {
    sessions: LocalSessionManager,
    owners: Mutex<HashMap<SessionId, Identity>>,
    ended: Mutex<VecDeque<SessionId>>,
}

impl Channels {
    pub(super) fn new() -> Self {
        let mut sessions = LocalSessionManager::default();
        // An event without data, which is what a retry hint comes in, breaks clients of before 2025-11-25.
        sessions.session_config.sse_retry = None;
        Self { sessions, owners: Mutex::default(), ended: Mutex::default() }
    }

    fn owners(&self) -> MutexGuard<'_, HashMap<SessionId, Identity>> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ended(&self) -> MutexGuard<'_, VecDeque<SessionId>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers that its client ended a channel: what still comes over it was not meant to be served.
    pub(super) fn end(&self, id: &str) {
        let mut ended = self.ended();
        if ended.len() == MOST_ENDED {
            ended.pop_front();
        }
        ended.push_back(id.into());
    }

    /// Whether its client ended it.
    pub(super) fn has_ended(&self, id: &str) -> bool {
        self.ended().iter().any(|ended| **ended == *id)
    }

    /// Whether this caller may open another one.
    pub(super) async fn have_room_for(&self, caller: &Identity) -> bool {
        let open = self.sessions.sessions.read().await.len();
        open < MOST && self.owners().values().filter(|owner| *owner == caller).count() < MOST_OF_ONE
    }

    /// Says whose a new channel is. Until then nobody can use it.
    pub(super) async fn belongs(&self, id: &str, caller: Identity) {
        let open = self.sessions.sessions.read().await;
        if open.contains_key(id) {
            self.owners().insert(id.into(), caller);
        }
    }

    /// Whether this is an open channel of this caller.
    pub(super) fn is_of(&self, id: &str, caller: Option<&Identity>) -> bool {
        caller.is_some_and(|caller| self.owners().get(id) == Some(caller))
    }
}

impl SessionManager for Channels {
    type Error = LocalSessionManagerError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Self::Error> {
        self.sessions.create_session().await
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, Self::Error> {
        self.sessions.initialize_session(id, message).await
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, Self::Error> {
        self.sessions.has_session(id).await
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), Self::Error> {
        let closed = self.sessions.close_session(id).await;
        self.owners().remove(id);
        closed
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.sessions.create_stream(id, message).await
    }

    async fn accept_message(&self, id: &SessionId, message: ClientJsonRpcMessage) -> Result<(), Self::Error> {
        self.sessions.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.sessions.create_standalone_stream(id).await
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.sessions.resume(id, last_event_id).await
    }
}
