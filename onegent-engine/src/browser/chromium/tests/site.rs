//! A site with the pages of `pages/`, which writes down whatever it is asked for.

use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use url::Url;

pub(super) struct Site {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let app = axum::Router::new().fallback(answer).with_state((port, Arc::clone(&asked)));
        drop(tokio::spawn(async move { axum::serve(listener, app).await }));
        Self { port, asked }
    }

    pub(super) fn url(&self, path: &str) -> Url {
        format!("http://127.0.0.1:{}{path}", self.port).parse().unwrap()
    }

    /// The same site under another host, and so in another process.
    pub(super) fn far(&self) -> Url {
        format!("http://localhost:{}/", self.port).parse().unwrap()
    }

    pub(super) fn origins(&self) -> [url::Origin; 2] {
        [self.url("/").origin(), self.far().origin()]
    }

    /// Everything that was asked for, as `METHOD /path body`.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// What was asked for and is more than reading.
    pub(super) fn written(&self) -> Vec<String> {
        self.asked().into_iter().filter(|asked| !asked.starts_with("GET ")).collect()
    }
}

async fn answer(State((port, asked)): State<(u16, Arc<Mutex<Vec<String>>>)>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let said = format!("{} {} {}", head.method, head.uri.path(), String::from_utf8_lossy(&body));
    asked.lock().unwrap().push(said.trim_end().to_owned());
    let page = match head.uri.path() {
        "/everything" => include_str!("pages/everything.html"),
        "/near" => include_str!("pages/near.html"),
        "/far" => include_str!("pages/far.html"),
        "/noise" => include_str!("pages/noise.html"),
        "/secrets" => include_str!("pages/secrets.html"),
        "/inner" => include_str!("pages/inner.html"),
        "/talk" => include_str!("pages/talk.html"),
        "/guest" => include_str!("pages/guest.html"),
        "/book" => "<!doctype html><title>Booked</title><h1>Booked</h1>",
        "/over" => "",
        "/gone" => return (StatusCode::NOT_FOUND, "<h1>Gone</h1>").into_response(),
        "/file" => {
            let kind = [(header::CONTENT_DISPOSITION, "attachment; filename=a.txt")];
            return (kind, "a file").into_response();
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let page = page.replace("//FAR/", &format!("//localhost:{port}/"));
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}
