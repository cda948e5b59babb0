//! Who the booking is for. Personal data: kept as short as the job needs it and never printed.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fields::{Field, FieldError, Fields, deserialize_by_fields, text_field};
use crate::text::Text;

/// An e-mail address: something, an `@`, a host with a dot. At most 254 characters (RFC 5321).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Email(String);

/// A telephone number, E.164 preferred: an optional `+` and 6 to 15 digits; spaces, dots, dashes and brackets may stand
/// between them.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Phone(String);

/// The text is no e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an e-mail address such as ana@example.com")]
pub struct ParseEmailError;

/// The text is no telephone number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a telephone number such as +12125550123")]
pub struct ParsePhoneError;

impl FromStr for Email {
    type Err = ParseEmailError;

    fn from_str(text: &str) -> Result<Self, ParseEmailError> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(ParseEmailError)?;
        let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"<>()[],;:\\\"@".contains(c);
        let labels = host.split('.').collect::<Vec<_>>();
        let host_fits = labels.len() > 1 && labels.iter().all(|label| !label.is_empty());
        let fits =
            !local.is_empty() && text.len() <= 254 && local.chars().all(plain) && host.chars().all(plain);
        if fits && host_fits { Ok(Self(text.to_owned())) } else { Err(ParseEmailError) }
    }
}

impl FromStr for Phone {
    type Err = ParsePhoneError;

    fn from_str(text: &str) -> Result<Self, ParsePhoneError> {
        let text = text.trim();
        let rest = text.strip_prefix('+').unwrap_or(text);
        let digits = rest.chars().filter(char::is_ascii_digit).count();
        let fits = rest.chars().all(|c| c.is_ascii_digit() || " .-()/".contains(c));
        if fits && (6..=15).contains(&digits) && text.len() <= 32 {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParsePhoneError)
        }
    }
}

impl Email {
    /// The address. Personal data.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Phone {
    /// The number as it was given. Personal data.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The number with nothing but an optional `+` and digits.
    pub fn compact(&self) -> String {
        self.0.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}

macro_rules! personal {
    ($name:ident, $schema:tt) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
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
                json_schema!($schema)
            }
        }
    };
}

personal!(Email, { "type": "string", "format": "email", "maxLength": 254 });
personal!(Phone, { "type": "string", "minLength": 6, "maxLength": 32 });
text_field!(Email, Phone);

/// The guest in whose name the booking is made.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GuestProfile {
    /// Given name.
    pub first_name: Text<100>,
    /// Family name.
    pub last_name: Text<100>,
    /// Where the booking site sends its confirmation.
    pub email: Email,
    /// Telephone number, E.164 preferred, for example `+12125550123`.
    pub phone: Phone,
}

impl fmt::Debug for GuestProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GuestProfile(…)")
    }
}

impl Field for GuestProfile {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let mut fields = Fields::open(value, path, errors)?;
        let first_name = fields.required("first_name");
        let last_name = fields.required("last_name");
        let email = fields.required("email");
        let phone = fields.required("phone");
        let fine = fields.finish();
        let read = Self { first_name: first_name?, last_name: last_name?, email: email?, phone: phone? };
        fine.then_some(read)
    }
}

deserialize_by_fields!(GuestProfile);

/// Deserialises through `FromStr`, so that nothing unfit comes back from a store either.
macro_rules! by_text {
    ($($name:ident),+) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}
by_text!(Email, Phone);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_never_prints_the_guest() {
        let json =
            r#"{"first_name":"Ana","last_name":"Silva","email":"ana@example.com","phone":"+12125550123"}"#;
        let guest: GuestProfile = serde_json::from_str(json).unwrap();
        assert_eq!(
            format!("{guest:?} {:?} {:?}", guest.email, guest.phone),
            "GuestProfile(…) Email(…) Phone(…)"
        );
    }

    #[test]
    fn addresses_and_numbers_are_checked() {
        for wrong in ["a", "a@b", "@b.c", "a@.c", "a b@c.d", "a@b.c\n.d", "<a>@b.c"] {
            assert!(wrong.parse::<Email>().is_err(), "{wrong:?}");
        }
        for wrong in ["12345", "+1234567890123456", "call me", "++12345678", ""] {
            assert!(wrong.parse::<Phone>().is_err(), "{wrong:?}");
        }
        assert_eq!("+1 (212) 555-0123".parse::<Phone>().unwrap().compact(), "+12125550123");
    }
}
