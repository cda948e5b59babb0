//! Short texts and bounded numbers that can't be wrong once they exist.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::fields::{Field, FieldError, push, text_field};

/// The text is empty, too long, or has control characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to {most} characters on one line, without control characters")]
pub struct ParseTextError {
    most: usize,
}

/// One line of 1 to `MOST` characters, trimmed, without control or invisible direction-changing characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MOST: usize = 200>(String);

impl<const MOST: usize> Text<MOST> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a page printed, made to fit: unfit characters become spaces, runs of space become one, and what
    /// is too long is cut. `None` when nothing is left.
    pub fn fit(raw: &str) -> Option<Self> {
        let spaced: String = raw.chars().map(|c| if unfit(c) { ' ' } else { c }).collect();
        let folded = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
        let cut: String = folded.chars().take(MOST).collect();
        let cut = cut.trim_end();
        (!cut.is_empty()).then(|| Self(cut.to_owned()))
    }
}

/// Control characters, and the bidirectional overrides that make a text read other than it is.
fn unfit(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl<const MOST: usize> FromStr for Text<MOST> {
    type Err = ParseTextError;

    fn from_str(text: &str) -> Result<Self, ParseTextError> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > MOST || text.chars().any(unfit) {
            return Err(ParseTextError { most: MOST });
        }
        Ok(Self(text.to_owned()))
    }
}

impl<const MOST: usize> fmt::Display for Text<MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MOST: usize> fmt::Debug for Text<MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<const MOST: usize> Serialize for Text<MOST> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MOST: usize> Deserialize<'de> for Text<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl<const MOST: usize> JsonSchema for Text<MOST> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Text{MOST}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MOST })
    }
}

impl<const MOST: usize> Field for Text<MOST> {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        crate::fields::from_text(value, path, errors)
    }
}

/// A whole number from `LEAST` to `MOST`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bounded<const LEAST: u32, const MOST: u32>(u32);

impl<const LEAST: u32, const MOST: u32> Bounded<LEAST, MOST> {
    /// The number, if it is within the bounds.
    pub fn new(number: u32) -> Option<Self> {
        (LEAST..=MOST).contains(&number).then_some(Self(number))
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl<const LEAST: u32, const MOST: u32> fmt::Display for Bounded<LEAST, MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<const LEAST: u32, const MOST: u32> fmt::Debug for Bounded<LEAST, MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<const LEAST: u32, const MOST: u32> Serialize for Bounded<LEAST, MOST> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0)
    }
}

impl<'de, const LEAST: u32, const MOST: u32> Deserialize<'de> for Bounded<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(deserializer)?;
        Self::new(number)
            .ok_or_else(|| de::Error::custom(format!("expected a whole number from {LEAST} to {MOST}")))
    }
}

impl<const LEAST: u32, const MOST: u32> JsonSchema for Bounded<LEAST, MOST> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Bounded{LEAST}To{MOST}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": LEAST, "maximum": MOST })
    }
}

impl<const LEAST: u32, const MOST: u32> Field for Bounded<LEAST, MOST> {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let read = value.as_u64().and_then(|n| u32::try_from(n).ok()).and_then(Self::new);
        if read.is_none() {
            push(errors, path, &format!("expected a whole number from {LEAST} to {MOST}"));
        }
        read
    }
}

/// The text is no provider's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a provider's id: 1 to 64 of a-z, 0-9, `-`, `_` and `.`")]
pub struct ParseProviderError;

/// A booking site's short name, such as `opentable`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderId(String);

impl ProviderId {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProviderId {
    type Err = ParseProviderError;

    fn from_str(text: &str) -> Result<Self, ParseProviderError> {
        let fit = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
        if text.is_empty() || text.len() > 64 || !text.bytes().all(fit) {
            return Err(ParseProviderError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ProviderId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ProviderId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for ProviderId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ProviderId".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z0-9._-]{1,64}$" })
    }
}

text_field!(ProviderId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_clean_line() {
        assert_eq!("  Carbone ".parse::<Text>().unwrap().as_str(), "Carbone");
        for wrong in ["", "  ", "a\nb", "a\u{202e}b", "a\0b"] {
            assert!(wrong.parse::<Text>().is_err(), "{wrong:?}");
        }
        assert!("x".repeat(201).parse::<Text>().is_err());
    }

    #[test]
    fn what_a_page_printed_is_made_to_fit() {
        assert_eq!(Text::<9>::fit(" a\n\tb\u{202e}c  dddddd").unwrap().as_str(), "a b c ddd");
        assert!(Text::<9>::fit(" \n ").is_none());
    }

    #[test]
    fn numbers_keep_their_bounds() {
        type Covers = Bounded<1, 20>;
        assert!(Covers::new(0).is_none() && Covers::new(21).is_none());
        assert_eq!(Covers::new(20).unwrap().get(), 20);
        assert!(serde_json::from_str::<Covers>("2.5").is_err());
    }
}
