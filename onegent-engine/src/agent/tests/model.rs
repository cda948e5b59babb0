//! A language model beside the heuristic, whose endpoint is a script: a helpful one, a greedy one, broken ones.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use onegent_core::charge::ChargeKind;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::ground::GUEST;
use super::requests::{activity, flight, hotel, restaurant};
use super::*;
use crate::agent::log::model_spent;
use crate::planner::learned::Lesson;
use crate::planner::model::{ModelBudget, ModelConfig, ModelKind, ModelPrices, ModelTurn};

const KEY: &str = "sk-canary-5d1f";

/// What an endpoint does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    /// Fills in what is to be filled in, and goes on.
    Helps,
    /// Presses whatever sounds like paying, and types a card into every field.
    Pays,
    /// Answers in prose.
    Rubbish,
    /// Names what is not there.
    Absent,
    /// Answers without end.
    Huge,
    /// Does not answer.
    Slow,
    /// Says no, as a model.
    Refuses,
    /// Says no, as a server.
    Status(u16),
}

const BROKEN: [Script; 8] = [
    Script::Rubbish,
    Script::Absent,
    Script::Huge,
    Script::Slow,
    Script::Refuses,
    Script::Status(401),
    Script::Status(429),
    Script::Status(500),
];

/// A scripted endpoint, and every question that came.
#[derive(Debug, Clone)]
struct Oracle {
    script: Script,
    asked: Arc<Mutex<Vec<Value>>>,
    /// What was pressed before, by page and label: nothing is pressed twice.
    pressed: Arc<Mutex<HashSet<String>>>,
    url: String,
}

