//! Suppertide: restaurants with tables at times of the day.

use askama::Template;
use axum::{
    Router,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use jiff::{
    ToSpan,
    civil::{Date, Time, time},
};

use super::{carried, city_list, days, search_page, tint};
use crate::{
    Behaviour, Entry, Site,
    app::Shop,
    catalogue::{self, Payment, names},
    checkout,
    draft::{Choice, Fact},
    form::{Control, Field, Form, clock_time, read_all},
    page::{Answer, Page, Sent, html},
    session::Visit,
    walls,
};

/// The fields that go with a guest from the results to a restaurant.
const CARRIED: [&str; 3] = ["date", "time", "party_size"];
/// How many times a card of the results offers.
const OFFERED: usize = 6;

/// The day, time and party of a search.
struct Wish {
    date: Date,
    time: Time,
    party: u32,
}

struct Card {
    entry: &'static Entry,
    tint: usize,
    policy: String,
    link: String,
    /// Whether the wanted time is free.
    wanted: bool,
    /// Times with links.
    slots: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "table/results.html")]
struct Results {
    page: Page,
    date: Date,
    time: String,
    party: u32,
    cards: Vec<Card>,
}

#[derive(Template)]
#[template(path = "table/details.html")]
struct Details {
    page: Page,
    entry: &'static Entry,
    tint: usize,
    policy: String,
    terms: String,
    date: Date,
    time: String,
    party: u32,
    slots: Vec<String>,
    unchosen: bool,
    /// Where the consent dialog sends its answer, while it stands.
    consent: Option<String>,
}

pub(super) fn routes() -> Router<Shop> {
    Router::new()
        .route("/table/", get(search))
        .route("/table/search", get(results))
        .route("/table/at/{entry}", get(details).post(reserve))
}

async fn search(State(shop): State<Shop>) -> Response {
    search_page(&shop, fields(&shop), StatusCode::OK)
}

async fn results(State(shop): State<Shop>, Sent(form): Sent) -> Response {
    let mut fields = fields(&shop);
    if !read_all(&mut fields, &form) {
        return search_page(&shop, fields, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let wish = wish(&form);
    let (city, name) = (form.get("city"), form.get("restaurant"));
    let matching = catalogue::of(Site::Table)
        .filter(|entry| entry.city == city && (name.is_empty() || names(name, entry.name)));
    let cards = matching.map(|entry| card(&shop, entry, &wish, &form)).collect();
    let page = Page::new(&shop, format!("Tables in {city}"));
    let Wish { date, time, party } = wish;
    html(StatusCode::OK, &Results { page, date, time: written(time), party, cards })
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
    let consent = walls::asks_consent(&shop, &visit, entry)
        .then(|| format!("/table/consent/{}?{}", entry.id, query.unwrap_or_default()));
    Ok(html(StatusCode::OK, &Details { consent, ..describe(&shop, entry, &wish(&form)) }))
}

async fn reserve(State(shop): State<Shop>, visit: Visit, Path(id): Path<String>, Sent(form): Sent) -> Answer {
    let entry = walls::enter(&shop, &visit, &id).await?;
    carried(&shop, fields(&shop), &["date", "party_size"], &form)?;
    let wish = wish(&form.with("time", form.get("slot")));
    if !open(&shop, entry, wish.date).contains(&wish.time) {
        let page = Details { unchosen: true, ..describe(&shop, entry, &wish) };
        return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let Wish { date, time, party } = wish;
    let time = written(time);
    let choice = Choice {
        facts: vec![
            Fact::new("Restaurant", &format!("{}, {}", entry.name, entry.city)),
            Fact::new("Date", &date),
            Fact::new("Time", &time),
            Fact::new("Party", &people(party)),
        ],
        booked: format!("Table for {party} at {} on {date} at {time}", entry.name),
        date,
        until: None,
        slot: time.clone(),
        time: Some(time),
        units: 1,
        party,
        price: entry.base().times(party),
        later: None,
    };
    checkout::begin(&shop, visit, entry, choice)
}

fn fields(shop: &Shop) -> Vec<Field> {
    vec![
        Field::new("city", "City", city_list(Site::Table)),
        Field::new("date", "Date", days(shop)),
        Field::new("time", "Time", Control::Time).starting_with("19:00"),
        Field::new("party_size", "Party size", Control::Number { from: 1, to: 20 }).starting_with("2"),
        Field::new("restaurant", "Restaurant (optional)", Control::Text).optional(),
    ]
}

/// Reads a search whose fields were found good. A time that was not sent reads as midnight, when no
/// table is open.
fn wish(form: &Form) -> Wish {
    Wish {
        date: form.get("date").parse().unwrap_or_default(),
        time: clock_time(form.get("time")).unwrap_or_default(),
        party: form.get("party_size").parse().unwrap_or(1),
    }
}

fn describe(shop: &Shop, entry: &'static Entry, wish: &Wish) -> Details {
    Details {
        page: Page::on(shop, entry, entry.name),
        entry,
        tint: tint(entry),
        policy: policy(entry),
        terms: entry.terms(wish.date, shop.first_day()),
        date: wish.date,
        time: written(wish.time),
        party: wish.party,
        slots: open(shop, entry, wish.date).into_iter().map(written).collect(),
        unchosen: false,
        consent: None,
    }
}

fn card(shop: &Shop, entry: &'static Entry, wish: &Wish, form: &Form) -> Card {
    let link = |time: &str| format!("{}?{}", shop.entry_path(entry), form.with("time", time).query(&CARRIED));
    let mut times = open(shop, entry, wish.date);
    let wanted = times.contains(&wish.time);
    times.sort_by_key(|time| time.duration_since(wish.time).abs());
    times.truncate(OFFERED);
    times.sort();
    let slots = times.into_iter().map(|time| (written(time), link(&written(time)))).collect();
    Card { entry, tint: tint(entry), policy: policy(entry), link: link(&written(wish.time)), wanted, slots }
}

/// The times of a day that still have a table: half hours at noon, half and some quarter hours at night.
fn open(shop: &Shop, entry: &Entry, date: Date) -> Vec<Time> {
    if entry.is(Behaviour::SoldOut) {
        return Vec::new();
    }
    let noon = time(12, 0, 0, 0).series(30.minutes()).take_while(|at| *at <= time(14, 30, 0, 0));
    let night = time(17, 0, 0, 0).series(15.minutes()).take_while(|at| *at <= time(22, 30, 0, 0));
    let served = |at: &Time| {
        at.minute() % 30 == 0
            || shop.app.seed.below(2, &["slot", entry.id, &date.to_string(), &written(*at)]) == 0
    };
    let taken =
        |at: &Time| entry.is(Behaviour::OtherTimes) && (time(18, 0, 0, 0)..=time(20, 30, 0, 0)).contains(at);
    noon.chain(night)
        .filter(|at| served(at) && !taken(at) && shop.left(entry, date, &written(*at)) > 0)
        .collect()
}

fn policy(entry: &Entry) -> String {
    match entry.payment() {
        Payment::Free => "Free to book".to_owned(),
        Payment::Hold => format!("Card guarantee {} per guest", entry.base()),
        Payment::Now => format!("Prepaid {} per guest", entry.base()),
    }
}

fn written(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

fn people(party: u32) -> String {
    if party == 1 { "1 person".to_owned() } else { format!("{party} people") }
}
