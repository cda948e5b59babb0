//! The phases, edge by edge.

use super::*;
use crate::gate::{Armed, Gate, Verdict};

const GUEST_FORM: &str = r#"<h1>Your details</h1><form method="post" action="/guest"><label>Name <input name="n"></label>
    <button>Continue</button></form>"#;
const REVIEW: &str = r#"<h1>Review</h1><p>Ana Silva</p><p>Total EUR 51.00</p><form method="post" action="/go">
    <button>Continue</button></form>"#;
const TO_PAYMENT: &str = r#"<h1>Review</h1><p>Ana Silva</p><p>Total EUR 51.00</p><form method="post" action="/go">
    <button>Go to payment</button></form>"#;
const PAYMENT: &str = r#"<h1>Payment</h1><form method="post" action="/done"><label>Card number <input name="n" autocomplete="cc-number">
    </label><button>Continue</button></form>"#;
const FREE: &str = r#"<h1>Review</h1><p>Ana Silva</p><form method="post" action="/book?step=2"><input type="hidden" name="t" value="1">
    <button>Confirm reservation</button></form>"#;

fn answer_of(guard: &mut Guard, way: Way, method: &str, path: &str) -> Answer {
    ask(guard, way, method, path, "")
}

#[test]
fn while_browsing_reads_pass_and_only_a_form_needs_an_action() {
    let pass = Answer::Pass;
    let unexplained = refused(Refusal::Unexplained);
    for (way, method, path, expected) in [
        (Way::Navigation, "GET", "/list", &pass),
        (Way::Navigation, "HEAD", "/list", &pass),
        (Way::Hop, "GET", "/list", &pass),
        (Way::Frame, "GET", "/map", &pass),
        (Way::Part, "GET", "/logo.svg", &pass),
        (Way::Part, "POST", "/metrics", &pass),
        (Way::Navigation, "POST", "/search", &unexplained),
        (Way::Navigation, "PUT", "/search", &unexplained),
        (Way::Hop, "POST", "/search", &unexplained),
        (Way::Frame, "POST", "/search", &unexplained),
        (Way::Part, "POST", "/api/pay", &Answer::Hold(Held::Commits)),
        (Way::Part, "GET", "/api/purchase", &Answer::Hold(Held::Commits)),
        (Way::Navigation, "GET", "/list?buy=1", &Answer::Hold(Held::Commits)),
    ] {
        assert_eq!(answer_of(&mut guard(), way, method, path), *expected, "{way:?} {method} {path}");
    }
}

#[test]
fn once_details_are_in_nothing_goes_anywhere_without_an_action() {
    let unexplained = refused(Refusal::Unexplained);
    let commits = Answer::Hold(Held::Commits);
    for (way, method, path, expected) in [
        (Way::Navigation, "GET", "/list", &unexplained),
        (Way::Navigation, "POST", "/guest", &unexplained),
        (Way::Hop, "GET", "/list", &unexplained),
        (Way::Part, "POST", "/api/draft", &unexplained),
        (Way::Part, "DELETE", "/api/draft", &unexplained),
        (Way::Part, "GET", "/logo.svg", &Answer::Pass),
        (Way::Frame, "GET", "/map", &Answer::Pass),
        (Way::Part, "GET", "/api/confirm", &commits),
        (Way::Part, "GET", "/api/x?action=confirmOrder", &commits),
        (Way::Frame, "GET", "/pay", &commits),
        (Way::Part, "GET", "/book", &commits),
        (Way::Part, "GET", "/de/bestellen", &commits),
        (Way::Part, "GET", "/fr/confirmer", &commits),
        (Way::Part, "GET", "/es/pagar", &commits),
        (Way::Part, "GET", "/it/conferma", &commits),
        (Way::Part, "GET", "/nl/betalen", &commits),
        (Way::Part, "GET", "/pl/zapłać", &commits),
        (Way::Part, "GET", "/sv/bekräfta", &commits),
        (Way::Part, "GET", "/ja/購入", &commits),
    ] {
        assert_eq!(answer_of(&mut knowing(), way, method, path), *expected, "{way:?} {method} {path}");
    }
}

