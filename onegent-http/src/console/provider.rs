//! Signing in at the configured OpenID Connect provider: there and back.
//!
//! The way there begins with a link, not a form: under `form-action 'self'` a browser follows no form to another host.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use onegent_core::error::{Error, ErrorCode};
use onegent_core::port::{InvitationToken, ProviderAnswer, ProviderState};
use secrecy::SecretString;
use url::form_urlencoded;

use super::cookie::{Cookie, Site};
use super::form::SignedForm;
use super::page::{Chrome, Room, query_param, render};
use super::sign_in::{enter, local_path};
use super::visitor::Knock;
use crate::app::Shared;
use crate::limits::Origin;
use crate::problem::Problem;

/// How long somebody may take at the provider, in seconds.
const VISIT_SECONDS: i64 = 600;

#[derive(Template)]
#[template(path = "provider.html")]
struct ProviderPage {
    page: Chrome,
    heading: &'static str,
    message: String,
    /// The way to the provider, and what it is called.
    onward: Option<(String, String)>,
}

/// What the provider is called and the way there, with one parameter for it; `None` where none is configured.
pub(super) fn way(shared: &Shared, name: &str, value: &str) -> Option<(String, String)> {
    let called = shared.accounts.provider_name()?.to_owned();
    let query = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    Some((called, format!("/sign-in/provider/begin?{query}")))
}

/// `GET /sign-in/provider/begin`, with `next` for the way on and `invitation` for somebody new.
pub(super) async fn begin(
    State(shared): State<Arc<Shared>>,
    Knock(visitor): Knock,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    shared.visits.take(Origin::of(visitor.address))?;
    let next = query_param(query.as_deref(), "next");
    let next = next.as_deref().and_then(local_path).unwrap_or("/");
    let invitation = query_param(query.as_deref(), "invitation").map(InvitationToken::new);
    let (url, state) = shared.accounts.begin_at_provider(invitation.as_ref(), None, next).await?;
    keeping(&shared, &state, Redirect::to(&url).into_response())
}

/// `POST /account/provider`: ties the provider to a signed-in person, by way of a page with a link.
pub(super) async fn link(State(shared): State<Arc<Shared>>, form: SignedForm) -> Result<Response, Problem> {
    let person = form.signed_in.person();
    let (url, state) = shared.accounts.begin_at_provider(None, Some(person), "/account").await?;
    let name = shared.accounts.provider_name().unwrap_or("the provider").to_owned();
    let page = ProviderPage {
        page: Chrome::new("Tie a sign-in", Room::Account, Some(&form.signed_in)),
        heading: "One more step",
        message: format!("Sign in there once; from then on you can sign in here with {name}."),
        onward: Some((url, name)),
    };
    keeping(&shared, &state, render(StatusCode::OK, &page)?)
}

/// `GET /sign-in/provider`: the way back (OpenID Connect Core 3.1.2.5).
pub(super) async fn back(
    State(shared): State<Arc<Shared>>,
    Knock(visitor): Knock,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let param = |name| query_param(query.as_deref(), name);
    let kept = Cookie::Visit.read(&headers, Site::of(&shared.public_url)).map(ProviderState::new);
    let (Some(kept), Some(code), Some(state)) = (kept, param("code"), param("state")) else {
        let message = "The provider did not sign you in, or this sign-in was not begun in this browser.";
        return refused(&shared, &Error::new(ErrorCode::NotSignedIn, message));
    };
    let answer = ProviderAnswer { code: SecretString::from(code), state, issuer: param("iss") };
    match shared.accounts.finish_at_provider(&visitor, &kept, answer).await {
        Ok((opened, next)) => enter(&shared, &headers, opened, local_path(&next).unwrap_or("/")).await,
        Err(error) if matches!(error.code(), ErrorCode::NotSignedIn | ErrorCode::NotFound) => {
            refused(&shared, &error)
        }
        Err(error) => Err(error.into()),
    }
}

/// A visit counts once, whatever came of it.
fn refused(shared: &Shared, error: &Error) -> Result<Response, Problem> {
    let page = ProviderPage {
        page: Chrome::new("Not signed in", Room::None, None),
        heading: "You are not signed in",
        message: error.message().to_owned(),
        onward: None,
    };
    let mut response = render(StatusCode::UNAUTHORIZED, &page)?;
    if let Some(remove) = Cookie::Visit.remove(Site::of(&shared.public_url)) {
        response.headers_mut().append(header::SET_COOKIE, remove);
    }
    Ok(response)
}

fn keeping(shared: &Shared, state: &ProviderState, mut response: Response) -> Result<Response, Problem> {
    let set = Cookie::Visit.set(state.expose(), VISIT_SECONDS, Site::of(&shared.public_url));
    let set =
        set.ok_or_else(|| Error::new(ErrorCode::Internal, "The visit could not be kept in a cookie."))?;
    response.headers_mut().append(header::SET_COOKIE, set);
    Ok(response)
}
