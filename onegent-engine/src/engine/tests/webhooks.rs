//! Webhooks from the port to somebody who listens.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use onegent_core::port::Webhooks;
use onegent_core::webhook::{DeliveryFailure, IssuedWebhook, NewWebhook, StatusMessage};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;
use crate::webhook::sign;

/// How long a test waits before it turns the clock on.
const TICK: Duration = Duration::from_millis(100);

struct Told {
    headers: HeaderMap,
    body: String,
}

impl Told {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn status(&self) -> JobStatus {
        serde_json::from_str::<StatusMessage>(&self.body).unwrap().data.status
    }
}

type Answers = Arc<Mutex<Vec<StatusCode>>>;

/// Somebody who answers as they are told, and with 204 from then on.
async fn listener(answers: &[StatusCode]) -> (String, mpsc::UnboundedReceiver<Told>) {
    async fn told(
        State((told, answers)): State<(mpsc::UnboundedSender<Told>, Answers)>,
        headers: HeaderMap,
        body: String,
    ) -> StatusCode {
        told.send(Told { headers, body }).unwrap();
        answers.lock().unwrap().pop().unwrap_or(StatusCode::NO_CONTENT)
    }
    let (sender, receiver) = mpsc::unbounded_channel();
    let answers: Answers = Arc::new(Mutex::new(answers.iter().rev().copied().collect()));
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/told", socket.local_addr().unwrap());
    let router = Router::new().route("/told", post(told)).with_state((sender, answers));
    tokio::spawn(axum::serve(socket, router).into_future());
    (url, receiver)
}

/// An engine that may call this machine.
async fn bed() -> Bed {
    let (clock, dir) = (Arc::new(HandClock::default()), tempfile::tempdir().unwrap());
    let engine = anywhere(&clock, &dir).await;
    Bed { engine, clock, dir }
}

async fn anywhere(clock: &Arc<HandClock>, dir: &tempfile::TempDir) -> Arc<Engine> {
    Engine::open(EngineConfig { webhooks_anywhere: true, ..config(clock, dir) }).await.unwrap()
}

impl Bed {
    async fn endpoint(&self, url: &str) -> IssuedWebhook {
        let new = NewWebhook { url: url.parse().unwrap(), environment: Some(Environment::Live) };
        self.engine.add_webhook(&self.engine.owner_caller(), new).await.unwrap()
    }

    /// Turns the clock until the next message comes.
    async fn next(&self, told: &mut mpsc::UnboundedReceiver<Told>) -> Told {
        for _ in 0..200 {
            if let Ok(one) = tokio::time::timeout(TICK, told.recv()).await {
                return one.unwrap();
            }
            self.clock.turn(Duration::from_secs(10));
            self.engine.wake();
        }
        panic!("nobody was told");
    }
}

