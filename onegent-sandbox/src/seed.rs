//! Numbers drawn from the seed and a name: the same run offers the same things.

/// The seed of a sandbox.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    /// A number that depends on the seed and the parts alone (FNV-1a with the finish of `SplitMix64`).
    pub(crate) fn draw(self, parts: &[&str]) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ self.0;
        for part in parts {
            // The separator keeps ("ab", "c") and ("a", "bc") apart.
            for byte in part.bytes().chain([0xff]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        hash ^ (hash >> 31)
    }

    /// A draw in `0..bound`.
    pub(crate) fn below(self, bound: u32, parts: &[&str]) -> u32 {
        let bound = u64::from(bound.max(1));
        u32::try_from(self.draw(parts) % bound).unwrap_or_default()
    }
}

/// Six letters and digits without the pairs that people mix up (I and 1, O and 0).
pub(crate) fn code(draw: u64) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    (0..6_u32)
        .map(|place| char::from(ALPHABET[usize::try_from(draw >> (place * 5) & 31).unwrap_or(0)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_repeat_and_depend_on_seed_and_parts() {
        assert_eq!(Seed(7).draw(&["a", "b"]), Seed(7).draw(&["a", "b"]));
        assert_ne!(Seed(7).draw(&["a", "b"]), Seed(8).draw(&["a", "b"]));
        assert_ne!(Seed(7).draw(&["ab", "c"]), Seed(7).draw(&["a", "bc"]));
    }

    #[test]
    fn a_code_has_six_signs() {
        assert_eq!(code(u64::MAX).len(), 6);
    }
}
