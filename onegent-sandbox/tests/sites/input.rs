//! Input that people and programs get wrong.

use jiff::ToSpan;
use onegent_sandbox::Site;

use crate::{
    walk::{self, day, entry},
    world::World,
};

#[tokio::test]
async fn a_wrong_search_comes_back_with_what_was_typed() {
    let world = World::start().await;
    let mut browser = world.browser();
    for site in Site::ALL {
        let search = browser.open(&format!("/{}/", site.id())).await.form("form.search");
        let (date, text) = match site {
            Site::Table => ("date", "restaurant"),
            Site::Stay => ("checkin", "destination"),
            Site::Air => ("depart", "from"),
            Site::Tours => ("day", "q"),
        };
        for wrong in ["", "soon", "2020-01-01", "2999-01-01"] {
            let page = browser.submit(&search.clone().with(date, wrong).with(text, "<b>'\"x")).await;
            assert_eq!(page.status, 422, "{} {wrong}", site.id());
            assert!(page.has(&format!("#{date}-error[role=alert]")), "{} {wrong}", site.id());
            let described = page.attribute(&format!("#{date}"), "aria-describedby");
            assert_eq!(described, Some(format!("{date}-error")));
            assert_eq!(page.form("form.search").get(text), Some("<b>'\"x"));
        }
    }
}

#[tokio::test]
async fn days_on_sale_end_after_360_days() {
    let world = World::start().await;
    for (ahead, status) in [(0, 200), (360, 200), (363, 422)] {
        let date = walk::today().checked_add(ahead.days()).unwrap();
        let results = walk::results(&mut world.browser(), entry("carbone"), date).await;
        assert_eq!(results.status, status, "{ahead} days ahead");
    }
}

#[tokio::test]
async fn a_wrong_guest_form_comes_back_with_messages() {
    let world = World::start().await;
    for id in ["carbone", "wren-court", "nordlys-jfk-lhr", "skyline-ferry"] {
        let (mut browser, entry) = (world.browser(), entry(id));
        let guest = walk::guest(&mut browser, entry, day()).await;
        let page = browser.submit(&walk::filled(&guest, entry.site, "nobody")).await;
        assert_eq!(page.status, 422, "{id}");
        assert!(page.has(".form-error[role=alert]"), "{id}");
        assert!(page.html.contains("value=\"nobody\""), "{id}");
        let unticked = browser.submit(&guest.form("form.guest")).await;
        assert!(unticked.texts(".error").contains(&"Please tick this box to go on.".to_owned()), "{id}");
    }
}

#[tokio::test]
async fn a_choice_that_is_not_on_offer_is_refused() {
    let world = World::start().await;
    let wrong = [
        ("carbone", "slot", "03:00"),
        ("wren-court", "room", "attic"),
        ("nordlys-jfk-lhr", "out", "XX1"),
        ("skyline-ferry", "ticket", "gold"),
    ];
    for (id, field, value) in wrong {
        let (mut browser, entry) = (world.browser(), entry(id));
        let details = walk::details(&mut browser, entry, day()).await;
        let page = browser.submit(&walk::choice(&details, entry).with(field, value)).await;
        assert_eq!(page.status, 422, "{id}");
        assert!(page.has(".form-error"), "{id}");
    }
}

#[tokio::test]
async fn another_card_left_empty_is_refused() {
    let world = World::start().await;
    let mut browser = world.browser();
    let payment = walk::payment(&mut browser, entry("wren-court"), day()).await;
    let refused = browser.submit(&payment.form("form.payment").with("card", "new")).await;
    assert_eq!(refused.status, 422);
    assert_eq!(world.taken().await, (0, 0));
}

#[tokio::test]
async fn a_draft_belongs_to_the_browser_that_began_it() {
    let world = World::start().await;
    let review = walk::review(&mut world.browser(), entry("carbone"), day()).await;
    let mut stranger = world.browser();
    let page = stranger.open(review.url.as_str()).await;
    assert_eq!((page.status, page.text("h1")), (410, "Your session has ended".to_owned()));
    assert_eq!(stranger.submit(&review.form("form.review")).await.status, 410);
    assert_eq!(world.taken().await, (0, 0));
}

#[tokio::test]
async fn steps_taken_out_of_order_lead_back() {
    let world = World::start().await;
    let mut browser = world.browser();
    let guest = walk::guest(&mut browser, entry("wren-court"), day()).await;
    let address = guest.url.to_string();
    for step in ["check", "pay", "confirmed"] {
        let page = browser.open(&address.replace("/guest", &format!("/{step}"))).await;
        assert_eq!(page.url, guest.url, "{step}");
    }
}

#[tokio::test]
async fn unknown_entries_and_pages_are_not_found() {
    let world = World::start().await;
    let mut browser = world.browser();
    for path in ["/table/at/nowhere", "/stay/hotels/carbone", "/nothing"] {
        assert_eq!(browser.open(path).await.status, 404, "{path}");
    }
    let open = browser.open("/table/at/carbone?date=never").await;
    assert_eq!(open.status, 422);
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused() {
    let world = World::start().await;
    let mut browser = world.browser();
    let guest = walk::guest(&mut browser, entry("carbone"), day()).await;
    let large = guest.form("form.guest").with("requests", &"x".repeat(70 * 1024));
    assert_eq!(browser.submit(&large).await.status, 413);
}
