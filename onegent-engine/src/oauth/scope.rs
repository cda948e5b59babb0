//! Scopes as OAuth writes them: words with a space between.

use onegent_core::caller::Scope;
use onegent_core::port::{OAuthError, OAuthErrorCode};

/// The order in which scopes are written: what is asked for first comes first.
const ORDER: [Scope; 2] = [Scope::Read, Scope::Book];

/// Reads what a client asks for; everything, when it asks for nothing in particular.
///
/// `offline_access` is passed over: everybody gets a refresh token.
pub(super) fn asked(text: Option<&str>) -> Result<Vec<Scope>, OAuthError> {
    let Some(text) = text else { return Ok(ORDER.to_vec()) };
    let mut scopes = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty() && *word != "offline_access") {
        match word.parse() {
            Ok(scope) => scopes.push(scope),
            Err(_unknown) => return Err(invalid("The scopes here are read and book.")),
        }
    }
    let scopes: Vec<_> = ORDER.into_iter().filter(|scope| scopes.contains(scope)).collect();
    if scopes.is_empty() { Err(invalid("Ask for read, for book, or for both.")) } else { Ok(scopes) }
}

/// What a refresh is for: all that was granted, or less. Never more (RFC 6749 section 6).
pub(crate) fn narrowed(granted: &[Scope], text: Option<&str>) -> Result<Vec<Scope>, OAuthError> {
    let Some(text) = text else { return Ok(granted.to_vec()) };
    let wanted = asked(Some(text))?;
    if wanted.iter().all(|scope| granted.contains(scope)) {
        Ok(wanted)
    } else {
        Err(invalid(
            "This is more than was granted. Send the person through the authorization endpoint for it.",
        ))
    }
}

/// Scopes as text.
pub(crate) fn text(scopes: &[Scope]) -> String {
    let words: Vec<_> = ORDER.into_iter().filter(|scope| scopes.contains(scope)).map(Scope::as_str).collect();
    words.join(" ")
}

fn invalid(description: &'static str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidScope, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_in_any_order_and_written_in_one() {
        for (asks, gives) in [
            (None, "read book"),
            (Some("book read"), "read book"),
            (Some(" book  book"), "book"),
            (Some("read offline_access"), "read"),
        ] {
            assert_eq!(text(&asked(asks).unwrap()), gives);
        }
        for wrong in ["admin", "read admin", "offline_access", "READ", " "] {
            assert!(asked(Some(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_refresh_never_gets_more() {
        assert_eq!(narrowed(&[Scope::Read, Scope::Book], Some("book")).unwrap(), [Scope::Book]);
        assert_eq!(narrowed(&[Scope::Read], None).unwrap(), [Scope::Read]);
        assert!(narrowed(&[Scope::Read], Some("read book")).is_err());
    }
}
