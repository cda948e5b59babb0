//! Webhook endpoints at their port.

use std::time::Duration;

use async_trait::async_trait;
use onegent_core::account::SecurityEventKind;
use onegent_core::caller::{Access, Caller, Environment, Reach, Scope};
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::fields::FieldError;
use onegent_core::id::EndpointId;
use onegent_core::port::Webhooks;
use onegent_core::text::Text;
use onegent_core::webhook::{
    DeadLetterPage, IssuedWebhook, NewWebhook, Replayed, WebhookPage, WebhookSecret,
};
use url::Url;

use super::Engine;
use super::booking::{allowed, only};
use crate::store::StoreError;
use crate::store::webhooks::{NewEndpoint, Whose};
use crate::vault::Sealed;
use crate::webhook::{purpose, sign};

/// How many endpoints an account may have.
const MOST_ENDPOINTS: u32 = 10;
/// How long the secret before signs as well.
const OVERLAP: Duration = Duration::from_hours(24);
/// How many dead letters are shown.
const SHOWN: u32 = 100;

#[async_trait]
impl Webhooks for Engine {
    async fn webhooks(&self, caller: &Caller) -> Result<WebhookPage> {
        let access = manager(caller, Scope::Read)?;
        Ok(WebhookPage { webhooks: self.parts.store.webhooks(whose(access)).await? })
    }

    async fn add_webhook(&self, caller: &Caller, new: NewWebhook) -> Result<IssuedWebhook> {
        let access = manager(caller, Scope::Book)?;
        let environment = environment(access, new.environment)?;
        let url = self.callable(&new.url)?;
        let id = self.parts.id(EndpointId::generate);
        let (secret, sealed) = self.webhook_secret(id)?;
        let endpoint = NewEndpoint {
            id,
            account: access.account,
            person: access.person,
            environment,
            url: url.into(),
            secret: sealed,
        };
        let webhook = match self.parts.store.add_webhook(endpoint, MOST_ENDPOINTS).await {
            Err(StoreError::Full) => {
                let message = format!("This account has {MOST_ENDPOINTS} webhooks, and may have no more.");
                return Err(Error::new(ErrorCode::InvalidRequest, message));
            }
            added => added?,
        };
        self.note_webhook(SecurityEventKind::WebhookAdded, access, id).await;
        Ok(IssuedWebhook { webhook, secret })
    }

    async fn remove_webhook(&self, caller: &Caller, id: EndpointId) -> Result<()> {
        let access = manager(caller, Scope::Book)?;
        found(self.parts.store.remove_webhook(whose(access), id).await)?;
        self.note_webhook(SecurityEventKind::WebhookRemoved, access, id).await;
        Ok(())
    }

    async fn rotate_webhook(&self, caller: &Caller, id: EndpointId) -> Result<IssuedWebhook> {
        let access = manager(caller, Scope::Book)?;
        let (secret, sealed) = self.webhook_secret(id)?;
        let webhook = found(self.parts.store.rotate_webhook(whose(access), id, sealed, OVERLAP).await)?;
        self.note_webhook(SecurityEventKind::WebhookRotated, access, id).await;
        Ok(IssuedWebhook { webhook, secret })
    }

    async fn dead_letters(&self, caller: &Caller, id: EndpointId) -> Result<DeadLetterPage> {
        let access = manager(caller, Scope::Read)?;
        let dead_letters = found(self.parts.store.dead_letters(whose(access), id, SHOWN).await)?;
        Ok(DeadLetterPage { dead_letters })
    }

    async fn replay_webhook(&self, caller: &Caller, id: EndpointId) -> Result<Replayed> {
        let access = manager(caller, Scope::Book)?;
        let replayed = found(self.parts.store.replay_webhook(whose(access), id).await)?;
        self.parts.signals.wake_outbox();
        Ok(Replayed { replayed })
    }
}

impl Engine {
    /// The address, if messages may go there.
    fn callable(&self, url: &Text<2000>) -> Result<Url> {
        let read = Url::parse(url.as_str()).ok();
        read.filter(|url| url.fragment().is_none() && self.parts.webhooks.may_call(url)).ok_or_else(|| {
            let message = "must be a public https address, without credentials and fragment".to_owned();
            Error::invalid_request(vec![FieldError { field: "url".to_owned(), message }])
        })
    }

    fn webhook_secret(&self, id: EndpointId) -> Result<(WebhookSecret, Sealed)> {
        let text = sign::fresh(&*self.parts.config.entropy);
        let sealed = self.parts.vault.seal(purpose(&id.to_string()), &text).map_err(Error::internal)?;
        Ok((WebhookSecret::new(text), sealed))
    }

    async fn note_webhook(&self, kind: SecurityEventKind, access: &Access, id: EndpointId) {
        let whom = Some((access.account, Some(access.person)));
        self.note(kind, whom, None, Text::fit(&id.to_string())).await;
    }
}

/// Somebody who may look after webhooks: an API key, or a person.
fn manager(caller: &Caller, scope: Scope) -> Result<&Access> {
    let access = allowed(caller, scope)?;
    if access.key.is_some() || access.reach == Reach::Everything {
        return Ok(access);
    }
    let message = "Webhooks are for API keys and for people at the console. A connected app has none.";
    Err(Error::new(ErrorCode::InsufficientScope, message))
}

fn whose(access: &Access) -> Whose {
    Whose { account: access.account, only: only(access.reach) }
}

/// Which environment an endpoint is for.
fn environment(access: &Access, named: Option<Environment>) -> Result<Environment> {
    let wrong = |message: &str| {
        let (field, message) = ("environment".to_owned(), message.to_owned());
        Err(Error::invalid_request(vec![FieldError { field, message }]))
    };
    match (access.reach, named) {
        (Reach::Only(own), Some(named)) if own != named => wrong("a key can only name its own"),
        (Reach::Only(own), _) => Ok(own),
        (Reach::Everything, Some(named)) => Ok(named),
        (Reach::Everything, None) => wrong("is required"),
    }
}

fn found<T>(result: std::result::Result<T, StoreError>) -> Result<T> {
    match result {
        Err(StoreError::NotFound) => {
            Err(Error::new(ErrorCode::NotFound, "No webhook with this id belongs to this account."))
        }
        other => Ok(other?),
    }
}
