#![cfg(test)]
//! What the compiler itself refuses: a permit, or anything on the way to one, that is forged, conjured up, changed,
//! copied, used twice, or kept for a second use. That no trait makes one either is the red team's question.
//!
//! The errors stand beside the cases. After a change of the compiler's wording: `TRYBUILD=overwrite cargo test -p
//! onegent-engine --test compile_fail`, and read the difference.

#[test]
fn a_permit_is_not_forged_copied_reused_or_kept() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
