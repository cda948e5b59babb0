//! Web sockets (RFC 6455), for our own pages: the server's half of the handshake, and bounds on what comes.
//!
//! The one library of the workspace speaks the protocol; what `axum` offers would bring another version of it.

use std::future::Future;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use onegent_core::error::ErrorCode;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::origins::Origins;
use crate::problem::Problem;

/// An open socket.
pub(crate) type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// The most that one message of the other side may have, in bytes.
const MOST: usize = 1024;
/// The most that waits to be sent, in bytes: some pictures.
const WAITING: usize = 4 * 1024 * 1024;

/// Whether a page of ours asks. Unlike with forms, every browser says here where the page is from.
pub(crate) fn own_page(headers: &HeaderMap, own: &Origins) -> Result<(), Problem> {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    if origin.is_some_and(|origin| own.has(origin)) {
        return Ok(());
    }
    Err(Problem::new(
        ErrorCode::ForgedRequest,
        "Only a page of this console opens this socket. Nothing was done.",
    ))
}

/// Answers a handshake, and runs what speaks on the socket once it is open.
pub(crate) fn open<F>(
    request: Request,
    run: impl FnOnce(Socket) -> F + Send + 'static,
) -> Result<Response, Problem>
where
    F: Future<Output = ()> + Send + 'static,
{
    let named = |name, word: &str| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(',').any(|part| part.trim().eq_ignore_ascii_case(word))
    };
    let asks = named(header::CONNECTION, "upgrade")
        && named(header::UPGRADE, "websocket")
        && named(header::SEC_WEBSOCKET_VERSION, "13");
    let key = request.headers().get(header::SEC_WEBSOCKET_KEY).filter(|_| asks);
    let accept =
        key.map(|key| derive_accept_key(key.as_bytes())).and_then(|key| HeaderValue::try_from(key).ok());
    let Some(accept) = accept else {
        return Err(Problem::new(ErrorCode::InvalidRequest, "Only a WebSocket is answered at this address."));
    };
    drop(tokio::spawn(async move {
        let upgraded = match hyper::upgrade::on(request).await {
            Ok(upgraded) => TokioIo::new(upgraded),
            Err(error) => return tracing::debug!(%error, "a socket did not open"),
        };
        let config = WebSocketConfig::default()
            .max_message_size(Some(MOST))
            .max_frame_size(Some(MOST))
            .max_write_buffer_size(WAITING);
        run(WebSocketStream::from_raw_socket(upgraded, Role::Server, Some(config)).await).await;
    }));
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    Ok(response)
}
