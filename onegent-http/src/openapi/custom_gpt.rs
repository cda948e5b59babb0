//! The part of the document that the GPT editor imports as it stands.
//!
//! The editor's limits, and what it leaves out, are published under "Production notes on GPT Actions": 300 characters per
//! operation's summary or description, 700 per parameter's description, no custom headers. It takes 30 operations at most.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use url::Url;

use super::security::API_KEY;
use super::{openapi, schemas};

/// What to paste into the field "Instructions" of the GPT that uses [`custom_gpt`].
pub const GPT_INSTRUCTIONS: &str = include_str!("gpt_instructions.md");

/// Marks what a GPT may call: `true` asks the person each time. Operations without it are not for a GPT.
const CONSEQUENTIAL: &str = "x-openai-isConsequential";

/// The document for a GPT, with the server at `server`, for example `https://onegent.one`.
///
/// A model fills the body from what it reads here, so there is nothing to choose between: one object, each of whose fields
/// says when it is wanted. The server reads it as it reads any other.
pub fn custom_gpt(server: &Url) -> Value {
    let mut document = openapi(server);
    keep_operations(&mut document["paths"]);
    let components = &mut document["components"]["schemas"];
    components["BookingRequest"] = flat_request(components);
    if let Some(members) = document.as_object_mut() {
        members.remove("webhooks");
        if let Some(tags) = members.get_mut("tags").and_then(Value::as_array_mut) {
            tags.retain(|tag| tag["name"] != "webhooks");
        }
        members.values_mut().for_each(simplify);
    }
    only_keys(&mut document);
    drop_unused(&mut document);
    document
}

/// The editor takes one way to sign in, which its user sets up: the key.
fn only_keys(document: &mut Value) {
    document["security"] = json!([{ API_KEY: [] }]);
    if let Some(schemes) = document["components"]["securitySchemes"].as_object_mut() {
        schemes.retain(|name, _| name == API_KEY);
    }
    let paths = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(operation) = operation.as_object_mut() {
            operation.remove("security");
        }
    }
}

fn keep_operations(paths: &mut Value) {
    let Some(paths) = paths.as_object_mut() else { return };
    for methods in paths.values_mut().filter_map(Value::as_object_mut) {
        methods.retain(|_method, operation| operation.get(CONSEQUENTIAL).is_some());
        for operation in methods.values_mut() {
            let Some(operation) = operation.as_object_mut() else { continue };
            let query_and_path = |parameters: &mut Vec<Value>| {
                parameters.retain(|parameter| parameter["in"] != "header");
                parameters.is_empty()
            };
            if operation.get_mut("parameters").and_then(Value::as_array_mut).is_some_and(query_and_path) {
                operation.remove("parameters");
            }
        }
    }
    paths.retain(|_path, methods| methods.as_object().is_some_and(|methods| !methods.is_empty()));
}

/// `{scenario, params}` with all scenarios' fields side by side instead of a choice between four objects.
fn flat_request(schemas: &Value) -> Value {
    let mut words = Vec::new();
    let mut fields: Map<String, Value> = Map::new();
    for choice in schemas["BookingRequest"]["oneOf"].as_array().into_iter().flatten() {
        let Some(scenario) = choice["properties"]["scenario"]["const"].as_str() else { continue };
        words.push(scenario);
        let params = referred(schemas, &choice["properties"]["params"]);
        let required = params["required"].as_array().cloned().unwrap_or_default();
        // Which site the guest's details go to is not for a model to say.
        let told =
            params["properties"].as_object().into_iter().flatten().filter(|(name, _)| *name != "venueUrl");
        for (name, field) in told {
            let need = if required.contains(&json!(name)) { "required" } else { "optional" };
            let meaning = field["description"].as_str().unwrap_or_default();
            let known = fields.entry(name.clone()).or_insert_with(|| {
                let mut field = field.clone();
                field["description"] = json!("");
                field
            });
            let mut description = known["description"].as_str().unwrap_or_default().to_owned();
            if !description.is_empty() {
                description.push(' ');
            }
            // Writing to a text never fails.
            let _written = write!(description, "For scenario {scenario} ({need}): {meaning}");
            known["description"] = json!(description);
        }
    }
    json!({
        "type": "object",
        "description": "What to book: the scenario and its details.",
        "required": ["scenario", "params"],
        "properties": {
            "scenario": { "type": "string", "enum": words, "description": "What kind of booking it is." },
            "params": {
                "type": "object",
                "description": "The details. Send only the fields that belong to the chosen scenario; any other is refused.",
                "properties": fields,
            },
        },
    })
}

fn referred<'a>(schemas: &'a Value, schema: &Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    &schemas[name.unwrap_or_default()]
}

