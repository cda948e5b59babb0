//! Where requests may go.

use super::*;

fn get(policy: &NetworkPolicy, address: &str) -> Answer {
    let url = url(address);
    let request =
        Outgoing { method: &Method::GET, url: &url, content_type: "", body: &[], way: Way::Navigation };
    guard_for(policy.clone()).judge(&request, NOW)
}

fn site() -> NetworkPolicy {
    NetworkPolicy::site([url(SITE).origin()])
}

#[test]
fn only_the_sites_own_https_addresses_are_reached() {
    assert_eq!(get(&site(), "https://www.example.com/a?b=c"), Answer::Pass);
    assert_eq!(get(&site(), "https://www.example.com:443/"), Answer::Pass);
    for scheme in [
        "http://www.example.com/",
        "https://user@www.example.com/",
        "https://www.example.com@www.example.com/",
        "https://:secret@www.example.com/",
        "file:///etc/passwd",
        "data:text/html,x",
        "blob:https://www.example.com/1",
        "javascript:pay()",
    ] {
        assert_eq!(get(&site(), scheme), refused(Refusal::Scheme), "{scheme}");
    }
    for foreign in [
        "https://example.com/",
        "https://www.example.com:8443/",
        "https://www.example.com:80/",
        "https://www.example.com./",
        "https://www.example.com.evil.net/",
        "https://evil.net/?https://www.example.com/",
        "https://evil.net/www.example.com",
        "https://www.examp1e.com/",
        "https://www.xn--exmple-cua.com/",
    ] {
        assert!(matches!(get(&site(), foreign), Answer::Refuse(Refusal::ForeignOrigin(_))), "{foreign}");
    }
}

#[test]
fn channels_are_closed_in_every_phase() {
    for mut guard in [guard(), knowing()] {
        assert_eq!(ask(&mut guard, Way::Channel, "GET", "/stream", ""), refused(Refusal::Channel));
        for address in ["ws://www.example.com/", "wss://www.example.com/"] {
            assert_eq!(ask(&mut guard, Way::Part, "GET", address, ""), refused(Refusal::Channel));
        }
    }
}

/// Even a job whose own list names such a place does not get there.
#[test]
fn a_real_site_never_leads_into_the_private_network() {
    for private in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f.0.0.1/",
        "https://2130706433/",
        "https://0/",
        "https://10.0.0.1:8443/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://192.0.0.1/",
        "https://198.18.0.1/",
        "https://[::]/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[::ffff:a00:1]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::10.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://[fd00::1]/",
        "https://[fe80::1]/",
        "https://localhost/",
        "https://localhost./",
        "https://db.internal/",
        "https://router/",
    ] {
        let policy = NetworkPolicy::site([url(private).origin()]);
        assert_eq!(get(&policy, private), refused(Refusal::PrivateAddress), "{private}");
    }
    let sandbox = NetworkPolicy::sandbox([url("http://127.0.0.1:4002").origin()]);
    assert_eq!(get(&sandbox, "http://127.0.0.1:4002/table/"), Answer::Pass);
    assert!(matches!(get(&sandbox, "http://127.0.0.1:4003/"), Answer::Refuse(Refusal::ForeignOrigin(_))));
}

#[test]
fn a_processor_waits_for_a_permit_wherever_it_hides() {
    for (method, address) in [
        ("GET", "https://stripe.com/"),
        ("POST", "https://stripe.com/v1/tokens"),
        ("POST", "/v1/payment_intents/pi_1/confirm"),
        ("POST", "/proxy/v1/payment_intents"),
        ("POST", "/v2/checkout/orders/1/capture"),
        ("POST", "/psp/authorize-payment"),
    ] {
        for way in [Way::Navigation, Way::Hop, Way::Frame, Way::Part] {
            assert_eq!(
                ask(&mut guard(), way, method, address, ""),
                Answer::Hold(Held::Processor),
                "{address}"
            );
        }
    }
    // A read of such a place is held as soon as the guest is known; a redirect counts like any other.
    for way in [Way::Navigation, Way::Hop, Way::Frame, Way::Part] {
        assert_eq!(ask(&mut knowing(), way, "GET", "/3ds/challenge", ""), Answer::Hold(Held::Processor));
    }
}

/// A name that led to a public address when it was judged, and leads to a private one when it is connected to.
#[tokio::test]
async fn a_name_is_resolved_to_public_addresses_or_not_at_all() {
    use reqwest::dns::Resolve as _;
    for name in ["localhost", "127.0.0.1"] {
        let found = PublicResolver.resolve(name.parse().unwrap()).await;
        assert!(found.is_err(), "{name} leads to a special address");
    }
}
