//! The second storey: the same four trades, rendered by scripts, in other languages and currencies.
//!
//! A site is one empty page, a script that draws everything, and a few answers in JSON. What is booked goes into the same
//! ledger as on the sites below. `SITES.md` tells what is seen of each.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use self::entries::{ENTRIES, STARTS, TIMES};
use crate::{
    Entry, Site,
    app::App,
    catalogue::{Payment, names},
    checkout::submit::{self, Outcome},
    clock,
    draft::{Choice, Draft},
    guest::Guest,
    session::Visit,
    shelf::Token,
};

mod entries;

/// How many offers one page of a list has.
const PAGE: usize = 6;
const MOST_PEOPLE: u32 = 20;

/// One site of this storey.
#[derive(Debug, Clone, Copy)]
pub struct Annex {
    /// What it sells.
    pub site: Site,
    /// Its name.
    pub brand: &'static str,
    /// Where it begins, with a slash at both ends.
    pub root: &'static str,
    /// Its language (BCP 47).
    pub lang: &'static str,
    /// Its script, behind what all four share.
    script: &'static str,
}

/// The sites of this storey.
pub const ANNEXES: [Annex; 4] = [
    Annex {
        site: Site::Table,
        brand: "ひのき予約",
        root: "/hinoki/",
        lang: "ja",
        script: include_str!("../assets/scripted/hinoki.js"),
    },
    Annex {
        site: Site::Stay,
        brand: "Pousadas Ipê",
        root: "/ipe/",
        lang: "pt-BR",
        script: include_str!("../assets/scripted/ipe.js"),
    },
    Annex {
        site: Site::Air,
        brand: "Norrskensflyg",
        root: "/norrsken/",
        lang: "sv",
        script: include_str!("../assets/scripted/norrsken.js"),
    },
    Annex {
        site: Site::Tours,
        brand: "Bursztynowe Szlaki",
        root: "/bursztyn/",
        lang: "pl",
        script: include_str!("../assets/scripted/bursztyn.js"),
    },
];

/// What scripts of these sites may do, as their pages say it (Content Security Policy Level 3).
pub(crate) fn policy(app: &App) -> String {
    let pane = &app.config.payments_origin;
    format!(
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; \
         frame-src {pane}; base-uri 'none'"
    )
}

/// The same for the processor's pane.
pub(crate) const PANE_POLICY: &str =
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'";

#[derive(Clone)]
struct Counter {
    app: Arc<App>,
    annex: Annex,
}

/// All sites of this storey.
pub(crate) fn router(app: &Arc<App>) -> Router {
    ANNEXES.into_iter().fold(Router::new(), |router, annex| {
        let api = Router::new()
            .route("/", get(shell))
            .route("/app.js", get(script))
            .route("/api/places", get(places))
            .route("/api/offers", get(offers))
            .route("/api/drafts", post(draft))
            .route("/api/drafts/{draft}", get(state))
            .route("/api/drafts/{draft}/guest", post(guest))
            .route("/api/drafts/{draft}/order", post(order))
            .with_state(Counter { app: Arc::clone(app), annex });
        let root = annex.root.trim_end_matches('/');
        // A nested router answers without the slash at the end.
        let whole = Router::new().nest(root, api);
        let entry = Counter { app: Arc::clone(app), annex };
        router.merge(whole).merge(Router::new().route(annex.root, get(shell)).with_state(entry))
    })
}

/// The processor's side: a pane with a card form that its own script sends.
pub(crate) fn pane_router(app: Arc<App>) -> Router {
    Router::new()
        .route("/pane.js", get(async || javascript(include_str!("../assets/scripted/pane.js").to_owned())))
        .route("/pane/{draft}", get(pane))
        .route("/pane/{draft}/settle", post(settle))
        .with_state(app)
}

async fn shell(State(Counter { app, annex }): State<Counter>) -> Html<String> {
    let Annex { brand, root, lang, .. } = annex;
    let pane = &app.config.payments_origin;
    let first = clock::first_day(app.now());
    Html(format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>{brand}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"icon\" href=\"data:,\">\
         <style>{}</style></head><body data-root=\"{root}\" data-pane=\"{pane}\" data-today=\"{first}\">\
         <header><p>{brand}</p></header><main id=\"app\"></main><script src=\"{root}app.js\"></script></body></html>",
        include_str!("../assets/scripted/style.css")
    ))
}

