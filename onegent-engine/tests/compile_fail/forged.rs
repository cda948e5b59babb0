//! None of them can be put together from parts.

use onegent_engine::gate::{Armed, Cleared};
use onegent_engine::payment::{ChargeConfirmation, SubmitPermit};

fn any<T>() -> T {
    loop {}
}

fn main() {
    let _ = ChargeConfirmation { job: any(), hold: any(), charge: any(), hash: any() };
    let _ = SubmitPermit { job: any(), permit: any() };
    let _ = Cleared { action: any(), target: any(), reasons: any() };
    let _ = Armed { action: any(), target: any() };
}
