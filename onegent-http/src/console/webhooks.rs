//! `/developers/webhooks`: where the account is told of its jobs. A secret stands on the page that answers its creation, and
//! nowhere else.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use onegent_core::caller::Environment;
use onegent_core::error::ErrorCode;
use onegent_core::webhook::{IssuedWebhook, NewWebhook, WebhookEndpoint};

use super::form::{Form, SignedForm};
use super::page::{Chrome, Room, render};
use super::session::SignedIn;
use super::view::{Icon, When};
use crate::app::Shared;
use crate::problem::Problem;
use crate::rest::webhooks::EndpointPath;

const HERE: &str = "/developers/webhooks";

#[derive(Template)]
#[template(path = "webhooks.html")]
struct WebhooksPage {
    page: Chrome,
    issued: Option<Issued>,
    webhooks: Vec<WebhookRow>,
    form: Draft,
}

struct Issued {
    url: String,
    secret: String,
}

struct WebhookRow {
    id: String,
    url: String,
    environment: &'static str,
    created: When,
    waiting: u64,
    dead: u64,
}

impl From<WebhookEndpoint> for WebhookRow {
    fn from(webhook: WebhookEndpoint) -> Self {
        Self {
            id: webhook.endpoint_id.to_string(),
            url: webhook.url,
            environment: webhook.environment.as_str(),
            created: When(webhook.created_at),
            waiting: webhook.waiting,
            dead: webhook.dead,
        }
    }
}

/// The form as it was typed, with what is wrong with it.
#[derive(Default)]
struct Draft {
    url: String,
    live: bool,
    url_wrong: Option<String>,
}

impl Draft {
    fn typed(form: &Form) -> Self {
        Self {
            url: form.get("url").unwrap_or_default().to_owned(),
            live: form.get("environment") == Some(Environment::Live.as_str()),
            url_wrong: None,
        }
    }

    fn wrong(self, sentence: String) -> Self {
        Self { url_wrong: Some(sentence), ..self }
    }
}

/// `GET /developers/webhooks`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
) -> Result<Response, Problem> {
    webhooks_page(&shared, &signed_in, StatusCode::OK, None, Draft::default()).await
}

/// `POST /developers/webhooks`
pub(super) async fn create(State(shared): State<Arc<Shared>>, form: SignedForm) -> Result<Response, Problem> {
    let SignedForm { signed_in, form } = form;
    let draft = Draft::typed(&form);
    let again = async |draft| webhooks_page(&shared, &signed_in, StatusCode::BAD_REQUEST, None, draft).await;
    let url = match draft.url.parse() {
        Ok(url) => url,
        Err(error) => return again(draft.wrong(format!("An address: {error}."))).await,
    };
    let environment = Some(if draft.live { Environment::Live } else { Environment::Test });
    let new = NewWebhook { url, environment };
    let issued = match shared.webhooks.add_webhook(&signed_in.person().caller(), new).await {
        Err(error) if error.code() == ErrorCode::InvalidRequest => {
            let wrong = error.wrong_fields().first();
            let sentence =
                wrong.map_or_else(|| error.message().to_owned(), |field| format!("It {}.", field.message));
            return again(draft.wrong(sentence)).await;
        }
        issued => issued?,
    };
    webhooks_page(&shared, &signed_in, StatusCode::OK, Some(issued), Draft::default()).await
}

/// `POST /developers/webhooks/{endpointId}/remove`
pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    EndpointPath(id): EndpointPath,
    form: SignedForm,
) -> Result<Response, Problem> {
    shared.webhooks.remove_webhook(&form.signed_in.person().caller(), id).await?;
    Ok(Redirect::to(HERE).into_response())
}

/// `POST /developers/webhooks/{endpointId}/rotate`: the page shows the new secret.
pub(super) async fn rotate(
    State(shared): State<Arc<Shared>>,
    EndpointPath(id): EndpointPath,
    form: SignedForm,
) -> Result<Response, Problem> {
    let issued = shared.webhooks.rotate_webhook(&form.signed_in.person().caller(), id).await?;
    webhooks_page(&shared, &form.signed_in, StatusCode::OK, Some(issued), Draft::default()).await
}

/// `POST /developers/webhooks/{endpointId}/replay`
pub(super) async fn replay(
    State(shared): State<Arc<Shared>>,
    EndpointPath(id): EndpointPath,
    form: SignedForm,
) -> Result<Response, Problem> {
    shared.webhooks.replay_webhook(&form.signed_in.person().caller(), id).await?;
    Ok(Redirect::to(HERE).into_response())
}

async fn webhooks_page(
    shared: &Shared,
    signed_in: &SignedIn,
    status: StatusCode,
    issued: Option<IssuedWebhook>,
    form: Draft,
) -> Result<Response, Problem> {
    let page = shared.webhooks.webhooks(&signed_in.person().caller()).await?;
    let issued = issued.map(|new| Issued { url: new.webhook.url, secret: new.secret.expose().to_owned() });
    let page = WebhooksPage {
        page: Chrome::new("Webhooks", Room::Webhooks, Some(signed_in)),
        issued,
        webhooks: page.webhooks.into_iter().map(WebhookRow::from).collect(),
        form,
    };
    render(status, &page)
}
