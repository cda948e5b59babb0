//! Speaking to a model: one question, one answer, bounded in time and size.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::budget::Spent;
use super::page::{MOST_ANSWER, Prompt, schema, tokens};
use super::{AskedOutcome, ModelConfig, ModelError, ModelKind};
use crate::network::is_public_host;
use crate::outbound::{Outbound, OutboundError};

/// The most that is read of an answer, in bytes: the step itself is a hundred.
const MOST_BYTES: usize = 64 * 1024;
/// The tool that an Anthropic model has to call, and the name of the schema elsewhere.
const STEP: &str = "next_step";
const ANTHROPIC_VERSION: &str = "2023-06-01";

/// Where a model answers.
#[derive(Debug)]
pub(super) struct Endpoint {
    kind: ModelKind,
    url: Url,
    model: String,
    headers: HeaderMap,
    outbound: Outbound,
}

/// What it said, and what that used.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) spent: Spent,
}

/// No answer, and what asking used all the same.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) outcome: AskedOutcome,
    pub(super) spent: Spent,
}

impl Endpoint {
    pub(super) fn new(config: &ModelConfig) -> Result<Self, ModelError> {
        let outbound = Outbound::unguarded().map_err(ModelError::Client)?;
        let safe = config.url.scheme() == "https" || !is_public_host(&config.url);
        if !outbound.may_call(&config.url) || !safe {
            return Err(ModelError::Address);
        }
        let mut url = config.url.clone();
        let end = match config.kind {
            ModelKind::OpenAi => "chat/completions",
            ModelKind::Anthropic => "messages",
        };
        url.set_path(&format!("{}/{end}", url.path().trim_end_matches('/')));
        let (kind, model) = (config.kind, config.name.clone());
        Ok(Self { kind, url, model, headers: headers(config)?, outbound })
    }

    /// Asks, and waits no longer than `patience`.
    pub(super) async fn ask(&self, prompt: &Prompt, patience: Duration) -> Result<Answer, Failure> {
        let body = self.body(prompt).to_string();
        // What it costs where it is not said: the question went out, and an answer may have been made.
        let reckoned = prompt.reckoned();
        let bare = Spent { calls: 1, ..Spent::default() };
        let asked = self.outbound.ask(&self.url, self.headers.clone(), body, (patience, MOST_BYTES));
        let (status, bytes) = match asked.await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a model did not answer");
                let (outcome, spent) = match error {
                    OutboundError::TooLarge => (AskedOutcome::Unusable, reckoned),
                    OutboundError::Address | OutboundError::Busy => (AskedOutcome::Unreachable, bare),
                    OutboundError::Unreachable(_) | OutboundError::Status(_) => {
                        (AskedOutcome::Unreachable, reckoned)
                    }
                };
                return Err(Failure { outcome, spent });
            }
        };
        if !status.is_success() {
            // Its body may repeat the question.
            tracing::warn!(status = status.as_u16(), "a model's endpoint answered with an error");
            return Err(Failure { outcome: AskedOutcome::Status, spent: bare });
        }
        let read = match self.kind {
            ModelKind::OpenAi => serde_json::from_slice(&bytes).map(Chat::said),
            ModelKind::Anthropic => serde_json::from_slice(&bytes).map(Message::said),
        };
        let Ok((usage, said)) = read else {
            return Err(Failure { outcome: AskedOutcome::Unusable, spent: reckoned });
        };
        let spent = usage.map_or(
            Spent { written: tokens(bytes.len()).min(MOST_ANSWER), ..reckoned },
            |(read, written)| Spent { calls: 1, read, written },
        );
        match said {
            Ok(text) => Ok(Answer { text, spent }),
            Err(outcome) => Err(Failure { outcome, spent }),
        }
    }

    fn body(&self, prompt: &Prompt) -> Value {
        let user = json!({ "role": "user", "content": prompt.text });
        match self.kind {
            ModelKind::OpenAi => json!({
                "model": self.model,
                "max_completion_tokens": MOST_ANSWER,
                "messages": [{ "role": "system", "content": prompt.rules }, user],
                "response_format": {
                    "type": "json_schema",
                    "json_schema": { "name": STEP, "strict": true, "schema": schema() },
                },
            }),
            ModelKind::Anthropic => json!({
                "model": self.model,
                "max_tokens": MOST_ANSWER,
                "system": prompt.rules,
                "messages": [user],
                "tools": [{ "name": STEP, "description": "Says the next step.", "input_schema": schema() }],
                "tool_choice": { "type": "tool", "name": STEP },
            }),
        }
    }
}

fn headers(config: &ModelConfig) -> Result<HeaderMap, ModelError> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if config.kind == ModelKind::Anthropic {
        let version = HeaderName::from_static("anthropic-version");
        headers.insert(version, HeaderValue::from_static(ANTHROPIC_VERSION));
    }
    if let Some(key) = &config.key {
        let key = key.expose_secret();
        let (name, value) = match config.kind {
            ModelKind::OpenAi => (AUTHORIZATION, format!("Bearer {key}")),
            ModelKind::Anthropic => (HeaderName::from_static("x-api-key"), key.to_owned()),
        };
        let mut value = HeaderValue::from_str(&value).map_err(|_characters| ModelError::Key)?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

/// Tokens read and written, where the endpoint says so.
type Usage = Option<(u64, u64)>;
type Said = (Usage, Result<String, AskedOutcome>);

/// A chat completion.
#[derive(Deserialize)]
struct Chat {
    #[serde(default)]
    choices: Vec<ChatChoice>,
    usage: Option<ChatUsage>,
}

#[derive(Deserialize)]
struct ChatChoice {
    message: ChatMessage,
}

#[derive(Deserialize)]
struct ChatMessage {
    content: Option<String>,
    refusal: Option<String>,
}

#[derive(Deserialize)]
struct ChatUsage {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

impl Chat {
    fn said(self) -> Said {
        let usage = self.usage.map(|usage| (usage.prompt_tokens, usage.completion_tokens));
        let said = match self.choices.into_iter().next().map(|choice| choice.message) {
            Some(ChatMessage { refusal: Some(_why), .. }) => Err(AskedOutcome::Refused),
            Some(ChatMessage { content: Some(text), .. }) => Ok(text),
            Some(ChatMessage { content: None, .. }) | None => Err(AskedOutcome::Unusable),
        };
        (usage, said)
    }
}

/// An Anthropic message.
#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: Vec<Block>,
    stop_reason: Option<String>,
    usage: Option<MessageUsage>,
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    name: Option<String>,
    input: Option<Value>,
}

#[derive(Deserialize)]
struct MessageUsage {
    #[serde(default, rename = "input_tokens")]
    read: u64,
    #[serde(default, rename = "output_tokens")]
    written: u64,
    /// Tokens that a cache was written with or read from are counted apart.
    #[serde(default, rename = "cache_creation_input_tokens")]
    cached: Option<u64>,
    #[serde(default, rename = "cache_read_input_tokens")]
    from_cache: Option<u64>,
}

impl Message {
    fn said(self) -> Said {
        let usage = self.usage.map(|usage| {
            let cached = [usage.cached, usage.from_cache].into_iter().flatten();
            (cached.fold(usage.read, u64::saturating_add), usage.written)
        });
        let call =
            self.content.into_iter().find(|it| it.kind == "tool_use" && it.name.as_deref() == Some(STEP));
        let said = match call.and_then(|call| call.input) {
            _ if self.stop_reason.as_deref() == Some("refusal") => Err(AskedOutcome::Refused),
            Some(input) => Ok(input.to_string()),
            None => Err(AskedOutcome::Unusable),
        };
        (usage, said)
    }
}
