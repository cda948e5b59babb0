//! `/join`: somebody who was invited chooses how to sign in.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use onegent_core::account::Password;
use onegent_core::error::ErrorCode;
use onegent_core::guest::Email;
use onegent_core::port::InvitationToken;

use super::page::{Chrome, Room, query_param, render};
use super::provider;
use super::sign_in::{enter, proven_form, with_proof};
use super::view::Icon;
use super::visitor::Knock;
use crate::app::Shared;
use crate::limits::Origin;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "join.html")]
struct JoinPage {
    page: Chrome,
    csrf: String,
    token: String,
    email: String,
    email_wrong: Option<String>,
    password_wrong: Option<String>,
    provider: Option<(String, String)>,
}

/// What was typed, with what is wrong with it.
#[derive(Default)]
struct Draft {
    email: String,
    email_wrong: Option<String>,
    password_wrong: Option<String>,
}

/// `GET /join`, with `token` from the invitation's link. Opening it uses nothing up.
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let token = InvitationToken::new(query_param(query.as_deref(), "token").unwrap_or_default());
    shared.accounts.invited(&token).await?;
    join_page(&shared, &headers, StatusCode::OK, &token, Draft::default())
}

/// `POST /join`
pub(super) async fn join(
    State(shared): State<Arc<Shared>>,
    Knock(visitor): Knock,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let form = proven_form(&shared, &headers, body).await?;
    let token = InvitationToken::new(form.get("token").unwrap_or_default());
    let origin = Origin::of(visitor.address);
    shared.guesses.check(&origin)?;
    let typed = form.get("email").unwrap_or_default().to_owned();
    let email = typed.parse::<Email>();
    let password = form.get("password").unwrap_or_default().parse::<Password>();
    let (email, password) = match (email, password) {
        (Ok(email), Ok(password)) => (email, password),
        (email, password) => {
            let draft = Draft {
                email: typed,
                email_wrong: email.err().map(|error| format!("{error}.")),
                password_wrong: password.err().map(|error| format!("{error}.")),
            };
            return join_page(&shared, &headers, StatusCode::BAD_REQUEST, &token, draft);
        }
    };
    match shared.accounts.join(&visitor, &token, email, password).await {
        Ok(opened) => enter(&shared, &headers, opened, "/").await,
        Err(error) if error.code() == ErrorCode::InvalidRequest => {
            let wrong = error.wrong_fields().first().map(|field| format!("This address {}.", field.message));
            let draft = Draft { email: typed, email_wrong: wrong, password_wrong: None };
            join_page(&shared, &headers, StatusCode::BAD_REQUEST, &token, draft)
        }
        Err(error) => {
            shared.guesses.note(origin);
            Err(error.into())
        }
    }
}

fn join_page(
    shared: &Shared,
    headers: &HeaderMap,
    status: StatusCode,
    token: &InvitationToken,
    draft: Draft,
) -> Result<Response, Problem> {
    with_proof(shared, headers, |csrf| {
        let page = JoinPage {
            page: Chrome::new("Join", Room::None, None),
            csrf,
            token: token.expose().to_owned(),
            email: draft.email,
            email_wrong: draft.email_wrong,
            password_wrong: draft.password_wrong,
            provider: provider::way(shared, "invitation", token.expose()),
        };
        render(status, &page)
    })
}
