//! What the person allowed in advance. Money is never among it: every charge is confirmed by hand.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fields::{Field, FieldError, Fields, deserialize_by_fields, text_field};
use crate::money::Money;
use crate::request::UnknownWord;
use crate::text::{Bounded, ProviderId};

/// What to do at a payment. There is one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentPolicy {
    /// Stop, and wait for the person's own confirmation.
    #[default]
    StopBeforePayment,
}

impl std::str::FromStr for PaymentPolicy {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            // The second is the spelling of an older interface.
            "stop_before_payment" | "stop_before_cvc" => Ok(Self::StopBeforePayment),
            _ => Err(UnknownWord("stop_before_payment")),
        }
    }
}

text_field!(PaymentPolicy);

impl<'de> Deserialize<'de> for PaymentPolicy {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The bounds within which the agent may act on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Consent {
    /// Whether another time of the same day will do.
    pub allow_time_adjustment: bool,
    /// How far from the wished time that may be, in minutes.
    pub max_time_adjustment_minutes: Bounded<0, 720>,
    /// How often a failed try may be repeated. A submit is never repeated.
    pub max_retries: Bounded<0, 10>,
    /// The only booking sites to use; empty for any.
    pub allowed_providers: Vec<ProviderId>,
    /// Booking sites never to use.
    pub blocked_providers: Vec<ProviderId>,
    /// How long the agent may work on the job, in seconds. Waiting for a person does not count.
    pub max_job_duration_seconds: Bounded<10, 3600>,
    /// Above this the agent does not even ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price: Option<Money>,
    /// What to do at a payment: always `stop_before_payment`.
    pub payment_policy: PaymentPolicy,
}

impl Default for Consent {
    fn default() -> Self {
        Self {
            allow_time_adjustment: true,
            max_time_adjustment_minutes: known(90),
            max_retries: known(3),
            allowed_providers: Vec::new(),
            blocked_providers: Vec::new(),
            max_job_duration_seconds: known(420),
            max_price: None,
            payment_policy: PaymentPolicy::StopBeforePayment,
        }
    }
}

#[expect(clippy::expect_used, reason = "the defaults are literals within their bounds; a test makes one")]
fn known<const LEAST: u32, const MOST: u32>(number: u32) -> Bounded<LEAST, MOST> {
    Bounded::new(number).expect("a default lies within its bounds")
}

impl Consent {
    /// Whether the agent may use this site at all.
    pub fn allows(&self, provider: &ProviderId) -> bool {
        let listed = self.allowed_providers.is_empty() || self.allowed_providers.contains(provider);
        listed && !self.blocked_providers.contains(provider)
    }
}

impl Field for Consent {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let unset = Self::default();
        let mut fields = Fields::open(value, path, errors)?;
        let read = Self {
            allow_time_adjustment: fields
                .optional("allowTimeAdjustment")
                .unwrap_or(unset.allow_time_adjustment),
            max_time_adjustment_minutes: fields
                .optional("maxTimeAdjustmentMinutes")
                .unwrap_or(unset.max_time_adjustment_minutes),
            max_retries: fields.optional("maxRetries").unwrap_or(unset.max_retries),
            allowed_providers: fields.optional("allowedProviders").unwrap_or_default(),
            blocked_providers: fields.optional("blockedProviders").unwrap_or_default(),
            max_job_duration_seconds: fields
                .optional("maxJobDurationSeconds")
                .unwrap_or(unset.max_job_duration_seconds),
            max_price: fields.optional("maxPrice"),
            payment_policy: fields.optional("paymentPolicy").unwrap_or_default(),
        };
        fields.finish().then_some(read)
    }
}

deserialize_by_fields!(Consent);
