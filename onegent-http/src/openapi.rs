//! The OpenAPI 3.1 document: paths from the handlers, schemas from core's wire types, errors from one list.
//!
//! `openapi.json` beside this crate's manifest is the committed copy; a test compares the two.

pub(crate) mod problems;
mod schemas;

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use serde_json::{Value, json};
use utoipa::OpenApi;

use crate::app::Shared;
use crate::rest;

#[derive(OpenApi)]
#[openapi(paths(
    rest::jobs::create,
    rest::jobs::list,
    rest::jobs::show,
    rest::jobs::cancel,
    rest::audit::page,
    rest::events::stream,
    rest::providers::list,
    rest::providers::metrics,
))]
struct Paths;

/// The whole document, with the hosted service as its server.
pub fn openapi() -> Value {
    document("https://onegent.one/api/v1")
}

fn document(server: &str) -> Value {
    // Derived from constants and always serialisable; a test reads the whole of it.
    let derived = serde_json::to_value(Paths::openapi()).unwrap_or_default();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Onegent",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Books restaurants, hotels, flights and activities on real booking sites, and stops \
                at every payment until a signed-in person confirms it. No call of this API confirms a charge.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": server }],
        "security": [{ "apiKey": [] }],
        "tags": [
            { "name": "jobs", "description": "Bookings, from the request to the confirmation code." },
            { "name": "providers", "description": "Booking sites and how they fare." },
        ],
        "paths": derived["paths"],
        "components": {
            "securitySchemes": { "apiKey": {
                "type": "http",
                "scheme": "bearer",
                "description": "An API key: `ogk_live_…` reaches real booking sites, `ogk_test_…` the sandbox's.",
            } },
            "schemas": schemas::schemas(),
            "responses": problems::responses(),
        },
    })
}

/// `GET /openapi.json`: the document with this server's own address.
pub(crate) fn routes(shared: &Arc<Shared>) -> Router {
    let base = shared.public_url.as_str().trim_end_matches('/');
    let text = document(&format!("{base}/api/v1")).to_string();
    let answer = move || {
        std::future::ready(([(header::CONTENT_TYPE, "application/json")], text.clone()).into_response())
    };
    Router::new().route("/openapi.json", get(answer))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_committed_document_is_the_one_that_is_served() {
        let committed: Value = serde_json::from_str(include_str!("../openapi.json")).unwrap();
        assert!(
            committed == openapi(),
            "run `cargo run -p onegent-http --example openapi > onegent-http/openapi.json`"
        );
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = openapi();
        let mut references = BTreeSet::new();
        collect(&document, &mut references);
        assert!(references.len() > 20, "{references:?}");
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn the_published_operation_ids_are_there() {
        let document = openapi();
        let paths = document["paths"].as_object().unwrap();
        let ids: BTreeSet<_> = paths
            .values()
            .flat_map(|path| path.as_object().unwrap().values())
            .map(|operation| operation["operationId"].as_str().unwrap())
            .collect();
        let wanted = [
            "cancelExecutionJob",
            "createExecutionJob",
            "getExecutionJob",
            "getExecutionJobAudit",
            "getProviderMetrics",
            "listExecutionJobs",
            "listProviders",
            "streamExecutionJobEvents",
        ];
        assert_eq!(ids, BTreeSet::from(wanted));
    }

    fn collect(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                into.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| collect(value, into));
            }
            Value::Array(items) => items.iter().for_each(|value| collect(value, into)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}
