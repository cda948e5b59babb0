//! A span for each tool call, under the request that brought it (OpenTelemetry's names for MCP).

use std::sync::LazyLock;

use opentelemetry::global::{self, BoxedTracer};
use opentelemetry::trace::{SpanBuilder, SpanKind, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, KeyValue};
use rmcp::RoleServer;
use rmcp::service::RequestContext;

/// Made when it is first used, which is after the process set up its own, if it does.
static TRACER: LazyLock<BoxedTracer> = LazyLock::new(|| global::tracer("onegent-mcp"));

/// Begins it. The edge leaves its own span in the request's extensions, since a call may be answered in another task.
///
/// `None` when the edge left none: nobody traces.
pub(crate) fn begin(tool: &str, request: &RequestContext<RoleServer>) -> Option<Context> {
    let parent = request.extensions.get::<http::request::Parts>()?.extensions.get::<Context>()?.clone();
    let attributes =
        [KeyValue::new("mcp.method.name", "tools/call"), KeyValue::new("gen_ai.tool.name", tool.to_owned())];
    let span = SpanBuilder::from_name(format!("tools/call {tool}"))
        .with_kind(SpanKind::Internal)
        .with_attributes(attributes);
    Some(parent.with_span(TRACER.build_with_context(span, &parent)))
}
