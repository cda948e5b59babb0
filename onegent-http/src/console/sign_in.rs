//! Signing in by a one-time link or by e-mail and password, and signing out.
//!
//! Opening the link uses nothing up, so that a mail program's preview does no harm; its button does.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use onegent_core::error::{Error, ErrorCode};
use onegent_core::port::{Opened, SessionToken, SignInToken, SignedIn};
use secrecy::SecretString;

use super::cookie::{Cookie, Site};
use super::form::{Form, SignedForm};
use super::guard::same_token;
use super::page::{Chrome, Room, query_param, render};
use super::session::MaybeSignedIn;
use super::view::Icon;
use super::visitor::Knock;
use crate::app::Shared;
use crate::limits::Origin;
use crate::problem::Problem;

/// Longer than any token that was ever given out.
const MOST_TOKEN: usize = 512;
/// How long a sign-in page may stay open, in seconds.
const FORM_SECONDS: i64 = 3600;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Chrome,
    /// The link's token; without one the page says how to get a link.
    token: Option<String>,
    next: String,
    form: String,
    note: Note,
    /// What was typed as an address, to be corrected.
    email: String,
    /// What the provider is called and the way there, where one is configured.
    provider: Option<(String, String)>,
}

/// What stands above the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Note {
    None,
    /// The link is used up or over.
    LinkIsOver,
    /// Address and password belong to nobody.
    WrongPassword,
    /// A form did nothing for want of a session that is fresh enough.
    Again,
}

/// `GET /sign-in`, with `token` from a link, `next` for the way on, `again` where an open session is not enough.
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    MaybeSignedIn(signed_in): MaybeSignedIn,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let param = |name| query_param(query.as_deref(), name);
    let token = param("token").filter(|token| !token.is_empty() && token.len() <= MOST_TOKEN);
    // A link is opened from a terminal, which does not know where its reader came from.
    let next = param("next").or_else(|| Cookie::Next.read(&headers, Site::of(&shared.public_url)));
    let next = next.as_deref().and_then(local_path).unwrap_or("/").to_owned();
    let note = if param("again").is_some() { Note::Again } else { Note::None };
    if token.is_none() && signed_in.is_some() && note == Note::None {
        return Ok(Redirect::to(&next).into_response());
    }
    sign_in_page(&shared, &headers, StatusCode::OK, token, Draft { next, email: String::new() }, note)
}

/// What a sign-in page keeps from one try to the next.
struct Draft {
    next: String,
    email: String,
}

fn sign_in_page(
    shared: &Shared,
    headers: &HeaderMap,
    status: StatusCode,
    token: Option<String>,
    draft: Draft,
    note: Note,
) -> Result<Response, Problem> {
    let Draft { next, email } = draft;
    let waits = token.is_none() && next != "/";
    let keep = waits.then(|| Cookie::Next.set(&next, FORM_SECONDS, Site::of(&shared.public_url))).flatten();
    let provider = super::provider::way(shared, "next", &next);
    let mut response = with_proof(shared, headers, |form| {
        let page = Chrome::new("Sign in", Room::None, None);
        render(status, &SignInPage { page, token, next, form, note, email, provider })
    })?;
    if let Some(keep) = keep {
        response.headers_mut().append(header::SET_COOKIE, keep);
    }
    Ok(response)
}

/// A page whose form repeats this browser's proof, since there is no session yet to hold one.
pub(super) fn with_proof(
    shared: &Shared,
    headers: &HeaderMap,
    page: impl FnOnce(String) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let site = Site::of(&shared.public_url);
    // One proof for all open sign-in pages of this browser, so that a second tab does not break the first.
    let form = match Cookie::Form.read(headers, site).filter(|form| is_proof(form)) {
        Some(form) => form,
        None => new_proof()?,
    };
    let set = Cookie::Form.set(&form, FORM_SECONDS, site);
    let mut response = page(form)?;
    if let Some(set) = set {
        response.headers_mut().append(header::SET_COOKIE, set);
    }
    Ok(response)
}

/// A form of somebody who is not signed in, with this browser's proof.
pub(super) async fn proven_form(shared: &Shared, headers: &HeaderMap, body: Body) -> Result<Form, Problem> {
    let form = Form::read(headers, body, shared).await?;
    let proof = Cookie::Form.read(headers, Site::of(&shared.public_url)).unwrap_or_default();
    same_token(form.get("csrf"), &proof)?;
    Ok(form)
}

/// Where a form wants to go on.
pub(super) fn next_of(form: &Form) -> String {
    form.get("next").and_then(local_path).unwrap_or("/").to_owned()
}