#[tokio::test]
async fn a_booking_is_told_signed_and_in_order_through_failures() {
    let (url, mut told) = listener(&[StatusCode::INTERNAL_SERVER_ERROR, StatusCode::FOUND]).await;
    let bed = bed().await;
    let issued = bed.endpoint(&url).await;
    bed.engine.start().unwrap();
    let job = bed.created().await.job_id;
    let mut heard = Vec::new();
    for _ in 0..5 {
        let one = bed.next(&mut told).await;
        let (id, seconds) = (one.header("webhook-id"), one.header("webhook-timestamp").parse().unwrap());
        let signed = sign::signature(issued.secret.expose(), id, seconds, &one.body).unwrap();
        assert_eq!(one.header("webhook-signature"), signed);
        assert_eq!(one.header("content-type"), "application/json");
        assert!(one.body.contains(&job.to_string()));
        for private in ["Ana", "Silva", "ana@example.com", "Carbone", "+1212"] {
            assert!(!one.body.contains(private), "{}", one.body);
        }
        heard.push((one.status(), id.to_owned()));
    }
    let statuses: Vec<_> = heard.iter().map(|(status, _)| *status).collect();
    let queued = JobStatus::Queued;
    assert_eq!(statuses, [queued, queued, queued, JobStatus::Running, JobStatus::Error]);
    assert!(heard[0].1 == heard[1].1 && heard[1].1 == heard[2].1 && heard[2].1 != heard[3].1);
    bed.engine.shutdown(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn what_was_refused_is_a_dead_letter_and_comes_when_it_is_replayed_after_a_restart() {
    let (url, mut told) = listener(&[]).await;
    let mut bed = bed().await;
    let id = bed.endpoint(&url).await.webhook.endpoint_id;
    let job = bed.created().await.job_id;
    let who = bed.engine.owner_caller();

    // Now private addresses are not to be called.
    bed.reopen().await;
    bed.engine.start().unwrap();
    let dead = loop {
        let page = bed.engine.dead_letters(&who, id).await.unwrap().dead_letters;
        if !page.is_empty() {
            break page;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((dead[0].job_id, dead[0].attempts), (job, 1));
    assert_eq!(dead[0].failure, DeliveryFailure::AddressRefused);
    bed.engine.shutdown(Duration::from_secs(5)).await;
    assert!(told.try_recv().is_err());

    bed.engine = anywhere(&bed.clock, &bed.dir).await;
    bed.engine.start().unwrap();
    assert!(bed.engine.replay_webhook(&who, id).await.unwrap().replayed >= 1);
    assert_eq!(bed.next(&mut told).await.status(), JobStatus::Queued);
    bed.engine.shutdown(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn only_public_addresses_over_tls_are_taken() {
    let bed = Bed::new().await;
    for url in [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://printer.local/",
        "https://2130706433/",
        "https://user:secret@example.com/",
        "https://example.com/#fragment",
        "ftp://example.com/",
        "example.com",
    ] {
        let new = NewWebhook { url: url.parse().unwrap(), environment: Some(Environment::Live) };
        let refused = bed.engine.add_webhook(&bed.engine.owner_caller(), new).await;
        assert_eq!(code(refused), ErrorCode::InvalidRequest, "{url}");
    }
    bed.endpoint("https://example.com/told?by=onegent").await;
}

#[tokio::test]
async fn a_key_has_its_environments_webhooks_and_a_connected_app_has_none() {
    let bed = Bed::new().await;
    let hers = bed.endpoint("https://example.com/").await.webhook;
    let key = |environment, scopes: &[Scope]| {
        bed.with(Access {
            account: bed.engine.owner(),
            person: bed.engine.owner_person(),
            reach: Reach::Only(environment),
            scopes: scopes.to_vec(),
            scenarios: Scenario::ALL.to_vec(),
            key: Some(bed.engine.parts.id(onegent_core::id::KeyId::generate)),
            names_sites: true,
        })
    };
    let (live, test) = (key(Environment::Live, &Scope::ALL), key(Environment::Test, &Scope::ALL));
    assert_eq!(bed.engine.webhooks(&live).await.unwrap().webhooks, std::slice::from_ref(&hers));
    assert!(bed.engine.webhooks(&test).await.unwrap().webhooks.is_empty());
    assert_eq!(code(bed.engine.remove_webhook(&test, hers.endpoint_id).await), ErrorCode::NotFound);
    let foreign =
        NewWebhook { url: "https://example.com/".parse().unwrap(), environment: Some(Environment::Live) };
    assert_eq!(code(bed.engine.add_webhook(&test, foreign.clone()).await), ErrorCode::InvalidRequest);

    let reader = key(Environment::Live, &[Scope::Read]);
    let app = bed.caller(Environment::Live);
    for caller in [&reader, &app] {
        let refused = bed.engine.add_webhook(caller, foreign.clone()).await;
        assert_eq!(code(refused), ErrorCode::InsufficientScope);
        let refused = bed.engine.rotate_webhook(caller, hers.endpoint_id).await;
        assert_eq!(code(refused), ErrorCode::InsufficientScope);
    }
    assert_eq!(bed.engine.webhooks(&reader).await.unwrap().webhooks.len(), 1);
    assert_eq!(code(bed.engine.webhooks(&app).await), ErrorCode::InsufficientScope);
    bed.engine.remove_webhook(&live, hers.endpoint_id).await.unwrap();
}
