//! Does what the server and the agent do all the time, each in a function of its own, for callgrind to count:
//! `cargo xtask instructions`.
//!
//! Prints each function's name and how often it did its work. What happens only once in a process, such as compiling a
//! pattern, is done before.

#![expect(clippy::print_stdout, reason = "xtask reads what it prints")]

use std::hint::black_box;

use jiff::Timestamp;
use onegent_core::audit::{AuditDraft, AuditEvent, AuditKind, ChainHead, verify_chain};
use onegent_core::consent::Consent;
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::request::BookingRequest;
use onegent_engine::browser::action::{Action, Slot};
use onegent_engine::browser::observation::Observation;
use onegent_engine::browser::plain::read_page;
use onegent_engine::fields::meanings;
use onegent_engine::gate::Gate;
use onegent_engine::planner::heuristic::Heuristic;
use onegent_engine::planner::{Goal, Planner as _};
use serde_json::json;
use tokio::runtime::Runtime;
use url::Url;

type Failure = Box<dyn std::error::Error>;

/// How often each is done.
const TIMES: usize = 20;
/// Events of a trail.
const EVENTS: usize = 40;
/// A page that asks for a stay, and one that asks for the guest.
const SEARCH: &str = include_str!("../../tests/web/hotel-search-de.html");
const GUEST: &str = include_str!("../../tests/web/guest-de.html");

/// What the operations work on.
struct Given {
    runtime: Runtime,
    address: Url,
    search: Observation,
    guest: Observation,
    last_button: Action,
    goal: Goal,
    request: String,
    job: Job,
    trail: Vec<AuditEvent>,
    head: ChainHead,
}

impl Given {
    fn new() -> Result<Self, Failure> {
        let address: Url = "https://www.example.com/book".parse()?;
        let guest = read_page(GUEST, address.clone())?;
        let button = guest.buttons().last().ok_or("the page has no button")?.it.reference.clone();
        let params = json!({ "destination": "Lisbon", "check_in": "2027-03-04", "check_out": "2027-03-06", "guests": 2 });
        let request = json!({ "scenario": "hotel", "params": params });
        let id = JobId::generate(Timestamp::UNIX_EPOCH, Default::default());
        let job = json!({
            "jobId": id, "status": "done", "scenario": "hotel", "environment": "test", "summary": "A room in Lisbon",
            "request": request, "attempt": 1, "createdAt": "2027-01-01T00:00:00Z", "updatedAt": "2027-01-01T00:01:00Z",
            "confirmationCode": "QX12", "_links": { "self": "/a", "audit": "/b", "events": "/c" },
        });
        let (trail, head) = trail(id);
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread().build()?,
            search: read_page(SEARCH, address.clone())?,
            address,
            guest,
            last_button: Action::Press { button },
            goal: Goal {
                request: serde_json::from_value(request.clone())?,
                consent: Consent::default(),
                unknown: Slot::TRAVEL.to_vec(),
            },
            request: request.to_string(),
            job: serde_json::from_value(job)?,
            trail,
            head,
        })
    }
}

fn trail(job: JobId) -> (Vec<AuditEvent>, ChainHead) {
    let mut head = ChainHead::EMPTY;
    let draft = || AuditDraft::new(AuditKind::PageObserved, "A page was read.").with("path", "/book/guest");
    let events = (0..EVENTS).map(|_| head.append(job, Timestamp::UNIX_EPOCH, draft())).collect();
    (events, head)
}

/// One function that does something once, and one that callgrind finds by its name.
macro_rules! operations {
    ($($counted:ident: $given:ident => $work:expr;)+) => {
        $(
            #[inline(never)]
            fn $counted($given: &Given, times: usize) {
                for _ in 0..times {
                    drop(black_box($work));
                }
            }
        )+

        /// All of them, by name.
        const OPERATIONS: &[(&str, fn(&Given, usize))] = &[$((stringify!($counted), $counted)),+];
    };
}

operations! {
    counted_read_a_page: given => read_page(black_box(SEARCH), given.address.clone());
    counted_tell_fields: given =>
        given.guest.forms.iter().map(|form| meanings(&given.guest, form)).collect::<Vec<_>>();
    counted_judge_a_press: given => Gate::with_scripts().judge(&given.guest, given.last_button.clone());
    counted_plan_a_step: given => given.runtime.block_on(Heuristic::new().next(&given.search, &given.goal));
    counted_read_a_request: given => serde_json::from_str::<BookingRequest>(&given.request);
    counted_write_a_job: given => serde_json::to_string(&given.job);
    counted_link_a_trail: given => trail(given.job.job_id);
    counted_check_a_trail: given => verify_chain(given.job.job_id, &given.trail, given.head);
}

fn main() -> Result<(), Failure> {
    let given = Given::new()?;
    let once = std::env::args().any(|argument| argument == "--once");
    for (name, operation) in OPERATIONS {
        operation(&given, if once { 1 } else { TIMES + 1 });
        println!("{name} {}", if once { 1 } else { TIMES + 1 });
    }
    Ok(())
}
