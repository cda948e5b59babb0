//! From an `Authorization` header to a verified caller (RFC 6750, header only: a token in a query is nothing).

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use onegent_core::caller::{Access, Caller, Credential};
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::port::{self, ApiKey, Authority};

use crate::app::Shared;
use crate::limits::Slot;
use crate::problem::Problem;
use crate::request::id_among;

/// A caller whose credential was checked, and the credential, to check it again while a stream runs.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    pub(crate) caller: Caller,
    pub(crate) shown: port::Bearer,
}

impl FromRequestParts<Arc<Shared>> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Problem> {
        let shown = shown(&parts.headers)?;
        let access = access(shared.authority.as_ref(), &shown).await?;
        Slot::take(&parts.extensions, &shared.rates, access.account)?;
        let caller =
            Caller { credential: Credential::Verified(access), request_id: id_among(&parts.extensions) };
        Ok(Self { caller, shown })
    }
}

/// The key or token in the header, by shape alone.
pub(crate) fn shown(headers: &HeaderMap) -> Result<port::Bearer> {
    let text = bearer(headers)?.ok_or_else(|| {
        let message = "Send your API key as `Authorization: Bearer ogk_…`, or connect as an app by OAuth.";
        Error::new(ErrorCode::MissingAuthorization, message)
    })?;
    port::Bearer::parse(text).map_err(|error| malformed(&error))
}

/// The key in the header, by shape alone; `None` without such a header.
pub(crate) fn shown_key(headers: &HeaderMap) -> Result<Option<ApiKey>> {
    bearer(headers)?.map(ApiKey::parse).transpose().map_err(|error| malformed(&error))
}

/// Whether the header has a connected app's token, by shape alone.
pub(crate) fn shows_token(headers: &HeaderMap) -> bool {
    matches!(shown(headers), Ok(port::Bearer::Token(_)))
}

fn malformed(error: &port::ParseKeyError) -> Error {
    let message = format!("This is not an API key: {error}.");
    Error::new(ErrorCode::MalformedApiKey, message)
}

/// The bearer token of the `Authorization` header, unchecked; `None` without such a header.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let scheme = || {
        let message = "Send exactly one `Authorization` header, with the scheme `Bearer`.";
        Error::new(ErrorCode::InvalidAuthScheme, message)
    };
    if values.next().is_some() {
        return Err(scheme());
    }
    let bytes = value.as_bytes();
    let at = bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(bytes.len());
    if !bytes[..at].eq_ignore_ascii_case(b"Bearer") {
        return Err(scheme());
    }
    let token = bytes[at..].trim_ascii();
    if token.is_empty() {
        let message = "There is no API key behind `Bearer`.";
        return Err(Error::new(ErrorCode::EmptyApiKey, message));
    }
    // What is not text has no key's shape; the empty text says so.
    Ok(Some(std::str::from_utf8(token).unwrap_or_default()))
}

/// What a key or a token allows.
pub(crate) async fn access(authority: &dyn Authority, shown: &port::Bearer) -> Result<Access> {
    match shown {
        port::Bearer::Key(key) => authority.access(key).await,
        port::Bearer::Token(token) => authority.token_access(token).await,
    }
}
