//! Where money is asked for.

use onegent_core::charge::Charge;
use onegent_core::request::BookingRequest;

use super::*;

/// Runs to the payment, and checks that nothing was taken and no permit asked for.
async fn paused(ground: &Ground, request: BookingRequest, entry: &str) -> Charge {
    let desk = Desk::new(Permits::Granted);
    let ending = ground.run(request, &desk).await;
    let Ending::Payment { charge, evidence } = ending else {
        panic!("{entry}: {ending:?} {:#?}", desk.events())
    };
    let taken = ground.taken(entry).await;
    assert_eq!((taken.reservations, taken.charges), (0, 0), "{entry}");
    assert!(desk.granted().is_empty(), "{entry}");
    assert!(
        evidence
            .page_text
            .is_some_and(|text| text.contains("Total to pay now") || text.contains("held on your card"))
    );
    charge
}

/// Runs to the payment, confirms what it showed, and checks that exactly that was taken, once.
async fn paid(request: BookingRequest, entry: &str) -> Charge {
    let ground = Ground::open().await;
    let charge = paused(&ground, request.clone(), entry).await;
    let again = paused(&ground, request.clone(), entry).await;
    assert_eq!(charge, again, "two drives to the same page read the same charge");
    let desk = Desk::new(Permits::Granted);
    let ending = ground.run_confirmed(request.clone(), charge.clone(), &desk).await;
    let Ending::Booked { confirmation_code, .. } = ending else {
        panic!("{entry}: {ending:?} {:#?}", desk.events())
    };
    let taken = ground.taken(entry).await;
    assert_eq!((taken.reservations, taken.charges, taken.repeats), (1, 1, 0), "{entry}");
    assert_eq!(desk.granted().len(), 1, "{entry}");
    let ledger = ground.ledger().await;
    let amount = charge.amount.unwrap();
    assert_eq!(ledger.charges[0].amount, Some(amount.value()));
    assert_eq!(
        ledger.charges[0].code.as_deref(),
        confirmation_code.as_ref().map(onegent_core::text::Text::as_str)
    );
    let found = ground.look_up(request, Some(&charge)).await;
    assert_eq!(found, LookUp::Found { confirmation_code }, "{entry}");
    charge
}

#[tokio::test]
async fn a_prepaid_hotel_is_paid_once_after_its_confirmation() {
    let charge = paid(hotel("Wren Court"), "wren-court").await;
    assert_eq!(charge.kind, ChargeKind::Payment);
    assert_eq!(charge.merchant.as_str(), "Wren Court");
    let labels: Vec<_> = charge.facts.iter().map(|fact| fact.label.as_str()).collect();
    let page = ["Hotel", "Room", "Check-in", "Check-out", "Guests"];
    let pressed = ["Button pressed", "Chosen in the form", "Sent unseen"];
    assert_eq!(labels, [&page[..], &pressed].concat());
}

#[tokio::test]
async fn a_flight_is_paid_once_after_its_confirmation() {
    let charge = paid(flight("JFK", "LAX"), "cobalt-jfk-lax").await;
    assert_eq!(charge.kind, ChargeKind::Payment);
    assert_eq!(charge.merchant.as_str(), "Cobalt Airways");
}

#[tokio::test]
async fn an_activity_is_paid_once_after_its_confirmation() {
    let charge = paid(activity("Skyline Ferry at Dusk", "New York"), "skyline-ferry").await;
    assert_eq!(charge.kind, ChargeKind::Payment);
}

#[tokio::test]
async fn a_card_hold_counts_as_money() {
    let charge = paid(restaurant("Osteria Lanterna", "New York"), "osteria-lanterna").await;
    assert_eq!(charge.kind, ChargeKind::CardHold);
    assert!(charge.terms.unwrap().as_str().contains("50 %"));
}

#[tokio::test]
async fn a_pay_button_called_continue_pays() {
    paid(restaurant("Hoshi Counter", "Tokyo"), "hoshi-counter").await;
    paid(hotel("Sumire Inn"), "sumire-inn").await;
    paid(flight("JFK", "BER"), "cobalt-jfk-ber").await;
    paid(activity("Uptown Jazz Evening", "New York"), "uptown-jazz-evening").await;
}

#[tokio::test]
async fn a_payment_form_in_a_foreign_frame_pays() {
    paid(restaurant("Kumo no Ma", "Tokyo"), "kumo-no-ma").await;
    paid(hotel("Kawabe Gate"), "kawabe-gate").await;
    paid(flight("JFK", "HND"), "tsubame-jfk-hnd").await;
    paid(activity("Woodblock Workshop", "Tokyo"), "woodblock-workshop").await;
}

