//! The ten statuses that the outside world knows.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fields::text_field;
use crate::request::UnknownWord;

/// Where a job stands, as everybody outside sees it.
///
/// `pending` and `completed`, which an older interface sends, are understood on input and never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// Accepted and durable; no worker has it yet.
    #[serde(alias = "pending")]
    Queued,
    /// The agent is on the booking site.
    Running,
    /// The agent stands at the payment step and has submitted nothing.
    PausedPayment,
    /// The site wants the guest's own account.
    NeedsLogin,
    /// The site wants proof of a human.
    Captcha,
    /// Booked.
    #[serde(alias = "completed")]
    Done,
    /// The site was read and has nothing that fits.
    NoAvailability,
    /// It failed; the error says what and what to do.
    Error,
    /// The caller or the account owner stopped it before the submit.
    Cancelled,
    /// Nobody confirmed in time; nothing was charged.
    Expired,
}

impl JobStatus {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Running,
        Self::PausedPayment,
        Self::NeedsLogin,
        Self::Captcha,
        Self::Done,
        Self::NoAvailability,
        Self::Error,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The word used everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::PausedPayment => "paused_payment",
            Self::NeedsLogin => "needs_login",
            Self::Captcha => "captcha",
            Self::Done => "done",
            Self::NoAvailability => "no_availability",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Whether nothing will ever change any more.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Done | Self::NoAvailability | Self::Error | Self::Cancelled | Self::Expired)
    }

    /// Whether the job waits for a person.
    pub fn needs_person(self) -> bool {
        matches!(self, Self::PausedPayment | Self::NeedsLogin | Self::Captcha)
    }
}

impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for JobStatus {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let text = match text {
            "pending" => "queued",
            "completed" => "done",
            other => other,
        };
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownWord(
            "queued, running, paused_payment, needs_login, captcha, done, no_availability, error, cancelled, expired",
        ))
    }
}

text_field!(JobStatus);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_spellings_are_understood_and_never_sent() {
        assert_eq!("pending".parse(), Ok(JobStatus::Queued));
        assert_eq!("completed".parse(), Ok(JobStatus::Done));
        assert_eq!(serde_json::from_str::<JobStatus>("\"completed\"").unwrap(), JobStatus::Done);
        for status in JobStatus::ALL {
            assert_eq!(serde_json::to_string(&status).unwrap(), format!("\"{status}\""));
            assert_eq!(status.as_str().parse(), Ok(status));
        }
    }
}
