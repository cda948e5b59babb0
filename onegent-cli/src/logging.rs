//! Logs: to stderr only, since stdout belongs to results and to MCP.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Starts logging. A filter that can't be read is said and replaced by `warn`.
#[expect(clippy::print_stderr, reason = "logging is not up yet")]
pub(crate) fn start(filter: Option<&str>) {
    let filter = filter.unwrap_or("warn");
    let parsed = EnvFilter::try_new(filter).unwrap_or_else(|error| {
        eprintln!("warning: {}={filter} is not a log filter ({error}); using `warn`", crate::env::LOG);
        EnvFilter::new("warn")
    });
    let subscriber = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_span_events(FmtSpan::NONE)
        .with_env_filter(parsed);
    // A second start in one process keeps the first; there is nothing to do about it.
    let _already_started = subscriber.try_init();
}
