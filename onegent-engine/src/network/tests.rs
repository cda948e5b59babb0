//! The policy alone, with the gate out of the way.

use jiff::{SignedDuration, Timestamp};
use onegent_core::id::{JobId, PermitId};
use onegent_core::machine::{Permit, SubmitKind};

use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn site() -> NetworkPolicy {
    NetworkPolicy::site([url("https://www.example.com").origin(), url("https://stripe.com").origin()])
}

fn get(policy: &NetworkPolicy, address: &str) -> Result<(), Refusal> {
    policy.judge(&Outgoing { method: Method::Get, url: &url(address), body: &[], cause: Cause::Page })
}

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn post(policy: &NetworkPolicy, address: &str, body: &[(&str, &str)]) -> Result<(), Refusal> {
    let (url, body) = (url(address), fields(body));
    let judged = Target::new(Method::Post, &url);
    policy.judge(&Outgoing { method: Method::Post, url: &url, body: &body, cause: Cause::Action(&judged) })
}

fn release(address: &str, deadline: Timestamp) -> Release {
    let permit = Permit {
        id: PermitId::generate(Timestamp::UNIX_EPOCH, [1; 10]),
        kind: SubmitKind::Reserve,
        deadline,
    };
    let job = JobId::generate(Timestamp::UNIX_EPOCH, [2; 10]);
    Release::new(SubmitPermit::for_tests(job, permit), Target::new(Method::Post, &url(address)))
}

#[test]
fn only_the_sites_own_public_https_addresses_are_reached() {
    assert_eq!(get(&site(), "https://www.example.com/a?b=c"), Ok(()));
    assert_eq!(get(&site(), "http://www.example.com/"), Err(Refusal::Scheme));
    assert_eq!(get(&site(), "https://user@www.example.com/"), Err(Refusal::Scheme));
    assert_eq!(get(&site(), "file:///etc/passwd"), Err(Refusal::Scheme));
    for foreign in
        ["https://example.com/", "https://www.example.com:8443/", "https://www.example.com.evil.net/"]
    {
        assert!(matches!(get(&site(), foreign), Err(Refusal::ForeignOrigin(_))), "{foreign}");
    }
}

#[test]
fn a_real_site_never_leads_into_the_private_network() {
    for private in [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/",
        "https://localhost/",
        "https://2130706433/",
    ] {
        let policy = NetworkPolicy::site([url(private).origin()]);
        assert_eq!(get(&policy, private), Err(Refusal::PrivateAddress), "{private}");
    }
    let sandbox = NetworkPolicy::sandbox([url("http://127.0.0.1:4002").origin()]);
    assert_eq!(get(&sandbox, "http://127.0.0.1:4002/table/"), Ok(()));
    assert!(matches!(get(&sandbox, "http://127.0.0.1:4003/"), Err(Refusal::ForeignOrigin(_))));
}

#[test]
fn no_request_carries_card_data_not_even_with_a_permit() {
    let address = "https://www.example.com/pay";
    assert_eq!(post(&site(), address, &[("n", "4242 4242 4242 4242")]), Err(Refusal::CardNumber));
    assert_eq!(post(&site(), address, &[("cvc", "123")]), Err(Refusal::SecurityCode));
    assert_eq!(get(&site(), "https://www.example.com/?x=4242424242424242"), Err(Refusal::CardNumber));
    assert_eq!(get(&site(), "https://www.example.com/4242424242424242"), Err(Refusal::CardNumber));
    let (target, body) = (url(address), fields(&[("n", "4242424242424242")]));
    let request = Outgoing { method: Method::Post, url: &target, body: &body, cause: Cause::Page };
    let release = release(address, Timestamp::MAX);
    assert_eq!(site().judge_submit(&request, release, Timestamp::UNIX_EPOCH), Err(Refusal::CardNumber));
}

#[test]
fn a_write_needs_the_action_that_explains_it() {
    let address = url("https://www.example.com/guest");
    let other = Target::new(Method::Post, &url("https://www.example.com/pay"));
    let read = Target::new(Method::Get, &address);
    for cause in [Cause::Page, Cause::Action(&other), Cause::Action(&read)] {
        let request = Outgoing { method: Method::Post, url: &address, body: &[], cause };
        assert_eq!(site().judge(&request), Err(Refusal::Unexplained));
    }
    assert_eq!(post(&site(), "https://www.example.com/guest", &[("email", "a@b.c")]), Ok(()));
}

#[test]
fn a_processor_is_never_reached_without_a_permit() {
    assert_eq!(get(&site(), "https://stripe.com/"), Err(Refusal::Processor));
    assert_eq!(
        post(&site(), "https://www.example.com/v1/payment_intents/pi_1/confirm", &[]),
        Err(Refusal::Processor)
    );
    assert_eq!(post(&site(), "https://www.example.com/booking/confirm", &[]), Ok(()));
}

#[test]
fn a_permit_releases_the_judged_request_and_no_other() {
    let now = Timestamp::UNIX_EPOCH;
    let later = now + SignedDuration::from_secs(30);
    let judged = "https://www.example.com/pay";
    let send = |method, address: &str, deadline| {
        let address = url(address);
        let request = Outgoing { method, url: &address, body: &[], cause: Cause::Page };
        site().judge_submit(&request, release(judged, deadline), now)
    };
    assert_eq!(send(Method::Post, judged, later), Ok(()));
    assert_eq!(send(Method::Get, judged, later), Err(Refusal::Unexplained));
    assert_eq!(send(Method::Post, "https://www.example.com/pay2", later), Err(Refusal::Unexplained));
    assert_eq!(send(Method::Post, judged, now), Err(Refusal::PermitOver));
}