#[tokio::test]
async fn page_text_that_orders_to_pay_changes_nothing() {
    paid(restaurant("Harbor & Vine", "New York"), "harbor-and-vine").await;
    paid(hotel("The Gilded Heron"), "the-gilded-heron").await;
    paid(flight("FCO", "HND"), "tsubame-fco-hnd").await;
    paid(activity("Rooftop Stargazing", "New York"), "rooftop-stargazing").await;
}

#[tokio::test]
async fn a_site_that_books_every_submit_gets_one() {
    paid(restaurant("Juniper Row", "London"), "juniper-row").await;
    paid(hotel("Canal & Crown"), "canal-and-crown").await;
    paid(flight("FCO", "BER"), "mistral-fco-ber").await;
    paid(activity("Letterpress Morning", "London"), "letterpress-morning").await;
}

#[tokio::test]
async fn a_price_that_changes_at_payment_is_the_one_that_is_shown() {
    for (request, entry) in [
        (restaurant("Marlowe & Finch", "London"), "marlowe-and-finch"),
        (hotel("Hôtel des Tilleuls"), "hotel-des-tilleuls"),
        (flight("JFK", "CDG"), "cobalt-jfk-cdg"),
        (activity("Left Bank Baking Class", "Paris"), "left-bank-baking"),
    ] {
        let _charge = paid(request, entry).await;
    }
}

#[tokio::test]
async fn a_price_that_changes_after_the_confirmation_is_not_paid() {
    for (request, entry) in [
        (restaurant("Petit Corbeau", "Paris"), "petit-corbeau"),
        (hotel("Hôtel Aubépine"), "hotel-aubepine"),
        (flight("JFK", "FCO"), "nordlys-jfk-fco"),
        (activity("Montmartre Organ Loft", "Paris"), "organ-loft"),
    ] {
        let ground = Ground::open().await;
        let shown = paused(&ground, request.clone(), entry).await;
        let desk = Desk::new(Permits::Granted);
        let ending = ground.run_confirmed(request.clone(), shown.clone(), &desk).await;
        let Ending::Payment { charge: changed, .. } = ending else { panic!("{entry}: {ending:?}") };
        assert_ne!(shown.amount, changed.amount, "{entry}");
        assert_eq!(
            (shown.merchant, shown.description, shown.terms),
            (changed.merchant.clone(), changed.description.clone(), changed.terms.clone())
        );
        assert!(desk.granted().is_empty(), "{entry}");
        assert_eq!(ground.taken(entry).await.charges, 0, "{entry}");
        let ending = ground.run_confirmed(request, changed, &desk).await;
        assert!(matches!(ending, Ending::Booked { .. }), "{entry}: {ending:?}");
        assert_eq!(ground.taken(entry).await.charges, 1, "{entry}");
    }
}

#[tokio::test]
async fn a_confirmation_of_something_else_pays_nothing() {
    let ground = Ground::open().await;
    let request = hotel("Wren Court");
    let shown = paused(&ground, request.clone(), "wren-court").await;
    let changes: [fn(&mut Charge); 5] = [
        |charge| charge.amount = None,
        |charge| charge.merchant = "Wren Courts".parse().unwrap(),
        |charge| charge.terms = None,
        |charge| drop(charge.facts.pop()),
        |charge| charge.kind = ChargeKind::CardHold,
    ];
    for change in changes {
        let mut other = shown.clone();
        change(&mut other);
        let desk = Desk::new(Permits::Granted);
        let ending = ground.run_confirmed(request.clone(), other, &desk).await;
        let Ending::Payment { charge, .. } = ending else { panic!("{ending:?}") };
        assert_eq!(charge, shown);
        assert!(desk.granted().is_empty());
    }
    assert_eq!(ground.taken("wren-court").await.charges, 0);
}

#[tokio::test]
async fn without_a_permit_nothing_is_submitted() {
    let ground = Ground::open().await;
    let desk = Desk::new(Permits::Refused);
    let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
    let Ending::Failed { error, retry: false } = ending else { panic!("{ending:?}") };
    assert_eq!(error.code, JobErrorCode::BlockedByGate);
    let charge = paused(&ground, hotel("Wren Court"), "wren-court").await;
    let ending = ground.run_confirmed(hotel("Wren Court"), charge, &desk).await;
    assert!(matches!(ending, Ending::Failed { retry: false, .. }), "{ending:?}");
    let counts = ground.ledger().await.counts;
    assert_eq!((counts.reservations, counts.charges), (0, 0));
}

#[tokio::test]
async fn a_permit_that_is_over_sends_nothing() {
    let ground = Ground::open().await;
    let desk = Desk::new(Permits::Over);
    let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
    let Ending::Failed { error, retry: false } = ending else { panic!("{ending:?}") };
    assert_eq!(error.code, JobErrorCode::SubmitRefused);
    assert_eq!(ground.ledger().await.counts.reservations, 0);
}
