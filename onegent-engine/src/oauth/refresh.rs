//! Refresh tokens: each is good once, a family ends thirty days after its first, and a token that comes again later ends
//! its family.

use std::time::Duration;

use jiff::Timestamp;

/// How often a token that was just rotated may come again: real clients refresh from several processes at once.
pub(crate) const MOST_AGAIN: u32 = 10;

/// How a presented refresh token stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefreshRules {
    pub client: String,
    /// When its family ends; no rotation moves this.
    pub expires_at: Timestamp,
    pub rotated_at: Option<Timestamp>,
    /// How often it came again since.
    pub again: u32,
}

/// What becomes of a refresh token that is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshVerdict {
    /// It gets the next pair and is used up.
    Rotate,
    /// It was just used up; it gets a pair of its own, in the same family.
    Again,
    /// It comes again, too late: its family ends.
    Reused,
    /// It is over, another client's, or came too often within its grace.
    Refuse(&'static str),
}

impl RefreshRules {
    /// How long a family lives.
    pub(crate) const TTL: Duration = Duration::from_hours(30 * 24);
    /// How long an access token is good.
    pub(crate) const ACCESS_TTL: Duration = Duration::from_hours(1);

    /// Judges a refresh token. `grace` counts from the rotation and does not slide; zero allows no second use.
    pub(crate) fn judge(&self, client: &str, now: Timestamp, grace: Duration) -> RefreshVerdict {
        // Another client's token is nothing to this one, and its family stays as it is.
        if self.client != client {
            return RefreshVerdict::Refuse("The refresh token is not known.");
        }
        if self.expires_at <= now {
            return RefreshVerdict::Refuse("The refresh token is over. The person has to approve again.");
        }
        match self.rotated_at {
            None => RefreshVerdict::Rotate,
            Some(at) if at + grace <= now => RefreshVerdict::Reused,
            Some(_) if self.again < MOST_AGAIN => RefreshVerdict::Again,
            // Many processes at once are no thief, and there are pairs enough for them to share.
            Some(_) => RefreshVerdict::Refuse("The refresh token came too often. Use the newest one."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRACE: Duration = Duration::from_mins(2);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn token(rotated_at: Option<i64>, again: u32) -> RefreshRules {
        RefreshRules { client: "a".to_owned(), expires_at: at(10_000), rotated_at: rotated_at.map(at), again }
    }

    #[test]
    fn a_token_is_good_once_and_for_a_short_while_more() {
        assert_eq!(token(None, 0).judge("a", at(9_999), GRACE), RefreshVerdict::Rotate);
        assert_eq!(token(Some(100), 0).judge("a", at(219), GRACE), RefreshVerdict::Again);
        assert_eq!(token(Some(100), 9).judge("a", at(100), GRACE), RefreshVerdict::Again);
        assert!(matches!(token(Some(100), 10).judge("a", at(219), GRACE), RefreshVerdict::Refuse(_)));
        assert_eq!(token(Some(100), 10).judge("a", at(220), GRACE), RefreshVerdict::Reused);
        assert_eq!(token(Some(100), 0).judge("a", at(220), GRACE), RefreshVerdict::Reused);
        assert_eq!(token(Some(100), 0).judge("a", at(100), Duration::ZERO), RefreshVerdict::Reused);
    }

    #[test]
    fn neither_another_client_nor_time_ends_a_family() {
        for (client, now) in [("b", 200), ("b", 9_000), ("a", 10_000)] {
            let verdict = token(Some(100), 0).judge(client, at(now), GRACE);
            assert!(matches!(verdict, RefreshVerdict::Refuse(_)), "{client} {now}");
        }
    }
}
