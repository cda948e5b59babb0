//! Nothing leaves a page that no action explains.

use super::*;
use crate::browser::observation::{Method, Target};
use crate::network::Refusal;

#[tokio::test]
async fn no_script_frame_worker_or_window_writes_by_itself() {
    let mut scene = Scene::at("/noise").await;
    // From here on the site knows the guest.
    let field = scene.field("email").await;
    scene.act(Action::Fill { field, value: Filling::Slot(Slot::Email) }).await.unwrap();
    let button = scene.button("Start").await;
    let target = Target::new(Method::Post, &scene.site.url("/what-was-judged"));
    let pressed = crate::gate::Cleared::for_tests(Action::Press { button }, Some(target));
    let done = scene.page.act(pressed).await;
    assert!(matches!(done, Err(PageError::Refused(Refusal::Unexplained))), "{done:?}");
    let seen = scene.seen().await;
    assert_eq!(seen.headings, ["undefined undefined undefined"], "the page has run to its end");
    let asked = scene.site.asked();
    assert!(asked.contains(&"GET /over".to_owned()), "{asked:?}");
    assert!(scene.site.written().is_empty(), "{asked:?}");
    for place in ["/socket", "/worker-socket", "/stream", "/window"] {
        assert!(!asked.iter().any(|asked| asked.contains(place)), "{place}: {asked:?}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_is_not_opened() {
    let mut scene = Scene::at("/near").await;
    let elsewhere = "http://127.0.0.2:9/".parse().unwrap();
    let Verdict::Allowed(entry) = Gate::new().entry(elsewhere) else { panic!("no entry") };
    let opened = scene.page.act(entry).await;
    assert!(matches!(opened, Err(PageError::Refused(Refusal::ForeignOrigin(_)))), "{opened:?}");
    assert_eq!(scene.seen().await.title, "Near", "the page stands as it stood");
}
