//! What trips agents on real sites, as the sandbox's entries do it.

use onegent_core::audit::AuditKind;
use onegent_core::request::BookingRequest;
use onegent_core::text::Text;

use super::requests::{flight_on, hotel_from, odd_day, restaurant_at};
use super::*;

/// Books what costs nothing, and checks that exactly one reservation was taken.
async fn reserved(request: BookingRequest, entry: &str) -> (Desk, Option<String>) {
    let (desk, code, found) = looked_up(request, entry).await;
    assert_eq!(found, LookUp::Found { confirmation_code: code.clone() }, "{entry}");
    (desk, code.map(|code| code.to_string()))
}

/// The same, with what the site's look-up says of it afterwards.
async fn looked_up(request: BookingRequest, entry: &str) -> (Desk, Option<Text<64>>, LookUp) {
    let ground = Ground::open().await;
    let desk = Desk::new(Permits::Granted);
    let ending = ground.run(request.clone(), &desk).await;
    let Ending::Booked { confirmation_code, .. } = ending else {
        panic!("{entry}: {ending:?} {:#?}", desk.events())
    };
    let taken = ground.taken(entry).await;
    assert_eq!((taken.reservations, taken.charges, taken.repeats), (1, 0, 0), "{entry}");
    assert_eq!(desk.granted(), [SubmitKind::Reserve], "{entry}");
    let found = ground.look_up(request, None).await;
    (desk, confirmation_code, found)
}

/// Runs to an ending that took nothing and asked for no permit.
async fn nothing(request: BookingRequest) -> (Desk, Ending) {
    let ground = Ground::open().await;
    let desk = Desk::new(Permits::Granted);
    let ending = ground.run(request.clone(), &desk).await;
    let counts = ground.ledger().await.counts;
    assert_eq!((counts.reservations, counts.charges), (0, 0), "{ending:?}");
    assert!(desk.granted().is_empty(), "{ending:?}");
    assert_eq!(ground.look_up(request, None).await, LookUp::NotFound);
    (desk, ending)
}

#[tokio::test]
async fn what_costs_nothing_is_reserved_on_every_kind_of_site() {
    reserved(hotel("The Alder House"), "the-alder-house").await;
    reserved(activity("Park Sketch Walk", "New York"), "park-sketch-walk").await;
    reserved(restaurant("pomfret's", "London"), "pomfrets").await;
    reserved(restaurant("Maison Aubrac", "Paris"), "maison-aubrac").await;
}

#[tokio::test]
async fn a_city_is_enough_for_a_hotel() {
    let (_, _, found) = looked_up(hotel("New York"), "the-alder-house").await;
    // A city names no hotel: the guest may have another booking there.
    assert_eq!(found, LookUp::Unknown);
}

#[tokio::test]
async fn a_confirmation_without_a_code_is_one() {
    for (request, entry) in [
        (restaurant("Casa Mirto", "Rome"), "casa-mirto"),
        (hotel("Pension Morgenrot"), "pension-morgenrot"),
        (activity("Villa Garden Drawing", "Rome"), "villa-garden-drawing"),
    ] {
        let (_, code) = reserved(request, entry).await;
        assert_eq!(code, None, "{entry}");
    }
}

#[tokio::test]
async fn slow_pages_and_one_failure_are_outlasted() {
    reserved(restaurant("Da Nino al Ponte", "Rome"), "da-nino-al-ponte").await;
    reserved(hotel("Casa Fontanella"), "casa-fontanella").await;
    for (request, entry) in [
        (restaurant("Lindenhof Kantine", "Berlin"), "lindenhof-kantine"),
        (hotel("Havel Terrassen"), "havel-terrassen"),
        (activity("The Wall by Tram", "Berlin"), "wall-by-tram"),
    ] {
        let (desk, _) = reserved(request, entry).await;
        assert!(desk.has(AuditKind::StepAttempt), "{entry}");
    }
}

#[tokio::test]
async fn a_cookie_banner_is_closed() {
    let (desk, _) = reserved(restaurant("Kantstraße Neun", "Berlin"), "kantstrasse-neun").await;
    assert!(desk.steps().contains(&"banner".to_owned()));
}

#[tokio::test]
async fn another_time_within_the_consent_is_taken_and_told() {
    let (desk, _) = reserved(restaurant_at("Salt & Cinder", "London", "20:00"), "salt-and-cinder").await;
    assert!(desk.has(AuditKind::TimeAdjusted));
}

