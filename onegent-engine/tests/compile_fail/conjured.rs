//! None of them has a constructor, a default, or a way from something else.

use onegent_engine::gate::{Armed, Cleared};
use onegent_engine::payment::{ChargeConfirmation, SubmitPermit};

fn main() {
    let _ = ChargeConfirmation::new();
    let _ = ChargeConfirmation::for_tests();
    let _ = SubmitPermit::new();
    let _ = SubmitPermit::for_tests();
    let _ = SubmitPermit::default();
    let _ = Cleared::new();
    let _ = Armed::new();
}
