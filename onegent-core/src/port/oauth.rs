//! The OAuth half of the authority: apps that a person connects, and the tokens that they get for it.
//!
//! An app is a *client*; what a person allowed it is a *grant*; all tokens that ever come of one grant are its *family*
//! and end with it.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::caller::{Access, Environment, Person, Scope};
use crate::error::Result;
use crate::id::GrantId;
use crate::text::Text;

use super::{ApiKey, ParseKeyError};

mod error;
mod params;
mod wire;

pub use error::{OAuthError, OAuthErrorCode, OAuthResult};
pub use params::{Params, RepeatedParam};
pub use wire::{ClientRegistration, TokenAnswer, TokenType};

/// Clients, consent, tokens, connected apps, for the HTTP edge.
///
/// A part of [`Authority`](super::Authority) with a file of its own; one implementation, the engine.
#[async_trait]
pub trait OAuth: Send + Sync {
    /// Reads an authorization request (RFC 6749 section 4.1.1, RFC 7636, RFC 8707) and keeps it until somebody has decided.
    ///
    /// `invalid_request` is for a page: the client or the way back to it can't be trusted, and nothing may be sent there.
    async fn authorize(&self, params: &Params) -> Result<Authorization>;

    /// What is asked for, to show it to a person, to whom it belongs from now on. `not_found` for unknown, decided,
    /// over and another's alike.
    async fn access_request(&self, person: &Person, request: &RequestToken) -> Result<AccessRequest>;

    /// A person's decision, once. Answers where the browser goes next.
    async fn decide(&self, person: &Person, request: &RequestToken, decision: Decision) -> Result<ReturnUrl>;

    /// The token endpoint: a code or a refresh token for a pair of tokens.
    async fn token(&self, shown: ShownClient, params: &Params) -> OAuthResult<TokenAnswer>;

    /// The revocation endpoint (RFC 7009). A refresh token takes its whole family along.
    async fn revoke(&self, shown: ShownClient, params: &Params) -> OAuthResult<()>;

    /// Dynamic registration (RFC 7591).
    async fn register(&self, metadata: &Value) -> OAuthResult<ClientRegistration>;

    /// What an access token allows. `invalid_api_key` for unknown, revoked and over alike.
    async fn token_access(&self, token: &AccessToken) -> Result<Access>;

    /// The account's connected apps, newest first, those that were cut off of late included.
    async fn connected_apps(&self, person: &Person) -> Result<Vec<ConnectedApp>>;

    /// Cuts an app off at once, with all its tokens. `not_found` for another account's.
    async fn disconnect(&self, person: &Person, grant: GrantId) -> Result<()>;
}

macro_rules! secrets {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        ///
        #[doc = concat!("Text form: `", $prefix, "` and 43 base64url characters, 256 random bits.")]
        #[derive(Clone)]
        pub struct $name(SecretString);

        impl $name {
            /// What the text form begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Checks the shape alone.
            pub fn parse(text: &str) -> Option<Self> {
                let rest = text.strip_prefix($prefix)?;
                let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
                (rest.len() == 43 && rest.bytes().all(fits)).then(|| Self(SecretString::from(text.to_owned())))
            }

            /// The whole text. A secret.
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!($prefix, "…"))
            }
        }
    )+};
}

secrets! {
    /// An access token: good for an hour, at this server's own APIs.
    AccessToken = "ogt_";
    /// A refresh token: good once, within thirty days of the first of its family.
    RefreshToken = "ogr_";
    /// An authorization code: good once, for ten minutes.
    AuthorizationCode = "oga_";
    /// What a consent page's form names its request by.
    RequestToken = "ogq_";
}

/// A bearer credential of the right shape. Nothing is said yet about whether it is known.
#[derive(Debug, Clone)]
pub enum Bearer {
    /// An API key.
    Key(ApiKey),
    /// A connected app's access token.
    Token(AccessToken),
}

impl Bearer {
    /// Tells the two apart by shape.
    pub fn parse(text: &str) -> std::result::Result<Self, ParseKeyError> {
        match AccessToken::parse(text) {
            Some(token) => Ok(Self::Token(token)),
            None => ApiKey::parse(text).map(Self::Key),
        }
    }
}

/// What became of an authorization request.
#[derive(Debug)]
pub enum Authorization {
    /// It stands; a signed-in person has to decide.
    Ask(RequestToken),
    /// It was refused, and the client is to hear of it.
    Return(ReturnUrl),
}

