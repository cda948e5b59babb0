//! The sandbox's sites in Chromium: what the plain driver does there, a real browser does as well. All visits of a test
//! share one browser, as those of a server do.

use std::sync::Arc;

use onegent_core::request::BookingRequest;
use onegent_core::time::SystemClock;

use super::line::Fault;
use super::*;
use crate::browser::chromium::{ChromiumBrowser, ChromiumConfig};

pub(super) fn chromium() -> Arc<ChromiumBrowser> {
    Arc::new(ChromiumBrowser::new(&ChromiumConfig::default(), Arc::new(SystemClock)).unwrap())
}

/// Books what costs nothing, and checks that exactly one reservation was taken.
pub(super) async fn reserved(ground: &Ground, request: BookingRequest, entry: &str) {
    let desk = Desk::new(Permits::Granted);
    let ending = ground.run(request, &desk).await;
    assert!(matches!(ending, Ending::Booked { .. }), "{entry}: {ending:?} {:#?}", desk.events());
    let taken = ground.taken(entry).await;
    assert_eq!((taken.reservations, taken.charges, taken.repeats), (1, 0, 0), "{entry}");
    assert_eq!(desk.granted(), [SubmitKind::Reserve], "{entry}");
    let pictured = desk.pictured();
    let whole = pictured.len() >= 4 && pictured.last().is_some_and(|step| step == "confirmation");
    assert!(whole, "{entry}: {pictured:?}");
}

/// Stops at the payment, and pays once what a person confirmed.
pub(super) async fn paid(ground: &Ground, request: BookingRequest, entry: &str) {
    let desk = Desk::new(Permits::Granted);
    let Ending::Payment { charge, .. } = ground.run(request.clone(), &desk).await else {
        panic!("{entry}: {:#?}", desk.events())
    };
    let taken = ground.taken(entry).await;
    assert_eq!((taken.reservations, taken.charges, desk.granted().len()), (0, 0, 0), "{entry}");
    let ending = ground.run_confirmed(request, charge.clone(), &desk).await;
    assert!(matches!(ending, Ending::Booked { .. }), "{entry}: {ending:?} {:#?}", desk.events());
    let taken = ground.taken(entry).await;
    assert_eq!((taken.reservations, taken.charges, taken.repeats), (1, 1, 0), "{entry}");
    assert_eq!(desk.granted().len(), 1, "{entry}");
    let charges = ground.ledger().await.charges;
    let amounts: Vec<_> = charges.iter().map(|charged| charged.amount).collect();
    assert!(amounts.contains(&charge.amount.map(onegent_core::money::Money::value)), "{entry}: {amounts:?}");
}

#[tokio::test]
async fn every_kind_of_site_is_booked_in_chromium() {
    let ground = Ground::driving(None, chromium()).await;
    tokio::join!(
        async {
            reserved(&ground, restaurant("Carbone", "New York"), "carbone").await;
            reserved(&ground, hotel("Pension Morgenrot"), "pension-morgenrot").await;
            reserved(&ground, restaurant("Da Nino al Ponte", "Rome"), "da-nino-al-ponte").await;
            paid(&ground, flight("JFK", "LAX"), "cobalt-jfk-lax").await;
        },
        async {
            reserved(&ground, activity("Park Sketch Walk", "New York"), "park-sketch-walk").await;
            reserved(&ground, restaurant("Kantstraße Neun", "Berlin"), "kantstrasse-neun").await;
            reserved(&ground, hotel("Havel Terrassen"), "havel-terrassen").await;
            paid(&ground, activity("Skyline Ferry at Dusk", "New York"), "skyline-ferry").await;
        },
        async {
            paid(&ground, hotel("Wren Court"), "wren-court").await;
            paid(&ground, restaurant("Marlowe & Finch", "London"), "marlowe-and-finch").await;
        },
    );
}

#[tokio::test]
async fn walls_and_sold_out_sites_are_known_in_chromium() {
    let ground = Ground::driving(None, chromium()).await;
    for (request, wanted) in [
        (restaurant("La Verrière Bleue", "Paris"), PersonWanted::Login),
        (hotel("Villa Serpentara"), PersonWanted::Captcha),
    ] {
        let ending = ground.run(request, &Desk::new(Permits::Granted)).await;
        let Ending::NeedsPerson { wanted: found, .. } = ending else { panic!("{ending:?}") };
        assert_eq!(found, wanted);
    }
    for request in [hotel("Ashgrove Hotel"), flight("LHR", "FCO"), restaurant("No Such Place", "London")] {
        let ending = ground.run(request.clone(), &Desk::new(Permits::Granted)).await;
        assert!(matches!(ending, Ending::NoAvailability { .. }), "{request:?}: {ending:?}");
    }
    let counts = ground.ledger().await.counts;
    assert_eq!((counts.reservations, counts.charges), (0, 0));
}

#[tokio::test]
async fn a_lost_answer_in_chromium_is_made_up_for_or_unknown_and_never_sent_again() {
    for confirmation_too in [false, true] {
        let fault = Fault { request: ("POST", "/review"), arrives: true, confirmation_too, says: "" };
        let ground = Ground::driving(Some(fault), chromium()).await;
        let desk = Desk::new(Permits::Granted);
        let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
        if confirmation_too {
            assert!(matches!(ending, Ending::OutcomeUnknown { .. }), "{ending:?}");
        } else {
            assert!(matches!(ending, Ending::Booked { confirmation_code: Some(_), .. }), "{ending:?}");
        }
        let taken = ground.taken("carbone").await;
        assert_eq!((taken.reservations, taken.repeats), (1, 0));
    }
}

#[tokio::test]
async fn a_permit_that_is_over_sends_nothing_in_chromium() {
    let ground = Ground::driving(None, chromium()).await;
    let desk = Desk::new(Permits::Over);
    let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
    let Ending::Failed { error, retry: false } = ending else { panic!("{ending:?}") };
    assert_eq!(error.code, JobErrorCode::SubmitRefused);
    assert_eq!(ground.ledger().await.counts.reservations, 0);
}

#[tokio::test]
async fn a_browser_that_ends_in_the_middle_is_a_reason_to_try_again() {
    let browser = chromium();
    let ground = Ground::driving(None, browser.clone()).await;
    let desk = Desk::new(Permits::Granted);
    let request = restaurant("Carbone", "New York");
    let ends_browser = async {
        desk.reached("guest_details").await;
        browser.crash().await;
    };
    let (ending, ()) = tokio::join!(ground.run(request.clone(), &desk), ends_browser);
    assert!(matches!(ending, Ending::Failed { retry: true, .. }), "{ending:?}");
    reserved(&ground, request, "carbone").await;
}
