//! When a call is tried again, and after how long.

use std::time::Duration;

use crate::error::ClientError;

/// Whether a call may be sent again after it may have been done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Twice is the same as once: it reads, or it carries an idempotency key.
    Safe,
    /// Only when it certainly was not done.
    OnlyIfNotDone,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Retry {
    /// Tries in all.
    pub(crate) tries: u32,
    /// The pause before the second; doubles from try to try.
    pub(crate) backoff: Duration,
    /// Longer is not waited.
    pub(crate) longest_pause: Duration,
}

impl Retry {
    /// How long to wait before the next try; `None` when there is none. `chance` is between 0 and 1.
    pub(crate) fn pause(
        &self,
        tried: u32,
        repeat: Repeat,
        error: &ClientError,
        chance: f64,
    ) -> Option<Duration> {
        if tried >= self.tries || !worth_it(error, repeat) {
            return None;
        }
        let backoff = self.backoff.saturating_mul(1 << (tried - 1).min(16)).min(self.longest_pause);
        let pause = backoff.mul_f64(1.0 - chance / 2.0);
        match error.retry_after() {
            Some(asked) if asked > self.longest_pause => None,
            Some(asked) => Some(asked.max(pause)),
            None => Some(pause),
        }
    }
}

fn worth_it(error: &ClientError, repeat: Repeat) -> bool {
    match error {
        ClientError::Unreachable(_) => true,
        ClientError::Unanswered(_) => repeat == Repeat::Safe,
        ClientError::Api(_) | ClientError::Foreign { .. } => match error.status() {
            // The limiter stands before everything else: nothing was done.
            Some(429) => true,
            Some(502..=504) => repeat == Repeat::Safe,
            _ => false,
        },
        ClientError::TooLarge { .. }
        | ClientError::Undecodable(_)
        | ClientError::StreamStops
        | ClientError::NoCredential
        | ClientError::UnfitCredential
        | ClientError::PlainHttp => false,
    }
}

/// A number from 0 up to 1. Without a source of randomness it is 0: the pause is then the longest.
pub(crate) fn chance() -> f64 {
    getrandom::u32().map_or(0.0, |n| f64::from(n) / (f64::from(u32::MAX) + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry =
        Retry { tries: 3, backoff: Duration::from_millis(200), longest_pause: Duration::from_secs(10) };

    fn status(status: u16, retry_after: Option<u64>) -> ClientError {
        ClientError::Foreign { status, retry_after: retry_after.map(Duration::from_secs) }
    }

    #[test]
    fn pauses_double_and_are_spread_by_chance() {
        let pause = |tried, chance| RETRY.pause(tried, Repeat::Safe, &status(502, None), chance).unwrap();
        assert_eq!(pause(1, 0.0), Duration::from_millis(200));
        assert_eq!(pause(2, 0.0), Duration::from_millis(400));
        assert_eq!(pause(1, 1.0), Duration::from_millis(100));
        assert_eq!(RETRY.pause(3, Repeat::Safe, &status(502, None), 0.0), None);
    }

    #[test]
    fn never_sooner_than_the_server_asks_and_never_longer_than_is_bearable() {
        let pause = |asked| RETRY.pause(1, Repeat::Safe, &status(429, Some(asked)), 0.5);
        assert_eq!(pause(7), Some(Duration::from_secs(7)));
        assert_eq!(pause(0), Some(Duration::from_millis(150)));
        assert_eq!(pause(11), None);
    }

    #[test]
    fn what_may_have_been_done_is_repeated_only_where_that_is_safe() {
        let lost = || ClientError::Unanswered("cut off".into());
        let unreachable = || ClientError::Unreachable("refused".into());
        let cases = [
            (status(502, None), true, false),
            (status(503, None), true, false),
            (status(504, None), true, false),
            (lost(), true, false),
            (unreachable(), true, true),
            (status(429, None), true, true),
            (status(500, None), false, false),
            (status(400, None), false, false),
            (status(302, None), false, false),
        ];
        for (error, safe, not_done) in cases {
            assert_eq!(RETRY.pause(1, Repeat::Safe, &error, 0.0).is_some(), safe, "{error:?}");
            assert_eq!(RETRY.pause(1, Repeat::OnlyIfNotDone, &error, 0.0).is_some(), not_done, "{error:?}");
        }
    }
}
