//! Webhooks in memory.

use async_trait::async_trait;
use onegent_core::caller::Caller;
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::id::EndpointId;
use onegent_core::port::Webhooks;
use onegent_core::webhook::{
    DeadLetterPage, IssuedWebhook, NewWebhook, Replayed, WebhookEndpoint, WebhookPage, WebhookSecret,
};

use super::Fake;
use crate::sample;

fn none<T>() -> Result<T> {
    Err(Error::new(ErrorCode::NotFound, "No webhook with this id belongs to this account."))
}

#[async_trait]
impl Webhooks for Fake {
    async fn webhooks(&self, caller: &Caller) -> Result<WebhookPage> {
        caller.access()?;
        Ok(WebhookPage { webhooks: Vec::new() })
    }

    async fn add_webhook(&self, caller: &Caller, new: NewWebhook) -> Result<IssuedWebhook> {
        let access = caller.access()?;
        self.write(format!("add_webhook {}", new.url))?;
        let environment = match access.reach {
            onegent_core::caller::Reach::Only(environment) => environment,
            onegent_core::caller::Reach::Everything => new.environment.unwrap(),
        };
        let webhook = WebhookEndpoint {
            endpoint_id: EndpointId::generate(sample::now(), [60; 10]),
            url: new.url.to_string(),
            environment,
            created_at: sample::now(),
            waiting: 0,
            dead: 0,
        };
        Ok(IssuedWebhook { webhook, secret: WebhookSecret::new(format!("whsec_{}=", "a".repeat(43))) })
    }

    async fn remove_webhook(&self, _: &Caller, _: EndpointId) -> Result<()> {
        none()
    }

    async fn rotate_webhook(&self, _: &Caller, _: EndpointId) -> Result<IssuedWebhook> {
        none()
    }

    async fn dead_letters(&self, _: &Caller, _: EndpointId) -> Result<DeadLetterPage> {
        none()
    }

    async fn replay_webhook(&self, _: &Caller, _: EndpointId) -> Result<Replayed> {
        none()
    }
}
