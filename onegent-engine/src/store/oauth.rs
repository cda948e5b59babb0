//! Connected apps in the record: clients, requests that wait for a decision, codes, grants, tokens.
//!
//! Secrets come in as their SHA-256. What the rules of [`crate::oauth`] decide is decided inside the transaction, on the
//! newest rows.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use onegent_core::caller::{Environment, Scope};
use onegent_core::id::{AccountId, GrantId, PersonId};
use onegent_core::port::{ClientOrigin, GrantEnd, OAuthErrorCode};
use onegent_core::text::Text;

use super::StoreError;
use crate::oauth::Redemption;

/// A client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientRecord {
    pub id: String,
    pub origin: ClientOrigin,
    pub name: Text<64>,
    pub uri: Option<String>,
    pub redirect_uris: Vec<String>,
    pub secret_hash: Option<String>,
    pub created_at: Timestamp,
    /// When its document was last read.
    pub checked_at: Timestamp,
}

/// An authorization request that waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestRecord {
    pub client: String,
    pub redirect_uri: String,
    pub scopes: Vec<Scope>,
    pub state: Option<String>,
    pub resource: Option<String>,
    pub challenge: String,
}

/// A person's yes, with the code to give for it.
#[derive(Debug, Clone)]
pub(crate) struct Approve {
    pub request: String,
    pub account: AccountId,
    /// Whose yes it is.
    pub person: PersonId,
    pub environment: Environment,
    pub code: String,
    pub ttl: Duration,
}

/// A new pair of tokens.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub access: String,
    pub refresh: String,
    /// How long the access token is good.
    pub access_ttl: Duration,
}

/// A code that a client presents.
#[derive(Debug, Clone)]
pub(crate) struct RedeemCode {
    pub code: String,
    pub shown: Redemption,
    pub grant: GrantId,
    pub pair: Pair,
    /// How long the grant lives.
    pub family_ttl: Duration,
}

/// A refresh token that a client presents.
#[derive(Debug, Clone)]
pub(crate) struct Refresh {
    pub token: String,
    pub client: String,
    /// The scopes that are asked for, as text.
    pub scope: Option<String>,
    pub pair: Pair,
    pub grace: Duration,
}

/// What came of a code or a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Issue {
    /// The pair is written down.
    Issued { scopes: Vec<Scope>, access_until: Timestamp },
    /// Nothing is given, and nothing else happened.
    Refused(OAuthErrorCode, String),
    /// No code or token is known by this, or its grant is over.
    Unknown,
    /// Nothing is given, and the grant ended for it.
    Ended(GrantId, GrantEnd),
}

/// What a token may do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenRecord {
    pub grant: GrantId,
    pub account: AccountId,
    pub person: PersonId,
    pub environment: Environment,
    pub scopes: Vec<Scope>,
    pub last_used_at: Option<Timestamp>,
}

/// A grant with the client that has it.
#[derive(Debug, Clone)]
pub(crate) struct GrantRecord {
    pub id: GrantId,
    pub client: ClientRecord,
    pub scopes: Vec<Scope>,
    pub environment: Environment,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub ended: Option<(Timestamp, GrantEnd)>,
}

/// The part of the record that connected apps need.
#[async_trait]
pub(crate) trait OAuthStore {
    /// Adds a client. `Full` when `most` clients that registered themselves or have a document are known already.
    async fn add_client(&self, client: ClientRecord, most: u64) -> Result<(), StoreError>;
    /// Writes down what a client's document says by now.
    async fn update_client(&self, client: ClientRecord) -> Result<(), StoreError>;
    /// A client that was not removed.
    async fn client(&self, id: &str) -> Result<Option<ClientRecord>, StoreError>;
    /// All clients that were not removed, oldest first.
    async fn clients(&self) -> Result<Vec<ClientRecord>, StoreError>;
    /// Removes a client and ends its grants.
    async fn remove_client(&self, id: &str) -> Result<(), StoreError>;

    /// Keeps a request until somebody decides. `Full` when `most` wait already.
    async fn add_request(
        &self,
        hash: String,
        request: RequestRecord,
        ttl: Duration,
        most: u64,
    ) -> Result<(), StoreError>;
    /// A request, which belongs to whom it is shown from the first time on.
    async fn show_request(&self, hash: &str, account: AccountId)
    -> Result<Option<RequestRecord>, StoreError>;
    /// Decides a request with yes, once, and writes the code down.
    async fn approve(&self, approve: Approve) -> Result<Option<RequestRecord>, StoreError>;
    /// Decides a request with no, once.
    async fn deny(&self, hash: &str, account: AccountId) -> Result<Option<RequestRecord>, StoreError>;

    /// Turns a code into a grant with its first pair of tokens, once.
    async fn redeem_code(&self, redeem: RedeemCode) -> Result<Issue, StoreError>;
    /// Turns a refresh token into the next pair.
    async fn refresh(&self, refresh: Refresh) -> Result<Issue, StoreError>;
    /// Revokes a client's token; a refresh token ends its grant. What is unknown, or another client's, stays as it is.
    async fn revoke_token(&self, hash: &str, client: &str) -> Result<(), StoreError>;
    /// What an access token may do; `None` for unknown, revoked and over alike.
    async fn token(&self, hash: &str) -> Result<Option<TokenRecord>, StoreError>;
    /// Remembers that a grant was used, at most once a minute.
    async fn grant_used(&self, grant: GrantId) -> Result<(), StoreError>;

    /// An account's grants that are not over, and those that ended since then, newest first.
    async fn grants(
        &self,
        account: AccountId,
        ended_since: Timestamp,
    ) -> Result<Vec<GrantRecord>, StoreError>;
    /// Ends a grant with all its tokens.
    async fn end_grant(&self, account: AccountId, grant: GrantId, why: GrantEnd) -> Result<(), StoreError>;

    /// Forgets what is over, and clients that nobody approved within `unused`.
    async fn forget_oauth(&self, unused: Duration) -> Result<(), StoreError>;
}
