//! What requests may carry.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;

const CARD: &str = "4242424242424242";

fn send(kind: &str, body: &str) -> Answer {
    let mut guard = guard();
    press(
        &mut guard,
        r#"<form method="post" action="/guest"><input name="a"><button>Continue</button></form>"#,
    );
    ask_as(&mut guard, Way::Navigation, "POST", "/guest", kind, body)
}

fn multipart(name: &str, value: &str) -> String {
    format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n--x--\r\n")
}

#[test]
fn no_spelling_and_no_wrapping_brings_a_card_number_out() {
    let wrapped = STANDARD.encode(format!(r#"{{"n":"{CARD}"}}"#));
    let nested = URL_SAFE_NO_PAD.encode(format!("pan={CARD}&x=1"));
    let parts = "multipart/form-data; boundary=x";
    for (kind, body) in [
        (FORM, format!("n={CARD}")),
        (FORM, format!("{CARD}=n")),
        (FORM, "n=4242+4242+4242+4242".to_owned()),
        (FORM, "n=4242%2D4242%2D4242%2D4242".to_owned()),
        (FORM, "n=%34%32%34%32%34%32%34%32%34%32%34%32%34%32%34%32".to_owned()),
        (FORM, "n=%2534242424242424242".to_owned()),
        (FORM, format!("d={}", wrapped.replace('=', "%3D").replace('+', "%2B"))),
        (FORM, format!("d={nested}")),
        (FORM, format!("d=%7B%22card%22%3A%22{CARD}%22%7D")),
        (FORM, "a=4242&b=4242&c=4242&d=4242".to_owned()),
        (FORM, "a=3782&b=822463&c=10005".to_owned()),
        ("application/json", format!(r#"{{"card":{{"number":"{CARD}"}}}}"#)),
        ("application/json", format!(r#"{{"card":{CARD}}}"#)),
        ("application/json", format!(r#"["{CARD}"]"#)),
        ("application/json", format!(r#"{{"payload":"{wrapped}"}}"#)),
        ("text/plain", format!(r#"{{"card":"{CARD}"}}"#)),
        ("text/plain;charset=UTF-8", format!("n={CARD}")),
        ("application/octet-stream", format!("…{CARD}…")),
        ("", CARD.to_owned()),
        ("multipart/form-data", multipart("n", CARD)),
        (parts, multipart("n", CARD)),
        (parts, multipart("n", &wrapped)),
        ("Multipart/Form-Data; charset=utf-8; Boundary=\"x\"", multipart("n", CARD)),
    ] {
        assert_eq!(send(kind, &body), refused(Refusal::CardNumber), "{kind} {body}");
    }
    for address in [format!("/?x={CARD}"), format!("/{CARD}/a"), "/4242%204242%204242%204242".to_owned()] {
        assert_eq!(
            ask(&mut guard(), Way::Part, "GET", &address, ""),
            refused(Refusal::CardNumber),
            "{address}"
        );
    }
}

#[test]
fn security_codes_and_account_numbers_stay_as_well() {
    for (kind, body) in [
        (FORM, "cvc=123"),
        (FORM, "payment%5Bsecurity_code%5D=1234"),
        ("application/json", r#"{"card":{"cvv":"123"}}"#),
        ("application/json", r#"{"card":{"cvv":123}}"#),
        ("application/json", r#"[{"name":"cvc","value":"123"}]"#),
    ] {
        assert_eq!(send(kind, body), refused(Refusal::SecurityCode), "{body}");
    }
    for (kind, body) in [
        (FORM, "a=DE89370400440532013000"),
        (FORM, "a=de89+3704+0044+0532+0130+00"),
        ("application/json", r#"{"to":"GB82 WEST 1234 5698 7654 32"}"#),
    ] {
        assert_eq!(send(kind, body), refused(Refusal::AccountNumber), "{body}");
    }
}

/// What a page may put into a form, against the memory and the time of whoever judges it.
#[test]
fn what_is_nested_beyond_measure_is_refused() {
    let repeated = |text: &str| text.repeat(30_000);
    let name = "k".repeat(1_000_000);
    let twice = (0..100).fold("1".to_owned(), |inner, _| format!(r#"{{"name":"a","value":{inner}}}"#));
    let numbered: std::collections::BTreeMap<_, _> = (0..30_000).map(|n| (n.to_string(), 1)).collect();
    for body in [
        format!(r#"{{"{name}":[{}1]}}"#, repeated("1,")),
        format!(r#"{{"{name}":{}}}"#, serde_json::json!(numbered)),
        twice,
        repeated("a=1&"),
        format!("[{}1]", repeated("null,")),
    ] {
        let answer = send("application/json", &body);
        if body.starts_with("[null") {
            assert_eq!(answer, Answer::Pass);
        } else {
            assert_eq!(answer, refused(Refusal::TooMuch), "{}…", &body[..40]);
        }
    }
    assert_eq!(send(FORM, &format!("a={}", repeated("a+"))), Answer::Pass);
}

/// What is known not to be seen. Each is the gate's to prevent: it fills no such field.
#[test]
fn what_is_not_caught_is_known() {
    for body in [
        // Split unevenly.
        "a=42424&b=2424242&c=4242",
        // Split with something between.
        "a=4242&x=y&b=4242&c=4242&d=4242",
        // Backwards.
        "a=2424242424242424",
        // A security code under another name.
        "x=123",
    ] {
        assert_eq!(send(FORM, body), Answer::Pass, "{body}");
    }
}

#[test]
fn what_bookings_send_passes() {
    for body in [
        "name=Ana+Silva&email=ana%40example.com&confirm_email=ana%40example.com&phone=%2B12125550123",
        "check_in=2026-12-01&check_out=2026-12-03&guests=2&token=4f9a2c1be07d4242424242424242ff",
        "ts=1700000000000&id=20261201193000&csrf=bm90LWEtc2VjcmV0LWF0LWFsbA",
        "wishes=Please+confirm+a+table+by+the+window%3B+we+will+pay+in+cash",
        "commit=Continue&_method=put",
    ] {
        assert_eq!(send(FORM, body), Answer::Pass, "{body}");
    }
}

#[test]
fn a_guests_details_are_known_in_whatever_they_go_out() {
    let encoded = STANDARD.encode(r#"{"email":"ana@example.com"}"#);
    for (kind, body) in [
        (FORM, "e=ana%40example.com".to_owned()),
        (FORM, "n=Silva".to_owned()),
        (FORM, "p=212+555+0123".to_owned()),
        ("application/json", r#"{"guest":{"mail":"ana@example.com"}}"#.to_owned()),
        ("application/json", format!(r#"{{"p":"{encoded}"}}"#)),
        ("multipart/form-data; boundary=x", multipart("n", "Ana Silva")),
    ] {
        let mut guard = guard();
        assert_eq!(guard.phase(), Phase::Browse);
        assert_eq!(
            ask_as(&mut guard, Way::Part, "POST", "/draft", kind, &body),
            refused(Refusal::Unexplained)
        );
        assert_eq!(guard.phase(), Phase::DetailsIn, "{kind} {body}");
    }
    let mut guard = guard();
    assert_eq!(ask(&mut guard, Way::Part, "POST", "/search", "city=Rome&guests=2"), Answer::Pass);
    assert_eq!(guard.phase(), Phase::Browse);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    fn luhn_completed(digits: &str) -> String {
        (0..10)
            .map(|check| format!("{digits}{check}"))
            .find(|number| card::has_card_number(number))
            .expect("one of ten check digits is right")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Whatever number, wherever in the body, however wrapped.
        #[test]
        fn any_card_number_is_found(
            digits in "4[0-9]{14}", before in "[a-z ]{0,8}", after in "( [a-z]{0,8})?", wrap in 0..4,
        ) {
            let text = format!("{before} {}{after}", luhn_completed(&digits));
            let (kind, body) = match wrap {
                0 => (FORM, format!("a={}", url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>())),
                1 => ("application/json", serde_json::json!({ "a": [{ "b": text }] }).to_string()),
                2 => ("application/json", serde_json::json!({ "a": STANDARD.encode(text) }).to_string()),
                _ => ("text/plain", text),
            };
            prop_assert_eq!(send(kind, &body), refused(Refusal::CardNumber));
        }

        /// No body makes the judge fail, and none that it has judged passes twice as a write under a permit.
        #[test]
        fn any_body_is_judged(kind in "(application/json|multipart/form-data; boundary=x|text/plain|)", body in ".{0,200}") {
            let answer = send(&kind, &body);
            prop_assert!(matches!(answer, Answer::Pass | Answer::Hold(_) | Answer::Refuse(_)));
        }
    }
}
