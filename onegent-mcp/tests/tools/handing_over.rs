use std::sync::Arc;

use serde_json::{Value, json};

use crate::live::{Live, Wire, modern, opens_pages, status_call};
use crate::support::job_id;

const PAGE: &str = "https://onegent.one/jobs/1/confirm";

fn text(answer: &Value) -> &str {
    answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text: {answer}"))
}

#[tokio::test]
async fn a_client_with_a_channel_is_asked_to_open_the_page() {
    for (action, words) in
        [("accept", "agreed to open"), ("decline", "declined to open"), ("cancel", "has not decided")]
    {
        let mut wire = Wire::shaken(Live::new("paused_payment"), opens_pages()).await;
        let id = wire.send("tools/call", status_call(0)).await;
        let asked = wire.read().await;
        assert_eq!(
            (&asked["method"], &asked["params"]["mode"]),
            (&json!("elicitation/create"), &json!("url"))
        );
        assert_eq!(asked["params"]["url"], PAGE);
        assert_eq!(asked["params"]["elicitationId"], json!(job_id()));
        assert!(asked["params"]["message"].as_str().unwrap().contains("EUR 240.00"), "{asked}");
        wire.write(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": { "action": action } })).await;
        let answer = wire.answer(id).await;
        assert!(text(&answer).contains(words), "{answer}");
        assert!(text(&answer).contains(PAGE), "{answer}");
        assert_eq!(answer["result"]["structuredContent"]["status"], "paused_payment");
        // The same pause is offered once.
        let again = wire.send("tools/call", status_call(0)).await;
        assert_eq!(wire.read().await["id"], again);
    }
}

#[tokio::test]
async fn a_client_that_opens_no_pages_is_told_the_address() {
    for capabilities in [json!({}), json!({ "elicitation": {} }), json!({ "elicitation": { "form": {} } })] {
        let mut wire = Wire::shaken(Live::new("paused_payment"), capabilities).await;
        let id = wire.send("tools/call", status_call(0)).await;
        let answer = wire.read().await;
        assert_eq!(answer["id"], id, "{answer}");
        assert!(text(&answer).contains(PAGE));
    }
}

#[tokio::test]
async fn a_stateless_client_asks_between_two_rounds() {
    let mut wire = Wire::open(Live::new("paused_payment"));
    let first = wire.ask("tools/call", modern(status_call(0), &opens_pages())).await;
    assert_eq!(first["result"]["resultType"], "input_required", "{first}");
    let asked = &first["result"]["inputRequests"]["open_page"];
    assert_eq!((&asked["params"]["mode"], &asked["params"]["url"]), (&json!("url"), &json!(PAGE)), "{first}");
    let second = wire.ask("tools/call", retry(&first, "accept")).await;
    assert!(text(&second).contains("agreed to open"), "{second}");
    assert_eq!(second["result"]["structuredContent"]["status"], "paused_payment");
}

/// The second round of a call.
fn retry(first: &Value, action: &str) -> Value {
    let mut call = modern(status_call(0), &opens_pages());
    call["inputResponses"] = json!({ "open_page": { "action": action } });
    call["requestState"] = first["result"]["requestState"].clone();
    call
}

#[tokio::test]
async fn a_state_that_was_changed_or_is_of_another_server_is_refused() {
    let mut wire = Wire::open(Live::new("paused_payment"));
    let first = wire.ask("tools/call", modern(status_call(0), &opens_pages())).await;
    let mut tampered = retry(&first, "accept");
    let state = tampered["requestState"].as_str().unwrap();
    let (start, last) = state.split_at(state.len() - 1);
    tampered["requestState"] = format!("{start}{}", if last == "A" { "B" } else { "A" }).into();
    let refused = wire.ask("tools/call", tampered).await;
    assert_eq!(refused["error"]["code"], -32602, "{refused}");

    let mut elsewhere = Wire::open(Live::new("paused_payment"));
    let refused = elsewhere.ask("tools/call", retry(&first, "accept")).await;
    assert_eq!(refused["error"]["code"], -32602, "{refused}");
}

/// A state is bound to the account: over HTTP, where many accounts share a server.
#[tokio::test]
async fn a_state_of_another_account_is_refused() {
    let fake =
        crate::support::Fake::new(|_| Ok(crate::support::job("paused_payment", &crate::live::paused())));
    let router = crate::http::edge_as(Arc::new(fake));
    let first = crate::http::modern_call(&router, "ana", modern(status_call(0), &opens_pages())).await;
    assert_eq!(first["result"]["resultType"], "input_required", "{first}");
    let stolen = crate::http::modern_call(&router, "ben", retry(&first, "accept")).await;
    assert_eq!(stolen["error"]["code"], -32602, "{stolen}");
    let own = crate::http::modern_call(&router, "ana", retry(&first, "accept")).await;
    assert!(text(&own).contains("agreed to open"), "{own}");
}

#[tokio::test]
async fn a_state_outlives_the_server_that_sealed_it_where_the_key_does() {
    let started = |key: [u8; 32]| {
        let job = |_: &_| Ok(crate::support::job("paused_payment", &crate::live::paused()));
        crate::http::edge_sealing_with(Some(key.into()), Arc::new(crate::support::Fake::new(job)))
    };
    let first =
        crate::http::modern_call(&started([7; 32]), "ana", modern(status_call(0), &opens_pages())).await;
    let again = crate::http::modern_call(&started([7; 32]), "ana", retry(&first, "accept")).await;
    assert!(text(&again).contains("agreed to open"), "{again}");
    let elsewhere = crate::http::modern_call(&started([8; 32]), "ana", retry(&first, "accept")).await;
    assert_eq!(elsewhere["error"]["code"], -32602, "{elsewhere}");
}

/// Whatever waits for a person, in either wire: the word `form` and a schema never come up.
#[tokio::test]
async fn money_is_never_asked_for_in_a_form() {
    let both = json!({ "elicitation": { "form": {}, "url": {} } });
    let mut old = Wire::shaken(Live::new("paused_payment"), both.clone()).await;
    old.send("tools/call", status_call(0)).await;
    let mut new = Wire::open(Live::new("paused_payment"));
    let asked = [old.read().await, new.ask("tools/call", modern(status_call(0), &both)).await];
    for asked in asked {
        let said = asked.to_string();
        assert!(said.contains("\"mode\":\"url\"") && !said.contains("requestedSchema"), "{said}");
    }
}
