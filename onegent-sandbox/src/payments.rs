//! Tillgate, the payment processor: card forms in frames, served from an origin of its own.

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};

use crate::{
    Behaviour, Money,
    app::{App, Shop},
    checkout::{
        payment::CardForm,
        submit::{self, Objection, Outcome},
    },
    draft::Draft,
    page::{self, Sent, html},
    shelf::Token,
};

#[derive(Template)]
#[template(path = "frame.html")]
struct FramePage {
    merchant: &'static str,
    booked: String,
    total: Money,
    form: CardForm,
}

#[derive(Template)]
#[template(path = "frame_message.html")]
struct FrameMessage {
    heading: &'static str,
}

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/frame/{draft}", get(show))
        .route("/frame/{draft}/pay", post(pay))
        .route("/style.css", get(style))
        .with_state(app)
}

async fn show(State(app): State<Arc<App>>, Path(token): Path<String>) -> Response {
    let token = Token::from(token.as_str());
    framed(&app, &token).map_or_else(
        || message(StatusCode::GONE, "This payment has ended"),
        |draft| render(&app, &token, &draft, false, StatusCode::OK),
    )
}

async fn pay(State(app): State<Arc<App>>, Path(token): Path<String>, Sent(form): Sent) -> Response {
    let token = Token::from(token.as_str());
    let Some(draft) = framed(&app, &token) else {
        return message(StatusCode::GONE, "This payment has ended");
    };
    let shop = Shop { app: Arc::clone(&app), site: draft.entry.site };
    let back = |step| page::go(&format!("{}{}", app.config.site_origin, shop.step_path(&token, step)));
    match submit::object(&app, &draft, &form) {
        Some(Objection::OldAmount) => return back(shop.words().payment.path),
        Some(Objection::NoCard) => {
            return render(&app, &token, &draft, true, StatusCode::UNPROCESSABLE_ENTITY);
        }
        None => {}
    }
    match submit::book(&app, &token, &draft) {
        Outcome::Booked => back(shop.words().done.path),
        Outcome::Gone => message(StatusCode::CONFLICT, "Sorry, this has just been taken"),
        Outcome::Failed => message(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side"),
    }
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../assets/frame.css")).into_response()
}

/// The draft of a frame: one that was reviewed and is paid for here.
fn framed(app: &App, token: &Token) -> Option<Draft> {
    let draft = app.drafts.with(token, app.now(), |draft| draft.clone())?;
    (draft.quoted.is_some() && draft.entry.is(Behaviour::FramedPayment)).then_some(draft)
}

fn render(app: &App, token: &Token, draft: &Draft, no_card: bool, status: StatusCode) -> Response {
    let due = draft.due(app.views(draft));
    let form = CardForm::new(draft, token, due, format!("/frame/{token}/pay"));
    let page = FramePage {
        merchant: draft.entry.name,
        booked: draft.choice.booked.clone(),
        total: due,
        form: CardForm { target: "_top", no_card, ..form },
    };
    html(status, &page)
}

fn message(status: StatusCode, heading: &'static str) -> Response {
    html(status, &FrameMessage { heading })
}
