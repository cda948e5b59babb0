//! The authority: keys, sign-in links and sessions.

use async_trait::async_trait;
use jiff::SignedDuration;
use onegent_core::caller::{Access, Person, Reach};
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::fields::FieldError;
use onegent_core::id::{AccountId, KeyId, RequestId, SessionId};
use onegent_core::port::{
    ApiKey, Authority, IssuedKey, KeyInfo, KeyRequest, Session, SessionToken, SignInToken,
};

use super::Engine;
use crate::entropy::key_text;
use crate::secret;
use crate::store::record::SessionRecord;
use crate::store::{NewKey, StoreError};

/// How fresh `lastUsedAt` is kept.
const USED_AGAIN: SignedDuration = SignedDuration::from_mins(1);

#[async_trait]
impl Authority for Engine {
    async fn access(&self, key: &ApiKey) -> Result<Access> {
        let known = self.parts.store.key(&secret::hash(key.expose())).await?;
        let fits = known
            .filter(|known| known.info.revoked_at.is_none() && known.info.environment == key.environment());
        let Some(known) = fits else {
            let message = "This API key is not known, or was revoked. Make a new one in the console.";
            return Err(Error::new(ErrorCode::InvalidApiKey, message));
        };
        let now = self.parts.now();
        let stale = known.info.last_used_at.is_none_or(|at| now.duration_since(at) >= USED_AGAIN);
        if stale && let Err(error) = self.parts.store.key_used(known.info.key_id).await {
            tracing::warn!(key = %known.info.key_id, %error, "a key's use was not noted");
        }
        Ok(Access {
            account: known.account,
            reach: Reach::Only(known.info.environment),
            scopes: known.info.scopes,
            scenarios: known.info.scenarios,
            key: Some(known.info.key_id),
        })
    }

    async fn create_key(&self, person: &Person, request: KeyRequest) -> Result<IssuedKey> {
        self.issue_key(person.account, request).await
    }

    async fn keys(&self, person: &Person) -> Result<Vec<KeyInfo>> {
        Ok(self.parts.store.keys(person.account).await?)
    }

    async fn revoke_key(&self, person: &Person, key: KeyId) -> Result<()> {
        self.end_key(person.account, key).await
    }

    async fn sign_in(&self, token: &SignInToken) -> Result<(SessionToken, Session)> {
        let fresh = SessionToken::new(secret::fresh(secret::SESSION, &*self.parts.config.entropy));
        let id = self.parts.id(SessionId::generate);
        let ttl = self.parts.config.session_ttl;
        let (link, hash) = (secret::hash(token.expose()), secret::hash(fresh.expose()));
        let record = self.parts.store.sign_in(&link, id, hash, ttl).await?.ok_or_else(not_signed_in)?;
        let session = session(record, &fresh, self.parts.id(RequestId::generate));
        Ok((fresh, session))
    }

    async fn session(&self, token: &SessionToken, request_id: RequestId) -> Result<Session> {
        let record =
            self.parts.store.session(&secret::hash(token.expose())).await?.ok_or_else(not_signed_in)?;
        Ok(session(record, token, request_id))
    }

    async fn sign_out(&self, token: &SessionToken) -> Result<()> {
        self.parts.store.end_session(&secret::hash(token.expose())).await?;
        self.parts.signals.credential_ended();
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
    pub(super) async fn issue_key(&self, account: AccountId, request: KeyRequest) -> Result<IssuedKey> {
        let empty =
            |field: &str| FieldError { field: field.to_owned(), message: "must not be empty".to_owned() };
        let mut wrong = Vec::new();
        wrong.extend(request.scopes.is_empty().then(|| empty("scopes")));
        wrong.extend(request.scenarios.is_empty().then(|| empty("scenarios")));
        if !wrong.is_empty() {
            return Err(Error::invalid_request(wrong));
        }
        let text = format!("ogk_{}_{}", request.environment, key_text(&*self.parts.config.entropy));
        let secret = ApiKey::parse(&text).map_err(Error::internal)?;
        let info = KeyInfo {
            key_id: self.parts.id(KeyId::generate),
            name: request.name,
            environment: request.environment,
            scopes: request.scopes,
            scenarios: request.scenarios,
            ending: text[text.len() - 4..].to_owned(),
            created_at: self.parts.now(),
            last_used_at: None,
            revoked_at: None,
        };
        let key = NewKey { account, hash: secret::hash(&text), info: info.clone() };
        self.parts.store.add_key(key).await?;
        Ok(IssuedKey { info, secret })
    }

    pub(super) async fn end_key(&self, account: AccountId, key: KeyId) -> Result<()> {
        match self.parts.store.revoke_key(account, key).await {
            Err(StoreError::NotFound) => {
                Err(Error::new(ErrorCode::NotFound, "No key with this id belongs to this account."))
            }
            ended => {
                ended?;
                self.parts.signals.credential_ended();
                Ok(())
            }
        }
    }
}

fn session(record: SessionRecord, token: &SessionToken, request_id: RequestId) -> Session {
    Session {
        person: Person {
            account: record.account,
            session: record.id,
            signed_in_at: record.signed_in_at,
            request_id,
        },
        csrf: secret::csrf(token),
        expires_at: record.expires_at,
    }
}

fn not_signed_in() -> Error {
    Error::new(
        ErrorCode::NotSignedIn,
        "Nobody is signed in here. Ask for a new sign-in link: `onegent sign-in-link`.",
    )
}
