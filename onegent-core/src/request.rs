//! What can be asked for: one type per scenario, parsed once into values that can't be wrong.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fields::{Field, FieldError, Fields, deserialize_by_fields, push, text_field};
use crate::site::SiteUrl;
use crate::text::{Bounded, Text};
use crate::time::{VenueDate, VenueTime};

/// What kind of booking it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// A table at a restaurant.
    Restaurant,
    /// A stay at a hotel.
    Hotel,
    /// A flight, one way or return.
    Flight,
    /// A tour, a ticket, a class.
    Activity,
}

impl Scenario {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Restaurant, Self::Hotel, Self::Flight, Self::Activity];

    /// The word used everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Restaurant => "restaurant",
            Self::Hotel => "hotel",
            Self::Flight => "flight",
            Self::Activity => "activity",
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not one of the words that are known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one of: {0}")]
pub struct UnknownWord(pub(crate) &'static str);

impl std::str::FromStr for Scenario {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.into_iter().find(|scenario| scenario.as_str() == text);
        found.ok_or(UnknownWord("restaurant, hotel, flight, activity"))
    }
}

/// How one sits on a plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cabin {
    /// Economy class.
    Economy,
    /// Premium economy class.
    PremiumEconomy,
    /// Business class.
    Business,
    /// First class.
    First,
}

impl Cabin {
    /// The word used everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Economy => "economy",
            Self::PremiumEconomy => "premium_economy",
            Self::Business => "business",
            Self::First => "first",
        }
    }
}

impl std::str::FromStr for Cabin {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let all = [Self::Economy, Self::PremiumEconomy, Self::Business, Self::First];
        let found = all.into_iter().find(|cabin| cabin.as_str() == text);
        found.ok_or(UnknownWord("economy, premium_economy, business, first"))
    }
}

text_field!(Scenario, Cabin);

/// A table at a restaurant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RestaurantParams {
    /// The restaurant's name as its guests know it, for example `Carbone`.
    pub restaurant_name: Text,
    /// The city it is in, for example `New York`.
    pub city: Text,
    /// The day, `YYYY-MM-DD`, local to the restaurant.
    pub date: VenueDate,
    /// The time, `HH:MM` (24 h), local to the restaurant.
    pub time: VenueTime,
    /// How many people will sit down.
    pub covers: Bounded<1, 20>,
    /// The site to book on, by the https address of its first page, where its owner lets requests name one; else the server
    /// chooses among its providers.
    #[serde(rename = "venueUrl", skip_serializing_if = "Option::is_none")]
    pub venue_url: Option<SiteUrl>,
}

/// A stay at a hotel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HotelParams {
    /// The city, area or hotel to stay at, for example `Lisbon` or `Hotel Lumen, Paris`.
    pub destination: Text,
    /// Arrival day, `YYYY-MM-DD`.
    pub check_in: VenueDate,
    /// Departure day, `YYYY-MM-DD`, after `check_in`.
    pub check_out: VenueDate,
    /// How many people will stay.
    pub guests: Bounded<1, 10>,
    /// How many rooms; 1 unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rooms: Option<Bounded<1, 5>>,
    /// The site to book on, by the https address of its first page, where its owner lets requests name one; else the server
    /// chooses among its providers.
    #[serde(rename = "venueUrl", skip_serializing_if = "Option::is_none")]
    pub venue_url: Option<SiteUrl>,
}

/// A flight, one way or return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FlightParams {
    /// Departure city or IATA airport code, for example `JFK`.
    pub origin: Text,
    /// Arrival city or IATA airport code, for example `LHR`.
    pub destination: Text,
    /// Day of the outbound flight, `YYYY-MM-DD`.
    pub depart_date: VenueDate,
    /// Day of the flight back, `YYYY-MM-DD`, not before `depart_date`; leave out for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_date: Option<VenueDate>,
    /// How many people will fly.
    pub passengers: Bounded<1, 9>,
    /// Cabin class; economy unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cabin: Option<Cabin>,
    /// The site to book on, by the https address of its first page, where its owner lets requests name one; else the server
    /// chooses among its providers.
    #[serde(rename = "venueUrl", skip_serializing_if = "Option::is_none")]
    pub venue_url: Option<SiteUrl>,
}

