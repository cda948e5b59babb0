//! Words of the request, as a playbook names them: `{city}`, `{date}`.

use onegent_core::request::BookingRequest;
use onegent_core::text::Bounded;
use onegent_core::time::VenueTime;
use serde::Deserialize;

/// The names that can stand in braces. Those that another scenario has are empty.
const NAMES: [&str; 16] = [
    "restaurant_name",
    "city",
    "date",
    "time",
    "covers",
    "destination",
    "check_in",
    "check_out",
    "guests",
    "rooms",
    "origin",
    "depart_date",
    "return_date",
    "passengers",
    "cabin",
    "activity_name",
];

/// A text with the request's words in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Plain(String),
    Param(String),
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((plain, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("a `{` without `}`")?;
            if !NAMES.contains(&name) && name != "participants" {
                return Err(format!("no `{{{name}}}`; known: {}, participants", NAMES.join(", ")));
            }
            parts.push(Part::Plain(plain.to_owned()));
            parts.push(Part::Param(name.to_owned()));
            rest = after;
        }
        parts.push(Part::Plain(rest.to_owned()));
        Ok(Self(parts))
    }
}

impl Template {
    /// The text for a request; empty when the request leaves it open.
    pub(super) fn fill(&self, request: &BookingRequest) -> String {
        let part = |part: &Part| match part {
            Part::Plain(text) => text.clone(),
            Part::Param(name) => param(request, name),
        };
        self.0.iter().map(part).collect::<String>().trim().to_owned()
    }
}

fn param(request: &BookingRequest, name: &str) -> String {
    match (request, name) {
        (BookingRequest::Restaurant(p), "restaurant_name") => p.restaurant_name.to_string(),
        (BookingRequest::Restaurant(p), "city") => p.city.to_string(),
        (BookingRequest::Restaurant(p), "date") => p.date.to_string(),
        (BookingRequest::Restaurant(p), "time") => p.time.to_string(),
        (BookingRequest::Restaurant(p), "covers") => p.covers.to_string(),
        (BookingRequest::Hotel(p), "destination") => p.destination.to_string(),
        (BookingRequest::Hotel(p), "check_in") => p.check_in.to_string(),
        (BookingRequest::Hotel(p), "check_out") => p.check_out.to_string(),
        (BookingRequest::Hotel(p), "guests") => p.guests.to_string(),
        (BookingRequest::Hotel(p), "rooms") => p.rooms.map_or(1, Bounded::get).to_string(),
        (BookingRequest::Flight(p), "origin") => p.origin.to_string(),
        (BookingRequest::Flight(p), "destination") => p.destination.to_string(),
        (BookingRequest::Flight(p), "depart_date") => p.depart_date.to_string(),
        (BookingRequest::Flight(p), "return_date") => {
            p.return_date.map_or_else(String::new, |date| date.to_string())
        }
        (BookingRequest::Flight(p), "passengers") => p.passengers.to_string(),
        (BookingRequest::Flight(p), "cabin") => p.cabin.map_or("economy", |cabin| cabin.as_str()).to_owned(),
        (BookingRequest::Activity(p), "city") => p.city.to_string(),
        (BookingRequest::Activity(p), "date") => p.date.to_string(),
        (BookingRequest::Activity(p), "participants") => p.participants.to_string(),
        (BookingRequest::Activity(p), "activity_name") => {
            p.activity_name.as_ref().map_or_else(String::new, ToString::to_string)
        }
        _ => String::new(),
    }
}

/// The wished time, for those scenarios that have one.
pub(super) fn wished_time(request: &BookingRequest) -> Option<VenueTime> {
    match request {
        BookingRequest::Restaurant(p) => Some(p.time),
        BookingRequest::Hotel(_) | BookingRequest::Flight(_) | BookingRequest::Activity(_) => None,
    }
}
