//! Metadata: of the authorization server (RFC 8414), and of the two protected resources (RFC 9728).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use serde_json::{Value, json};

use crate::app::Shared;
use crate::challenge::Resource;

/// Metadata changes with the program only.
type Document = ([(HeaderName, &'static str); 1], Json<Value>);
const FRESH: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");

/// `GET /.well-known/oauth-authorization-server`
pub(super) async fn server(State(shared): State<Arc<Shared>>) -> Document {
    let issuer = &shared.issuer;
    let methods = ["none", "client_secret_basic", "client_secret_post"];
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth/authorize"),
        "token_endpoint": format!("{issuer}/oauth/token"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "registration_endpoint": format!("{issuer}/oauth/register"),
        "scopes_supported": ["read", "book"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": true,
        "service_documentation": format!("{issuer}/docs"),
    });
    ([FRESH], Json(document))
}

/// `GET /.well-known/oauth-protected-resource/api/mcp`, and without the path: most clients come for MCP.
pub(super) async fn mcp(State(shared): State<Arc<Shared>>) -> Document {
    resource(&shared, Resource::Mcp, "Travel Booking Agent")
}

/// `GET /.well-known/oauth-protected-resource/api/v1`
pub(super) async fn rest(State(shared): State<Arc<Shared>>) -> Document {
    resource(&shared, Resource::Rest, "Onegent REST API")
}

fn resource(shared: &Shared, resource: Resource, name: &str) -> Document {
    let issuer = &shared.issuer;
    let document = json!({
        "resource": format!("{issuer}{}", resource.path()),
        "authorization_servers": [issuer],
        "scopes_supported": ["read", "book"],
        "bearer_methods_supported": ["header"],
        "resource_name": name,
        "resource_documentation": format!("{issuer}/docs"),
    });
    ([FRESH], Json(document))
}
