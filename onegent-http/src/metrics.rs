//! Requests, counted and timed; and the page that a Prometheus server reads, for a port of its own.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::future::BoxFuture;
use onegent_core::error::Result;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::request::{Load, bound};

/// `OpenMetrics` 1.0, which every Prometheus server since 2.5 asks for.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Readers at a time, and how long one may wait.
const READERS: (usize, Duration) = (4, Duration::from_secs(10));

/// Counts answered requests by route, method and class of status, and times them by route and method.
#[derive(Debug, Clone)]
pub struct RequestMeter {
    answered: Family<Answered, Counter>,
    took: Family<Asked, Histogram, fn() -> Histogram>,
}

/// **Invariant:** a route is a pattern of the router's own, with its parameters in braces, and a method is one of a few
/// words. Held by `metrics_tell_of_a_booking_and_of_nobody`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: String,
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    class: &'static str,
}

impl Default for RequestMeter {
    fn default() -> Self {
        let buckets = || Histogram::new(exponential_buckets(0.001, 4.0, 8));
        Self { answered: Family::default(), took: Family::new_with_constructor(buckets) }
    }
}

impl RequestMeter {
    /// Names what it counts.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("http_requests", "Requests that were answered", self.answered.clone());
        registry.register_with_unit(
            "http_request",
            "How long it takes until an answer begins",
            Unit::Seconds,
            self.took.clone(),
        );
    }

    /// One more.
    pub(crate) fn count(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let asked = Asked { route: route.to_owned(), method: word(method) };
        self.took.get_or_create(&asked).observe(took.as_secs_f64());
        let Asked { route, method } = asked;
        self.answered.get_or_create(&Answered { route, method, class: class(status) }).inc();
    }
}

/// A stranger may call a method what they like.
pub(crate) fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

/// Makes the page anew.
pub type Scrape = Arc<dyn Fn() -> BoxFuture<'static, Result<String>> + Send + Sync>;

/// `GET /metrics`, and nothing else.
pub fn metrics(scrape: Scrape) -> Router {
    let (most, longest) = READERS;
    Router::new()
        .route("/metrics", get(read))
        .layer(from_fn_with_state(Load::new(most, longest), bound))
        .with_state(scrape)
}

async fn read(State(scrape): State<Scrape>) -> Response {
    match scrape().await {
        Ok(page) => ([(header::CONTENT_TYPE, OPEN_METRICS)], page).into_response(),
        Err(error) => {
            tracing::warn!(%error, "metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
