//! One fact out of many parts. However many there are, a change of any of them changes the fact.

use onegent_core::charge::Fact;
use onegent_core::text::Text;
use sha2::{Digest, Sha256};

/// No fact is longer, in characters.
const LONGEST: usize = 200;
/// As much is shown of one that is too long; the rest is its count and its fingerprint.
const SHOWN: usize = 130;

/// The parts as one fact. `None` when there are none. What does not fit is bound by a fingerprint of all of them.
pub(super) fn listed(label: &str, parts: &[String]) -> Option<Fact> {
    let all = parts.join("; ");
    let value = if all.chars().count() <= LONGEST {
        Text::fit(&all)
    } else {
        let shown: String = all.chars().take(SHOWN).collect();
        Text::fit(&format!("{shown}… ({} in all, #{})", parts.len(), fingerprint(parts)))
    };
    Some(Fact { label: Text::fit(label)?, value: value? })
}

/// The first 16 bytes of a SHA-256 over the parts, in hexadecimal digits.
fn fingerprint(parts: &[String]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part);
    }
    let digest: [u8; 32] = digest.finalize().into();
    digest.iter().take(16).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_bound_all_the_same() {
        let parts = |last: &str| {
            let mut parts: Vec<_> = (0..40).map(|number| format!("Guest {number}: vegetarian")).collect();
            parts.push(last.to_owned());
            parts
        };
        let [one, other] =
            ["Tip: EUR 1.00", "Tip: EUR 2.00"].map(|last| listed("Chosen", &parts(last)).unwrap());
        assert_ne!(one, other);
        assert!(one.value.as_str().starts_with("Guest 0: vegetarian; Guest 1"));
        assert_eq!(listed("Chosen", &[]), None);
        assert_eq!(listed("Chosen", &["a".to_owned(), "b".to_owned()]).unwrap().value.as_str(), "a; b");
    }
}
