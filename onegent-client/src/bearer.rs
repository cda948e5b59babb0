//! A bearer credential (RFC 6750), ready to be sent.

use reqwest::header::HeaderValue;

/// The whole `Authorization` value. Its `Debug` is that of a sensitive header: it shows nothing.
#[derive(Debug, Clone)]
pub(crate) struct Bearer(HeaderValue);

impl Bearer {
    /// `None` when the token is empty or can't stand in a header.
    pub(crate) fn new(token: &str) -> Option<Self> {
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
        value.set_sensitive(true);
        Some(Self(value))
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}
