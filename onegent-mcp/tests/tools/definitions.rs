use std::collections::BTreeSet;

use insta::assert_json_snapshot;
use onegent_core::create::CreateJob;
use onegent_core::request::Scenario;
use onegent_mcp::Inventory;
use rmcp::model::Tool;
use serde_json::{Value, json};

fn tools() -> Vec<&'static Tool> {
    Inventory::get().iter().map(onegent_mcp::ToolEntry::definition).collect()
}

#[test]
fn there_are_exactly_six_always_in_the_same_order() {
    let names: Vec<_> = tools().iter().map(|tool| tool.name.as_ref()).collect();
    let wanted =
        ["book_restaurant", "book_hotel", "book_flight", "book_activity", "get_job_status", "get_job_audit"];
    assert_eq!(names, wanted);
}

#[test]
fn each_definition_is_as_clients_know_it() {
    for tool in tools() {
        assert_json_snapshot!(tool.name.as_ref(), tool);
    }
}

/// Counted as the bytes of each definition's JSON, output schema and hints included, with four bytes for a token.
#[test]
fn all_six_definitions_cost_less_than_2500_tokens() {
    let bytes = |tool: &&Tool| serde_json::to_string(tool).unwrap().len();
    let sizes: Vec<_> =
        tools().iter().map(|tool| json!({ "tool": tool.name, "bytes": bytes(tool) })).collect();
    let total: usize = tools().iter().map(bytes).sum();
    assert_json_snapshot!(
        "sizes",
        json!({ "tools": sizes, "total": { "bytes": total, "tokens": total.div_ceil(4) } })
    );
    assert!(total.div_ceil(4) < 2500, "{total} bytes");
}

fn visit(value: &Value, seen: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                seen(name, member);
                visit(member, seen);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, seen)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn schemas_have_nothing_that_hosts_refuse() {
    for tool in tools() {
        let schema = serde_json::to_value(&tool.input_schema).unwrap();
        assert_eq!(schema["type"], "object");
        assert_eq!(schema["additionalProperties"], false);
        for schema in [schema, serde_json::to_value(&tool.output_schema).unwrap()] {
            assert!(jsonschema::validator_for(&schema).is_ok());
            visit(&schema, &mut |name, _| {
                let refused = ["oneOf", "anyOf", "allOf", "not", "$ref", "$defs", "$schema", "const"];
                assert!(!refused.contains(&name), "{}: {name}", tool.name);
            });
        }
    }
}

#[test]
fn names_titles_and_hints_follow_the_hosts_rules() {
    for tool in tools() {
        let hints = tool.annotations.as_ref().unwrap();
        let reads = tool.name.starts_with("get_");
        assert!(tool.name.len() <= 64 && tool.title.is_some());
        assert_eq!(hints.read_only_hint, Some(reads));
        assert_eq!(hints.destructive_hint, Some(false));
        assert_eq!(hints.open_world_hint, Some(!reads));
    }
}

#[test]
fn no_description_orders_a_model_about() {
    for tool in tools() {
        let description = tool.description.as_deref().unwrap().to_lowercase();
        for order in ["call ", "use ", "you ", "must", "always", "then ", "next", "get_job", "book_"] {
            assert!(!description.contains(order), "{}: {order:?} in {description:?}", tool.name);
        }
    }
}

#[test]
fn no_tool_and_no_argument_can_confirm_a_charge() {
    for tool in tools() {
        assert!(!tool.name.contains("confirm") && !tool.name.contains("pay"));
        visit(&serde_json::to_value(&tool.input_schema).unwrap()["properties"], &mut |name, _| {
            for word in ["confirm", "approve", "pay", "charge", "consent", "card", "cvc", "cvv"] {
                assert!(!name.to_lowercase().contains(word), "{}: {name}", tool.name);
            }
        });
    }
}

/// The schema and the reader of the arguments were written apart; here each is held against the other.
#[test]
fn schemas_say_what_the_reader_takes() {
    let scenario =
        ["book_restaurant", "book_hotel", "book_flight", "book_activity"].into_iter().zip(Scenario::ALL);
    for (name, scenario) in scenario {
        let schema =
            serde_json::to_value(&Inventory::get().find(name).unwrap().definition().input_schema).unwrap();
        let required: BTreeSet<_> =
            schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let missing = CreateJob::from_arguments(scenario, &json!({})).unwrap_err();
        assert_eq!(required, missing.iter().map(|error| error.field.as_str()).collect());

        let unknown = CreateJob::from_arguments(scenario, &json!({ "tip": 1 })).unwrap_err();
        let (_, known) = unknown.last().unwrap().message.split_once("known: ").unwrap();
        let properties: BTreeSet<_> =
            schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(properties, known.split(", ").collect());
    }
}
