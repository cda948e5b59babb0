//! Sends webhooks: takes messages from the record's outbox, signs them, and tells the record what came of it.
//!
//! Each node sends; a message that one has taken is nobody else's for a while. What a node that died had taken is sent again
//! by another, so that a message may come twice and never not at all. Woken by the store and by time, never by a busy poll.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use onegent_core::id::EndpointId;
use onegent_core::webhook::{ChangedJob, DeliveryFailure};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use tokio::task::{Id, JoinError, JoinSet};
use url::Url;

use crate::entropy::fraction;
use crate::meters::Sent;
use crate::outbound::OutboundError;
use crate::parts::Parts;
use crate::store::StoreError;
use crate::store::webhooks::{MessageKey, Outgoing, Room};
use crate::vault::Purpose;

pub(crate) mod sign;

/// How many messages are on their way at once.
const AT_ONCE: usize = 8;
/// How many of them to one endpoint.
const OF_ENDPOINT: usize = 4;
/// How long a message is a node's own: several times what sending it can take.
const LEASE: Duration = Duration::from_secs(30);
/// How often a message is sent before it is given up: over most of a day.
const ATTEMPTS: u32 = 10;
/// The pause after the first attempt; each one after is four times as long.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_hours(6);
/// The longest nap. What another node left is noticed after this.
const LONGEST_NAP: Duration = Duration::from_mins(1);
/// The nap after a round that could not do what was due.
const NAP_AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// What a sealed secret is for.
pub(crate) fn purpose(endpoint: &str) -> Purpose<'_> {
    Purpose { what: "webhook secret", whose: endpoint }
}

/// One engine's sending.
#[derive(Debug)]
struct Sender {
    parts: Arc<Parts>,
    sends: JoinSet<()>,
    /// Whom each of them is for.
    to: HashMap<Id, EndpointId>,
}

/// Sends until the engine stops, then waits for what is on its way.
pub(crate) async fn deliver(parts: Arc<Parts>) {
    let mut sender = Sender { parts, sends: JoinSet::new(), to: HashMap::new() };
    while !sender.parts.stopping.is_cancelled() {
        let nap = sender.round().await.unwrap_or_else(|error| {
            tracing::error!(%error, "webhooks could not be looked for");
            NAP_AFTER_TROUBLE
        });
        sender.wait(nap).await;
    }
    while let Some(ended) = sender.sends.join_next_with_id().await {
        sender.ended(ended);
    }
}

impl Sender {
    /// Takes what is due and says how long to sleep.
    async fn round(&mut self) -> Result<Duration, StoreError> {
        while let Some(ended) = self.sends.try_join_next_with_id() {
            self.ended(ended);
        }
        while self.sends.len() < AT_ONCE {
            let Some(due) = self.parts.store.next_outgoing().await? else { return Ok(LONGEST_NAP) };
            if let Ok(nap) = Duration::try_from(due.duration_since(self.parts.now()))
                && nap > Duration::ZERO
            {
                return Ok(nap.min(LONGEST_NAP));
            }
            if self.take().await? == 0 {
                // What is due belongs to endpoints that have enough on the way, or to another node.
                return Ok(if self.sends.is_empty() { NAP_AFTER_TROUBLE } else { LONGEST_NAP });
            }
        }
        Ok(LONGEST_NAP)
    }

    async fn take(&mut self) -> Result<usize, StoreError> {
        let mut sending = HashMap::new();
        for endpoint in self.to.values() {
            *sending.entry(*endpoint).or_default() += 1;
        }
        let room = Room { messages: AT_ONCE - self.sends.len(), of_endpoint: OF_ENDPOINT, sending };
        let taken = self.parts.store.outgoing(room, LEASE).await?;
        let count = taken.len();
        for message in taken {
            let endpoint = message.key.endpoint;
            let task = self.sends.spawn(send(Arc::clone(&self.parts), message));
            self.to.insert(task.id(), endpoint);
        }
        Ok(count)
    }

    fn ended(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => {
                // The message is due again when its lease is over.
                tracing::error!(%error, "a webhook was not sent to its end");
                error.id()
            }
        };
        self.to.remove(&id);
    }

    async fn wait(&mut self, nap: Duration) {
        tokio::select! {
            () = self.parts.stopping.cancelled() => {}
            () = self.parts.signals.outbox_filled() => {}
            Some(ended) = self.sends.join_next_with_id() => self.ended(ended),
            () = tokio::time::sleep(nap) => {}
        }
    }
}

