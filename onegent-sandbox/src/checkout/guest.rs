//! The guest form.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::AtStep;
use crate::{
    Site,
    app::Shop,
    draft::{Draft, Fact},
    guest::{self, Group},
    page::{self, Answer, Page, Sent, html},
    session::Visit,
    words::EXTRAS,
};

#[derive(Template)]
#[template(path = "guest.html")]
struct GuestPage<'a> {
    page: Page,
    merchant: &'a str,
    facts: &'a [Fact],
    groups: Vec<Group>,
    failed: bool,
}

pub(super) async fn show(State(shop): State<Shop>, visit: Visit, path: Path<String>) -> Answer {
    let step = AtStep::arrive(&shop, &visit, path).await?;
    let groups = guest::form(shop.site, step.draft.choice.party);
    Ok(render(&shop, &step.draft, groups, StatusCode::OK))
}

pub(super) async fn take(
    State(shop): State<Shop>,
    visit: Visit,
    path: Path<String>,
    Sent(form): Sent,
) -> Answer {
    let mut step = AtStep::arrive(&shop, &visit, path).await?;
    let guest = match guest::read(shop.site, step.draft.choice.party, &form) {
        Ok(guest) => guest,
        Err(groups) => return Ok(render(&shop, &step.draft, groups, StatusCode::UNPROCESSABLE_ENTITY)),
    };
    step.draft.guest = Some(guest);
    step.save(&shop)?;
    let next = if shop.site == Site::Air { EXTRAS } else { shop.words().review.path };
    Ok(page::go(&step.path(&shop, next)))
}

fn render(shop: &Shop, draft: &Draft, groups: Vec<Group>, status: StatusCode) -> Response {
    let page = Page::new(shop, shop.words().guest.heading);
    let failed = status != StatusCode::OK;
    html(status, &GuestPage { page, merchant: draft.entry.name, facts: &draft.choice.facts, groups, failed })
}
