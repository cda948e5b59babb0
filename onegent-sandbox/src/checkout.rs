//! From the choice to the confirmation: the steps that all four sites take, each in its own words.

use axum::{
    Router,
    extract::Path,
    response::Response,
    routing::{get, post},
};

use crate::{
    Behaviour, Entry,
    app::Shop,
    catalogue::Payment,
    draft::{Choice, Draft, Fact},
    page::{self, Refusal},
    session::Visit,
    shelf::Token,
    walls,
    words::{EXTRAS, Words},
};

mod done;
mod extras;
mod find;
mod guest;
pub(crate) mod payment;
mod review;
pub(crate) mod submit;

/// The routes of the steps, below the site's root.
pub(crate) fn routes(words: &Words) -> Router<Shop> {
    let step = |path: &str| format!("{}{}/{{draft}}/{path}", words.root, words.cart);
    Router::new()
        .route(&step(words.guest.path), get(guest::show).post(guest::take))
        .route(&step(EXTRAS), get(extras::show).post(extras::take))
        .route(&step(words.review.path), get(review::show).post(review::take))
        .route(&step(words.payment.path), get(payment::show).post(payment::take))
        .route(&step(words.done.path), get(done::show))
        .route(&step("signin"), post(walls::sign_in))
        .route(&step("verify"), post(walls::verify))
        .route(&format!("{}find", words.root), get(find::show).post(find::look_up))
}

/// Starts a booking in progress and sends the visit to its first step.
pub(crate) fn begin(
    shop: &Shop,
    visit: Visit,
    entry: &'static Entry,
    choice: Choice,
) -> Result<Response, Refusal> {
    match shop.app.drafts.put(Draft::new(visit, entry, choice), shop.app.now()) {
        Ok(token) => Ok(page::go(&shop.step_path(&token, shop.words().guest.path))),
        Err(error) => {
            tracing::error!(%error, "no random bytes for a draft");
            Err(page::stumbled(shop))
        }
    }
}

/// A visit at a step of its draft, past the walls.
struct AtStep {
    token: Token,
    draft: Draft,
}

impl AtStep {
    async fn arrive(shop: &Shop, visit: &Visit, Path(token): Path<String>) -> Result<Self, Refusal> {
        let token = Token::from(token.as_str());
        let draft = shop.draft(&token, visit).ok_or_else(|| page::ended(shop))?;
        walls::delay(shop, draft.entry).await;
        match walls::wall(shop, visit, draft.entry, &token) {
            Some(wall) => Err(wall.into()),
            None => Ok(Self { token, draft }),
        }
    }

    /// Arrives at a step that needs to know the guest, or goes back to the form that asks.
    async fn arrive_known(shop: &Shop, visit: &Visit, path: Path<String>) -> Result<Self, Refusal> {
        let step = Self::arrive(shop, visit, path).await?;
        if step.draft.guest.is_none() {
            return Err(page::go(&step.path(shop, shop.words().guest.path)).into());
        }
        Ok(step)
    }

    fn path(&self, shop: &Shop, step: &str) -> String {
        shop.step_path(&self.token, step)
    }

    /// Writes the changed draft back.
    fn save(&self, shop: &Shop) -> Result<(), Refusal> {
        let kept = shop.app.drafts.with(&self.token, shop.app.now(), |draft| draft.clone_from(&self.draft));
        kept.ok_or_else(|| page::ended(shop))
    }
}

/// The summary of a draft.
fn facts(shop: &Shop, draft: &Draft) -> Vec<Fact> {
    let entry = draft.entry;
    let mut facts = vec![Fact::new("Merchant", entry.name)];
    facts.extend(draft.choice.facts.iter().cloned());
    if !draft.extras.is_empty() {
        let extras: Vec<_> =
            draft.extras.iter().map(|extra| format!("{}, {}", extra.label, extra.price)).collect();
        facts.push(Fact::new("Extras", &extras.join("; ")));
    }
    facts.extend(
        draft.guest.as_ref().map(|guest| Fact::new("Guest", &format!("{}, {}", guest.name, guest.email))),
    );
    facts.push(Fact::new("Cancellation", &entry.terms(draft.choice.date, shop.first_day())));
    facts
}

/// How the amount of an entry is announced.
fn total_label(entry: &Entry) -> &'static str {
    match entry.payment() {
        Payment::Hold => "Amount held on your card now",
        Payment::Free | Payment::Now => "Total to pay now",
    }
}

/// What the button that charges reads.
fn pay_button(draft: &Draft, due: crate::Money) -> String {
    if draft.entry.is(Behaviour::ContinueButton) {
        return "Continue".to_owned();
    }
    match draft.entry.payment() {
        Payment::Hold => "Guarantee with card and book".to_owned(),
        Payment::Free | Payment::Now => format!("Pay {due}"),
    }
}