/// One attempt, and what the record is told of it. If it can't be told, the message is sent again when its lease is over.
async fn send(parts: Arc<Parts>, message: Outgoing) {
    let MessageKey { endpoint, job, .. } = message.key;
    let told = match attempt(&parts, &message).await {
        Ok(()) => {
            parts.meters.sent(Sent::Delivered);
            parts.store.delivered(message.key).await
        }
        Err(failure) => {
            let again = next_pause(message.attempt, failure, fraction(&*parts.config.entropy));
            let given_up = again.is_none();
            parts.meters.sent(if given_up { Sent::GivenUp } else { Sent::Again });
            tracing::info!(%endpoint, %job, attempt = message.attempt, %failure, given_up, "a webhook was not delivered");
            parts.store.not_delivered(message.key, message.attempt, failure, again).await
        }
    };
    if let Err(error) = told {
        tracing::error!(%endpoint, %job, %error, "what came of a webhook could not be written down");
    }
}

/// How long to wait before the next attempt; `None` when there is none. `jitter` from 0 to 1 spreads those that failed
/// together.
fn next_pause(attempt: u32, failure: DeliveryFailure, jitter: f64) -> Option<Duration> {
    match failure {
        // It does not help to try again.
        DeliveryFailure::AddressRefused | DeliveryFailure::QueueFull | DeliveryFailure::SecretUnreadable => {
            None
        }
        DeliveryFailure::Answered { .. } | DeliveryFailure::Unreachable => {
            let pause = FIRST_PAUSE.saturating_mul(4_u32.saturating_pow(attempt - 1)).min(LONGEST_PAUSE);
            (attempt < ATTEMPTS).then(|| pause.mul_f64(0.75 + jitter / 2.0))
        }
    }
}

async fn attempt(parts: &Parts, message: &Outgoing) -> Result<(), DeliveryFailure> {
    let url = Url::parse(&message.url).map_err(|_unreadable| DeliveryFailure::AddressRefused)?;
    let headers = headers(parts, message).ok_or(DeliveryFailure::SecretUnreadable)?;
    match parts.webhooks.post(&url, headers, message.body.clone()).await {
        Ok(status) if status.is_success() => Ok(()),
        Ok(status) => Err(DeliveryFailure::Answered { http_status: status.as_u16() }),
        Err(OutboundError::Address) => Err(DeliveryFailure::AddressRefused),
        Err(
            OutboundError::Busy
            | OutboundError::Unreachable(_)
            | OutboundError::Status(_)
            | OutboundError::TooLarge,
        ) => Err(DeliveryFailure::Unreachable),
    }
}

/// The headers with a signature by each secret; `None` when no secret can be read.
fn headers(parts: &Parts, message: &Outgoing) -> Option<HeaderMap> {
    let id = ChangedJob::message_id(message.key.job, message.key.sequence);
    let seconds = parts.now().as_second();
    let endpoint = message.key.endpoint.to_string();
    let mut signatures = Vec::new();
    for sealed in &message.secrets {
        match parts.vault.unseal::<String>(purpose(&endpoint), sealed) {
            Ok(secret) => signatures.extend(sign::signature(&secret, &id, seconds, &message.body)),
            Err(error) => tracing::error!(%endpoint, %error, "a webhook's secret can't be opened"),
        }
    }
    if signatures.is_empty() {
        return None;
    }
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [
        ("webhook-id", id),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", signatures.join(" ")),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::try_from(value).ok()?);
    }
    Some(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_and_are_spread() {
        let failed = DeliveryFailure::Answered { http_status: 500 };
        let pauses: Vec<_> = (1..=10).map(|attempt| next_pause(attempt, failed, 0.5)).collect();
        let seconds: Vec<_> = pauses.iter().flatten().map(Duration::as_secs).collect();
        assert_eq!(seconds, [5, 20, 80, 320, 1280, 5120, 20480, 21600, 21600]);
        assert_eq!(pauses[9], None);
        let [least, most] = [0.0, 1.0].map(|jitter| next_pause(1, failed, jitter).unwrap());
        assert_eq!((least, most), (Duration::from_millis(3750), Duration::from_millis(6250)));
        assert_eq!(next_pause(1, DeliveryFailure::AddressRefused, 0.5), None);
    }
}
