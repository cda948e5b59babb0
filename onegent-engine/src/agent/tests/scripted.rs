//! The sandbox's second storey: sites that scripts draw, in other languages, without a playbook. The heuristic planner in
//! Chromium, told no more than where each begins.

use super::chromium::{chromium, paid, reserved};
use super::*;

async fn ground() -> Ground {
    Ground::scripted().await.with(chromium())
}

#[tokio::test]
async fn tables_that_a_script_offers_are_booked_and_paid_for() {
    let ground = ground().await;
    reserved(&ground, restaurant("檜亭", "京都"), "hinokitei").await;
    paid(&ground, restaurant("月見茶房", "京都"), "tsukimi-sabo").await;
}

#[tokio::test]
async fn a_room_is_paid_for_after_days_in_a_calendar_and_guests_on_a_stepper() {
    let ground = ground().await;
    paid(&ground, hotel("Pousada do Ipê"), "pousada-ipe").await;
    let charges = ground.ledger().await.charges;
    assert_eq!((charges[0].party, charges[0].date), (2, requests::day().get()));
}

#[tokio::test]
async fn a_flight_is_paid_for_in_the_frame_of_the_processor() {
    let ground = ground().await;
    paid(&ground, flight("Stockholm", "Göteborg"), "norr-arn-got").await;
}

#[tokio::test]
async fn a_tour_far_down_a_list_is_paid_for_past_a_closed_shadow_tree() {
    let ground = ground().await;
    paid(&ground, activity("Warsztaty ceramiki", "Gdańsk"), "ceramics-workshop").await;
}

#[tokio::test]
async fn a_browser_that_runs_no_scripts_takes_nothing_there() {
    let ground = Ground::scripted().await;
    for request in [
        restaurant("檜亭", "京都"),
        hotel("Pousada do Ipê"),
        flight("Stockholm", "Göteborg"),
        activity("Warsztaty ceramiki", "Gdańsk"),
    ] {
        let ending = ground.run(request, &Desk::new(Permits::Granted)).await;
        assert!(matches!(ending, Ending::Failed { retry: false, .. }), "{ending:?}");
    }
    let counts = ground.ledger().await.counts;
    assert_eq!((counts.reservations, counts.charges), (0, 0));
}
