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
use crate::openapi::openapi;
use crate::problem::{Problem, status};

#[derive(Template)]
#[template(path = "docs.html")]
struct DocsPage {
    page: Chrome,
    base_url: String,
    operations: &'static [Operation],
    codes: Vec<(u16, &'static str)>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    description: String,
    params: Vec<Param>,
    answers: Vec<(String, String)>,
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

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| operations(&openapi()));

/// `GET /docs`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    MaybeSignedIn(signed_in): MaybeSignedIn,
) -> Result<Response, Problem> {
    let page = DocsPage {
        page: Chrome::new("API", Room::Docs, signed_in.as_ref()),
        base_url: shared.public_url.as_str().trim_end_matches('/').to_owned(),
        operations: &OPERATIONS,
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
                answers: members(&operation["responses"])
                    .into_iter()
                    .map(|(code, answer)| (code, answer_text(document, &answer)))
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

fn answer_text(document: &Value, answer: &Value) -> String {
    let referred =
        answer["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#')));
    text(&referred.unwrap_or(answer)["description"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