async fn script(State(Counter { annex, .. }): State<Counter>) -> Response {
    javascript(format!("{}{}", include_str!("../assets/scripted/common.js"), annex.script))
}

fn javascript(text: String) -> Response {
    let kind = HeaderValue::from_static("text/javascript; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    q: String,
}

/// Names that begin with, or have in them, what was typed.
async fn places(
    State(Counter { annex, .. }): State<Counter>,
    Query(Typed { q }): Query<Typed>,
) -> Json<Vec<&'static str>> {
    let q = q.trim().to_lowercase();
    let mut found: Vec<&str> = Vec::new();
    for entry in of(annex) {
        let own: Vec<&'static str> = match annex.site {
            Site::Air => entry.city.split(" – ").collect(),
            Site::Table | Site::Stay | Site::Tours => vec![entry.name, entry.city],
        };
        for name in own {
            if !q.is_empty() && name.to_lowercase().contains(&q) && !found.contains(&name) {
                found.push(name);
            }
        }
    }
    Json(found)
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    page: usize,
}

#[derive(Serialize)]
struct Offer {
    id: &'static str,
    name: &'static str,
    city: &'static str,
    about: &'static str,
    currency: &'static str,
    price: Decimal,
    times: &'static [&'static str],
}

#[derive(Serialize)]
struct Offers {
    offers: Vec<Offer>,
    more: bool,
}

async fn offers(State(Counter { annex, .. }): State<Counter>, Query(asked): Query<Asked>) -> Json<Offers> {
    let fits = |entry: &&Entry| match annex.site {
        Site::Air => {
            let ends: Vec<_> = entry.city.split(" – ").collect();
            matches!(ends[..], [from, to] if from == asked.from && to == asked.to)
        }
        Site::Tours => true,
        Site::Table | Site::Stay => names(&asked.to, entry.name) || names(&asked.to, entry.city),
    };
    let found: Vec<_> = of(annex).filter(fits).collect();
    let offer = |entry: &&'static Entry| Offer {
        id: entry.id,
        name: entry.name,
        city: entry.city,
        about: entry.about,
        currency: entry.currency.code(),
        price: entry.base().amount(),
        times: times(entry.site),
    };
    let from = asked.page.saturating_mul(PAGE);
    let offers: Vec<_> = found.iter().skip(from).take(PAGE).map(offer).collect();
    Json(Offers { more: from + offers.len() < found.len(), offers })
}

fn times(site: Site) -> &'static [&'static str] {
    match site {
        Site::Table => &TIMES,
        Site::Air | Site::Tours => &STARTS,
        Site::Stay => &[],
    }
}

#[derive(Deserialize)]
struct Chosen {
    entry: String,
    date: Date,
    until: Option<Date>,
    time: Option<String>,
    party: u32,
}

#[derive(Serialize)]
struct Drafted {
    draft: String,
    total: Decimal,
    currency: &'static str,
    free: bool,
}

async fn draft(
    State(Counter { app, annex }): State<Counter>,
    Json(chosen): Json<Chosen>,
) -> Result<Json<Drafted>, StatusCode> {
    let entry = of(annex).find(|entry| entry.id == chosen.entry).ok_or(StatusCode::NOT_FOUND)?;
    let choice = choice(&app, entry, chosen).ok_or(StatusCode::UNPROCESSABLE_ENTITY)?;
    let (total, free) = (choice.price.amount(), entry.payment() == Payment::Free);
    // Whoever has the token has the draft: these sites keep no cookie.
    let draft = Draft::new(Visit(Token::from("")), entry, choice);
    let token = app.drafts.put(draft, app.now()).map_err(|error| {
        tracing::error!(%error, "no random bytes for a draft");
        StatusCode::SERVICE_UNAVAILABLE
    })?;
    Ok(Json(Drafted { draft: token.to_string(), total, currency: entry.currency.code(), free }))
}

fn choice(app: &App, entry: &Entry, chosen: Chosen) -> Option<Choice> {
    let Chosen { date, until, time, party, .. } = chosen;
    let open = clock::first_day(app.now())..=clock::last_day(app.now());
    let nights =
        u32::try_from(until.map_or(1, |until| until.since(date).map_or(0, |span| span.get_days()))).ok()?;
    let timed = match times(entry.site) {
        [] => time.is_none() && until.is_some(),
        offered => time.as_deref().is_some_and(|time| offered.contains(&time)) && until.is_none(),
    };
    if !open.contains(&date) || !timed || nights == 0 || !(1..=MOST_PEOPLE).contains(&party) {
        return None;
    }
    let units = if entry.site == Site::Stay { nights } else { party };
    Some(Choice {
        facts: Vec::new(),
        booked: format!("{} for {party} on {date}", entry.name),
        date,
        until,
        slot: time.clone().unwrap_or_else(|| "room".to_owned()),
        time,
        units: 1,
        party,
        price: entry.base().times(units),
        later: None,
    })
}