#[test]
fn an_action_explains_its_own_request_and_its_redirects_until_the_next_look() {
    let mut guard = knowing();
    let seen = press(&mut guard, GUEST_FORM);
    assert_eq!(answer_of(&mut guard, Way::Navigation, "POST", "/guest"), Answer::Pass);
    assert_eq!(answer_of(&mut guard, Way::Hop, "GET", "/extras"), Answer::Pass);
    assert_eq!(answer_of(&mut guard, Way::Hop, "GET", "/finalize?t=1"), Answer::Hold(Held::Commits));
    for (way, method, path) in [
        (Way::Navigation, "GET", "/guest"),
        (Way::Navigation, "POST", "/guests"),
        (Way::Navigation, "PUT", "/guest"),
        (Way::Part, "POST", "/other"),
        (Way::Hop, "POST", "/guest"),
    ] {
        let answer = answer_of(&mut guard, way, method, path);
        assert_eq!(answer, refused(Refusal::Unexplained), "{way:?} {method} {path}");
    }
    guard.observed(&seen);
    assert_eq!(answer_of(&mut guard, Way::Navigation, "POST", "/guest"), refused(Refusal::Unexplained));
    assert_eq!(answer_of(&mut guard, Way::Hop, "GET", "/extras"), refused(Refusal::Unexplained));
}

#[test]
fn the_page_to_pay_on_is_reached_by_a_redirect_and_by_what_says_so_alone() {
    let commits = Answer::Hold(Held::Commits);
    for (html, way, path, expected) in [
        (TO_PAYMENT, Way::Hop, "/booking/7/pay", Answer::Pass),
        (GUEST_FORM, Way::Hop, "/booking/7/pay", Answer::Pass),
        (TO_PAYMENT, Way::Hop, "/booking/7/pay?confirm=1", commits.clone()),
        (TO_PAYMENT, Way::Hop, "/booking/7/pay-now-with-card", commits.clone()),
        (TO_PAYMENT, Way::Hop, "/booking/7/confirm", commits.clone()),
        (TO_PAYMENT, Way::Frame, "/booking/7/pay", commits.clone()),
        (TO_PAYMENT, Way::Part, "/booking/7/pay", commits),
    ] {
        let mut guard = knowing();
        press(&mut guard, html);
        assert_eq!(answer_of(&mut guard, way, "GET", path), expected, "{way:?} {path}");
    }
}

/// The price is read again right before the submit.
#[test]
fn a_page_that_was_read_may_be_read_again_whatever_it_is_called() {
    let mut seen = page(REVIEW);
    seen.url = on_site("/booking/7/pay?confirm=1");
    let target = Target::new(Sends::Get, &seen.url);
    for (reloadable, address, expected) in [
        (true, "/booking/7/pay?confirm=1", Answer::Pass),
        (true, "/booking/7/pay?confirm=2", Answer::Hold(Held::Commits)),
        (false, "/booking/7/pay?confirm=1", Answer::Hold(Held::Unknown)),
    ] {
        let mut guard = knowing();
        seen.reloadable = reloadable;
        guard.begin(Some(&seen), &Action::Goto { url: seen.url.clone() }, Some(&target));
        assert_eq!(
            answer_of(&mut guard, Way::Navigation, "GET", address),
            expected,
            "{reloadable} {address}"
        );
    }
}

