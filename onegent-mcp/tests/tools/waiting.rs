use serde_json::json;

use crate::live::{Live, Wire, status_call};
use crate::support::job_id;

/// Waits until somebody waits for the job.
async fn somebody_waits(service: &Live) {
    while *service.watched.lock().unwrap() == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_wait_ends_when_a_person_has_to_move() {
    let service = Live::new("queued");
    let mut wire = Wire::open(service.clone());
    let id = wire.send("tools/call", status_call(50)).await;
    somebody_waits(&service).await;
    service.becomes("running");
    service.becomes("paused_payment");
    let answer = wire.answer(id).await;
    assert_eq!(answer["result"]["structuredContent"]["status"], "paused_payment", "{answer}");
}

#[tokio::test]
async fn a_confirmed_job_is_waited_for_to_its_end() {
    let service = Live::new("paused_payment");
    let mut wire = Wire::open(service.clone());
    let id = wire.send("tools/call", status_call(50)).await;
    somebody_waits(&service).await;
    service.becomes("running");
    service.becomes("done");
    let answer = wire.answer(id).await;
    assert_eq!(answer["result"]["structuredContent"]["confirmationCode"], "LUM-7", "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_wait_has_an_end() {
    let mut wire = Wire::open(Live::new("running"));
    let answer = wire.ask("tools/call", status_call(1)).await;
    assert_eq!(answer["result"]["structuredContent"]["status"], "running", "{answer}");
    let refused = wire.ask("tools/call", status_call(51)).await;
    assert!(refused["result"]["content"][0]["text"].as_str().unwrap().contains("waitSeconds"), "{refused}");
}

#[tokio::test]
async fn a_job_that_has_ended_is_not_waited_for() {
    let service = Live::new("done");
    let mut wire = Wire::open(service.clone());
    wire.ask("tools/call", status_call(50)).await;
    assert_eq!(*service.watched.lock().unwrap(), 0);
}

#[tokio::test]
async fn progress_is_told_to_whoever_sent_a_token() {
    let service = Live::new("queued");
    let mut wire = Wire::shaken(service.clone(), json!({})).await;
    let mut call = status_call(50);
    call["_meta"] = json!({ "progressToken": "p-1" });
    let id = wire.send("tools/call", call).await;
    for (step, status, next) in [(1.0, "queued", "running"), (2.0, "running", "done")] {
        let told = wire.read().await;
        assert_eq!(told["method"], "notifications/progress", "{told}");
        assert_eq!(
            told["params"],
            json!({ "progressToken": "p-1", "progress": step, "message": status }),
            "{told}"
        );
        service.becomes(next);
    }
    assert_eq!(wire.answer(id).await["result"]["structuredContent"]["status"], "done");
}

#[tokio::test]
async fn giving_up_a_call_ends_the_wait_and_not_the_job() {
    let service = Live::new("running");
    let mut wire = Wire::shaken(service.clone(), json!({})).await;
    let id = wire.send("tools/call", status_call(50)).await;
    somebody_waits(&service).await;
    let params = json!({ "requestId": id, "reason": "enough" });
    wire.write(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params })).await;
    let answer =
        wire.ask("tools/call", json!({ "name": "get_job_status", "arguments": { "jobId": job_id() } })).await;
    assert_eq!(answer["result"]["structuredContent"]["status"], "running", "{answer}");
}
