#![cfg(test)]
//! The pages in `tests/web/`: what each labelled field asks for, and what the heuristic planner does there.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use onegent_core::consent::Consent;
use onegent_engine::browser::action::{Action, Filling, Slot};
use onegent_engine::browser::observation::Observation;
use onegent_engine::browser::plain::read_page;
use onegent_engine::fields::meanings;
use onegent_engine::planner::heuristic::Heuristic;
use onegent_engine::planner::{Finding, Goal, Planner, Step};
use scraper::{ElementRef, Html};
use serde::Deserialize;
use serde_json::json;

const MOST_STEPS: usize = 40;

#[derive(Debug, Deserialize)]
struct Answer {
    request: String,
    does: Vec<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/web")
}

fn pages() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let pages = entries.filter(|path| path.extension().is_some_and(|end| end == "html"));
    pages
        .map(|path| {
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn read(html: &str) -> Observation {
    read_page(html, "https://www.example.com/book".parse().unwrap()).unwrap()
}

#[test]
fn every_labelled_field_is_taken_for_what_it_is() {
    let mut wrong = Vec::new();
    let pages = pages();
    assert!(pages.len() >= 40, "{}", pages.len());
    for (name, html) in &pages {
        let seen = read(html);
        let mut found = HashMap::new();
        for form in &seen.forms {
            for (field, meaning) in form.fields.iter().zip(meanings(&seen, form)) {
                found.insert(field.reference.node, meaning.as_str());
            }
        }
        let document = Html::parse_document(html);
        let elements = document.root_element().descendants().filter_map(ElementRef::wrap);
        for (element, node) in elements.zip(0_u32..) {
            let Some(truth) = element.value().attr("data-truth") else { continue };
            let found = found.get(&node).copied().unwrap_or("not there");
            if found != truth {
                wrong.push(format!("{name}: {} is {truth}, not {found}", element.html()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_planner_does_on_every_page_what_it_should() {
    let answers: BTreeMap<String, Answer> =
        toml::from_str(&std::fs::read_to_string(folder().join("answers.toml")).unwrap()).unwrap();
    let pages = pages();
    let mut wrong = Vec::new();
    for (name, answer) in &answers {
        let done = steps(read(&pages[name]), &goal(&answer.request)).await;
        let all = answer.does.iter().all(|wanted| done.contains(wanted));
        if !all || done.last() != answer.does.last() {
            wrong.push(format!("{name}: wanted {:?}, did {done:?}", answer.does));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn goal(scenario: &str) -> Goal {
    let params = match scenario {
        "restaurant" => {
            json!({ "restaurant_name": "Carbone", "city": "Rome", "date": "2027-03-04", "time": "19:00", "covers": 2 })
        }
        "hotel" => {
            json!({ "destination": "Lisbon", "check_in": "2027-03-04", "check_out": "2027-03-06", "guests": 2 })
        }
        "flight" => {
            json!({ "origin": "JFK", "destination": "LHR", "depart_date": "2027-03-04", "passengers": 2 })
        }
        _ => json!({ "city": "Rome", "date": "2027-03-04", "participants": 2 }),
    };
    let request = serde_json::from_value(json!({ "scenario": scenario, "params": params })).unwrap();
    Goal { request, consent: Consent::default(), unknown: Slot::TRAVEL.to_vec() }
}

/// What the planner does until it leaves the page.
async fn steps(mut seen: Observation, goal: &Goal) -> Vec<String> {
    let planner = Heuristic::new();
    let mut done = Vec::new();
    for _ in 0..MOST_STEPS {
        match planner.next(&seen, goal).await {
            Step::End(finding) => {
                done.push(format!("end {}", word(&finding)));
                return done;
            }
            Step::Act { action: Action::Press { button }, .. } => {
                done.push(format!("press {}", seen.button(&button).unwrap().it.name));
                return done;
            }
            Step::Act { action: Action::Follow { link }, .. } => {
                done.push(format!("follow {}", seen.link(&link).unwrap().it.name));
                return done;
            }
            Step::Act { action, .. } => done.push(put(&mut seen, action)),
        }
    }
    done
}

fn word(finding: &Finding) -> &'static str {
    match finding {
        Finding::Booked { .. } => "booked",
        Finding::NoAvailability { .. } => "no_availability",
        Finding::NeedsPerson(_) => "needs_person",
        Finding::DetailsRefused { .. } => "details_refused",
        Finding::SiteFailed => "site_failed",
        Finding::NotUnderstood { .. } => "not_understood",
    }
}

/// Puts a value into the page as it was read.
fn put(seen: &mut Observation, action: Action) -> String {
    let (reference, value, on) = match action {
        Action::Fill { field, value: Filling::Slot(slot) } => (field, format!("{{{slot}}}"), None),
        Action::Fill { field, value: Filling::Text(text) } => (field, text, None),
        Action::Choose { field, option } => (field, option, None),
        Action::Check { field, on } => (field, on.to_string(), Some(on)),
        Action::Goto { .. } | Action::Follow { .. } | Action::Press { .. } => {
            unreachable!("it leaves the page")
        }
    };
    let fields = seen.forms.iter_mut().flat_map(|form| &mut form.fields);
    let field = fields.into_iter().find(|field| field.reference == reference).unwrap();
    match on {
        Some(on) => field.checked = on,
        None => field.value.clone_from(&value),
    }
    let own = field.group.is_empty() || field.kind == onegent_engine::browser::observation::FieldKind::Radio;
    let example = field.label == field.placeholder;
    let name = if field.label.is_empty() || example || !own { &field.name } else { &field.label };
    format!("{name} = {value}")
}
