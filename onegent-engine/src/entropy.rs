//! Where randomness comes from: injected, as time is, so that tests repeat.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A source of random bytes. Two implementations: the operating system's, and one that tests seed.
pub trait Entropy: Send + Sync + fmt::Debug {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::expect_used,
        reason = "without the system's generator no secret may be made, so nothing can go on"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// The random part of an id.
pub(crate) fn id_bits(entropy: &dyn Entropy) -> [u8; 10] {
    let mut bits = [0; 10];
    entropy.fill(&mut bits);
    bits
}

/// 192 random bits as 32 characters, the shape of an API key's secret part.
pub(crate) fn key_text(entropy: &dyn Entropy) -> String {
    let mut bits = [0; 24];
    entropy.fill(&mut bits);
    URL_SAFE_NO_PAD.encode(bits)
}

/// 256 random bits as 43 characters.
pub(crate) fn token_text(entropy: &dyn Entropy) -> String {
    let mut bits = [0; 32];
    entropy.fill(&mut bits);
    URL_SAFE_NO_PAD.encode(bits)
}

/// A number from 0 to 1, for jitter.
pub(crate) fn fraction(entropy: &dyn Entropy) -> f64 {
    let mut bits = [0; 4];
    entropy.fill(&mut bits);
    f64::from(u32::from_le_bytes(bits)) / f64::from(u32::MAX)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// Never the same bytes twice, and the same ones in every run of a test.
    #[derive(Debug, Default)]
    pub(crate) struct Counting(AtomicU64);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            let count = self.0.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
            let mixed = count.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
            for (i, byte) in bytes.iter_mut().enumerate() {
                *byte = mixed[i % 8] ^ u8::try_from(i & 0xff).unwrap_or(0);
            }
        }
    }

    #[test]
    fn secrets_have_the_shape_that_keys_want() {
        let (a, b) = (key_text(&SystemEntropy), key_text(&SystemEntropy));
        assert_eq!(a.len(), 32);
        assert_ne!(a, b);
        assert_eq!(token_text(&SystemEntropy).len(), 43);
    }
}