/// Where a browser is sent to reach a client: its redirect URI with the answer in the query. Printable ASCII. It may
/// carry a code, so that it is shown nowhere.
#[derive(Clone)]
pub struct ReturnUrl(SecretString);

impl ReturnUrl {
    /// Wraps a URL.
    pub fn new(url: String) -> Self {
        Self(SecretString::from(url))
    }

    /// The URL, for a `Location` header.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for ReturnUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReturnUrl(…)")
    }
}

/// What an app asks of a person.
#[derive(Debug, Clone)]
pub struct AccessRequest {
    /// Which app.
    pub client: ClientFace,
    /// Where its answer goes.
    pub back: ReturnPlace,
    /// What it wants to be allowed.
    pub scopes: Vec<Scope>,
}

/// An app as a person is shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFace {
    /// What it calls itself. Its own word.
    pub name: Text<64>,
    /// The host of its site, if it names one.
    pub host: Option<String>,
    /// How it came to be known.
    pub origin: ClientOrigin,
}

/// How a client came to be known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientOrigin {
    /// Whoever runs this server registered it.
    Operator,
    /// Its metadata document was read from its own site, so that its host is proven.
    Document,
    /// It registered itself; nothing it says is proven.
    Stranger,
}

impl ClientOrigin {
    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Document => "document",
            Self::Stranger => "stranger",
        }
    }
}

impl std::str::FromStr for ClientOrigin {
    type Err = crate::request::UnknownWord;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        [Self::Operator, Self::Document, Self::Stranger]
            .into_iter()
            .find(|origin| origin.as_str() == text)
            .ok_or(crate::request::UnknownWord("operator, document, stranger"))
    }
}

/// Where an authorization's answer goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnPlace {
    /// A web site.
    Site {
        /// Its host.
        host: String,
    },
    /// A program on the person's own machine (RFC 8252 section 7.3).
    ThisDevice {
        /// `localhost`, `127.0.0.1` or `[::1]`, with the port.
        host: String,
    },
    /// A program that owns a URL scheme (RFC 8252 section 7.1).
    App {
        /// The scheme.
        scheme: String,
    },
}

/// What a person says to an app's request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes, for the sites of this environment.
    Approve(Environment),
    /// No.
    Deny,
}

/// What a client shows in the `Authorization` header: `client_secret_basic`, or nothing.
#[derive(Debug, Clone, Default)]
pub struct ShownClient {
    /// Client id and secret. The secret may be empty.
    pub basic: Option<(String, SecretString)>,
}

/// An app that a person has connected.
#[derive(Debug, Clone)]
pub struct ConnectedApp {
    /// The grant.
    pub grant: GrantId,
    /// The app.
    pub client: ClientFace,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Real sites or the sandbox's.
    pub environment: Environment,
    /// When the person approved.
    pub created_at: Timestamp,
    /// When a token of it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it has to be approved again.
    pub expires_at: Timestamp,
    /// When and why it was cut off.
    pub ended: Option<(Timestamp, GrantEnd)>,
}

macro_rules! ends {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)+) => {
        /// Why a grant ended before its time.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum GrantEnd {
            $($(#[$doc])* $name,)+
        }

        impl GrantEnd {
            /// The word that is stored.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }

        impl std::str::FromStr for GrantEnd {
            type Err = crate::request::UnknownWord;

            fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$name),)+
                    _ => Err(crate::request::UnknownWord("a grant's end")),
                }
            }
        }
    };
}

ends! {
    /// The person cut the app off.
    Disconnected = "disconnected";
    /// The app gave its refresh token back.
    Revoked = "revoked";
    /// A refresh token was used again after its grace.
    RefreshReused = "refresh_reused";
    /// An authorization code was used twice.
    CodeReused = "code_reused";
    /// The client was removed.
    ClientRemoved = "client_removed";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_tokens_are_told_apart_by_shape() {
        let token = format!("ogt_{}", "a".repeat(43));
        assert!(matches!(Bearer::parse(&token), Ok(Bearer::Token(_))));
        assert!(matches!(Bearer::parse(&format!("ogk_test_{}", "a".repeat(32))), Ok(Bearer::Key(_))));
        for wrong in
            [&token[..46], &format!("{token}a"), &token.replace("ogt_", "ogr_"), &token.replace('a', "+")]
        {
            assert!(Bearer::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_secret_is_printed() {
        let text = format!("ogr_{}", "s3cret_".repeat(7))[..47].to_owned();
        let shown = format!("{:?} {:?}", RefreshToken::parse(&text).unwrap(), ReturnUrl::new(text));
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
