//! What frames every request: its id, its log line, a bound on how many run and for how long.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, http};
use onegent_core::error::{Error, ErrorCode};
use onegent_core::id::RequestId;
use onegent_core::time::Clock;
use opentelemetry::context::FutureExt as _;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tower_http::catch_panic::CatchPanicLayer;

use crate::metrics::RequestMeter;
use crate::problem::Problem;
use crate::trace;

/// The answer's own name, on every answer.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the frame around a whole server.
pub(crate) fn framed(router: Router, clock: Arc<dyn Clock>, requests: RequestMeter) -> Router {
    router.layer(from_fn_with_state((clock, requests), frame))
}

/// `GET /healthz`: whether the process answers at all. Nothing behind it is asked.
pub(crate) fn health<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/healthz", get(async || Json(serde_json::json!({ "status": "ok" }))))
}

/// A handler's panic is an `internal` error of one request, not the end of its connection.
pub(crate) fn catch_panics() -> CatchPanicLayer<fn(Box<dyn std::any::Any + Send>) -> Response> {
    CatchPanicLayer::custom(|_| {
        let message = "Something went wrong on our side. The request id helps to find out what.";
        Problem::new(ErrorCode::Internal, message).into_response()
    })
}

/// Layer: what is said to one caller is in no cache.
pub(crate) async fn never_stored(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The id that [`framed`] gave to a request.
pub(crate) fn request_id(request: &Request) -> RequestId {
    id_among(request.extensions())
}

/// The same, for where a request has come apart.
pub(crate) fn id_among(extensions: &http::Extensions) -> RequestId {
    // The nil id shows only where a router was built without its frame.
    extensions.get().copied().unwrap_or_else(|| RequestId::generate(jiff::Timestamp::UNIX_EPOCH, [0; 10]))
}

async fn frame(
    State((clock, requests)): State<(Arc<dyn Clock>, RequestMeter)>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = new_id(clock.as_ref());
    let began = Instant::now();
    let method = request.method().clone();
    // The pattern, not the address: a query may carry what no log should.
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("(none)", MatchedPath::as_str);
    request.extensions_mut().insert(id);
    let mut response = match trace::begin(request.headers(), &method, route, id) {
        None => next.run(request).await,
        Some(span) => {
            // Who answers in a task of its own finds it there.
            request.extensions_mut().insert(span.clone());
            let response = next.run(request).with_context(span.clone()).await;
            trace::end(&span, response.status());
            response
        }
    };
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    let took = began.elapsed();
    requests.count(route, &method, response.status(), took);
    let (status, micros) = (response.status().as_u16(), took.as_micros());
    match response.extensions().get::<Problem>() {
        Some(problem) if status >= 500 => {
            let cause = causes(problem.error());
            tracing::error!(request = %id, %method, route, status, micros, code = %problem.error().code(), cause, "failed");
        }
        Some(problem) => {
            tracing::debug!(request = %id, %method, route, status, micros, code = %problem.error().code(), "refused");
        }
        None => tracing::debug!(request = %id, %method, route, status, micros, "answered"),
    }
    response
}

/// A new request id.
pub(crate) fn new_id(clock: &dyn Clock) -> RequestId {
    let mut random = [0; 10];
    // Without randomness ids of one millisecond are alike, which costs clarity in the log and nothing else.
    if let Err(error) = getrandom::fill(&mut random) {
        tracing::warn!(%error, "no randomness for a request id");
    }
    RequestId::generate(clock.now(), random)
}

fn causes(error: &Error) -> String {
    let mut text = String::new();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

/// How many requests run at once, and for how long each may.
#[derive(Clone)]
pub(crate) struct Load {
    free: Arc<Semaphore>,
    longest: Duration,
}

impl Load {
    pub(crate) fn new(most: usize, longest: Duration) -> Self {
        Self { free: Arc::new(Semaphore::new(most)), longest }
    }
}

/// Layer: refuses with 503 what is too much or takes too long.
pub(crate) async fn bound(State(load): State<Load>, request: Request, next: Next) -> Response {
    let Ok(_permit) = load.free.try_acquire() else {
        return overloaded("The server has more to do than it can. Nothing was done; try again in a moment.");
    };
    match tokio::time::timeout(load.longest, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => overloaded(
            "The answer took too long. It may still have been done: look first, or repeat with the same Idempotency-Key.",
        ),
    }
}

/// The answer of a server that can't take more on.
pub(crate) fn overloaded(message: &str) -> Response {
    Problem::from(Error::new(ErrorCode::BackendUnavailable, message).retry_after(Duration::from_secs(2)))
        .into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tower::ServiceExt;

    use super::*;

    async fn status(load: Load, slow: bool) -> u16 {
        let handler = move || async move {
            if slow {
                std::future::pending::<()>().await;
            }
        };
        let router = Router::new().route("/", get(handler)).layer(from_fn_with_state(load, bound));
        let request = Request::get("/").body(Body::empty()).unwrap();
        router.oneshot(request).await.unwrap().status().as_u16()
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_too_much_or_too_slow_is_refused() {
        let second = Duration::from_secs(1);
        assert_eq!(status(Load::new(1, second), false).await, 200);
        assert_eq!(status(Load::new(0, second), false).await, 503);
        assert_eq!(status(Load::new(1, second), true).await, 503);
    }
}
