//! Accounts and their people: roles, passwords, sessions, the security log, and what a flight wants to know of a guest.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use jiff::Timestamp;
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, PersonId, SecurityEventId, SessionId};
use crate::request::UnknownWord;
use crate::text::Text;
use crate::time::VenueDate;

/// Declares a closed list of words: the enum, its words, and the way back.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$each])* $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word used everywhere.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                const KNOWN: &str = concat!($($word, " ",)+);
                Self::ALL.iter().copied().find(|known| known.as_str() == text).ok_or(UnknownWord(KNOWN))
            }
        }
    };
}

words! {
    /// What a person may do with the account itself. Jobs, keys and profiles are open to both.
    Role {
        /// Invites and removes people, sets the account's rules.
        Owner = "owner",
        /// Books and confirms.
        Member = "member",
    }
}

words! {
    /// How a session was opened.
    SignInMethod {
        /// By a one-time link.
        Link = "link",
        /// By e-mail and password.
        Password = "password",
        /// At an OpenID Connect provider.
        Provider = "provider",
        /// By an invitation.
        Invitation = "invitation",
    }
}

words! {
    /// What the security log tells of.
    SecurityEventKind {
        /// Somebody signed in.
        SignedIn = "signed_in",
        /// A sign-in failed.
        SignInFailed = "sign_in_failed",
        /// Sign-ins were refused for a while, after too many failures.
        SignInLimited = "sign_in_limited",
        /// Somebody signed out.
        SignedOut = "signed_out",
        /// A session was ended from another one.
        SessionEnded = "session_ended",
        /// A password was set or changed.
        PasswordSet = "password_set",
        /// A second factor was set up.
        SecondFactorSet = "second_factor_set",
        /// A second factor was given up.
        SecondFactorRemoved = "second_factor_removed",
        /// A recovery code was used.
        RecoveryCodeUsed = "recovery_code_used",
        /// The account began or ceased to want a second factor for charges.
        ConfirmRuleChanged = "confirm_rule_changed",
        /// Somebody was invited.
        PersonInvited = "person_invited",
        /// An invitation was taken up.
        PersonJoined = "person_joined",
        /// Somebody was removed.
        PersonRemoved = "person_removed",
        /// A sign-in at a provider was tied to a person.
        ProviderLinked = "provider_linked",
        /// A key was made.
        KeyCreated = "key_created",
        /// A key was replaced.
        KeyRotated = "key_rotated",
        /// A key was ended.
        KeyRevoked = "key_revoked",
        /// A webhook endpoint was added.
        WebhookAdded = "webhook_added",
        /// A webhook endpoint got another secret.
        WebhookRotated = "webhook_rotated",
        /// A webhook endpoint was removed.
        WebhookRemoved = "webhook_removed",
        /// An app was given access.
        AppConnected = "app_connected",
        /// An app's access was ended.
        AppRevoked = "app_revoked",
        /// A refresh token came back after its time; its family was ended.
        TokenReused = "token_reused",
        /// An app registered itself.
        AppRegistered = "app_registered",
        /// The account's data were exported.
        DataExported = "data_exported",
    }
}

/// The text is no password that is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected 12 to 256 characters that are not all alike")]
pub struct ParsePasswordError;

/// A password that somebody chose. Length is what makes one strong, so length is what is asked for (ASVS 5.0, 6.2).
#[derive(Clone)]
pub struct Password(SecretString);

impl FromStr for Password {
    type Err = ParsePasswordError;

    fn from_str(text: &str) -> Result<Self, ParsePasswordError> {
        let length = text.chars().count();
        let mut letters = text.chars();
        let first = letters.next();
        let alike = letters.all(|letter| Some(letter) == first);
        if (12..=256).contains(&length) && !alike {
            Ok(Self(SecretString::from(text.to_owned())))
        } else {
            Err(ParsePasswordError)
        }
    }
}

