//! Pages that wait at payment.

use std::time::Duration;

use onegent_core::charge::Charge;

use super::*;

/// Runs to the payment on a ground that keeps pages.
async fn stopped(ground: &Ground) -> Charge {
    let ending = ground.run(hotel("Wren Court"), &Desk::new(Permits::Granted)).await;
    let Ending::Payment { charge, .. } = ending else { panic!("{ending:?}") };
    charge
}

#[tokio::test]
async fn a_quick_confirmation_goes_on_where_the_agent_stood() {
    let ground = Ground::keeping(Duration::from_mins(5)).await;
    let charge = stopped(&ground).await;
    assert_eq!(ground.agent().kept.len(), 1);
    let desk = Desk::new(Permits::Granted);
    let ending = ground.run_confirmed(hotel("Wren Court"), charge, &desk).await;
    assert!(matches!(ending, Ending::Booked { .. }), "{ending:?}");
    assert_eq!(desk.steps(), ["resume", "payment", "submit", "confirmation"]);
    let taken = ground.taken("wren-court").await;
    assert_eq!((taken.reservations, taken.charges, taken.repeats), (1, 1, 0));
    assert_eq!(ground.agent().kept.len(), 0);
}

#[tokio::test]
async fn a_kept_page_is_read_again_and_another_price_stops_it_again() {
    let ground = Ground::keeping(Duration::from_mins(5)).await;
    let mut charge = stopped(&ground).await;
    charge.amount = None;
    let desk = Desk::new(Permits::Granted);
    let ending = ground.run_confirmed(hotel("Wren Court"), charge, &desk).await;
    assert!(matches!(ending, Ending::Payment { .. }), "{ending:?}");
    assert!(desk.granted().is_empty());
    assert_eq!(ground.taken("wren-court").await.charges, 0);
}

#[tokio::test]
async fn a_page_that_was_let_go_is_driven_afresh() {
    for live in [Duration::ZERO, Duration::from_mins(5)] {
        let ground = Ground::keeping(live).await;
        let charge = stopped(&ground).await;
        assert_eq!(ground.agent().kept.len(), usize::from(!live.is_zero()));
        ground.agent().let_all_go();
        let desk = Desk::new(Permits::Granted);
        let ending = ground.run_confirmed(hotel("Wren Court"), charge, &desk).await;
        assert!(matches!(ending, Ending::Booked { .. }), "{ending:?}");
        assert_eq!(desk.steps().first().map(String::as_str), Some("open_site"));
    }
}

#[tokio::test]
async fn a_page_is_parked_when_its_time_is_over() {
    let ground = Ground::keeping(Duration::from_millis(1)).await;
    stopped(&ground).await;
    let parked = async {
        while ground.agent().kept.len() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), parked).await.unwrap();
}
