//! Secrets: made with a prefix that says what they are, kept only as SHA-256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use onegent_core::port::{CsrfToken, SessionToken};
use sha2::{Digest, Sha256};

use crate::entropy::{Entropy, token_text};

/// What a one-time sign-in link's token begins with.
pub(crate) const SIGN_IN: &str = "ogl_";
/// What a session's token begins with.
pub(crate) const SESSION: &str = "ogs_";

/// What the secret of an app that authenticates begins with.
pub(crate) const CLIENT_SECRET: &str = "ogx_";
/// What an invitation's token begins with.
pub(crate) const INVITATION: &str = "ogi_";
/// What a recovery code begins with when it is hashed; people type only what follows.
pub(crate) const RECOVERY: &str = "recovery ";

/// A new secret: the prefix and 256 random bits.
pub(crate) fn fresh(prefix: &str, entropy: &dyn Entropy) -> String {
    format!("{prefix}{}", token_text(entropy))
}

/// How a secret is kept and found again. A look-up by this tells an attacker nothing about the secret by its time.
pub(crate) fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()).into())
}

/// The token of a session's forms. It follows from the session's token, and nothing of that follows from it.
pub(crate) fn csrf(session: &SessionToken) -> CsrfToken {
    let digest = Sha256::new_with_prefix("onegent.csrf.v1 ").chain_update(session.expose()).finalize();
    CsrfToken::new(URL_SAFE_NO_PAD.encode(digest))
}

/// 64 lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8; 32]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
