//! None of them has a copy.

use onegent_engine::gate::{Armed, Cleared};
use onegent_engine::network::Guard;
use onegent_engine::payment::{ChargeConfirmation, SubmitPermit};

struct AllOfThem {
    confirmation: ChargeConfirmation,
    permit: SubmitPermit,
    cleared: Cleared,
    armed: Armed,
    guard: Guard,
}

fn twins(one: AllOfThem) {
    let _: ChargeConfirmation = one.confirmation.clone();
    let _: SubmitPermit = one.permit.clone();
    let _: Cleared = one.cleared.clone();
    let _: Armed = one.armed.clone();
    let _: Guard = one.guard.clone();
}

fn main() {}
