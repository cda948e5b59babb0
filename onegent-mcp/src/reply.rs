//! What a tool gives back: a reply with text and structure, or a refusal that says what to do.
//!
//! All of it is a tool result, because models seldom see the errors of the protocol.

use onegent_core::caller::Scope;
use onegent_core::error::{Error, ErrorCode};
use onegent_core::fields::FieldError;
use onegent_core::id::RequestId;
use rmcp::ErrorData;
use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;
use serde_json::Value;

/// Where people make API keys.
const KEYS_PAGE: &str = "https://onegent.one/developers/keys";

/// A tool did what was asked.
#[derive(Debug)]
pub(crate) struct Reply {
    text: String,
    structure: Value,
}

impl Reply {
    pub(crate) fn new(text: String, answer: &impl Serialize) -> Result<Self, Refusal> {
        let structure = serde_json::to_value(answer).map_err(Error::internal)?;
        Ok(Self { text, structure })
    }
}

impl From<Reply> for CallToolResult {
    fn from(reply: Reply) -> Self {
        let mut result = Self::success(vec![ContentBlock::text(reply.text)]);
        result.structured_content = Some(reply.structure);
        result
    }
}

/// A tool did not do what was asked.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The caller showed no credential.
    NoKey,
    /// The caller's credential lacks this.
    Scope(Scope),
    /// The arguments are wrong; every wrong one is here.
    Arguments(Vec<FieldError>),
    /// The booking service refused or failed.
    Service(Error),
    /// The client broke the protocol, which no model can mend.
    Protocol(ErrorData),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        if error.code() == ErrorCode::MissingAuthorization { Self::NoKey } else { Self::Service(error) }
    }
}

impl Refusal {
    /// The tool result. Our own faults and those behind us go to the log with their cause.
    pub(crate) fn into_result(self, request_id: RequestId) -> Result<CallToolResult, ErrorData> {
        if let Self::Service(error) = &self
            && is_ours(error.code())
        {
            let cause = std::error::Error::source(error).map(tracing::field::display);
            tracing::warn!(%request_id, code = %error.code(), cause, "a tool call failed");
        }
        let text = match self {
            Self::NoKey => format!(
                "ONEGENT_API_KEY env var is required. Your person gets a key at {KEYS_PAGE} (for a server of their own: \
                 `onegent keys create`) and sets it where this MCP server is configured; over HTTP it goes into the \
                 Authorization header as a Bearer token."
            ),
            Self::Scope(scope) => format!(
                "Not done (insufficient_scope): this connection lacks the scope `{scope}`. Your person can connect \
                 Onegent again and allow it, or use another key."
            ),
            Self::Arguments(wrong) => wrong_arguments(&wrong),
            Self::Service(error) if !error.wrong_fields().is_empty() => wrong_arguments(error.wrong_fields()),
            Self::Service(error) => service(&error, request_id),
            Self::Protocol(error) => return Err(error),
        };
        Ok(CallToolResult::error(vec![ContentBlock::text(text)]))
    }
}

fn wrong_arguments(wrong: &[FieldError]) -> String {
    let heading = "Not done: these arguments need another value. Correct all of them in one call.".to_owned();
    let lines = wrong.iter().map(|FieldError { field, message }| {
        // The service names fields as REST has them.
        let field = field.strip_prefix("request.params.").unwrap_or(field);
        let field = if field == "body" { "arguments" } else { field };
        format!("- {field}: {message}")
    });
    std::iter::once(heading).chain(lines).collect::<Vec<_>>().join("\n")
}

fn service(error: &Error, request_id: RequestId) -> String {
    let code = error.code();
    let sentences = [
        Some(format!("Not done ({code}): {}", error.message())),
        advice(code).map(str::to_owned),
        error.wait().map(|wait| format!("Try again in {} seconds.", wait.as_secs().max(1))),
        is_ours(code).then(|| format!("Request id: {request_id}.")),
    ];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn is_ours(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::Internal | ErrorCode::BackendUnavailable)
}

/// What to do, beyond what the error itself says.
fn advice(code: ErrorCode) -> Option<&'static str> {
    match code {
        ErrorCode::InvalidAuthScheme
        | ErrorCode::EmptyApiKey
        | ErrorCode::MalformedApiKey
        | ErrorCode::InvalidApiKey => {
            Some("Your person can make a new key at https://onegent.one/developers/keys.")
        }
        ErrorCode::ScenarioNotAllowed | ErrorCode::InsufficientScope => {
            Some("Your person can use another key, or connect Onegent again and allow it.")
        }
        ErrorCode::JobNotFound => {
            Some("Check the jobId: `job_` and 32 characters, as a booking tool gave it.")
        }
        ErrorCode::IdempotencyConflict => Some("Another booking needs another idempotencyKey."),
        ErrorCode::MissingAuthorization
        | ErrorCode::NotSignedIn
        | ErrorCode::SecondFactorRequired
        | ErrorCode::NotYours
        | ErrorCode::ForgedRequest
        | ErrorCode::NotFound
        | ErrorCode::MethodNotAllowed
        | ErrorCode::InvalidJson
        | ErrorCode::InvalidRequest
        | ErrorCode::JobNotCancellable
        | ErrorCode::ChargeChanged
        | ErrorCode::NothingToConfirm
        | ErrorCode::PayloadTooLarge
        | ErrorCode::UnsupportedMediaType
        | ErrorCode::RateLimited
        | ErrorCode::BackendUnavailable
        | ErrorCode::Internal => None,
    }
}
