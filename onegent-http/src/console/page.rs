//! What every page has: its chrome, its headers, and its form when something went wrong.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use onegent_core::error::{Error, ErrorCode};
use url::form_urlencoded;

use super::session::SignedIn;
use super::{assets, sign_in};
use crate::app::Shared;
use crate::problem::Problem;
use crate::request::request_id;

/// Nothing from elsewhere, nothing inline, no frame around us; forms go only to ourselves.
///
/// `form_targets`: where a form's answer may lead beside here, in the syntax of the policy.
pub(super) fn content_security_policy(form_targets: &str) -> String {
    let form_action = ["'self'", form_targets].join(" ");
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action {}; base-uri 'none'; frame-ancestors 'none'",
        form_action.trim_end()
    )
}

/// The rooms of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Jobs,
    Keys,
    Apps,
    Webhooks,
    Profiles,
    Account,
    Docs,
    Status,
    /// Pages that stand in no menu.
    None,
}

/// What stands around a page's own contents.
pub(super) struct Chrome {
    pub(super) title: String,
    pub(super) room: Room,
    csrf: Option<String>,
    pub(super) style: String,
    pub(super) script: String,
    pub(super) icon: String,
    /// Whether a browser without script should ask again by itself, as long as things move.
    pub(super) refresh: bool,
}

impl Chrome {
    pub(super) fn new(title: impl Into<String>, room: Room, signed_in: Option<&SignedIn>) -> Self {
        Self {
            title: title.into(),
            room,
            csrf: signed_in.map(|signed_in| signed_in.session.csrf.expose().to_owned()),
            style: assets::style(),
            script: assets::script(),
            icon: assets::icon(),
            refresh: false,
        }
    }

    /// The token of this session's forms; empty where nobody is signed in.
    pub(super) fn csrf(&self) -> &str {
        self.csrf.as_deref().unwrap_or_default()
    }
}

/// The first value of a query's parameter.
pub(super) fn query_param(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Renders a page.
pub(super) fn render(status: StatusCode, page: &impl Template) -> Result<Response, Problem> {
    let html = page.render().map_err(Error::internal)?;
    Ok((status, Html(html)).into_response())
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    page: Chrome,
    heading: &'static str,
    message: String,
    request_id: String,
}

/// Layer: problems become pages, a missing session leads to the sign-in page, and every answer has its headers.
pub(super) async fn frame(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let back = return_path(request.method(), request.uri());
    let sent_form = request.method() == Method::POST;
    let wants_events =
        request.headers().get(header::ACCEPT).is_some_and(|value| value == "text/event-stream");
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let code = problem.error().code();
        if code == ErrorCode::NotSignedIn && !wants_events {
            response = to_sign_in(&back, sent_form);
        } else if code == ErrorCode::SecondFactorRequired && sent_form {
            response = to_code(&back);
        } else {
            let page = ProblemPage {
                page: Chrome::new("Something is in the way", Room::None, None),
                heading: heading(problem.error().code()),
                message: problem.error().message().to_owned(),
                request_id: id.to_string(),
            };
            let kept = response.headers().clone();
            // Templates are checked at compile time; what is left is the bare status.
            response = render(response.status(), &page).unwrap_or_else(|_| response.status().into_response());
            for name in [header::ALLOW, header::RETRY_AFTER] {
                if let Some(value) = kept.get(&name) {
                    response.headers_mut().insert(name, value.clone());
                }
            }
        }
        response.extensions_mut().insert(problem);
    }
    harden(&mut response, shared.is_https());
    response
}

fn harden(response: &mut Response, https: bool) {
    let headers = response.headers_mut();
    let fixed = [
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // The consent page's forms lead elsewhere.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::try_from(content_security_policy(""))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if https {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    // Assets say otherwise.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// `again` tells that a form was sent and did nothing, perhaps because the session is too old for what it asked.
fn to_sign_in(back: &str, again: bool) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if back != "/" {
        query.append_pair("next", back);
    }
    if again {
        query.append_pair("again", "yes");
    }
    let query = query.finish();
    let address = if query.is_empty() { "/sign-in".to_owned() } else { format!("/sign-in?{query}") };
    Redirect::to(&address).into_response()
}

/// A form wants a code of the second factor first; its page is offered again afterwards.
fn to_code(back: &str) -> Response {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", back).finish();
    Redirect::to(&format!("/account/code?{query}")).into_response()
}

/// Where to go on after signing in: the same page, or the page whose form was sent.
fn return_path(method: &Method, uri: &Uri) -> String {
    let path = if method == Method::GET {
        uri.path_and_query().map_or("/", |path| path.as_str())
    } else if let Some(("", rest)) = uri.path().split_once("/jobs/") {
        let end = "/jobs/".len() + rest.find('/').unwrap_or(rest.len());
        &uri.path()[..end]
    } else {
        let pages = [
            "/developers/keys",
            "/developers/connected-apps",
            "/developers/webhooks",
            "/profiles",
            "/account",
        ];
        pages.into_iter().find(|page| uri.path().starts_with(page)).unwrap_or("/")
    };
    sign_in::local_path(path).unwrap_or("/").to_owned()
}

fn heading(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::JobNotFound => "This booking is not here",
        ErrorCode::NotFound => "This page is not here",
        ErrorCode::MethodNotAllowed => "This address works another way",
        ErrorCode::ForgedRequest => "This form could not be trusted",
        ErrorCode::NotSignedIn => "You are not signed in",
        ErrorCode::NotYours => "This is for somebody else to do",
        ErrorCode::SecondFactorRequired => "A second factor is needed",
        ErrorCode::BackendUnavailable | ErrorCode::RateLimited => "Not right now",
        ErrorCode::Internal => "Something went wrong on our side",
        ErrorCode::MissingAuthorization
        | ErrorCode::InvalidAuthScheme
        | ErrorCode::EmptyApiKey
        | ErrorCode::MalformedApiKey
        | ErrorCode::InvalidApiKey
        | ErrorCode::ScenarioNotAllowed
        | ErrorCode::InsufficientScope
        | ErrorCode::InvalidJson
        | ErrorCode::InvalidRequest
        | ErrorCode::IdempotencyConflict
        | ErrorCode::JobNotCancellable
        | ErrorCode::ChargeChanged
        | ErrorCode::NothingToConfirm
        | ErrorCode::PayloadTooLarge
        | ErrorCode::UnsupportedMediaType => "That did not work",
    }
}
