//! Client authentication (RFC 6749 section 2.3): who says to be asking, and whether that is proven.

use onegent_core::port::{OAuthError, OAuthErrorCode, Params, ShownClient};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::secret;

/// Compared with where there is nothing to compare with, so that the unknown takes as long as the wrong.
const NOBODYS_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Who says to be asking, by exactly one method.
#[derive(Debug)]
pub(crate) struct Identified {
    pub id: String,
    pub secret: Option<SecretString>,
}

/// Reads header and body. A body that repeats the header's client id is fine; a secret in both is not.
pub(crate) fn identify(shown: ShownClient, params: &Params) -> Result<Identified, OAuthError> {
    let wrong = |description| OAuthError::new(OAuthErrorCode::InvalidRequest, description);
    if params.get("client_assertion").is_some() || params.get("client_assertion_type").is_some() {
        return Err(wrong(
            "Clients authenticate with client_secret_basic, client_secret_post, or not at all.",
        ));
    }
    let (id, secret) = (params.get("client_id"), params.get("client_secret"));
    if let Some((header_id, header_secret)) = shown.basic {
        if secret.is_some() {
            return Err(wrong("The client authenticates in the header and in the body; use one."));
        }
        if id.is_some_and(|id| id != header_id) {
            return Err(wrong("The body names another client than the header."));
        }
        let secret = Some(header_secret).filter(|secret| !secret.expose_secret().is_empty());
        return Ok(Identified { id: header_id, secret });
    }
    let id = id.ok_or_else(|| unproven("The client did not say who it is."))?;
    Ok(Identified { id: id.to_owned(), secret: secret.map(SecretString::from) })
}

/// What is known of who says to be asking.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Proof<'a> {
    /// The client is not known.
    Unknown,
    /// It has no secret.
    NoSecret,
    /// It has one, of which the hash is stored.
    Hash(&'a str),
}

/// Whether a secret proves a client, in the same time for the unknown, the wrong and the right.
pub(crate) fn proves(known: Proof<'_>, secret: Option<&SecretString>) -> bool {
    let shown = secret::hash(secret.map_or("", |secret| secret.expose_secret()));
    let stored = if let Proof::Hash(hash) = known { hash } else { NOBODYS_HASH };
    let equal = bool::from(shown.as_bytes().ct_eq(stored.as_bytes()));
    match known {
        Proof::Unknown => false,
        Proof::NoSecret => secret.is_none(),
        Proof::Hash(_) => equal,
    }
}

/// The answer to who did not prove who they are, the same for all of them.
pub(crate) fn unproven(description: &'static str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidClient, description).as_guess()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(basic: Option<(&str, &str)>, body: &[(&str, &str)]) -> Result<(String, Option<String>), String> {
        let shown =
            ShownClient { basic: basic.map(|(id, secret)| (id.to_owned(), SecretString::from(secret))) };
        let body = body.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        identify(shown, &Params::new(body).unwrap())
            .map(|found| (found.id, found.secret.map(|secret| secret.expose_secret().to_owned())))
            .map_err(|error| error.code().to_string())
    }

    #[test]
    fn a_client_authenticates_by_one_method() {
        let (secret, none) = (Some("s".to_owned()), None);
        assert_eq!(read(Some(("a", "s")), &[]), Ok(("a".to_owned(), secret.clone())));
        assert_eq!(read(Some(("a", "s")), &[("client_id", "a")]), Ok(("a".to_owned(), secret.clone())));
        assert_eq!(read(Some(("a", "")), &[]), Ok(("a".to_owned(), none.clone())));
        assert_eq!(read(None, &[("client_id", "a"), ("client_secret", "s")]), Ok(("a".to_owned(), secret)));
        assert_eq!(read(None, &[("client_id", "a")]), Ok(("a".to_owned(), none)));
        let refused = |code: &str| Err(code.to_owned());
        assert_eq!(read(Some(("a", "s")), &[("client_secret", "s")]), refused("invalid_request"));
        assert_eq!(read(Some(("a", "s")), &[("client_id", "b")]), refused("invalid_request"));
        assert_eq!(read(None, &[("client_id", "a"), ("client_assertion", "x")]), refused("invalid_request"));
        assert_eq!(read(None, &[]), refused("invalid_client"));
    }

    #[test]
    fn only_the_right_secret_proves_and_no_secret_proves_only_who_has_none() {
        let (right, wrong) = (SecretString::from("right"), SecretString::from("wrong"));
        let hash = secret::hash("right");
        assert!(proves(Proof::Hash(&hash), Some(&right)));
        assert!(!proves(Proof::Hash(&hash), Some(&wrong)));
        assert!(!proves(Proof::Hash(&hash), None));
        assert!(proves(Proof::NoSecret, None));
        assert!(!proves(Proof::NoSecret, Some(&right)));
        assert!(!proves(Proof::Unknown, None));
        assert!(!proves(Proof::Unknown, Some(&right)));
    }
}