#[derive(Deserialize)]
struct Told {
    given: String,
    family: String,
    email: String,
    phone: String,
}

async fn guest(
    State(Counter { app, annex }): State<Counter>,
    Path(token): Path<String>,
    Json(told): Json<Told>,
) -> StatusCode {
    let Told { given, family, email, phone } = told;
    if [&given, &family, &phone].iter().any(|text| text.trim().is_empty()) || !email.contains('@') {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    let guest = Guest { name: format!("{given} {family}"), family, email };
    let known = app.drafts.with(&Token::from(token.as_str()), app.now(), |draft| {
        let own = draft.entry.site == annex.site;
        if own {
            draft.quoted = Some(draft.choice.price);
            draft.guest = Some(guest);
        }
        own
    });
    if known == Some(true) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

#[derive(Serialize)]
struct Ordered {
    booked: bool,
    code: Option<String>,
}

/// The step that takes, where the site takes money itself or none at all.
async fn order(
    State(Counter { app, annex }): State<Counter>,
    Path(token): Path<String>,
) -> Result<Json<Ordered>, StatusCode> {
    if annex.site == Site::Air {
        return Err(StatusCode::PAYMENT_REQUIRED);
    }
    take(&app, &Token::from(token.as_str()))
}

/// The processor's step, for the airline.
async fn settle(State(app): State<Arc<App>>, Path(token): Path<String>) -> Result<Json<Ordered>, StatusCode> {
    let token = Token::from(token.as_str());
    let own =
        app.drafts.with(&token, app.now(), |draft| is_scripted(draft.entry) && draft.entry.site == Site::Air);
    if own == Some(true) { take(&app, &token) } else { Err(StatusCode::NOT_FOUND) }
}

fn take(app: &App, token: &Token) -> Result<Json<Ordered>, StatusCode> {
    let draft = app.drafts.with(token, app.now(), |draft| draft.clone()).ok_or(StatusCode::NOT_FOUND)?;
    if !is_scripted(draft.entry) || draft.guest.is_none() {
        return Err(StatusCode::CONFLICT);
    }
    match submit::book(app, token, &draft) {
        Outcome::Booked => Ok(ordered(app, token)),
        Outcome::Gone => Err(StatusCode::CONFLICT),
        Outcome::Failed => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn state(State(Counter { app, .. }): State<Counter>, Path(token): Path<String>) -> Json<Ordered> {
    ordered(&app, &Token::from(token.as_str()))
}

fn ordered(app: &App, token: &Token) -> Json<Ordered> {
    let journal = app.journal();
    let booked = journal.booked(token.as_str());
    Json(Ordered { booked: booked.is_some(), code: booked.and_then(|record| record.code.clone()) })
}

async fn pane(State(app): State<Arc<App>>, Path(token): Path<String>) -> Result<Html<String>, StatusCode> {
    let token = Token::from(token.as_str());
    let due =
        app.drafts.with(&token, app.now(), |draft| is_scripted(draft.entry).then_some(draft.choice.price));
    let due = due.flatten().ok_or(StatusCode::NOT_FOUND)?;
    let amount = format!("{} {}", due.amount().to_string().replace('.', ","), due.currency().code());
    let page = include_str!("../assets/scripted/pane.html");
    Ok(Html(page.replace("{amount}", &amount).replace("{draft}", token.as_str())))
}

fn of(annex: Annex) -> impl Iterator<Item = &'static Entry> {
    ENTRIES.iter().filter(move |entry| entry.site == annex.site)
}

fn is_scripted(entry: &Entry) -> bool {
    ENTRIES.iter().any(|own| own.id == entry.id)
}

/// What the sites of this storey sell.
pub fn scripted_catalogue() -> &'static [Entry] {
    ENTRIES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_entry_is_sold_on_both_storeys() {
        for entry in ENTRIES {
            assert!(crate::catalogue().iter().all(|below| below.id != entry.id), "{}", entry.id);
        }
    }
}
