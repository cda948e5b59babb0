use onegent_core::caller::Credential;
use rmcp::model::{
    ArgumentInfo, CompleteRequestParams, GetPromptRequestParams, ReadResourceRequestParams, Reference,
    ResourceContents,
};
use serde_json::{Value, json};

use crate::live::{Live, Wire, modern};
use crate::support::{Fake, client, job_id, verified};

fn uri() -> String {
    format!("onegent://jobs/{}", job_id())
}

fn json_of(contents: &ResourceContents) -> Value {
    let ResourceContents::TextResourceContents { text, .. } = contents else { panic!("{contents:?}") };
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn jobs_and_their_trails_can_be_listed_and_read() {
    let client = client(Live::new("paused_payment"), verified(&onegent_core::caller::Scope::ALL)).await;
    let listed = client.list_resources(None).await.unwrap();
    let uris: Vec<_> = listed.resources.iter().map(|resource| resource.uri.clone()).collect();
    assert_eq!(uris, ["ui://onegent/job-card".to_owned(), uri()]);
    let job = client.read_resource(ReadResourceRequestParams::new(uri())).await.unwrap();
    assert_eq!(json_of(&job.contents[0])["status"], "paused_payment");
    let trail =
        client.read_resource(ReadResourceRequestParams::new(format!("{}/audit", uri()))).await.unwrap();
    assert_eq!(json_of(&trail.contents[0])["events"][0]["type"], "page_observed");
    let templates = client.list_resource_templates(None).await.unwrap().resource_templates;
    assert_eq!(templates.len(), 3);
}

#[tokio::test]
async fn the_newest_screenshot_is_an_image_and_its_absence_is_said() {
    let pictured = Live::pictured("paused_payment", b"\xff\xd8\xff a page");
    let client = client(pictured, verified(&onegent_core::caller::Scope::ALL)).await;
    let address = format!("{}/screenshot", uri());
    let read = client.read_resource(ReadResourceRequestParams::new(&address)).await.unwrap();
    let ResourceContents::BlobResourceContents { uri, mime_type, blob, meta } = &read.contents[0] else {
        panic!("{read:?}")
    };
    let meta = json!(meta);
    assert_eq!(meta["one.onegent/step"], "payment");
    assert!(meta["one.onegent/takenAt"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{meta}");
    assert_eq!((uri, mime_type.as_deref()), (&address, Some("image/jpeg")));
    assert_eq!(blob, "/9j/IGEgcGFnZQ==");

    let mut wire = Wire::open(Live::new("running"));
    let answer = wire.ask("resources/read", json!({ "uri": address })).await;
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("This booking has no screenshot"), "{answer}");
    let foreign = format!("onegent://jobs/job_{}/screenshot", "0".repeat(32));
    let answer = wire.ask("resources/read", json!({ "uri": foreign })).await;
    assert_eq!(answer["error"]["message"], "Resource not found", "{answer}");
}

#[tokio::test]
async fn what_is_not_there_and_what_is_somebody_elses_look_alike() {
    let mut wire = Wire::open(Live::new("running"));
    for unknown in
        [format!("onegent://jobs/job_{}", "0".repeat(32)), "onegent://jobs/7".to_owned(), "x".to_owned()]
    {
        let answer = wire.ask("resources/read", json!({ "uri": unknown })).await;
        assert_eq!(answer["error"]["message"], "Resource not found", "{answer}");
        assert_eq!(answer["error"]["data"]["uri"], unknown, "{answer}");
    }
}

#[tokio::test]
async fn without_a_credential_only_the_card_is_there() {
    let client = client(std::sync::Arc::new(Fake::unreachable()), Credential::Missing).await;
    let listed = client.list_resources(None).await.unwrap().resources;
    assert_eq!(listed.len(), 1);
    let card = client.read_resource(ReadResourceRequestParams::new(&listed[0].uri)).await.unwrap();
    let ResourceContents::TextResourceContents { text, mime_type, .. } = &card.contents[0] else { panic!() };
    assert_eq!(mime_type.as_deref(), Some("text/html;profile=mcp-app"));
    for foreign in ["src=", "href=", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML", "eval("] {
        assert!(!text.contains(foreign), "{foreign}");
    }
}

#[tokio::test]
async fn ids_of_ones_own_jobs_are_completed() {
    let client = client(Live::new("running"), verified(&onegent_core::caller::Scope::ALL)).await;
    let complete = async |reference: Reference, argument: &str, value: &str| {
        let argument = ArgumentInfo::new(argument, value);
        client.complete(CompleteRequestParams::new(reference, argument)).await.unwrap().completion.values
    };
    let template = || Reference::for_resource("onegent://jobs/{jobId}");
    assert_eq!(complete(template(), "jobId", "job_").await, [job_id().to_string()]);
    assert_eq!(complete(template(), "jobId", "job_f").await, Vec::<String>::new());
    let prompt = Reference::for_prompt("what_happened");
    assert_eq!(complete(prompt, "jobId", "").await, [job_id().to_string()]);
    let prompt = Reference::for_prompt("plan_a_booking");
    assert_eq!(complete(prompt, "scenario", "h").await, ["hotel"]);
}

#[tokio::test]
async fn prompts_say_what_they_need_and_quote_the_record() {
    let client = client(Live::new("done"), verified(&onegent_core::caller::Scope::ALL)).await;
    let prompts = client.list_prompts(None).await.unwrap().prompts;
    insta::assert_json_snapshot!("prompts", prompts);
    let arguments = |value: Value| value.as_object().unwrap().clone();
    let plan = GetPromptRequestParams::new("plan_a_booking")
        .with_arguments(arguments(json!({ "wish": "a table by the sea", "scenario": "restaurant" })));
    let plan = serde_json::to_value(client.get_prompt(plan).await.unwrap()).unwrap();
    assert!(
        plan["messages"][0]["content"]["text"].as_str().unwrap().contains("a table by the sea"),
        "{plan}"
    );
    let explain =
        GetPromptRequestParams::new("what_happened").with_arguments(arguments(json!({ "jobId": job_id() })));
    let explain = serde_json::to_value(client.get_prompt(explain).await.unwrap()).unwrap();
    assert_eq!(explain["messages"][1]["content"]["resource"]["uri"], uri(), "{explain}");
    for wrong in [json!({}), json!({ "wish": "x", "scenario": "cruise" })] {
        let wrong = GetPromptRequestParams::new("plan_a_booking").with_arguments(arguments(wrong));
        assert!(client.get_prompt(wrong).await.is_err());
    }
}

#[tokio::test]
async fn a_channel_hears_of_each_change_until_it_unsubscribes() {
    let service = Live::new("queued");
    let mut wire = Wire::shaken(service.clone(), json!({})).await;
    wire.ask("resources/subscribe", json!({ "uri": uri() })).await;
    while *service.watched.lock().unwrap() < 2 {
        tokio::task::yield_now().await;
    }
    service.becomes("running");
    let told = wire.read().await;
    assert_eq!(told["method"], "notifications/resources/updated", "{told}");
    assert_eq!(told["params"]["uri"], uri());
    wire.ask("resources/unsubscribe", json!({ "uri": uri() })).await;
    service.becomes("paused_payment");
    let id = wire.send("ping", json!({})).await;
    assert_eq!(wire.read().await["id"], id);
    let refused = wire.ask("resources/subscribe", json!({ "uri": "onegent://jobs/7" })).await;
    assert!(refused.get("error").is_some());
}

#[tokio::test]
async fn a_stateless_client_listens_with_a_request() {
    let service = Live::new("queued");
    let mut wire = Wire::open(service.clone());
    let wanted = json!({ "notifications": { "resourceSubscriptions": [uri(), "file:///etc/passwd"] } });
    let id = wire.send("subscriptions/listen", modern(wanted, &json!({}))).await;
    let acknowledged = wire.read().await;
    assert_eq!(
        acknowledged["params"]["notifications"]["resourceSubscriptions"],
        json!([uri()]),
        "{acknowledged}"
    );
    while *service.watched.lock().unwrap() < 2 {
        tokio::task::yield_now().await;
    }
    service.becomes("running");
    let told = wire.read().await;
    assert_eq!(told["params"]["uri"], uri(), "{told}");
    assert_eq!(told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], id, "{told}");
}