#[test]
fn an_allowed_action_is_looked_at_again() {
    let unknown = r#"<form method="post" action="/go"><button>Abracadabra</button></form>"#;
    let final_word = r#"<form method="post" action="/go"><button>Finish</button></form>"#;
    let frame = r#"<h1>Payment</h1><iframe src="https://www.example.com/f"></iframe><form method="post" action="/go"><button>Continue</button></form>"#;
    let pay = r#"<form method="post" action="/go"><button>Pay now</button></form>"#;
    let search = r#"<form action="/go"><input name="q"><button>Search</button></form>"#;
    for (html, browsing, knows) in [
        (GUEST_FORM, None, None),
        (search, None, None),
        (unknown, None, Some(Held::Unknown)),
        (final_word, Some(Held::FinalWords), Some(Held::FinalWords)),
        (pay, Some(Held::PayWords), Some(Held::PayWords)),
        (PAYMENT, Some(Held::PaymentFields), Some(Held::PaymentFields)),
        (frame, Some(Held::PaymentFrame), Some(Held::PaymentFrame)),
        // These pages show the guest: the site knows them, whoever told it.
        (REVIEW, Some(Held::Review), Some(Held::Review)),
        (TO_PAYMENT, None, None),
    ] {
        for (mut guard, held) in [(guard(), browsing), (knowing(), knows)] {
            let seen = press(&mut guard, html);
            let target = seen.buttons().next().unwrap().it.target.clone().unwrap();
            let answer = answer_of(
                &mut guard,
                Way::Navigation,
                Method::from(target.method).as_str(),
                target.url.path(),
            );
            assert_eq!(answer, held.map_or(Answer::Pass, Answer::Hold), "{html}");
        }
    }
}

#[test]
fn links_and_addresses_are_looked_at_again_as_well() {
    let html = r##"<h1>Review</h1><p>Ana Silva</p><p>Total EUR 51.00</p><a href="/terms">Terms</a><a href="/edit">Change details</a>
        <a href="/x">Splendid</a><a href="/y">Pay now</a><a href="#top">Splendid</a>"##;
    let seen = page(html);
    let answers: Vec<_> = seen
        .links()
        .map(|found| {
            let mut guard = knowing();
            let action = Action::Follow { link: found.it.reference.clone() };
            guard.begin(Some(&seen), &action, Some(&Target::new(Sends::Get, &found.it.url)));
            answer_of(&mut guard, Way::Navigation, "GET", found.it.url.path())
        })
        .collect();
    let hold = Answer::Hold;
    let expected = [Answer::Pass, Answer::Pass, hold(Held::Review), hold(Held::PayWords), Answer::Pass];
    assert_eq!(answers, expected);
    for (address, expected) in [(seen.url.clone(), Answer::Pass), (on_site("/list"), hold(Held::Unknown))] {
        let mut guard = knowing();
        let target = Target::new(Sends::Get, &address);
        guard.begin(Some(&seen), &Action::Goto { url: address.clone() }, Some(&target));
        assert_eq!(answer_of(&mut guard, Way::Navigation, "GET", address.path()), expected);
    }
}

#[test]
fn at_payment_a_script_writes_nothing_whoever_the_guest_is() {
    let mut guard = guard();
    guard.observed(&page(PAYMENT));
    assert_eq!(guard.phase(), Phase::Armed);
    assert_eq!(answer_of(&mut guard, Way::Part, "POST", "/api/x"), Answer::Hold(Held::PaymentFields));
    assert_eq!(answer_of(&mut guard, Way::Part, "GET", "/logo.svg"), Answer::Pass);
    guard.observed(&page(GUEST_FORM));
    assert_eq!(guard.phase(), Phase::Browse);
}

/// What a script's button sends is not known before; the second look and the words decide.
#[test]
fn a_scripts_button_is_judged_by_the_page_and_by_what_it_sends() {
    let html = |label: &str| format!("<h1>Your details</h1><p>Ana Silva</p><button>{label}</button>");
    for (label, path, expected) in [
        ("Go to summary", "/api/guest", Answer::Pass),
        ("Go to summary", "/api/confirm", Answer::Hold(Held::Commits)),
        ("Pay now", "/api/guest", Answer::Hold(Held::PayWords)),
        ("Splendid", "/api/guest", Answer::Hold(Held::Unknown)),
    ] {
        let mut guard = knowing();
        press(&mut guard, &html(label));
        assert_eq!(answer_of(&mut guard, Way::Part, "POST", path), expected, "{label} {path}");
        assert_eq!(answer_of(&mut guard, Way::Navigation, "POST", path), expected, "{label} {path}");
    }
    // What is typed starts nothing.
    let mut guard = knowing();
    let seen = page(GUEST_FORM);
    let field = seen.fields().next().unwrap().it.reference.clone();
    guard.begin(Some(&seen), &Action::Check { field, on: true }, None);
    assert_eq!(answer_of(&mut guard, Way::Part, "POST", "/api/guest"), Answer::Hold(Held::Unknown));
}

