//! Wanderlot: activities with starts and tickets.

use askama::Template;
use axum::{
    Router,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use jiff::civil::Date;

use super::{carried, city_list, days, search_page, tint};
use crate::{
    Behaviour, Entry, Money, Site,
    app::Shop,
    catalogue::{self, Payment, names},
    checkout,
    draft::{Choice, Fact},
    form::{Control, Field, Form, read_all},
    page::{Answer, Page, Sent, html},
    session::Visit,
    walls,
};

/// The fields that go with a guest from the results to an activity.
const CARRIED: [&str; 2] = ["day", "people"];
/// Starts of each day.
const STARTS: [&str; 4] = ["10:00", "13:00", "16:00", "18:30"];
/// Kinds of ticket: name in forms, name for people, what it costs of the base price in percent.
const TICKETS: [(&str, &str, u32); 2] = [("standard", "Small group", 100), ("private", "Private guide", 220)];

/// The day and party of a search.
struct Outing {
    day: Date,
    people: u32,
}

struct Card {
    entry: &'static Entry,
    tint: usize,
    price: String,
    starts: Vec<&'static str>,
    gone: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "tours/results.html")]
struct Results {
    page: Page,
    outing: Outing,
    cards: Vec<Card>,
}

struct Ticket {
    id: &'static str,
    name: &'static str,
    each: Money,
}

#[derive(Template)]
#[template(path = "tours/details.html")]
struct Details {
    page: Page,
    entry: &'static Entry,
    tint: usize,
    price: String,
    terms: String,
    outing: Outing,
    starts: Vec<&'static str>,
    tickets: Vec<Ticket>,
    unchosen: bool,
    /// Where the consent dialog sends its answer, while it stands.
    consent: Option<String>,
}

pub(super) fn routes() -> Router<Shop> {
    Router::new()
        .route("/tours/", get(search))
        .route("/tours/list", get(results))
        .route("/tours/activity/{entry}", get(details).post(book))
}

async fn search(State(shop): State<Shop>) -> Response {
    search_page(&shop, fields(&shop), StatusCode::OK)
}

async fn results(State(shop): State<Shop>, Sent(form): Sent) -> Response {
    let mut fields = fields(&shop);
    if !read_all(&mut fields, &form) {
        return search_page(&shop, fields, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let outing = outing(&form);
    let (place, name) = (form.get("place"), form.get("q"));
    let matching = catalogue::of(Site::Tours)
        .filter(|entry| entry.city == place && (name.is_empty() || names(name, entry.name)));
    let card = |entry: &'static Entry| {
        let starts = open(&shop, entry, &outing);
        let gone = STARTS.into_iter().filter(|start| !starts.contains(start)).collect();
        Card { entry, tint: tint(entry), price: price(entry), starts, gone }
    };
    let cards = matching.map(card).collect();
    let page = Page::new(&shop, format!("Things to do in {place}"));
    html(StatusCode::OK, &Results { page, outing, cards })
}

async fn details(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    Sent(form): Sent,
) -> Answer {
    let entry = walls::enter(&shop, &visit, &id).await?;
    carried(&shop, fields(&shop), &CARRIED, &form)?;
    let outing = outing(&form);
    let consent = walls::asks_consent(&shop, &visit, entry)
        .then(|| format!("/tours/consent/{}?{}", entry.id, query.unwrap_or_default()));
    Ok(html(StatusCode::OK, &Details { consent, ..describe(&shop, entry, outing) }))
}

async fn book(State(shop): State<Shop>, visit: Visit, Path(id): Path<String>, Sent(form): Sent) -> Answer {
    let entry = walls::enter(&shop, &visit, &id).await?;
    carried(&shop, fields(&shop), &CARRIED, &form)?;
    let outing = outing(&form);
    let start = open(&shop, entry, &outing).into_iter().find(|start| *start == form.get("start"));
    let ticket = tickets(entry).into_iter().find(|ticket| ticket.id == form.get("ticket"));
    let Some((start, ticket)) = start.zip(ticket) else {
        let page = Details { unchosen: true, ..describe(&shop, entry, outing) };
        return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let Outing { day, people } = outing;
    let choice = Choice {
        facts: vec![
            Fact::new("Activity", &format!("{}, {}", entry.name, entry.city)),
            Fact::new("Date", &day),
            Fact::new("Start", start),
            Fact::new("Ticket", ticket.name),
            Fact::new("Participants", &people),
        ],
        booked: format!("{} for {people} on {day} at {start}, {}", entry.name, ticket.name),
        date: day,
        until: None,
        time: Some(start.to_owned()),
        slot: start.to_owned(),
        units: people,
        party: people,
        price: ticket.each.times(people),
        later: None,
    };
    checkout::begin(&shop, visit, entry, choice)
}

fn fields(shop: &Shop) -> Vec<Field> {
    vec![
        Field::new("place", "City", city_list(Site::Tours)),
        Field::new("day", "Date", days(shop)),
        Field::new("people", "Participants", Control::Number { from: 1, to: 20 }).starting_with("2"),
        Field::new("q", "Activity (optional)", Control::Text).optional(),
    ]
}

/// Reads a search whose fields were found good.
fn outing(form: &Form) -> Outing {
    Outing {
        day: form.get("day").parse().unwrap_or_default(),
        people: form.get("people").parse().unwrap_or(1),
    }
}

fn describe(shop: &Shop, entry: &'static Entry, outing: Outing) -> Details {
    Details {
        page: Page::on(shop, entry, entry.name),
        entry,
        tint: tint(entry),
        price: price(entry),
        terms: entry.terms(outing.day, shop.first_day()),
        starts: open(shop, entry, &outing),
        outing,
        tickets: tickets(entry),
        unchosen: false,
        consent: None,
    }
}

/// The starts with room for the whole party.
fn open(shop: &Shop, entry: &Entry, outing: &Outing) -> Vec<&'static str> {
    if entry.is(Behaviour::SoldOut) {
        return Vec::new();
    }
    // Times of one width compare as text.
    let taken = |start: &str| entry.is(Behaviour::OtherTimes) && start < "15:00";
    let free = |start: &str| !taken(start) && shop.left(entry, outing.day, start) >= outing.people;
    STARTS.into_iter().filter(|start| free(start)).collect()
}

fn tickets(entry: &Entry) -> Vec<Ticket> {
    let kinds = if entry.payment() == Payment::Now { &TICKETS[..] } else { &TICKETS[..1] };
    kinds.iter().map(|(id, name, share)| Ticket { id, name, each: entry.base().percent(*share) }).collect()
}

fn price(entry: &Entry) -> String {
    match entry.payment() {
        Payment::Free => "Free".to_owned(),
        Payment::Hold => format!("Deposit {} per person", entry.base()),
        Payment::Now => format!("from {} per person", entry.base()),
    }
}
