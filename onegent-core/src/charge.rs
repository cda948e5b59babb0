//! A charge: everything a person has to see before money moves, and the hash that binds a confirmation to it.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::id::JobId;
use crate::money::Money;
use crate::text::{ProviderId, Text};

/// What the money does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    /// It is taken now.
    Payment,
    /// It is held or promised on a card, and taken under the terms.
    CardHold,
    /// The gate could not tell, so it is treated as money.
    Unclear,
}

/// One labelled fact of what is booked, as the site printed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// What it is, for example `Date`.
    pub label: Text,
    /// What it says, for example `2026-12-01, 19:30`.
    pub value: Text,
}

/// A charge as it was read from the site. Two charges are the same when every part of them is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// Whether it is taken now or held.
    pub kind: ChargeKind,
    /// How much. `None` when the site names no amount; the person is told so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Who takes it.
    pub merchant: Text,
    /// What is booked, in one line.
    pub description: Text<500>,
    /// What is booked, fact by fact.
    pub facts: Vec<Fact>,
    /// The cancellation terms that the site printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms: Option<Text<2000>>,
    /// The booking site.
    pub provider: ProviderId,
}

impl Charge {
    /// SHA-256 over the job's id and the charge's JSON. The members stand in one fixed order, so that the same charge
    /// always gives the same hash.
    pub fn hash(&self, job: JobId) -> ChargeHash {
        // Plain structs with string keys always serialise.
        let bytes = serde_json::to_vec(&("onegent.charge.v1", job, self)).unwrap_or_default();
        ChargeHash(Sha256::digest(bytes).into())
    }
}

/// The name of exactly one charge of exactly one job: 64 lower-case hexadecimal digits in text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChargeHash([u8; 32]);

/// The text is no charge's hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 lower-case hexadecimal digits")]
pub struct ParseHashError;

impl fmt::Display for ChargeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for ChargeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ChargeHash {
    type Err = ParseHashError;

    fn from_str(text: &str) -> Result<Self, ParseHashError> {
        unhex(text).map(Self).ok_or(ParseHashError)
    }
}

impl Serialize for ChargeHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ChargeHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

pub(crate) fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
        text
    })
}

pub(crate) fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 || digits.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn charge() -> Charge {
        Charge {
            kind: ChargeKind::Payment,
            amount: Some(Money::parse("412.50", "USD").unwrap()),
            merchant: "Hotel Lumen".parse().unwrap(),
            description: "Two nights".parse().unwrap(),
            facts: vec![Fact { label: "Arrival".parse().unwrap(), value: "2026-12-01".parse().unwrap() }],
            terms: Some("Free until noon".parse().unwrap()),
            provider: "stay".parse().unwrap(),
        }
    }

    #[test]
    fn any_difference_gives_another_hash() {
        let (job, other) = (
            JobId::generate(Timestamp::UNIX_EPOCH, [1; 10]),
            JobId::generate(Timestamp::UNIX_EPOCH, [2; 10]),
        );
        let shown = charge();
        assert_eq!(shown.hash(job), charge().hash(job));
        let changes: [fn(&mut Charge); 7] = [
            |c| c.kind = ChargeKind::CardHold,
            |c| c.amount = Some(Money::parse("412.51", "USD").unwrap()),
            |c| c.amount = Some(Money::parse("412.50", "EUR").unwrap()),
            |c| c.merchant = "Hotel Lumem".parse().unwrap(),
            |c| c.facts[0].value = "2026-12-02".parse().unwrap(),
            |c| c.terms = None,
            |c| c.description = "Three nights".parse().unwrap(),
        ];
        for change in changes {
            let mut edited = charge();
            change(&mut edited);
            assert_ne!(shown.hash(job), edited.hash(job), "{edited:?}");
        }
        assert_ne!(shown.hash(job), shown.hash(other));
    }

    #[test]
    fn a_hash_survives_its_text_form() {
        let hash = charge().hash(JobId::generate(Timestamp::UNIX_EPOCH, [1; 10]));
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert!(hash.to_string().to_uppercase().parse::<ChargeHash>().is_err());
        assert!("é".repeat(32).parse::<ChargeHash>().is_err());
    }
}