/// The gate's word that the only button of a page needs a permit.
fn armed(html: &str) -> Armed {
    let seen = page(html);
    let button = seen.buttons().next().unwrap().it.reference.clone();
    let verdict = Gate::new().judge(&seen, Action::Press { button });
    let Verdict::NeedsPermit { armed, .. } = verdict else { panic!("{verdict:?}") };
    armed
}

const BOOK: (&str, &str, &str) = ("POST", "/book?step=2", "t=1");

fn arm(guard: &mut Guard, (method, address, body): (&str, &str, &str)) -> Result<(), Refusal> {
    let (method, url) = (method.parse().unwrap(), on_site(address));
    let way = Way::Navigation;
    let request = Outgoing { method: &method, url: &url, content_type: FORM, body: body.as_bytes(), way };
    guard.arm(&armed(FREE), &request)
}

fn committed(deadline: Timestamp) -> Guard {
    let mut guard = knowing();
    arm(&mut guard, BOOK).unwrap();
    assert_eq!(guard.phase(), Phase::Armed);
    guard.permit(permit(deadline)).unwrap();
    assert_eq!(guard.phase(), Phase::Commit);
    guard
}

fn soon() -> Timestamp {
    NOW + SignedDuration::from_secs(30)
}

#[test]
fn a_permit_releases_the_request_that_was_armed_once() {
    let mut guard = committed(soon());
    let (method, address, body) = BOOK;
    assert_eq!(ask(&mut guard, Way::Navigation, method, address, body), Answer::Pass);
    assert_eq!(guard.phase(), Phase::Done);
    // Its answer is followed: reads within the site, whatever they are called; processors are not among them.
    assert_eq!(answer_of(&mut guard, Way::Hop, "GET", "/booking/complete"), Answer::Pass);
    assert_eq!(answer_of(&mut guard, Way::Frame, "GET", "/confirm"), Answer::Pass);
    assert_eq!(
        answer_of(&mut guard, Way::Hop, "GET", "https://stripe.com/pay"),
        Answer::Hold(Held::Processor)
    );
    for (way, method, address, body) in [
        (Way::Navigation, method, address, body),
        (Way::Part, method, address, body),
        (Way::Hop, method, address, body),
        (Way::Part, "POST", "/metrics", ""),
    ] {
        assert_eq!(ask(&mut guard, way, method, address, body), refused(Refusal::NotAsShown), "{way:?}");
    }
    guard.close();
    assert_eq!(answer_of(&mut guard, Way::Hop, "GET", "/booking/complete"), refused(Refusal::Unexplained));
    assert_eq!(arm(&mut guard, BOOK), Err(Refusal::NotAsShown));
    assert_eq!(guard.permit(permit(soon())), Err(Refusal::NotAsShown));
}

#[test]
fn after_the_submit_a_page_is_opened_to_read_what_came_of_it() {
    let mut guard = committed(soon());
    let (method, address, body) = BOOK;
    assert_eq!(ask(&mut guard, Way::Navigation, method, address, body), Answer::Pass);
    for (path, expected) in [("/booked", Answer::Pass), ("/pay", Answer::Hold(Held::Commits))] {
        let target = Target::new(Sends::Get, &on_site(path));
        guard.begin(Some(&page(FREE)), &Action::Goto { url: on_site(path) }, Some(&target));
        assert_eq!(answer_of(&mut guard, Way::Navigation, "GET", path), expected, "{path}");
    }
}

