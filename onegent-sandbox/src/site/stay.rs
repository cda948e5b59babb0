//! Larkhaven: hotels with rooms for nights.

use askama::Template;
use axum::{
    Router,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use jiff::{ToSpan, civil::Date};

use super::{days, search_page, tint};
use crate::{
    Behaviour, Entry, Money, Site,
    app::Shop,
    catalogue::{self, Payment, names},
    checkout,
    draft::{Choice, Fact},
    form::{Control, Field, Form, complain, read_all},
    page::{Answer, Page, Sent, html},
    session::Visit,
    walls,
};

/// The fields of a search, which go with a guest to a hotel.
const CARRIED: [&str; 5] = ["destination", "checkin", "checkout", "adults", "rooms"];
/// Kinds of room: name in forms, name for people, what it costs of the base price in percent.
const ROOMS: [(&str, &str, u32); 3] =
    [("cosy", "Cosy double", 100), ("garden", "Garden room", 125), ("suite", "Corner suite", 180)];
/// The longest stay, in nights.
const LONGEST: u32 = 30;

/// The nights and people of a search.
struct Stay {
    checkin: Date,
    checkout: Date,
    nights: u32,
    adults: u32,
    rooms: u32,
}

struct Card {
    entry: &'static Entry,
    tint: usize,
    policy: &'static str,
    link: String,
    nightly: Money,
    total: Money,
    /// Other dates with links, where these are taken; empty where all are.
    others: Vec<(String, String)>,
    open: bool,
}

#[derive(Template)]
#[template(path = "stay/results.html")]
struct Results {
    page: Page,
    stay: Stay,
    cards: Vec<Card>,
}

struct Room {
    id: &'static str,
    name: &'static str,
    nightly: Money,
    total: Money,
}

#[derive(Template)]
#[template(path = "stay/details.html")]
struct Details<'a> {
    page: Page,
    entry: &'static Entry,
    tint: usize,
    policy: &'static str,
    terms: String,
    stay: Stay,
    rooms: Vec<Room>,
    carried: Vec<(&'static str, &'a str)>,
    unchosen: bool,
    /// Where the consent dialog sends its answer, while it stands.
    consent: Option<String>,
}

pub(super) fn routes() -> Router<Shop> {
    Router::new()
        .route("/stay/", get(search))
        .route("/stay/hotels", get(results))
        .route("/stay/hotels/{entry}", get(details).post(select))
}

async fn search(State(shop): State<Shop>) -> Response {
    search_page(&shop, fields(&shop), StatusCode::OK)
}

