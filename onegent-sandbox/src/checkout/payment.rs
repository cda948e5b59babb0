//! The payment page, with its form or with the processor's frame.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{
    AtStep, facts, pay_button,
    submit::{self, Objection, Outcome},
    total_label,
};
use crate::{
    Behaviour, Money,
    app::Shop,
    catalogue::Payment,
    draft::{Draft, Fact},
    page::{self, Answer, Page, Sent, html},
    session::Visit,
    shelf::Token,
};

/// The card form: on the site's own page, or alone in the processor's frame.
#[derive(Debug)]
pub(crate) struct CardForm {
    pub(crate) action: String,
    /// The frame's target, for a form that stands in one.
    pub(crate) target: &'static str,
    pub(crate) token: String,
    pub(crate) quote: Money,
    pub(crate) button: String,
    pub(crate) no_card: bool,
}

impl CardForm {
    pub(crate) fn new(draft: &Draft, token: &Token, due: Money, action: String) -> Self {
        let button = pay_button(draft, due);
        Self { action, target: "", token: token.to_string(), quote: due, button, no_card: false }
    }
}

#[derive(Template)]
#[template(path = "payment.html")]
struct PaymentPage {
    page: Page,
    facts: Vec<Fact>,
    total_label: &'static str,
    total: Money,
    /// The amount that the review page showed, when another is asked now.
    was: Option<Money>,
    form: CardForm,
    /// Address of the processor's frame, when it holds the form.
    frame: Option<String>,
}

pub(super) async fn show(State(shop): State<Shop>, visit: Visit, path: Path<String>) -> Answer {
    let step = AtStep::arrive_known(&shop, &visit, path).await?;
    if step.draft.entry.payment() == Payment::Free || step.draft.quoted.is_none() {
        return Ok(page::go(&step.path(&shop, shop.words().review.path)));
    }
    let due = step.draft.due(shop.app.view(&step.draft));
    Ok(render(&shop, &step, due, false, StatusCode::OK))
}

pub(super) async fn take(
    State(shop): State<Shop>,
    visit: Visit,
    path: Path<String>,
    Sent(form): Sent,
) -> Answer {
    let step = AtStep::arrive_known(&shop, &visit, path).await?;
    let draft = &step.draft;
    if draft.entry.payment() == Payment::Free || draft.entry.is(Behaviour::FramedPayment) {
        return Ok(page::go(&step.path(&shop, shop.words().payment.path)));
    }
    if form.get("token") != step.token.as_str() {
        return Err(page::ended(&shop));
    }
    let due = draft.due(shop.app.views(draft));
    match submit::object(&shop.app, draft, &form) {
        Some(Objection::OldAmount) => return Ok(render(&shop, &step, due, false, StatusCode::CONFLICT)),
        Some(Objection::NoCard) => {
            return Ok(render(&shop, &step, due, true, StatusCode::UNPROCESSABLE_ENTITY));
        }
        None => {}
    }
    match submit::book(&shop.app, &step.token, draft) {
        Outcome::Booked => Ok(page::go(&step.path(&shop, shop.words().done.path))),
        Outcome::Gone => Err(page::just_taken(&shop)),
        Outcome::Failed => Err(page::stumbled(&shop)),
    }
}

fn render(shop: &Shop, step: &AtStep, due: Money, no_card: bool, status: StatusCode) -> Response {
    let draft = &step.draft;
    let action = step.path(shop, shop.words().payment.path);
    let framed = draft.entry.is(Behaviour::FramedPayment);
    let page = PaymentPage {
        page: Page::on(shop, draft.entry, shop.words().payment.heading),
        facts: facts(shop, draft),
        total_label: total_label(draft.entry),
        total: due,
        was: draft.quoted.filter(|quoted| *quoted != due),
        form: CardForm { no_card, ..CardForm::new(draft, &step.token, due, action) },
        frame: framed.then(|| format!("{}/frame/{}", shop.app.config.payments_origin, step.token)),
    };
    html(status, &page)
}
