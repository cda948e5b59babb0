//! The index page for people, and the ledger for tests.

use std::{net::SocketAddr, sync::Arc};

use askama::Template;
use axum::{
    Extension, Json, Router,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{
    Entry, Site,
    app::App,
    catalogue,
    page::html,
    scripted::{ANNEXES, Annex},
    words::{self, Words},
};

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage {
    shops: Vec<(&'static Words, Vec<&'static Entry>)>,
    annexes: [Annex; 4],
}

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/style.css", get(style))
        .route("/_ledger", get(ledger))
        .with_state(app)
}

async fn show() -> Response {
    let shops = Site::ALL.map(|site| (words::of(site), catalogue::of(site).collect()));
    html(StatusCode::OK, &IndexPage { shops: shops.to_vec(), annexes: ANNEXES })
}

async fn style() -> Response {
    let css = concat!(include_str!("../assets/base.css"), include_str!("../assets/index.css"));
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], css).into_response()
}

/// Tells what the sites took, to programs on this machine only.
async fn ledger(
    State(app): State<Arc<App>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Response {
    if !is_local(peer.map(|Extension(ConnectInfo(peer))| peer), &headers) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let snapshot = app.journal().snapshot();
    Json(snapshot).into_response()
}

/// Whether a request comes from this machine, and not through a proxy on it.
fn is_local(peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
    let forwarded = [header::FORWARDED.as_str(), "x-forwarded-for", "x-real-ip"];
    peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback())
        && !forwarded.iter().any(|name| headers.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledger_is_for_loopback_peers() {
        let (none, mut proxied) = (HeaderMap::new(), HeaderMap::new());
        proxied.insert("x-forwarded-for", axum::http::HeaderValue::from_static("203.0.113.9"));
        let peer = |text: &str| Some(text.parse().unwrap());
        assert!(is_local(peer("127.0.0.1:9"), &none));
        assert!(is_local(peer("[::1]:9"), &none));
        assert!(is_local(peer("[::ffff:127.0.0.1]:9"), &none));
        assert!(!is_local(peer("192.0.2.7:9"), &none));
        assert!(!is_local(peer("127.0.0.1:9"), &proxied));
        assert!(!is_local(None, &none));
    }
}