async fn results(State(shop): State<Shop>, Sent(form): Sent) -> Response {
    let stay = match read(&shop, &form) {
        Ok(stay) => stay,
        Err(fields) => return search_page(&shop, fields, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let destination = form.get("destination");
    let named = |entry: &&Entry| names(destination, entry.name) || names(destination, entry.city);
    let cards =
        catalogue::of(Site::Stay).filter(named).map(|entry| card(&shop, entry, &stay, &form)).collect();
    let page = Page::new(&shop, format!("Stays in {destination}"));
    html(StatusCode::OK, &Results { page, stay, cards })
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
        .then(|| format!("/stay/consent/{}?{}", entry.id, query.unwrap_or_default()));
    Ok(match read(&shop, &form) {
        Ok(stay) => html(StatusCode::OK, &Details { consent, ..describe(&shop, entry, stay, &form) }),
        Err(fields) => search_page(&shop, fields, StatusCode::UNPROCESSABLE_ENTITY),
    })
}

async fn select(State(shop): State<Shop>, visit: Visit, Path(id): Path<String>, Sent(form): Sent) -> Answer {
    let entry = walls::enter(&shop, &visit, &id).await?;
    let stay = match read(&shop, &form) {
        Ok(stay) => stay,
        Err(fields) => return Ok(search_page(&shop, fields, StatusCode::UNPROCESSABLE_ENTITY)),
    };
    let mut rooms = offered(&shop, entry, &stay).into_iter();
    let Some(room) = rooms.find(|room| room.id == form.get("room")) else {
        let page = Details { unchosen: true, ..describe(&shop, entry, stay, &form) };
        return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let (price, later) = match entry.payment() {
        Payment::Free => (Money::zero(entry.currency), Some(room.total)),
        Payment::Hold => (room.nightly.times(stay.rooms), Some(room.total)),
        Payment::Now => (room.total, None),
    };
    let Stay { checkin, checkout, nights, adults, rooms } = stay;
    let choice = Choice {
        facts: vec![
            Fact::new("Hotel", &format!("{}, {}", entry.name, entry.city)),
            Fact::new("Room", &format!("{rooms} × {}", room.name)),
            Fact::new("Check-in", &checkin),
            Fact::new("Check-out", &format!("{checkout} ({})", counted(nights, "night"))),
            Fact::new("Guests", &adults),
        ],
        booked: format!(
            "{rooms} × {} at {}, {checkin} to {checkout}, {adults} guests",
            room.name, entry.name
        ),
        date: checkin,
        until: Some(checkout),
        time: None,
        slot: room.id.to_owned(),
        units: rooms,
        party: adults,
        price,
        later,
    };
    checkout::begin(&shop, visit, entry, choice)
}

fn fields(shop: &Shop) -> Vec<Field> {
    let cities = catalogue::cities(Site::Stay).into_iter().map(str::to_owned).collect();
    vec![
        Field::new("destination", "Where are you going?", Control::Suggest(cities)),
        Field::new("checkin", "Check-in date", days(shop)),
        Field::new("checkout", "Check-out date", days(shop)),
        Field::new("adults", "Guests", Control::Number { from: 1, to: 10 }).starting_with("2"),
        Field::new("rooms", "Rooms", Control::Number { from: 1, to: 5 }).starting_with("1"),
    ]
}

/// Reads a search, or gives its fields back with their errors.
fn read(shop: &Shop, form: &Form) -> Result<Stay, Vec<Field>> {
    let mut fields = fields(shop);
    if !read_all(&mut fields, form) {
        return Err(fields);
    }
    let date = |name| form.get(name).parse::<Date>().unwrap_or_default();
    let number = |name| form.get(name).parse().unwrap_or(1);
    let (checkin, checkout) = (date("checkin"), date("checkout"));
    let nights = checkin.until(checkout).map_or(0, |span| u32::try_from(span.get_days()).unwrap_or_default());
    if !(1..=LONGEST).contains(&nights) {
        complain(&mut fields, "checkout", "Check-out has to be 1 to 30 nights after check-in.");
        return Err(fields);
    }
    let (adults, rooms) = (number("adults"), number("rooms"));
    if rooms > adults {
        complain(&mut fields, "rooms", "There has to be a guest for each room.");
        return Err(fields);
    }
    Ok(Stay { checkin, checkout, nights, adults, rooms })
}

fn describe<'a>(shop: &Shop, entry: &'static Entry, stay: Stay, form: &'a Form) -> Details<'a> {
    Details {
        page: Page::on(shop, entry, entry.name),
        entry,
        tint: tint(entry),
        policy: policy(entry),
        terms: entry.terms(stay.checkin, shop.first_day()),
        rooms: offered(shop, entry, &stay),
        stay,
        carried: CARRIED.iter().map(|name| (*name, form.get(name))).collect(),
        unchosen: false,
        consent: None,
    }
}

fn card(shop: &Shop, entry: &'static Entry, stay: &Stay, form: &Form) -> Card {
    let rooms = offered(shop, entry, stay);
    let search = |form: &Form| format!("/stay/hotels?{}", form.query(&CARRIED));
    let others = if entry.is(Behaviour::OtherTimes) && rooms.is_empty() {
        let moved = |days: i64| {
            let (from, to) = (stay.checkin.checked_add(days.days()), stay.checkout.checked_add(days.days()));
            from.ok().zip(to.ok()).filter(|(from, to)| {
                !taken(entry, *from) && *from >= shop.first_day() && *to <= shop.last_day()
            })
        };
        let link = |(from, to): (Date, Date)| {
            let form = form.with("destination", entry.name).with("checkin", &from.to_string());
            (format!("{from} to {to}"), search(&form.with("checkout", &to.to_string())))
        };
        [-3, -2, -1, 1, 2, 3].into_iter().filter_map(moved).map(link).collect()
    } else {
        Vec::new()
    };
    let cheapest = rooms.first();
    Card {
        entry,
        tint: tint(entry),
        policy: policy(entry),
        link: format!("{}?{}", shop.entry_path(entry), form.query(&CARRIED)),
        nightly: cheapest.map_or_else(|| entry.base(), |room| room.nightly),
        total: cheapest.map_or_else(|| entry.base(), |room| room.total),
        others,
        open: cheapest.is_some(),
    }
}

/// The kinds of room that are free for the whole party, cheapest first.
fn offered(shop: &Shop, entry: &Entry, stay: &Stay) -> Vec<Room> {
    if entry.is(Behaviour::SoldOut) || taken(entry, stay.checkin) {
        return Vec::new();
    }
    // Between 90 and 115 percent of the base price, by day.
    let season = 90 + shop.app.seed.below(26, &["season", entry.id, &stay.checkin.to_string()]);
    let base = entry.base().percent(season);
    ROOMS
        .into_iter()
        .filter(|(id, ..)| shop.left(entry, stay.checkin, id) >= stay.rooms)
        .map(|(id, name, share)| {
            let nightly = base.percent(share);
            Room { id, name, nightly, total: nightly.times(stay.nights).times(stay.rooms) }
        })
        .collect()
}

/// Whether a hotel that offers other dates is full from this one.
fn taken(entry: &Entry, checkin: Date) -> bool {
    entry.is(Behaviour::OtherTimes) && checkin.day() % 2 == 1
}

fn policy(entry: &Entry) -> &'static str {
    match entry.payment() {
        Payment::Free => "Pay at the property",
        Payment::Hold => "Card guarantee",
        Payment::Now => "Pay now",
    }
}

fn counted(count: u32, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
