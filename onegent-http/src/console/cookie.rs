//! The console's cookies (RFC 6265bis): the session, and what lasts from the sign-in page to the session.

use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderValue, header};

/// A cookie of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cookie {
    /// Carries the session's token.
    Session,
    /// Carries what a sign-in form must repeat, before there is a session to hold it.
    Form,
    /// Where to go on after signing in by a link that was opened later.
    Next,
}

impl Cookie {
    /// Its name. The `__Host-` prefix, which pins a cookie to exactly this host, exists only under TLS.
    pub(super) fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, true) => "__Host-onegent",
            (Self::Session, false) => "onegent_session",
            (Self::Form, true) => "__Host-onegent-form",
            (Self::Form, false) => "onegent_form",
            (Self::Next, true) => "__Host-onegent-next",
            (Self::Next, false) => "onegent_next",
        }
    }

    /// Its value in a request.
    pub(super) fn read(self, headers: &HeaderMap, https: bool) -> Option<String> {
        let name = self.name(https);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(known, value)| *known == name && !value.is_empty()).map(|(_, value)| value.to_owned())
    }

    /// The header that sets it for `seconds`. `None` when the value can't stand in a cookie.
    pub(super) fn set(self, value: &str, seconds: i64, https: bool) -> Option<HeaderValue> {
        // RFC 6265, cookie-octet.
        let fit = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b',' | b';' | b'\\');
        if !value.bytes().all(fit) {
            return None;
        }
        let mut text =
            format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax", self.name(https));
        if https {
            // Writing to a String can't fail.
            write!(text, "; Secure").ok()?;
        }
        let mut header = HeaderValue::try_from(text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// The header that removes it.
    pub(super) fn remove(self, https: bool) -> Option<HeaderValue> {
        self.set("", 0, https)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_tls_a_cookie_is_bound_to_its_host() {
        let set = Cookie::Session.set("abc", 60, true).unwrap();
        assert_eq!(set, "__Host-onegent=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        let set = Cookie::Session.set("abc", 60, false).unwrap();
        assert_eq!(set, "onegent_session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
        assert!(Cookie::Session.set("a;b", 60, false).is_none());
    }

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; xonegent_session=no"));
        headers.append(header::COOKIE, HeaderValue::from_static("onegent_session=; onegent_session=yes"));
        assert_eq!(Cookie::Session.read(&headers, false).as_deref(), Some("yes"));
        assert_eq!(Cookie::Session.read(&headers, true), None);
    }
}
