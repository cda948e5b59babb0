//! The job card: a small page that hosts show in the chat beside a job's result (MCP Apps, `io.modelcontextprotocol/ui`; the
//! ChatGPT Apps SDK reads the same page).
//!
//! It shows what the result says, and the newest screenshot where the host reads resources for it; asks the host to open the
//! confirm page, and can ask for the status again. It holds no key, reaches no network and confirms nothing.

use rmcp::model::{ExtensionCapabilities, JsonObject, MetaObject, Resource, ResourceContents};
use serde_json::{Value, json};

use crate::icon;

/// Where the card is.
pub(crate) const URI: &str = "ui://onegent/job-card";
const MIME: &str = "text/html;profile=mcp-app";
const EXTENSION: &str = "io.modelcontextprotocol/ui";
const PAGE: &str = include_str!("card/job-card.html");

/// The card among the resources.
pub(crate) fn resource() -> Resource {
    Resource::new(URI, "job-card")
        .with_title("Booking card")
        .with_description("Shows a booking in the chat.")
        .with_mime_type(MIME)
        .with_icons(vec![icon::icon()])
        .with_meta(meta())
}

/// The page.
pub(crate) fn contents() -> ResourceContents {
    ResourceContents::TextResourceContents {
        uri: URI.to_owned(),
        mime_type: Some(MIME.to_owned()),
        text: PAGE.to_owned(),
        meta: Some(meta()),
    }
}

/// Nothing is loaded from anywhere, and nothing is sent anywhere.
fn meta() -> MetaObject {
    let csp = json!({ "connectDomains": [], "resourceDomains": [] });
    object(json!({
        "ui": { "csp": csp, "prefersBorder": true },
        "openai/widgetCSP": { "connect_domains": [], "resource_domains": [] },
        "openai/widgetDescription": "A card with the booking's status, amount and confirmation code.",
        "openai/widgetPrefersBorder": true,
    }))
}

/// What a tool says whose result the card can show, in both hosts' words.
pub(crate) fn tool_meta() -> JsonObject {
    object(json!({ "ui": { "resourceUri": URI }, "openai/outputTemplate": URI })).0
}

/// Tells hosts that there is something to show.
pub(crate) fn extension() -> ExtensionCapabilities {
    [(EXTENSION.to_owned(), object(json!({ "mimeTypes": [MIME] })).0)].into()
}

fn object(value: Value) -> MetaObject {
    match value {
        Value::Object(members) => MetaObject(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            MetaObject::new()
        }
    }
}
