//! What the demo asks for, a month from now.

use jiff::ToSpan as _;
use jiff::civil::Date;
use onegent_core::request::Scenario;
use onegent_core::time::{Clock as _, SystemClock};
use serde_json::{Value, json};

/// The tool and its arguments.
pub(super) fn of(scenario: Scenario) -> anyhow::Result<(&'static str, Value)> {
    let today = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = today.checked_add(30.days())?;
    let profile = json!({
        "first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone": "+12125550123",
    });
    Ok(match scenario {
        Scenario::Restaurant => (
            "book_restaurant",
            json!({
                "restaurant_name": "Carbone", "city": "New York", "date": day, "time": "19:30", "covers": 2,
                "profile": profile,
            }),
        ),
        Scenario::Hotel => (
            "book_hotel",
            json!({
                "destination": "London", "check_in": day, "check_out": after(day, 2)?, "guests": 2, "profile": profile,
            }),
        ),
        Scenario::Flight => (
            "book_flight",
            json!({
                "origin": "JFK", "destination": "LHR", "depart_date": day, "return_date": after(day, 7)?, "passengers": 1,
                "profile": profile,
            }),
        ),
        Scenario::Activity => (
            "book_activity",
            json!({
                "city": "Rome", "date": day, "participants": 2, "activity_name": "Trastevere Tasting Stroll",
                "profile": profile,
            }),
        ),
    })
}

fn after(day: Date, days: i64) -> anyhow::Result<Date> {
    Ok(day.checked_add(days.days())?)
}
