//! The token endpoint, revocation, and what an access token allows.

use jiff::SignedDuration;
use onegent_core::caller::{Access, Reach};
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::id::GrantId;
use onegent_core::port::{
    AccessToken, AuthorizationCode, OAuthError, OAuthErrorCode, OAuthResult, Params, RefreshToken,
    ShownClient, TokenAnswer, TokenType,
};
use onegent_core::request::Scenario;

use super::Engine;
use crate::oauth::{self, Redemption, RefreshRules};
use crate::secret;
use crate::store::oauth::{ClientRecord, Issue, Pair, RedeemCode, Refresh};

/// How fresh `lastUsedAt` is kept.
const USED_AGAIN: SignedDuration = SignedDuration::from_mins(1);

impl Engine {
    pub(super) async fn issue_tokens(&self, shown: ShownClient, params: &Params) -> OAuthResult<TokenAnswer> {
        let client = self.proven_client(shown, params).await?;
        let (access, refresh) = (self.fresh(AccessToken::PREFIX), self.fresh(RefreshToken::PREFIX));
        let pair = Pair {
            access: secret::hash(&access),
            refresh: secret::hash(&refresh),
            access_ttl: RefreshRules::ACCESS_TTL,
        };
        let issue = match params.get("grant_type") {
            Some("authorization_code") => self.redeem(client, params, pair).await?,
            Some("refresh_token") => self.refresh(client, params, pair).await?,
            None => return Err(invalid("grant_type is missing.")),
            Some(_) => {
                let description = "grant_type is authorization_code or refresh_token.";
                return Err(OAuthError::new(OAuthErrorCode::UnsupportedGrantType, description));
            }
        };
        match issue {
            Issue::Issued { scopes, access_until } => Ok(TokenAnswer {
                access_token: access,
                token_type: TokenType::Bearer,
                expires_in: access_until.duration_since(self.parts.now()).as_secs().max(0),
                refresh_token: refresh,
                scope: oauth::scope_text(&scopes),
            }),
            Issue::Refused(code, why) => Err(OAuthError::new(code, why)),
            Issue::Unknown => {
                let description = "This code or refresh token is not known, or what it belongs to is over.";
                Err(OAuthError::new(OAuthErrorCode::InvalidGrant, description).as_guess())
            }
            Issue::Ended(grant, why) => {
                tracing::warn!(%grant, why = why.as_str(), "a grant was ended because its secrets came twice");
                self.parts.signals.credential_ended();
                let subject = onegent_core::text::Text::fit(&grant.to_string());
                self.note(onegent_core::account::SecurityEventKind::TokenReused, None, None, subject).await;
                let description = "This was used before. Everything that came of it was ended; the person has to approve again.";
                Err(OAuthError::new(OAuthErrorCode::InvalidGrant, description))
            }
        }
    }

    async fn redeem(&self, client: ClientRecord, params: &Params, pair: Pair) -> OAuthResult<Issue> {
        let code = params.get("code").ok_or_else(|| invalid("code is missing."))?;
        let verifier = params.get("code_verifier").ok_or_else(|| invalid("code_verifier is missing."))?;
        if !oauth::is_verifier(verifier) {
            return Err(invalid("code_verifier is 43 to 128 unreserved characters."));
        }
        let resource = self.target(params)?;
        if AuthorizationCode::parse(code).is_none() {
            return Ok(Issue::Unknown);
        }
        let redeem = RedeemCode {
            code: secret::hash(code),
            shown: Redemption {
                client: client.id,
                redirect_uri: params.get("redirect_uri").map(str::to_owned),
                verifier: verifier.to_owned(),
                resource,
            },
            grant: self.parts.id(GrantId::generate),
            pair,
            family_ttl: RefreshRules::TTL,
        };
        Ok(self.parts.store.redeem_code(redeem).await.map_err(Error::from)?)
    }

    async fn refresh(&self, client: ClientRecord, params: &Params, pair: Pair) -> OAuthResult<Issue> {
        let token = params.get("refresh_token").ok_or_else(|| invalid("refresh_token is missing."))?;
        self.target(params)?;
        if RefreshToken::parse(token).is_none() {
            return Ok(Issue::Unknown);
        }
        let refresh = Refresh {
            token: secret::hash(token),
            client: client.id,
            scope: params.get("scope").map(str::to_owned),
            pair,
            grace: self.parts.config.refresh_grace,
        };
        Ok(self.parts.store.refresh(refresh).await.map_err(Error::from)?)
    }

    /// The resource that is named, which is one of ours.
    fn target(&self, params: &Params) -> OAuthResult<Option<String>> {
        let Some(resource) = params.get("resource") else { return Ok(None) };
        if oauth::is_ours(resource, &self.parts.config.public_url) {
            return Ok(Some(resource.to_owned()));
        }
        Err(OAuthError::new(OAuthErrorCode::InvalidTarget, "The resource is not one of this server's."))
    }

    pub(super) async fn revoke_token(&self, shown: ShownClient, params: &Params) -> OAuthResult<()> {
        let client = self.proven_client(shown, params).await?;
        let token = params.get("token").ok_or_else(|| invalid("token is missing."))?;
        self.parts.store.revoke_token(&secret::hash(token), &client.id).await.map_err(Error::from)?;
        self.parts.signals.credential_ended();
        Ok(())
    }

    pub(super) async fn access_by_token(&self, token: &AccessToken) -> Result<Access> {
        let Some(known) = self.parts.store.token(&secret::hash(token.expose())).await? else {
            let message = "This access token is not known, is over, or was revoked. Refresh it, or connect the app again.";
            return Err(Error::new(ErrorCode::InvalidApiKey, message));
        };
        let now = self.parts.now();
        let stale = known.last_used_at.is_none_or(|at| now.duration_since(at) >= USED_AGAIN);
        if stale && let Err(error) = self.parts.store.grant_used(known.grant).await {
            tracing::warn!(grant = %known.grant, %error, "a grant's use was not noted");
        }
        Ok(Access {
            account: known.account,
            person: known.person,
            reach: Reach::Only(known.environment),
            scopes: known.scopes,
            scenarios: Scenario::ALL.to_vec(),
            key: None,
            names_sites: false,
        })
    }

    fn fresh(&self, prefix: &str) -> String {
        secret::fresh(prefix, &*self.parts.config.entropy)
    }
}

fn invalid(description: &'static str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidRequest, description)
}
