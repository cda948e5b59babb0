//! The confirmation page.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
};

use super::{AtStep, facts};
use crate::{
    app::Shop,
    draft::Fact,
    page::{self, Answer, Page, html},
    session::Visit,
};

#[derive(Template)]
#[template(path = "done.html")]
struct DonePage {
    page: Page,
    code: Option<String>,
    facts: Vec<Fact>,
}

pub(super) async fn show(State(shop): State<Shop>, visit: Visit, path: Path<String>) -> Answer {
    let step = AtStep::arrive_known(&shop, &visit, path).await?;
    let booked = shop.app.journal().booked(step.token.as_str()).map(|record| record.code.clone());
    let Some(code) = booked else {
        return Ok(page::go(&step.path(&shop, shop.words().review.path)));
    };
    let page = Page::new(&shop, shop.words().done.heading);
    Ok(html(StatusCode::OK, &DonePage { page, code, facts: facts(&shop, &step.draft) }))
}
