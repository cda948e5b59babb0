//! From an `Authorization` header to a verified caller (RFC 6750, header only: a token in a query is nothing).

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use onegent_core::caller::{Access, Caller, Credential};
use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::port::{ApiKey, Authority};

use crate::app::Shared;
use crate::problem::Problem;
use crate::request::id_among;

/// A caller whose credential was checked, and the credential, to check it again while a stream runs.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    pub(crate) caller: Caller,
    pub(crate) key: ApiKey,
}

impl FromRequestParts<Arc<Shared>> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Problem> {
        let key = api_key(&parts.headers)?;
        let access = access(shared.authority.as_ref(), &key).await?;
        let caller =
            Caller { credential: Credential::Verified(access), request_id: id_among(&parts.extensions) };
        Ok(Self { caller, key })
    }
}

/// The key in the header, by shape alone.
pub(crate) fn api_key(headers: &HeaderMap) -> Result<ApiKey> {
    shown_key(headers)?.ok_or_else(|| {
        let message = "Send your API key as `Authorization: Bearer ogk_…`.";
        Error::new(ErrorCode::MissingAuthorization, message)
    })
}

/// The same, where a caller may come without: `None` without such a header.
pub(crate) fn shown_key(headers: &HeaderMap) -> Result<Option<ApiKey>> {
    let parsed = bearer(headers)?.map(ApiKey::parse).transpose();
    parsed.map_err(|error| {
        let message = format!("This is not an API key: {error}.");
        Error::new(ErrorCode::MalformedApiKey, message)
    })
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

/// What a key allows.
pub(crate) async fn access(authority: &dyn Authority, key: &ApiKey) -> Result<Access> {
    authority.access(key).await
}
