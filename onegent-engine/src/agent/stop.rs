//! Why a visit ends early, and how that reads for the person.

use onegent_core::job::{JobError, JobErrorCode};
use onegent_core::text::Text;

use super::{ControlError, Ending};
use crate::browser::PageError;

/// A visit that can't go on. Nothing was submitted.
#[derive(Debug)]
pub(super) enum Stop {
    /// The job is no longer this run's.
    Lost,
    /// It failed.
    Failed {
        /// Why.
        code: JobErrorCode,
        /// What went wrong and what to do, without the guest's details.
        message: String,
        /// Whether another try may go better.
        retry: bool,
    },
}

impl Stop {
    pub(super) fn for_good(code: JobErrorCode, message: impl Into<String>) -> Self {
        Self::Failed { code, message: message.into(), retry: false }
    }

    pub(super) fn for_now(code: JobErrorCode, message: impl Into<String>) -> Self {
        Self::Failed { code, message: message.into(), retry: true }
    }

    pub(super) fn not_understood(why: &str) -> Self {
        let message = format!(
            "The agent did not find its way on the site: {why}. Nothing was booked; book there by hand."
        );
        Self::for_good(JobErrorCode::ProviderNotUnderstood, message)
    }

    pub(super) fn unreachable() -> Self {
        let message =
            "The site can't be reached or answers with errors. Nothing was booked; try again later.";
        Self::for_now(JobErrorCode::ProviderUnreachable, message)
    }
}

impl From<ControlError> for Stop {
    fn from(error: ControlError) -> Self {
        match error {
            // Without a record nothing may go on; whoever takes the job next begins anew.
            ControlError::Lost | ControlError::Unavailable(_) => Self::Lost,
            ControlError::NotPermitted(why) => {
                let message = format!("The submit was not permitted: {why}. Nothing was submitted.");
                Self::for_good(JobErrorCode::BlockedByGate, message)
            }
        }
    }
}

impl From<PageError> for Stop {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Unreachable(_) | PageError::NoAnswer(_) => Self::unreachable(),
            PageError::Gone => Self::for_now(
                JobErrorCode::ProviderUnreachable,
                "The agent's browser ended in the middle. Nothing was booked; it is tried again.",
            ),
            PageError::Refused(refusal) => {
                let message =
                    format!("A request of the site was refused ({}). Nothing was booked.", refusal.word());
                Self::for_good(JobErrorCode::BlockedByGate, message)
            }
            PageError::Held(held) => {
                let message = format!(
                    "The network layer held a request that the payment gate had let pass ({}). Nothing was booked.",
                    held.word()
                );
                Self::for_good(JobErrorCode::BlockedByGate, message)
            }
            PageError::Stale(_) | PageError::NotTaken(_) => {
                Self::not_understood("a field or a button did not do as shown")
            }
            PageError::Unusable(why) => Self::not_understood(why),
            PageError::Blank => Self::not_understood("no page came"),
        }
    }
}

impl From<Stop> for Ending {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Lost => Self::Lost,
            Stop::Failed { code, message, retry } => Self::Failed { error: job_error(code, &message), retry },
        }
    }
}

pub(super) fn job_error(code: JobErrorCode, message: &str) -> JobError {
    #[expect(clippy::expect_used, reason = "a literal of one line that is not empty")]
    let message = Text::fit(message).or_else(|| Text::fit(code.as_str())).expect("an error code is a text");
    JobError { code, message }
}
