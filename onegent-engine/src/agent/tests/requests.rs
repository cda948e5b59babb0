//! What the tests ask for. Days are a month ahead and even, since some entries are taken on odd days.

use jiff::ToSpan;
use jiff::civil::Date;
use onegent_core::request::{ActivityParams, BookingRequest, FlightParams, HotelParams, RestaurantParams};
use onegent_core::text::Bounded;
use onegent_core::time::{Clock, SystemClock, VenueDate};

/// An even day about a month ahead whose next even day is two days later.
pub(super) fn day() -> VenueDate {
    VenueDate::from(even_day())
}

/// The day before: an odd one.
pub(super) fn odd_day() -> VenueDate {
    VenueDate::from(even_day().saturating_sub(1.days()))
}

fn even_day() -> Date {
    let mut day = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date().saturating_add(30.days());
    while day.day() % 2 == 1 || !(10..=20).contains(&day.day()) {
        day = day.saturating_add(1.days());
    }
    day
}

pub(super) fn restaurant(name: &str, city: &str) -> BookingRequest {
    restaurant_at(name, city, "19:00")
}

pub(super) fn restaurant_at(name: &str, city: &str, time: &str) -> BookingRequest {
    BookingRequest::Restaurant(RestaurantParams {
        restaurant_name: name.parse().unwrap(),
        city: city.parse().unwrap(),
        date: day(),
        time: time.parse().unwrap(),
        covers: Bounded::new(2).unwrap(),
        venue_url: None,
    })
}

pub(super) fn hotel(destination: &str) -> BookingRequest {
    hotel_from(destination, day())
}

pub(super) fn hotel_from(destination: &str, check_in: VenueDate) -> BookingRequest {
    BookingRequest::Hotel(HotelParams {
        destination: destination.parse().unwrap(),
        check_in,
        check_out: VenueDate::from(check_in.get().saturating_add(2.days())),
        guests: Bounded::new(2).unwrap(),
        rooms: None,
        venue_url: None,
    })
}

pub(super) fn flight(origin: &str, destination: &str) -> BookingRequest {
    flight_on(origin, destination, day())
}

pub(super) fn flight_on(origin: &str, destination: &str, depart_date: VenueDate) -> BookingRequest {
    BookingRequest::Flight(FlightParams {
        origin: origin.parse().unwrap(),
        destination: destination.parse().unwrap(),
        depart_date,
        return_date: None,
        passengers: Bounded::new(2).unwrap(),
        cabin: None,
        venue_url: None,
    })
}

pub(super) fn activity(name: &str, city: &str) -> BookingRequest {
    BookingRequest::Activity(ActivityParams {
        city: city.parse().unwrap(),
        date: day(),
        participants: Bounded::new(2).unwrap(),
        activity_name: Some(name.parse().unwrap()),
        venue_url: None,
    })
}
