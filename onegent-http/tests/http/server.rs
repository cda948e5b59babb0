//! The server loop on a real socket: answers, and ends with grace while streams are open.

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use onegent_core::status::JobStatus;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::world::{ANAS_KEY, World};

async fn ask(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn open_streams_end_when_the_server_does() {
    let world = World::new();
    let job = world.job(1, JobStatus::Queued);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(onegent_http::serve(listener, world.router.clone(), Duration::ZERO, async {
        stopped.await.unwrap();
    }));
    let request = format!(
        "GET /api/v1/execution-jobs/{job}/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ANAS_KEY}\r\n\r\n"
    );
    let mut stream = ask(address, &request).await;
    let mut head = [0; 15];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    stop.send(()).unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    served.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_server_that_was_told_to_stop_sends_its_clients_elsewhere_before_it_does() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let (told, hears) = oneshot::channel::<()>();
    let drain = Duration::from_secs(2);
    let served = tokio::spawn(onegent_http::serve(listener, world.router.clone(), drain, async {
        stopped.await.unwrap();
        told.send(()).unwrap();
    }));
    let answer = async |path: &str| {
        let mut stream = ask(address, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let mut before = ask(address, "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let mut head = [0; 15];
    before.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");

    stop.send(()).unwrap();
    hears.await.unwrap();
    tokio::task::yield_now().await;
    let (ready, alive) = (answer("/readyz").await, answer("/healthz").await);
    assert!(ready.starts_with("HTTP/1.1 503 ") && ready.ends_with(r#"{"status":"closing"}"#), "{ready}");
    assert!(alive.starts_with("HTTP/1.1 200 ") && alive.contains("connection: close\r\n"), "{alive}");
    served.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn handlers_learn_who_is_connected() {
    let router =
        Router::new().route("/", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(onegent_http::serve(listener, router, Duration::ZERO, async {
        stopped.await.unwrap();
    }));
    let mut stream = ask(address, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let own = stream.local_addr().unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.ends_with(&own.to_string()), "{text}");
    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
}