#[tokio::test]
async fn another_time_beyond_the_consent_is_offered_and_not_taken() {
    let ground = Ground::open().await;
    let desk = Desk::new(Permits::Granted);
    let mut assignment = ground.assignment(restaurant_at("Salt & Cinder", "London", "20:00"));
    assignment.consent.allow_time_adjustment = false;
    let ending = ground.run_with(assignment, &desk).await;
    let Ending::NoAvailability { alternatives } = ending else { panic!("{ending:?}") };
    assert!(
        alternatives.iter().any(|offer| offer.time.is_some() && offer.date.is_some()),
        "{alternatives:?}"
    );
    assert_eq!(ground.ledger().await.counts.reservations, 0);
}

#[tokio::test]
async fn other_days_are_offered_and_not_taken() {
    for request in [hotel_from("The Ferry Lodge", odd_day()), flight_on("LHR", "CDG", odd_day())] {
        let (_, ending) = nothing(request).await;
        let Ending::NoAvailability { alternatives } = ending else { panic!("{ending:?}") };
        assert!(alternatives.iter().any(|offer| offer.date.is_some()), "{alternatives:?}");
    }
}

#[tokio::test]
async fn sold_out_is_no_availability() {
    for request in [
        restaurant("The Quiet Goose", "London"),
        hotel("Ashgrove Hotel"),
        flight("LHR", "FCO"),
        activity("The Clockmakers' Attic", "London"),
        restaurant("No Such Place", "London"),
        restaurant("Carbone", "Reykjavik"),
        flight("JFK", "Atlantis"),
    ] {
        let (_, ending) = nothing(request.clone()).await;
        let Ending::NoAvailability { alternatives } = ending else { panic!("{request:?}: {ending:?}") };
        assert!(alternatives.is_empty(), "{alternatives:?}");
    }
}

#[tokio::test]
async fn walls_are_left_to_a_person() {
    for (request, wanted) in [
        (restaurant("La Verrière Bleue", "Paris"), PersonWanted::Login),
        (hotel("Palazzo Ginestra"), PersonWanted::Login),
        (flight("LHR", "HND"), PersonWanted::Login),
        (activity("Aqueducts by Bike", "Rome"), PersonWanted::Login),
        (restaurant("Trattoria Sette Lune", "Rome"), PersonWanted::Captcha),
        (hotel("Villa Serpentara"), PersonWanted::Captcha),
        (flight("LHR", "BER"), PersonWanted::Captcha),
        (activity("Catacombs by Lantern", "Rome"), PersonWanted::Captcha),
    ] {
        let (_, ending) = nothing(request).await;
        let Ending::NeedsPerson { wanted: found, .. } = ending else { panic!("{ending:?}") };
        assert_eq!(found, wanted);
    }
}

#[tokio::test]
async fn a_run_whose_time_is_over_stops() {
    let ground = Ground::open().await;
    let desk = Desk::new(Permits::Granted);
    let mut assignment = ground.assignment(restaurant("Carbone", "New York"));
    assignment.deadline = jiff::Timestamp::UNIX_EPOCH;
    let ending = ground.run_with(assignment, &desk).await;
    let Ending::Failed { error, retry: false } = ending else { panic!("{ending:?}") };
    assert_eq!(error.code, JobErrorCode::TimeLimit);
    assert_eq!(ground.ledger().await.counts.reservations, 0);
}

#[tokio::test]
async fn a_site_that_is_not_there_may_be_tried_again() {
    let ground = Ground::open().await;
    let sandbox = crate::agent::SandboxOrigins {
        sites: "http://127.0.0.1:1".parse().unwrap(),
        payments: "http://127.0.0.1:1".parse().unwrap(),
    };
    let config = crate::agent::AgentConfig { sandbox: Some(sandbox), ..Default::default() };
    let agent = crate::agent::Agent::new(&config).unwrap();
    let desk = Desk::new(Permits::Granted);
    let ending = agent.run(ground.assignment(restaurant("Carbone", "New York")), &desk).await;
    let Ending::Failed { error, retry: true } = ending else { panic!("{ending:?}") };
    assert_eq!(error.code, JobErrorCode::ProviderUnreachable);
}

#[tokio::test]
async fn no_provider_is_said_so() {
    let ground = Ground::open().await;
    let desk = Desk::new(Permits::Granted);
    let mut assignment = ground.assignment(restaurant("Carbone", "New York"));
    assignment.environment = onegent_core::caller::Environment::Live;
    let ending = ground.run_with(assignment, &desk).await;
    let Ending::Failed { error, retry: false } = ending else { panic!("{ending:?}") };
    assert_eq!(error.code, JobErrorCode::NoProvider);
}
