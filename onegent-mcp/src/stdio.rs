//! MCP over a pipe: one client, one credential, until the pipe ends.

use std::sync::Arc;

use onegent_core::caller::Credential;
use onegent_core::port::BookingService;
use rmcp::service::serve_directly_with_ct;
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::transport::io::stdio_pipes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use crate::http::MAX_REQUEST_BYTES;
use crate::server::McpServer;

/// Serving over a pipe went wrong. What the client sent is not repeated here: it may carry a guest's details.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The task that served it broke.
    #[error("the server task broke off")]
    Task(#[source] tokio::task::JoinError),
}

/// Serves on standard input and output until the input ends or Ctrl-C is pressed. Nothing else may write to standard
/// output. Needs a runtime with I/O and time enabled; on a terminal the runtime must be shut down in the background
/// afterwards, since a read from a terminal can't be called off.
pub async fn serve_stdio(service: Arc<dyn BookingService>, credential: Credential) -> Result<(), ServeError> {
    let stop = CancellationToken::new();
    let (read, write) = stdio_pipes();
    let serving = serve_pipe(service, credential, read, write, stop.clone());
    tokio::pin!(serving);
    tokio::select! {
        served = &mut serving => served,
        // Without a signal handler the system's own end of the process stays.
        Ok(()) = tokio::signal::ctrl_c() => {
            stop.cancel();
            serving.await
        }
    }
}

/// Serves on any pair of pipes until the input ends or `stop` is cancelled.
pub async fn serve_pipe(
    service: Arc<dyn BookingService>,
    credential: Credential,
    read: impl AsyncRead + Send + Unpin + 'static,
    write: impl AsyncWrite + Send + Unpin + 'static,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    let transport = AsyncRwTransport::new_server(read, write).with_max_line_length(MAX_REQUEST_BYTES);
    // No handshake is waited for, as over HTTP: who begins with one is answered, and so is a bare request.
    let running = serve_directly_with_ct(McpServer::new(service, credential), transport, None, stop);
    running.waiting().await.map(drop).map_err(ServeError::Task)
}