/// `POST /sign-in`: uses up the link and opens a session.
pub(super) async fn sign_in(
    State(shared): State<Arc<Shared>>,
    Knock(visitor): Knock,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let form = proven_form(&shared, &headers, body).await?;
    let next = next_of(&form);
    let token = SignInToken::new(form.get("token").unwrap_or_default().to_owned());
    let origin = Origin::of(visitor.address);
    shared.guesses.check(&origin)?;
    match shared.authority.sign_in(&visitor, &token).await {
        Ok((token, session)) => enter(&shared, &headers, Opened { token, session }, &next).await,
        Err(error) if error.code() == ErrorCode::NotSignedIn => {
            shared.guesses.note(origin);
            let draft = Draft { next, email: String::new() };
            sign_in_page(&shared, &headers, StatusCode::UNAUTHORIZED, None, draft, Note::LinkIsOver)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /sign-in/password`
pub(super) async fn by_password(
    State(shared): State<Arc<Shared>>,
    Knock(visitor): Knock,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let form = proven_form(&shared, &headers, body).await?;
    let (next, email) = (next_of(&form), form.get("email").unwrap_or_default().to_owned());
    let password = SecretString::from(form.get("password").unwrap_or_default().to_owned());
    match shared.accounts.sign_in_by_password(&visitor, &email, &password).await {
        Ok(SignedIn::Opened(opened)) => enter(&shared, &headers, *opened, &next).await,
        Ok(SignedIn::NeedsCode(ticket)) => super::code::second_step(&shared, &headers, &ticket, next, false),
        Err(error) if error.code() == ErrorCode::NotSignedIn => {
            let draft = Draft { next, email };
            sign_in_page(&shared, &headers, StatusCode::UNAUTHORIZED, None, draft, Note::WrongPassword)
        }
        Err(error) => Err(error.into()),
    }
}

/// Lets somebody in with a session that was just opened.
pub(super) async fn enter(
    shared: &Shared,
    headers: &HeaderMap,
    opened: Opened,
    next: &str,
) -> Result<Response, Problem> {
    let (site, Opened { token, session }) = (Site::of(&shared.public_url), opened);
    // Whoever was signed in here before is so no more.
    if let Some(old) = Cookie::Session.read(headers, site) {
        end(shared, &SessionToken::new(old)).await;
    }
    let seconds = session.expires_at.duration_since(shared.clock.now()).as_secs().max(0);
    let set = Cookie::Session
        .set(token.expose(), seconds, site)
        .ok_or_else(|| Error::new(ErrorCode::Internal, "The session could not be kept in a cookie."))?;
    let mut response = Redirect::to(next).into_response();
    response.headers_mut().append(header::SET_COOKIE, set);
    for remove in
        [Cookie::Form, Cookie::Next, Cookie::Visit].map(|cookie| cookie.remove(site)).into_iter().flatten()
    {
        response.headers_mut().append(header::SET_COOKIE, remove);
    }
    Ok(response)
}

/// `POST /sign-out`
pub(super) async fn sign_out(
    State(shared): State<Arc<Shared>>,
    form: SignedForm,
) -> Result<Response, Problem> {
    shared.authority.sign_out(&form.signed_in.token).await?;
    let mut response = Redirect::to("/sign-in").into_response();
    if let Some(remove) = Cookie::Session.remove(Site::of(&shared.public_url)) {
        response.headers_mut().append(header::SET_COOKIE, remove);
    }
    Ok(response)
}

async fn end(shared: &Shared, token: &SessionToken) {
    // An old session that is unknown or can't be ended does not stand in the way of the new one.
    if let Err(error) = shared.authority.sign_out(token).await {
        tracing::debug!(code = %error.code(), "the old session was not ended");
    }
}

/// A path of this server and nothing else: no other host, no backslash or control character that a browser would
/// read as one.
pub(super) fn local_path(path: &str) -> Option<&str> {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    (plain && path.starts_with('/') && !path.starts_with("//") && path.len() <= 512).then_some(path)
}

fn new_proof() -> Result<String, Problem> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::unavailable(std::io::Error::other(error.to_string())))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

fn is_proof(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_on_stays_on_this_server() {
        for path in ["/", "/jobs/job_1?a=b", "/developers/keys"] {
            assert_eq!(local_path(path), Some(path));
        }
        for path in [
            "",
            "jobs",
            "//evil.test",
            "/\\evil.test",
            "https://evil.test",
            "/a\r\nb",
            "/\tb",
            "javascript:1",
        ] {
            assert_eq!(local_path(path), None, "{path:?}");
        }
    }
}
