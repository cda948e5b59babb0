//! The four sites: each searches and offers in its own way, and hands the choice to the checkout.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use crate::{
    Entry, Site,
    app::{App, Shop},
    catalogue, checkout,
    form::{Control, Field, Form},
    page::{Page, Refusal, html},
    session, walls, words,
};

mod air;
mod stay;
mod table;
mod tours;

/// All pages of a site, at its root.
pub(crate) fn router(app: &Arc<App>, site: Site) -> Router {
    let shop = Shop { app: Arc::clone(app), site };
    let words = words::of(site);
    let (shopping, css) = match site {
        Site::Table => (
            table::routes(),
            concat!(include_str!("../assets/base.css"), include_str!("../assets/table.css")),
        ),
        Site::Stay => {
            (stay::routes(), concat!(include_str!("../assets/base.css"), include_str!("../assets/stay.css")))
        }
        Site::Air => {
            (air::routes(), concat!(include_str!("../assets/base.css"), include_str!("../assets/air.css")))
        }
        Site::Tours => (
            tours::routes(),
            concat!(include_str!("../assets/base.css"), include_str!("../assets/tours.css")),
        ),
    };
    let pages = shopping
        .merge(checkout::routes(words))
        .route(&format!("{}consent/{{entry}}", words.root), post(walls::consent))
        .layer(middleware::from_fn_with_state(shop.clone(), session::open));
    Router::new()
        .route(&format!("{}style.css", words.root), get(async move || style(css)))
        .route(&format!("{}captcha.svg", words.root), get(walls::picture))
        .merge(pages)
        .with_state(shop)
}

fn style(css: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], css).into_response()
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    page: Page,
    fields: Vec<Field>,
    failed: bool,
    action: String,
    places: Vec<&'static str>,
}

/// The search form: fresh, or with what is wrong with it.
fn search_page(shop: &Shop, fields: Vec<Field>, status: StatusCode) -> Response {
    let words = shop.words();
    let page = SearchPage {
        page: Page::new(shop, words.tagline),
        fields,
        failed: status != StatusCode::OK,
        action: format!("{}{}", words.root, words.results),
        places: match shop.site {
            Site::Air => catalogue::AIRPORTS.iter().map(|airport| airport.city).collect(),
            Site::Table | Site::Stay | Site::Tours => catalogue::cities(shop.site),
        },
    };
    html(status, &page)
}

/// Judges the fields that an entry's address carries over from the search; when one is wrong, the
/// answer is the search form with its message.
fn carried(shop: &Shop, mut fields: Vec<Field>, names: &[&str], form: &Form) -> Result<(), Refusal> {
    for field in fields.iter_mut().filter(|field| names.contains(&field.name.as_str())) {
        field.read(form);
    }
    if fields.iter().all(|field| field.error.is_none()) {
        return Ok(());
    }
    Err(search_page(shop, fields, StatusCode::UNPROCESSABLE_ENTITY).into())
}

/// A select of the site's cities.
fn city_list(site: Site) -> Control {
    Control::Select(
        catalogue::cities(site).into_iter().map(|city| (city.to_owned(), city.to_owned())).collect(),
    )
}

fn days(shop: &Shop) -> Control {
    Control::Date { from: shop.first_day(), to: shop.last_day() }
}

/// The colours of an entry's picture, one of six pairs of its site's style sheet: neighbours differ.
fn tint(entry: &Entry) -> usize {
    catalogue::of(entry.site).position(|other| other.id == entry.id).unwrap_or_default() % 6
}
