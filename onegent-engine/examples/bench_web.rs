//! Small tasks on web pages, by the heuristic planner in Chromium: `cargo xtask bench web`.
//!
//! The pages are those of `MiniWoB++` that ask for what a booking asks for. A task's own sentence is read into a request, and
//! from there on nothing is told: no rule knows these pages. A task is done when the page itself gives a reward above zero.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench talks to the terminal")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use onegent_core::consent::Consent;
use onegent_core::time::SystemClock;
use onegent_engine::browser::action::{Action, Slot, SlotValues};
use onegent_engine::browser::chromium::{ChromiumBrowser, ChromiumConfig};
use onegent_engine::browser::{Browser, Visit};
use onegent_engine::gate::{Gate, Verdict};
use onegent_engine::network::NetworkPolicy;
use onegent_engine::planner::heuristic::Heuristic;
use onegent_engine::planner::{Finding, Goal, Planner as _, Step};
use regex::Regex;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The tasks whose sentences say what a request can say.
const TASKS: [&str; 9] = [
    "book-flight",
    "book-flight-nodelay",
    "choose-date",
    "choose-date-easy",
    "choose-date-medium",
    "choose-date-nodelay",
    "enter-date",
    "enter-time",
    "choose-list",
];
/// How the sentences write a day.
const DAY: &str = r"(?<month>\d+)/(?<day>\d+)/(?<year>\d{4})";
/// More steps than any of them needs.
const MOST_STEPS: usize = 60;
/// How many pages are open at a time.
const HANDS: usize = 3;

