//! Each is used up by its use.

use onegent_core::charge::Charge;
use onegent_engine::agent::{RunControl, SubmitIntent};
use onegent_engine::browser::Page;
use onegent_engine::gate::{Armed, Cleared};
use onegent_engine::network::Guard;
use onegent_engine::payment::{ChargeConfirmation, SubmitPermit};

async fn two_submits(page: &mut dyn Page, armed: Armed, again: Armed, permit: SubmitPermit) {
    let _ = page.submit(armed, permit).await;
    let _ = page.submit(again, permit).await;
}

async fn one_judgement_twice(page: &mut dyn Page, armed: Armed, one: SubmitPermit, two: SubmitPermit) {
    let _ = page.submit(armed, one).await;
    let _ = page.submit(armed, two).await;
}

async fn one_clearance_twice(page: &mut dyn Page, cleared: Cleared) {
    let _ = page.act(cleared).await;
    let _ = page.act(cleared).await;
}

async fn two_permits(control: &dyn RunControl, confirmation: ChargeConfirmation, read: Charge, again: Charge) {
    let _ = control.permit(SubmitIntent::Charge { confirmation, read }).await;
    let _ = control.permit(SubmitIntent::Charge { confirmation, read: again }).await;
}

fn two_releases(first: &mut Guard, second: &mut Guard, permit: SubmitPermit) {
    let _ = first.permit(permit);
    let _ = second.permit(permit);
}

fn main() {}
