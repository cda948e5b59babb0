//! What is wrong with a playbook is said with its file and line.

use super::*;

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
