//! A span for each request, in the trace that its `traceparent` names (W3C Trace Context, OpenTelemetry's names for HTTP).
//!
//! Nothing is kept unless the process has set up a tracer. The address is never a part of it, only the route's pattern.

use std::sync::LazyLock;

use axum::http::{HeaderMap, Method, StatusCode};
use onegent_core::id::RequestId;
use opentelemetry::global::{self, BoxedTracer};
use opentelemetry::propagation::Extractor;
use opentelemetry::trace::{SpanBuilder, SpanKind, Status, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, KeyValue};

use crate::metrics::word;

/// Made when it is first used, which is after the process set up its own, if it does.
static TRACER: LazyLock<BoxedTracer> = LazyLock::new(|| global::tracer("onegent-http"));

/// Whether the process has set up a tracer. It does so before the first request, or not at all; nothing is made for nobody.
static ON: LazyLock<bool> =
    LazyLock::new(|| global::get_text_map_propagator(|propagator| propagator.fields().next().is_some()));

const TRACEPARENT: &str = "traceparent";

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    /// `tracestate` may say anything, and would be sent on with every span.
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).filter(|_| key == TRACEPARENT)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT]
    }
}

/// Begins a request's span; `None` when nobody traces.
pub(crate) fn begin(headers: &HeaderMap, method: &Method, route: &str, id: RequestId) -> Option<Context> {
    if !*ON {
        return None;
    }
    let parent = global::get_text_map_propagator(|propagator| {
        propagator.extract_with_context(&Context::new(), &Headers(headers))
    });
    let method = word(method);
    let attributes = [
        KeyValue::new("http.request.method", method),
        KeyValue::new("http.route", route.to_owned()),
        KeyValue::new("onegent.request.id", id.to_string()),
    ];
    let span = SpanBuilder::from_name(format!("{method} {route}"))
        .with_kind(SpanKind::Server)
        .with_attributes(attributes);
    Some(parent.with_span(TRACER.build_with_context(span, &parent)))
}

/// Ends it when the answer begins.
pub(crate) fn end(span: &Context, status: StatusCode) {
    let span = span.span();
    span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
    if status.is_server_error() {
        span.set_status(Status::error(""));
    }
    span.end();
}
