//! `/account`: a person's own access, the account's people, and the security log.

use std::str::FromStr;
use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use onegent_core::account::{Member, Password, Role, SecurityEvent, SessionInfo, SignInMethod};
use onegent_core::error::{Error, ErrorCode};
use onegent_core::guest::Email;
use onegent_core::id::{PersonId, SessionId};
use onegent_core::port::{AccountView, Invited};
use secrecy::{ExposeSecret, SecretString};

use super::form::SignedForm;
use super::page::{Chrome, Room, render};
use super::session::SignedIn;
use super::view::{Icon, When};
use crate::app::Shared;
use crate::problem::Problem;
use crate::rest::path::param;

mod security;

pub(super) use security::show as security;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    page: Chrome,
    email: String,
    me: Member,
    recovery_left: u32,
    /// What the provider is called, and whether it is tied to this person.
    provider: Option<(String, bool)>,
    confirm_needs_code: bool,
    people: Vec<PersonRow>,
    sends_mail: bool,
    sessions: Vec<SessionRow>,
    told: Told,
}

/// What a form of this page has to say, once.
#[derive(Default)]
struct Told {
    /// What is wrong, and with which section.
    wrong: Option<(&'static str, String)>,
    /// The secret of an authenticator that is being set up, and its address.
    enrolment: Option<(String, String)>,
    recovery_codes: Vec<String>,
    /// The invitation's link.
    invitation: Option<String>,
    /// To whom an invitation was to go by mail, and whether it went.
    mailed: Option<(String, bool)>,
}

impl Told {
    fn wrong(&self, section: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|(of, _)| *of == section).map(|(_, message)| message.as_str())
    }
}

struct PersonRow {
    id: String,
    name: String,
    role: &'static str,
    second_factor: bool,
    joined: When,
    is_me: bool,
}

struct SessionRow {
    id: String,
    agent: String,
    method: &'static str,
    since: When,
    is_this: bool,
}

impl SessionRow {
    fn new(session: SessionInfo, this: SessionId) -> Self {
        Self {
            id: session.id.to_string(),
            agent: session
                .agent
                .map_or_else(|| "An unnamed browser".to_owned(), |agent| browser(agent.as_str())),
            method: match session.method {
                SignInMethod::Link => "by a one-time link",
                SignInMethod::Password => "by password",
                SignInMethod::Provider => "at the provider",
                SignInMethod::Invitation => "by an invitation",
            },
            since: When(session.signed_in_at),
            is_this: session.id == this,
        }
    }
}

/// The browser and its system, out of what it calls itself; all of that where neither is known.
fn browser(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "macOS"),
        ("Linux", "Linux"),
    ];
    let known = |names: [(&str, &'static str); 6]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (known(BROWSERS), known(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        _ => agent.to_owned(),
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Member => "Member",
    }
}

/// `GET /account`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
) -> Result<Response, Problem> {
    account_page(&shared, &signed_in, Told::default()).await
}

async fn account_page(shared: &Shared, signed_in: &SignedIn, told: Told) -> Result<Response, Problem> {
    let person = signed_in.person();
    let AccountView { me, people, confirm_needs_code, recovery_codes_left, has_provider } =
        shared.accounts.account(person).await?;
    let row = |member: Member| PersonRow {
        is_me: member.id == person.id,
        id: member.id.to_string(),
        name: member.email.map_or_else(|| "No e-mail yet".to_owned(), |email| email.expose().to_owned()),
        role: role(member.role),
        second_factor: member.has_second_factor,
        joined: When(member.joined_at),
    };
    let sessions = shared.accounts.sessions(person).await?;
    let status = if told.wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let page = AccountPage {
        page: Chrome::new("Account", Room::Account, Some(signed_in)),
        email: me.email.as_ref().map(|email| email.expose().to_owned()).unwrap_or_default(),
        recovery_left: recovery_codes_left,
        provider: shared.accounts.provider_name().map(|name| (name.to_owned(), has_provider)),
        me,
        confirm_needs_code,
        people: people.into_iter().map(row).collect(),
        sends_mail: shared.accounts.sends_mail(),
        sessions: sessions.into_iter().map(|session| SessionRow::new(session, person.session)).collect(),
        told,
    };
    render(status, &page)
}

/// What a person can mend is told on the page; the rest is a problem.
async fn answer(
    shared: &Shared,
    signed_in: &SignedIn,
    section: &'static str,
    outcome: Result<(), Error>,
) -> Result<Response, Problem> {
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/account#{section}")).into_response()),
        Err(error) => mendable(shared, signed_in, section, error).await,
    }
}

async fn mendable(
    shared: &Shared,
    signed_in: &SignedIn,
    section: &'static str,
    error: Error,
) -> Result<Response, Problem> {
    let mends = [ErrorCode::InvalidRequest, ErrorCode::NotSignedIn, ErrorCode::SecondFactorRequired];
    if !mends.contains(&error.code()) {
        return Err(error.into());
    }
    let message = match error.wrong_fields().first() {
        Some(field) if field.field == "email" => format!("This address {}.", field.message),
        Some(field) => format!("This {}.", field.message),
        None => error.message().to_owned(),
    };
    let told = Told { wrong: Some((section, message)), ..Told::default() };
    account_page(shared, signed_in, told).await
}

