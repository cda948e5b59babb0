//! The console's cookies (RFC 6265bis): the session, and what lasts from the sign-in page to the session.

use axum::http::{HeaderMap, HeaderValue, header};
use url::Url;

/// Where cookies belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// This host alone, under TLS.
    Tls,
    /// A port without TLS. Browsers send cookies to all ports of a host, so that the names tell two servers apart.
    Plain(u16),
}

impl Site {
    /// The site at a public URL.
    pub(super) fn of(public: &Url) -> Self {
        match public.scheme() {
            "https" => Self::Tls,
            _ => Self::Plain(public.port_or_known_default().unwrap_or(80)),
        }
    }
}

/// A cookie of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cookie {
    /// Carries the session's token.
    Session,
    /// Carries what a sign-in form must repeat, before there is a session to hold it.
    Form,
    /// Carries, sealed, what belongs to a visit at the sign-in provider.
    Visit,
    /// Where to go on after signing in by a link that was opened later.
    Next,
}

impl Cookie {
    /// Its name. The `__Host-` prefix, which pins a cookie to exactly this host, exists only under TLS.
    fn name(self, site: Site) -> String {
        match (self, site) {
            (Self::Session, Site::Tls) => "__Host-onegent".to_owned(),
            (Self::Form, Site::Tls) => "__Host-onegent-form".to_owned(),
            (Self::Visit, Site::Tls) => "__Host-onegent-visit".to_owned(),
            (Self::Next, Site::Tls) => "__Host-onegent-next".to_owned(),
            (Self::Session, Site::Plain(port)) => format!("onegent_session_{port}"),
            (Self::Form, Site::Plain(port)) => format!("onegent_form_{port}"),
            (Self::Visit, Site::Plain(port)) => format!("onegent_visit_{port}"),
            (Self::Next, Site::Plain(port)) => format!("onegent_next_{port}"),
        }
    }

    /// Its value in a request.
    pub(super) fn read(self, headers: &HeaderMap, site: Site) -> Option<String> {
        let name = self.name(site);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(known, value)| *known == name && !value.is_empty()).map(|(_, value)| value.to_owned())
    }

    /// The header that sets it for `seconds`. `None` when the value can't stand in a cookie.
    pub(super) fn set(self, value: &str, seconds: i64, site: Site) -> Option<HeaderValue> {
        // RFC 6265, cookie-octet.
        let fit = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b',' | b';' | b'\\');
        if !value.bytes().all(fit) {
            return None;
        }
        let name = self.name(site);
        let secure = if site == Site::Tls { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        let mut header = HeaderValue::try_from(text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// The header that removes it.
    pub(super) fn remove(self, site: Site) -> Option<HeaderValue> {
        self.set("", 0, site)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_tls_a_cookie_is_bound_to_its_host() {
        let set = Cookie::Session.set("abc", 60, Site::Tls).unwrap();
        assert_eq!(set, "__Host-onegent=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        let set = Cookie::Session.set("abc", 60, Site::Plain(4700)).unwrap();
        assert_eq!(set, "onegent_session_4700=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
        assert!(Cookie::Session.set("a;b", 60, Site::Tls).is_none());
    }

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=1; xonegent_session_80=no; onegent_session_81=no"),
        );
        headers
            .append(header::COOKIE, HeaderValue::from_static("onegent_session_80=; onegent_session_80=yes"));
        assert_eq!(
            Cookie::Session.read(&headers, Site::of(&Url::parse("http://localhost/").unwrap())).as_deref(),
            Some("yes")
        );
        assert_eq!(Cookie::Session.read(&headers, Site::Tls), None);
    }
}
