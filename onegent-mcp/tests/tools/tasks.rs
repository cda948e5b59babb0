use serde_json::{Value, json};

use crate::live::{Live, Wire, knows_tasks, modern};
use crate::support::job_id;

fn booking() -> Value {
    let guest = json!({ "first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone": "+12125550123" });
    json!({ "name": "book_hotel", "arguments": { "destination": "Paris", "check_in": "2026-12-01",
        "check_out": "2026-12-03", "guests": 2, "profile": guest } })
}

async fn task(wire: &mut Wire, method: &str) -> Value {
    wire.ask(method, modern(json!({ "taskId": job_id() }), &knows_tasks())).await
}

#[tokio::test]
async fn a_booking_is_a_task_for_a_client_that_knows_tasks() {
    let service = Live::new("queued");
    let mut wire = Wire::open(service.clone());
    let created = wire.ask("tools/call", modern(booking(), &knows_tasks())).await;
    let result = &created["result"];
    assert_eq!((&result["resultType"], &result["taskId"]), (&json!("task"), &json!(job_id())), "{created}");
    assert_eq!((&result["status"], &result["ttlMs"]), (&json!("working"), &Value::Null), "{created}");

    service.becomes("paused_payment");
    let waiting = task(&mut wire, "tasks/get").await;
    assert_eq!(waiting["result"]["status"], "input_required", "{waiting}");
    let requests = waiting["result"]["inputRequests"].as_object().unwrap();
    let (key, request) = requests.iter().next().unwrap();
    assert_eq!(request["params"]["mode"], "url", "{waiting}");
    let answer = json!({ "taskId": job_id(), "inputResponses": { key: { "action": "accept" } } });
    let acknowledged = wire.ask("tasks/update", modern(answer, &knows_tasks())).await;
    assert!(acknowledged.get("error").is_none(), "{acknowledged}");
    // Agreeing to open the page confirms nothing.
    assert_eq!(task(&mut wire, "tasks/get").await["result"]["status"], "input_required");

    service.becomes("done");
    let done = task(&mut wire, "tasks/get").await;
    assert_eq!(done["result"]["status"], "completed", "{done}");
    assert_eq!(done["result"]["result"]["structuredContent"]["confirmationCode"], "LUM-7", "{done}");
}

#[tokio::test]
async fn a_client_that_does_not_know_tasks_gets_the_job_at_once() {
    let mut wire = Wire::open(Live::new("queued"));
    let created = wire.ask("tools/call", modern(booking(), &json!({}))).await;
    assert_eq!(created["result"]["structuredContent"]["jobId"], json!(job_id()), "{created}");
    let refused = wire.ask("tasks/get", modern(json!({ "taskId": job_id() }), &json!({}))).await;
    assert_eq!(refused["error"]["code"], -32021, "{refused}");
}

#[tokio::test]
async fn a_task_can_be_cancelled_until_it_has_ended() {
    let mut wire = Wire::open(Live::new("paused_payment"));
    for _ in 0..2 {
        let acknowledged = task(&mut wire, "tasks/cancel").await;
        assert!(acknowledged.get("error").is_none(), "{acknowledged}");
        assert_eq!(task(&mut wire, "tasks/get").await["result"]["status"], "cancelled");
    }
}

#[tokio::test]
async fn a_failed_booking_is_a_completed_task_with_an_error_for_a_result() {
    let mut wire = Wire::open(Live::new("error"));
    let failed = task(&mut wire, "tasks/get").await;
    assert_eq!(failed["result"]["status"], "completed", "{failed}");
    assert_eq!(failed["result"]["result"]["isError"], true, "{failed}");
}

#[tokio::test]
async fn a_task_of_somebody_else_is_not_there() {
    let mut wire = Wire::open(Live::new("running"));
    for id in [format!("job_{}", "0".repeat(32)), "7".to_owned()] {
        for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
            let params = json!({ "taskId": id, "inputResponses": {} });
            let refused = wire.ask(method, modern(params, &knows_tasks())).await;
            assert_eq!(
                (&refused["error"]["code"], &refused["error"]["message"]),
                (&json!(-32602), &json!("Unknown task")),
                "{method} {id}"
            );
        }
    }
}
