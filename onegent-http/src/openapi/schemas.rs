//! The document's schemas: core's wire types, each with the one schema that it derives itself.

use std::collections::BTreeSet;

use onegent_core::create::CreateJob;
use onegent_core::error::ErrorBody;
use onegent_core::job::Job;
use onegent_core::port::{AuditPage, JobPage, ProviderMetrics, ProviderPage};
use onegent_core::webhook::{
    DeadLetterPage, IssuedWebhook, NewWebhook, Replayed, StatusMessage, WebhookPage,
};
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

/// All schemas that the paths refer to, and those that they refer to.
pub(super) fn schemas() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = SchemaGenerator::new(settings);
    generator.subschema_for::<CreateJob>();
    generator.subschema_for::<Job>();
    generator.subschema_for::<JobPage>();
    generator.subschema_for::<AuditPage>();
    generator.subschema_for::<ProviderMetrics>();
    generator.subschema_for::<ProviderPage>();
    generator.subschema_for::<NewWebhook>();
    generator.subschema_for::<IssuedWebhook>();
    generator.subschema_for::<WebhookPage>();
    generator.subschema_for::<DeadLetterPage>();
    generator.subschema_for::<Replayed>();
    generator.subschema_for::<StatusMessage>();
    generator.subschema_for::<ErrorBody>();
    let mut schemas = generator.take_definitions(true);
    schemas.values_mut().for_each(list_words);
    schemas.values_mut().for_each(name_choices);
    schemas.values_mut().for_each(tell_defaults);
    schemas
}

/// A choice between requests has a name for each, as client generators would otherwise number them.
fn name_choices(schema: &mut Value) {
    for choice in schema.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(word) = choice["properties"]["scenario"]["const"].as_str() else { continue };
        let (first, rest) = word.split_at(word.len().min(1));
        choice["title"] = json!(format!("{}{rest}Request", first.to_ascii_uppercase()));
    }
}

/// A choice between words is an `enum`, as client generators know it; what each word means goes into the description.
fn list_words(schema: &mut Value) {
    let Some(choices) = schema["oneOf"].as_array() else { return };
    let words: Option<Vec<_>> = choices.iter().map(|choice| choice["const"].as_str()).collect();
    let Some(words) = words else { return };
    let meanings: Vec<_> = words
        .iter()
        .zip(choices)
        .map(|(word, choice)| format!("- `{word}`: {}", choice["description"].as_str().unwrap_or_default()))
        .collect();
    let description = schema["description"].as_str().unwrap_or_default();
    let description = format!("{description}\n\n{}", meanings.join("\n"));
    *schema = json!({ "type": "string", "enum": words, "description": description });
}

/// What a field is when it is left out stands in its description. Client generators read `default` as "always there".
fn tell_defaults(schema: &mut Value) {
    for field in
        schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut)
    {
        let Some(default) = field.as_object_mut().and_then(|field| field.remove("default")) else { continue };
        if !default.is_object() && !default.is_array() {
            let description = field["description"].as_str().unwrap_or_default();
            field["description"] =
                json!(format!("{description} Default: `{}`.", default.to_string().trim_matches('"')));
        }
    }
}

/// Every `$ref` in a part of the document.
pub(super) fn references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            into.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| references(value, into));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
