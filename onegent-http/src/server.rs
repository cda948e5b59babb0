//! Serving a router: connections without Nagle's delay, bounded in number, headers in time, an end with grace.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderValue, Request, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// Connections at a time; more wait in the listener's backlog.
const CONNECTIONS: usize = 8192;
/// How long a client may take for a request's headers, and a kept connection may stay silent.
const HEADERS_WITHIN: Duration = Duration::from_mins(1);
/// How long requests may take to end once the server closes.
const GRACE: Duration = Duration::from_secs(10);
/// How long to leave a listener alone that can't accept, as when file descriptors run out.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// How far the server is on its way to its end. In the extensions of every request that [`serve`] takes.
#[derive(Clone, Default)]
struct End {
    /// It had better be sent nothing more.
    draining: CancellationToken,
    /// Streams end.
    closing: CancellationToken,
}

/// What is cancelled when the server closes; never, for a router that is driven without [`serve`].
pub(crate) fn closing(extensions: &Extensions) -> CancellationToken {
    extensions.get::<End>().map_or_else(CancellationToken::new, |end| end.closing.clone())
}

/// Whether the server was told to stop.
pub(crate) fn is_draining(extensions: &Extensions) -> bool {
    extensions.get::<End>().is_some_and(|end| end.draining.is_cancelled())
}

/// Serves `router` until `shutdown` is done. For the time of `drain` it still takes everything, while `/readyz` says
/// 503 and each answer closes its connection, so that a load balancer sends the next request elsewhere. Then it takes
/// nothing new, ends event streams, and gives running requests ten seconds.
///
/// Every request carries `ConnectInfo<SocketAddr>`.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    drain: Duration,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let connections = TaskTracker::new();
    let end = End::default();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut drained = std::pin::pin!(async {
        shutdown.await;
        end.draining.cancel();
        tokio::time::sleep(drain).await;
    });
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &room) => accepted,
            () = &mut drained => break,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        let (router, end, closing) = (router.clone(), end.clone(), end.closing.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(end.clone());
            let (router, draining) = (router.clone(), end.draining.clone());
            async move {
                let mut answer = router.oneshot(request).await;
                if let Ok(answer) = &mut answer
                    && draining.is_cancelled()
                {
                    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                }
                answer
            }
        });
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN);
        let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
        connections.spawn(async move {
            let mut connection = std::pin::pin!(connection);
            let served = tokio::select! {
                served = connection.as_mut() => served,
                () = closing.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = served {
                tracing::debug!(%error, "a connection broke");
            }
            drop(permit);
        });
    }
    drop(listener);
    end.closing.cancel();
    connections.close();
    if tokio::time::timeout(GRACE, connections.wait()).await.is_err() {
        tracing::warn!("requests were still running when the server ended");
    }
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // An event stream's small writes would each wait for the other side's delayed acknowledgement.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "a connection keeps Nagle's delay");
            }
            Some((stream, peer, permit))
        }
        Err(error) => {
            tracing::warn!(%error, "can't accept a connection");
            tokio::time::sleep(ACCEPT_AGAIN).await;
            None
        }
    }
}
