//! Errors of the OAuth endpoints, in the words of their standards.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use crate::error::{Error, ErrorCode};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)+) => {
        /// Error codes of RFC 6749 (sections 4.1.2.1 and 5.2), RFC 7591 and RFC 8707.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum OAuthErrorCode {
            $($(#[$doc])* $name,)+
        }

        impl OAuthErrorCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

codes! {
    /// A parameter is missing, wrong or repeated.
    InvalidRequest = "invalid_request";
    /// The client is unknown, or did not prove who it is.
    InvalidClient = "invalid_client";
    /// The code or refresh token is unknown, used, over, or another client's.
    InvalidGrant = "invalid_grant";
    /// The grant type is not one that is given here.
    UnsupportedGrantType = "unsupported_grant_type";
    /// The response type is not one that is given here.
    UnsupportedResponseType = "unsupported_response_type";
    /// A scope is unknown, or more than was granted.
    InvalidScope = "invalid_scope";
    /// The resource is not one of this server's.
    InvalidTarget = "invalid_target";
    /// The person said no.
    AccessDenied = "access_denied";
    /// A redirect URI can't be registered.
    InvalidRedirectUri = "invalid_redirect_uri";
    /// Something else of the metadata can't be registered.
    InvalidClientMetadata = "invalid_client_metadata";
    /// A needed part is out of reach, or there is too much to do.
    TemporarilyUnavailable = "temporarily_unavailable";
    /// Our own fault.
    ServerError = "server_error";
}

impl fmt::Display for OAuthErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an OAuth endpoint answers when it can't do what was asked.
#[derive(Debug)]
pub struct OAuthError {
    code: OAuthErrorCode,
    description: Cow<'static, str>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    guess: bool,
}

/// What an OAuth endpoint answers.
pub type OAuthResult<T> = Result<T, OAuthError>;

impl OAuthError {
    /// An error with a sentence for the client's developer. The standards allow it printable ASCII without quotes and
    /// backslashes; other characters become question marks.
    pub fn new(code: OAuthErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        let description = description.into();
        let fits = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
        let description = if description.chars().all(fits) {
            description
        } else {
            description.chars().map(|c| if fits(c) { c } else { '?' }).collect::<String>().into()
        };
        Self { code, description, source: None, guess: false }
    }

    /// Keeps the cause for the log.
    pub fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// A credential was shown that is nobody's. Edges count these.
    pub fn as_guess(self) -> Self {
        Self { guess: true, ..self }
    }

    /// Whether a credential was shown that is nobody's.
    pub fn is_guess(&self) -> bool {
        self.guess
    }

    /// Why.
    pub fn code(&self) -> OAuthErrorCode {
        self.code
    }

    /// The sentence.
    pub fn description(&self) -> &str {
        &self.description
    }
}

impl From<Error> for OAuthError {
    fn from(error: Error) -> Self {
        let later = matches!(error.code(), ErrorCode::BackendUnavailable | ErrorCode::RateLimited);
        let code = if later { OAuthErrorCode::TemporarilyUnavailable } else { OAuthErrorCode::ServerError };
        Self::new(code, error.message().to_owned()).caused_by(error)
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.description)
    }
}

impl StdError for OAuthError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_has_only_the_characters_that_the_standard_allows() {
        let error = OAuthError::new(OAuthErrorCode::InvalidScope, "no \"scope\" \\ é\n");
        assert_eq!(error.description(), "no ?scope? ? ??");
    }
}
