//! What can go wrong between here and the API, and what the port says about it.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use onegent_core::error::{Error, ErrorCode};
use onegent_core::fields::FieldError;

/// Why a call gave no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The API answered with an error.
    #[error("{0}")]
    Api(Box<ApiError>),
    /// Something that is not the API answered: a proxy's page, a captive portal, another server.
    #[error("the server answered {status} with something other than the API's JSON")]
    Foreign {
        /// The HTTP status.
        status: u16,
        /// How long to wait before the next try, if the answer said.
        retry_after: Option<Duration>,
    },
    /// No connection came about; nothing was sent.
    #[error("the booking service can't be reached")]
    Unreachable(#[source] Box<dyn StdError + Send + Sync>),
    /// The request was sent, and no whole answer came. What it did is not known.
    #[error("the booking service did not answer")]
    Unanswered(#[source] Box<dyn StdError + Send + Sync>),
    /// The answer is larger than the client reads.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The most that is read.
        limit: usize,
    },
    /// The answer is JSON, but not what version 1 of the API describes.
    #[error("the answer is not what version 1 of the API describes")]
    Undecodable(#[source] serde_json::Error),
    /// The event stream stopped again and again before the job had ended.
    #[error("the event stream stops before the job has ended")]
    StreamStops,
    /// Neither the caller nor the client has a credential.
    #[error("there is no API key for this call")]
    NoCredential,
    /// The credential can't stand in a header.
    #[error("the credential has characters that no API key or token has")]
    UnfitCredential,
    /// A credential would cross a network in the clear.
    #[error("refusing to send a credential over plain http to another machine; use https")]
    PlainHttp,
}

/// An error that the API itself answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// Why. A code that this version does not know is read as the nearest one for the HTTP status.
    pub code: ErrorCode,
    /// The HTTP status.
    pub status: u16,
    /// A sentence for a person, one line.
    pub message: String,
    /// Every wrong field, for `invalid_request`.
    pub details: Vec<FieldError>,
    /// How long to wait before the next try, if the API said.
    pub retry_after: Option<Duration>,
    /// The request's id at the API, for its operators.
    pub request_id: Option<String>,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.code, self.status, self.message)
    }
}

impl ClientError {
    /// Drops the URL: nothing in it is secret, but a log line wants the cause, not the address again.
    pub(crate) fn from_sending(error: reqwest::Error) -> Self {
        let unsent = error.is_connect() || error.is_builder();
        let source = Box::new(error.without_url());
        if unsent { Self::Unreachable(source) } else { Self::Unanswered(source) }
    }

    /// The HTTP status, when there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Api(error) => Some(error.status),
            Self::Foreign { status, .. } => Some(*status),
            Self::Unreachable(_)
            | Self::Unanswered(_)
            | Self::TooLarge { .. }
            | Self::Undecodable(_)
            | Self::StreamStops
            | Self::NoCredential
            | Self::UnfitCredential
            | Self::PlainHttp => None,
        }
    }

    /// The code that the port answers with.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Api(error) => error.code,
            Self::Foreign { status, .. } => code_for(*status),
            Self::NoCredential => ErrorCode::MissingAuthorization,
            Self::UnfitCredential => ErrorCode::MalformedApiKey,
            Self::Unreachable(_)
            | Self::Unanswered(_)
            | Self::TooLarge { .. }
            | Self::Undecodable(_)
            | Self::StreamStops
            | Self::PlainHttp => ErrorCode::BackendUnavailable,
        }
    }

    /// How long to wait before the next try, if the answer said.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => error.retry_after,
            Self::Foreign { retry_after, .. } => *retry_after,
            Self::Unreachable(_)
            | Self::Unanswered(_)
            | Self::TooLarge { .. }
            | Self::Undecodable(_)
            | Self::StreamStops
            | Self::NoCredential
            | Self::UnfitCredential
            | Self::PlainHttp => None,
        }
    }

    /// What went wrong and what to do, for the caller.
    fn advice(&self) -> String {
        match self {
            Self::Api(error) => error.message.clone(),
            Self::Foreign { status: status @ 500.., .. } => format!(
                "The booking service answered {status} with a page instead of data: something in front of it is failing. \
                 Whether anything was done is not known; look at the jobs before asking for the same booking again."
            ),
            Self::Foreign { status, .. } => format!(
                "The address of the booking service answered {status} with something that is not the Onegent API. \
                 Check ONEGENT_API_BASE_URL."
            ),
            Self::Unreachable(_) => {
                "The booking service can't be reached. Nothing was done; try again in a moment.".to_owned()
            }
            Self::Unanswered(_) => {
                "The booking service did not answer in time. Whether it did anything is not known; \
                 look at the jobs before asking for the same booking again."
                    .to_owned()
            }
            Self::TooLarge { .. } => {
                "The booking service's answer is larger than is read. Ask for less at once.".to_owned()
            }
            Self::Undecodable(_) => {
                "The booking service's answer is not understood. Its version and this program's may \
                 not fit; update this program."
                    .to_owned()
            }
            Self::StreamStops => "The job's events stop coming. Ask for the job itself.".to_owned(),
            Self::NoCredential => "This call needs an API key.".to_owned(),
            Self::UnfitCredential => "The API key has characters that no key has; copy it again.".to_owned(),
            Self::PlainHttp => {
                "An API key is not sent over plain http to another machine. Give an https address as \
                 ONEGENT_API_BASE_URL."
                    .to_owned()
            }
        }
    }
}

impl From<ClientError> for Error {
    fn from(error: ClientError) -> Self {
        let mut answer = Self::new(error.code(), error.advice());
        if let ClientError::Api(api) = &error {
            answer = answer.details(api.details.clone());
        }
        if let Some(wait) = error.retry_after() {
            answer = answer.retry_after(wait);
        }
        answer.caused_by(error)
    }
}

/// The nearest code for a status, where the body has none that is known.
pub(crate) fn code_for(status: u16) -> ErrorCode {
    match status {
        401 => ErrorCode::InvalidApiKey,
        403 => ErrorCode::InsufficientScope,
        404 | 410 => ErrorCode::NotFound,
        405 => ErrorCode::MethodNotAllowed,
        413 => ErrorCode::PayloadTooLarge,
        415 => ErrorCode::UnsupportedMediaType,
        429 => ErrorCode::RateLimited,
        400..=499 => ErrorCode::InvalidRequest,
        _ => ErrorCode::BackendUnavailable,
    }
}
