//! Answers of the OAuth endpoints as they go over the wire. No member is ever `null`.

use serde::Serialize;

/// What the token endpoint gives (RFC 6749 section 5.1).
///
/// Its `Debug` shows no token.
#[derive(Clone, Serialize)]
pub struct TokenAnswer {
    /// The access token.
    pub access_token: String,
    /// How it is used.
    pub token_type: TokenType,
    /// For how many seconds.
    pub expires_in: i64,
    /// The next refresh token.
    pub refresh_token: String,
    /// What the access token allows; always said.
    pub scope: String,
}

/// How an access token is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TokenType {
    /// In the `Authorization` header (RFC 6750).
    Bearer,
}

impl std::fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenAnswer")
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// What registration gives (RFC 7591 section 3.2.1): the client's id, its secret if it has one, and what was taken over
/// of its metadata.
///
/// Its `Debug` shows no secret.
#[derive(Clone, Serialize)]
pub struct ClientRegistration {
    /// The client's id.
    pub client_id: String,
    /// Seconds since 1970.
    pub client_id_issued_at: i64,
    /// The secret, shown this once; only for clients that authenticate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// 0: never. Said when there is a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_expires_at: Option<i64>,
    /// What it calls itself.
    pub client_name: String,
    /// Its site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// Where answers may go.
    pub redirect_uris: Vec<String>,
    /// How it authenticates.
    pub token_endpoint_auth_method: &'static str,
    /// What it may present.
    pub grant_types: [&'static str; 2],
    /// What it may ask for.
    pub response_types: [&'static str; 1],
    /// What it may ask to be allowed.
    pub scope: String,
}

impl std::fmt::Debug for ClientRegistration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientRegistration")
            .field("client_id", &self.client_id)
            .field("redirect_uris", &self.redirect_uris)
            .finish_non_exhaustive()
    }
}