/// "A value or `null`" becomes the value alone, which may be left out: a model that may write `null` sometimes writes
/// `"null"`. An object always lists its properties, which the editor insists on.
fn simplify(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Array(choices)) = members.get("anyOf") {
                let values: Vec<_> =
                    choices.iter().filter(|choice| choice["type"] != "null").cloned().collect();
                if let [Value::Object(only)] = values.as_slice() {
                    members.remove("anyOf");
                    for (name, value) in only {
                        members.entry(name.clone()).or_insert_with(|| value.clone());
                    }
                }
            }
            if let Some(Value::Array(types)) = members.get("type") {
                let types: Vec<_> = types.iter().filter(|kind| *kind != "null").cloned().collect();
                if let [only] = types.as_slice() {
                    members.insert("type".to_owned(), only.clone());
                }
            }
            if members.get("type") == Some(&json!("object")) {
                members.entry("properties").or_insert_with(|| json!({}));
            }
            members.values_mut().for_each(simplify);
        }
        Value::Array(items) => items.iter_mut().for_each(simplify),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Drops components until each that is left is referred to.
fn drop_unused(document: &mut Value) {
    loop {
        let mut used = BTreeSet::new();
        schemas::references(document, &mut used);
        let mut dropped = false;
        for kind in ["schemas", "responses"] {
            let Some(components) = document["components"][kind].as_object_mut() else { continue };
            let before = components.len();
            components.retain(|name, _| used.contains(&format!("#/components/{kind}/{name}")));
            dropped |= components.len() < before;
        }
        if !dropped {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use onegent_core::status::JobStatus;

    use super::super::tests::hosted;
    use super::*;

    const HTTP_METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

    fn operations(document: &Value) -> Vec<(String, &Value)> {
        let paths = document["paths"].as_object().unwrap();
        let all = paths.values().flat_map(|methods| methods.as_object().unwrap());
        all.inspect(|(method, _)| assert!(HTTP_METHODS.contains(&method.as_str())))
            .map(|(_, operation)| (operation["operationId"].as_str().unwrap().to_owned(), operation))
            .collect()
    }

    fn length(value: &Value) -> usize {
        value.as_str().unwrap_or_default().chars().count()
    }

    /// Every schema below `value` that describes a property, with its name.
    fn properties<'a>(value: &'a Value, into: &mut Vec<(&'a str, &'a Value)>) {
        match value {
            Value::Object(members) => {
                for (name, property) in
                    members.get("properties").and_then(Value::as_object).into_iter().flatten()
                {
                    into.push((name, property));
                }
                members.values().for_each(|value| properties(value, into));
            }
            Value::Array(items) => items.iter().for_each(|value| properties(value, into)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn the_editor_s_limits_are_kept() {
        let document = custom_gpt(&hosted());
        let operations = operations(&document);
        assert!((5..=30).contains(&operations.len()));
        assert_eq!(document["servers"], json!([{ "url": "https://onegent.one/api/v1" }]));
        for (id, operation) in &operations {
            assert!((1..=300).contains(&length(&operation["summary"])), "{id}");
            assert!(length(&operation["description"]) <= 300, "{id}");
            assert!(operation[CONSEQUENTIAL].is_boolean(), "{id}");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!((1..=700).contains(&length(&parameter["description"])), "{id} {parameter}");
                assert!(parameter["in"] == "path" || parameter["in"] == "query", "{id} {parameter}");
            }
        }
        let mut described = Vec::new();
        properties(&document, &mut described);
        assert!(described.len() > 60);
        for (name, property) in described {
            assert!((1..=700).contains(&length(&property["description"])), "{name}: {property}");
        }
        assert!(document.to_string().chars().count() < 100_000);
    }

    #[test]
    fn there_is_nothing_to_choose_between() {
        let text = custom_gpt(&hosted()).to_string();
        for word in ["\"oneOf\"", "\"anyOf\"", "\"allOf\"", "\"null\""] {
            assert!(!text.contains(word), "{word}");
        }
    }

    #[test]
    fn what_changes_the_world_asks_the_person() {
        let document = custom_gpt(&hosted());
        for (id, operation) in operations(&document) {
            let changes = ["createExecutionJob", "cancelExecutionJob"].contains(&id.as_str());
            assert_eq!(operation[CONSEQUENTIAL], json!(changes), "{id}");
        }
    }

    #[test]
    fn scenarios_that_share_a_field_agree_on_its_type() {
        let document = openapi(&hosted());
        let mut types: std::collections::BTreeMap<String, Value> = std::collections::BTreeMap::new();
        for params in ["RestaurantParams", "HotelParams", "FlightParams", "ActivityParams"] {
            let fields = &document["components"]["schemas"][params]["properties"];
            for (name, field) in fields.as_object().unwrap() {
                let mut field = field.clone();
                field.as_object_mut().unwrap().remove("description");
                assert_eq!(types.entry(name.clone()).or_insert_with(|| field.clone()), &field, "{name}");
            }
        }
        assert!(types.len() > 12);
    }

    #[test]
    fn the_instructions_fit_and_name_what_is_there() {
        assert!(GPT_INSTRUCTIONS.chars().count() < 8_000);
        let document = custom_gpt(&hosted());
        for (id, _) in operations(&document) {
            if id != "getProviderMetrics" {
                assert!(GPT_INSTRUCTIONS.contains(&id), "{id}");
            }
        }
        for status in JobStatus::ALL {
            assert!(GPT_INSTRUCTIONS.contains(&format!("`{status}`")), "{status}");
        }
    }
}
