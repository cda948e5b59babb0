//! The six tools inside another program: on stdio, or as a service in a router of one's own.
//!
//! ```console
//! ONEGENT_API_KEY=ogk_test_… cargo run -p onegent-mcp --example embedded            # stdio
//! ONEGENT_API_KEY=ogk_test_… cargo run -p onegent-mcp --example embedded -- http    # http://127.0.0.1:3333/mcp
//! ```

use std::error::Error;
use std::sync::Arc;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::{Extension, Router};
use onegent_client::Client;
use onegent_core::caller::{Caller, Credential};
use onegent_core::id::RequestId;
use onegent_core::port::BookingService;
use onegent_core::time::{Clock, SystemClock};
use onegent_mcp::{HttpOptions, http_service, serve_stdio};
use secrecy::SecretString;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Any booking service: the REST API's client here, or the engine in the same process.
    let api = std::env::var("ONEGENT_API_BASE_URL").unwrap_or("https://onegent.one/api/v1".to_owned());
    let service: Arc<dyn BookingService> = Arc::new(Client::builder(&api).build()?);
    let key = std::env::var("ONEGENT_API_KEY").ok().map(SecretString::from);
    let credential = key.map_or(Credential::Missing, Credential::Forwarded);
    if std::env::args().nth(1).as_deref() != Some("http") {
        return Ok(serve_stdio(service, credential).await?);
    }
    let router = Router::new()
        .route_service("/mcp", http_service(service, HttpOptions::default()))
        .layer(from_fn(with_caller))
        .layer(Extension(credential));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3333").await?;
    Ok(axum::serve(listener, router).await?)
}

/// The edge's part: it says who calls. This one has one caller; a real one reads a credential from each request.
async fn with_caller(
    Extension(credential): Extension<Credential>,
    mut request: Request,
    next: Next,
) -> axum::response::Response {
    let request_id = RequestId::generate(SystemClock.now(), [0; 10]);
    request.extensions_mut().insert(Caller { credential, request_id });
    next.run(request).await
}
