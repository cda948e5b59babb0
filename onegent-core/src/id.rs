//! Identifiers: newtypes with a text prefix, so that a hold can never be passed where a job is wanted and
//! a log line says what each id is.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// The text is not an identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `{prefix}` followed by 32 lower-case hexadecimal digits")]
pub struct ParseIdError {
    prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        ///
        #[doc = concat!("Text form: `", $prefix, "` and a UUID version 7 (RFC 9562) as 32 lower-case hexadecimal digits.")]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What the text form begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id that sorts by `now`. `random` fills the bits that time leaves free.
            pub fn generate(now: Timestamp, random: [u8; 10]) -> Self {
                let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                parse(text, $prefix).map(Self).ok_or(ParseIdError { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": concat!("^", $prefix, "[0-9a-f]{32}$") })
            }
        }
    )+};
}

fn parse(text: &str, prefix: &str) -> Option<Uuid> {
    let digits = text.strip_prefix(prefix)?;
    let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if digits.len() != 32 || !digits.bytes().all(lower_hex) {
        return None;
    }
    Uuid::try_parse(digits).ok()
}

ids! {
    /// One booking that somebody asked for.
    JobId = "job_";
    /// Whose jobs, keys and profiles these are.
    AccountId = "acc_";
    /// Somebody who can sign in to an account.
    PersonId = "person_";
    /// An API key's public name; never the secret.
    KeyId = "key_";
    /// What a person allowed a connected app, and the family of all its tokens; never a token.
    GrantId = "grant_";
    /// One stop at payment: a charge that waits for a person.
    HoldId = "hold_";
    /// The single permission to submit that a job can ever get.
    PermitId = "permit_";
    /// Where an account is told of its jobs.
    EndpointId = "endpoint_";
    /// A saved guest profile.
    ProfileId = "prof_";
    /// A signed-in session's public name; never its token.
    SessionId = "sess_";
    /// A process that runs jobs.
    WorkerId = "worker_";
    /// One entry of the security log.
    SecurityEventId = "sev_";
    /// One request at an edge, echoed as `X-Request-Id`.
    RequestId = "req_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_form() {
        let id = JobId::generate(Timestamp::UNIX_EPOCH, [7; 10]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().starts_with("job_"));
    }

    #[test]
    fn a_hold_is_not_a_job() {
        let hold = HoldId::generate(Timestamp::UNIX_EPOCH, [7; 10]).to_string();
        assert!(hold.parse::<JobId>().is_err());
    }

    #[test]
    fn other_spellings_are_refused() {
        let id = JobId::generate(Timestamp::UNIX_EPOCH, [0xab; 10]).to_string();
        for wrong in
            [id.to_uppercase(), format!("{id}0"), format!(" {id}"), id[..20].to_owned(), String::new()]
        {
            assert!(wrong.parse::<JobId>().is_err(), "{wrong:?}");
        }
    }
}
