//! Redirect URIs: which may be registered, and when a presented one is a registered one.
//!
//! Everything is compared byte by byte (RFC 9700 section 2.1), but for the port of a loopback URI, which a program takes as
//! the system gives it (RFC 8252 section 7.3). `localhost` and `127.0.0.1` are two places.

use onegent_core::port::ReturnPlace;
use url::Url;

/// Longer ones are no address of a client.
const LONGEST: usize = 1024;
/// Schemes without a dot that well-known programs own. All others are to be reverse domain names (RFC 8252 section 7.1).
const APP_SCHEMES: [&str; 6] = ["cursor", "vscode", "vscode-insiders", "windsurf", "zed", "warp"];
/// What the answer adds; a redirect URI that has it already could make it ambiguous.
const ANSWERS: [&str; 6] = ["code", "state", "iss", "error", "error_description", "error_uri"];

/// Why a redirect URI can't be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadRedirect {
    #[error("a redirect URI has at most 1024 printable ASCII characters, no backslash and no fragment")]
    Text,
    #[error("a redirect URI is absolute, in normal form, and without user name and password")]
    Form,
    #[error("a redirect URI is https, http on a loopback host, or of a scheme that belongs to an app")]
    Scheme,
    #[error("a redirect URI has no parameter of the answer's own in its query")]
    Query,
}

/// Judges a redirect URI that wants to be registered.
pub(super) fn registrable(text: &str) -> Result<(), BadRedirect> {
    let printable =
        text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'#' | b'"' | b'<' | b'>'));
    if text.is_empty() || text.len() > LONGEST || !printable {
        return Err(BadRedirect::Text);
    }
    let url = Url::parse(text).ok().filter(|url| is_normal(url, text)).ok_or(BadRedirect::Form)?;
    let fits = match url.scheme() {
        "https" => url.host_str().is_some_and(|host| !host.ends_with('.')),
        "http" => Loopback::of(text).is_some(),
        scheme => scheme.contains('.') || APP_SCHEMES.contains(&scheme),
    };
    if !fits {
        return Err(BadRedirect::Scheme);
    }
    if url.query_pairs().any(|(name, _)| ANSWERS.contains(&&*name)) {
        return Err(BadRedirect::Query);
    }
    Ok(())
}

/// Written as a browser would write it, so that nothing in it can be read in two ways; a bare host's slash may be left out.
fn is_normal(url: &Url, text: &str) -> bool {
    let written = url.as_str();
    let same = written == text || written.strip_suffix('/').is_some_and(|bare| bare == text);
    same && url.username().is_empty() && url.password().is_none()
}

/// Whether a presented redirect URI is the registered one.
pub(super) fn matches(registered: &str, presented: &str) -> bool {
    if registered == presented {
        return true;
    }
    match (Loopback::of(registered), Loopback::of(presented)) {
        (Some(known), Some(shown)) => known.host == shown.host && known.rest == shown.rest,
        _ => false,
    }
}

/// A loopback redirect URI, taken apart without any normalising.
struct Loopback<'a> {
    host: &'a str,
    /// Digits, if it names one.
    port: Option<&'a str>,
    rest: &'a str,
}

impl<'a> Loopback<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let behind = text.strip_prefix("http://")?;
        let host = ["localhost", "127.0.0.1", "[::1]"].into_iter().find(|host| behind.starts_with(host))?;
        let after = &behind[host.len()..];
        let (port, rest) = match after.strip_prefix(':') {
            None => (None, after),
            Some(after) => {
                let end = after.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(after.len());
                let port: u16 = after[..end].parse().ok()?;
                (port > 0).then_some(())?;
                (Some(&after[..end]), &after[end..])
            }
        };
        let ends = rest.is_empty() || rest.starts_with(['/', '?']);
        ends.then_some(Self { host: &behind[..host.len()], port, rest })
    }
}

/// What a person is told of where an answer goes.
pub(crate) fn place(redirect_uri: &str) -> ReturnPlace {
    if let Some(Loopback { host, port, .. }) = Loopback::of(redirect_uri) {
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        return ReturnPlace::ThisDevice { host: format!("{host}{port}") };
    }
    match Url::parse(redirect_uri) {
        Ok(url) if url.scheme() == "https" => {
            ReturnPlace::Site { host: url.host_str().unwrap_or_default().to_owned() }
        }
        Ok(url) => ReturnPlace::App { scheme: url.scheme().to_owned() },
        // What can't be parsed was never registered.
        Err(_) => ReturnPlace::App { scheme: String::new() },
    }
}

/// The host of a web address, for people.
pub(crate) fn site_host(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_real_clients_register_is_taken() {
        for fine in [
            "https://claude.ai/api/mcp/auth_callback",
            "https://vscode.dev/redirect",
            "http://127.0.0.1:33418",
            "http://127.0.0.1:33418/",
            "http://localhost/callback",
            "http://localhost:6274/oauth/callback/debug",
            "http://[::1]:8080/cb",
            "cursor://anysphere.cursor-mcp/oauth/callback",
            "com.example.app:/callback",
            "https://a.example/cb?tenant=1",
        ] {
            assert_eq!(registrable(fine), Ok(()), "{fine}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_or_leads_astray_is_not_taken() {
        for wrong in [
            "",
            "/cb",
            "https:/a.example/cb",
            "http://a.example/cb",
            "http://localhost.evil.example/cb",
            "http://127.0.0.1@evil.example/cb",
            "http://localhost:0/cb",
            "http://localhost:99999/cb",
            "https://a.example/cb#f",
            "https://a.example/../cb",
            "https://a.example/%2e%2e/cb",
            "https://A.example/cb",
            "https://a.example./cb",
            "https://a.example:443/cb",
            "https://u@a.example/cb",
            "https://a.example\\@evil.example/cb",
            "https://a.example/cb?state=x",
            "https://a.example/cb?iss=x",
            "https://a.example/c b",
            "https://bücher.example/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "vbscript:x",
            "ftp://a.example/cb",
            "blob:https://a.example/x",
        ] {
            assert!(registrable(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn loopback_has_any_port_and_nothing_else_differs() {
        let registered = "http://127.0.0.1:4000/cb?a=1";
        for fine in [registered, "http://127.0.0.1:50123/cb?a=1", "http://127.0.0.1/cb?a=1"] {
            assert!(matches(registered, fine), "{fine}");
        }
        for other in [
            "http://localhost:4000/cb?a=1",
            "http://[::1]:4000/cb?a=1",
            "https://127.0.0.1:4000/cb?a=1",
            "http://127.0.0.1:4000/cb",
            "http://127.0.0.1:4000/CB?a=1",
            "http://127.0.0.1:4000/cb?a=1&b=2",
            "http://127.0.0.1:4000@evil.example/cb?a=1",
            "http://127.0.0.1:/cb?a=1",
            "http://127.0.0.10/cb?a=1",
        ] {
            assert!(!matches(registered, other), "{other}");
        }
        assert!(!matches("https://a.example:1/cb", "https://a.example:2/cb"));
    }
}
