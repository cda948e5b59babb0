//! What scripts send: with a permit, beside it and after it, and out of dialogs and forms that name no place.

use onegent_core::charge::ChargeHash;
use onegent_core::id::HoldId;

use super::*;
use crate::gate::{Armed, Gate, Verdict};

/// A page that costs nothing, whose button only runs a script.
const FREE: &str = "<h1>Review</h1><p>Ana Silva</p><button>Confirm reservation</button>";
/// One that costs something.
const PAID: &str = "<h1>Review</h1><p>Ana Silva</p><p>Total EUR 51.00</p><button>Confirm and pay</button>";

fn armed(html: &str) -> Armed {
    let seen = page(html);
    let button = seen.buttons().next().unwrap().it.reference.clone();
    let verdict = Gate::with_scripts().judge(&seen, Action::Press { button });
    let Verdict::NeedsPermit { armed, .. } = verdict else { panic!("{verdict:?}") };
    assert_eq!(armed.target(), None);
    armed
}

/// Arms what a script posts.
fn shown(html: &str, address: &str, body: &str) -> Guard {
    let mut guard = knowing();
    let (method, url) = (Method::POST, on_site(address));
    let (content_type, way) = ("application/json", Way::Part);
    let request = Outgoing { method: &method, url: &url, content_type, body: body.as_bytes(), way };
    guard.arm(&armed(html), &request).unwrap();
    guard
}

fn charge() -> SubmitKind {
    let charge: ChargeHash = "03".repeat(32).parse().unwrap();
    SubmitKind::Charge { hold: HoldId::generate(NOW, [4; 10]), charge }
}

fn soon(kind: SubmitKind) -> SubmitPermit {
    permit_for(kind, NOW + SignedDuration::from_secs(30))
}

