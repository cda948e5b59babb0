//! Who wants to hear about a job: a notification for each change of its status, and for each event of its trail.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use onegent_core::caller::Caller;
use onegent_core::port::{BookingService, LONGEST_WATCH};
use rmcp::model::ResourceUpdatedNotificationParam;
use rmcp::{Peer, RoleServer};
use tokio_util::task::AbortOnDropHandle;

use crate::resource::Address;

/// Resources that one client can follow.
pub(crate) const MOST: usize = 32;

/// Follows a job and calls `tell` for what changes in it, until it has ended or cannot be read any more, or nobody listens.
pub(crate) async fn follow<Told>(
    service: Arc<dyn BookingService>,
    caller: Caller,
    address: Address,
    mut tell: impl FnMut() -> Told,
) where
    Told: Future<Output = bool>,
{
    let id = address.job_id();
    // What was before is known to whoever subscribes.
    let Ok(first) = service.watch(&caller, id, 0, Duration::ZERO).await else { return };
    let (mut cursor, mut status) = (first.cursor, first.job.status);
    while !status.is_terminal() {
        let Ok(next) = service.watch(&caller, id, cursor, LONGEST_WATCH).await else { return };
        let changed = match address {
            Address::Job(_) => next.job.status != status,
            // A picture is taken where something happens.
            Address::Audit(_) | Address::Screenshot(_) => next.cursor != cursor,
        };
        (cursor, status) = (next.cursor, next.job.status);
        if changed && !tell().await {
            return;
        }
    }
}

/// What a channel's client has subscribed to, in the way of before 2026-07-28. Ends with the channel.
#[derive(Default)]
pub(crate) struct Subscriptions(Mutex<HashMap<String, AbortOnDropHandle<()>>>);

impl Subscriptions {
    /// Follows `uri` for a client; false when it follows too many.
    pub(crate) fn add(
        &self,
        service: Arc<dyn BookingService>,
        caller: Caller,
        (uri, address): (String, Address),
        peer: Peer<RoleServer>,
    ) -> bool {
        let mut followed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        followed.retain(|_, task| !task.is_finished());
        if followed.len() >= MOST && !followed.contains_key(&uri) {
            return false;
        }
        let told = uri.clone();
        let task = tokio::spawn(follow(service, caller, address, move || {
            let (peer, update) = (peer.clone(), ResourceUpdatedNotificationParam::new(told.clone()));
            async move { peer.notify_resource_updated(update).await.is_ok() }
        }));
        followed.insert(uri, AbortOnDropHandle::new(task));
        true
    }

    /// Stops following.
    pub(crate) fn remove(&self, uri: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(uri);
    }
}
