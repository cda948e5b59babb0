//! Making a job's error out of a code and a sentence.

use onegent_core::job::{JobError, JobErrorCode};
use onegent_core::text::Text;

/// An error with a message made to fit.
#[expect(clippy::expect_used, reason = "a code's word is never empty")]
pub(crate) fn job_error(code: JobErrorCode, message: &str) -> JobError {
    let message = Text::fit(message).or_else(|| Text::fit(code.as_str())).expect("a code has a word");
    JobError { code, message }
}
