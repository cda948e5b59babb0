//! Who knocks: address and browser, before it is known who they are.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use onegent_core::port::Visitor;
use onegent_core::text::Text;

use crate::address;
use crate::app::Shared;
use crate::request::id_among;

/// The visitor of a request.
pub(super) struct Knock(pub(super) Visitor);

impl FromRequestParts<Arc<Shared>> for Knock {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self(Visitor {
            address: address::client(&parts.extensions, &parts.headers, &shared.trusted_proxies),
            agent: agent.and_then(Text::fit),
            request_id: id_among(&parts.extensions),
        }))
    }
}
