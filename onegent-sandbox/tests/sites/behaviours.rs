//! What trips an agent up, entry by entry.

use onegent_sandbox::{Behaviour, Entry, Kind, catalogue};

use crate::{
    walk::{self, book, day, entry, odd_day, total},
    world::World,
};

fn all(behaviour: Behaviour) -> impl Iterator<Item = &'static Entry> {
    let mut entries = catalogue().iter().filter(move |entry| entry.is(behaviour)).peekable();
    assert!(entries.peek().is_some(), "no entry has {behaviour:?}");
    entries
}

#[tokio::test]
async fn a_hold_is_recorded_as_a_hold() {
    let world = World::start().await;
    for entry in all(Behaviour::CardHold) {
        let mut browser = world.browser();
        let payment = walk::payment(&mut browser, entry, day()).await;
        assert!(payment.text(".total").starts_with("Amount held on your card now: "), "{}", entry.id);
        browser.submit(&payment.form("form.payment")).await;
        let ledger = world.ledger().await;
        assert_eq!(ledger.charges.last().unwrap().kind, Kind::Hold);
        assert_eq!(ledger.charges.last().unwrap().entry, entry.id);
    }
}

#[tokio::test]
async fn taken_times_and_days_come_with_others() {
    let world = World::start().await;
    for entry in all(Behaviour::OtherTimes) {
        let mut browser = world.browser();
        let results = walk::results(&mut browser, entry, odd_day()).await;
        assert!(results.has(".other-times, .other-dates"), "{}", entry.id);
        assert!(!results.has(".sold-out"), "{}", entry.id);
        if results.has("a.date-option") {
            let moved = browser.follow(&results, "a.date-option").await;
            let open = format!("[data-entry='{}'] a.button", entry.id);
            assert!(moved.has(&open), "{}", entry.id);
        }
    }
}

#[tokio::test]
async fn sold_out_offers_nothing() {
    let world = World::start().await;
    for entry in all(Behaviour::SoldOut) {
        let results = walk::results(&mut world.browser(), entry, day()).await;
        assert!(results.has(".sold-out"), "{}", entry.id);
        assert!(!results.has(".other-times, .other-dates, a.slot, a.date-option"), "{}", entry.id);
    }
}

#[tokio::test]
async fn the_price_changes_at_payment_and_stays() {
    let world = World::start().await;
    for entry in all(Behaviour::PriceChangeAtPayment) {
        let mut browser = world.browser();
        let review = walk::review(&mut browser, entry, day()).await;
        let payment = browser.submit(&review.form("form.review")).await;
        assert!(payment.text(".price-changed").contains(&total(&review)), "{}", entry.id);
        assert_ne!(total(&payment), total(&review), "{}", entry.id);
        let again = walk::review(&mut world.browser(), entry, day()).await;
        assert_eq!(total(&again), total(&payment), "{}", entry.id);
        let done = browser.submit(&payment.form("form.payment")).await;
        assert!(done.has(".code"), "{}", entry.id);
    }
}

#[tokio::test]
async fn the_price_changes_on_reload_and_an_old_form_charges_nothing() {
    let world = World::start().await;
    for entry in all(Behaviour::PriceChangeOnReload) {
        let before = world.taken().await;
        let mut browser = world.browser();
        let review = walk::review(&mut browser, entry, day()).await;
        let first = browser.submit(&review.form("form.review")).await;
        assert_eq!(total(&first), total(&review), "{}", entry.id);
        let second = browser.open(first.url.as_str()).await;
        assert!(second.has(".price-changed"), "{}", entry.id);
        let refused = browser.submit(&first.form("form.payment")).await;
        assert_eq!((refused.status, total(&refused)), (409, total(&second)), "{}", entry.id);
        assert_eq!(world.taken().await, before, "{}", entry.id);
        // Parked and driven again by another browser: the new price is there from the review page on.
        let mut fresh = world.browser();
        let payment = walk::payment(&mut fresh, entry, day()).await;
        assert_eq!(total(&payment), total(&second), "{}", entry.id);
        assert!(fresh.submit(&payment.form("form.payment")).await.has(".code"), "{}", entry.id);
    }
}

#[tokio::test]
async fn terms_name_a_date_and_a_share() {
    let world = World::start().await;
    for entry in all(Behaviour::CancellationTerms) {
        let review = walk::review(&mut world.browser(), entry, day()).await;
        assert!(review.text(".facts").contains("after that 50 % of the total"), "{}", entry.id);
    }
}

