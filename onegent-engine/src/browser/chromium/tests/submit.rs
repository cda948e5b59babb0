//! The one submit.

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use onegent_core::id::{JobId, PermitId};
use onegent_core::machine::{Permit, SubmitKind};
use onegent_core::time::Clock as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::network::Refusal;
use crate::payment::SubmitPermit;

/// The guest's details are in, and the last button is armed.
async fn armed(path: &str) -> (Scene, Armed) {
    let scene = Scene::new().await;
    let url = scene.site.url(path);
    armed_at(scene, &url).await
}

async fn armed_at(mut scene: Scene, url: &Url) -> (Scene, Armed) {
    scene.page = open(&scene.browser, [url.origin()]).await;
    let armed = scene.fill_in(url.clone()).await;
    (scene, armed)
}

#[tokio::test]
async fn the_submit_goes_out_once_and_nothing_goes_with_it() {
    let (mut scene, armed) = armed("/guest").await;
    scene.page.arm(&armed).await.unwrap();
    assert!(scene.site.written().is_empty(), "it waits");
    scene.page.submit(armed, permit(60)).await.unwrap();
    assert_eq!(scene.site.written(), ["POST /book email=philippa.q%40example.org"]);
    let seen = scene.seen().await;
    assert_eq!((seen.headings, seen.reloadable), (vec!["Booked".to_owned()], false));
}

#[tokio::test]
async fn a_press_that_sends_nothing_is_known_to_have_sent_nothing() {
    let (mut scene, armed) = armed("/guest?dead").await;
    let made = scene.page.arm(&armed).await;
    assert!(matches!(made, Err(PageError::Unusable(_))), "{made:?}");
    assert!(scene.site.written().is_empty());
}

/// The page's question is answered with yes, which agrees to no price.
#[tokio::test]
async fn a_question_that_names_a_price_which_the_page_does_not_show_sends_nothing() {
    let (mut scene, armed) = armed("/guest?costs").await;
    let made = scene.page.arm(&armed).await;
    assert!(matches!(made, Err(PageError::Refused(Refusal::Pays))), "{made:?}");
    let sent = scene.page.submit(armed, permit(60)).await;
    assert!(matches!(sent, Err(SubmitError::NotSent(_))), "{sent:?}");
    assert!(scene.site.written().is_empty());
}

#[tokio::test]
async fn a_page_that_is_dropped_before_the_permit_takes_its_submit_along() {
    let (mut scene, armed) = armed("/guest").await;
    scene.page.arm(&armed).await.unwrap();
    // What is asked of the browser now comes after the end of the page.
    scene.page = open(&scene.browser, scene.site.origins()).await;
    scene.go("/near").await;
    assert!(scene.site.written().is_empty());
}

#[tokio::test]
async fn a_permit_that_is_over_sends_nothing_in_chromium() {
    let (mut scene, armed) = armed("/guest").await;
    scene.page.arm(&armed).await.unwrap();
    let sent = scene.page.submit(armed, permit(-1)).await;
    assert!(matches!(sent, Err(SubmitError::NotSent(PageError::Refused(_)))), "{sent:?}");
    assert!(scene.site.written().is_empty());
    assert_eq!(scene.seen().await.headings, ["Your details"]);
}

/// A line that breaks after the request and before the answer: the browser must not send it a second time by itself.
#[tokio::test]
async fn a_submit_without_an_answer_is_not_repeated() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let posts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&posts);
    drop(tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(tokio::spawn(breaks_at_posts(stream, Arc::clone(&counted))));
        }
    }));
    let url: Url = format!("http://{at}/guest").parse().unwrap();
    let (mut scene, armed) = armed_at(Scene::new().await, &url).await;
    scene.page.arm(&armed).await.unwrap();
    let sent = scene.page.submit(armed, permit(60)).await;
    assert!(matches!(sent, Err(SubmitError::Unread(_))), "{sent:?}");
    assert_eq!(posts.load(Ordering::SeqCst), 1);
}

/// Serves the guest's page again and again on one connection, and hangs up on whoever posts.
async fn breaks_at_posts(mut stream: TcpStream, posts: Arc<AtomicUsize>) {
    let page = include_str!("pages/guest.html");
    let mut request = Vec::new();
    loop {
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(read @ 1..) => request.extend_from_slice(&piece[..read]),
            _ => return,
        }
        if !request.windows(4).any(|four| four == b"\r\n\r\n") {
            continue;
        }
        if request.starts_with(b"POST") {
            posts.fetch_add(1, Ordering::SeqCst);
            return;
        }
        request.clear();
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n", page.len());
        if stream.write_all(format!("{head}{page}").as_bytes()).await.is_err() {
            return;
        }
    }
}

fn permit(lives: i64) -> SubmitPermit {
    let id = PermitId::generate(Timestamp::UNIX_EPOCH, [3; 10]);
    let deadline = SystemClock.now() + SignedDuration::from_secs(lives);
    let permit = Permit { id, kind: SubmitKind::Reserve, deadline };
    SubmitPermit::for_tests(JobId::generate(Timestamp::UNIX_EPOCH, [7; 10]), permit)
}
