//! `WWW-Authenticate`: what is missing, and where to get it (RFC 6750 section 3, RFC 9728 section 5.1).
//!
//! The first challenge asks for everything: some clients can't ask for more once they have a refresh token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use onegent_core::caller::Scope;
use onegent_core::error::ErrorCode;

use crate::app::Shared;
use crate::problem::Problem;
use crate::rest::auth;

/// All scopes, as OAuth writes them.
pub(crate) const ALL_SCOPES: &str = "read book";

/// A protected resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    /// MCP.
    Mcp,
    /// REST.
    Rest,
}

impl Resource {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Mcp, Self::Rest];

    /// Its path, with a leading slash.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Mcp => "/api/mcp",
            Self::Rest => "/api/v1",
        }
    }

    fn realm(self) -> &'static str {
        match self {
            Self::Mcp => "onegent-mcp",
            Self::Rest => "onegent",
        }
    }

    /// Begins every challenge.
    fn opening(self, issuer: &str) -> String {
        let (realm, path) = (self.realm(), self.path());
        format!(
            "Bearer realm=\"{realm}\", resource_metadata=\"{issuer}/.well-known/oauth-protected-resource{path}\""
        )
    }

    /// The challenge to whoever showed no credential, or one that is no good.
    pub(crate) fn unauthorized(self, issuer: &str, code: ErrorCode) -> String {
        let shown = matches!(code, ErrorCode::InvalidApiKey | ErrorCode::MalformedApiKey);
        let error = if shown { ", error=\"invalid_token\"" } else { "" };
        format!("{}, scope=\"{ALL_SCOPES}\"{error}", self.opening(issuer))
    }

    /// The challenge to whose credential lacks a scope. A connected app is told all that it then needs, so that by asking
    /// for it it does not lose what it has; a key can't be made more of and is told what is missing.
    pub(crate) fn insufficient(self, issuer: &str, missing: Scope, is_app: bool) -> String {
        let wanted = if is_app { ALL_SCOPES } else { missing.as_str() };
        format!("{}, error=\"insufficient_scope\", scope=\"{wanted}\"", self.opening(issuer))
    }
}

/// What a request to REST needs: what changes something needs `book`, the rest `read`.
fn needed(method: &Method) -> Scope {
    if matches!(*method, Method::GET | Method::HEAD) { Scope::Read } else { Scope::Book }
}

/// Layer around REST: refusals say how to come back.
pub(crate) async fn around_rest(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let missing = needed(request.method());
    let is_app = auth::shows_token(request.headers());
    let mut response = next.run(request).await;
    let challenge = response.extensions().get::<Problem>().and_then(|problem| {
        let code = problem.error().code();
        if response.status().as_u16() == 401 {
            Some(Resource::Rest.unauthorized(&shared.issuer, code))
        } else if code == ErrorCode::InsufficientScope {
            Some(Resource::Rest.insufficient(&shared.issuer, missing, is_app))
        } else {
            None
        }
    });
    if let Some(challenge) = challenge.and_then(|text| HeaderValue::try_from(text).ok()) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_something_needs_book() {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            assert_eq!(needed(&method), Scope::Book, "{method}");
        }
        for method in [Method::GET, Method::HEAD] {
            assert_eq!(needed(&method), Scope::Read, "{method}");
        }
    }
}
