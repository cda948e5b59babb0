//! `/docs`: the API, read out of the OpenAPI document that is served.

use std::fmt;
use std::sync::{Arc, LazyLock};

use askama::Template;
use askama::filters::{Html, HtmlSafe, escape};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use onegent_core::error::ErrorCode;
use serde_json::Value;

use super::page::{Chrome, Room, render};
use super::session::MaybeSignedIn;
use crate::app::Shared;
use crate::openapi;
use crate::problem::{Problem, status};

#[derive(Template)]
#[template(path = "docs.html")]
struct DocsPage {
    page: Chrome,
    base_url: String,
    reference: &'static Reference,
    codes: Vec<(u16, &'static str)>,
}

/// What the document says, in the order in which a person reads it.
struct Reference {
    operations: Vec<Operation>,
    objects: Vec<Object>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    description: String,
    params: Vec<Param>,
    /// The object that its body is.
    body: Option<String>,
    answers: Vec<Answer>,
}

struct Answer {
    status: String,
    description: String,
    /// The object that it carries.
    object: Option<String>,
}

/// An object of the wire, or a list of words.
struct Object {
    name: String,
    /// One paragraph or list entry each.
    description: Vec<String>,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    required: bool,
    kind: Kind,
    description: String,
}

/// What a value is, and the object that it refers to, if it does.
struct Kind {
    text: String,
    object: Option<String>,
}

struct Param {
    name: String,
    place: String,
    required: bool,
    description: String,
}

/// Text of the document, whose only mark-up is code between back-ticks.
struct Prose<'a>(&'a str);

impl fmt::Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.0.split('`').enumerate() {
            // Every second part stood between two back-ticks.
            let (open, close) = if at % 2 == 1 { ("<code>", "</code>") } else { ("", "") };
            let Ok(text) = escape(part, Html);
            write!(f, "{open}{text}{close}")?;
        }
        Ok(())
    }
}

impl HtmlSafe for Prose<'_> {}

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| {
    let document = openapi::document("");
    Reference { operations: operations(&document), objects: objects(&document["components"]["schemas"]) }
});

/// `GET /docs`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    MaybeSignedIn(signed_in): MaybeSignedIn,
) -> Result<Response, Problem> {
    let page = DocsPage {
        page: Chrome::new("API", Room::Docs, signed_in.as_ref()),
        base_url: shared.public_url.as_str().trim_end_matches('/').to_owned(),
        reference: &REFERENCE,
        codes: ErrorCode::ALL.iter().map(|code| (status(*code).as_u16(), code.as_str())).collect(),
    };
    render(StatusCode::OK, &page)
}

fn operations(document: &Value) -> Vec<Operation> {
    let members = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for (path, methods) in members(&document["paths"]) {
        for (method, operation) in members(&methods) {
            found.push(Operation {
                id: text(&operation["operationId"]),
                method: method.to_ascii_uppercase(),
                path: path.clone(),
                summary: text(&operation["summary"]),
                description: text(&operation["description"]),
                params: operation["parameters"].as_array().into_iter().flatten().map(param).collect(),
                body: content(&operation["requestBody"]),
                answers: members(&operation["responses"])
                    .into_iter()
                    .map(|(status, answer)| self::answer(document, status, &answer))
                    .collect(),
            });
        }
    }
    // Creating comes first, as it does in life.
    found.sort_by_key(|operation| {
        (operation.path.contains("provider"), operation.path.len(), operation.method == "GET")
    });
    found
}

fn param(param: &Value) -> Param {
    Param {
        name: text(&param["name"]),
        place: text(&param["in"]),
        required: param["required"].as_bool().unwrap_or_default(),
        description: text(&param["description"]),
    }
}

fn answer(document: &Value, status: String, answer: &Value) -> Answer {
    let referred =
        answer["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#')));
    let answer = referred.unwrap_or(answer);
    Answer { status, description: text(&answer["description"]), object: content(answer) }
}

/// The object that a body refers to.
fn content(body: &Value) -> Option<String> {
    kind(&body["content"]["application/json"]["schema"]).object
}

fn objects(schemas: &Value) -> Vec<Object> {
    let named = schemas.as_object().into_iter().flatten();
    named
        .map(|(name, schema)| {
            // A choice between objects shows the fields that tell them apart.
            let choices = schema["oneOf"].as_array().map_or(std::slice::from_ref(schema), Vec::as_slice);
            Object {
                name: name.clone(),
                description: text(&schema["description"])
                    .lines()
                    .map(|line| line.trim_start_matches("- ").to_owned())
                    .filter(|line| !line.is_empty())
                    .collect(),
                fields: choices.iter().flat_map(fields).collect(),
            }
        })
        .collect()
}

fn fields(schema: &Value) -> Vec<Field> {
    let required = schema["required"].as_array();
    let listed = schema["properties"].as_object().into_iter().flatten();
    listed
        .map(|(name, field)| Field {
            name: name.clone(),
            required: required.is_some_and(|required| required.iter().any(|field| field == name)),
            kind: kind(field),
            description: text(&field["description"]),
        })
        .collect()
}

fn kind(schema: &Value) -> Kind {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().map(str::to_owned);
        return Kind { text: String::new(), object: name };
    }
    if let Some(word) = schema["const"].as_str() {
        return Kind { text: format!("\"{word}\""), object: None };
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        // "This or nothing" is this.
        return choices
            .iter()
            .find(|choice| choice["type"] != "null")
            .map_or_else(|| kind(&Value::Null), kind);
    }
    if schema["type"] == "array" {
        let of = kind(&schema["items"]);
        return Kind { text: format!("list of {}", of.text).trim_end().to_owned(), object: of.object };
    }
    let names = schema["type"].as_array().map_or(std::slice::from_ref(&schema["type"]), Vec::as_slice);
    let name = names.iter().filter_map(Value::as_str).find(|name| *name != "null");
    Kind { text: name.unwrap_or("any").to_owned(), object: None }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_that_is_linked_to_is_described() {
        let described: Vec<_> = REFERENCE.objects.iter().map(|object| object.name.as_str()).collect();
        let fields = REFERENCE.objects.iter().flat_map(|object| &object.fields);
        let answers = REFERENCE.operations.iter().flat_map(|operation| &operation.answers);
        let linked: Vec<_> = (fields.filter_map(|field| field.kind.object.as_deref()))
            .chain(answers.filter_map(|answer| answer.object.as_deref()))
            .chain(REFERENCE.operations.iter().filter_map(|operation| operation.body.as_deref()))
            .collect();
        assert!(linked.len() > 20 && linked.contains(&"CreateJob") && linked.contains(&"RestaurantParams"));
        assert!(linked.iter().all(|name| described.contains(name)), "{linked:?}");
    }
}
