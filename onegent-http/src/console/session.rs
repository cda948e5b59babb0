//! Who is signed in, from the session cookie.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use onegent_core::caller::Person;
use onegent_core::error::ErrorCode;
use onegent_core::port::{Session, SessionToken};

use super::cookie::{Cookie, Site};
use crate::app::Shared;
use crate::problem::Problem;
use crate::request::id_among;

/// A person with a live session. Without one, the page frame leads to the sign-in page.
#[derive(Debug)]
pub(super) struct SignedIn {
    pub(super) session: Session,
    pub(super) token: SessionToken,
}

impl SignedIn {
    pub(super) fn person(&self) -> &Person {
        &self.session.person
    }
}

impl FromRequestParts<Arc<Shared>> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Problem> {
        let cookie = Cookie::Session.read(&parts.headers, Site::of(&shared.public_url));
        let Some(token) = cookie.map(SessionToken::new) else {
            return Err(Problem::new(ErrorCode::NotSignedIn, "Sign in to see this page."));
        };
        let session = shared.authority.session(&token, id_among(&parts.extensions)).await?;
        Ok(Self { session, token })
    }
}

/// The same where a page is for everybody and only looks a little different to who is signed in.
pub(super) struct MaybeSignedIn(pub(super) Option<SignedIn>);

impl FromRequestParts<Arc<Shared>> for MaybeSignedIn {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Self::Rejection> {
        Ok(Self(SignedIn::from_request_parts(parts, shared).await.ok()))
    }
}
