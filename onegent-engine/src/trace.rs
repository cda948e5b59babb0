//! Spans: where a job came from and what is done for it, as one trace from the call to the submit (W3C Trace Context).
//!
//! Nothing is kept unless the process has set up a tracer, as `onegent serve --otlp-endpoint` does. The trace goes with
//! the job through the queue, as its `traceparent`.
//!
//! **Invariant:** an attribute is a word of the program's own, a number, a provider's name or a job's id. Held by
//! `a_booking_is_one_trace_and_names_nobody`.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;
use onegent_core::id::JobId;
use onegent_core::request::Scenario;
use opentelemetry::global::{self, BoxedTracer};
use opentelemetry::trace::{Span as _, SpanBuilder, SpanKind, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, KeyValue};

/// The one header that is kept; what vendors add to it in `tracestate` is not.
const TRACEPARENT: &str = "traceparent";

/// Made when it is first used, which is after the process set up its own, if it does.
static TRACER: LazyLock<BoxedTracer> = LazyLock::new(|| global::tracer("onegent-engine"));

/// A `traceparent` that was made here: 55 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceParent(String);

impl TraceParent {
    /// That of a span; `None` when nobody traces.
    pub(crate) fn of(span: &Context) -> Option<Self> {
        let mut carrier = HashMap::new();
        global::get_text_map_propagator(|propagator| propagator.inject_context(span, &mut carrier));
        carrier.remove(TRACEPARENT).map(Self)
    }

    /// One that was kept with a job.
    pub(crate) fn kept(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What goes on under it: a trace of its own, if it says nothing.
    pub(crate) fn context(parent: Option<&Self>) -> Context {
        let Some(Self(text)) = parent else { return Context::new() };
        let carrier = HashMap::from([(TRACEPARENT.to_owned(), text.clone())]);
        global::get_text_map_propagator(|propagator| {
            propagator.extract_with_context(&Context::new(), &carrier)
        })
    }
}

/// What spans say of a job.
pub(crate) fn of_job(job: JobId, scenario: Scenario) -> [KeyValue; 2] {
    [KeyValue::new("onegent.job.id", job.to_string()), KeyValue::new("onegent.scenario", scenario.as_str())]
}

/// Begins a span. It ends with [`end`], or when the last of its contexts is dropped.
pub(crate) fn begin(
    name: &'static str,
    kind: SpanKind,
    parent: &Context,
    attributes: impl IntoIterator<Item = KeyValue>,
) -> Context {
    let span = SpanBuilder::from_name(name).with_kind(kind).with_attributes(attributes);
    parent.with_span(TRACER.build_with_context(span, parent))
}

/// Ends a span.
pub(crate) fn end(span: &Context) {
    span.span().end();
}

/// A span of what is over by `now`.
pub(crate) fn past(
    name: &'static str,
    parent: &Context,
    (took, now): (Duration, Timestamp),
    attributes: impl IntoIterator<Item = KeyValue>,
) -> Context {
    let span = SpanBuilder::from_name(name)
        .with_kind(SpanKind::Internal)
        .with_start_time(now - took)
        .with_attributes(attributes);
    let mut span = TRACER.build_with_context(span, parent);
    span.end_with_timestamp(now.into());
    parent.with_span(span)
}

/// Says something of the span under way.
pub(crate) fn note(attribute: KeyValue) {
    Context::current().span().set_attribute(attribute);
}

/// Something happened in the span under way.
pub(crate) fn happened(what: &'static str, attributes: Vec<KeyValue>) {
    Context::current().span().add_event(what, attributes);
}
