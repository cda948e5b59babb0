//! Sessions: what a site remembers of a browser, by a cookie that it keeps to its own paths.

use std::collections::HashSet;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{app::Shop, shelf::Token};

/// What a browser did on one site. Bounded by the catalogue: the sets hold entry ids.
#[derive(Debug, Default)]
pub(crate) struct Session {
    pub(crate) signed_in: bool,
    pub(crate) human: bool,
    pub(crate) consented: HashSet<&'static str>,
    pub(crate) stumbled: HashSet<&'static str>,
}

/// The session of the request at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visit(pub(crate) Token);

/// Finds the session of the request's cookie or opens one.
pub(crate) async fn open(State(shop): State<Shop>, mut request: Request, next: Next) -> Response {
    let name = shop.words().cookie;
    let known = cookie(request.headers(), name)
        .filter(|token| shop.app.sessions.with(token, shop.app.now(), |_| ()).is_some());
    if let Some(token) = known {
        request.extensions_mut().insert(Visit(token));
        return next.run(request).await;
    }
    let token = match shop.app.sessions.put(Session::default(), shop.app.now()) {
        Ok(token) => token,
        Err(error) => {
            tracing::error!(%error, "no random bytes for a session");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    request.extensions_mut().insert(Visit(token.clone()));
    let mut response = next.run(request).await;
    let root = shop.words().root.trim_end_matches('/');
    let set = format!("{name}={token}; Path={root}; HttpOnly; SameSite=Lax");
    if let Ok(set) = HeaderValue::from_str(&set) {
        response.headers_mut().append(header::SET_COOKIE, set);
    }
    response
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<Token> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = sent.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| Token::from(value))
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        // The middleware of each site puts it there.
        parts.extensions.get().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
