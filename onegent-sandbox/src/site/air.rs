//! Aerolume: flights of airlines on routes, one way and return.

use askama::Template;
use axum::{
    Router,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
    routing::get,
};

use super::search_page;
use crate::{
    Entry,
    app::Shop,
    catalogue::{self, Airport},
    checkout,
    draft::{Choice, Fact},
    form::Form,
    page::{Answer, Page, Sent, html},
    session::Visit,
    walls,
};
use timetable::Flight;
use trip::{CARRIED, Trip};

mod timetable;
mod trip;

/// Fares: name in forms, name for people, what it costs of the light fare in percent.
const FARES: [(&str, &str, u32); 2] =
    [("light", "Light, cabin bag only", 100), ("flex", "Flex, changes included", 125)];

/// One departure in the results.
struct Row {
    entry: &'static Entry,
    flight: Flight,
    /// For all passengers and both ways.
    fare: crate::Money,
    link: String,
}

/// An airline that is full on the wanted day.
struct Full {
    entry: &'static Entry,
    /// Other days with links.
    others: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "air/results.html")]
struct Results {
    page: Page,
    trip: Trip,
    rows: Vec<Row>,
    full: Vec<Full>,
}

#[derive(Template)]
#[template(path = "air/details.html")]
struct Details<'a> {
    page: Page,
    entry: &'static Entry,
    trip: Trip,
    terms: String,
    outbound: Vec<Flight>,
    inbound: Vec<Flight>,
    fares: [(&'static str, &'static str, u32); 2],
    /// The flight number that comes checked.
    out: &'a str,
    carried: Vec<(&'static str, &'a str)>,
    unchosen: bool,
    /// Where the consent dialog sends its answer, while it stands.
    consent: Option<String>,
}

pub(super) fn routes() -> Router<Shop> {
    Router::new()
        .route("/air/", get(search))
        .route("/air/flights", get(results))
        .route("/air/flights/{entry}", get(details).post(choose))
}

async fn search(State(shop): State<Shop>) -> Response {
    search_page(&shop, trip::fields(&shop), StatusCode::OK)
}

async fn results(State(shop): State<Shop>, Sent(form): Sent) -> Response {
    let trip = match trip::read(&shop, &form) {
        Ok(trip) => trip,
        Err(fields) => return search_page(&shop, fields, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let (mut rows, mut full) = (Vec::new(), Vec::new());
    for entry in timetable::airlines(&trip) {
        let (outbound, inbound) = timetable::flights(&shop, entry, &trip);
        let back = inbound.iter().map(|flight| flight.fare.amount()).min();
        let cheapest = inbound.iter().find(|flight| Some(flight.fare.amount()) == back);
        if outbound.is_empty() || (trip.back.is_some() && inbound.is_empty()) {
            full.push(Full { entry, others: timetable::other_days(&shop, entry, &trip, &form) });
            continue;
        }
        rows.extend(outbound.into_iter().map(|flight| {
            let each = cheapest.map_or(flight.fare, |back| flight.fare.plus(back.fare));
            let query = form.query(&CARRIED);
            let link = format!("{}?{query}&out={}", shop.entry_path(entry), flight.number);
            Row { entry, fare: each.times(trip.pax), flight, link }
        }));
    }
    rows.sort_by_key(|row| row.fare.amount());
    let heading = format!("{} to {}", place(trip.from), place(trip.to));
    html(StatusCode::OK, &Results { page: Page::new(&shop, heading), trip, rows, full })
}

async fn details(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    Sent(form): Sent,
) -> Answer {
    let entry = walls::enter(&shop, &visit, &id).await?;
    let consent = walls::asks_consent(&shop, &visit, entry)
        .then(|| format!("/air/consent/{}?{}", entry.id, query.unwrap_or_default()));
    Ok(match trip::read(&shop, &form) {
        Ok(trip) => html(StatusCode::OK, &Details { consent, ..describe(&shop, entry, trip, &form) }),
        Err(fields) => search_page(&shop, fields, StatusCode::UNPROCESSABLE_ENTITY),
    })
}

async fn choose(State(shop): State<Shop>, visit: Visit, Path(id): Path<String>, Sent(form): Sent) -> Answer {
    let entry = walls::enter(&shop, &visit, &id).await?;
    let trip = match trip::read(&shop, &form) {
        Ok(trip) => trip,
        Err(fields) => return Ok(search_page(&shop, fields, StatusCode::UNPROCESSABLE_ENTITY)),
    };
    let Some(choice) = choice(&shop, entry, &trip, &form) else {
        let page = Details { unchosen: true, ..describe(&shop, entry, trip, &form) };
        return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    checkout::begin(&shop, visit, entry, choice)
}

/// The flights and fare of an itinerary form, when they are on offer.
fn choice(shop: &Shop, entry: &Entry, trip: &Trip, form: &Form) -> Option<Choice> {
    let (outbound, inbound) = timetable::flights(shop, entry, trip);
    let named =
        |flights: Vec<Flight>, field| flights.into_iter().find(|flight| flight.number == form.get(field));
    let out = named(outbound, "out")?;
    let back = named(inbound, "back");
    if trip.back.is_some() && back.is_none() {
        return None;
    }
    let (_, fare, share) = FARES.into_iter().find(|(id, ..)| *id == form.get("fare"))?;
    let leg = |flight: &Flight, from, to, date| {
        format!("{} {date}, {} to {}, {}", flight.number, place(from), place(to), flight.times())
    };
    let outbound = leg(&out, trip.from, trip.to, trip.depart);
    let inbound = back.as_ref().zip(trip.back).map(|(flight, date)| leg(flight, trip.to, trip.from, date));
    let each = back.as_ref().map_or(out.fare, |back| out.fare.plus(back.fare));
    let mut facts = vec![Fact::new("Airline", entry.name), Fact::new("Outbound", &outbound)];
    facts.extend(inbound.as_ref().map(|inbound| Fact::new("Return", inbound)));
    facts.push(Fact::new("Passengers", &trip.pax));
    facts.push(Fact::new("Fare", &format!("{}, {fare}", trip.cabin.label)));
    Some(Choice {
        facts,
        booked: inbound.map_or_else(|| outbound.clone(), |inbound| format!("{outbound}; {inbound}")),
        date: trip.depart,
        until: trip.back,
        time: Some(out.depart.clone()),
        slot: out.number,
        units: trip.pax,
        party: trip.pax,
        price: each.percent(share).times(trip.pax),
        later: None,
    })
}

fn describe<'a>(shop: &Shop, entry: &'static Entry, trip: Trip, form: &'a Form) -> Details<'a> {
    let (outbound, inbound) = timetable::flights(shop, entry, &trip);
    Details {
        page: Page::on(shop, entry, format!("Your flights with {}", entry.name)),
        entry,
        terms: entry.terms(trip.depart, shop.first_day()),
        trip,
        outbound,
        inbound,
        fares: FARES,
        out: form.get("out"),
        carried: CARRIED.iter().map(|name| (*name, form.get(name))).collect(),
        unchosen: false,
        consent: None,
    }
}

fn place(airport: &Airport) -> String {
    format!("{} ({})", airport.city, airport.code)
}

/// All airports, for the suggestions of the search form.
fn suggestions() -> Vec<String> {
    catalogue::AIRPORTS.iter().map(place).collect()
}
