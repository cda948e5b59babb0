//! The way back to a client: its redirect URI with the answer in the query.

use onegent_core::port::{OAuthError, ReturnUrl};
use url::form_urlencoded::Serializer;

/// What goes back to the client.
pub(crate) enum Answer<'a> {
    /// A code.
    Code(&'a str),
    /// Why there is none.
    Error(&'a OAuthError),
}

/// Adds the answer, the client's `state`, and the issuer (RFC 9207) to a redirect URI. Each stands exactly once: no
/// registered redirect URI has a parameter of these names.
pub(crate) fn answer(
    redirect_uri: &str,
    answer: &Answer<'_>,
    state: Option<&str>,
    issuer: &str,
) -> ReturnUrl {
    let mut query = Serializer::new(String::new());
    match answer {
        Answer::Code(code) => {
            query.append_pair("code", code);
        }
        Answer::Error(error) => {
            query.append_pair("error", error.code().as_str());
            query.append_pair("error_description", error.description());
        }
    }
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    query.append_pair("iss", issuer);
    let joint = if redirect_uri.contains('?') { '&' } else { '?' };
    ReturnUrl::new(format!("{redirect_uri}{joint}{}", query.finish()))
}

#[cfg(test)]
mod tests {
    use onegent_core::port::OAuthErrorCode;

    use super::*;

    #[test]
    fn state_and_issuer_stand_once_beside_what_the_client_had() {
        let denied = OAuthError::new(OAuthErrorCode::AccessDenied, "no");
        for (redirect, wanted) in [
            ("https://a.example/cb", "https://a.example/cb?"),
            ("https://a.example/cb?x=1", "https://a.example/cb?x=1&"),
        ] {
            let url = answer(redirect, &Answer::Error(&denied), Some("a&iss=b"), "https://us.example");
            let rest =
                "error=access_denied&error_description=no&state=a%26iss%3Db&iss=https%3A%2F%2Fus.example";
            assert_eq!(url.expose(), format!("{wanted}{rest}"));
        }
        let url = answer("https://a.example/cb", &Answer::Code("c"), None, "https://us.example");
        assert_eq!(url.expose(), "https://a.example/cb?code=c&iss=https%3A%2F%2Fus.example");
    }
}
