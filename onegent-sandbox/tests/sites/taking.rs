//! What is taken, how often, and what survives a restart.

use onegent_sandbox::Behaviour;

use crate::{
    walk::{self, EMAIL, book, day, entry},
    world::World,
};

#[tokio::test]
async fn a_visit_that_stops_at_payment_takes_nothing() {
    let world = World::start().await;
    for id in ["the-brass-pear", "wren-court", "nordlys-jfk-lhr", "skyline-ferry", "kawabe-gate"] {
        walk::payment(&mut world.browser(), entry(id), day()).await;
    }
    assert_eq!(world.taken().await, (0, 0));
}

#[tokio::test]
async fn a_repeated_submit_is_taken_once() {
    let world = World::start().await;
    let mut browser = world.browser();
    let form = walk::payment(&mut browser, entry("wren-court"), day()).await.form("form.payment");
    let (first, second) = (browser.submit(&form).await, browser.submit(&form).await);
    assert_eq!(first.text(".code"), second.text(".code"));
    let counts = world.ledger().await.counts;
    assert_eq!((counts.reservations, counts.charges, counts.repeats), (1, 1, 1));
}

#[tokio::test]
async fn a_site_without_idempotency_charges_twice() {
    let world = World::start().await;
    let repeating = onegent_sandbox::catalogue().iter().filter(|entry| entry.is(Behaviour::RepeatSubmits));
    for entry in repeating {
        let mut browser = world.browser();
        let form = walk::payment(&mut browser, entry, day()).await.form("form.payment");
        let (first, second) = (browser.submit(&form).await, browser.submit(&form).await);
        assert_ne!(first.text(".code"), second.text(".code"), "{}", entry.id);
        let ledger = world.ledger().await;
        let own = &ledger.counts.per_entry[entry.id];
        assert_eq!((own.reservations, own.charges), (2, 2), "{}", entry.id);
        let attempts = ledger.charges.iter().filter(|charge| charge.entry == entry.id);
        assert_eq!(attempts.map(|charge| charge.attempt).collect::<Vec<_>>(), [1, 2]);
    }
}

#[tokio::test]
async fn the_last_table_goes_to_whoever_submits_first() {
    let world = World::start().await;
    let (mut quick, mut slow) = (world.browser(), world.browser());
    let late = walk::review(&mut slow, entry("corner-owl"), day()).await.form("form.review");
    book(&mut quick, "corner-owl").await;
    let refused = slow.submit(&late).await;
    assert_eq!((refused.status, refused.text("h1")), (409, "Sorry, this has just been taken".to_owned()));
    let results = walk::results(&mut slow, entry("corner-owl"), day()).await;
    assert!(!results.texts("a.slot").contains(&"19:00".to_owned()));
    assert_eq!(world.taken().await, (1, 0));
}

#[tokio::test]
async fn a_restart_keeps_bookings_and_stock() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    let world = World::keeping(Some(path.clone())).await;
    book(&mut world.browser(), "corner-owl").await;
    book(&mut world.browser(), "wren-court").await;
    let before = world.ledger().await;
    world.stop().await;
    assert!(!std::fs::read_to_string(&path).unwrap().contains(EMAIL));

    // A crash in the middle of a write leaves half a line.
    let torn = std::fs::read_to_string(&path).unwrap() + "[{\"kind\":\"reserv";
    std::fs::write(&path, torn).unwrap();
    let world = World::keeping(Some(path)).await;
    assert_eq!(world.ledger().await, before);
    let mut browser = world.browser();
    let results = walk::results(&mut browser, entry("corner-owl"), day()).await;
    assert!(!results.texts("a.slot").contains(&"19:00".to_owned()));
    let find = browser.open("/stay/find").await.form("form.find").with("contact", EMAIL);
    assert_eq!(browser.submit(&find).await.texts(".booking .merchant"), ["Wren Court"]);
    book(&mut browser, "carbone").await;
    assert_eq!(world.ledger().await.reservations.last().unwrap().booking_id, "bk_000003");
}

#[tokio::test]
async fn the_same_seed_offers_the_same_prices() {
    let (one, other) = (World::start().await, World::start().await);
    for id in ["wren-court", "nordlys-jfk-lhr"] {
        let first = walk::results(&mut one.browser(), entry(id), day()).await;
        let second = walk::results(&mut other.browser(), entry(id), day()).await;
        assert_eq!(first.html, second.html, "{id}");
    }
}
