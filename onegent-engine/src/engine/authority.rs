//! The authority: keys, sign-in links and sessions.

use async_trait::async_trait;
use jiff::SignedDuration;
use onegent_core::account::{SecurityEventKind, SignInMethod};
use onegent_core::caller::{Access, Environment, Person, Reach};
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::fields::FieldError;
use onegent_core::id::{AccountId, KeyId, PersonId, RequestId};
use onegent_core::port::{
    ApiKey, Authority, IssuedKey, KeyInfo, KeyRequest, Session, SessionToken, SignInToken, Visitor,
};
use onegent_core::text::Text;

use super::Engine;
use super::sign_in::session;
use crate::entropy::key_text;
use crate::secret;
use crate::store::{NewKey, StoreError};

/// How fresh `lastUsedAt` is kept.
const USED_AGAIN: SignedDuration = SignedDuration::from_mins(1);

#[async_trait]
impl Authority for Engine {
    async fn access(&self, key: &ApiKey) -> Result<Access> {
        let known = self.parts.store.key(&secret::hash(key.expose())).await?;
        let fits = known.filter(|known| {
            known.info.is_active(self.parts.now()) && known.info.environment == key.environment()
        });
        let Some(known) = fits else {
            let message = "This API key is not known, or it was revoked, or its time is over. Make a new one in the console.";
            return Err(Error::new(ErrorCode::InvalidApiKey, message));
        };
        let now = self.parts.now();
        let stale = known.info.last_used_at.is_none_or(|at| now.duration_since(at) >= USED_AGAIN);
        if stale && let Err(error) = self.parts.store.key_used(known.account, known.info.key_id).await {
            tracing::warn!(key = %known.info.key_id, %error, "a key's use was not noted");
        }
        Ok(Access {
            account: known.account,
            person: known.person,
            reach: Reach::Only(known.info.environment),
            scopes: known.info.scopes,
            scenarios: known.info.scenarios,
            key: Some(known.info.key_id),
            names_sites: true,
        })
    }

    async fn create_key(&self, person: &Person, request: KeyRequest) -> Result<IssuedKey> {
        self.issue_key(person.account, person.id, request).await
    }

    async fn keys(&self, person: &Person) -> Result<Vec<KeyInfo>> {
        Ok(self.parts.store.keys(person.account).await?)
    }

    async fn revoke_key(&self, person: &Person, key: KeyId) -> Result<()> {
        self.end_key(person.account, person.id, key).await
    }

    async fn rotate_key(&self, person: &Person, key: KeyId) -> Result<IssuedKey> {
        self.replace_key(person.account, person.id, key).await
    }

    async fn sign_in(&self, visitor: &Visitor, token: &SignInToken) -> Result<(SessionToken, Session)> {
        let (fresh, new) = self.new_session(visitor, SignInMethod::Link, false);
        let record = self.parts.store.sign_in(&secret::hash(token.expose()), new).await?;
        let record = record.ok_or_else(not_signed_in)?;
        let opened = self.opened(visitor, record, fresh, SignInMethod::Link).await;
        Ok((opened.token, opened.session))
    }

    async fn session(&self, token: &SessionToken, request_id: RequestId) -> Result<Session> {
        let record =
            self.parts.store.session(&secret::hash(token.expose())).await?.ok_or_else(not_signed_in)?;
        Ok(session(record, token, request_id))
    }

    async fn sign_out(&self, token: &SessionToken) -> Result<()> {
        if let Some((account, person)) = self.parts.store.end_session(&secret::hash(token.expose())).await? {
            self.parts.signals.credential_ended();
            self.note(SecurityEventKind::SignedOut, Some((account, Some(person))), None, None).await;
        }
        Ok(())
    }

    fn endings(&self) -> u64 {
        self.parts.signals.endings()
    }

    async fn ended_since(&self, seen: u64) {
        self.parts.signals.ended_since(seen).await;
    }

