//! `/account/security`: what was done to the account's access.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use onegent_core::account::SecurityEventKind;

use super::SecurityEvent;
use crate::app::Shared;
use crate::console::page::{Chrome, Room, render};
use crate::console::session::SignedIn;
use crate::console::view::When;
use crate::problem::Problem;

/// How many entries the page shows.
const SHOWN: u32 = 200;

#[derive(Template)]
#[template(path = "security.html")]
struct SecurityPage {
    page: Chrome,
    rows: Vec<Row>,
}

struct Row {
    at: When,
    what: &'static str,
    subject: Option<String>,
    who: String,
    address: String,
}

/// `GET /account/security`
pub(in crate::console) async fn show(
    State(shared): State<Arc<Shared>>,
    signed_in: SignedIn,
) -> Result<Response, Problem> {
    let people = shared.accounts.account(signed_in.person()).await?.people;
    let row = |event: SecurityEvent| {
        let person = people.iter().find(|member| Some(member.id) == event.person);
        let email = person.and_then(|member| member.email.as_ref());
        Row {
            at: When(event.at),
            what: sentence(event.kind),
            subject: event.subject.map(|subject| subject.to_string()),
            who: match (email, event.person) {
                (Some(email), _) => email.expose().to_owned(),
                (None, Some(id)) => id.to_string(),
                (None, None) => "Unknown".to_owned(),
            },
            address: event.address.map_or_else(|| "–".to_owned(), |address| address.to_string()),
        }
    };
    let events = shared.accounts.security_events(signed_in.person(), SHOWN).await?;
    let page = SecurityPage {
        page: Chrome::new("Security log", Room::Account, Some(&signed_in)),
        rows: events.into_iter().map(row).collect(),
    };
    render(StatusCode::OK, &page)
}

fn sentence(kind: SecurityEventKind) -> &'static str {
    match kind {
        SecurityEventKind::SignedIn => "Signed in",
        SecurityEventKind::SignInFailed => "A sign-in failed",
        SecurityEventKind::SignInLimited => "Sign-ins refused for a while",
        SecurityEventKind::SignedOut => "Signed out",
        SecurityEventKind::SessionEnded => "A session was ended",
        SecurityEventKind::PasswordSet => "Password set",
        SecurityEventKind::SecondFactorSet => "Second factor set up",
        SecurityEventKind::SecondFactorRemoved => "Second factor removed",
        SecurityEventKind::RecoveryCodeUsed => "A recovery code was used",
        SecurityEventKind::ConfirmRuleChanged => "Rule for charges changed",
        SecurityEventKind::PersonInvited => "Somebody was invited",
        SecurityEventKind::PersonJoined => "Somebody joined",
        SecurityEventKind::PersonRemoved => "Somebody was removed",
        SecurityEventKind::ProviderLinked => "A provider was tied to a person",
        SecurityEventKind::KeyCreated => "A key was made",
        SecurityEventKind::KeyRotated => "A key was replaced",
        SecurityEventKind::KeyRevoked => "A key was revoked",
        SecurityEventKind::WebhookAdded => "A webhook was added",
        SecurityEventKind::WebhookRotated => "A webhook got another secret",
        SecurityEventKind::WebhookRemoved => "A webhook was removed",
        SecurityEventKind::AppConnected => "An app was connected",
        SecurityEventKind::AppRevoked => "An app was cut off",
        SecurityEventKind::TokenReused => "A used token came back; its app was cut off",
        SecurityEventKind::AppRegistered => "An app registered",
        SecurityEventKind::DataExported => "The account's data were exported",
    }
}
