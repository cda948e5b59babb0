//! The network's judge alone, with the gate out of the way: where requests may go, what they may carry, and the phases.

use jiff::{SignedDuration, Timestamp};
use onegent_core::id::{JobId, PermitId};
use onegent_core::machine::{Permit, SubmitKind};
use reqwest::Method;
use url::Url;

use super::*;
use crate::browser::action::{Action, SlotValues};
use crate::browser::observation::{Method as Sends, Observation, Target};
use crate::payment::SubmitPermit;

mod by_hand;
mod content;
mod phases;
mod places;
mod scripts;

const SITE: &str = "https://www.example.com";
const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const FORM: &str = "application/x-www-form-urlencoded";

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn on_site(path: &str) -> Url {
    url(SITE).join(path).unwrap()
}

fn slots() -> SlotValues {
    let guest =
        r#"{"first_name":"Ana","last_name":"Silva","email":"ana@example.com","phone":"+12125550123"}"#;
    SlotValues::of(&serde_json::from_str(guest).unwrap())
}

fn guard_for(policy: NetworkPolicy) -> Guard {
    Guard::new(policy, slots())
}

fn guard() -> Guard {
    guard_for(NetworkPolicy::site([url(SITE).origin(), url("https://stripe.com").origin()]))
}

/// A guard that knows that the site knows the guest.
fn knowing() -> Guard {
    let mut guard = guard();
    guard.filled();
    guard
}

fn page(html: &str) -> Observation {
    crate::browser::plain::observe(html, "https://www.example.com/booking/step")
}

/// A request as it is told of in a line of a table.
fn ask(guard: &mut Guard, way: Way, method: &str, address: &str, body: &str) -> Answer {
    ask_as(guard, way, method, address, FORM, body)
}

fn ask_as(guard: &mut Guard, way: Way, method: &str, address: &str, kind: &str, body: &str) -> Answer {
    let (method, url) = (method.parse().unwrap(), on_site(address));
    let request = Outgoing { method: &method, url: &url, content_type: kind, body: body.as_bytes(), way };
    guard.judge(&request, NOW)
}

/// Presses the only button of a page, as far as the guard is told of it.
fn press(guard: &mut Guard, html: &str) -> Observation {
    let seen = page(html);
    let found = seen.buttons().next().unwrap();
    let action = Action::Press { button: found.it.reference.clone() };
    guard.begin(Some(&seen), &action, found.it.target.as_ref());
    seen
}

fn permit(deadline: Timestamp) -> SubmitPermit {
    permit_for(SubmitKind::Reserve, deadline)
}

fn permit_for(kind: SubmitKind, deadline: Timestamp) -> SubmitPermit {
    let permit = Permit { id: PermitId::generate(NOW, [1; 10]), kind, deadline };
    SubmitPermit::for_tests(JobId::generate(NOW, [2; 10]), permit)
}

fn refused(refusal: Refusal) -> Answer {
    Answer::Refuse(refusal)
}
