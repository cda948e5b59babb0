//! A booking site that a request names itself, by the address of its first page.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use crate::fields::text_field;
use crate::text::ProviderId;

/// Where a visit of such a site begins: `https`, or `http` within a network of one's own; a host name in its ASCII form or
/// an IPv4 address; no credentials. A fragment is left out. Whether a server takes it is up to its owner.
///
/// Stricter than RFC 3986, so that whoever reads it finds the same host in it.
#[derive(Clone, PartialEq, Eq)]
pub struct SiteUrl {
    text: String,
    provider: ProviderId,
}

/// Why an address names no booking site. Repeats nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseSiteError {
    /// Nobody types such a long one.
    #[error("must not be longer than {} characters", SiteUrl::LONGEST)]
    TooLong,
    /// It is no address of the web.
    #[error("must be a web address, such as https://www.example.com/book")]
    NotWeb,
    /// It is read on the way.
    #[error("must begin with https://")]
    NotEncrypted,
    /// Credentials go to a sign-in page, by a person's hand.
    #[error("must have no user name or password in it")]
    Credentials,
    /// The site could not be called by its host's name.
    #[error("must have a host name of at most 64 characters in its ASCII form, or an IPv4 address")]
    Host,
}

impl SiteUrl {
    /// How long it may be, in bytes.
    pub const LONGEST: usize = 2048;

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same without path and query: where it is, and nothing of what a person was shown there.
    #[must_use]
    pub fn origin(&self) -> Self {
        let path = self.text.find("://").map_or(0, |scheme| scheme + 3);
        let end = self.text[path..].find(['/', '?']).map_or(self.text.len(), |end| path + end);
        Self { text: format!("{}/", &self.text[..end]), provider: self.provider.clone() }
    }

    /// What the site is called wherever a job's provider is named: its host, and `_port` after it where that is not the
    /// usual one.
    pub fn provider(&self) -> &ProviderId {
        &self.provider
    }
}

impl FromStr for SiteUrl {
    type Err = ParseSiteError;

    fn from_str(text: &str) -> Result<Self, ParseSiteError> {
        if text.len() > Self::LONGEST {
            return Err(ParseSiteError::TooLong);
        }
        let text = text.split('#').next().unwrap_or_default();
        let (scheme, rest) = text.split_once("://").ok_or(ParseSiteError::NotWeb)?;
        let scheme = scheme.to_ascii_lowercase();
        let usual: u16 = match scheme.as_str() {
            "https" => 443,
            "http" => 80,
            _ => return Err(ParseSiteError::NotWeb),
        };
        if rest.bytes().any(|b| !b.is_ascii_graphic() || b == b'\\') {
            return Err(ParseSiteError::NotWeb);
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(ParseSiteError::Credentials);
        }
        let (host, port) = match authority.split_once(':') {
            None => (authority, usual),
            Some((host, port)) => (host, port.parse().map_err(|_no_port| ParseSiteError::Host)?),
        };
        let host = host.to_ascii_lowercase();
        if !is_host(&host) {
            return Err(ParseSiteError::Host);
        }
        if scheme == "http" && !is_own_network(&host) {
            return Err(ParseSiteError::NotEncrypted);
        }
        let (port, called) = if port == usual {
            (String::new(), host.clone())
        } else {
            (format!(":{port}"), format!("{host}_{port}"))
        };
        let provider = called.parse().map_err(|_unfit| ParseSiteError::Host)?;
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self { text: format!("{scheme}://{host}{port}{slash}{path}"), provider })
    }
}

/// Labels of letters, digits and hyphens; what ends in a number is an IPv4 address, written as usual.
fn is_host(host: &str) -> bool {
    let fit = |label: &str| {
        let edge = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = label.as_bytes();
        edge(bytes.first())
            && edge(bytes.last())
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
    };
    let numeric = host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
    if numeric {
        host.parse::<Ipv4Addr>().is_ok_and(|address| address.to_string() == host)
    } else {
        host.split('.').all(fit)
    }
}

/// Where plain HTTP is usual: this machine, private addresses, names without a dot.
fn is_own_network(host: &str) -> bool {
    match host.parse::<Ipv4Addr>() {
        Ok(address) => address.is_loopback() || address.is_private(),
        Err(_name) => !host.contains('.') || host.ends_with(".localhost"),
    }
}

impl fmt::Display for SiteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Only the host: an address may have a person's own words in its path.
impl fmt::Debug for SiteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SiteUrl({}/…)", self.provider)
    }
}

impl Serialize for SiteUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl JsonSchema for SiteUrl {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SiteUrl".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "uri", "maxLength": Self::LONGEST })
    }
}

text_field!(SiteUrl);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_called_by_its_host() {
        for (text, called) in [
            ("https://WWW.Example.com/book?a=1#top", "www.example.com"),
            ("https://example.com:8443/", "example.com_8443"),
            ("http://127.0.0.1:4701/table/", "127.0.0.1_4701"),
            ("http://localhost/", "localhost"),
            ("https://xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("HTTPS://example.com:443?day=1", "example.com"),
        ] {
            let site: SiteUrl = text.parse().unwrap();
            assert_eq!(site.provider().as_str(), called);
            assert!(!site.as_str().contains('#'), "{site}");
            let origin = site.origin();
            assert_eq!(origin.provider(), site.provider());
            assert_eq!(origin.as_str().matches('/').count(), 3, "{origin}");
            assert_eq!(origin.to_string().parse(), Ok(origin));
            assert_eq!(site.to_string().parse(), Ok(site));
        }
    }

    #[test]
    fn what_names_no_site_is_refused() {
        let long = format!("https://example.com/{}", "x".repeat(SiteUrl::LONGEST));
        let wide = format!("https://{}.com/", "x".repeat(61));
        for (text, why) in [
            (long.as_str(), ParseSiteError::TooLong),
            ("example.com", ParseSiteError::NotWeb),
            ("javascript:alert(1)", ParseSiteError::NotWeb),
            ("file:///etc/passwd", ParseSiteError::NotWeb),
            ("ftp://example.com/", ParseSiteError::NotWeb),
            ("http://example.com/", ParseSiteError::NotEncrypted),
            ("http://8.8.8.8/", ParseSiteError::NotEncrypted),
            ("https://ana:secret@example.com/", ParseSiteError::Credentials),
            ("https://ana@example.com/", ParseSiteError::Credentials),
            ("https://example.com./", ParseSiteError::Host),
            ("https://[::1]/", ParseSiteError::Host),
            ("https://bücher.example/", ParseSiteError::NotWeb),
            ("https://example.com\\@evil.example/", ParseSiteError::NotWeb),
            ("https://example.com/a b", ParseSiteError::NotWeb),
            ("https://2130706433/", ParseSiteError::Host),
            ("https://127.1/", ParseSiteError::Host),
            ("https://0x7f.0.0.1/", ParseSiteError::Host),
            ("https://example.0x7f/", ParseSiteError::Host),
            ("https://example.com:99999/", ParseSiteError::Host),
            ("https:///etc", ParseSiteError::Host),
            (wide.as_str(), ParseSiteError::Host),
        ] {
            assert_eq!(text.parse::<SiteUrl>().err(), Some(why), "{text}");
        }
    }

    #[test]
    fn its_path_is_in_no_debug_form() {
        let site: SiteUrl = "https://example.com/invitation/ana".parse().unwrap();
        assert_eq!(format!("{site:?}"), "SiteUrl(example.com/…)");
    }
}
