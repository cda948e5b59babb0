//! The OpenAPI 3.1 documents: paths from the handlers, schemas from core's wire types, errors from one list.
//!
//! [`openapi`] is the whole surface, [`custom_gpt`] the part of it that a GPT editor imports. `openapi.json` and
//! `openapi.custom-gpt.json` beside this crate's manifest are the committed copies; a test compares them.

mod custom_gpt;
mod parameters;
pub(crate) mod problems;
mod schemas;
mod security;

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use onegent_core::caller::Scope;
use serde_json::{Value, json};
use url::Url;
use utoipa::OpenApi;

use crate::app::Shared;
use crate::rest;

pub use custom_gpt::{GPT_INSTRUCTIONS, custom_gpt};

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
    rest::webhooks::create,
    rest::webhooks::list,
    rest::webhooks::remove,
    rest::webhooks::rotate,
    rest::webhooks::dead_letters,
    rest::webhooks::replay,
))]
struct Paths;

/// The whole document. `server` is where the server is reached, without a path, for example `https://onegent.one`.
pub fn openapi(server: &Url) -> Value {
    document(server.as_str().trim_end_matches('/'))
}

/// The same, for a server whose address has no slash behind it.
pub(crate) fn document(server: &str) -> Value {
    // Derived from constants and always serialisable; a test reads the whole of it.
    let derived = serde_json::to_value(Paths::openapi()).unwrap_or_default();
    let mut paths = derived["paths"].clone();
    parameters::describe(&mut paths);
    security::describe(&mut paths);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Onegent",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Books restaurants, hotels, flights and activities on real booking sites, and stops \
                at every payment until a signed-in person confirms it. No call of this API confirms a charge.",
            "contact": { "name": "Onegent", "url": "https://onegent.one" },
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": format!("{server}/api/v1") }],
        "security": security::alternatives(&Scope::ALL),
        "tags": [
            { "name": "jobs", "description": "Bookings, from the request to the confirmation code." },
            { "name": "providers", "description": "Booking sites and how they fare." },
            { "name": "webhooks", "description": "Being told of bookings." },
        ],
        "paths": paths,
        "webhooks": { "job.status_changed": { "post": status_changed() } },
        "components": {
            "securitySchemes": security::schemes(server),
            "schemas": schemas::schemas(),
            "responses": problems::responses(),
        },
    })
}

/// What a webhook is sent (<https://www.standardwebhooks.com>).
fn status_changed() -> Value {
    let header = |name: &str, description: &str| {
        let schema = json!({ "type": "string" });
        json!({ "name": name, "in": "header", "required": true, "description": description, "schema": schema })
    };
    json!({
        "operationId": "jobStatusChanged",
        "tags": ["webhooks"],
        "summary": "A job was made, or stands elsewhere than before",
        "description": "Fetch the job for more. A message may come twice, with the same `webhook-id`.",
        "security": [],
        "parameters": [
            header("webhook-id", "The same each time that this message is sent."),
            header("webhook-timestamp", "When it was sent, in seconds since 1970-01-01 UTC."),
            header("webhook-signature", "`v1,` and base64 of HMAC-SHA256 over id, timestamp and body with dots between; \
                for a day after a rotation two of them, with a space between."),
        ],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/StatusMessage" } } },
        },
        "responses": { "2XX": { "description": "Taken. Anything else, and the message is sent again." } },
    })
}

/// A document as YAML.
pub fn yaml(document: &Value) -> String {
    // JSON values always have a YAML form; a test reads it back.
    yaml_serde::to_string(document).unwrap_or_default()
}

/// `GET /openapi.json`, `/openapi.yaml` and `/openapi.custom-gpt.json`, with this server's own address.
pub(crate) fn routes(shared: &Arc<Shared>) -> Router {
    let whole = openapi(&shared.public_url);
    let served = |kind: &'static str, text: String| {
        get(move || std::future::ready(([(header::CONTENT_TYPE, kind)], text.clone()).into_response()))
    };
    Router::new()
        .route("/openapi.yaml", served("application/yaml", yaml(&whole)))
        .route("/openapi.json", served("application/json", whole.to_string()))
        .route(
            "/openapi.custom-gpt.json",
            served("application/json", custom_gpt(&shared.public_url).to_string()),
        )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    pub(super) fn hosted() -> Url {
        "https://onegent.one".parse().unwrap()
    }

    #[test]
    fn the_committed_documents_are_the_ones_that_are_served() {
        let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for (name, document) in
            [("openapi.json", openapi(&hosted())), ("openapi.custom-gpt.json", custom_gpt(&hosted()))]
        {
            let file = here.join(name);
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(&file, format!("{document:#}\n")).unwrap();
            }
            let committed: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            assert!(committed == document, "{name} is old; `cargo xtask bless` renews it");
        }
    }

    #[test]
    fn yaml_says_the_same_as_json() {
        let document = openapi(&hosted());
        let read: Value = yaml_serde::from_str(&yaml(&document)).unwrap();
        assert_eq!(read, document);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        for document in [openapi(&hosted()), custom_gpt(&hosted())] {
            let mut references = BTreeSet::new();
            schemas::references(&document, &mut references);
            assert!(references.len() > 20, "{references:?}");
            for reference in references {
                let pointer = reference.strip_prefix('#').unwrap();
                assert!(document.pointer(pointer).is_some(), "{reference}");
            }
        }
    }

    #[test]
    fn the_published_operation_ids_are_there() {
        let document = openapi(&hosted());
        let paths = document["paths"].as_object().unwrap();
        let ids: BTreeSet<_> = paths
            .values()
            .flat_map(|path| path.as_object().unwrap().values())
            .map(|operation| operation["operationId"].as_str().unwrap())
            .collect();
        let wanted = [
            "cancelExecutionJob",
            "createExecutionJob",
            "createWebhook",
            "deleteWebhook",
            "getExecutionJob",
            "getExecutionJobAudit",
            "getProviderMetrics",
            "listDeadLetters",
            "listExecutionJobs",
            "listProviders",
            "listWebhooks",
            "replayWebhook",
            "rotateWebhookSecret",
            "streamExecutionJobEvents",
        ];
        assert_eq!(ids, BTreeSet::from(wanted));
    }
}
