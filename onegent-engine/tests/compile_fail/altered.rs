//! None of them can be changed into another one.

use onegent_core::charge::Charge;
use onegent_engine::browser::action::Action;
use onegent_engine::browser::observation::Target;
use onegent_engine::gate::Armed;
use onegent_engine::payment::{ChargeConfirmation, SubmitPermit};

fn dearer(confirmation: &mut ChargeConfirmation, charge: Charge) {
    confirmation.charge = charge;
}

fn another_job(permit: &mut SubmitPermit, other: &SubmitPermit) {
    permit.job = other.job();
}

fn another_button(armed: &mut Armed, action: Action, target: Target) {
    armed.action = action;
    armed.target = target;
}

fn main() {}
