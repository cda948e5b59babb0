//! The agent on the sandbox's sites: every scenario and every behaviour. What the sites' ledger says is what happened.

use onegent_core::charge::ChargeKind;
use onegent_core::job::JobErrorCode;
use onegent_core::machine::{PersonWanted, SubmitKind};

use self::desk::{Desk, Permits};
use self::ground::Ground;
use super::{Ending, LookUp};

mod behaviours;
#[cfg(feature = "chromium")]
mod chromium;
mod desk;
mod direct;
mod faults;
mod ground;
mod heuristic;
mod kept;
mod learned;
mod line;
mod model;
mod money;
mod requests;
#[cfg(feature = "chromium")]
mod scripted;
#[cfg(feature = "chromium")]
mod table;

use requests::{activity, flight, hotel, restaurant};

#[tokio::test]
async fn a_free_table_is_booked_with_one_permit() {
    let ground = Ground::open().await;
    let desk = Desk::new(Permits::Granted);
    let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
    let Ending::Booked { confirmation_code: Some(code), evidence } = ending else { panic!("{ending:?}") };
    let taken = ground.taken("carbone").await;
    assert_eq!((taken.reservations, taken.charges), (1, 0));
    assert_eq!(ground.last_code().await.as_deref(), Some(code.as_str()));
    assert_eq!(desk.granted(), [SubmitKind::Reserve]);
    assert!(evidence.page_text.is_some_and(|text| text.contains(code.as_str())));
    let steps = ["open_site", "search", "choose", "guest_details", "review", "submit", "confirmation"];
    assert_eq!(desk.steps(), steps);
}
