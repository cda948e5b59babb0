//! Authorization requests: first whether anything may be sent back at all, then whether the request stands.

use onegent_core::caller::Scope;
use onegent_core::port::{OAuthError, OAuthErrorCode, Params};

use super::{pkce, redirect, resource, scope};

/// The longest `state` that is carried along.
const LONGEST_STATE: usize = 2048;

/// The client or the way back to it can't be trusted: a page for the person, never a redirect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused(pub &'static str);

/// A request that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub redirect_uri: String,
    pub scopes: Vec<Scope>,
    pub state: Option<String>,
    pub resource: Option<String>,
    pub challenge: String,
}

/// The redirect URI, if it is one of the client's own.
pub(crate) fn trusted<'a>(params: &'a Params, registered: &[String]) -> Result<&'a str, Refused> {
    let shown = params.get("redirect_uri");
    let shown =
        shown.ok_or(Refused("The app did not say where its answer goes: redirect_uri is missing."))?;
    let known = registered.iter().any(|uri| redirect::matches(uri, shown));
    let other =
        "The app asked for its answer at an address that it has not registered. Nothing was sent there.";
    if known { Ok(shown) } else { Err(Refused(other)) }
}

/// The `state` to send back, refused answers included.
pub(crate) fn state(params: &Params) -> Result<Option<&str>, Refused> {
    let state = params.get("state");
    let long = state.is_some_and(|state| state.len() > LONGEST_STATE);
    if long {
        Err(Refused("The app's state is longer than the 2048 bytes that are carried."))
    } else {
        Ok(state)
    }
}

/// Reads a request of a client whose redirect URI is trusted.
pub(crate) fn read(params: &Params, redirect_uri: &str, issuer: &str) -> Result<Asked, OAuthError> {
    let wrong = |description| OAuthError::new(OAuthErrorCode::InvalidRequest, description);
    match params.get("response_type") {
        Some("code") => {}
        None => return Err(wrong("response_type is missing.")),
        Some(_) => {
            let description = "The only response_type here is code.";
            return Err(OAuthError::new(OAuthErrorCode::UnsupportedResponseType, description));
        }
    }
    if params.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(wrong("The only response_mode here is query."));
    }
    let challenge =
        params.get("code_challenge").ok_or_else(|| wrong("PKCE is needed: code_challenge is missing."))?;
    if params.get("code_challenge_method") != Some("S256") {
        return Err(wrong("PKCE is needed with code_challenge_method S256."));
    }
    if !pkce::is_challenge(challenge) {
        return Err(wrong("code_challenge is 43 base64url characters, the SHA-256 of the verifier."));
    }
    let target = params.get("resource");
    if target.is_some_and(|target| !resource::is_ours(target, issuer)) {
        return Err(OAuthError::new(
            OAuthErrorCode::InvalidTarget,
            "The resource is not one of this server's.",
        ));
    }
    Ok(Asked {
        redirect_uri: redirect_uri.to_owned(),
        scopes: scope::asked(params.get("scope"))?,
        state: params.get("state").map(str::to_owned),
        resource: target.map(str::to_owned),
        challenge: challenge.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://onegent.example";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn params(changes: &[(&str, &str)]) -> Params {
        let mut all = vec![
            ("response_type", "code"),
            ("redirect_uri", "https://a.example/cb"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("scope", "read"),
            ("state", "s"),
        ];
        all.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        all.extend(changes);
        Params::new(all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap()
    }

    #[test]
    fn a_request_that_stands_is_read_whole() {
        let asked =
            read(&params(&[("resource", "https://onegent.example/api/mcp")]), "https://a.example/cb", ISSUER);
        let asked = asked.unwrap();
        assert_eq!((asked.scopes.as_slice(), asked.state.as_deref()), (&[Scope::Read][..], Some("s")));
    }

    #[test]
    fn what_is_missing_or_weak_is_named() {
        for (change, code) in [
            (("response_type", ""), "invalid_request"),
            (("response_type", "token"), "unsupported_response_type"),
            (("response_type", "code id_token"), "unsupported_response_type"),
            (("response_mode", "fragment"), "invalid_request"),
            (("code_challenge", ""), "invalid_request"),
            (("code_challenge", &CHALLENGE[1..]), "invalid_request"),
            (("code_challenge_method", ""), "invalid_request"),
            (("code_challenge_method", "plain"), "invalid_request"),
            (("scope", "admin"), "invalid_scope"),
            (("resource", "https://evil.example/api/mcp"), "invalid_target"),
        ] {
            let error = read(&params(&[change]), "https://a.example/cb", ISSUER).unwrap_err();
            assert_eq!(error.code().as_str(), code, "{change:?}");
        }
    }

    #[test]
    fn nothing_goes_back_to_an_address_that_is_not_registered() {
        let registered = ["https://a.example/cb".to_owned()];
        assert_eq!(trusted(&params(&[]), &registered), Ok("https://a.example/cb"));
        for other in ["", "https://a.example/cb/", "https://a.example/CB", "https://evil.example/cb"] {
            assert!(trusted(&params(&[("redirect_uri", other)]), &registered).is_err(), "{other}");
        }
    }
}
