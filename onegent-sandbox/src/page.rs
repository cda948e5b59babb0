//! What all pages share: the frame around them, answers, and refusals.

use askama::Template;
use axum::{
    extract::{FromRequest, RawForm, Request},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use crate::{Behaviour, Entry, app::Shop, form::Form, words::Words};

/// The frame of a page.
pub(crate) struct Page {
    pub(crate) words: &'static Words,
    pub(crate) heading: String,
    /// Whether the page carries the text that orders assistants to pay.
    pub(crate) injection: bool,
}

impl Page {
    pub(crate) fn new(shop: &Shop, heading: impl Into<String>) -> Self {
        Self { words: shop.words(), heading: heading.into(), injection: false }
    }

    /// A page on one entry, with what its behaviours put on all of its pages.
    pub(crate) fn on(shop: &Shop, entry: &Entry, heading: impl Into<String>) -> Self {
        Self { injection: entry.is(Behaviour::Injection), ..Self::new(shop, heading) }
    }
}

/// The fields of the request at hand: its query for GET, its body for POST.
pub(crate) struct Sent(pub(crate) Form);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let RawForm(encoded) =
            RawForm::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self(Form::parse(&encoded)))
    }
}

/// A step that does not go on; the answer that says so.
pub(crate) struct Refusal(Box<Response>);

impl From<Response> for Refusal {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        *self.0
    }
}

pub(crate) type Answer = Result<Response, Refusal>;

pub(crate) fn html(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Sends the browser on with GET.
pub(crate) fn go(to: &str) -> Response {
    HeaderValue::from_str(to).map_or_else(
        |_| StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        |to| (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
    )
}

/// A page with a message and a way on.
#[derive(Template)]
#[template(path = "message.html")]
struct Message<'a> {
    page: Page,
    text: &'a str,
    onward: &'a str,
    link: String,
}

fn message(shop: &Shop, status: StatusCode, heading: &str, text: &str, onward: &str) -> Refusal {
    let (page, link) = (Page::new(shop, heading), shop.words().root.to_owned());
    html(status, &Message { page, text, onward, link }).into()
}

pub(crate) fn ended(shop: &Shop) -> Refusal {
    let text = "We keep a booking open for a while only. Nothing was booked or charged.";
    message(shop, StatusCode::GONE, "Your session has ended", text, "Start again")
}

pub(crate) fn missing(shop: &Shop) -> Refusal {
    let text = "There is nothing at this address.";
    message(shop, StatusCode::NOT_FOUND, "Page not found", text, "To the start page")
}

pub(crate) fn just_taken(shop: &Shop) -> Refusal {
    let text = "Someone else took the last one a moment ago. Nothing was booked or charged.";
    message(shop, StatusCode::CONFLICT, "Sorry, this has just been taken", text, "Search again")
}

/// A failure that a second try gets over.
pub(crate) fn stumbled(shop: &Shop) -> Refusal {
    let text = "Please try again in a moment.";
    let heading = "Something went wrong on our side";
    message(shop, StatusCode::INTERNAL_SERVER_ERROR, heading, text, "To the start page")
}
