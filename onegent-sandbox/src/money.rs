//! Amounts in the minor units of their currency.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A currency of the catalogue, by its ISO 4217 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// United States dollar.
    Usd,
    /// Euro.
    Eur,
    /// Pound sterling.
    Gbp,
    /// Japanese yen, which has no minor unit.
    Jpy,
    /// Brazilian real.
    Brl,
    /// Polish złoty.
    Pln,
    /// Swedish krona.
    Sek,
}

impl Currency {
    /// The ISO 4217 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Eur => "EUR",
            Self::Gbp => "GBP",
            Self::Jpy => "JPY",
            Self::Brl => "BRL",
            Self::Pln => "PLN",
            Self::Sek => "SEK",
        }
    }

    const fn scale(self) -> u32 {
        match self {
            Self::Usd | Self::Eur | Self::Gbp | Self::Brl | Self::Pln | Self::Sek => 2,
            Self::Jpy => 0,
        }
    }
}

/// An amount; `Display` writes it as the sites do: `USD 412.50`, `JPY 41200`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    pub(crate) const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    pub(crate) const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// The amount in major units, with the currency's number of decimals.
    pub fn amount(self) -> Decimal {
        Decimal::new(self.minor, self.currency.scale())
    }

    /// The currency of the amount.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    pub(crate) fn times(self, count: u32) -> Self {
        Self::new(self.minor.saturating_mul(i64::from(count)), self.currency)
    }

    /// Sums up amounts of one currency: every entry sells in one.
    pub(crate) fn plus(self, other: Self) -> Self {
        debug_assert_eq!(self.currency, other.currency, "an entry sells in one currency");
        Self::new(self.minor.saturating_add(other.minor), self.currency)
    }

    /// The share `percent` of the amount, rounded down to the minor unit.
    pub(crate) fn percent(self, percent: u32) -> Self {
        Self::new(self.minor.saturating_mul(i64::from(percent)) / 100, self.currency)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency.code(), self.amount())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yen_have_no_decimals() {
        assert_eq!(Money::new(41200, Currency::Jpy).to_string(), "JPY 41200");
        assert_eq!(Money::new(41250, Currency::Usd).to_string(), "USD 412.50");
        assert_eq!(Money::zero(Currency::Gbp).to_string(), "GBP 0.00");
    }

    #[test]
    fn a_share_is_rounded_down_to_the_minor_unit() {
        assert_eq!(Money::new(101, Currency::Eur).percent(108), Money::new(109, Currency::Eur));
    }
}
