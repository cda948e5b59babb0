//! The authority: who holds which credential, and what it allows.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::caller::{Access, Environment, Person, Scope};
use crate::error::Result;
use crate::id::{KeyId, RequestId};
use crate::request::Scenario;
use crate::text::Text;

use super::{OAuth, Visitor};

/// Keys, sign-in links and sessions, for the HTTP edge; connected apps are [`OAuth`].
///
/// One implementation, the engine: the trait keeps the HTTP edge from reaching anything else of it.
#[async_trait]
pub trait Authority: OAuth {
    /// What a key allows. `invalid_api_key` for unknown, revoked and expired alike.
    async fn access(&self, key: &ApiKey) -> Result<Access>;

    /// A new key of the person's account. Its secret is in the answer and nowhere else, ever.
    async fn create_key(&self, person: &Person, request: KeyRequest) -> Result<IssuedKey>;

    /// The account's keys, newest first, without secrets.
    async fn keys(&self, person: &Person) -> Result<Vec<KeyInfo>>;

    /// Ends a key at once. `not_found` for another account's.
    async fn revoke_key(&self, person: &Person, key: KeyId) -> Result<()>;

    /// Ends a key at once and makes another that allows the same. `not_found` for another account's, and for one that
    /// has ended.
    async fn rotate_key(&self, person: &Person, key: KeyId) -> Result<IssuedKey>;

    /// Uses up a sign-in link and opens a session. `not_signed_in` for unknown, used and over alike.
    async fn sign_in(&self, visitor: &Visitor, token: &SignInToken) -> Result<(SessionToken, Session)>;

    /// The session behind a cookie. `not_signed_in` when there is none.
    async fn session(&self, token: &SessionToken, request_id: RequestId) -> Result<Session>;

    /// Ends a session at once.
    async fn sign_out(&self, token: &SessionToken) -> Result<()>;

    /// How often credentials have ended in this process. A watcher that saw another number checks its own anew.
    fn endings(&self) -> u64;

    /// Until [`Authority::endings`] is no longer `seen`.
    async fn ended_since(&self, seen: u64);

    /// Whether the records can be read; `backend_unavailable` when not. For the status page.
    async fn ping(&self) -> Result<()>;
}

/// The text does not have an API key's shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an API key is ogk_live_ or ogk_test_ and 32 characters of A-Z, a-z, 0-9, - and _")]
pub struct ParseKeyError;

/// An API key of the right shape. Nothing is said yet about whether it is known.
#[derive(Clone)]
pub struct ApiKey {
    secret: SecretString,
    environment: Environment,
}

impl ApiKey {
    /// Checks the shape: `ogk_live_` or `ogk_test_` and 32 base64url characters.
    pub fn parse(text: &str) -> std::result::Result<Self, ParseKeyError> {
        let (environment, rest) = match (text.strip_prefix("ogk_live_"), text.strip_prefix("ogk_test_")) {
            (Some(rest), _) => (Environment::Live, rest),
            (_, Some(rest)) => (Environment::Test, rest),
            (None, None) => return Err(ParseKeyError),
        };
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if rest.len() != 32 || !rest.bytes().all(fits) {
            return Err(ParseKeyError);
        }
        Ok(Self { secret: SecretString::from(text.to_owned()), environment })
    }

    /// The environment it names.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The whole key. A secret.
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }

    /// The key as a secret to pass on.
    pub fn secret(&self) -> SecretString {
        self.secret.clone()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ogk_{}_…", self.environment)
    }
}

/// Secrets as newtypes over text whose `Debug` shows nothing.
macro_rules! tokens {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(secrecy::SecretString);

        impl $name {
            /// A token as it came from outside.
            pub fn new(text: impl Into<String>) -> Self {
                Self(secrecy::SecretString::from(text.into()))
            }

            /// The token. A secret.
            pub fn expose(&self) -> &str {
                secrecy::ExposeSecret::expose_secret(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

pub(super) use tokens;

tokens! {
    /// What a one-time sign-in link carries.
    SignInToken;
    /// What the session cookie carries.
    SessionToken;
    /// What every form of a session carries, so that no other site can send it.
    CsrfToken;
}

/// A signed-in session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who it is.
    pub person: Person,
    /// What its forms must carry.
    pub csrf: CsrfToken,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What a new key shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRequest {
    /// What its owner calls it.
    pub name: Text<64>,
    /// Real sites or the sandbox's.
    pub environment: Environment,
    /// What it allows; not empty.
    pub scopes: Vec<Scope>,
    /// What it may book; not empty.
    pub scenarios: Vec<Scenario>,
    /// When it ends by itself; `None` for never.
    pub expires_at: Option<Timestamp>,
}

impl KeyInfo {
    /// Whether it works at `now`.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyInfo {
    /// Its public name.
    pub key_id: KeyId,
    /// What its owner calls it.
    pub name: Text<64>,
    /// Real sites or the sandbox's.
    pub environment: Environment,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// What it may book.
    pub scenarios: Vec<Scenario>,
    /// The last four characters, to tell keys apart.
    pub ending: String,
    /// When it was made.
    #[schemars(with = "String")]
    pub created_at: Timestamp,
    /// When it was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub last_used_at: Option<Timestamp>,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub expires_at: Option<Timestamp>,
    /// When it was ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub revoked_at: Option<Timestamp>,
}

/// A new key with its secret, which is never to be had again.
#[derive(Debug)]
pub struct IssuedKey {
    /// The key.
    pub info: KeyInfo,
    /// The secret.
    pub secret: ApiKey,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_checked_by_shape_and_never_printed() {
        let text = format!("ogk_test_{}", "aB-_".repeat(8));
        let key = ApiKey::parse(&text).unwrap();
        assert_eq!(key.environment(), Environment::Test);
        assert_eq!(format!("{key:?}"), "ogk_test_…");
        let long = format!("{text}a");
        for wrong in [
            "",
            "ogk_test_",
            "ogk_prod_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            &text[1..],
            &long,
            &text.replace('a', "+"),
        ] {
            assert!(ApiKey::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
