//! The one error that crosses a port: a code from a closed list, a message for the caller, a source for the log.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fields::FieldError;
use crate::id::RequestId;
use crate::request::UnknownWord;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)+) => {
        /// Why something was refused or failed. Stable: clients match on these words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)+
        }

        impl ErrorCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word used everywhere.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

codes! {
    /// No `Authorization` header.
    MissingAuthorization = "missing_authorization";
    /// The `Authorization` header is not `Bearer`.
    InvalidAuthScheme = "invalid_auth_scheme";
    /// `Bearer` with nothing behind it.
    EmptyApiKey = "empty_api_key";
    /// The credential does not have an API key's shape.
    MalformedApiKey = "malformed_api_key";
    /// No such key, or it was revoked or has expired.
    InvalidApiKey = "invalid_api_key";
    /// The sign-in link or session is unknown, used or over.
    NotSignedIn = "not_signed_in";
    /// The charge waits for a code of the person's second factor.
    SecondFactorRequired = "second_factor_required";
    /// Only an owner of the account, or the person whose key or app made the job, may do this.
    NotYours = "not_yours";
    /// A form came without its token, or from somewhere else.
    ForgedRequest = "forged_request";
    /// The key may not book this kind of thing.
    ScenarioNotAllowed = "scenario_not_allowed";
    /// The key or grant lacks the scope.
    InsufficientScope = "insufficient_scope";
    /// No such job, or somebody else's.
    JobNotFound = "job_not_found";
    /// No such route, key or profile.
    NotFound = "not_found";
    /// The route exists, but not with this method.
    MethodNotAllowed = "method_not_allowed";
    /// The body is not JSON.
    InvalidJson = "invalid_json";
    /// Fields are wrong; `details` names every one.
    InvalidRequest = "invalid_request";
    /// The same idempotency key came with another request.
    IdempotencyConflict = "idempotency_conflict";
    /// The job ended, or its submit has begun.
    JobNotCancellable = "job_not_cancellable";
    /// The charge on the page is not the one that waits now.
    ChargeChanged = "charge_changed";
    /// Nothing of that job waits for a confirmation.
    NothingToConfirm = "nothing_to_confirm";
    /// The body is larger than is taken.
    PayloadTooLarge = "payload_too_large";
    /// The body's type is not one that is taken.
    UnsupportedMediaType = "unsupported_media_type";
    /// Too many requests; try again after `Retry-After`.
    RateLimited = "rate_limited";
    /// A needed part is out of reach; nothing was done.
    BackendUnavailable = "backend_unavailable";
    /// Our own fault.
    Internal = "internal";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ErrorCode {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text).ok_or(UnknownWord("an error code"))
    }
}

/// What a port answers when it can't do what was asked.
#[derive(Debug)]
pub struct Error {
    code: ErrorCode,
    message: String,
    details: Vec<FieldError>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What a port answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with a message for the caller: what went wrong and what to do. No secrets, no guest's details.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Vec::new(), retry_after: None, source: None }
    }

    /// The request's fields are wrong.
    pub fn invalid_request(details: Vec<FieldError>) -> Self {
        let names: Vec<_> = details.iter().map(|detail| detail.field.as_str()).collect();
        let message = format!("These fields need another value: {}.", names.join(", "));
        Self { details, ..Self::new(ErrorCode::InvalidRequest, message) }
    }

    /// No such job, or somebody else's: the two are told apart nowhere.
    pub fn job_not_found() -> Self {
        Self::new(ErrorCode::JobNotFound, "No job with this id belongs to this account.")
    }

    /// A needed part is out of reach.
    pub fn unavailable(source: impl StdError + Send + Sync + 'static) -> Self {
        let message =
            "The service can't reach a part that it needs. Nothing was done; try again in a moment.";
        Self::new(ErrorCode::BackendUnavailable, message)
            .retry_after(Duration::from_secs(2))
            .caused_by(source)
    }

    /// Our own fault.
    pub fn internal(source: impl StdError + Send + Sync + 'static) -> Self {
        let message = "Something went wrong on our side. The request id helps to find out what.";
        Self::new(ErrorCode::Internal, message).caused_by(source)
    }

    /// Names fields.
    pub fn details(mut self, details: Vec<FieldError>) -> Self {
        self.details = details;
        self
    }

    /// Says when to try again.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Keeps the cause for the log.
    pub fn caused_by(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// Why.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The sentence for the caller.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The wrong fields, for `invalid_request`.
    pub fn wrong_fields(&self) -> &[FieldError] {
        &self.details
    }

    /// How long to wait before the next try.
    pub fn wait(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The body that goes over the wire.
    pub fn body(&self, request_id: RequestId) -> ErrorBody {
        ErrorBody {
            error: ErrorObject {
                code: self.code,
                message: self.message.clone(),
                details: self.details.clone(),
                request_id: Some(request_id.to_string()),
            },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The body of every error answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorObject,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorObject {
    /// A stable word to match on.
    pub code: ErrorCode,
    /// A sentence for a person: what went wrong and what to do.
    pub message: String,
    /// Every wrong field, for `invalid_request`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<FieldError>,
    /// The same as the `X-Request-Id` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}
