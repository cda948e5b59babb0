//! What the tests share: jobs as JSON, clients with short pauses, and a server that writes what it is told.

use std::time::Duration;

use jiff::Timestamp;
use onegent_client::{Client, ClientBuilder};
use onegent_core::audit::{AuditDraft, AuditEvent, AuditKind, ChainHead};
use onegent_core::create::CreateJob;
use onegent_core::id::JobId;
use onegent_core::port::ApiKey;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use wiremock::ResponseTemplate;

pub(crate) const KEY: &str = "ogk_test_kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk";

pub(crate) fn job_id() -> JobId {
    JobId::generate(Timestamp::UNIX_EPOCH, [7; 10])
}

pub(crate) fn job_json(status: &str) -> Value {
    json!({
        "jobId": job_id(), "status": status, "scenario": "restaurant", "environment": "test",
        "summary": "Carbone, New York, 2026-12-01 at 19:00, 2 people",
        "request": { "scenario": "restaurant", "params": {
            "restaurant_name": "Carbone", "city": "New York", "date": "2026-12-01", "time": "19:00", "covers": 2 } },
        "attempt": 0, "createdAt": "2026-11-01T10:00:00Z", "updatedAt": "2026-11-01T10:00:00Z",
        "_links": { "self": "/a", "audit": "/b", "events": "/c" },
        "aFieldOfLater": { "x": 1 }
    })
}

pub(crate) fn booking() -> CreateJob {
    serde_json::from_value(json!({ "request": job_json("queued")["request"] })).unwrap()
}

pub(crate) fn answer(status: u16, body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

pub(crate) fn error(status: u16, code: &str) -> ResponseTemplate {
    answer(status, &json!({ "error": { "code": code, "message": "No.", "requestId": "req_1" } }))
}

pub(crate) fn html(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw("<html><h1>Bad Gateway</h1>", "text/html")
}

/// A client that loses no time between tries.
pub(crate) fn client(base: &str) -> Client {
    builder(base).api_key(ApiKey::parse(KEY).unwrap()).build().unwrap()
}

pub(crate) fn builder(base: &str) -> ClientBuilder {
    Client::builder(base).backoff(Duration::from_millis(1))
}

pub(crate) fn audit_events(count: usize) -> Vec<AuditEvent> {
    let mut head = ChainHead::EMPTY;
    let draft = || AuditDraft::new(AuditKind::PageObserved, "The agent read a page.");
    (0..count).map(|_| head.append(job_id(), Timestamp::UNIX_EPOCH, draft())).collect()
}

pub(crate) fn audit_frame(event: &AuditEvent) -> String {
    format!("id: {}\nevent: audit\ndata: {}\n\n", event.seq, serde_json::to_string(event).unwrap())
}

pub(crate) fn job_frame(seq: u64, status: &str) -> String {
    format!("id: {seq}\nevent: job\ndata: {}\n\n", job_json(status))
}

/// One connection's answer, byte for byte, and whether the connection is closed after it.
pub(crate) struct Script {
    pub(crate) body: String,
    pub(crate) piece: usize,
    pub(crate) close: bool,
}

/// A server that gives its connections one script each, as an event stream, and hands over each request's head.
pub(crate) async fn stream_server(scripts: Vec<Script>) -> (String, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/api/v1", listener.local_addr().unwrap());
    let (heads, received) = unbounded_channel();
    tokio::spawn(async move {
        let mut open = Vec::new();
        for script in scripts {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            heads.send(read_head(&mut stream).await).unwrap();
            let mut stream = stream.into_inner();
            stream.set_nodelay(true).unwrap();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nconnection: close\r\n\r\n";
            stream.write_all(head.as_bytes()).await.unwrap();
            for piece in script.body.as_bytes().chunks(script.piece) {
                stream.write_all(piece).await.unwrap();
                tokio::task::yield_now().await;
            }
            if !script.close {
                open.push(stream);
            }
        }
        // Whoever was not closed stays open until the test is over.
        std::future::pending::<()>().await;
    });
    (base, received)
}

pub(crate) async fn read_head(stream: &mut BufReader<TcpStream>) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(stream.read_line(&mut head).await.unwrap(), 0, "the request ends in its head");
    }
    head.to_ascii_lowercase()
}
