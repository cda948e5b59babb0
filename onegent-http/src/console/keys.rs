//! `/developers/keys`: API keys. A key's secret stands on the page that answers its creation, and nowhere else.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use onegent_core::caller::{Environment, Scope};
use onegent_core::error::ErrorCode;
use onegent_core::id::KeyId;
use onegent_core::port::{IssuedKey, KeyInfo, KeyRequest};
use onegent_core::request::Scenario;
use onegent_core::text::Text;

use super::form::{Form, SignedForm};
use super::page::{Chrome, Room, render};
use super::session::SignedIn;
use super::view::{self, Icon, When};
use crate::app::Shared;
use crate::problem::Problem;
use crate::rest::path::param;

/// For how many days a key may be made; 0 for ever.
const LIFETIMES: [u32; 4] = [0, 7, 30, 90];

#[derive(Template)]
#[template(path = "keys.html")]
struct KeysPage {
    page: Chrome,
    issued: Option<Issued>,
    keys: Vec<KeyRow>,
    form: Draft,
}

struct Issued {
    name: String,
    secret: String,
    base_url: String,
}

struct KeyRow {
    id: String,
    name: String,
    environment: &'static str,
    ending: String,
    scopes: String,
    scenarios: String,
    created: When,
    last_used: Option<When>,
    expires: Option<When>,
    /// Whether it works.
    active: bool,
    revoked: Option<When>,
}

impl KeyRow {
    fn new(key: KeyInfo, now: Timestamp) -> Self {
        let all = key.scenarios.len() == Scenario::ALL.len();
        let scenarios: Vec<_> =
            key.scenarios.iter().map(|scenario| view::scenario_label(*scenario)).collect();
        let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        Self {
            active: key.is_active(now),
            expires: key.expires_at.map(When),
            id: key.key_id.to_string(),
            name: key.name.to_string(),
            environment: key.environment.as_str(),
            ending: key.ending,
            scopes: scopes.join(", "),
            scenarios: if all { "All kinds".to_owned() } else { scenarios.join(", ") },
            created: When(key.created_at),
            last_used: key.last_used_at.map(When),
            revoked: key.revoked_at.map(When),
        }
    }
}

/// The form as it was typed, with what is wrong with it.
struct Draft {
    name: String,
    live: bool,
    /// For how many days; 0 for ever.
    days: u32,
    scopes: Vec<CheckBox>,
    scenarios: Vec<CheckBox>,
    name_wrong: Option<String>,
    scopes_wrong: Option<&'static str>,
    scenarios_wrong: Option<&'static str>,
}

/// One check box.
struct CheckBox {
    value: &'static str,
    label: &'static str,
    checked: bool,
}

impl Draft {
    fn new(name: &str, live: bool, scopes: &[Scope], scenarios: &[Scenario]) -> Self {
        let scope = |scope: Scope| CheckBox {
            value: scope.as_str(),
            label: match scope {
                Scope::Book => "Make and cancel bookings",
                Scope::Read => "See bookings and their timeline",
            },
            checked: scopes.contains(&scope),
        };
        let scenario = |scenario: Scenario| CheckBox {
            value: scenario.as_str(),
            label: view::scenario_label(scenario),
            checked: scenarios.contains(&scenario),
        };
        Self {
            name: name.to_owned(),
            live,
            days: 0,
            scopes: Scope::ALL.map(scope).into(),
            scenarios: Scenario::ALL.map(scenario).into(),
            name_wrong: None,
            scopes_wrong: None,
            scenarios_wrong: None,
        }
    }

    /// A key for the sandbox that may do everything there.
    fn untouched() -> Self {
        Self::new("", false, &Scope::ALL, &Scenario::ALL)
    }