    async fn ping(&self) -> Result<()> {
        Ok(self.parts.store.ping().await?)
    }
}

impl Engine {
    pub(super) async fn issue_key(
        &self,
        account: AccountId,
        person: PersonId,
        request: KeyRequest,
    ) -> Result<IssuedKey> {
        let empty =
            |field: &str| FieldError { field: field.to_owned(), message: "must not be empty".to_owned() };
        let mut wrong = Vec::new();
        wrong.extend(request.scopes.is_empty().then(|| empty("scopes")));
        wrong.extend(request.scenarios.is_empty().then(|| empty("scenarios")));
        if request.expires_at.is_some_and(|end| end <= self.parts.now()) {
            let message = "must lie in the future".to_owned();
            wrong.push(FieldError { field: "expiresAt".to_owned(), message });
        }
        if !wrong.is_empty() {
            return Err(Error::invalid_request(wrong));
        }
        let (text, secret) = self.new_key(request.environment)?;
        let info = KeyInfo {
            key_id: self.parts.id(KeyId::generate),
            name: request.name,
            environment: request.environment,
            scopes: request.scopes,
            scenarios: request.scenarios,
            ending: ending(&text),
            created_at: self.parts.now(),
            last_used_at: None,
            expires_at: request.expires_at,
            revoked_at: None,
        };
        let key = NewKey { account, person, hash: secret::hash(&text), info: info.clone() };
        self.parts.store.add_key(key).await?;
        let whom = Some((account, Some(person)));
        self.note(SecurityEventKind::KeyCreated, whom, None, Text::fit(info.name.as_str())).await;
        Ok(IssuedKey { info, secret })
    }

    fn new_key(&self, environment: Environment) -> Result<(String, ApiKey)> {
        let text = format!("ogk_{environment}_{}", key_text(&*self.parts.config.entropy));
        let secret = ApiKey::parse(&text).map_err(Error::internal)?;
        Ok((text, secret))
    }

    pub(super) async fn replace_key(
        &self,
        account: AccountId,
        person: PersonId,
        key: KeyId,
    ) -> Result<IssuedKey> {
        let known = self.parts.store.keys(account).await?.into_iter().find(|known| known.key_id == key);
        let known = known.filter(|known| known.is_active(self.parts.now())).ok_or_else(no_such_key)?;
        let (text, secret) = self.new_key(known.environment)?;
        let fresh = self.parts.id(KeyId::generate);
        let rotated =
            self.parts.store.rotate_key(account, key, fresh, secret::hash(&text), ending(&text)).await;
        let info = key_found(rotated)?;
        self.parts.signals.credential_ended();
        let whom = Some((account, Some(person)));
        self.note(SecurityEventKind::KeyRotated, whom, None, Text::fit(info.name.as_str())).await;
        Ok(IssuedKey { info, secret })
    }

    pub(super) async fn end_key(&self, account: AccountId, person: PersonId, key: KeyId) -> Result<()> {
        key_found(self.parts.store.revoke_key(account, key).await)?;
        self.parts.signals.credential_ended();
        let whom = Some((account, Some(person)));
        self.note(SecurityEventKind::KeyRevoked, whom, None, Text::fit(&key.to_string())).await;
        Ok(())
    }
}

fn ending(text: &str) -> String {
    text[text.len() - 4..].to_owned()
}

fn key_found<T>(result: std::result::Result<T, StoreError>) -> Result<T> {
    match result {
        Err(StoreError::NotFound) => Err(no_such_key()),
        other => Ok(other?),
    }
}

fn no_such_key() -> Error {
    Error::new(ErrorCode::NotFound, "No key with this id belongs to this account.")
}

fn not_signed_in() -> Error {
    Error::new(
        ErrorCode::NotSignedIn,
        "Nobody is signed in here. Sign in again, or ask for a new link: `onegent sign-in-link`.",
    )
}
