//! How callers prove who they are: an API key, or a connected app's token with the scopes that a call needs.

use onegent_core::caller::Scope;
use serde_json::{Map, Value, json};

/// The name of the scheme that is left where only one is understood.
pub(super) const API_KEY: &str = "apiKey";
const OAUTH: &str = "oauth";

/// Both schemes, for a server without a slash at its end.
pub(super) fn schemes(server: &str) -> Value {
    let words = |scope: Scope| match scope {
        Scope::Book => "Make and cancel bookings.",
        Scope::Read => "See bookings and how they fare.",
    };
    let scopes: Map<_, _> =
        Scope::ALL.into_iter().map(|scope| (scope.as_str().to_owned(), json!(words(scope)))).collect();
    json!({
        API_KEY: {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key: `ogk_live_…` reaches real booking sites, `ogk_test_…` the sandbox's.",
        },
        OAUTH: {
            "type": "oauth2",
            "description": "An app that a person connected: authorization code with PKCE (S256), registered at `/oauth/register`.",
            "flows": { "authorizationCode": {
                "authorizationUrl": format!("{server}/oauth/authorize"),
                "tokenUrl": format!("{server}/oauth/token"),
                "refreshUrl": format!("{server}/oauth/token"),
                "scopes": scopes,
            } },
        },
    })
}

/// Either of them, the second with these scopes.
pub(super) fn alternatives(scopes: &[Scope]) -> Value {
    let scopes: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
    json!([{ API_KEY: [] }, { OAUTH: scopes }])
}

/// Says at each operation which scope it needs: what changes something needs `book`, the rest `read`.
pub(super) fn describe(paths: &mut Value) {
    for methods in paths.as_object_mut().into_iter().flat_map(Map::values_mut) {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            let scope = if method == "get" { Scope::Read } else { Scope::Book };
            // Webhooks are not for connected apps.
            let of_keys = operation["tags"][0] == "webhooks";
            operation["security"] = if of_keys { json!([{ API_KEY: [] }]) } else { alternatives(&[scope]) };
        }
    }
}
