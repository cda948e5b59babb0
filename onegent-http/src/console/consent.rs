//! `/oauth/consent`: a person decides what an app may do. Only what is stored under the opaque id counts; the form adds
//! nothing but yes or no, and for which sites.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use onegent_core::caller::{Environment, Scope};
use onegent_core::error::{Error, ErrorCode};
use onegent_core::port::{AccessRequest, ClientOrigin, Decision, RequestToken, ReturnPlace};
use url::form_urlencoded;

use super::form::SignedForm;
use super::page::{Chrome, Room, content_security_policy, render};
use super::session::SignedIn;
use super::view::Icon;
use crate::app::Shared;
use crate::oauth::authorize::back;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "consent.html")]
struct ConsentPage {
    page: Chrome,
    request: String,
    name: String,
    /// The app's own site, and whether it is proven.
    site: Option<(String, bool)>,
    back: String,
    warning: Option<&'static str>,
    scopes: Vec<ScopeView>,
    practice: bool,
}

/// A scope in plain words.
pub(super) struct ScopeView {
    icon: Icon,
    title: &'static str,
    text: &'static str,
}

impl From<Scope> for ScopeView {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Book => Self {
                icon: Icon("check"),
                title: "Make and cancel bookings",
                text: "Ask for restaurants, hotels, flights and activities in your name, with a guest's details that it gives or that you saved.",
            },
            Scope::Read => Self {
                icon: Icon("run"),
                title: "See your bookings",
                text: "Read how each one stands, what the agent did for it, and its confirmation code.",
            },
        }
    }
}

/// `GET /oauth/consent`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let shown = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "request");
    let request = shown.and_then(|(_, text)| RequestToken::parse(&text)).ok_or_else(nothing_asked)?;
    let asked = shared.authority.access_request(signed_in.person(), &request).await?;
    let policy = content_security_policy(&form_targets(&asked.back));
    let page = ConsentPage {
        page: Chrome::new(format!("Connect {}", asked.client.name), Room::None, Some(&signed_in)),
        request: request.expose().to_owned(),
        name: asked.client.name.to_string(),
        site: asked.client.host.clone().map(|host| (host, asked.client.origin == ClientOrigin::Document)),
        back: place(&asked.back),
        warning: warning(&asked),
        scopes: asked.scopes.iter().copied().map(Into::into).collect(),
        practice: shared.sandbox_url.is_some(),
    };
    let mut response = render(StatusCode::OK, &page)?;
    let policy = HeaderValue::try_from(policy).map_err(Error::internal)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// `POST /oauth/consent`
pub(super) async fn decide(State(shared): State<Arc<Shared>>, form: SignedForm) -> Result<Response, Problem> {
    let SignedForm { signed_in, form } = form;
    let request = form.get("request").and_then(RequestToken::parse).ok_or_else(nothing_asked)?;
    let decision = match (form.get("decision"), form.get("sites").map(str::parse)) {
        (Some("deny"), _) => Decision::Deny,
        (Some("approve"), Some(Ok(environment))) => Decision::Approve(environment),
        _ => return Err(Problem::new(ErrorCode::InvalidRequest, "Choose Approve or Deny.")),
    };
    let practice = decision == Decision::Approve(Environment::Test);
    if practice && shared.sandbox_url.is_none() {
        return Err(Problem::new(ErrorCode::InvalidRequest, "This server has no practice sites."));
    }
    back(&shared.authority.decide(signed_in.person(), &request, decision).await?)
}

fn nothing_asked() -> Problem {
    Problem::new(
        ErrorCode::NotFound,
        "No app asks for anything here. Go back to the app and connect it again.",
    )
}

fn warning(asked: &AccessRequest) -> Option<&'static str> {
    match (asked.client.origin, &asked.back) {
        (_, ReturnPlace::ThisDevice { .. }) => Some(
            "The answer goes to a program on this device. Approve only if you have just started it yourself.",
        ),
        (ClientOrigin::Stranger, _) => Some(
            "Nobody has checked who this app is; its name is its own word. Approve only if you came here from an app that you trust.",
        ),
        (ClientOrigin::Operator | ClientOrigin::Document, _) => None,
    }
}

/// Where an answer goes, for people.
pub(super) fn place(back: &ReturnPlace) -> String {
    match back {
        ReturnPlace::Site { host } => host.clone(),
        ReturnPlace::ThisDevice { host } => format!("this device ({host})"),
        ReturnPlace::App { scheme } => format!("an app that opens {scheme}: links"),
    }
}

/// Where the form's answer may lead: Chromium judges a form's redirects, too. Of a web site all https is allowed, for it
/// may send the browser on to another host of its own.
fn form_targets(back: &ReturnPlace) -> String {
    match back {
        ReturnPlace::Site { .. } => "https:".to_owned(),
        // An IPv6 address can't stand in a policy (CSP level 3, host-source).
        ReturnPlace::ThisDevice { host } if host.starts_with('[') => "http:".to_owned(),
        ReturnPlace::ThisDevice { host } => format!("http://{host}"),
        ReturnPlace::App { scheme } => format!("{scheme}:"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_may_lead_where_its_answer_goes_and_nowhere_else() {
        let device = |host: &str| ReturnPlace::ThisDevice { host: host.to_owned() };
        assert_eq!(form_targets(&device("127.0.0.1:4000")), "http://127.0.0.1:4000");
        assert_eq!(form_targets(&device("[::1]:4000")), "http:");
        assert_eq!(form_targets(&ReturnPlace::App { scheme: "cursor".to_owned() }), "cursor:");
    }
}
