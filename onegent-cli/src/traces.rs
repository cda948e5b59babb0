//! Traces, sent to an OpenTelemetry collector by OTLP over HTTP.

use std::time::Duration;

use async_trait::async_trait;
use opentelemetry::global;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use url::Url;

use crate::exit::Hinted;

/// How long the last spans may take to be sent when the process ends.
const LAST: Duration = Duration::from_secs(3);
/// How long one request may take.
const WITHIN: Duration = Duration::from_secs(10);
/// The most of a collector's answer that is read: it says how many spans it refused.
const ANSWER: usize = 64 * 1024;

/// What sends the process's spans.
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send, if somebody named where to. Before the first request and the first job.
    pub(crate) fn start(endpoint: Option<&Url>) -> anyhow::Result<Option<Self>> {
        let Some(endpoint) = endpoint else { return Ok(None) };
        let wrong = |why: &str| {
            let hint = "name the collector as http://HOST:4318; it has to take OTLP over HTTP";
            Hinted::new(format!("can't send traces to {}: {why}", place(endpoint)), hint)
        };
        if !matches!(endpoint.scheme(), "http" | "https") {
            return Err(wrong("it is no http address").into());
        }
        let address = format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/'));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Post { http: client()?, runtime: Handle::current() })
            .with_endpoint(address)
            .build()
            .map_err(|error| wrong(&error.to_string()))?;
        let resource = Resource::builder();
        // What OTEL_SERVICE_NAME says counts more.
        let resource = match std::env::var_os(crate::env::OTEL_SERVICE_NAME) {
            Some(_) => resource,
            None => resource.with_service_name("onegent"),
        };
        let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.with_attribute(version).build())
            .build();
        global::set_text_map_propagator(TraceContextPropagator::new());
        global::set_tracer_provider(provider.clone());
        Ok(Some(Self(provider)))
    }

    /// Sends what is left.
    pub(crate) async fn finish(traces: Option<Self>) {
        let Some(Self(provider)) = traces else { return };
        // It blocks, and the sending needs the runtime.
        let sent = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(LAST)).await;
        match sent {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last traces were not sent"),
            Err(error) => tracing::warn!(%error, "the last traces were not sent"),
        }
    }
}

/// An address without what may be secret in it.
fn place(endpoint: &Url) -> String {
    format!("{}://{}", endpoint.scheme(), endpoint.host_str().unwrap_or_default())
}

fn client() -> anyhow::Result<reqwest::Client> {
    // Whoever installed a provider before us is as good.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(WITHIN).build()?)
}

/// Sends on the process's own runtime: spans are gathered on a thread that has none.
#[derive(Debug)]
struct Post {
    http: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Post {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (http, request) = (self.http.clone(), reqwest::Request::try_from(request)?);
        self.runtime.spawn(send(http, request)).await?
    }
}

async fn send(http: reqwest::Client, request: reqwest::Request) -> Result<Response<Bytes>, HttpError> {
    let mut answer = http.execute(request).await.map_err(reqwest::Error::without_url)?;
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        if body.len() + piece.len() > ANSWER {
            return Err(opentelemetry_http::ResponseBodyTooLarge::new().into());
        }
        body.extend_from_slice(&piece);
    }
    let mut response = Response::builder().status(answer.status()).body(Bytes::from(body))?;
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    Ok(response)
}
