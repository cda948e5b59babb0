//! Authorization codes: good once, for ten minutes, for one client, redirect URI, verifier and resource.

use std::time::Duration;

use jiff::Timestamp;

use super::{pkce, resource};

/// What a code is bound to and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeRules {
    pub client: String,
    pub redirect_uri: String,
    pub challenge: String,
    pub resource: Option<String>,
    pub expires_at: Timestamp,
    pub used: bool,
}

/// What a client presents beside the code.
#[derive(Debug, Clone)]
pub(crate) struct Redemption {
    pub client: String,
    pub redirect_uri: Option<String>,
    pub verifier: String,
    /// One of this server's.
    pub resource: Option<String>,
}

/// What becomes of a code that is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeVerdict {
    /// It is good.
    Give,
    /// It was used before: what it gave then ends.
    Reused,
    /// It is not good for this; it stays as it is.
    Refuse(&'static str),
    /// It is for another resource.
    OtherResource,
}

impl CodeRules {
    /// How long a code is good.
    pub(crate) const TTL: Duration = Duration::from_mins(10);

    /// Judges a code.
    pub(crate) fn judge(&self, shown: &Redemption, now: Timestamp) -> CodeVerdict {
        // Who is not the client learns nothing, and does no harm to who is.
        if self.client != shown.client {
            return CodeVerdict::Refuse("The code is not known.");
        }
        if self.used {
            return CodeVerdict::Reused;
        }
        if self.expires_at <= now {
            return CodeVerdict::Refuse("The code is over. It was good for ten minutes.");
        }
        if shown.redirect_uri.as_deref() != Some(&self.redirect_uri) {
            return CodeVerdict::Refuse("redirect_uri is not the one that the code was asked for with.");
        }
        if !pkce::fits(&shown.verifier, &self.challenge) {
            return CodeVerdict::Refuse("code_verifier does not belong to the code_challenge.");
        }
        match (&self.resource, &shown.resource) {
            // A code for no resource in particular is for any of this server's, of which the presented one is.
            (None, _) | (_, None) => CodeVerdict::Give,
            (Some(known), Some(shown)) if resource::same(known, shown) => CodeVerdict::Give,
            (Some(_), Some(_)) => CodeVerdict::OtherResource,
        }
    }
}

/// Whether a text can be a verifier.
pub(crate) fn is_verifier(text: &str) -> bool {
    pkce::is_verifier(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn code() -> CodeRules {
        CodeRules {
            client: "a".to_owned(),
            redirect_uri: "https://a.example/cb".to_owned(),
            challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
            resource: Some("https://us.example/api/mcp".to_owned()),
            expires_at: at(600),
            used: false,
        }
    }

    fn shown() -> Redemption {
        Redemption {
            client: "a".to_owned(),
            redirect_uri: Some("https://a.example/cb".to_owned()),
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned(),
            resource: None,
        }
    }

    #[test]
    fn a_code_is_good_until_its_time_is_over() {
        assert_eq!(code().judge(&shown(), at(599)), CodeVerdict::Give);
        assert!(matches!(code().judge(&shown(), at(600)), CodeVerdict::Refuse(_)));
    }

    #[test]
    fn a_code_is_bound_to_all_that_it_was_asked_for_with() {
        let others = [
            Redemption { client: "b".to_owned(), ..shown() },
            Redemption { redirect_uri: None, ..shown() },
            Redemption { redirect_uri: Some("https://a.example/cb/".to_owned()), ..shown() },
            Redemption { verifier: "x".repeat(43), ..shown() },
        ];
        for other in others {
            assert!(matches!(code().judge(&other, at(1)), CodeVerdict::Refuse(_)), "{other:?}");
        }
        let resource = |text: &str| Redemption { resource: Some(text.to_owned()), ..shown() };
        assert_eq!(code().judge(&resource("https://us.example/api/mcp/"), at(1)), CodeVerdict::Give);
        assert_eq!(code().judge(&resource("https://us.example/api/v1"), at(1)), CodeVerdict::OtherResource);
        let unbound = CodeRules { resource: None, ..code() };
        assert_eq!(unbound.judge(&resource("https://us.example/api/mcp"), at(1)), CodeVerdict::Give);
    }

    #[test]
    fn a_second_use_is_told_from_a_strangers() {
        let used = CodeRules { used: true, ..code() };
        assert_eq!(used.judge(&shown(), at(601)), CodeVerdict::Reused);
        let stranger = Redemption { client: "b".to_owned(), ..shown() };
        assert!(matches!(used.judge(&stranger, at(1)), CodeVerdict::Refuse(_)));
    }
}
