//! What the tests ask for: bookings at entries of the practice sites' catalogue, for guests who can be told apart.

use jiff::ToSpan as _;
use jiff::civil::Date;
use onegent_core::create::CreateJob;
use onegent_core::error::Error;
use onegent_core::request::Scenario;
use onegent_core::time::{Clock as _, SystemClock};
use onegent_sandbox::{Entry, Site, catalogue, fingerprint};
use serde_json::{Value, json};

/// The time that restaurants are asked for.
pub const TIME: &str = "19:00";

/// A booking to ask for, under a guest of its own.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What kind of booking it is.
    pub scenario: Scenario,
    /// The first day.
    pub day: Date,
    /// The guest's e-mail address; nobody else's in this world.
    pub email: String,
    /// The scenario's own fields.
    pub params: Value,
}

impl Wish {
    /// A booking at `entry`, for two people, on [`even_day`]; its guest is named after the entry.
    pub fn at(entry: &Entry) -> Self {
        Self::on(entry, even_day())
    }

    /// The same on another day.
    pub fn on(entry: &Entry, day: Date) -> Self {
        let (scenario, params) = match (entry.site, &entry.route) {
            (Site::Air, Some(route)) => (
                Scenario::Flight,
                json!({ "origin": route.from, "destination": route.to, "depart_date": day, "passengers": 2 }),
            ),
            (Site::Stay, _) => (
                Scenario::Hotel,
                json!({ "destination": format!("{}, {}", entry.name, entry.city), "check_in": day,
                    "check_out": day.saturating_add(2.days()), "guests": 2 }),
            ),
            (Site::Tours, _) => (
                Scenario::Activity,
                json!({ "city": entry.city, "date": day, "participants": 2, "activity_name": entry.name }),
            ),
            (Site::Table | Site::Air, _) => (
                Scenario::Restaurant,
                json!({ "restaurant_name": entry.name, "city": entry.city, "date": day, "time": TIME,
                    "covers": 2 }),
            ),
        };
        Self { scenario, day, email: format!("{}@guests.example", entry.id), params }
    }

    /// The same booking for another guest.
    pub fn for_guest(mut self, name: &str) -> Self {
        self.email = format!("{name}@guests.example");
        self
    }

    /// The same booking with one field changed.
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.params[field] = value.into();
        self
    }

    /// The tool that makes it.
    pub fn tool(&self) -> String {
        format!("book_{}", self.scenario)
    }

    /// The tool's arguments.
    pub fn arguments(&self) -> Value {
        let mut arguments = self.params.clone();
        arguments["profile"] = json!({
            "first_name": "Wilhelmina", "last_name": "Quastenberg", "email": self.email, "phone": "+12125550123",
        });
        arguments
    }

    /// The same as the body of `POST /execution-jobs`.
    pub fn create(&self) -> Result<CreateJob, Error> {
        CreateJob::from_arguments(self.scenario, &self.arguments()).map_err(Error::invalid_request)
    }

    /// How the ledger names the guest.
    pub fn guest(&self) -> String {
        fingerprint(&self.email)
    }
}

/// The catalogue's entry with this id.
pub fn entry(id: &str) -> anyhow::Result<&'static Entry> {
    let found = catalogue().iter().find(|entry| entry.id == id);
    found.ok_or_else(|| anyhow::anyhow!("the catalogue has no {id}"))
}

/// A day about a month ahead with an even number, on which the entries with other days are free.
pub fn even_day() -> Date {
    let today = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = today.saturating_add(30.days());
    if day.day() % 2 == 0 { day } else { even_after(day) }
}

/// A day near [`even_day`] with an odd number, on which the entries with other days are taken.
pub fn odd_day() -> Date {
    even_day().saturating_add(1.days())
}

/// The next even day; two days on where a month of 31 days ends.
fn even_after(day: Date) -> Date {
    let next = day.saturating_add(1.days());
    if next.day() % 2 == 0 { next } else { next.saturating_add(1.days()) }
}
