//! The live page's socket: who may open it, what comes over it, and when it ends.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use onegent_core::id::JobId;
use onegent_core::status::JobStatus;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::tungstenite::{Error, http};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::world::{ANAS_COOKIE, ANAS_KEY, BENS_COOKIE, World};

const OUR_PAGE: &str = "http://127.0.0.1:8080";

/// A server on a real socket.
struct Served {
    world: World,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
}

impl Served {
    async fn new() -> Self {
        let world = World::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = onegent_http::serve(listener, world.router.clone(), Duration::ZERO, async {
            drop(stopped.await);
        });
        drop(tokio::spawn(serve));
        Self { world, address, stop }
    }

    /// Opens the socket of a job, with these headers beside those of the handshake.
    async fn open(
        &self,
        job: JobId,
        headers: &[(&'static str, &str)],
    ) -> Result<WebSocketStream<TcpStream>, u16> {
        let mut request = format!("ws://localhost/jobs/{job}/live").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, http::HeaderValue::from_str(value).unwrap());
        }
        let stream = TcpStream::connect(self.address).await.unwrap();
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }

    async fn open_for_ana(&self, job: JobId) -> WebSocketStream<TcpStream> {
        self.open(job, &[("cookie", ANAS_COOKIE), ("origin", OUR_PAGE)]).await.unwrap()
    }
}

async fn next(socket: &mut WebSocketStream<TcpStream>) -> Option<Message> {
    tokio::time::timeout(Duration::from_secs(10), socket.next()).await.unwrap().and_then(Result::ok)
}

#[tokio::test]
async fn pictures_come_one_by_one_as_they_are_seen() {
    let served = Served::new().await;
    let mut socket = served.open_for_ana(served.world.job(1, JobStatus::Running)).await;
    assert_eq!(next(&mut socket).await, Some(Message::text(r#"{"is":"no_page"}"#)));
    for number in 2..5 {
        let picture = [5, 0, 2, 208, number];
        assert_eq!(next(&mut socket).await, Some(Message::binary(picture.to_vec())));
        socket.send(Message::text(r#"{"do":"seen"}"#)).await.unwrap();
    }
}

#[tokio::test]
async fn a_page_that_was_taken_over_is_told_what_the_person_does_until_they_give_it_back() {
    let served = Served::new().await;
    let mut socket = served.open_for_ana(served.world.job(1, JobStatus::Captcha)).await;
    assert_eq!(next(&mut socket).await, Some(Message::text(r#"{"is":"no_page"}"#)));
    assert_eq!(next(&mut socket).await, Some(Message::binary(vec![5, 0, 2, 208, 2])));
    for (said, heard) in [
        (r#"{"do":"take"}"#, r#"{"is":"yours","seconds":60}"#),
        (r#"{"do":"take"}"#, r#"{"is":"refused","code":"nothing_to_confirm","say":"It is yours already."}"#),
    ] {
        socket.send(Message::text(said)).await.unwrap();
        assert_eq!(next(&mut socket).await, Some(Message::text(heard)));
    }
    for (said, picture) in [
        (r#"{"do":"type","c":"A"}"#, 66),
        (r#"{"do":"press","x":70,"y":1,"n":2}"#, 73),
        (r#"{"do":"wheel","x":1,"y":1,"down":80}"#, 81),
        (r#"{"do":"key","key":"Tab"}"#, 2),
    ] {
        socket.send(Message::text(said)).await.unwrap();
        assert_eq!(next(&mut socket).await, Some(Message::binary(vec![5, 0, 2, 208, picture])), "{said}");
    }
    socket.send(Message::text(r#"{"do":"give"}"#)).await.unwrap();
    socket.send(Message::text(r#"{"do":"seen"}"#)).await.unwrap();
    assert_eq!(next(&mut socket).await, Some(Message::text(r#"{"is":"hands_off","how":"handed_back"}"#)));
}

#[tokio::test]
async fn only_the_job_s_own_account_on_a_page_of_ours_opens_it() {
    let served = Served::new().await;
    let job = served.world.job(1, JobStatus::Running);
    let bearer = format!("Bearer {ANAS_KEY}");
    let key_as_cookie = format!("onegent_session_8080={ANAS_KEY}");
    for (status, headers) in [
        (303, vec![("origin", OUR_PAGE)]),
        (303, vec![("authorization", bearer.as_str()), ("origin", OUR_PAGE)]),
        (303, vec![("cookie", key_as_cookie.as_str()), ("origin", OUR_PAGE)]),
        (404, vec![("cookie", BENS_COOKIE), ("origin", OUR_PAGE)]),
        (403, vec![("cookie", ANAS_COOKIE)]),
        (403, vec![("cookie", ANAS_COOKIE), ("origin", "null"), ("sec-fetch-site", "same-origin")]),
        (403, vec![("cookie", ANAS_COOKIE), ("origin", "http://evil.test:8080")]),
        (403, vec![("cookie", ANAS_COOKIE), ("origin", "http://127.0.0.1:8081")]),
        (400, vec![("cookie", ANAS_COOKIE), ("origin", OUR_PAGE), ("sec-websocket-version", "12")]),
    ] {
        assert_eq!(served.open(job, &headers).await.err(), Some(status), "{headers:?}");
    }
}

#[tokio::test]
async fn what_our_script_does_not_say_ends_it() {
    let served = Served::new().await;
    let job = served.world.job(1, JobStatus::Running);
    let long = format!(r#"{{"do":"seen","x":"{}"}}"#, "x".repeat(2000));
    for message in [
        Message::text("{}"),
        Message::text(r#"{"do":"confirm"}"#),
        Message::binary(vec![1]),
        Message::text(long),
    ] {
        let mut socket = served.open_for_ana(job).await;
        socket.send(message.clone()).await.unwrap();
        let ended = async { while next(&mut socket).await.is_some_and(|message| !message.is_close()) {} };
        tokio::time::timeout(Duration::from_secs(10), ended).await.unwrap();
    }
}

#[tokio::test]
async fn it_ends_with_the_session_and_with_the_server() {
    let served = Served::new().await;
    let job = served.world.job(1, JobStatus::Running);
    let mut signed_out = served.open_for_ana(job).await;
    let form = format!("csrf={}", crate::world::ANAS_CSRF);
    served.world.form("/sign-out", ANAS_COOKIE, &form).await;
    while next(&mut signed_out).await.is_some_and(|message| !message.is_close()) {}
    assert_eq!(served.open(job, &[("cookie", ANAS_COOKIE), ("origin", OUR_PAGE)]).await.err(), Some(303));

    let served = Served::new().await;
    let mut cut_off = served.open_for_ana(served.world.job(1, JobStatus::Running)).await;
    served.stop.send(()).unwrap();
    while next(&mut cut_off).await.is_some_and(|message| !message.is_close()) {}
}
