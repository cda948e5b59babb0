//! Money: a decimal amount and an ISO 4217 currency. Never a float.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A currency of ISO 4217, such as `USD`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// How many digits follow the decimal point; none for `JPY`.
    pub fn exponent(self) -> u32 {
        u32::from(self.0.exponent().unwrap_or(0))
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseMoneyError {
    /// Not a currency code of ISO 4217.
    #[error("expected an ISO 4217 currency code such as USD")]
    Currency,
    /// Not a plain decimal number.
    #[error("expected a decimal amount as a string, such as \"49.90\"")]
    Amount,
    /// Less than nothing.
    #[error("an amount can't be negative")]
    Negative,
    /// More digits after the point than the currency has.
    #[error("too many digits after the decimal point for this currency")]
    Precision,
}

impl FromStr for Currency {
    type Err = ParseMoneyError;

    fn from_str(text: &str) -> Result<Self, ParseMoneyError> {
        let upper = text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
        let found = if upper { iso_currency::Currency::from_code(text) } else { None };
        found.map(Self).ok_or(ParseMoneyError::Currency)
    }
}

/// An amount that is zero or more, kept with exactly the digits its currency has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
pub struct Money {
    /// The amount as a decimal string, for example `412.50`.
    #[serde(with = "rust_decimal::serde::str")]
    #[schemars(schema_with = "amount_schema")]
    value: Decimal,
    /// The currency's ISO 4217 code, for example `USD`.
    currency: Currency,
}

impl Money {
    /// An amount; refused when negative or finer than the currency's smallest unit.
    pub fn new(value: Decimal, currency: Currency) -> Result<Self, ParseMoneyError> {
        if value.is_sign_negative() && !value.is_zero() {
            return Err(ParseMoneyError::Negative);
        }
        let mut value = value.normalize();
        if value.scale() > currency.exponent() {
            return Err(ParseMoneyError::Precision);
        }
        value.rescale(currency.exponent());
        Ok(Self { value, currency })
    }

    /// An amount from its two texts, as JSON carries it.
    pub fn parse(value: &str, currency: &str) -> Result<Self, ParseMoneyError> {
        let currency = currency.parse()?;
        let plain = !value.is_empty()
            && value.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && value.as_bytes()[0].is_ascii_digit();
        let value = if plain { Decimal::from_str_exact(value).ok() } else { None };
        Self::new(value.ok_or(ParseMoneyError::Amount)?, currency)
    }

    /// The amount.
    pub fn value(self) -> Decimal {
        self.value
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Nothing at all.
    pub fn is_zero(self) -> bool {
        self.value.is_zero()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.value)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Currency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$" })
    }
}

fn amount_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?$" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_take_the_digits_of_their_currency() {
        assert_eq!(Money::parse("412.5", "USD").unwrap().to_string(), "USD 412.50");
        assert_eq!(Money::parse("9000", "JPY").unwrap().to_string(), "JPY 9000");
        assert_eq!(Money::parse("10.00", "JPY").unwrap().to_string(), "JPY 10");
        assert_eq!(Money::parse("10.01", "JPY"), Err(ParseMoneyError::Precision));
        assert_eq!(Money::parse("1.005", "EUR"), Err(ParseMoneyError::Precision));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for wrong in
            ["", "-1", "+1", "1e3", "1,00", "NaN", ".5", " 1", "1_000", "99999999999999999999999999999999"]
        {
            assert!(Money::parse(wrong, "USD").is_err(), "{wrong:?}");
        }
        for wrong in ["usd", "US", "USDX", "ZZZ", "€"] {
            assert!(Money::parse("1", wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn equal_amounts_are_equal_however_they_were_written() {
        assert_eq!(Money::parse("1", "USD"), Money::parse("1.00", "USD"));
    }
}
