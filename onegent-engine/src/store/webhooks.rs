//! Webhooks in the record: endpoints, and the outbox of messages to them.
//!
//! A message is written in the transaction that changes its job's status, and removed when it was delivered. Of one job and
//! one endpoint only the oldest message that waits is ever due, which is what keeps them in order.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use onegent_core::caller::Environment;
use onegent_core::id::{AccountId, EndpointId, JobId, PersonId};
use onegent_core::webhook::{DeadLetter, DeliveryFailure, WebhookEndpoint};

use super::StoreError;
use crate::vault::Sealed;

/// Whose endpoints: an account's, of one environment or of both.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whose {
    pub account: AccountId,
    pub only: Option<Environment>,
}

/// An endpoint to add.
#[derive(Debug, Clone)]
pub(crate) struct NewEndpoint {
    pub id: EndpointId,
    pub account: AccountId,
    /// Who adds it: it goes when they are removed, as their keys do.
    pub person: PersonId,
    pub environment: Environment,
    pub url: String,
    pub secret: Sealed,
}

/// One message at one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MessageKey {
    pub endpoint: EndpointId,
    pub job: JobId,
    pub sequence: u64,
}

/// A message to send now.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub key: MessageKey,
    pub url: String,
    /// What signs it: the endpoint's secret, and for a while the one before.
    pub secrets: Vec<Sealed>,
    pub body: String,
    /// Counts from 1, and fences: what an earlier attempt has to say counts no more.
    pub attempt: u32,
}

/// How much is taken at once, so that a slow endpoint leaves room for others.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    pub messages: usize,
    pub of_endpoint: usize,
    /// How many are on their way from here.
    pub sending: HashMap<EndpointId, usize>,
}

/// Endpoints and the outbox.
#[async_trait]
pub(crate) trait WebhookStore: Send + Sync {
    /// Adds an endpoint, unless the account has `most`: [`StoreError::Full`].
    async fn add_webhook(&self, new: NewEndpoint, most: u32) -> Result<WebhookEndpoint, StoreError>;
    /// Oldest first.
    async fn webhooks(&self, whose: Whose) -> Result<Vec<WebhookEndpoint>, StoreError>;
    /// Removes an endpoint and its messages.
    async fn remove_webhook(&self, whose: Whose, id: EndpointId) -> Result<(), StoreError>;
    /// Gives an endpoint another secret; the one before it signs as well for `overlap`.
    async fn rotate_webhook(
        &self,
        whose: Whose,
        id: EndpointId,
        secret: Sealed,
        overlap: Duration,
    ) -> Result<WebhookEndpoint, StoreError>;
    /// Newest first.
    async fn dead_letters(
        &self,
        whose: Whose,
        id: EndpointId,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError>;
    /// Has the dead letters of an endpoint sent again. How many.
    async fn replay_webhook(&self, whose: Whose, id: EndpointId) -> Result<u64, StoreError>;

    /// Takes messages that are due. For as long as `lease` no other node takes them.
    async fn outgoing(&self, room: Room, lease: Duration) -> Result<Vec<Outgoing>, StoreError>;
    /// A message was delivered.
    async fn delivered(&self, key: MessageKey) -> Result<(), StoreError>;
    /// An attempt was in vain; the next comes after `again`, or none at all.
    async fn not_delivered(
        &self,
        key: MessageKey,
        attempt: u32,
        failure: DeliveryFailure,
        again: Option<Duration>,
    ) -> Result<(), StoreError>;
    /// When the next message is due.
    async fn next_outgoing(&self) -> Result<Option<Timestamp>, StoreError>;
    /// Throws away dead letters from before then, and what is left of removed endpoints.
    async fn forget_webhooks(&self, before: Timestamp) -> Result<(), StoreError>;
}