    /// Reads the form, or gives it back with what is wrong.
    fn read(form: &Form, now: Timestamp) -> Result<KeyRequest, Box<Self>> {
        let typed = form.get("name").unwrap_or_default();
        let live = form.get("environment") == Some(Environment::Live.as_str());
        let scopes: Vec<Scope> = form.all("scopes").filter_map(|word| word.parse().ok()).collect();
        let scenarios: Vec<Scenario> = form.all("scenarios").filter_map(|word| word.parse().ok()).collect();
        let name = typed.parse::<Text<64>>();
        let mut draft = Self::new(typed, live, &scopes, &scenarios);
        // Only the page's own choices; anything else is as the first of them.
        draft.days = form.get("days").and_then(|days| days.parse().ok()).unwrap_or(0);
        draft.days = if LIFETIMES.contains(&draft.days) { draft.days } else { 0 };
        draft.scopes_wrong = scopes.is_empty().then_some("Choose at least one.");
        draft.scenarios_wrong = scenarios.is_empty().then_some("Choose at least one.");
        draft.name_wrong = name.as_ref().err().map(|error| format!("A name: {error}."));
        match name {
            Ok(name) if draft.scopes_wrong.is_none() && draft.scenarios_wrong.is_none() => {
                let environment = if live { Environment::Live } else { Environment::Test };
                let expires_at =
                    (draft.days > 0).then(|| now + Duration::from_hours(24 * u64::from(draft.days)));
                Ok(KeyRequest { name, environment, scopes, scenarios, expires_at })
            }
            _ => Err(Box::new(draft)),
        }
    }
}

/// The key that a path names.
pub(super) struct KeyPath(KeyId);

impl<S: Send + Sync> FromRequestParts<S> for KeyPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let key = param(parts, state, "keyId").await.and_then(|text| text.parse().ok());
        let unknown = || Problem::new(ErrorCode::NotFound, "No key with this id belongs to this account.");
        key.map(Self).ok_or_else(unknown)
    }
}

/// `GET /developers/keys`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
) -> Result<Response, Problem> {
    keys_page(&shared, &signed_in, StatusCode::OK, None, Draft::untouched()).await
}

/// `POST /developers/keys`
pub(super) async fn create(State(shared): State<Arc<Shared>>, form: SignedForm) -> Result<Response, Problem> {
    let SignedForm { signed_in, form } = form;
    let request = match Draft::read(&form, shared.clock.now()) {
        Ok(request) => request,
        Err(draft) => return keys_page(&shared, &signed_in, StatusCode::BAD_REQUEST, None, *draft).await,
    };
    let issued = shared.authority.create_key(signed_in.person(), request).await?;
    keys_page(&shared, &signed_in, StatusCode::OK, Some(issued), Draft::untouched()).await
}

/// `POST /developers/keys/{keyId}/revoke`
pub(super) async fn revoke(
    State(shared): State<Arc<Shared>>,
    KeyPath(key): KeyPath,
    form: SignedForm,
) -> Result<Response, Problem> {
    shared.authority.revoke_key(form.signed_in.person(), key).await?;
    Ok(Redirect::to("/developers/keys").into_response())
}

/// `POST /developers/keys/{keyId}/rotate`: the key ends, and the page shows its heir.
pub(super) async fn rotate(
    State(shared): State<Arc<Shared>>,
    KeyPath(key): KeyPath,
    form: SignedForm,
) -> Result<Response, Problem> {
    let issued = shared.authority.rotate_key(form.signed_in.person(), key).await?;
    keys_page(&shared, &form.signed_in, StatusCode::OK, Some(issued), Draft::untouched()).await
}

async fn keys_page(
    shared: &Shared,
    signed_in: &SignedIn,
    status: StatusCode,
    issued: Option<IssuedKey>,
    form: Draft,
) -> Result<Response, Problem> {
    let keys = shared.authority.keys(signed_in.person()).await?;
    let now = shared.clock.now();
    let issued = issued.map(|key| Issued {
        name: key.info.name.to_string(),
        secret: key.secret.expose().to_owned(),
        base_url: shared.public_url.as_str().trim_end_matches('/').to_owned(),
    });
    let page = KeysPage {
        page: Chrome::new("API keys", Room::Keys, Some(signed_in)),
        issued,
        keys: keys.into_iter().map(|key| KeyRow::new(key, now)).collect(),
        form,
    };
    render(status, &page)
}
