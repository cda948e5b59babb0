//! Where an account is told of its jobs.

use async_trait::async_trait;

use crate::caller::Caller;
use crate::error::Result;
use crate::id::EndpointId;
use crate::webhook::{DeadLetterPage, IssuedWebhook, NewWebhook, Replayed, WebhookPage};

/// The account's webhook endpoints, for API keys and people at the console. Connected apps have none: they would be told of
/// jobs after a person cut them off. A key sees those of its own environment. `not_found` for another account's.
///
/// Withheld from assistants over MCP.
#[async_trait]
pub trait Webhooks: Send + Sync {
    /// All of them, oldest first.
    async fn webhooks(&self, caller: &Caller) -> Result<WebhookPage>;

    /// Adds one. Its secret is in the answer and nowhere else, ever.
    async fn add_webhook(&self, caller: &Caller, new: NewWebhook) -> Result<IssuedWebhook>;

    /// Removes one with all that waits for it.
    async fn remove_webhook(&self, caller: &Caller, id: EndpointId) -> Result<()>;

    /// Gives one another secret. The one before signs as well for a day, so that nothing is refused meanwhile.
    async fn rotate_webhook(&self, caller: &Caller, id: EndpointId) -> Result<IssuedWebhook>;

    /// The messages that were given up.
    async fn dead_letters(&self, caller: &Caller, id: EndpointId) -> Result<DeadLetterPage>;

    /// Has all of them sent again.
    async fn replay_webhook(&self, caller: &Caller, id: EndpointId) -> Result<Replayed>;
}
