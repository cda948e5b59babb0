//! `/developers/connected-apps`: the apps that a person has connected, and the end of each.

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use onegent_core::caller::Scope;
use onegent_core::error::ErrorCode;
use onegent_core::id::GrantId;
use onegent_core::port::{ClientOrigin, ConnectedApp, GrantEnd};

use super::form::SignedForm;
use super::page::{Chrome, Room, render};
use super::session::SignedIn;
use super::view::{Icon, When};
use crate::app::Shared;
use crate::problem::Problem;
use crate::rest::path::param;

#[derive(Template)]
#[template(path = "connected_apps.html")]
struct AppsPage {
    page: Chrome,
    mcp_url: String,
    connected: Vec<AppRow>,
    ended: Vec<AppRow>,
}

struct AppRow {
    id: String,
    name: String,
    site: Option<String>,
    unproven: bool,
    environment: &'static str,
    may: &'static str,
    created: When,
    expires: When,
    last_used: Option<When>,
    ended: Option<(When, &'static str)>,
}

impl From<ConnectedApp> for AppRow {
    fn from(app: ConnectedApp) -> Self {
        let has = |scope| app.scopes.contains(&scope);
        Self {
            id: app.grant.to_string(),
            name: app.client.name.to_string(),
            site: app.client.host,
            unproven: app.client.origin == ClientOrigin::Stranger,
            environment: app.environment.as_str(),
            may: match (has(Scope::Book), has(Scope::Read)) {
                (true, true) => "Makes, cancels and sees bookings",
                (true, false) => "Makes and cancels bookings",
                (false, _) => "Sees bookings",
            },
            created: When(app.created_at),
            expires: When(app.expires_at),
            last_used: app.last_used_at.map(When),
            ended: app.ended.map(|(at, why)| (When(at), why_ended(why))),
        }
    }
}

fn why_ended(why: GrantEnd) -> &'static str {
    match why {
        GrantEnd::Disconnected => "You cut it off.",
        GrantEnd::Revoked => "The app itself signed off.",
        GrantEnd::RefreshReused | GrantEnd::CodeReused => {
            "One of its secrets was used twice, as a thief would. If you did not copy it to another place yourself, do not connect it again before you know why."
        }
        GrantEnd::ClientRemoved => "Whoever runs this server removed the app.",
    }
}

/// The grant that a path names.
pub(super) struct GrantPath(GrantId);

impl<S: Send + Sync> FromRequestParts<S> for GrantPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let grant = param(parts, state, "grantId").await.and_then(|text| text.parse().ok());
        let unknown =
            || Problem::new(ErrorCode::NotFound, "No connected app with this id belongs to this account.");
        grant.map(Self).ok_or_else(unknown)
    }
}

/// `GET /developers/connected-apps`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
) -> Result<Response, Problem> {
    let apps = shared.authority.connected_apps(signed_in.person()).await?;
    let rows = apps.into_iter().map(AppRow::from);
    let (ended, connected) = rows.partition(|row| row.ended.is_some());
    let page = AppsPage {
        page: Chrome::new("Connected apps", Room::Apps, Some(&signed_in)),
        mcp_url: format!("{}/api/mcp", shared.issuer),
        connected,
        ended,
    };
    render(StatusCode::OK, &page)
}

/// `POST /developers/connected-apps/{grantId}/disconnect`
pub(super) async fn disconnect(
    State(shared): State<Arc<Shared>>,
    GrantPath(grant): GrantPath,
    form: SignedForm,
) -> Result<Response, Problem> {
    shared.authority.disconnect(form.signed_in.person(), grant).await?;
    Ok(Redirect::to("/developers/connected-apps").into_response())
}
