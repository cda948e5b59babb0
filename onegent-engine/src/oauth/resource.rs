//! Resource indicators (RFC 8707): which of this server's own APIs a token is for.

use url::Url;

/// The protected resources below the issuer. All of them take the same tokens.
const PATHS: [&str; 3] = ["", "/api/mcp", "/api/v1"];

/// Whether a resource is one of the issuer's. A slash at the end makes no difference.
pub(crate) fn is_ours(resource: &str, issuer: &str) -> bool {
    let (Ok(resource), Ok(issuer)) = (Url::parse(resource), Url::parse(issuer)) else { return false };
    let bare = resource.query().is_none()
        && resource.fragment().is_none()
        && resource.username().is_empty()
        && resource.password().is_none();
    bare && resource.origin() == issuer.origin() && PATHS.contains(&resource.path().trim_end_matches('/'))
}

/// Whether two resources are one; a slash at the end makes no difference.
pub(super) fn same(one: &str, other: &str) -> bool {
    match (Url::parse(one), Url::parse(other)) {
        (Ok(one), Ok(other)) => one.as_str().trim_end_matches('/') == other.as_str().trim_end_matches('/'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_apis_are_resources() {
        let issuer = "https://onegent.example";
        for ours in [
            "https://onegent.example",
            "https://onegent.example/",
            "https://ONEGENT.example:443/api/mcp",
            "https://onegent.example/api/v1/",
        ] {
            assert!(is_ours(ours, issuer), "{ours}");
        }
        for foreign in [
            "",
            "api/mcp",
            "https://evil.example/api/mcp",
            "http://onegent.example/api/mcp",
            "https://onegent.example:8443/api/mcp",
            "https://onegent.example/api/mcp#a",
            "https://onegent.example/api/mcp?a=b",
            "https://a@onegent.example/api/mcp",
            "https://onegent.example/api/other",
        ] {
            assert!(!is_ours(foreign, issuer), "{foreign}");
        }
    }
}