/// A tour, a ticket, a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActivityParams {
    /// The city, for example `Rome`.
    pub city: Text,
    /// The day, `YYYY-MM-DD`.
    pub date: VenueDate,
    /// How many people will take part.
    pub participants: Bounded<1, 20>,
    /// The activity's name; left out, the first that fits is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_name: Option<Text>,
    /// The site to book on, by the https address of its first page, where its owner lets requests name one; else the server
    /// chooses among its providers.
    #[serde(rename = "venueUrl", skip_serializing_if = "Option::is_none")]
    pub venue_url: Option<SiteUrl>,
}

/// A scenario with its details.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "scenario", content = "params", rename_all = "snake_case")]
pub enum BookingRequest {
    /// A table at a restaurant.
    Restaurant(RestaurantParams),
    /// A stay at a hotel.
    Hotel(HotelParams),
    /// A flight, one way or return.
    Flight(FlightParams),
    /// A tour, a ticket, a class.
    Activity(ActivityParams),
}

impl BookingRequest {
    /// What kind of booking it is.
    pub fn scenario(&self) -> Scenario {
        match self {
            Self::Restaurant(_) => Scenario::Restaurant,
            Self::Hotel(_) => Scenario::Hotel,
            Self::Flight(_) => Scenario::Flight,
            Self::Activity(_) => Scenario::Activity,
        }
    }

    /// The first day of the booking.
    pub fn first_day(&self) -> VenueDate {
        match self {
            Self::Restaurant(p) => p.date,
            Self::Hotel(p) => p.check_in,
            Self::Flight(p) => p.depart_date,
            Self::Activity(p) => p.date,
        }
    }

    /// The field that carries the first day, as callers know it.
    pub fn first_day_field(&self) -> &'static str {
        match self {
            Self::Restaurant(_) | Self::Activity(_) => "date",
            Self::Hotel(_) => "check_in",
            Self::Flight(_) => "depart_date",
        }
    }

    /// How many people it is for.
    pub fn party(&self) -> u32 {
        match self {
            Self::Restaurant(p) => p.covers.get(),
            Self::Hotel(p) => p.guests.get(),
            Self::Flight(p) => p.passengers.get(),
            Self::Activity(p) => p.participants.get(),
        }
    }

    /// The site that it names, if it names one.
    pub fn site(&self) -> Option<&SiteUrl> {
        match self {
            Self::Restaurant(p) => p.venue_url.as_ref(),
            Self::Hotel(p) => p.venue_url.as_ref(),
            Self::Flight(p) => p.venue_url.as_ref(),
            Self::Activity(p) => p.venue_url.as_ref(),
        }
    }

    /// The same on a site of the caller's choice.
    #[must_use]
    pub fn on(mut self, site: Option<SiteUrl>) -> Self {
        *match &mut self {
            Self::Restaurant(p) => &mut p.venue_url,
            Self::Hotel(p) => &mut p.venue_url,
            Self::Flight(p) => &mut p.venue_url,
            Self::Activity(p) => &mut p.venue_url,
        } = site;
        self
    }

    /// One line for a person, without the guest's details.
    pub fn summary(&self) -> String {
        let people = |n: u32| if n == 1 { "1 person".to_owned() } else { format!("{n} people") };
        match self {
            Self::Restaurant(p) => {
                format!(
                    "{}, {}, {} at {}, {}",
                    p.restaurant_name,
                    p.city,
                    p.date,
                    p.time,
                    people(p.covers.get())
                )
            }
            Self::Hotel(p) => {
                format!("{}, {} to {}, {}", p.destination, p.check_in, p.check_out, people(p.guests.get()))
            }
            Self::Flight(p) => {
                let back = p.return_date.map_or(String::new(), |date| format!(", back {date}"));
                let people = people(p.passengers.get());
                format!("{} to {}, {}{back}, {people}", p.origin, p.destination, p.depart_date)
            }
            Self::Activity(p) => {
                let name = p.activity_name.as_ref().map_or("An activity", |name| name.as_str());
                format!("{name}, {}, {}, {}", p.city, p.date, people(p.participants.get()))
            }
        }
    }

    /// Reads the details of a known scenario, which stand at `path`.
    pub fn read_params(
        scenario: Scenario,
        value: &Value,
        path: &str,
        errors: &mut Vec<FieldError>,
    ) -> Option<Self> {
        let mut fields = Fields::open(value, path, errors)?;
        let read = Self::take_params(scenario, &mut fields);
        let site = fields.optional("venueUrl");
        fields.finish().then_some(read).flatten().map(|request| request.on(site))
    }

    /// Takes the details of a known scenario out of an object that may carry more, as a tool's arguments do. A tool names
    /// no site: its arguments may be words that a model read on a page.
    pub fn take_params(scenario: Scenario, fields: &mut Fields<'_>) -> Option<Self> {
        match scenario {
            Scenario::Restaurant => RestaurantParams::take(fields).map(Self::Restaurant),
            Scenario::Hotel => HotelParams::take(fields).map(Self::Hotel),
            Scenario::Flight => FlightParams::take(fields).map(Self::Flight),
            Scenario::Activity => ActivityParams::take(fields).map(Self::Activity),
        }
    }
}

