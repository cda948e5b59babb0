//! The console's style sheet, script and icon, built into the binary.

use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use onegent_core::error::ErrorCode;

use crate::problem::Problem;

const STYLE: &str = include_str!("../../assets/onegent.css");
const SCRIPT: &str = include_str!("../../assets/onegent.js");
const ICON: &str = include_str!("../../assets/onegent.svg");

/// The style sheet's address. Names its contents, so that it may be kept for ever.
pub(super) fn style() -> String {
    format!("/assets/onegent.css?v={:016x}", const { fnv1a(STYLE) })
}

/// The script's address.
pub(super) fn script() -> String {
    format!("/assets/onegent.js?v={:016x}", const { fnv1a(SCRIPT) })
}

/// The icon's address.
pub(super) fn icon() -> String {
    format!("/assets/onegent.svg?v={:016x}", const { fnv1a(ICON) })
}

/// `GET /assets/{file}`
pub(super) async fn file(uri: Uri) -> Response {
    let (kind, text) = match uri.path().trim_start_matches("/assets/") {
        "onegent.css" => ("text/css; charset=utf-8", STYLE),
        "onegent.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "onegent.svg" => ("image/svg+xml", ICON),
        _ => return Problem::new(ErrorCode::NotFound, "There is nothing at this address.").into_response(),
    };
    let mut response = text.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    response
}

/// FNV-1a, 64 bits: enough to tell versions of one file apart.
const fn fnv1a(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    hash
}
