//! What is wrong with a playbook is said with its file and line.

use super::*;
use crate::agent::LookUp;

fn sandbox() -> SandboxOrigins {
    SandboxOrigins {
        sites: "http://127.0.0.1:1".parse().unwrap(),
        payments: "http://127.0.0.1:2".parse().unwrap(),
    }
}

const GOOD: &str = r#"id = "site"
name = "Site"
scenarios = ["restaurant"]
environment = "live"
base = "https://www.example.com"
entry = "/book"

[[page]]
step = "search"
when = { path = "/book" }
do = [{ fill = "City", value = "{city}" }, { press = "Find" }]

[charge]
amount = ["Total"]
merchant = "Merchant"
terms = "Cancellation"
facts = ["Date"]

[submit]
confirmation = "done"
refused = ["declined"]
"#;

fn complaint(text: &str) -> String {
    let Err(AgentError::Playbook { name, reason }) = Playbook::parse("mine.toml", text, Some(&sandbox()))
    else {
        panic!("it was taken: {text}");
    };
    assert_eq!(name, "mine.toml");
    reason
}

#[test]
fn the_playbooks_that_come_along_are_fine() {
    let all = Playbook::all(None, Some(&sandbox())).unwrap();
    let ids: Vec<_> = all.iter().map(|playbook| playbook.id().as_str()).collect();
    assert_eq!(ids, ["suppertide", "larkhaven", "aerolume", "wanderlot"]);
    assert!(all.iter().all(|playbook| playbook.environment() == Environment::Test));
    assert!(Playbook::all(None, None).unwrap().is_empty());
}

#[test]
fn a_live_site_has_its_own_origin_only() {
    let playbook = Playbook::parse("mine.toml", GOOD, None).unwrap().unwrap();
    assert_eq!(playbook.entry().as_str(), "https://www.example.com/book");
    assert_eq!(playbook.origins().len(), 1);
}

#[test]
fn mistakes_are_told_with_their_line() {
    let changes = [
        ("\"Site\"", "\"\"", "line 2"),
        ("[\"restaurant\"]", "[\"spa\"]", "line 3"),
        ("step = \"search\"", "stop = \"search\"", "line 9"),
        ("when = { path = \"/book\" }", "when = {}", "line 8"),
        ("path = \"/book\"", "path = \"book\"", "a path begins with `/`"),
        ("{city}", "{town}", "no `{town}`"),
        ("value = \"{city}\"", "slot = \"guest.card\"", "guest.first_name"),
        ("press = \"Find\"", "press = \"Find\", fill = \"x\"", "exactly one of"),
        ("press = \"Find\"", "press = \"a*b\"", "line 11"),
        ("do = [", "end = \"booked\"\ndo = [", "exactly one of"),
    ];
    for (from, to, wanted) in changes {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD);
        let reason = complaint(&text);
        assert!(reason.contains(wanted), "{wanted:?} in {reason}");
        assert!(reason.contains("line "), "{reason}");
    }
}

#[test]
fn the_sandbox_and_the_real_world_stay_apart() {
    assert!(complaint(&GOOD.replace("https://www.example.com", "sandbox:sites")).contains("environment"));
    assert!(complaint(&GOOD.replace("\"live\"", "\"test\"")).contains("environment"));
    assert!(complaint(&GOOD.replace("https://www.example.com", "not an address")).contains("not an address"));
}

#[test]
fn a_folder_adds_sites_and_replaces_those_of_the_same_id() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.toml"), GOOD).unwrap();
    std::fs::write(folder.path().join("b.toml"), GOOD.replace("\"Site\"", "\"Newer\"")).unwrap();
    std::fs::write(folder.path().join("notes.txt"), "no playbook").unwrap();
    let all = Playbook::all(Some(folder.path()), None).unwrap();
    assert_eq!(all.iter().map(|playbook| playbook.name().as_str()).collect::<Vec<_>>(), ["Newer"]);
    assert!(Playbook::all(Some(&folder.path().join("missing")), None).is_err());
}

const LOOK_UP: &str = r#"
[look_up]
page = "/find"
do = [{ fill = "Email", slot = "guest.email" }, { press = "Find" }]
none = "No booking found"
must_have = ["{date}", "{covers}"]
name = "{restaurant_name}"
code = "Code"
no_code = "no code"
"#;

/// What the look-up makes of these bookings: first line, day, people.
fn found(bookings: &[(&str, &str, &str)], merchant: Option<&str>) -> LookUp {
    let cards = bookings
        .iter()
        .map(|(name, day, people)| format!("<li><p>{name}<p>{day}<p>{people}<dl><dt>Code<dd>X1</dl></li>"));
    let page = format!("<ul>{}</ul>", cards.collect::<String>());
    let seen = crate::browser::plain::observe(&page, "https://www.example.com/find");
    let playbook = Playbook::parse("mine.toml", &format!("{GOOD}{LOOK_UP}"), None).unwrap().unwrap();
    let request = serde_json::json!({
        "scenario": "restaurant",
        "params": { "restaurant_name": "Carbone", "city": "Rome", "date": "2027-03-04", "time": "19:00", "covers": 2 },
    });
    let request = serde_json::from_value(request).unwrap();
    let goal = Goal {
        request,
        consent: onegent_core::consent::Consent::default(),
        unknown: crate::browser::action::Slot::TRAVEL.to_vec(),
    };
    let merchant = merchant.map(|name| name.parse().unwrap());
    playbook.look_up(&goal, merchant.as_ref()).unwrap().answer(&seen)
}

#[test]
fn a_look_up_finds_the_very_booking_and_no_other() {
    let one = LookUp::Found { confirmation_code: Some("X1".parse().unwrap()) };
    let day = "2027-03-04";
    assert_eq!(found(&[("Carbone", day, "2")], None), one);
    assert_eq!(found(&[("Carbone", day, "2 guests"), ("Carbone", "2027-03-05", "4")], None), one);
    assert_eq!(found(&[("Rich Foods Ltd", day, "2")], Some("Rich Foods Ltd")), one);
    // Another venue of a longer name, two that fit, another number of people, another day.
    assert_eq!(found(&[("Carbone Privato", day, "2")], None), LookUp::Unknown);
    assert_eq!(found(&[("Carbone", day, "2"), ("Carbone", day, "2")], None), LookUp::Unknown);
    assert_eq!(found(&[("Carbone", day, "4"), ("Owl", day, "2 nights")], None), LookUp::Unknown);
    assert_eq!(found(&[("Owl", "2027-03-05", "2")], None), LookUp::NotFound);
}

#[test]
fn a_look_up_without_a_name_is_no_look_up() {
    let text = format!("{GOOD}{LOOK_UP}").replace("name = \"{restaurant_name}\"\n", "");
    assert!(complaint(&text).contains("missing field `name`"));
}

#[test]
fn only_headings_and_messages_say_that_a_submit_was_refused() {
    let playbook = Playbook::parse("mine.toml", GOOD, None).unwrap().unwrap();
    let said = |page: &str| {
        playbook.after_submit(&crate::browser::plain::observe(page, "https://www.example.com/book"))
    };
    assert_eq!(said("<h1>Your card was declined</h1>"), AfterSubmit::Refused);
    assert_eq!(said("<p role=alert>Card declined.</p>"), AfterSubmit::Refused);
    assert_eq!(said("<h1>Thank you</h1><p>A declined card is charged a fee.</p>"), AfterSubmit::Unclear);
}
