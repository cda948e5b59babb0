use std::time::Duration;

use onegent_client::{ClientError, JobUpdate};
use onegent_core::caller::{Caller, Credential};
use onegent_core::id::RequestId;
use onegent_core::port::BookingService;
use onegent_core::status::JobStatus;
use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{
    Script, answer, audit_events, audit_frame, client, error, job_frame, job_id, job_json, stream_server,
};

fn caller() -> Caller {
    let request_id = RequestId::generate(jiff::Timestamp::UNIX_EPOCH, [1; 10]);
    Caller { credential: Credential::Missing, request_id }
}

async fn seen(base: &str, after: u64) -> (Vec<String>, Option<ClientError>) {
    let mut stream = client(base).job_events(job_id(), after).await.unwrap();
    let mut seen = Vec::new();
    while let Some(update) = stream.next().await {
        match update {
            Ok(JobUpdate::Audit(event)) => seen.push(format!("event {}", event.seq)),
            Ok(JobUpdate::Job(job)) => seen.push(job.status.to_string()),
            Err(error) => return (seen, Some(error)),
        }
    }
    (seen, None)
}

#[tokio::test]
async fn a_stream_in_pieces_reads_as_a_whole() {
    let events = audit_events(2);
    let body = [
        ": keep-alive\n\n".to_owned(),
        job_frame(0, "queued"),
        audit_frame(&events[0]),
        "event: weather\ndata: rain\n\n".to_owned(),
        "id: 1\nevent: audit\ndata: {\"type\":\"of_a_later_version\"}\n\n".to_owned(),
        audit_frame(&events[1]),
        job_frame(2, "completed"),
        job_frame(2, "never read"),
    ]
    .concat();
    for piece in [1, 7, 100_000] {
        let (base, _heads) = stream_server(vec![Script { body: body.clone(), piece, close: false }]).await;
        let (seen, error) = seen(&base, 0).await;
        assert_eq!(seen, ["queued", "event 1", "event 2", "done"], "pieces of {piece}");
        assert!(error.is_none());
    }
}

#[tokio::test]
async fn a_broken_stream_goes_on_after_the_last_event() {
    let events = audit_events(3);
    let cut = audit_frame(&events[1]);
    let first = format!("{}{}{}", audit_frame(&events[0]), job_frame(1, "running"), &cut[..cut.len() / 2]);
    let again = format!("{}{}{}", audit_frame(&events[0]), cut, job_frame(2, "running"));
    let last = format!("{}{}", audit_frame(&events[2]), job_frame(3, "done"));
    let script = |body| Script { body, piece: 64, close: true };
    let (base, mut heads) = stream_server(vec![script(first), script(again), script(last)]).await;
    let (seen, error) = seen(&base, 0).await;
    assert_eq!(seen, ["event 1", "running", "event 2", "running", "event 3", "done"]);
    assert!(error.is_none());
    assert!(!heads.recv().await.unwrap().contains("last-event-id"));
    assert!(heads.recv().await.unwrap().contains("last-event-id: 1\r\n"));
    assert!(heads.recv().await.unwrap().contains("last-event-id: 2\r\n"));
}

#[tokio::test]
async fn a_stream_that_only_ever_ends_is_given_up() {
    let empty = || Script { body: ":\n\n".to_owned(), piece: 9, close: true };
    let (base, _heads) = stream_server(vec![empty(), empty(), empty()]).await;
    let (seen, error) = seen(&base, 0).await;
    assert!(seen.is_empty());
    assert!(matches!(error, Some(ClientError::StreamStops)), "{error:?}");
}

#[tokio::test]
async fn a_stream_with_nothing_to_come_ends_with_the_job() {
    let server = MockServer::start().await;
    let job = format!("/execution-jobs/{}", job_id());
    let nothing = ResponseTemplate::new(204);
    Mock::given(path(format!("{job}/events"))).respond_with(nothing).expect(1).mount(&server).await;
    let ended = ResponseTemplate::new(200).set_body_json(job_json("done"));
    Mock::given(path(job)).respond_with(ended).expect(1).mount(&server).await;
    let (seen, error) = seen(&server.uri(), 9).await;
    assert_eq!(seen, ["done"]);
    assert!(error.is_none());
}

#[tokio::test]
async fn a_strangers_job_has_no_stream() {
    let server = MockServer::start().await;
    let events = format!("/execution-jobs/{}/events", job_id());
    Mock::given(path(events)).respond_with(error(404, "job_not_found")).mount(&server).await;
    let failed = client(&server.uri()).job_events(job_id(), 0).await.unwrap_err();
    assert_eq!(failed.status(), Some(404));
}

#[tokio::test]
async fn a_watch_answers_with_the_first_news() {
    let events = audit_events(2);
    let body = format!(
        "{}{}{}{}",
        job_frame(0, "queued"),
        audit_frame(&events[0]),
        audit_frame(&events[1]),
        job_frame(2, "running")
    );
    let (base, _heads) = stream_server(vec![Script { body, piece: 50, close: false }]).await;
    let watch = client(&base).watch(&caller(), job_id(), 0, Duration::from_secs(50)).await.unwrap();
    assert_eq!((watch.events.len(), watch.cursor, watch.job.status), (2, 2, JobStatus::Running));
}

#[tokio::test]
async fn a_watch_of_an_ended_job_answers_at_once() {
    let body = job_frame(9, "expired");
    let (base, mut heads) = stream_server(vec![Script { body, piece: 50, close: true }]).await;
    let watch = client(&base).watch(&caller(), job_id(), 9, Duration::from_secs(50)).await.unwrap();
    assert_eq!((watch.events.len(), watch.cursor, watch.job.status), (0, 9, JobStatus::Expired));
    assert!(heads.recv().await.unwrap().contains("last-event-id: 9\r\n"));
}

#[tokio::test]
async fn a_watch_whose_wait_is_over_answers_with_what_there_is() {
    let server = MockServer::start().await;
    let job = format!("/execution-jobs/{}", job_id());
    let silent = ResponseTemplate::new(200)
        .set_body_raw(":\n\n", "text/event-stream")
        .set_delay(Duration::from_mins(10));
    Mock::given(path(format!("{job}/events"))).respond_with(silent).mount(&server).await;
    let audit = json!({ "jobId": job_id(), "events": audit_events(3) });
    Mock::given(path(format!("{job}/audit"))).respond_with(answer(200, &audit)).mount(&server).await;
    Mock::given(path(job)).respond_with(answer(200, &job_json("running"))).mount(&server).await;
    let client = client(&server.uri());
    for wait in [Duration::ZERO, Duration::from_millis(30)] {
        let watch = client.watch(&caller(), job_id(), 0, wait).await.unwrap();
        assert_eq!((watch.events.len(), watch.cursor, watch.job.status), (3, 3, JobStatus::Running));
    }
}
