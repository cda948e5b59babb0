//! Codes of the second factor: the second step of a sign-in, and the proof before a charge.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use onegent_core::error::ErrorCode;
use onegent_core::port::CodeTicket;

use super::form::SignedForm;
use super::page::{Chrome, Room, query_param, render};
use super::session::SignedIn;
use super::sign_in::{enter, local_path, next_of, proven_form, with_proof};
use super::view::Icon;
use super::visitor::Knock;
use crate::app::Shared;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    page: Chrome,
    /// Where the form goes.
    action: &'static str,
    csrf: String,
    /// Whose password was right, while somebody signs in.
    ticket: Option<String>,
    next: String,
    wrong: bool,
}

/// The page that asks for the code after the password.
pub(super) fn second_step(
    shared: &Shared,
    headers: &HeaderMap,
    ticket: &CodeTicket,
    next: String,
    wrong: bool,
) -> Result<Response, Problem> {
    let status = if wrong { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    with_proof(shared, headers, |csrf| {
        let page = Chrome::new("Your code", Room::None, None);
        let ticket = Some(ticket.expose().to_owned());
        render(status, &CodePage { page, action: "/sign-in/code", csrf, ticket, next, wrong })
    })
}

/// `POST /sign-in/code`
pub(super) async fn sign_in(
    State(shared): State<Arc<Shared>>,
    Knock(visitor): Knock,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let form = proven_form(&shared, &headers, body).await?;
    let next = next_of(&form);
    let ticket = CodeTicket::new(form.get("ticket").unwrap_or_default());
    let code = form.get("code").unwrap_or_default();
    match shared.accounts.sign_in_by_code(&visitor, &ticket, code).await {
        Ok(opened) => enter(&shared, &headers, opened, &next).await,
        Err(error) if error.code() == ErrorCode::NotSignedIn => {
            second_step(&shared, &headers, &ticket, next, true)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /account/code`, with `next` for the way on.
pub(super) async fn show(signed_in: SignedIn, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let next = query_param(query.as_deref(), "next");
    let next = next.as_deref().and_then(local_path).unwrap_or("/account").to_owned();
    code_page(&signed_in, StatusCode::OK, next, false)
}

/// `POST /account/code`: the session is proven for a while.
pub(super) async fn prove(State(shared): State<Arc<Shared>>, form: SignedForm) -> Result<Response, Problem> {
    let next = next_of(&form.form);
    let code = form.form.get("code").unwrap_or_default();
    match shared.accounts.prove(form.signed_in.person(), code).await {
        Ok(()) => Ok(Redirect::to(&next).into_response()),
        Err(error) if error.code() == ErrorCode::NotSignedIn => {
            code_page(&form.signed_in, StatusCode::UNAUTHORIZED, next, true)
        }
        Err(error) if error.code() == ErrorCode::SecondFactorRequired => {
            Ok(Redirect::to("/account#second-factor").into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn code_page(
    signed_in: &SignedIn,
    status: StatusCode,
    next: String,
    wrong: bool,
) -> Result<Response, Problem> {
    let page = Chrome::new("Your code", Room::None, Some(signed_in));
    let csrf = page.csrf().to_owned();
    render(status, &CodePage { page, action: "/account/code", csrf, ticket: None, next, wrong })
}
