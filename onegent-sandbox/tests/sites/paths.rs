//! The plain way through each site.

use onegent_sandbox::{Kind, catalogue, fingerprint};

use crate::{
    walk::{self, EMAIL, book, day, entry, total},
    world::World,
};

fn code(text: &str) -> &str {
    let code = text.strip_prefix("Confirmation code: ").unwrap();
    assert_eq!(code.len(), 6);
    code
}

#[tokio::test]
async fn a_free_table_is_booked_from_the_review_page() {
    let world = World::start().await;
    let done = book(&mut world.browser(), "carbone").await;
    assert_eq!(done.text("h1"), "Your table is booked");
    let ledger = world.ledger().await;
    let [reservation] = ledger.reservations.as_slice() else { panic!("{ledger:?}") };
    assert_eq!(reservation.code.as_deref(), Some(code(&done.text(".code"))));
    assert_eq!(reservation.guest, fingerprint(EMAIL));
    assert_eq!((reservation.entry.as_str(), reservation.date, reservation.party), ("carbone", day(), 2));
    assert_eq!(reservation.time.as_deref(), Some("19:00"));
    assert!(ledger.charges.is_empty());
}

#[tokio::test]
async fn each_site_takes_what_its_payment_page_showed() {
    let world = World::start().await;
    for id in ["the-brass-pear", "wren-court", "nordlys-jfk-lhr", "skyline-ferry"] {
        let mut browser = world.browser();
        let payment = walk::payment(&mut browser, entry(id), day()).await;
        assert_eq!(payment.text("button.pay"), format!("Pay {}", total(&payment)));
        let done = browser.submit(&payment.form("form.payment")).await;
        let ledger = world.ledger().await;
        let (reservation, charge) = (ledger.reservations.last().unwrap(), ledger.charges.last().unwrap());
        assert_eq!(reservation.code.as_deref(), Some(code(&done.text(".code"))), "{id}");
        assert_eq!((charge.kind, &charge.booking_id), (Kind::Charge, &reservation.booking_id));
        let charged = format!("{} {}", charge.currency.unwrap().code(), charge.amount.unwrap());
        assert_eq!(charged, total(&payment), "{id}");
    }
    assert_eq!(world.taken().await, (4, 4));
}

#[tokio::test]
async fn a_flight_can_be_one_way_with_all_its_extras() {
    let world = World::start().await;
    let mut browser = world.browser();
    let search = browser.open("/air/").await.form("form.search");
    let search = search.with("from", "New York").with("to", "London (LHR)").with("pax", "3");
    let results = browser.submit(&search.with("depart", &day().to_string())).await;
    assert_eq!(results.text("h1"), "New York (JFK) to London (LHR)");
    assert_eq!(results.texts("tr.flight").len(), 6);
    let details = browser.follow(&results, "tr.flight a.button").await;
    let itinerary = details.form("form.itinerary");
    assert_eq!(itinerary.get("back"), None);
    let guest = browser.submit(&itinerary).await;
    assert!(guest.has("input[name=given_3]:not([required])"));
    let extras = browser.submit(&walk::filled(&guest, entry("cobalt-jfk-lhr").site, EMAIL)).await;
    let review = browser.submit(&extras.form("form.extras")).await;
    assert!(review.text("table.facts").contains("Travel insurance, USD 72.00"));
    assert!(!review.text("table.facts").contains("Return"));
}

#[tokio::test]
async fn every_entry_on_sale_can_be_opened() {
    let world = World::start().await;
    for entry in catalogue().iter().filter(|entry| !entry.is(onegent_sandbox::Behaviour::SoldOut)) {
        let mut browser = world.browser();
        let details = walk::details(&mut browser, entry, day()).await;
        let expected = if entry.is(onegent_sandbox::Behaviour::FlakyOnce) { 500 } else { 200 };
        assert_eq!(details.status, expected, "{}", entry.id);
    }
}

#[tokio::test]
async fn a_booking_is_found_by_address_or_name() {
    let world = World::start().await;
    let mut browser = world.browser();
    book(&mut browser, "park-sketch-walk").await;
    let find = browser.open("/tours/find").await.form("form.find");
    for contact in [EMAIL, " ADA@example.org ", "lovelace"] {
        let found = browser.submit(&find.clone().with("contact", contact)).await;
        assert_eq!(found.texts(".booking .merchant"), ["Park Sketch Walk"], "{contact}");
    }
    let nobody = browser.submit(&find.clone().with("contact", "eve@example.org")).await;
    assert!(nobody.has(".none"));
    let wrong_code = browser.submit(&find.with("contact", EMAIL).with("code", "XXXXXX")).await;
    assert!(wrong_code.has(".none"));
    let elsewhere = browser.open("/table/find").await.form("form.find").with("contact", EMAIL);
    assert!(browser.submit(&elsewhere).await.has(".none"));
}

#[tokio::test]
async fn the_index_shows_all_entries() {
    let world = World::start().await;
    let index = world.browser().open("/").await;
    assert_eq!(index.texts("tbody tr").len(), catalogue().len());
}