impl Field for BookingRequest {
    fn read(value: &Value, path: &str, errors: &mut Vec<FieldError>) -> Option<Self> {
        let mut fields = Fields::open(value, path, errors)?;
        let scenario: Option<Scenario> = fields.required("scenario");
        let params: Option<Value> = fields.required("params");
        let fine = fields.finish();
        let path = if path.is_empty() { "params".to_owned() } else { format!("{path}.params") };
        let read = Self::read_params(scenario?, &params?, &path, errors);
        fine.then_some(read).flatten()
    }
}

impl Field for Value {
    fn read(value: &Value, _: &str, _: &mut Vec<FieldError>) -> Option<Self> {
        Some(value.clone())
    }
}

deserialize_by_fields!(BookingRequest);

impl RestaurantParams {
    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        let restaurant_name = fields.required("restaurant_name");
        let city = fields.required("city");
        let date = fields.required("date");
        let time = fields.required("time");
        let covers = fields.required("covers");
        Some(Self {
            restaurant_name: restaurant_name?,
            city: city?,
            date: date?,
            time: time?,
            covers: covers?,
            venue_url: None,
        })
    }
}

impl HotelParams {
    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        let destination = fields.required("destination");
        let check_in: Option<VenueDate> = fields.required("check_in");
        let check_out: Option<VenueDate> = fields.required("check_out");
        let guests = fields.required("guests");
        let rooms = fields.optional("rooms");
        let (check_in, check_out) = (check_in?, check_out?);
        if check_out <= check_in {
            fields.refuse("check_out", "must be after check_in");
            return None;
        }
        Some(Self { destination: destination?, check_in, check_out, guests: guests?, rooms, venue_url: None })
    }
}

impl FlightParams {
    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        let origin = fields.required("origin");
        let destination = fields.required("destination");
        let depart_date: Option<VenueDate> = fields.required("depart_date");
        let return_date: Option<VenueDate> = fields.optional("return_date");
        let passengers = fields.required("passengers");
        let cabin = fields.optional("cabin");
        let depart_date = depart_date?;
        if return_date.is_some_and(|back| back < depart_date) {
            fields.refuse("return_date", "must not be before depart_date");
            return None;
        }
        Some(Self {
            origin: origin?,
            destination: destination?,
            depart_date,
            return_date,
            passengers: passengers?,
            cabin,
            venue_url: None,
        })
    }
}

impl ActivityParams {
    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        let city = fields.required("city");
        let date = fields.required("date");
        let participants = fields.required("participants");
        let activity_name = fields.optional("activity_name");
        Some(Self { city: city?, date: date?, participants: participants?, activity_name, venue_url: None })
    }
}

/// Refuses a booking whose first day is over everywhere on Earth.
pub fn refuse_past(request: &BookingRequest, now: jiff::Timestamp, path: &str, errors: &mut Vec<FieldError>) {
    // The last place where a day ends is UTC-12.
    let today = (now - jiff::SignedDuration::from_hours(12)).to_zoned(jiff::tz::TimeZone::UTC).date();
    if request.first_day() < VenueDate::from(today) {
        let field = request.first_day_field();
        let at = if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
        push(errors, &at, "must not be in the past");
    }
}
