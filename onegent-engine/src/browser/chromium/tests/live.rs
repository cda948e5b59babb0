//! Watching a page.

use std::time::Duration;

use onegent_core::port::LivePicture;

use super::*;
use crate::browser::live::Watching;

async fn picture(watching: &mut Watching) -> Option<LivePicture> {
    tokio::time::timeout(Duration::from_secs(20), watching.next()).await.expect("a picture comes")
}

#[tokio::test]
async fn a_page_is_watched_as_it_changes_by_one_viewer_at_a_time() {
    let mut scene = Scene::at("/guest").await;
    let live = scene.page.live().unwrap();
    let mut watching = live.watch().unwrap();
    let first = picture(&mut watching).await.unwrap();
    assert!(first.jpeg.starts_with(&[0xff, 0xd8]) && first.width >= 800, "{first:?}");
    watching.seen();
    scene.go("/everything").await;
    let second = picture(&mut watching).await.unwrap();
    assert_ne!(first.jpeg, second.jpeg);
    let mut other = live.watch().unwrap();
    // What was on its way still comes, and nothing more.
    watching.seen();
    while picture(&mut watching).await.is_some() {
        watching.seen();
    }
    assert!(picture(&mut other).await.is_some());
    assert!(live.is_open());
    drop(scene.page);
    other.seen();
    while picture(&mut other).await.is_some() {
        other.seen();
    }
    assert!(!live.is_open() && live.watch().is_none());
}
