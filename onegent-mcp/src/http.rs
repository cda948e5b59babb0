//! MCP over Streamable HTTP, without sessions: every request stands for itself, in both generations of the protocol.

use std::sync::Arc;

use onegent_core::caller::Credential;
use onegent_core::port::BookingService;
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use tokio_util::sync::CancellationToken;

use crate::server::McpServer;

/// The most that one request may have. The largest honest one is below 4 KiB.
pub const MAX_REQUEST_BYTES: usize = 256 * 1024;

/// How MCP is served over HTTP.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// `Host` values that are answered, as `host` or `host:port`. Loopback names only by default; keeps other sites from
    /// reaching this server through a browser (DNS rebinding).
    pub allowed_hosts: Vec<String>,
    /// `Origin` values that are answered, as `scheme://host:port`, where `*` stands for any port. None by default; requests
    /// without an `Origin` do not come from a web page and pass.
    pub allowed_origins: Vec<String>,
    /// Ends open answers when it is cancelled.
    pub stop: CancellationToken,
}

impl Default for HttpOptions {
    fn default() -> Self {
        let allowed_hosts = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
        Self { allowed_hosts, allowed_origins: Vec::new(), stop: CancellationToken::new() }
    }
}

/// MCP as a tower service, to be mounted at any path.
pub type McpHttpService = StreamableHttpService<McpServer, NeverSessionManager>;

/// The tools over HTTP. The edge in front of it authenticates and puts the [`Caller`](onegent_core::caller::Caller) of each
/// request into the request's extensions; a request without one can list tools and call none.
pub fn http_service(service: Arc<dyn BookingService>, options: HttpOptions) -> McpHttpService {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_allowed_hosts(options.allowed_hosts)
        .with_allowed_origins(options.allowed_origins)
        .enforce_origin_validation()
        .with_max_request_body_bytes(MAX_REQUEST_BYTES)
        .with_cancellation_token(options.stop);
    let server = McpServer::new(service, Credential::Missing);
    StreamableHttpService::new(move || Ok(server.clone()), Arc::default(), config)
}