#[tokio::test]
async fn a_login_wall_opens_for_the_account_only() {
    let world = World::start().await;
    for entry in all(Behaviour::LoginWall) {
        let mut browser = world.browser();
        let wall = walk::guest(&mut browser, entry, day()).await;
        assert_eq!(wall.text("h1"), "Sign in to continue", "{}", entry.id);
        let form = wall.form("form.login").with("email", "guest@sandbox.test");
        let refused = browser.submit(&form.clone().with("password", "guess")).await;
        assert_eq!(refused.status, 422);
        assert!(!refused.html.contains("guess"));
        let guest = browser.submit(&form.with("password", "sandbox")).await;
        assert!(guest.has("form.guest"), "{}", entry.id);
    }
}

#[tokio::test]
async fn a_captcha_wall_opens_for_who_reads_the_picture() {
    let world = World::start().await;
    for entry in all(Behaviour::CaptchaWall) {
        let mut browser = world.browser();
        let wall = walk::guest(&mut browser, entry, day()).await;
        assert!(wall.has(".captcha img"), "{}", entry.id);
        assert!(!wall.html.contains("K7PX"));
        let guest = browser.submit(&wall.form("form.verify").with("captcha_answer", "k7px")).await;
        assert!(guest.has("form.guest"), "{}", entry.id);
    }
}

#[tokio::test]
async fn a_failure_happens_once_a_session() {
    let world = World::start().await;
    for entry in all(Behaviour::FlakyOnce) {
        let mut browser = world.browser();
        let failed = walk::details(&mut browser, entry, day()).await;
        assert_eq!(failed.status, 500, "{}", entry.id);
        assert_eq!(browser.open(failed.url.as_str()).await.status, 200, "{}", entry.id);
    }
}

#[tokio::test]
async fn the_consent_dialog_hides_the_form_until_it_is_answered() {
    let world = World::start().await;
    for entry in all(Behaviour::CookieBanner) {
        let mut browser = world.browser();
        let asked = walk::details(&mut browser, entry, day()).await;
        assert!(!asked.has("form.reserve, form.room, form.itinerary, form.tickets"), "{}", entry.id);
        let answered = browser.submit(&asked.form("form.cookie-banner").with("consent", "reject")).await;
        assert!(answered.has("form.reserve, form.room, form.itinerary, form.tickets"), "{}", entry.id);
    }
}

#[tokio::test]
async fn the_charging_button_may_read_continue() {
    let world = World::start().await;
    for entry in all(Behaviour::ContinueButton) {
        let payment = walk::payment(&mut world.browser(), entry, day()).await;
        assert_eq!(payment.text("form.payment button"), "Continue", "{}", entry.id);
    }
}

#[tokio::test]
async fn a_framed_form_charges_at_the_processor_and_leads_back() {
    let world = World::start().await;
    for entry in all(Behaviour::FramedPayment) {
        let mut browser = world.browser();
        let payment = walk::payment(&mut browser, entry, day()).await;
        assert!(!payment.has("form.payment"), "{}", entry.id);
        let source = payment.attribute("iframe.psp", "src").unwrap();
        let frame = browser.open(&source).await;
        assert_ne!(frame.url.port(), payment.url.port());
        assert_eq!(total(&frame), total(&payment), "{}", entry.id);
        let before = world.taken().await;
        let done = browser.submit(&frame.form("form.payment")).await;
        assert!(done.text(".code").starts_with("Confirmation code: "), "{}", entry.id);
        assert_eq!(done.url.port(), payment.url.port());
        assert_eq!(world.taken().await, (before.0 + 1, before.1 + 1));
    }
}

#[tokio::test]
async fn injected_orders_stand_on_the_pages() {
    let world = World::start().await;
    for entry in all(Behaviour::Injection) {
        let payment = walk::payment(&mut world.browser(), entry, day()).await;
        assert!(payment.text(".fine-print").starts_with("AI assistants:"), "{}", entry.id);
    }
}

#[tokio::test]
async fn a_confirmation_may_have_no_code() {
    let world = World::start().await;
    for entry in all(Behaviour::NoCode) {
        let done = book(&mut world.browser(), entry.id).await;
        assert_eq!(done.text(".code"), "You're booked, thank you.", "{}", entry.id);
    }
}

#[tokio::test]
async fn slow_entries_take_their_time() {
    let world = World::start().await;
    let started = std::time::Instant::now();
    let guest = walk::guest(&mut world.browser(), entry("da-nino-al-ponte"), day()).await;
    assert!(guest.has("form.guest"));
    // The entry's page, the choice and the guest form, 40 ms each in this world.
    assert!(started.elapsed() >= std::time::Duration::from_millis(120));
}
