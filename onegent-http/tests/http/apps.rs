//! The fake's connected apps.

use async_trait::async_trait;
use onegent_core::caller::{Access, Person};
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::id::GrantId;
use onegent_core::port::{
    AccessRequest, AccessToken, Authorization, ClientRegistration, ConnectedApp, Decision, OAuth,
    OAuthResult, Params, RequestToken, ReturnUrl, ShownClient, TokenAnswer,
};
use serde_json::Value;

use super::{Fake, unreachable};

/// No app is known here: what connected apps do is tested with the engine behind the edge.
#[async_trait]
impl OAuth for Fake {
    async fn authorize(&self, _: &Params) -> Result<Authorization> {
        Err(Error::new(ErrorCode::InvalidRequest, "No such app."))
    }

    async fn access_request(&self, _: &Person, _: &RequestToken) -> Result<AccessRequest> {
        Err(Error::new(ErrorCode::NotFound, "No such request."))
    }

    async fn decide(&self, _: &Person, _: &RequestToken, _: Decision) -> Result<ReturnUrl> {
        Err(Error::new(ErrorCode::NotFound, "No such request."))
    }

    async fn token(&self, _: ShownClient, _: &Params) -> OAuthResult<TokenAnswer> {
        Err(unreachable().into())
    }

    async fn revoke(&self, _: ShownClient, _: &Params) -> OAuthResult<()> {
        Err(unreachable().into())
    }

    async fn register(&self, _: &Value) -> OAuthResult<ClientRegistration> {
        Err(unreachable().into())
    }

    async fn token_access(&self, _: &AccessToken) -> Result<Access> {
        Err(Error::new(ErrorCode::InvalidApiKey, "This token is not valid."))
    }

    async fn connected_apps(&self, _: &Person) -> Result<Vec<ConnectedApp>> {
        Ok(Vec::new())
    }

    async fn disconnect(&self, _: &Person, grant: GrantId) -> Result<()> {
        self.write(format!("disconnect {grant}"))?;
        Err(Error::new(ErrorCode::NotFound, "No such app."))
    }
}
