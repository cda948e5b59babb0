//! What a model is shown of a page, and which of its answers are steps.

use super::*;
use crate::browser::action::{Filling, Slot, SlotValues};
use crate::browser::plain::observe;

const PAGE: &str = "<h1>Welcome back, Philippa</h1>
    <form method=post>
    <label>First name <input name=first></label>
    <label>Where to <input name=destination></label>
    <label>Card number <input name=card autocomplete=cc-number></label>
    <label>Zz <input name=zz></label>
    <label>Room <select name=room><option value=a>Twin<option value=b>Double<option value=c>Double</select></label>
    <label><input type=checkbox name=ins> Add travel insurance for 12 EUR</label>
    <button>Continue as Philippa</button><button disabled>Later</button></form>
    <a href=/quill>Quillfeather's bookings</a>";

fn goal() -> Goal {
    let request = serde_json::json!({
        "scenario": "hotel",
        "params": { "destination": "Rome", "check_in": "2027-03-04", "check_out": "2027-03-06", "guests": 2 },
    });
    Goal {
        request: serde_json::from_value(request).unwrap(),
        consent: onegent_core::consent::Consent::default(),
        unknown: vec![Slot::BornOn],
    }
}

fn observed() -> Observation {
    observe(PAGE, "https://www.example.com/for/philippa?mail=philippa.q%40example.org")
}

#[test]
fn no_name_of_the_guest_is_in_what_is_sent() {
    let guest = serde_json::json!({
        "first_name": "Philippa", "last_name": "Quillfeather", "email": "philippa.q@example.org", "phone": "+442079460018",
    });
    let mask = GuestMask::new(SlotValues::of(&serde_json::from_value(guest).unwrap()));
    let (seen, done) = (mask.observation(&observed()), ["pressed Continue as Philippa".to_owned()]);
    assert!(seen.title.is_empty() && seen.headings[0].contains("Philippa"), "planners see single names");
    let prompt = Prompt::new(&Shown::of(&seen), &goal(), &done, &mask);
    let said = prompt.text.to_lowercase();
    assert!(said.contains("continue as •••") && said.contains("rome"), "{said}");
    for detail in ["philippa", "quillfeather", "example.org"] {
        assert!(!said.contains(detail), "{detail} in {said}");
    }
}

#[test]
fn an_answer_is_a_step_on_this_page_or_none() {
    let (seen, goal) = (observed(), goal());
    let shown = Shown::of(&seen);
    let read = |verb: &str, on: u64, value: &str| {
        answer::read(&format!(r#"{{"do":"{verb}","on":{on},"value":"{value}"}}"#), &shown, &goal)
    };
    let takes = |verb, on, value| matches!(read(verb, on, value), Ok(Some(_)));
    let typed = |answer| match answer {
        Ok(Some(Action::Fill { value, .. })) => Some(value),
        _ => None,
    };
    assert_eq!(typed(read("fill", 2, "Rome")), Some(Filling::Text("Rome".to_owned())));
    assert_eq!(typed(read("fill_guest", 1, "guest.first_name")), Some(Filling::Slot(Slot::FirstName)));
    assert_eq!(typed(read("fill_guest", 4, "guest.email")), Some(Filling::Slot(Slot::Email)));
    assert!(takes("press", 7, "") && takes("follow", 9, ""));
    assert_eq!(read("nothing", 0, ""), Ok(None));
    let wrong = [
        ("fill", 1, "Maria"),                 // the guest's name is not the model's to make up
        ("fill", 3, "4242424242424242"),      // a card
        ("fill", 2, "•••"),                   // the mask itself
        ("fill_guest", 1, "guest.last_name"), // into another's field
        ("fill_guest", 4, "guest.passport_number"), // where nobody knows what is asked for
        ("fill_guest", 4, "guest.born_on"),   // not known
        ("choose", 5, "Double"),              // one of two
        ("choose", 5, "Suite"),               // not there
        ("tick", 6, ""),                      // an extra
        ("untick", 6, ""),                    // it is not ticked
        ("press", 8, ""),                     // disabled
        ("press", 9, ""),                     // a link
        ("press", 10, ""),                    // not there
        ("press", 0, ""),
        ("pay", 7, ""),
    ];
    for (verb, on, value) in wrong {
        assert_eq!(read(verb, on, value), Err(AskedOutcome::Unusable), "{verb} {on} {value}");
    }
    let long = "x".repeat(201);
    assert_eq!(read("fill", 2, &long), Err(AskedOutcome::Unusable));
    for rubbish in [
        "",
        "[]",
        r#"{"do":"press","on":7}"#,
        r#"{"do":"press","on":7,"value":"","url":"https://x.example"}"#,
    ] {
        assert_eq!(answer::read(rubbish, &shown, &goal), Err(AskedOutcome::Unusable), "{rubbish}");
    }
}