/// What became of one task.
#[derive(Debug, Clone)]
struct Done {
    reward: f64,
    steps: usize,
    end: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seeds = arguments.iter().find_map(|argument| argument.strip_prefix("--seeds=")?.parse().ok());
    let Some(folder) = arguments.iter().find(|argument| !argument.starts_with("--")) else {
        eprintln!("usage: bench_web DIR [--seeds=NUMBER] [--json]");
        return ExitCode::FAILURE;
    };
    match measure(Path::new(folder), seeds.unwrap_or(50)).await {
        Ok(done) => {
            report(&done, arguments.iter().any(|argument| argument == "--json"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench_web: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(folder: &Path, seeds: u32) -> Result<BTreeMap<&'static str, Vec<Done>>, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let origin = Url::parse(&format!("http://{}", listener.local_addr()?))?;
    let pages = Router::new().fallback(page).with_state(Arc::new(folder.to_owned()));
    let served = tokio::spawn(axum::serve(listener, pages).into_future());
    let browser = Arc::new(ChromiumBrowser::new(&ChromiumConfig::default(), Arc::new(SystemClock))?);
    let mut left = TASKS.into_iter().flat_map(|task| (0..seeds).map(move |seed| (task, seed)));
    let (mut hands, mut done) = (JoinSet::new(), BTreeMap::<_, Vec<_>>::new());
    loop {
        while hands.len() < HANDS
            && let Some((task, seed)) = left.next()
        {
            let (browser, origin) = (Arc::clone(&browser), origin.clone());
            hands.spawn(async move {
                let tried = attempt(&*browser, &origin, task, seed).await;
                let failed = |error: Failure| Done { reward: 0.0, steps: 0, end: error.to_string() };
                (task, tried.unwrap_or_else(failed))
            });
        }
        let Some(ended) = hands.join_next().await else { break };
        let (task, result) = ended?;
        done.entry(task).or_default().push(result);
    }
    browser.close().await;
    served.abort();
    Ok(done)
}

/// One task with one seed.
async fn attempt(browser: &dyn Browser, origin: &Url, task: &str, seed: u32) -> Result<Done, Failure> {
    let guest = json!({
        "first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone": "+12125550123",
    });
    let slots = SlotValues::of(&serde_json::from_value(guest)?);
    let policy = NetworkPolicy::sandbox([origin.origin()]);
    let mut page = browser.open(Visit { policy, slots }).await?;
    let mut gate = Gate::with_scripts();
    let entry = origin.join(&format!("miniwob/{task}.html?seed={seed}"))?;
    let Verdict::Allowed(cleared) = gate.entry(entry) else { return Err("the entry is refused".into()) };
    page.act(cleared).await?;
    let planner = Heuristic::new();
    let mut goal = None;
    let mut steps = 0;
    loop {
        let shown = page.observe().await?;
        if let Some(reward) = shown.title.strip_prefix("reward ") {
            return Ok(Done { reward: reward.parse()?, steps, end: "done".to_owned() });
        }
        let goal = match &goal {
            Some(goal) => goal,
            None => goal.insert(Goal {
                request: serde_json::from_value(asked(&shown.text).ok_or("a sentence that is not known")?)?,
                consent: Consent::default(),
                unknown: Slot::TRAVEL.to_vec(),
            }),
        };
        let stopped = |end: &str| Ok(Done { reward: 0.0, steps, end: end.to_owned() });
        if steps >= MOST_STEPS {
            return stopped("too many steps");
        }
        let action = match planner.next(&shown, goal).await {
            Step::Act { action, .. } => action,
            Step::End(Finding::NotUnderstood { why }) => return stopped(&why),
            Step::End(Finding::NoAvailability { .. }) => return stopped("says that there is nothing"),
            Step::End(_) => return stopped("another ending"),
        };
        match gate.judge(&shown, action) {
            Verdict::Allowed(cleared) => page.act(cleared).await?,
            // Where a booking waits for its person, the bench presses for them, from inside the page: without a permit
            // there is no way from here.
            Verdict::NeedsPermit { armed, .. } => {
                let Action::Press { button } = armed.action() else {
                    return stopped("the gate wants a person");
                };
                let Some(name) = shown.button(button).map(|found| found.it.name.clone()) else {
                    return stopped("the gate wants a person");
                };
                let mut here = shown.url.clone();
                here.set_fragment(Some(&name));
                let Verdict::Allowed(cleared) = gate.entry(here) else { return stopped("the gate refuses") };
                page.act(cleared).await?;
                let after = page.observe().await?;
                if !after.title.starts_with("reward ") {
                    return stopped("the gate wants a person");
                }
            }
            Verdict::Denied { .. } => return stopped("the gate refuses"),
        }
        steps += 1;
    }
}

/// A task's sentence, as a request.
fn asked(text: &str) -> Option<Value> {
    let found = |pattern: &str| Regex::new(pattern).ok()?.captures(text);
    let part = |found: &regex::Captures<'_>, name: &str| {
        found.name(name).map(|part| part.as_str().trim().to_owned())
    };
    let day = |found: &regex::Captures<'_>| {
        let [month, day, year] = ["month", "day", "year"].map(|name| part(found, name));
        Some(format!("{}-{:0>2}-{:0>2}", year?, month?, day?))
    };
    let table = |date: &str, time: &str| {
        json!({ "scenario": "restaurant", "params": {
            "restaurant_name": "Any", "city": "Any", "date": date, "time": time, "covers": 2,
        } })
    };
    let flight = format!(r"(?s)flight from:\s*(?<from>.+?)\s+to:\s*(?<to>.+?)\s+on\s+{DAY}");
    if let Some(found) = found(&flight) {
        return Some(json!({ "scenario": "flight", "params": {
            "origin": part(&found, "from")?, "destination": part(&found, "to")?, "depart_date": day(&found)?,
            "passengers": 1,
        } }));
    }
    if let Some(found) = found(&format!("(?:Select|Enter) {DAY} as the date")) {
        return Some(table(&day(&found)?, "19:00"));
    }
    if let Some(found) = found(r"Enter (?<hour>\d+):(?<minute>\d\d) (?<half>[AP])M as the time") {
        let hour: u32 = part(&found, "hour")?.parse().ok()?;
        let hour = hour % 12 + if part(&found, "half")? == "P" { 12 } else { 0 };
        return Some(table("2016-12-04", &format!("{hour:02}:{}", part(&found, "minute")?)));
    }
    let found = found(r"Select (?<name>.+?) from the list")?;
    let name = part(&found, "name")?;
    Some(json!({ "scenario": "activity", "params": {
        "city": name, "activity_name": name, "date": "2016-12-04", "participants": 1,
    } }))
}

/// Serves the pages. Each begins by itself, with the seed of its address, and says in its title what it thinks of the result.
async fn page(State(folder): State<Arc<PathBuf>>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if path.split('/').any(|part| part == "..") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some(_) | None => "application/octet-stream",
    };
    let Ok(bytes) = std::fs::read(folder.join(path)) else { return StatusCode::NOT_FOUND.into_response() };
    if !kind.starts_with("text/html") {
        return ([(CONTENT_TYPE, kind)], bytes).into_response();
    }
    let seed =
        request.uri().query().and_then(|query| query.strip_prefix("seed=")?.parse().ok()).unwrap_or(0_u32);
    let begin = format!(
        "<script>addEventListener('load', () => {{ core.EPISODE_MAX_TIME = 600000; Math.seedrandom('{seed}'); \
         core.startEpisodeReal(); }});\
         addEventListener('hashchange', () => {{ const name = decodeURIComponent(location.hash.slice(1)); \
         for (const it of document.querySelectorAll('button')) if (it.textContent.trim() === name) {{ it.click(); break; }} }});\
         setInterval(() => {{ if (WOB_DONE_GLOBAL) document.title = 'reward ' + WOB_RAW_REWARD_GLOBAL; }}, 20);</script></head>"
    );
    let text = String::from_utf8_lossy(&bytes).replacen("</head>", &begin, 1);
    ([(CONTENT_TYPE, kind)], text).into_response()
}

fn report(done: &BTreeMap<&'static str, Vec<Done>>, as_json: bool) {
    let rows: Vec<_> = done.iter().map(|(task, all)| row(task, all)).collect();
    if as_json {
        println!("{}", Value::from(rows));
        return;
    }
    println!("| task | done | of | steps, median | what stopped the rest |\n| --- | --- | --- | --- | --- |");
    for row in rows {
        let why = row["stopped"].as_object().into_iter().flatten();
        let why: Vec<_> = why.map(|(end, times)| format!("{end}: {times}")).collect();
        let steps = row["medianSteps"].as_u64().map_or_else(String::new, |steps| steps.to_string());
        let name = row["task"].as_str().unwrap_or_default();
        println!("| {name} | {} | {} | {steps} | {} |", row["done"], row["of"], why.join("; "));
    }
}

fn row(task: &str, all: &[Done]) -> Value {
    let mut steps: Vec<_> = all.iter().filter(|one| one.reward > 0.0).map(|one| one.steps).collect();
    steps.sort_unstable();
    let mut stopped = BTreeMap::<String, u32>::new();
    for one in all.iter().filter(|one| one.reward <= 0.0) {
        let end = if one.end == "done" { "another result than asked for" } else { &one.end };
        *stopped.entry(end.to_owned()).or_default() += 1;
    }
    json!({
        "task": task, "done": steps.len(), "of": all.len(), "medianSteps": steps.get(steps.len() / 2),
        "stopped": stopped,
    })
}
