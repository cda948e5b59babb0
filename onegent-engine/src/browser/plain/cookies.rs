//! The cookies of one page (RFC 6265, without persistence: a visit is over before a cookie gets old).

use jiff::Timestamp;
use url::{Host, Url};

const MOST: usize = 100;
const MOST_BYTES: usize = 4096;

/// Cookies of one visit. Shared with no other.
#[derive(Debug, Default)]
pub(super) struct Cookies(Vec<Cookie>);

struct Cookie {
    name: String,
    value: String,
    domain: String,
    /// Sent to the very host that set it only.
    host_only: bool,
    path: String,
    secure: bool,
}

impl std::fmt::Debug for Cookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}=…; {}{}", self.name, self.domain, self.path)
    }
}

impl Cookies {
    /// Takes one `Set-Cookie` header's value that came from `url` at `now`.
    pub(super) fn set(&mut self, header: &str, url: &Url, now: Timestamp) {
        let Some((cookie, lives)) = parse(header, url, now) else { return };
        self.0.retain(|old| {
            (&old.name, &old.domain, &old.path) != (&cookie.name, &cookie.domain, &cookie.path)
        });
        if lives && self.0.len() < MOST {
            self.0.push(cookie);
        }
    }

    /// The `Cookie` header for a request, if there is one. Longer paths come first.
    pub(super) fn header(&self, url: &Url) -> Option<String> {
        let host = url.host_str()?;
        let mut fit: Vec<_> = self.0.iter().filter(|cookie| cookie.fits(host, url)).collect();
        fit.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<_> = fit.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

impl Cookie {
    fn fits(&self, host: &str, url: &Url) -> bool {
        let domain = if self.host_only { host == self.domain } else { in_domain(host, &self.domain) };
        let path = url.path();
        let below = path
            .strip_prefix(self.path.as_str())
            .is_some_and(|rest| rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/'));
        domain && below && (!self.secure || is_trustworthy(url))
    }
}

/// Https, or loopback, which browsers trust alike.
fn is_trustworthy(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "https" || loopback
}

fn in_domain(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// The cookie, and whether it lives (a cookie set into the past is a removal).
fn parse(header: &str, url: &Url, now: Timestamp) -> Option<(Cookie, bool)> {
    if header.len() > MOST_BYTES || header.chars().any(char::is_control) {
        return None;
    }
    let host = url.host_str()?;
    let mut parts = header.split(';').map(str::trim);
    let (name, value) = parts.next()?.split_once('=')?;
    let mut cookie = Cookie {
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        domain: host.to_owned(),
        host_only: true,
        path: default_path(url),
        secure: false,
    };
    let (mut expires, mut max_age) = (None, None);
    for part in parts {
        let (key, value) = part.split_once('=').map_or((part, ""), |(key, value)| (key.trim(), value.trim()));
        match key.to_ascii_lowercase().as_str() {
            "domain" if !value.is_empty() => {
                let domain = value.trim_start_matches('.').to_ascii_lowercase();
                // A whole top-level domain is nobody's; an address has no subdomains.
                let owned = domain.contains('.') && matches!(url.host(), Some(Host::Domain(_)));
                if domain != host && !(owned && in_domain(host, &domain)) {
                    return None;
                }
                cookie.host_only = domain == host && !owned;
                cookie.domain = domain;
            }
            "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
            "secure" => cookie.secure = true,
            "max-age" => max_age = value.parse::<i64>().ok(),
            "expires" => expires = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok(),
            _ => {}
        }
    }
    if cookie.name.is_empty() || (cookie.secure && !is_trustworthy(url)) || !prefix_holds(&cookie) {
        return None;
    }
    let lives = match (max_age, expires) {
        (Some(seconds), _) => seconds > 0,
        (None, Some(expires)) => expires > now,
        (None, None) => true,
    };
    Some((cookie, lives))
}

/// `__Host-` and `__Secure-` names promise how they were set.
fn prefix_holds(cookie: &Cookie) -> bool {
    let host =
        !cookie.name.starts_with("__Host-") || (cookie.secure && cookie.host_only && cookie.path == "/");
    host && (!cookie.name.starts_with("__Secure-") || cookie.secure)
}

fn default_path(url: &Url) -> String {
    match url.path().rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(last) => url.path()[..last].to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(set: &[(&str, &str)], to: &str) -> String {
        let mut cookies = Cookies::default();
        for (header, from) in set {
            cookies.set(header, &Url::parse(from).unwrap(), Timestamp::UNIX_EPOCH);
        }
        cookies.header(&Url::parse(to).unwrap()).unwrap_or_default()
    }

    const A: &str = "https://a.example.com/table/search";

    #[test]
    fn a_cookie_goes_back_to_where_it_came_from() {
        assert_eq!(sent(&[("s=1; Path=/table/", A)], "https://a.example.com/table/x"), "s=1");
        assert_eq!(sent(&[("s=1; Path=/table", A)], "https://a.example.com/tables"), "");
        assert_eq!(sent(&[("s=1", A)], "https://a.example.com/table/y"), "s=1");
        assert_eq!(sent(&[("s=1", A)], "https://a.example.com/other"), "");
        assert_eq!(sent(&[("s=1; Path=/", A)], "https://b.example.com/"), "");
        assert_eq!(sent(&[("s=1; Path=/; Domain=.example.com", A)], "https://b.example.com/"), "s=1");
        assert_eq!(sent(&[("s=1; Path=/", "http://127.0.0.1:4002/")], "http://127.0.0.1:4003/"), "s=1");
    }

    #[test]
    fn nobody_sets_cookies_for_others() {
        assert_eq!(sent(&[("s=1; Path=/; Domain=evil.net", A)], "https://evil.net/"), "");
        assert_eq!(sent(&[("s=1; Path=/; Domain=com", A)], "https://b.com/"), "");
        assert_eq!(sent(&[("s=1; Path=/; Secure", "http://a.example.com/")], A), "");
        assert_eq!(sent(&[("__Host-s=1; Path=/; Secure; Domain=a.example.com", A)], A), "");
    }

    #[test]
    fn a_newer_cookie_replaces_and_an_expired_one_removes() {
        assert_eq!(sent(&[("s=1", A), ("s=2", A)], A), "s=2");
        assert_eq!(sent(&[("s=1", A), ("s=; Max-Age=0", A)], A), "");
        assert_eq!(sent(&[("s=1", A), ("s=; Expires=Wed, 31 Dec 1969 23:59:59 GMT", A)], A), "");
        assert_eq!(sent(&[("s=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT", A)], A), "s=1");
    }

    #[test]
    fn secure_cookies_stay_off_plain_http() {
        let set = [("s=1; Path=/; Secure", A)];
        assert_eq!(sent(&set, "http://a.example.com/"), "");
        assert_eq!(sent(&set, A), "s=1");
    }

    #[test]
    fn a_cookie_never_prints_its_value() {
        let mut cookies = Cookies::default();
        cookies.set("s=secret", &Url::parse(A).unwrap(), Timestamp::UNIX_EPOCH);
        assert!(!format!("{cookies:?}").contains("secret"));
    }
}
