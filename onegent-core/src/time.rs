//! Civil dates and times at the venue, instants in UTC, and the clock that is injected everywhere.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::{SignedDuration, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Where the present moment comes from. Two implementations: the system's, and one that tests turn by hand.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The present moment, in whole milliseconds, UTC.
    fn now(&self) -> Timestamp;
}

/// The operating system's clock, cut to whole milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the substitute that the lint names")]
        let now = Timestamp::now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// The text is not a date or time of the wanted form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParseCivilError(&'static str);

/// A calendar date at the venue, `YYYY-MM-DD` (ISO 8601).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VenueDate(civil::Date);

impl VenueDate {
    /// The date as `jiff` has it.
    pub fn get(self) -> civil::Date {
        self.0
    }

    /// Whole nights from this date to `other`; negative when `other` is earlier.
    pub fn nights_until(self, other: Self) -> i32 {
        other.0.since(self.0).map_or(0, |span| span.get_days())
    }
}

impl From<civil::Date> for VenueDate {
    fn from(date: civil::Date) -> Self {
        Self(date)
    }
}

impl FromStr for VenueDate {
    type Err = ParseCivilError;

    fn from_str(text: &str) -> Result<Self, ParseCivilError> {
        const WANTED: ParseCivilError = ParseCivilError("expected a real date as YYYY-MM-DD");
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(WANTED);
        }
        text.parse().map(Self).map_err(|_unreadable: jiff::Error| WANTED)
    }
}

impl fmt::Display for VenueDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A wall-clock time at the venue, `HH:MM`, 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VenueTime(civil::Time);

impl VenueTime {
    /// Minutes from midnight, 0-1439.
    pub fn minutes(self) -> u16 {
        u16::try_from(i32::from(self.0.hour()) * 60 + i32::from(self.0.minute())).unwrap_or(0)
    }

    /// The time `minutes` after midnight, if that is within the day.
    pub fn from_minutes(minutes: u16) -> Option<Self> {
        let hour = i8::try_from(minutes / 60).ok()?;
        let minute = i8::try_from(minutes % 60).ok()?;
        civil::Time::new(hour, minute, 0, 0).ok().map(Self)
    }

    /// How far apart two times of one day are.
    pub fn distance(self, other: Self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.minutes().abs_diff(other.minutes())))
    }
}

impl FromStr for VenueTime {
    type Err = ParseCivilError;

    fn from_str(text: &str) -> Result<Self, ParseCivilError> {
        const WANTED: ParseCivilError = ParseCivilError("expected a time as HH:MM, 00:00 to 23:59");
        let (hour, minute) = text.split_once(':').ok_or(WANTED)?;
        let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if !two_digits(hour) || !two_digits(minute) {
            return Err(WANTED);
        }
        let hour: u16 = hour.parse().map_err(|_overflow: std::num::ParseIntError| WANTED)?;
        let minute: u16 = minute.parse().map_err(|_overflow: std::num::ParseIntError| WANTED)?;
        if minute > 59 {
            return Err(WANTED);
        }
        Self::from_minutes(hour * 60 + minute).ok_or(WANTED)
    }
}

impl fmt::Display for VenueTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

macro_rules! text_form {
    ($name:ident, $schema:tt) => {
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
                json_schema!($schema)
            }
        }
    };
}

text_form!(VenueDate, { "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" });
text_form!(VenueTime, { "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_strict() {
        assert_eq!("2026-12-01".parse::<VenueDate>().unwrap().to_string(), "2026-12-01");
        for wrong in
            ["2026-02-30", "20261201", "2026-12-01T10:00", "01-12-2026", "2026-1-1", "", "2026-12-0é"]
        {
            assert!(wrong.parse::<VenueDate>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn times_are_strict() {
        assert_eq!("09:05".parse::<VenueTime>().unwrap().to_string(), "09:05");
        for wrong in ["24:00", "9:05", "09:60", "09:05:00", "0905", "", "+9:05", "7pm"] {
            assert!(wrong.parse::<VenueTime>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn nights_are_counted_between_dates() {
        let (a, b): (VenueDate, VenueDate) = ("2026-12-30".parse().unwrap(), "2027-01-02".parse().unwrap());
        assert_eq!(a.nights_until(b), 3);
        assert_eq!(b.nights_until(a), -3);
    }
}
