//! The timetable: three departures a day in each direction, drawn from the seed.

use jiff::{ToSpan, civil::Date};

use super::trip::{CARRIED, Trip};
use crate::{
    Behaviour, Entry, Money, Site,
    app::Shop,
    catalogue::{self, Airport, by_code},
    form::Form,
};

/// Earliest departures of the day, in minutes after midnight.
const DEPARTURES: [i64; 3] = [7 * 60, 12 * 60 + 30, 18 * 60];
const DAY: i64 = 24 * 60;

/// One flight of a day.
pub(super) struct Flight {
    pub(super) number: String,
    /// Local time, `HH:MM`.
    pub(super) depart: String,
    arrive: String,
    /// Days from departure to arrival by the local calendars.
    days: i64,
    /// Per passenger, in the cabin of the search.
    pub(super) fare: Money,
}

impl Flight {
    pub(super) fn times(&self) -> String {
        let Self { depart, arrive, days, .. } = self;
        if *days == 0 {
            format!("{depart} – {arrive}")
        } else {
            format!("{depart} – {arrive} ({days:+} day)")
        }
    }
}

/// The airlines that fly the route of a trip, in either direction.
pub(super) fn airlines(trip: &Trip) -> impl Iterator<Item = &'static Entry> {
    catalogue::of(Site::Air).filter(|entry| serves(entry, trip))
}

fn serves(entry: &Entry, trip: &Trip) -> bool {
    let ends = |from: &Airport, to: &Airport| {
        entry.route.is_some_and(|route| (route.from, route.to) == (from.code, to.code))
    };
    ends(trip.from, trip.to) || ends(trip.to, trip.from)
}

/// The flights out and back that have seats for all passengers.
pub(super) fn flights(shop: &Shop, entry: &Entry, trip: &Trip) -> (Vec<Flight>, Vec<Flight>) {
    if entry.is(Behaviour::SoldOut) || taken(entry, trip.depart) || !serves(entry, trip) {
        return (Vec::new(), Vec::new());
    }
    let outbound = of_day(shop, entry, trip, trip.from, trip.depart);
    let inbound = trip.back.map(|date| of_day(shop, entry, trip, trip.to, date)).unwrap_or_default();
    (outbound, inbound)
}

/// Days around the wanted one with seats, and the search that shows them.
pub(super) fn other_days(shop: &Shop, entry: &Entry, trip: &Trip, form: &Form) -> Vec<(String, String)> {
    if !entry.is(Behaviour::OtherTimes) {
        return Vec::new();
    }
    let on_sale = |date: &Date| (shop.first_day()..=shop.last_day()).contains(date) && !taken(entry, *date);
    let near =
        [-3, -2, -1, 1, 2, 3].into_iter().filter_map(|days: i64| trip.depart.checked_add(days.days()).ok());
    let link = |date: Date| {
        let mut moved = form.with("depart", &date.to_string());
        if let Some(back) = trip.back {
            // The return stays where it is, unless the departure went past it.
            moved = moved.with("return", &back.max(date).to_string());
        }
        (date.to_string(), format!("/air/flights?{}", moved.query(&CARRIED)))
    };
    near.filter(on_sale).map(link).collect()
}

/// Whether an airline that offers other days is full on this one.
fn taken(entry: &Entry, depart: Date) -> bool {
    entry.is(Behaviour::OtherTimes) && depart.day() % 2 == 1
}

fn of_day(shop: &Shop, entry: &Entry, trip: &Trip, from: &Airport, date: Date) -> Vec<Flight> {
    let Some((route, a, b)) =
        entry.route.and_then(|route| Some((route, by_code(route.from)?, by_code(route.to)?)))
    else {
        return Vec::new();
    };
    let (direction, ahead) = if from == a { (1, b.offset - a.offset) } else { (2, a.offset - b.offset) };
    let seed = shop.app.seed;
    let carrier: String = entry.name.chars().take(2).flat_map(char::to_uppercase).collect();
    let route_number =
        10 + catalogue::of(Site::Air).position(|other| other.id == entry.id).unwrap_or_default();
    DEPARTURES
        .into_iter()
        .zip(1_u32..)
        .map(|(earliest, nth)| {
            let number = format!(
                "{carrier}{}",
                route_number * 10 + usize::try_from(nth * 2).unwrap_or_default() + direction
            );
            let depart = earliest + 5 * i64::from(seed.below(12, &["departure", entry.id, &number]));
            let arrive = depart + route.minutes + ahead * 60;
            let share = 85 + seed.below(41, &["fare", entry.id, &number, &date.to_string()]);
            Flight {
                depart: clock(depart),
                arrive: clock(arrive),
                days: arrive.div_euclid(DAY),
                fare: entry.base().percent(share).percent(trip.cabin.share),
                number,
            }
        })
        .filter(|flight| shop.left(entry, date, &flight.number) >= trip.pax)
        .collect()
}

fn clock(minutes: i64) -> String {
    let of_day = minutes.rem_euclid(DAY);
    format!("{:02}:{:02}", of_day / 60, of_day % 60)
}
