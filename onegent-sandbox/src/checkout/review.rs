//! The review page: books what is free, and leads on to payment what is not.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
};

use super::{
    AtStep, facts,
    submit::{self, Outcome},
    total_label,
};
use crate::{
    Money,
    app::Shop,
    catalogue::Payment,
    draft::Fact,
    page::{self, Answer, Page, Sent, html},
    session::Visit,
};

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage {
    page: Page,
    facts: Vec<Fact>,
    total_label: &'static str,
    total: Money,
    later: Option<Money>,
    token: String,
    button: &'static str,
}

pub(super) async fn show(State(shop): State<Shop>, visit: Visit, path: Path<String>) -> Answer {
    let mut step = AtStep::arrive_known(&shop, &visit, path).await?;
    let due = step.draft.due(shop.app.views(&step.draft));
    step.draft.quoted.get_or_insert(due);
    step.save(&shop)?;
    let words = shop.words();
    let button = match step.draft.entry.payment() {
        Payment::Free => words.review.button,
        Payment::Hold | Payment::Now => words.payment.button,
    };
    let page = ReviewPage {
        page: Page::on(&shop, step.draft.entry, words.review.heading),
        facts: facts(&shop, &step.draft),
        total_label: total_label(step.draft.entry),
        total: due,
        later: step.draft.choice.later,
        token: step.token.to_string(),
        button,
    };
    Ok(html(StatusCode::OK, &page))
}

pub(super) async fn take(
    State(shop): State<Shop>,
    visit: Visit,
    path: Path<String>,
    Sent(form): Sent,
) -> Answer {
    let step = AtStep::arrive_known(&shop, &visit, path).await?;
    if step.draft.entry.payment() != Payment::Free {
        return Ok(page::go(&step.path(&shop, shop.words().payment.path)));
    }
    if form.get("token") != step.token.as_str() {
        return Err(page::ended(&shop));
    }
    match submit::book(&shop.app, &step.token, &step.draft) {
        Outcome::Booked => Ok(page::go(&step.path(&shop, shop.words().done.path))),
        Outcome::Gone => Err(page::just_taken(&shop)),
        Outcome::Failed => Err(page::stumbled(&shop)),
    }
}
