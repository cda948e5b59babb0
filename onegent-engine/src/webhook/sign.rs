//! Signatures of Standard Webhooks, scheme `v1`: HMAC-SHA256 over id, time and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use crate::entropy::Entropy;

/// What a secret's text form begins with.
const PREFIX: &str = "whsec_";

/// A new secret: 256 random bits.
pub(crate) fn fresh(entropy: &dyn Entropy) -> String {
    let mut bits = [0; 32];
    entropy.fill(&mut bits);
    format!("{PREFIX}{}", STANDARD.encode(bits))
}

/// The signature of one secret; `None` when the text is no secret.
pub(crate) fn signature(secret: &str, id: &str, seconds: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let signed = hmac::sign(&key, format!("{id}.{seconds}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(signed)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    /// As the reference implementations have it.
    #[test]
    fn the_published_example_comes_out() {
        let signed = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    #[test]
    fn a_fresh_secret_signs_and_other_texts_do_not() {
        let secret = fresh(&SystemEntropy);
        assert_eq!(secret.len(), PREFIX.len() + 44);
        assert!(signature(&secret, "msg_1", 1, "{}").is_some());
        for wrong in ["", "whsec_ü", &secret[1..]] {
            assert_eq!(signature(wrong, "msg_1", 1, "{}"), None);
        }
    }
}
