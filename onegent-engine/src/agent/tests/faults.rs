//! Lines that break around the one irreversible request.

use super::line::Fault;
use super::*;

const SUBMIT: (&str, &str) = ("POST", "/review");

#[tokio::test]
async fn a_lost_answer_is_made_up_for_by_reading_the_confirmation() {
    let fault = Fault { request: SUBMIT, arrives: true, confirmation_too: false, says: "" };
    let ground = Ground::behind(Some(fault)).await;
    let desk = Desk::new(Permits::Granted);
    let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
    let Ending::Booked { confirmation_code: Some(code), .. } = ending else { panic!("{ending:?}") };
    assert_eq!(ground.last_code().await.as_deref(), Some(code.as_str()));
    let taken = ground.taken("carbone").await;
    assert_eq!((taken.reservations, taken.repeats), (1, 0));
}

#[tokio::test]
async fn a_submit_whose_outcome_stays_unread_is_unknown_and_never_sent_again() {
    let fault = Fault { request: SUBMIT, arrives: true, confirmation_too: true, says: "" };
    let ground = Ground::behind(Some(fault)).await;
    let desk = Desk::new(Permits::Granted);
    let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
    let Ending::OutcomeUnknown { evidence } = ending else { panic!("{ending:?}") };
    assert!(evidence.page_text.is_some());
    let taken = ground.taken("carbone").await;
    assert_eq!((taken.reservations, taken.repeats), (1, 0));
    let code = ground.last_code().await.map(|code| code.parse().unwrap());
    assert_eq!(
        ground.look_up(restaurant("Carbone", "New York"), None).await,
        LookUp::Found { confirmation_code: code }
    );
    // Another restaurant on that day for as many: this booking does not answer for it.
    assert_eq!(ground.look_up(restaurant("Corner Owl", "New York"), None).await, LookUp::Unknown);
}

#[tokio::test]
async fn a_submit_that_never_arrives_is_unknown_and_the_look_up_has_none() {
    let fault = Fault { request: SUBMIT, arrives: false, confirmation_too: false, says: "" };
    let ground = Ground::behind(Some(fault)).await;
    let desk = Desk::new(Permits::Granted);
    let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
    assert!(matches!(ending, Ending::OutcomeUnknown { .. }), "{ending:?}");
    assert_eq!(ground.ledger().await.counts.reservations, 0);
    assert_eq!(ground.look_up(restaurant("Carbone", "New York"), None).await, LookUp::NotFound);
}

#[tokio::test]
async fn a_charge_whose_answer_is_lost_is_charged_once() {
    let fault = Fault { request: ("POST", "/payment"), arrives: true, confirmation_too: true, says: "" };
    let ground = Ground::behind(Some(fault)).await;
    let desk = Desk::new(Permits::Granted);
    // This entry books and charges every submit that it gets.
    let request = restaurant("Juniper Row", "London");
    let Ending::Payment { charge, .. } = ground.run(request.clone(), &desk).await else { panic!() };
    let ending = ground.run_confirmed(request, charge, &desk).await;
    assert!(matches!(ending, Ending::OutcomeUnknown { .. }), "{ending:?}");
    assert_eq!(ground.taken("juniper-row").await.charges, 1);
}

#[tokio::test]
async fn a_line_that_breaks_before_the_submit_may_be_tried_again() {
    let fault = Fault { request: ("POST", "/guest"), arrives: true, confirmation_too: false, says: "" };
    let ground = Ground::behind(Some(fault)).await;
    let desk = Desk::new(Permits::Granted);
    let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
    let Ending::Failed { error, retry: true } = ending else { panic!("{ending:?}") };
    assert_eq!(error.code, JobErrorCode::ProviderUnreachable);
    assert!(desk.granted().is_empty());
}

#[tokio::test]
async fn a_refusal_counts_only_when_the_look_up_has_no_booking_either() {
    let says = "<h1>The price has changed</h1>";
    for arrives in [true, false] {
        let fault = Fault { request: SUBMIT, arrives, confirmation_too: false, says };
        let ground = Ground::behind(Some(fault)).await;
        let desk = Desk::new(Permits::Granted);
        let ending = ground.run(restaurant("Carbone", "New York"), &desk).await;
        assert_eq!(ground.taken("carbone").await.reservations, usize::from(arrives));
        if arrives {
            assert!(matches!(ending, Ending::OutcomeUnknown { .. }), "{ending:?}");
        } else {
            let Ending::Failed { error, retry: false } = ending else { panic!("{ending:?}") };
            assert_eq!(error.code, JobErrorCode::SubmitRefused);
        }
    }
}