/// `POST /account/password`
pub(super) async fn set_password(
    State(shared): State<Arc<Shared>>,
    form: SignedForm,
) -> Result<Response, Problem> {
    let SignedForm { signed_in, form } = form;
    let email = form.get("email").unwrap_or_default().parse::<Email>();
    let new = form.get("password").unwrap_or_default().parse::<Password>();
    let current = SecretString::from(form.get("current").unwrap_or_default().to_owned());
    let wrong = |message: String| Told { wrong: Some(("sign-in", message)), ..Told::default() };
    let (email, new) = match (email, new) {
        (Ok(email), Ok(new)) => (email, new),
        (Err(error), _) => return account_page(&shared, &signed_in, wrong(format!("{error}."))).await,
        (_, Err(error)) => {
            return account_page(&shared, &signed_in, wrong(format!("A new password: {error}."))).await;
        }
    };
    let set = shared.accounts.set_password(signed_in.person(), email, &current, new).await;
    answer(&shared, &signed_in, "sign-in", set).await
}

/// `POST /account/second-factor`: the page shows a new secret, once.
pub(super) async fn begin_second_factor(
    State(shared): State<Arc<Shared>>,
    form: SignedForm,
) -> Result<Response, Problem> {
    match shared.accounts.begin_second_factor(form.signed_in.person()).await {
        Ok(begun) => {
            let shown = (begun.secret.expose_secret().to_owned(), begun.uri.expose_secret().to_owned());
            let told = Told { enrolment: Some(shown), ..Told::default() };
            account_page(&shared, &form.signed_in, told).await
        }
        Err(error) => mendable(&shared, &form.signed_in, "second-factor", error).await,
    }
}

/// `POST /account/second-factor/confirm`: the page shows the recovery codes, once.
pub(super) async fn finish_second_factor(
    State(shared): State<Arc<Shared>>,
    form: SignedForm,
) -> Result<Response, Problem> {
    let code = form.form.get("code").unwrap_or_default();
    match shared.accounts.finish_second_factor(form.signed_in.person(), code).await {
        Ok(codes) => {
            let recovery_codes = codes.0.iter().map(|code| code.expose_secret().to_owned()).collect();
            account_page(&shared, &form.signed_in, Told { recovery_codes, ..Told::default() }).await
        }
        Err(error) => mendable(&shared, &form.signed_in, "second-factor", error).await,
    }
}

/// `POST /account/second-factor/remove`
pub(super) async fn remove_second_factor(
    State(shared): State<Arc<Shared>>,
    form: SignedForm,
) -> Result<Response, Problem> {
    let code = form.form.get("code").unwrap_or_default();
    let removed = shared.accounts.remove_second_factor(form.signed_in.person(), code).await;
    answer(&shared, &form.signed_in, "second-factor", removed).await
}

/// `POST /account/confirm-rule`
pub(super) async fn set_confirm_rule(
    State(shared): State<Arc<Shared>>,
    form: SignedForm,
) -> Result<Response, Problem> {
    let needed = form.form.get("needed") == Some("yes");
    let set = shared.accounts.set_confirm_needs_code(form.signed_in.person(), needed).await;
    answer(&shared, &form.signed_in, "people", set).await
}

/// `POST /account/people`: sends the invitation's link, or shows it, once.
pub(super) async fn invite(State(shared): State<Arc<Shared>>, form: SignedForm) -> Result<Response, Problem> {
    let role = form.form.get("role").and_then(|word| word.parse().ok()).unwrap_or(Role::Member);
    let typed = form.form.get("to").map(str::trim).filter(|to| !to.is_empty());
    let to = match typed.map(str::parse::<Email>).transpose() {
        Ok(to) => to,
        Err(error) => {
            let told =
                Told { wrong: Some(("people", format!("Nobody was invited: {error}."))), ..Told::default() };
            return account_page(&shared, &form.signed_in, told).await;
        }
    };
    let invited = shared.accounts.invite(form.signed_in.person(), role, to.as_ref()).await;
    let (token, went) = match invited {
        Ok(Invited::Link(token)) => (Some(token), None),
        Ok(Invited::Sent) => (None, Some(true)),
        Ok(Invited::NotSent(token)) => (Some(token), Some(false)),
        Err(error) => return answer(&shared, &form.signed_in, "people", Err(error)).await,
    };
    let invitation = token.map(|token| {
        let mut link = shared.public_url.clone();
        link.set_path("/join");
        link.query_pairs_mut().append_pair("token", token.expose());
        link.into()
    });
    let told = Told { invitation, mailed: typed.map(str::to_owned).zip(went), ..Told::default() };
    account_page(&shared, &form.signed_in, told).await
}

/// `POST /account/people/{personId}/remove`
pub(super) async fn remove_person(
    State(shared): State<Arc<Shared>>,
    Named(person): Named<PersonId>,
    form: SignedForm,
) -> Result<Response, Problem> {
    let removed = shared.accounts.remove_person(form.signed_in.person(), person).await;
    answer(&shared, &form.signed_in, "people", removed).await
}

/// `POST /account/sessions/{sessionId}/end`
pub(super) async fn end_session(
    State(shared): State<Arc<Shared>>,
    Named(session): Named<SessionId>,
    form: SignedForm,
) -> Result<Response, Problem> {
    let ended = shared.accounts.end_session(form.signed_in.person(), session).await;
    answer(&shared, &form.signed_in, "sessions", ended).await
}

/// What a path names: the one parameter that the route has.
pub(super) struct Named<T>(T);

/// An id that stands in a path.
pub(super) trait InPath: FromStr {
    /// Its parameter, and what is said when there is none.
    const NAME: (&'static str, &'static str);
}

impl InPath for PersonId {
    const NAME: (&'static str, &'static str) = ("personId", "Nobody of this account has this id.");
}

impl InPath for SessionId {
    const NAME: (&'static str, &'static str) = ("sessionId", "No open session of yours has this id.");
}

impl<S: Send + Sync, T: InPath> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let (name, unknown) = T::NAME;
        let id = param(parts, state, name).await.and_then(|text| text.parse().ok());
        id.map(Self).ok_or_else(|| Problem::new(ErrorCode::NotFound, unknown))
    }
}
