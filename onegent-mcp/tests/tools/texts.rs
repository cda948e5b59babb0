use std::sync::Arc;
use std::time::Duration;

use insta::{assert_snapshot, with_settings};
use onegent_core::caller::Scope;
use onegent_core::error::{Error, ErrorCode};
use onegent_core::job::Job;
use onegent_mcp::Inventory;
use serde_json::{Value, json};

use crate::support::{Fake, call, client, is_error, job, job_id, text, verified};

fn payment() -> Value {
    json!({ "amount": { "value": "412.50", "currency": "EUR" }, "merchant": "Hotel Lumen",
        "description": "2 nights, double room, 2 guests",
        "confirmUrl": "https://onegent.one/jobs/job_1", "expiresAt": "2026-11-01T10:31:00Z" })
}

fn jobs() -> Vec<(&'static str, Job)> {
    let handoff = json!({ "handoffUrl": "https://onegent.one/jobs/job_1" });
    let offers: Vec<_> = (1..=8)
        .map(|n| json!({ "label": format!("Double room {n}"), "date": "2026-12-02", "price": { "value": "99", "currency": "EUR" } }))
        .collect();
    let unknown = json!({ "error": { "code": "submit_outcome_unknown",
        "message": "The submit was sent and no answer came. Look for the booking at the hotel before anything else." } });
    let refused = json!({ "error": { "code": "price_above_limit", "message": "It costs EUR 900.00, more than maxPrice." } });
    vec![
        ("queued", job("queued", &json!({}))),
        (
            "running",
            job(
                "running",
                &json!({ "provider": "staymore",
            "progress": { "step": "search", "message": "Searching for rooms." } }),
            ),
        ),
        (
            "paused_payment",
            job(
                "paused_payment",
                &json!({ "payment": payment(),
            "progress": { "step": "payment", "message": "Waits for your person; expires in 42 minutes." } }),
            ),
        ),
        (
            "paused_payment without an amount",
            job("paused_payment", &{
                let mut payment = payment();
                payment.as_object_mut().unwrap().remove("amount");
                json!({ "payment": payment, "environment": "test" })
            }),
        ),
        ("needs_login", job("needs_login", &handoff)),
        ("captcha", job("captcha", &handoff)),
        ("done", job("done", &json!({ "confirmationCode": "LMN-4711", "payment": payment() }))),
        ("done without a code", job("done", &json!({ "environment": "test" }))),
        ("no_availability", job("no_availability", &json!({ "alternatives": offers }))),
        ("no_availability without offers", job("no_availability", &json!({}))),
        ("error", job("error", &refused)),
        ("error submit_outcome_unknown", job("error", &unknown)),
        ("cancelled", job("cancelled", &json!({}))),
        ("expired", job("expired", &json!({}))),
    ]
}

#[tokio::test]
async fn every_status_is_told_in_two_hundred_tokens() {
    let schema = Inventory::get().find("get_job_status").unwrap().definition().output_schema.clone();
    let validator = jsonschema::validator_for(&serde_json::to_value(schema).unwrap()).unwrap();
    let mut told = Vec::new();
    for (name, job) in jobs() {
        let client = client(Arc::new(Fake::with_job(job.clone())), verified(&Scope::ALL)).await;
        let result = call(&client, "get_job_status", json!({ "jobId": job_id() })).await;
        let (text, structure) = (text(&result), result.structured_content.as_ref().unwrap());
        assert!(!is_error(&result));
        assert!(text.len() / 4 <= 200, "{name}: {} tokens", text.len() / 4);
        assert_eq!(structure, &serde_json::to_value(&job).unwrap());
        assert!(validator.is_valid(structure), "{name}");
        told.push(format!("## {name}\n{text}"));
    }
    assert_snapshot!("statuses", told.join("\n\n"));
}

#[tokio::test]
async fn every_refusal_says_what_to_do() {
    let mut told = Vec::new();
    for &code in ErrorCode::ALL {
        let refuse = move |_: &_| {
            let error = Error::new(code, "The sentence of the service.");
            Err(if code == ErrorCode::RateLimited {
                error.retry_after(Duration::from_secs(7))
            } else {
                error
            })
        };
        let client = client(Arc::new(Fake::new(refuse)), verified(&Scope::ALL)).await;
        let result = call(&client, "get_job_status", json!({ "jobId": job_id() })).await;
        assert!(is_error(&result) && result.structured_content.is_none());
        told.push(text(&result).to_owned());
    }
    with_settings!({ filters => vec![("req_[0-9a-f]{32}", "req_…")] }, {
        assert_snapshot!("refusals", told.join("\n\n"));
    });
}

#[tokio::test]
async fn an_audit_trail_is_told_from_its_end() {
    let client =
        client(Arc::new(Fake::with_job(job("done", &json!({}))).with_events(60)), verified(&Scope::ALL))
            .await;
    let schema = Inventory::get().find("get_job_audit").unwrap().definition().output_schema.clone();
    let validator = jsonschema::validator_for(&serde_json::to_value(schema).unwrap()).unwrap();
    let usual = call(&client, "get_job_audit", json!({ "jobId": job_id() })).await;
    assert!(validator.is_valid(usual.structured_content.as_ref().unwrap()));
    assert_eq!(usual.structured_content.as_ref().unwrap()["events"].as_array().unwrap().len(), 50);
    assert_snapshot!("audit", text(&usual));
    let all = call(&client, "get_job_audit", json!({ "jobId": job_id(), "limit": 500 })).await;
    assert!(!text(&all).contains("Later events"));
}
