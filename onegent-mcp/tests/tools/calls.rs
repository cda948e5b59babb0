use std::sync::Arc;

use onegent_core::caller::{Credential, Scope};
use onegent_core::error::Error;
use onegent_core::fields::FieldError;
use onegent_core::request::{BookingRequest, Scenario};
use onegent_mcp::Inventory;
use rmcp::ServiceError;
use rmcp::model::{CallToolRequestParams, ErrorCode};
use serde_json::{Value, json};

use crate::support::{Fake, call, client, forwarded, is_error, job, job_id, text, verified};

fn guest() -> Value {
    json!({ "first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone": "+12125550123" })
}

fn bookings() -> [(&'static str, Scenario, Value); 4] {
    [
        (
            "book_restaurant",
            Scenario::Restaurant,
            json!({ "restaurant_name": "Carbone", "city": "New York",
            "date": "2026-12-01", "time": "19:00", "covers": 2, "profile": guest() }),
        ),
        (
            "book_hotel",
            Scenario::Hotel,
            json!({ "destination": "Paris", "check_in": "2026-12-01",
            "check_out": "2026-12-03", "guests": 2, "rooms": 1, "profile": guest() }),
        ),
        (
            "book_flight",
            Scenario::Flight,
            json!({ "origin": "JFK", "destination": "LHR", "depart_date": "2026-12-01",
            "return_date": "2026-12-08", "passengers": 1, "cabin": "premium_economy", "profile": guest() }),
        ),
        (
            "book_activity",
            Scenario::Activity,
            json!({ "city": "Rome", "date": "2026-12-01", "participants": 3,
            "activity_name": "Vatican tour", "profile": guest(), "idempotencyKey": "trip-7" }),
        ),
    ]
}

#[tokio::test]
async fn each_booking_tool_asks_for_its_scenario_and_answers_with_the_job() {
    let fake = Arc::new(Fake::with_job(job("queued", &json!({}))));
    let client = client(Arc::clone(&fake) as _, verified(&[Scope::Book])).await;
    for (tool, scenario, arguments) in bookings() {
        let definition = Inventory::get().find(tool).unwrap().definition();
        let input =
            jsonschema::validator_for(&serde_json::to_value(&definition.input_schema).unwrap()).unwrap();
        let output =
            jsonschema::validator_for(&serde_json::to_value(&definition.output_schema).unwrap()).unwrap();
        assert!(input.is_valid(&arguments), "{tool}");
        let result = call(&client, tool, arguments).await;
        assert!(!is_error(&result), "{tool}: {}", text(&result));
        assert!(text(&result).starts_with("Queued") && text(&result).contains(&job_id().to_string()));
        assert!(output.is_valid(result.structured_content.as_ref().unwrap()), "{tool}");
        assert_eq!(fake.created.lock().unwrap().last().unwrap().request.scenario(), scenario);
    }
    let created = fake.created.lock().unwrap();
    let key = created[3].client_metadata.idempotency_key.as_ref().unwrap();
    assert_eq!(key.as_str(), "trip-7");
    assert!(matches!(&created[1].request, BookingRequest::Hotel(hotel) if hotel.rooms.is_some()));
}

#[tokio::test]
async fn a_repeated_key_is_told_from_a_new_booking() {
    let fake = Fake::with_job(job("running", &json!({}))).replaying();
    let client = client(Arc::new(fake), verified(&Scope::ALL)).await;
    let [.., (tool, _, arguments)] = bookings();
    assert!(text(&call(&client, tool, arguments).await).contains("no second booking"));
}

#[tokio::test]
async fn every_wrong_argument_is_named_in_one_answer() {
    let client = client(Arc::new(Fake::unreachable()), verified(&Scope::ALL)).await;
    let arguments = json!({ "restaurant_name": "Carbone", "date": "tomorrow", "time": "7pm", "covers": 21,
        "profile": { "first_name": "Ana", "email": "ana at example.com" }, "tip": 5 });
    let result = call(&client, "book_restaurant", arguments).await;
    assert!(is_error(&result));
    insta::assert_snapshot!("wrong_arguments", text(&result));
    assert!(!text(&result).contains("ana at"), "values are not repeated");

    for (tool, arguments) in
        [("get_job_status", json!({})), ("get_job_audit", json!({ "jobId": "1", "limit": 501 }))]
    {
        let result = call(&client, tool, arguments).await;
        assert!(is_error(&result) && text(&result).contains("- jobId: "), "{}", text(&result));
    }
}

#[tokio::test]
async fn fields_that_the_service_refuses_have_the_names_of_the_arguments() {
    let past = FieldError {
        field: "request.params.check_in".to_owned(),
        message: "must not be in the past".to_owned(),
    };
    let fake = Fake::new(move |_| Err(Error::invalid_request(vec![past.clone()])));
    let client = client(Arc::new(fake), verified(&Scope::ALL)).await;
    let (tool, _, arguments) = bookings()[1].clone();
    assert!(text(&call(&client, tool, arguments).await).contains("\n- check_in: must not be in the past"));
}

#[tokio::test]
async fn without_a_key_tools_are_listed_and_not_called() {
    let client = client(Arc::new(Fake::unreachable()), Credential::Missing).await;
    assert_eq!(client.list_all_tools().await.unwrap().len(), 6);
    for tool in ["book_hotel", "get_job_status"] {
        let result = call(&client, tool, json!({})).await;
        assert!(is_error(&result));
        assert!(text(&result).starts_with("ONEGENT_API_KEY env var is required"));
        assert!(text(&result).contains("https://onegent.one/developers/keys"));
        assert!(text(&result).contains("`onegent keys create`"));
    }
}

#[tokio::test]
async fn a_scope_opens_its_own_tools_only() {
    for (held, tool, wanted) in [(Scope::Read, "book_hotel", "book"), (Scope::Book, "get_job_status", "read")]
    {
        let client = client(Arc::new(Fake::unreachable()), verified(&[held])).await;
        let result = call(&client, tool, json!({})).await;
        assert!(is_error(&result));
        assert!(
            text(&result).contains("insufficient_scope") && text(&result).contains(&format!("`{wanted}`"))
        );
    }
}

#[tokio::test]
async fn a_forwarded_credential_goes_to_the_service_unchecked() {
    let client = client(Arc::new(crate::support::echo()), forwarded("token-1")).await;
    let result = call(&client, "get_job_status", json!({ "jobId": job_id() })).await;
    assert_eq!(result.structured_content.unwrap()["summary"], "token-1");
}

#[tokio::test]
async fn an_unknown_tool_is_an_error_of_the_protocol() {
    let client = client(Arc::new(Fake::unreachable()), verified(&Scope::ALL)).await;
    let refused = client.call_tool(CallToolRequestParams::new("confirm_charge")).await.unwrap_err();
    let ServiceError::McpError(error) = refused else { panic!("{refused:?}") };
    assert_eq!(
        (error.code, error.message.as_ref()),
        (ErrorCode::INVALID_PARAMS, "Unknown tool: confirm_charge")
    );
}
