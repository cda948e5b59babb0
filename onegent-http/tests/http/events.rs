//! Live events: their form on the wire, resuming, the end, and how many there may be.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, header};
use futures_util::StreamExt;
use onegent_core::audit::{AuditDraft, AuditKind};
use onegent_core::id::JobId;
use onegent_core::status::JobStatus;
use tower::ServiceExt;

use crate::world::{ANAS_COOKIE, ANAS_KEY, World};

async fn open(world: &World, job: JobId, last: Option<&str>) -> BodyDataStream {
    let mut request = Request::get(format!("/api/v1/execution-jobs/{job}/events"))
        .header(header::AUTHORIZATION, format!("Bearer {ANAS_KEY}"));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    response.into_body().into_data_stream()
}

/// The next `count` blocks of a stream, as `event id` each; comments as `:`.
async fn blocks(stream: &mut BodyDataStream, count: usize) -> Vec<String> {
    let mut text = String::new();
    while text.matches("\n\n").count() < count {
        let Some(chunk) = stream.next().await else { break };
        text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
    }
    let field = |block: &str, name: &str| {
        block.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned()
    };
    text.split_terminator("\n\n")
        .map(|block| match block.strip_prefix(':') {
            Some(_) => ":".to_owned(),
            None => format!("{} {}", field(block, "event:"), field(block, "id:")),
        })
        .collect()
}

#[tokio::test]
async fn a_finished_job_is_told_from_the_start_and_then_the_stream_ends() {
    let world = World::new();
    let job = world.job(1, JobStatus::Running);
    world.fake.tell(job, AuditDraft::new(AuditKind::JobCreated, "Accepted."));
    world
        .fake
        .change(job, AuditDraft::new(AuditKind::JobCompleted, "Booked."), |job| job.status = JobStatus::Done);
    let mut stream = open(&world, job, None).await;
    let mut text = String::new();
    while let Some(chunk) = stream.next().await {
        text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn news_arrives_as_it_happens_and_a_client_resumes_where_it_was() {
    let world = World::new();
    let job = world.job(1, JobStatus::Queued);
    world.fake.tell(job, AuditDraft::new(AuditKind::JobCreated, "Accepted."));
    let mut stream = open(&world, job, None).await;
    assert_eq!(blocks(&mut stream, 2).await, ["audit 1", "job 1"]);
    world
        .fake
        .change(job, AuditDraft::new(AuditKind::JobStarted, "Begun."), |job| job.status = JobStatus::Running);
    assert_eq!(blocks(&mut stream, 2).await, ["audit 2", "job 2"]);
    drop(stream);
    world
        .fake
        .change(job, AuditDraft::new(AuditKind::JobFailed, "Failed."), |job| job.status = JobStatus::Error);
    let mut stream = open(&world, job, Some("2")).await;
    assert_eq!(blocks(&mut stream, 9).await, ["audit 3", "job 3"]);
    let mut stream = open(&world, job, Some("nonsense")).await;
    assert_eq!(blocks(&mut stream, 9).await.len(), 4);
}

#[tokio::test]
async fn whoever_has_all_of_a_finished_job_is_told_not_to_come_back() {
    let world = World::new();
    let job = world.job(1, JobStatus::Done);
    world.fake.tell(job, AuditDraft::new(AuditKind::JobCompleted, "Booked."));
    for last in ["1", "2", "18446744073709551615"] {
        for (path, name, value) in [
            ("/api/v1/execution-jobs", "authorization", format!("Bearer {ANAS_KEY}")),
            ("/jobs", "cookie", ANAS_COOKIE.to_owned()),
        ] {
            let request = Request::get(format!("{path}/{job}/events")).header(name, value);
            let reply = world.send(request.header("last-event-id", last).body(Body::empty()).unwrap()).await;
            assert_eq!((reply.status.as_u16(), reply.body.as_str()), (204, ""), "{path} {last}");
        }
    }
}

#[tokio::test]
async fn an_id_beyond_the_end_means_the_end() {
    let world = World::new();
    let job = world.job(1, JobStatus::Queued);
    world.fake.tell(job, AuditDraft::new(AuditKind::JobCreated, "Accepted."));
    let mut stream = open(&world, job, Some("99")).await;
    assert_eq!(blocks(&mut stream, 1).await, ["job 1"]);
    world
        .fake
        .change(job, AuditDraft::new(AuditKind::JobStarted, "Begun."), |job| job.status = JobStatus::Running);
    assert_eq!(blocks(&mut stream, 2).await, ["audit 2", "job 2"]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_says_every_fifteen_seconds_that_it_is_alive() {
    let world = World::new();
    let job = world.job(1, JobStatus::Queued);
    let mut stream = open(&world, job, None).await;
    assert_eq!(blocks(&mut stream, 1).await, ["job 0"]);
    let before = tokio::time::Instant::now();
    assert_eq!(blocks(&mut stream, 4).await, [":", ":", ":", ":"]);
    assert_eq!(before.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_ends_ends_its_streams_within_a_minute() {
    let world = World::new();
    let job = world.job(1, JobStatus::Queued);
    let mut stream = open(&world, job, None).await;
    assert_eq!(blocks(&mut stream, 1).await, ["job 0"]);
    world.fake.end_key(ANAS_KEY);
    let ended = async { while stream.next().await.is_some() {} };
    tokio::time::timeout(Duration::from_mins(1), ended).await.expect("the stream ends");
}

#[tokio::test]
async fn streams_are_bounded_and_a_closed_one_makes_room() {
    let world = World::new();
    let job = world.job(1, JobStatus::Queued);
    let mut streams = Vec::new();
    for _ in 0..512 {
        streams.push(open(&world, job, None).await);
    }
    let path = format!("/api/v1/execution-jobs/{job}/events");
    let reply = world.api(axum::http::Method::GET, &path, ANAS_KEY).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (503, "backend_unavailable"));
    drop(streams.pop());
    streams.push(open(&world, job, None).await);
}

#[tokio::test]
async fn the_console_is_sent_pieces_of_its_own_page_with_strange_text_escaped() {
    let world = World::new();
    let job = world.job(1, JobStatus::Cancelled);
    world
        .fake
        .tell(job, AuditDraft::new(AuditKind::PageObserved, "Read <script>alert(1)</script>\r\nid: 99"));
    let reply = world.page(&format!("/jobs/{job}/events?after=0"), ANAS_COOKIE).await;
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("id=\"event-1\""), "{}", reply.body);
    assert!(!reply.body.contains("<script"), "{}", reply.body);
    assert!(!reply.body.contains("\nid: 99"), "{}", reply.body);
    let reply = world.page(&format!("/jobs/{job}/events?after=1"), ANAS_COOKIE).await;
    assert!(!reply.body.contains("event: audit") && reply.body.contains("data-final"), "{}", reply.body);
}