impl Password {
    /// The password. A secret.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// One of an account's people, as the others see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub id: PersonId,
    /// What they may do.
    pub role: Role,
    /// Their address, once they have given one. Personal data.
    pub email: Option<crate::guest::Email>,
    /// Whether they can sign in by password.
    pub has_password: bool,
    /// Whether they have set up a second factor.
    pub has_second_factor: bool,
    /// Since when.
    pub joined_at: Timestamp,
}

/// A signed-in session, to be told from others and ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    /// Its public name.
    pub id: SessionId,
    /// How it was opened.
    pub method: SignInMethod,
    /// When.
    pub signed_in_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// What the browser called itself.
    pub agent: Option<Text<200>>,
}

/// One entry of the security log. Never a secret, never a guest's detail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityEvent {
    /// Its name; sorts by time.
    pub id: SecurityEventId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: SecurityEventKind,
    /// Whose account, if it is known.
    pub account: Option<AccountId>,
    /// Who, if it is known.
    pub person: Option<PersonId>,
    /// From where.
    pub address: Option<IpAddr>,
    /// What of, such as a key's name.
    pub subject: Option<Text<200>>,
}

/// The text is no passport number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected 5 to 20 letters and digits")]
pub struct ParsePassportError;

/// A passport's number: letters and digits (ICAO Doc 9303). Personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct PassportNumber(String);

impl PassportNumber {
    /// The number. Personal data.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for PassportNumber {
    type Err = ParsePassportError;

    fn from_str(text: &str) -> Result<Self, ParsePassportError> {
        let text = text.trim().to_ascii_uppercase();
        let fits = (5..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if fits { Ok(Self(text)) } else { Err(ParsePassportError) }
    }
}

impl TryFrom<String> for PassportNumber {
    type Error = ParsePassportError;

    fn try_from(text: String) -> Result<Self, ParsePassportError> {
        text.parse()
    }
}

impl fmt::Debug for PassportNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassportNumber(…)")
    }
}

/// The text is no country code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a country as two letters, such as PT")]
pub struct ParseCountryError;

/// A country, as the two letters of ISO 3166-1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Country(String);

impl Country {
    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Country {
    type Err = ParseCountryError;

    fn from_str(text: &str) -> Result<Self, ParseCountryError> {
        let text = text.trim().to_ascii_uppercase();
        let fits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
        if fits { Ok(Self(text)) } else { Err(ParseCountryError) }
    }
}

impl TryFrom<String> for Country {
    type Error = ParseCountryError;

    fn try_from(text: String) -> Result<Self, ParseCountryError> {
        text.parse()
    }
}

/// What flights ask of a guest beside name and contact. Each may be missing.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TravelDetails {
    /// Date of birth.
    pub born_on: Option<VenueDate>,
    /// The passport, all of it or nothing.
    pub passport: Option<Passport>,
}

/// A passport.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passport {
    /// Its number.
    pub number: PassportNumber,
    /// Who issued it.
    pub country: Country,
    /// Its last day.
    pub expires_on: VenueDate,
}

impl fmt::Debug for TravelDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TravelDetails(…)")
    }
}

impl fmt::Debug for Passport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passport(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_and_never_printed() {
        let password: Password = "correct horse battery".parse().unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
        for wrong in ["", "elevenchars", "aaaaaaaaaaaaaaaa", &"ab".repeat(129)] {
            assert!(wrong.parse::<Password>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn travel_details_are_checked_and_never_printed() {
        let passport = Passport {
            number: "c01x0006h".parse().unwrap(),
            country: "pt".parse().unwrap(),
            expires_on: "2031-05-01".parse().unwrap(),
        };
        assert_eq!((passport.number.expose(), passport.country.as_str()), ("C01X0006H", "PT"));
        assert_eq!(format!("{passport:?} {:?}", passport.number), "Passport(…) PassportNumber(…)");
        for wrong in ["", "1234", "12-3456", "123456789012345678901"] {
            assert!(wrong.parse::<PassportNumber>().is_err(), "{wrong:?}");
        }
        for wrong in ["", "P", "PRT", "P1"] {
            assert!(wrong.parse::<Country>().is_err(), "{wrong:?}");
        }
    }
}