#[test]
fn a_permit_releases_nothing_but_what_was_armed() {
    for (way, method, address, body) in [
        (Way::Navigation, "POST", "/book?step=2", "t=2"),
        (Way::Navigation, "POST", "/book?step=2", ""),
        (Way::Navigation, "POST", "/book?step=2", "t=1&amount=900"),
        (Way::Navigation, "POST", "/book?step=3", "t=1"),
        (Way::Navigation, "POST", "/book", "t=1"),
        (Way::Navigation, "POST", "/book2?step=2", "t=1"),
        (Way::Navigation, "PUT", "/book?step=2", "t=1"),
        (Way::Part, "POST", "/metrics", ""),
        (Way::Hop, "POST", "/book?step=4", "t=1"),
    ] {
        let mut guard = committed(soon());
        let answer = ask(&mut guard, way, method, address, body);
        assert_eq!(answer, refused(Refusal::NotAsShown), "{method} {address} {body}");
        // What was refused has not used the permit up.
        assert_eq!(ask(&mut guard, Way::Navigation, BOOK.0, BOOK.1, BOOK.2), Answer::Pass);
    }
    let mut guard = committed(soon());
    assert_eq!(ask(&mut guard, Way::Navigation, "GET", "/book?step=2", ""), refused(Refusal::Unexplained));
    let other_host = "https://stripe.com/book?step=2";
    assert_eq!(ask(&mut guard, Way::Navigation, "POST", other_host, "t=1"), refused(Refusal::NotAsShown));
}

#[test]
fn a_permit_that_is_over_or_for_nothing_releases_nothing() {
    let mut guard = committed(NOW);
    assert_eq!(ask(&mut guard, Way::Navigation, BOOK.0, BOOK.1, BOOK.2), refused(Refusal::PermitOver));
    assert_eq!(ask(&mut guard, Way::Navigation, BOOK.0, BOOK.1, BOOK.2), refused(Refusal::NotAsShown));
    let mut guard = knowing();
    assert_eq!(guard.permit(permit(soon())), Err(Refusal::NotAsShown));
    assert_eq!(arm(&mut guard, BOOK), Err(Refusal::NotAsShown), "the permit is gone");
}

#[test]
fn only_what_the_gate_judged_and_what_may_go_out_is_armed() {
    for (request, refusal) in [
        (("POST", "/other", "t=1"), Refusal::Unexplained),
        (("GET", "/book?step=2", ""), Refusal::Unexplained),
        (("POST", "/book?step=2", "t=4242424242424242"), Refusal::CardNumber),
        (("POST", "/book?step=2", "cvc=123"), Refusal::SecurityCode),
        (("POST", "/book?step=2", "a=DE89370400440532013000"), Refusal::AccountNumber),
    ] {
        assert_eq!(arm(&mut knowing(), request), Err(refusal), "{request:?}");
    }
    // Armed, and without a permit, nothing goes out.
    let mut guard = knowing();
    arm(&mut guard, BOOK).unwrap();
    assert_eq!(ask(&mut guard, Way::Navigation, BOOK.0, BOOK.1, BOOK.2), refused(Refusal::Unexplained));
}

#[test]
fn a_fingerprint_tells_query_and_body_apart_and_shows_neither() {
    let print = |address: &str, body: &str| {
        let url = on_site(address);
        let method = Method::POST;
        let way = Way::Navigation;
        Fingerprint::of(&Outgoing {
            method: &method,
            url: &url,
            content_type: FORM,
            body: body.as_bytes(),
            way,
        })
    };
    assert_eq!(print("/a?b=c#d", "e"), print("/a?b=c", "e"));
    assert_ne!(print("/a?b", "c"), print("/a?bc", ""));
    assert_ne!(print("/a?", "bc"), print("/a?bc", ""));
    let shown = format!("{:?}", print("/a?mail=ana", "name=silva"));
    assert!(!shown.contains("ana") && !shown.contains("silva"), "{shown}");
}
