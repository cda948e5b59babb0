//! A loopback proxy that shows a bearer key for callers who can't, and leaves everything else as it came. In `Host` and
//! `Origin` its own port becomes the server's, and the names stay as they are: they are what is tested.

use std::net::Ipv4Addr;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use onegent_cli::outside;
use onegent_core::port::ApiKey;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

#[derive(Clone)]
struct Proxy {
    http: reqwest::Client,
    target: Url,
    /// As it ends an address.
    own_port: String,
    bearer: HeaderValue,
}

impl Proxy {
    fn at_home(&self, value: &HeaderValue) -> Option<HeaderValue> {
        let name = value.to_str().ok()?.strip_suffix(&self.own_port)?;
        HeaderValue::from_str(&format!("{name}:{}", self.target.port()?)).ok()
    }
}

/// Starts it before the server at `target`; answers its own address.
pub async fn with_bearer(target: &str, key: &ApiKey, stop: CancellationToken) -> anyhow::Result<String> {
    let bearer = HeaderValue::from_str(&format!("Bearer {}", key.expose()))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let own_port = format!(":{}", address.port());
    let proxy = Proxy { http: outside::http()?, target: target.parse()?, own_port, bearer };
    let url = format!("http://{address}/mcp");
    let router = Router::new().fallback(forward).with_state(proxy);
    tokio::spawn(onegent_http::serve(listener, router, std::time::Duration::ZERO, stop.cancelled_owned()));
    Ok(url)
}

async fn forward(State(proxy): State<Proxy>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    for name in [header::HOST, header::ORIGIN] {
        if let Some(value) = parts.headers.get(&name).and_then(|value| proxy.at_home(value)) {
            parts.headers.insert(name, value);
        }
    }
    parts.headers.insert(header::AUTHORIZATION, proxy.bearer);
    let Ok(body) = axum::body::to_bytes(body, onegent_mcp::MAX_REQUEST_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let sent = proxy.http.request(parts.method, proxy.target).headers(parts.headers).body(body).send().await;
    let Ok(answer) = sent else { return StatusCode::BAD_GATEWAY.into_response() };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    *response.body_mut() = Body::from_stream(answer.bytes_stream());
    response
}
