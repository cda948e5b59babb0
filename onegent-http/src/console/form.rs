//! Forms as browsers send them. Reading one includes every check that a form of ours needs.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use url::form_urlencoded;

use super::guard::{forged, same_origin, same_token};
use super::session::SignedIn;
use crate::app::Shared;
use crate::body::{at_most, media_type};
use crate::problem::Problem;

/// The most that a form may have, in bytes.
const MOST: usize = 16 * 1024;

/// A form's fields in their order; a name may stand several times.
#[derive(Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// A field's first value.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of a field, as check boxes have.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Reads a form that came from one of our own pages, as far as its headers tell.
    pub(super) async fn read(headers: &HeaderMap, body: Body, shared: &Shared) -> Result<Self, Problem> {
        same_origin(headers, &shared.origins)?;
        // Other sites can send `text/plain` without asking; that is never a form of ours.
        if media_type(headers) != "application/x-www-form-urlencoded" {
            return Err(forged());
        }
        let bytes = at_most(body, MOST).await?;
        Ok(Self(form_urlencoded::parse(&bytes).into_owned().collect()))
    }
}

/// A form of a signed-in person, with its session's token. No handler can take one without these checks.
pub(super) struct SignedForm {
    pub(super) signed_in: SignedIn,
    pub(super) form: Form,
}

impl FromRequest<Arc<Shared>> for SignedForm {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Arc<Shared>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let form = Form::read(&parts.headers, body, shared).await?;
        let signed_in = SignedIn::from_request_parts(&mut parts, shared).await?;
        same_token(form.get("csrf"), signed_in.session.csrf.expose())?;
        Ok(Self { signed_in, form })
    }
}
