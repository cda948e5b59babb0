//! Time-based one-time codes (RFC 6238): six digits of HMAC-SHA-1, thirty seconds, as every authenticator app has them.

use jiff::Timestamp;
use ring::hmac;

/// Seconds that a code lasts.
const STEP: i64 = 30;
/// Bytes of a secret, as long as SHA-1's output (RFC 4226, 4).
pub(crate) const SECRET_LEN: usize = 20;
/// RFC 4648.
const BASE_32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The time step whose code this is: the present one, or one beside it for clocks that differ. Only a step after `used`
/// counts, so that a code that was seen over a shoulder is worth nothing.
pub(crate) fn matching_step(secret: &[u8], code: &str, now: Timestamp, used: i64) -> Option<i64> {
    let digits = code.bytes().filter(|b| !b.is_ascii_whitespace()).collect::<Vec<_>>();
    let present = now.as_second() / STEP;
    let mut found = None;
    for step in [present - 1, present, present + 1] {
        // All three are compared, whichever fits.
        let same: bool = subtle::ConstantTimeEq::ct_eq(code_at(secret, step).as_bytes(), &digits[..]).into();
        if same && step > used {
            found = Some(step);
        }
    }
    found
}

fn code_at(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    // RFC 4226, 5.3: dynamic truncation.
    let offset = usize::from(bytes[bytes.len() - 1] & 15);
    let word = bytes[offset..offset + 4].iter().fold(0, |word: u32, byte| word << 8 | u32::from(*byte));
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

/// The secret as people type it and apps read it.
pub(crate) fn base_32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut five = [0; 5];
        five[..chunk.len()].copy_from_slice(chunk);
        let word = five.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        for place in 0..(chunk.len() * 8).div_ceil(5) {
            let letter = (word >> (35 - 5 * place)) & 31;
            text.push(char::from(BASE_32[usize::try_from(letter).unwrap_or(0)]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, its last six digits.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(matching_step(SECRET, code, at(second), 0), Some(second / 30), "{second}");
        }
        assert_eq!(base_32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(base_32(b"foob"), "MZXW6YQ");
    }

    #[test]
    fn a_code_counts_once_and_only_about_its_time() {
        let (now, code) = (at(1_234_567_890), "005 924");
        let step = matching_step(SECRET, code, now, 0).unwrap();
        assert_eq!(matching_step(SECRET, code, now, step), None);
        for (later, fits) in [(-30, true), (-31, false), (59, true), (60, false)] {
            assert_eq!(matching_step(SECRET, code, at(1_234_567_890 + later), 0).is_some(), fits, "{later}");
        }
        for wrong in ["", "00592", "0059244", "005925"] {
            assert_eq!(matching_step(SECRET, wrong, now, 0), None, "{wrong}");
        }
    }
}
