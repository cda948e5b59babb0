//! A clock that runs, and that a test can turn ahead.

use std::sync::Mutex;
use std::sync::PoisonError;

use jiff::{SignedDuration, Timestamp};
use onegent_core::time::{Clock, SystemClock};

/// The system's clock, turned ahead by as much as the test said.
#[derive(Debug, Default)]
pub struct TurnedClock {
    ahead: Mutex<SignedDuration>,
}

impl TurnedClock {
    /// Turns it further ahead.
    pub fn turn(&self, by: SignedDuration) {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

impl Clock for TurnedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now() + *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
