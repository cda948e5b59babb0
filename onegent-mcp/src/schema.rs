//! JSON Schemas for tools, out of the types of core: small, and without what some hosts refuse.
//!
//! A model reads every definition in every conversation, so each byte counts. Some providers reject a whole tool list
//! for a combinator (`oneOf`, `anyOf`, `allOf`) or a reference in an input schema, so there are none.

use onegent_core::guest::GuestProfile;
use onegent_core::id::ProfileId;
use onegent_core::text::Text;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The arguments of a `book_*` tool: the scenario's fields, then the guest and the key beside them.
pub(crate) fn booking_input<Params: JsonSchema>() -> JsonObject {
    let mut schema = input::<Params>();
    let shared = [
        (
            "profile",
            described::<GuestProfile>(
                "The guest; phone as +12125550123. Unless profileId or a default exists",
            ),
        ),
        ("profileId", described::<ProfileId>("A saved profile instead")),
        ("idempotencyKey", described::<Text>("Same key and arguments, same job")),
    ];
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        // Which site the guest's details go to is not for a model to say.
        properties.remove("venueUrl");
        properties.extend(shared.map(|(name, schema)| (name.to_owned(), schema)));
    }
    schema
}

/// The arguments of a tool, as the type has them.
pub(crate) fn input<Arguments: JsonSchema>() -> JsonObject {
    let mut schema = generate::<Arguments>();
    simplify(&mut schema);
    // The tool's own description stands beside it.
    schema.remove("description");
    for member in subschemas(&mut schema) {
        for nested in subschemas(member) {
            nested.remove("description");
        }
    }
    schema
}

/// What a tool answers with, in outline: names, types and words of the answer itself.
pub(crate) fn output<Answer: JsonSchema>() -> JsonObject {
    let mut schema = generate::<Answer>();
    simplify(&mut schema);
    outline(&mut schema, &["type", "enum"]);
    schema
}

/// The same answer where most of it is not there yet: only these members, the rest is told by another tool's [`output`].
pub(crate) fn output_in_brief<Answer: JsonSchema>(members: &[&str]) -> JsonObject {
    let mut schema = generate::<Answer>();
    simplify(&mut schema);
    outline(&mut schema, &["type"]);
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.retain(|name, _| members.contains(&name.as_str()));
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| name.as_str().is_some_and(|name| members.contains(&name)));
    }
    schema
}

fn described<T: JsonSchema>(description: &str) -> Value {
    let mut schema = input::<T>();
    for member in subschemas(&mut schema) {
        member.remove("description");
    }
    schema.insert("description".to_owned(), description.into());
    Value::Object(schema)
}

fn generate<T: JsonSchema>() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    std::mem::take(schema.ensure_object())
}

/// Turns a schema, and all within it, into the plainest form that says the same of what is really sent. Lengths are left
/// to the reader of the arguments, which names them when they are overrun.
fn simplify(schema: &mut Map<String, Value>) {
    for within in subschemas(schema) {
        simplify(within);
    }
    unwrap_optional(schema);
    list_words(schema);
    for idle in ["title", "default", "minLength", "maxLength"] {
        schema.remove(idle);
    }
    // The forms of ids and dates are named where they are got wrong.
    schema.remove("pattern");
    if schema.contains_key("properties") {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = one_line(text);
    }
}

/// An optional member is left out, never `null`; to say so twice helps nobody.
fn unwrap_optional(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    let inner = match schema.get_mut("anyOf").and_then(Value::as_array_mut).map(Vec::as_mut_slice) {
        Some([inner, null]) if *null == json!({ "type": "null" }) => inner.take(),
        _ => return,
    };
    schema.remove("anyOf");
    if let Value::Object(inner) = inner {
        for (name, value) in inner {
            schema.entry(name).or_insert(value);
        }
    }
}

/// An enumeration of words with a comment on each becomes the list of its words.
fn list_words(schema: &mut Map<String, Value>) {
    let Some(Value::Array(options)) = schema.get("oneOf") else { return };
    if let Some(words) = options.iter().map(|option| option.get("const").cloned()).collect::<Option<Vec<_>>>()
    {
        schema.remove("oneOf");
        schema.insert("type".to_owned(), "string".into());
        schema.insert("enum".to_owned(), words.into());
    }
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "");
    line.strip_suffix('.').unwrap_or(&line).to_owned()
}

/// Keeps an object's members by name, with these keywords of each. Leaves room for members that a later version adds.
fn outline(schema: &mut Map<String, Value>, of_members: &[&str]) {
    schema.retain(|name, _| matches!(name.as_str(), "type" | "properties" | "required"));
    for member in subschemas(schema) {
        // What is one of several shapes is an object here: a request, with its scenario's own details.
        member.entry("type").or_insert_with(|| "object".into());
        member.retain(|name, _| of_members.contains(&name.as_str()));
    }
}

fn subschemas(schema: &mut Map<String, Value>) -> Vec<&mut Map<String, Value>> {
    let mut found = Vec::new();
    for (keyword, value) in schema {
        match (keyword.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                found.extend(properties.values_mut().filter_map(Value::as_object_mut));
            }
            ("items", Value::Object(items)) => found.push(items),
            ("oneOf" | "anyOf", Value::Array(options)) => {
                found.extend(options.iter_mut().filter_map(Value::as_object_mut));
            }
            _ => {}
        }
    }
    found
}
