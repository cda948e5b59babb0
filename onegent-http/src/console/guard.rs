//! Whether a form came from one of our own pages.

use axum::http::{HeaderMap, header};
use onegent_core::error::ErrorCode;
use subtle::ConstantTimeEq;

use crate::origins::Origins;
use crate::problem::Problem;

/// Refuses what a browser says comes from elsewhere. A client that says nothing still needs the form's token.
pub(super) fn same_origin(headers: &HeaderMap, own: &Origins) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text("sec-fetch-site");
    if !matches!(site, None | Some("same-origin" | "none")) {
        return Err(forged());
    }
    match text(header::ORIGIN.as_str()) {
        None => Ok(()),
        // Our pages send `Referrer-Policy: no-referrer`, under which browsers say `null` here (Fetch, "append a
        // request Origin header"). So does a hostile sandboxed frame, which can't say `same-origin`, though.
        Some("null") if site == Some("same-origin") => Ok(()),
        Some(origin) if own.has(origin) => Ok(()),
        Some(_) => Err(forged()),
    }
}

/// Compares a form's token with the one it has to carry, in constant time.
pub(super) fn same_token(sent: Option<&str>, wanted: &str) -> Result<(), Problem> {
    let sent = sent.unwrap_or_default();
    let same = !wanted.is_empty() && bool::from(sent.as_bytes().ct_eq(wanted.as_bytes()));
    if same { Ok(()) } else { Err(forged()) }
}

/// The answer to a form that is not ours.
pub(super) fn forged() -> Problem {
    let message = "This form did not come from a current page of this console. Nothing was done: go back, reload the \
        page, and try again.";
    Problem::new(ErrorCode::ForgedRequest, message)
}
