//! Proof Key for Code Exchange (RFC 7636), method `S256` alone.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Whether a text can be an `S256` challenge: 43 base64url characters, which are 256 bits.
pub(super) fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Whether a text can be a verifier: 43 to 128 unreserved characters.
pub(super) fn is_verifier(text: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}

/// Whether a verifier belongs to a challenge, in constant time.
pub(super) fn fits(verifier: &str, challenge: &str) -> bool {
    let made = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    made.as_bytes().ct_eq(challenge.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_fits() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(is_verifier(verifier) && is_challenge(challenge) && fits(verifier, challenge));
        assert!(!fits(&verifier.replace('d', "e"), challenge));
    }

    #[test]
    fn lengths_and_alphabets_are_strict() {
        for wrong in [&"a".repeat(42), &"a".repeat(44), &"a".repeat(129), &format!("{}+", "a".repeat(42)), ""]
        {
            assert!(!is_challenge(wrong), "{wrong}");
        }
        for wrong in [&"a".repeat(42), &"a".repeat(129), &format!("{}/", "a".repeat(60)), &"é".repeat(50)] {
            assert!(!is_verifier(wrong), "{wrong}");
        }
        assert!(is_verifier(&"a.~-_Z9aa".repeat(14)));
    }
}
