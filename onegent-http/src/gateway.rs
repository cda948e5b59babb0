//! The gateway: MCP over HTTP in front of a REST API, which checks every credential itself.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use onegent_core::caller::{Caller, Credential};
use onegent_core::error::Result;
use onegent_core::port::BookingService;
use onegent_core::time::SystemClock;
use onegent_mcp::HttpOptions;
use secrecy::SecretString;

use crate::mcp::{self, Refused};
use crate::metrics::RequestMeter;
use crate::problem;
use crate::request::{self, request_id};
use crate::rest::auth;

/// What the gateway is made of.
pub struct Gateway {
    /// The REST API's client.
    pub service: Arc<dyn BookingService>,
    /// The key for callers that bring none, from `ONEGENT_API_KEY`.
    pub fallback: Option<SecretString>,
    /// `Host` values to answer, beside the loopback names. Pages of these hosts may call, too.
    pub allowed_hosts: Vec<String>,
}

/// MCP at `/` and `/mcp`, and `/healthz`.
pub fn gateway_router(gateway: Gateway) -> Router {
    let mut options = HttpOptions::default();
    options.allowed_hosts.extend(gateway.allowed_hosts);
    options.allowed_origins = options.allowed_hosts.iter().flat_map(|host| origins(host)).collect();
    let service = onegent_mcp::http_service(gateway.service, options);
    let router = Router::new()
        .route_service("/", service.clone())
        .route_service("/mcp", service)
        .layer((
            from_fn(mcp::with_closing),
            from_fn_with_state(Arc::new(gateway.fallback), with_caller),
            from_fn(mcp::malformed::answered),
        ))
        .merge(request::health())
        .method_not_allowed_fallback(problem::no_such_method)
        .fallback(problem::no_such_route)
        .layer((
            from_fn(request::never_stored),
            from_fn(problem::as_json),
            from_fn_with_state(mcp::load(), request::bound),
            request::catch_panics(),
        ));
    request::framed(router, Arc::new(SystemClock), RequestMeter::default())
}

/// A host's own pages, whatever is in front of it.
fn origins(host: &str) -> [String; 2] {
    // A host without a port stands for all of its ports. An IPv6 address alone has colons and no brackets.
    let named =
        if host.contains("::") && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
    let has_port = named.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let any = if has_port { "" } else { ":*" };
    [format!("http://{named}{any}"), format!("https://{named}{any}")]
}

/// Layer: says who calls. A caller's own credential counts for this one call, and a wrong one is never replaced by ours.
async fn with_caller(
    State(fallback): State<Arc<Option<SecretString>>>,
    mut request: Request,
    next: Next,
) -> Response {
    let credential = match credential(&request, fallback.as_ref().as_ref()) {
        Ok(credential) => credential,
        Err(error) => return Refused::from(error).into_response(),
    };
    let caller = Caller { credential, request_id: request_id(&request) };
    request.extensions_mut().insert(caller);
    next.run(request).await
}

fn credential(request: &Request, fallback: Option<&SecretString>) -> Result<Credential> {
    let own = auth::shown_key(request.headers())?.map(|key| key.secret());
    Ok(own.or_else(|| fallback.cloned()).map_or(Credential::Missing, Credential::Forwarded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_stands_for_its_own_pages() {
        assert_eq!(origins("localhost"), ["http://localhost:*", "https://localhost:*"]);
        assert_eq!(origins("mcp.example:8443"), ["http://mcp.example:8443", "https://mcp.example:8443"]);
        assert_eq!(origins("::1"), ["http://[::1]:*", "https://[::1]:*"]);
    }
}
