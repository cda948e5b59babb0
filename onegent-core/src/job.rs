//! The job object: one type for REST, for the tools' structured results, for the client and for OpenAPI.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::caller::Environment;
use crate::id::JobId;
use crate::money::Money;
use crate::request::{BookingRequest, Scenario, UnknownWord};
use crate::status::JobStatus;
use crate::text::{ProviderId, Text};
use crate::time::{VenueDate, VenueTime};

/// One booking, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// The job's id. It answers for as long as the account exists.
    pub job_id: JobId,
    /// Where it stands.
    pub status: JobStatus,
    /// What kind of booking it is.
    pub scenario: Scenario,
    /// Whether real sites are reached or the sandbox's.
    pub environment: Environment,
    /// The booking site in use, once one was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderId>,
    /// One line for a person, without the guest's details.
    pub summary: String,
    /// What was asked for.
    pub request: BookingRequest,
    /// What the agent is doing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// The venue's own code, when it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation_code: Option<Text<64>>,
    /// The charge that waits for a person, or the one that was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// What the site offered instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
    /// Where a person helps, at `needs_login` and `captcha`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handoff_url: Option<String>,
    /// What went wrong and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<JobError>,
    /// How often the agent has begun, from 0.
    pub attempt: u32,
    /// When the job was accepted, RFC 3339, UTC.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub updated_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub completed_at: Option<Timestamp>,
    /// Where more is to be had.
    #[serde(rename = "_links")]
    pub links: Links,
}

/// What the agent is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    /// A short stable word, such as `search`, `guest_details`, `payment`.
    pub step: Text<64>,
    /// One sentence.
    pub message: Text<300>,
}

/// A charge that waits for a person, as the assistant may tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// How much; missing when the site names no amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Who takes it.
    pub merchant: Text,
    /// What is booked.
    pub description: Text<500>,
    /// Where the signed-in person reviews and confirms. It grants nothing by itself.
    pub confirm_url: String,
    /// When the offer to confirm ends.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub expires_at: Timestamp,
}

/// Something that the site offered instead.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Alternative {
    /// What it is, in the site's words.
    pub label: Text,
    /// Its day, if the site said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<VenueDate>,
    /// Its time, if the site said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<VenueTime>,
    /// Its price, if the site said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
}

/// Where more is to be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Links {
    /// This job.
    #[serde(rename = "self")]
    pub this: String,
    /// Its audit trail.
    pub audit: String,
    /// Its live events.
    pub events: String,
    /// Where the signed-in person confirms; only while a charge waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<String>,
}

macro_rules! job_errors {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)+) => {
        /// Why a job ended with an error. Stable: clients match on these words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum JobErrorCode {
            $($(#[$doc])* $name,)+
        }

        impl JobErrorCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word used everywhere.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

job_errors! {
    /// No site that may be used offers such bookings.
    NoProvider = "no_provider";
    /// The site could not be reached, or answered with errors, every time.
    ProviderUnreachable = "provider_unreachable";
    /// The agent did not find its way on the site.
    ProviderNotUnderstood = "provider_not_understood";
    /// The site refused the guest's details.
    GuestDetailsRefused = "guest_details_refused";
    /// It costs more than the consent's `maxPrice`.
    PriceAboveLimit = "price_above_limit";
    /// The gate refused what was left to do.
    BlockedByGate = "blocked_by_gate";
    /// The site refused the submit and said so; nothing was booked.
    SubmitRefused = "submit_refused";
    /// The submit was sent, and its outcome could not be read. It is never sent again.
    SubmitOutcomeUnknown = "submit_outcome_unknown";
    /// The job took longer than its consent allows.
    TimeLimit = "time_limit";
    /// It failed more often than its consent allows.
    TooManyAttempts = "too_many_attempts";
}

impl std::fmt::Display for JobErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for JobErrorCode {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text).ok_or(UnknownWord("a job's error code"))
    }
}

/// What went wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct JobError {
    /// A stable word to match on.
    pub code: JobErrorCode,
    /// What went wrong and what to do.
    pub message: Text<1000>,
}
