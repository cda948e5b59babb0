//! Who asks. Made by an edge, out of a credential; every port method wants one first.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::account::Role;
use crate::fields::text_field;
use crate::id::{AccountId, KeyId, PersonId, RequestId, SessionId};
use crate::request::{Scenario, UnknownWord};

/// Whether real sites are reached or the sandbox's. A `test` job never reaches a real site, a `live` one never the
/// sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Real booking sites.
    Live,
    /// The sandbox's booking sites.
    Test,
}

impl Environment {
    /// The word used everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Environment {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "live" => Ok(Self::Live),
            "test" => Ok(Self::Test),
            _ => Err(UnknownWord("live, test")),
        }
    }
}

/// What a credential allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Make and cancel bookings.
    Book,
    /// See jobs and their audit trail.
    Read,
}

impl Scope {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Book, Self::Read];

    /// The word used everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Book => "book",
            Self::Read => "read",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Scope {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(UnknownWord("book, read"))
    }
}

text_field!(Environment, Scope);

/// What of an account's jobs a caller sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The jobs of one environment; new ones are made there.
    Only(Environment),
    /// Both environments; nothing can be made. A person at the console.
    Everything,
}

/// What a verified credential stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Whose jobs.
    pub account: AccountId,
    /// Who holds the credential. Charges of its jobs are theirs alone to confirm.
    pub person: PersonId,
    /// Which of them.
    pub reach: Reach,
    /// What may be done.
    pub scopes: Vec<Scope>,
    /// What may be booked.
    pub scenarios: Vec<Scenario>,
    /// The key behind it, if it was a key.
    pub key: Option<KeyId>,
    /// Whether a request may name its site. An app's may not: its words are a model's, and who names the site says where
    /// the guest's details go.
    pub names_sites: bool,
}

/// By what right somebody calls.
#[derive(Debug, Clone)]
pub enum Credential {
    /// The edge checked it against this system's own records.
    Verified(Access),
    /// A bearer credential that an edge passes on unchecked to the REST API, for this caller's calls alone. An engine
    /// refuses it.
    Forwarded(SecretString),
    /// Nobody showed anything. Enough to list tools, not to call one.
    Missing,
}

/// Who asks: a credential and the request it came with.
#[derive(Debug, Clone)]
pub struct Caller {
    /// By what right.
    pub credential: Credential,
    /// The request at the edge, for logs and errors.
    pub request_id: RequestId,
}

impl Caller {
    /// What the caller may do, if this system itself has checked it.
    pub fn access(&self) -> crate::error::Result<&Access> {
        use crate::error::{Error, ErrorCode};
        match &self.credential {
            Credential::Verified(access) => Ok(access),
            Credential::Forwarded(_) | Credential::Missing => {
                Err(Error::new(ErrorCode::MissingAuthorization, "This call needs a verified credential."))
            }
        }
    }
}

/// A person who is signed in at the console. Whether that is recent enough to confirm a charge, the desk judges.
///
/// **Invariant:** only `Authority` makes one, out of a sign-in or its session cookie. No API key, OAuth token or MCP request
/// leads to it, and the payment desk takes nothing else. Held by `tests`: `no_assistant_reaches_the_payment_desk`.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who it is.
    pub id: PersonId,
    /// Whose jobs they may see.
    pub account: AccountId,
    /// What they may do with the account itself.
    pub role: Role,
    /// The session they are signed in with.
    pub session: SessionId,
    /// When they signed in.
    pub signed_in_at: Timestamp,
    /// When they last gave a code of their second factor in this session.
    pub proven_at: Option<Timestamp>,
    /// The request at the edge.
    pub request_id: RequestId,
}

impl Person {
    /// The same person as a caller of the booking service, to see jobs and cancel them.
    pub fn caller(&self) -> Caller {
        let access = Access {
            account: self.account,
            person: self.id,
            reach: Reach::Everything,
            scopes: vec![Scope::Read, Scope::Book],
            scenarios: Scenario::ALL.to_vec(),
            key: None,
            names_sites: false,
        };
        Caller { credential: Credential::Verified(access), request_id: self.request_id }
    }
}