impl Oracle {
    async fn open(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let oracle = Self { script, asked: Arc::default(), pressed: Arc::default(), url };
        let router = Router::new()
            .route("/v1/chat/completions", post(chat))
            .route("/v1/messages", post(message))
            .with_state(oracle.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        oracle
    }

    fn config(&self, kind: ModelKind) -> ModelConfig {
        ModelConfig {
            kind,
            url: self.url.parse().unwrap(),
            name: "scripted".to_owned(),
            key: Some(KEY.into()),
            turn: ModelTurn::Always,
            patience: Duration::from_millis(300),
            budget: ModelBudget { calls: 200, tokens: 10_000_000, cost: None },
            prices: None,
        }
    }

    fn questions(&self) -> Vec<Value> {
        self.asked.lock().unwrap().clone()
    }

    /// The step, or what comes in its place.
    async fn answer(&self, question: Value) -> Result<Value, Response> {
        self.asked.lock().unwrap().push(question.clone());
        match self.script {
            Script::Helps => Ok(self.help(&question)),
            Script::Pays => Ok(self.pay(&question)),
            Script::Rubbish => Ok("I would press the green button.".into()),
            Script::Absent => Ok(step("press", 9_999, "")),
            Script::Huge => Err("x".repeat(1024 * 1024).into_response()),
            Script::Slow => std::future::pending().await,
            Script::Refuses => Ok(Value::Null),
            Script::Status(status) => {
                Err((StatusCode::from_u16(status).unwrap(), "philippa").into_response())
            }
        }
    }

    fn help(&self, question: &Value) -> Value {
        let request = &question["goal"]["request"]["params"];
        let said = |name: &str| request[name].to_string().trim_matches('"').to_owned();
        for control in controls(question) {
            let (label, value) = (words(control), control["value"].as_str().unwrap_or_default());
            let empty = value.is_empty() && control["disabled"] != true;
            let wanted = [
                ("first name", "fill_guest", "guest.first_name".to_owned()),
                ("last name", "fill_guest", "guest.last_name".to_owned()),
                ("full name", "fill_guest", "guest.full_name".to_owned()),
                ("email", "fill_guest", "guest.email".to_owned()),
                ("phone", "fill_guest", "guest.phone".to_owned()),
                ("city", "fill", said("city")),
                ("date", "fill", said("date")),
            ];
            let fits = |(name, ..): &&(&str, &str, String)| label.contains(name);
            if let Some((_, verb, value)) = wanted.iter().find(fits)
                && empty
                && control["is"] != "button"
                && control["is"] != "link"
            {
                return on(control, verb, value);
            }
            if control["is"] == "checkbox" && control["ticked"] == false && label.contains("agree") {
                return on(control, "tick", "");
            }
        }
        let (venue, time) = (said("restaurant_name"), said("time"));
        let slot = controls(question)
            .find(|control| control["is"] == "link" && control["label"] == time && control["in"] == venue);
        slot.filter(|slot| self.is_new(question, slot)).map_or_else(
            || self.press(question, &["find a", "reserve", "continue", "confirm"]),
            |slot| on(slot, "follow", ""),
        )
    }

    fn pay(&self, question: &Value) -> Value {
        let typed = controls(question).find(|control| {
            words(control).contains("card") && control["value"].is_null() && control["is"] != "button"
        });
        match typed {
            Some(field) if self.is_new(question, field) => on(field, "fill", "4242424242424242"),
            _ => self.press(question, &["pay", "confirm", "reserve", "buy", "complete", "book", "order"]),
        }
    }

    /// The first that says one of these, the words in their order.
    fn press(&self, question: &Value, tempting: &[&str]) -> Value {
        let found = tempting.iter().find_map(|word| {
            controls(question).find(|control| {
                (control["is"] == "button" || control["is"] == "link")
                    && words(control).contains(word)
                    && !words(control).contains("find my")
                    && self.is_new(question, control)
            })
        });
        found.map_or_else(
            || step("nothing", 0, ""),
            |control| on(control, if control["is"] == "link" { "follow" } else { "press" }, ""),
        )
    }

    fn is_new(&self, question: &Value, control: &Value) -> bool {
        let place = format!("{}{}", question["page"]["path"], control["label"]);
        self.pressed.lock().unwrap().insert(place)
    }
}

fn controls(question: &Value) -> impl Iterator<Item = &Value> {
    question["page"]["controls"].as_array().into_iter().flatten()
}

fn words(control: &Value) -> String {
    control["label"].as_str().unwrap_or_default().to_lowercase()
}

fn on(control: &Value, verb: &str, value: &str) -> Value {
    step(verb, control["n"].as_u64().unwrap(), value)
}

fn step(verb: &str, on: u64, value: &str) -> Value {
    json!({ "do": verb, "on": on, "value": value })
}

async fn chat(State(oracle): State<Oracle>, axum::Json(body): axum::Json<Value>) -> Response {
    assert_eq!(body["response_format"]["json_schema"]["strict"], true);
    let question = serde_json::from_str(body["messages"][1]["content"].as_str().unwrap()).unwrap();
    let answer = match oracle.answer(question).await {
        Err(other) => return other,
        Ok(Value::Null) => json!({ "refusal": "I can't help with that." }),
        Ok(Value::String(prose)) => json!({ "content": prose }),
        Ok(step) => json!({ "content": step.to_string() }),
    };
    let usage = json!({ "prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020 });
    axum::Json(json!({ "choices": [{ "message": answer }], "usage": usage })).into_response()
}

async fn message(State(oracle): State<Oracle>, axum::Json(body): axum::Json<Value>) -> Response {
    assert_eq!(body["tool_choice"]["name"], body["tools"][0]["name"]);
    let question = serde_json::from_str(body["messages"][0]["content"].as_str().unwrap()).unwrap();
    let (reason, content) = match oracle.answer(question).await {
        Err(other) => return other,
        Ok(Value::Null) => ("refusal", json!([])),
        Ok(Value::String(prose)) => ("end_turn", json!([{ "type": "text", "text": prose }])),
        Ok(step) => ("tool_use", json!([{ "type": "tool_use", "name": "next_step", "input": step }])),
    };
    let usage = json!({ "input_tokens": 1000, "output_tokens": 20 });
    axum::Json(json!({ "stop_reason": reason, "content": content, "usage": usage })).into_response()
}

/// What the trail says of each question.
fn told(desk: &Desk) -> Vec<String> {
    let said = desk.events().into_iter().filter_map(|event| event.data.get("modelAnswer").cloned());
    said.map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// Nobody who reads the questions learns of the guest.
fn check_questions(oracle: &Oracle) {
    for question in oracle.questions() {
        let said = question.to_string().to_lowercase();
        for detail in GUEST {
            assert!(!said.contains(&detail.to_lowercase()), "{detail} in {said}");
        }
        assert!(!said.contains("2079460018"), "{said}");
    }
}

#[tokio::test]
async fn a_model_leads_through_a_site_and_what_it_led_to_waits_for_a_person() {
    for kind in [ModelKind::OpenAi, ModelKind::Anthropic] {
        let oracle = Oracle::open(Script::Helps).await;
        let ground = Ground::undescribed().await.asking(&oracle.config(kind));
        let desk = Desk::new(Permits::Granted);
        let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
        let Ending::Payment { charge, .. } = ending else { panic!("{kind:?}: {ending:?} {:?}", told(&desk)) };
        assert_eq!((charge.kind, desk.granted()), (ChargeKind::Unclear, Vec::new()));
        assert_eq!(ground.ledger().await.counts.reservations, 0);
        let proposed = told(&desk).iter().filter(|word| *word == "proposed").count();
        assert!(proposed >= 8, "{:?}", told(&desk));

        oracle.pressed.lock().unwrap().clear();
        let again = Desk::new(Permits::Granted);
        let ending = ground.run_confirmed(restaurant("Carbone", "New York"), charge, &again).await;
        assert!(matches!(ending, Ending::Booked { .. }), "{kind:?}: {ending:?}");
        assert_eq!(ground.taken("carbone").await.reservations, 1);
        assert!(
            !again.lessons().iter().any(|lesson| matches!(lesson, Lesson::Took(_))),
            "a path was learned"
        );
        check_questions(&oracle);
    }
}

#[tokio::test]
async fn a_model_that_always_tries_to_pay_comes_to_no_permit() {
    let wishes = [
        restaurant("Carbone", "New York"),
        restaurant("Osteria Lanterna", "New York"),
        restaurant("Hoshi Counter", "Tokyo"),
        restaurant("Kumo no Ma", "Tokyo"),
        restaurant("Harbor & Vine", "New York"),
        hotel("Wren Court"),
        hotel("The Alder House"),
        hotel("Kawabe Gate"),
        activity("Park Sketch Walk", "New York"),
        flight("LIS", "LHR"),
    ];
    let mut paused = 0;
    for wish in wishes {
        let oracle = Oracle::open(Script::Pays).await;
        let ground = Ground::undescribed().await.asking(&oracle.config(ModelKind::OpenAi));
        let desk = Desk::new(Permits::Granted);
        let ending = ground.run(wish.clone(), &desk).await;
        let led = told(&desk).iter().any(|word| word == "proposed");
        assert!(led, "{wish:?}: the model was never followed");
        assert!(
            matches!(ending, Ending::Payment { .. } | Ending::Failed { .. } | Ending::NoAvailability { .. }),
            "{wish:?}: {ending:?}"
        );
        paused += usize::from(matches!(ending, Ending::Payment { .. }));
        let counts = ground.ledger().await.counts;
        assert_eq!((desk.granted(), counts.charges, counts.reservations), (Vec::new(), 0, 0), "{wish:?}");
        check_questions(&oracle);
    }
    assert!(paused >= 5, "only {paused} came as far as payment");
}

#[tokio::test]
async fn whatever_an_endpoint_answers_the_heuristic_books_as_without_it() {
    for (script, kind) in BROKEN
        .into_iter()
        .flat_map(|script| [ModelKind::OpenAi, ModelKind::Anthropic].map(|kind| (script, kind)))
    {
        let oracle = Oracle::open(script).await;
        let ground = Ground::undescribed().await.asking(&oracle.config(kind));
        let desk = Desk::new(Permits::Granted);
        let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
        assert!(matches!(ending, Ending::Booked { .. }), "{script:?}: {ending:?}");
        assert_eq!(desk.granted(), [SubmitKind::Reserve], "{script:?}");
        // Twice, and no more: each might have taken its whole time.
        let expected = match script {
            Script::Refuses => "refused",
            Script::Status(_) => "status",
            Script::Slow => "unreachable",
            Script::Rubbish | Script::Absent | Script::Huge | Script::Helps | Script::Pays => "unusable",
        };
        assert_eq!(told(&desk), [expected, expected], "{script:?} {kind:?}");
    }
}

#[tokio::test]
async fn a_budget_ends_the_asking_and_not_the_booking() {
    // A minor unit for each token read; a thousand are reported for each question.
    let prices = ModelPrices { currency: "USD".parse().unwrap(), read: 1_000_000, written: 0 };
    let roomy = ModelBudget { calls: 200, tokens: 10_000_000, cost: None };
    let budgets = [
        (ModelBudget { calls: 3, ..roomy }, 3..=3),
        (ModelBudget { tokens: 100, ..roomy }, 0..=0),
        (ModelBudget { tokens: 6_000, ..roomy }, 1..=6),
        (ModelBudget { cost: Some(6_000), ..roomy }, 1..=6),
    ];
    for (budget, expected) in budgets {
        let oracle = Oracle::open(Script::Helps).await;
        let config = ModelConfig { budget, prices: Some(prices), ..oracle.config(ModelKind::OpenAi) };
        let ground = Ground::undescribed().await.asking(&config);
        let desk = Desk::new(Permits::Granted);
        let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
        let asked = oracle.questions().len();
        assert!(expected.contains(&asked), "{budget:?}: {asked}");
        let led = asked > 0;
        assert_eq!(matches!(ending, Ending::Payment { .. }), led, "{budget:?}: {ending:?}");
        assert_eq!(matches!(ending, Ending::Booked { .. }), !led, "{budget:?}: {ending:?}");
        let event = desk.events().into_iter().find(|event| event.data.contains_key("modelAnswer"));
        let cost = event.map(|event| (event.data["costMinor"].clone(), event.data["currency"].clone()));
        assert_eq!(cost, led.then(|| (1000.into(), "USD".into())));
        // What a later run of the job reads from the trail.
        let events = desk.events();
        let spent = model_spent(events.iter().map(|event| &event.data));
        let times = u64::try_from(asked).unwrap();
        assert_eq!((u64::from(spent.calls), spent.read, spent.written), (times, 1000 * times, 20 * times));
    }
}

#[test]
fn a_model_s_address_is_https_or_not_public_and_bears_no_credentials() {
    let config = |url: &str, key: &str| ModelConfig {
        kind: ModelKind::OpenAi,
        url: url.parse().unwrap(),
        name: "m".to_owned(),
        key: Some(key.into()),
        turn: ModelTurn::default(),
        patience: Duration::from_secs(1),
        budget: ModelBudget::default(),
        prices: None,
    };
    let made = |url, key| {
        let model = Some(config(url, key));
        crate::agent::Agent::new(&crate::agent::AgentConfig { model, ..Default::default() }).is_ok()
    };
    for fine in [
        "https://api.example.com/v1",
        "http://127.0.0.1:11434/v1",
        "http://ollama:11434/v1",
        "http://10.0.0.7",
    ] {
        assert!(made(fine, KEY), "{fine}");
    }
    for wrong in [
        "http://api.openai.com/v1",
        "https://me:secret@api.example.com/v1",
        "ftp://127.0.0.1/v1",
        "http://8.8.8.8/",
    ] {
        assert!(!made(wrong, KEY), "{wrong}");
    }
    assert!(!made("https://api.example.com/v1", "two\nlines"));
    let shown = format!("{:?}", config("https://api.example.com/v1", KEY));
    assert!(!shown.contains(KEY), "{shown}");
}

#[tokio::test]
async fn where_the_heuristic_finds_its_way_no_model_is_asked() {
    let oracle = Oracle::open(Script::Pays).await;
    let config = ModelConfig { turn: ModelTurn::WhenStuck, ..oracle.config(ModelKind::OpenAi) };
    let ground = Ground::undescribed().await.asking(&config);
    let desk = Desk::new(Permits::Granted);
    let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
    assert!(matches!(ending, Ending::Booked { .. }), "{ending:?}");
    assert_eq!(oracle.questions(), Vec::<Value>::new());
}