#[test]
fn a_free_bookings_permit_releases_nothing_that_says_that_it_pays() {
    for (address, body, pays) in [
        ("/api/reservations", r#"{"party":2}"#, false),
        ("/api/reservations", r#"{"payment":"at the restaurant"}"#, false),
        ("/api/pay", "{}", true),
        ("/api/reservations?then=pay", "{}", true),
        ("/api/reservations", r#"{"action":"purchase"}"#, true),
        ("/v1/payment_intents", "{}", true),
        ("https://stripe.com/session", "{}", true),
    ] {
        let mut guard = shown(FREE, address, body);
        let taken = guard.permit(soon(SubmitKind::Reserve));
        assert_eq!(taken, if pays { Err(Refusal::Pays) } else { Ok(()) }, "{address} {body}");
        let sent = ask_as(&mut guard, Way::Part, "POST", address, "application/json", body);
        assert_eq!(sent == Answer::Pass, !pays, "{address} {body}: {sent:?}");
        // Whom a person said yes to, pays.
        let mut guard = shown(PAID, address, body);
        assert_eq!(guard.permit(soon(charge())), Ok(()), "{address} {body}");
    }
}

#[test]
fn a_yes_to_the_pages_question_is_one_to_what_the_page_shows() {
    let (reserve, charge) = (SubmitKind::Reserve, charge());
    for (html, said, kind, expected) in [
        (FREE, "Book this table for good?", reserve, (Ok(()), Ok(()))),
        // In doubt it pays.
        (FREE, "There is nothing to pay.", reserve, (Ok(()), Err(Refusal::Pays))),
        (FREE, "Book it for EUR 40.00?", reserve, (Err(Refusal::Pays), Err(Refusal::NotAsShown))),
        (FREE, "Pay now?", reserve, (Ok(()), Err(Refusal::Pays))),
        (FREE, "A deposit will be taken. Go on?", reserve, (Ok(()), Err(Refusal::Pays))),
        (PAID, "Pay EUR 51.00 now?", charge, (Ok(()), Ok(()))),
        (PAID, "Pay EUR 510.00 now?", charge, (Err(Refusal::Pays), Err(Refusal::NotAsShown))),
    ] {
        let mut guard = shown(html, "/api/reservations", "{}");
        let asked = guard.asked(&[said.to_owned()], &page(html));
        assert_eq!((asked, guard.permit(soon(kind))), expected, "{said}");
    }
}

/// A script that sent the submit may open the page that says what came of it.
#[test]
fn after_a_scripts_submit_one_page_is_opened() {
    for (kind, path, passes) in [
        (SubmitKind::Reserve, "/booking/complete", true),
        (SubmitKind::Reserve, "/booking/pay", false),
        (SubmitKind::Reserve, "/v1/charges", false),
        (charge(), "/purchase-complete", true),
        (charge(), "/v1/charges", false),
    ] {
        let mut guard = shown(PAID, "/api/reservations", "{}");
        if kind == SubmitKind::Reserve {
            guard = shown(FREE, "/api/reservations", "{}");
        }
        guard.permit(soon(kind)).unwrap();
        let sent = ask_as(&mut guard, Way::Part, "POST", "/api/reservations", "application/json", "{}");
        assert_eq!(sent, Answer::Pass);
        let answer = ask(&mut guard, Way::Navigation, "GET", path, "");
        assert_eq!(answer == Answer::Pass, passes, "{path}: {answer:?}");
        if passes {
            assert_eq!(ask(&mut guard, Way::Hop, "GET", "/booked", ""), Answer::Pass);
            let second = ask(&mut guard, Way::Navigation, "GET", "/booked", "");
            assert_eq!(second, refused(Refusal::Unexplained));
        }
    }
}

/// "Accept" says nothing of what is accepted.
#[test]
fn closing_a_dialog_writes_nothing_once_the_site_knows_the_guest() {
    let html = r#"<h1>Tables</h1><div role="dialog"><p>One moment</p><button>Accept</button></div>"#;
    let mut browsing = guard();
    press(&mut browsing, html);
    assert_eq!(ask(&mut browsing, Way::Part, "POST", "/api/table", "{}"), Answer::Pass);
    let mut knows = knowing();
    press(&mut knows, html);
    for (way, method, answer) in [
        (Way::Part, "POST", refused(Refusal::Unexplained)),
        (Way::Navigation, "POST", refused(Refusal::Unexplained)),
        (Way::Part, "GET", Answer::Pass),
    ] {
        assert_eq!(ask(&mut knows, way, method, "/api/table", "{}"), answer, "{way:?} {method}");
    }
}

/// A form without an address of its own is one whose script decides: it may, where it asks for the guest.
#[test]
fn a_form_that_names_no_place_sends_where_it_stands_unless_it_asks_for_the_guest() {
    let wish = r#"<h1>Wishes</h1><form method="post"><label>Wish <input name="w"></label><button>Continue</button></form>"#;
    let guest = r#"<h1>Guest</h1><form method="post"><label>E-mail <input type="email" name="e"></label>
        <button>Continue</button></form>"#;
    for (html, known, elsewhere) in [(wish, false, true), (wish, true, false), (guest, true, true)] {
        let mut guard = if known { knowing() } else { guard() };
        press(&mut guard, html);
        assert_eq!(ask(&mut guard, Way::Part, "POST", "/booking/step", "w=1"), Answer::Pass);
        let answer = ask(&mut guard, Way::Part, "POST", "/api/wish", "w=1");
        assert_eq!(answer == Answer::Pass, elsewhere, "{known} {html}: {answer:?}");
    }
}

/// What only tells of the press, or is read, is not what the press is for.
#[test]
fn the_submit_is_a_page_or_a_write() {
    let target = Target::new(Sends::Get, &on_site("/go"));
    let url = on_site("/go");
    for (way, method, target, fits) in [
        (Way::Navigation, "GET", Some(&target), true),
        (Way::Part, "GET", Some(&target), false),
        (Way::Hop, "GET", Some(&target), false),
        (Way::Part, "GET", None, false),
        (Way::Part, "POST", None, true),
        (Way::Frame, "POST", None, true),
        (Way::Navigation, "GET", None, true),
    ] {
        let method: Method = method.parse().unwrap();
        let request = Outgoing { method: &method, url: &url, content_type: "", body: b"", way };
        assert_eq!(knowing().may_be_submit(target, &request), fits, "{way:?} {method} {target:?}");
    }
}
