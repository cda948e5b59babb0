//! The one place where the sites read the wall clock: to date records and to refuse days gone by.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

/// How far ahead the sites sell, in days.
pub(crate) const HORIZON_DAYS: i64 = 360;

/// Gives the present; tests put their own in its place.
pub(crate) type Clock = fn() -> Timestamp;

#[expect(clippy::disallowed_methods, reason = "this crate stands apart from core and its `Clock`")]
pub(crate) fn system() -> Timestamp {
    Timestamp::now()
}

/// The first day on sale: it may still be yesterday west of Greenwich, and such a guest is served.
pub(crate) fn first_day(now: Timestamp) -> Date {
    let today = now.to_zoned(TimeZone::UTC).date();
    today.saturating_sub(1.days())
}

/// The last day on sale.
pub(crate) fn last_day(now: Timestamp) -> Date {
    first_day(now).saturating_add((HORIZON_DAYS + 2).days())
}
