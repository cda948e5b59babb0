//! Checks, exports and benches of this workspace.
fn main() {}
