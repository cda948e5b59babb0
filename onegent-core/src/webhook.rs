//! Webhooks: where an account is told that a job's status changed, and what it is told.
//!
//! Messages follow Standard Webhooks (<https://www.standardwebhooks.com>). A message names the job and where it stands, and
//! nothing of the guest, the booking or the money: whoever gets it fetches the job with a key.

use std::fmt;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::caller::Environment;
use crate::fields::{Field, FieldError, Fields, deserialize_by_fields};
use crate::id::{EndpointId, JobId};
use crate::status::JobStatus;
use crate::text::Text;

/// What a message tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum EventType {
    /// A job was made, or stands elsewhere than before.
    #[serde(rename = "job.status_changed")]
    JobStatusChanged,
}

/// The body of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatusMessage {
    /// What it tells of.
    #[serde(rename = "type")]
    pub event: EventType,
    /// When that happened.
    #[schemars(with = "String")]
    pub timestamp: Timestamp,
    /// The job.
    pub data: ChangedJob,
}

/// What a message says of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangedJob {
    /// Its id.
    pub job_id: JobId,
    /// Where it stands since.
    pub status: JobStatus,
    /// Whether real sites are reached or the sandbox's.
    pub environment: Environment,
    /// Grows with every message of a job: one that comes late, or again, is known by it.
    pub sequence: u64,
    /// When the job was made.
    #[schemars(with = "String")]
    pub created_at: Timestamp,
    /// When it changed last.
    #[schemars(with = "String")]
    pub updated_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub completed_at: Option<Timestamp>,
}

impl ChangedJob {
    /// What the header `webhook-id` has: the same each time that the message is sent, at every endpoint.
    pub fn message_id(job: JobId, sequence: u64) -> String {
        let job = job.to_string();
        format!("msg_{}_{sequence}", job.trim_start_matches(JobId::PREFIX))
    }
}

/// An endpoint to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewWebhook {
    /// Where messages go, such as `https://example.com/onegent`: https, without credentials and fragment.
    pub url: Text<2000>,
    /// Whose jobs it is told of; the key's own unless said. A key can only name its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
}

impl Field for NewWebhook {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let mut fields = Fields::open(value, path, errors)?;
        let url = fields.required("url");
        let environment = fields.optional("environment");
        fields.finish().then_some(Self { url: url?, environment })
    }
}

deserialize_by_fields!(NewWebhook);

/// An endpoint, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookEndpoint {
    /// Its id.
    pub endpoint_id: EndpointId,
    /// Where messages go.
    pub url: String,
    /// Whose jobs it is told of.
    pub environment: Environment,
    /// When it was added.
    #[schemars(with = "String")]
    pub created_at: Timestamp,
    /// How many messages wait to be sent, or sent again.
    pub waiting: u64,
    /// How many were given up.
    pub dead: u64,
}

/// All endpoints of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookPage {
    /// The endpoints, oldest first.
    pub webhooks: Vec<WebhookEndpoint>,
}

/// An endpoint with its secret, which is never to be had again.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedWebhook {
    /// The endpoint.
    pub webhook: WebhookEndpoint,
    /// What its messages are signed with.
    pub secret: WebhookSecret,
}

/// What messages of one endpoint are signed with: `whsec_` and base64 of 32 bytes.
///
/// Its JSON form is the secret itself: it goes into the one answer that issues it.
#[derive(Clone)]
pub struct WebhookSecret(SecretString);

impl WebhookSecret {
    /// A secret in its text form.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text form. A secret.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("whsec_…")
    }
}

impl Serialize for WebhookSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl JsonSchema for WebhookSecret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "WebhookSecret".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^whsec_[A-Za-z0-9+/]{43}=$" })
    }
}

/// Why a message did not get through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "reason", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum DeliveryFailure {
    /// It was answered with something else than a status from 200 to 299.
    Answered {
        /// The status.
        http_status: u16,
    },
    /// Nobody answered, or not in time.
    Unreachable,
    /// The address, or what its name leads to, is not a public one.
    AddressRefused,
    /// It was never sent: too many were waiting.
    QueueFull,
    /// It was never sent: the endpoint's secret can't be read any more. Rotate it.
    SecretUnreadable,
}

impl fmt::Display for DeliveryFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered { http_status } => write!(f, "answered {http_status}"),
            Self::Unreachable => f.write_str("could not be reached"),
            Self::AddressRefused => f.write_str("its address is not a public one"),
            Self::QueueFull => f.write_str("too many were waiting"),
            Self::SecretUnreadable => f.write_str("its secret can't be read"),
        }
    }
}

/// A message that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetter {
    /// What the header `webhook-id` had.
    pub message_id: String,
    /// The job.
    pub job_id: JobId,
    /// When its status changed.
    #[schemars(with = "String")]
    pub created_at: Timestamp,
    /// How often it was sent.
    pub attempts: u32,
    /// Why the last time was in vain.
    pub failure: DeliveryFailure,
}

/// Messages that were given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetterPage {
    /// The messages, newest first, 100 at most.
    pub dead_letters: Vec<DeadLetter>,
}

/// What a replay did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Replayed {
    /// How many messages wait to be sent again.
    pub replayed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_where_a_job_stands_and_nothing_else() {
        let (now, job) = (Timestamp::UNIX_EPOCH, JobId::generate(Timestamp::UNIX_EPOCH, [7; 10]));
        let data = ChangedJob {
            job_id: job,
            status: JobStatus::PausedPayment,
            environment: Environment::Test,
            sequence: 4,
            created_at: now,
            updated_at: now,
            completed_at: None,
        };
        let message = StatusMessage { event: EventType::JobStatusChanged, timestamp: now, data };
        assert_eq!(
            serde_json::to_value(&message).unwrap(),
            serde_json::json!({
                "type": "job.status_changed",
                "timestamp": "1970-01-01T00:00:00Z",
                "data": {
                    "jobId": job, "status": "paused_payment", "environment": "test", "sequence": 4,
                    "createdAt": "1970-01-01T00:00:00Z", "updatedAt": "1970-01-01T00:00:00Z",
                },
            })
        );
        let id = ChangedJob::message_id(job, 4);
        assert_eq!(id, format!("msg_{}_4", &job.to_string()["job_".len()..]));
    }

    #[test]
    fn a_secret_is_printed_by_nobody() {
        assert_eq!(format!("{:?}", WebhookSecret::new("whsec_c2VjcmV0")), "whsec_…");
    }
}
