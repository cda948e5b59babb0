//! The OAuth half of the authority: authorization requests, decisions, connected apps. Tokens are in `tokens`, clients in
//! `clients`.

use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use onegent_core::account::SecurityEventKind;
use onegent_core::caller::{Access, Person};
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::id::GrantId;
use onegent_core::port::{
    AccessRequest, AccessToken, Authorization, AuthorizationCode, ClientRegistration, ConnectedApp, Decision,
    GrantEnd, OAuth, OAuthError, OAuthErrorCode, OAuthResult, Params, RequestToken, ReturnUrl, ShownClient,
    TokenAnswer,
};
use onegent_core::text::Text;
use serde_json::Value;

use super::Engine;
use crate::oauth::{self, Answer, CodeRules};
use crate::secret;
use crate::store::StoreError;
use crate::store::oauth::{Approve, GrantRecord, RequestRecord};

mod clients;
mod tokens;

pub use clients::{IssuedClient, KnownClient, NewClient};

/// How long a person may take over a decision.
const REQUEST_TTL: Duration = Duration::from_mins(30);
/// For how long an app that was cut off is still listed.
const ENDED_SHOWN: SignedDuration = SignedDuration::from_hours(7 * 24);

#[async_trait]
impl OAuth for Engine {
    async fn authorize(&self, params: &Params) -> Result<Authorization> {
        let client = self.asking_client(params.get("client_id")).await?;
        let redirect_uri = oauth::trusted(params, &client.redirect_uris).map_err(refused)?;
        let state = oauth::state(params).map_err(refused)?;
        let back = |error: &OAuthError| {
            let url =
                oauth::answer(redirect_uri, &Answer::Error(error), state, &self.parts.config.public_url);
            Authorization::Return(url)
        };
        let asked = match oauth::read(params, redirect_uri, &self.parts.config.public_url) {
            Ok(asked) => asked,
            Err(error) => return Ok(back(&error)),
        };
        let fresh = secret::fresh(RequestToken::PREFIX, &*self.parts.config.entropy);
        let token = RequestToken::parse(&fresh).ok_or_else(shapeless)?;
        let request = RequestRecord {
            client: client.id,
            redirect_uri: asked.redirect_uri,
            scopes: asked.scopes,
            state: asked.state,
            resource: asked.resource,
            challenge: asked.challenge,
        };
        let most = self.parts.config.most_requests;
        match self.parts.store.add_request(secret::hash(&fresh), request, REQUEST_TTL, most).await {
            Ok(()) => Ok(Authorization::Ask(token)),
            Err(StoreError::Full) => {
                let description = "Too many people are asked just now. Try again in a moment.";
                Ok(back(&OAuthError::new(OAuthErrorCode::TemporarilyUnavailable, description)))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn access_request(&self, person: &Person, request: &RequestToken) -> Result<AccessRequest> {
        let shown = self.parts.store.show_request(&secret::hash(request.expose()), person.account).await?;
        let shown = shown.ok_or_else(decided)?;
        let client = self.parts.store.client(&shown.client).await?.ok_or_else(decided)?;
        Ok(AccessRequest {
            client: clients::face(&client),
            back: oauth::place(&shown.redirect_uri),
            scopes: shown.scopes,
        })
    }

    async fn decide(&self, person: &Person, request: &RequestToken, decision: Decision) -> Result<ReturnUrl> {
        let hash = secret::hash(request.expose());
        let issuer = &self.parts.config.public_url;
        let Decision::Approve(environment) = decision else {
            let asked = self.parts.store.deny(&hash, person.account).await?.ok_or_else(decided)?;
            let error = OAuthError::new(OAuthErrorCode::AccessDenied, "The person said no.");
            let answer = Answer::Error(&error);
            return Ok(oauth::answer(&asked.redirect_uri, &answer, asked.state.as_deref(), issuer));
        };
        let code = secret::fresh(AuthorizationCode::PREFIX, &*self.parts.config.entropy);
        let approve = Approve {
            request: hash,
            account: person.account,
            person: person.id,
            environment,
            code: secret::hash(&code),
            ttl: CodeRules::TTL,
        };
        let asked = self.parts.store.approve(approve).await?.ok_or_else(decided)?;
        let whom = Some((person.account, Some(person.id)));
        self.note(SecurityEventKind::AppConnected, whom, None, Text::fit(&asked.client)).await;
        Ok(oauth::answer(&asked.redirect_uri, &Answer::Code(&code), asked.state.as_deref(), issuer))
    }

    async fn token(&self, shown: ShownClient, params: &Params) -> OAuthResult<TokenAnswer> {
        self.issue_tokens(shown, params).await
    }

    async fn revoke(&self, shown: ShownClient, params: &Params) -> OAuthResult<()> {
        self.revoke_token(shown, params).await
    }

    async fn register(&self, metadata: &Value) -> OAuthResult<ClientRegistration> {
        self.register_stranger(metadata).await
    }

    async fn token_access(&self, token: &AccessToken) -> Result<Access> {
        self.access_by_token(token).await
    }

    async fn connected_apps(&self, person: &Person) -> Result<Vec<ConnectedApp>> {
        let since = self.parts.now() - ENDED_SHOWN;
        let grants = self.parts.store.grants(person.account, since).await?;
        Ok(grants.into_iter().map(Into::into).collect())
    }

    async fn disconnect(&self, person: &Person, grant: GrantId) -> Result<()> {
        match self.parts.store.end_grant(person.account, grant, GrantEnd::Disconnected).await {
            Err(StoreError::NotFound) => {
                Err(Error::new(ErrorCode::NotFound, "No connected app with this id belongs to this account."))
            }
            ended => {
                ended?;
                self.parts.signals.credential_ended();
                let whom = Some((person.account, Some(person.id)));
                self.note(SecurityEventKind::AppRevoked, whom, None, Text::fit(&grant.to_string())).await;
                Ok(())
            }
        }
    }
}

impl From<GrantRecord> for ConnectedApp {
    fn from(grant: GrantRecord) -> Self {
        Self {
            grant: grant.id,
            client: clients::face(&grant.client),
            scopes: grant.scopes,
            environment: grant.environment,
            created_at: grant.created_at,
            last_used_at: grant.last_used_at,
            expires_at: grant.expires_at,
            ended: grant.ended,
        }
    }
}

fn refused(oauth::Refused(message): oauth::Refused) -> Error {
    Error::new(ErrorCode::InvalidRequest, message)
}

fn decided() -> Error {
    let message = "This request is over: it was answered, it took too long, or it was shown to somebody else. Go back to the \
        app and connect it again.";
    Error::new(ErrorCode::NotFound, message)
}

/// A secret of ours that does not have its own shape.
fn shapeless() -> Error {
    Error::internal(std::io::Error::other("a fresh secret has the wrong shape"))
}
