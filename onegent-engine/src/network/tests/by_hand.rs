//! What leaves a page that a person has.

use super::*;

fn by_hand(guard: &Guard, way: Way, method: &str, address: &str) -> HandAnswer {
    let (method, url) = (method.parse().unwrap(), on_site(address));
    guard.judge_by_hand(ByHand { method: &method, url: &url, way })
}

#[test]
fn a_person_goes_where_the_agent_may_go_and_nowhere_else() {
    let guard = guard();
    for address in [
        "https://evil.example.org/",
        "http://www.example.com/",
        "https://user@www.example.com/",
        "https://www.example.com/?q=4242424242424242",
        "wss://www.example.com/",
    ] {
        for method in ["GET", "POST"] {
            let answer = by_hand(&guard, Way::Part, method, address);
            assert!(matches!(answer, HandAnswer::Refuse(_)), "{method} {address}: {answer:?}");
        }
    }
    let channel = by_hand(&guard, Way::Channel, "GET", "/live");
    assert_eq!(channel, HandAnswer::Refuse(Refusal::Channel));
}

#[test]
fn what_a_person_writes_waits_and_what_they_read_does_not() {
    let free = HandAnswer::MaySubmit { known: false };
    let known = HandAnswer::MaySubmit { known: true };
    for (way, method, address, browsing, details_in) in [
        (Way::Navigation, "GET", "/rooms?page=2", HandAnswer::Pass, HandAnswer::Pass),
        (Way::Part, "GET", "/app.js", HandAnswer::Pass, HandAnswer::Pass),
        (Way::Navigation, "POST", "/sign-in", free.clone(), known.clone()),
        (Way::Part, "PUT", "/api/x", free.clone(), known.clone()),
        (Way::Frame, "POST", "/verify", free.clone(), known.clone()),
        (Way::Navigation, "GET", "/booking/pay", free, known.clone()),
        (Way::Navigation, "GET", "/booking/confirm", HandAnswer::Pass, known.clone()),
        (Way::Part, "POST", "https://stripe.com/v1/tokens", known.clone(), known),
    ] {
        assert_eq!(by_hand(&guard(), way, method, address), browsing, "{method} {address}");
        assert_eq!(by_hand(&knowing(), way, method, address), details_in, "{method} {address}, details in");
    }
}
