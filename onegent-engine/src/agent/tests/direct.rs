//! Sites that requests name: nothing is known of them but their address.

use super::*;

#[tokio::test]
async fn a_named_site_is_booked_whatever_is_known_of_it_and_no_other_is_visited() {
    let ground = Ground::open().await;
    let desk = Desk::new(Permits::Granted);
    let site: onegent_core::site::SiteUrl = format!("{}/tours/", ground.sites()).parse().unwrap();
    let mut assignment = ground.assignment(activity("Park Sketch Walk", "New York").on(Some(site.clone())));
    assignment.providers = vec![site.provider().clone()];
    let ending = ground.run_with(assignment, &desk).await;
    assert!(matches!(ending, Ending::Booked { .. }), "{ending:?}");
    assert_eq!(ground.taken("park-sketch-walk").await.reservations, 1);
    assert_eq!(desk.providers(), [site.provider().clone()]);
}

#[tokio::test]
async fn a_site_outside_the_sandbox_is_not_visited_in_it() {
    let ground = Ground::open().await;
    let desk = Desk::new(Permits::Granted);
    let site: onegent_core::site::SiteUrl = "https://www.example.com/book".parse().unwrap();
    let mut assignment = ground.assignment(restaurant("Carbone", "New York").on(Some(site.clone())));
    assignment.providers = vec![site.provider().clone()];
    let ending = ground.run_with(assignment, &desk).await;
    let Ending::Failed { error, retry: false } = ending else { panic!("{ending:?}") };
    assert_eq!(error.code, JobErrorCode::NoProvider);
    assert_eq!((desk.events(), ground.ledger().await.counts.reservations), (Vec::new(), 0));
}
