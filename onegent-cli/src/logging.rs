//! Logs: to stderr only, since stdout belongs to results and to MCP.

use std::io::IsTerminal;

use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// Starts logging. A filter that can't be read is said and replaced by `warn`.
///
/// Below `info` only our own crates speak, whatever the filter says: libraries print whole requests there, with the
/// guest in them.
#[expect(clippy::print_stderr, reason = "logging is not up yet")]
pub(crate) fn start(filter: Option<&str>) {
    let filter = filter.unwrap_or("warn");
    let parsed = EnvFilter::try_new(filter).unwrap_or_else(|error| {
        eprintln!("warning: {}={filter} is not a log filter ({error}); using `warn`", crate::env::LOG);
        EnvFilter::new("warn")
    });
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_filter(filter_fn(|line| line.target().starts_with("onegent") || *line.level() <= Level::INFO));
    // A second start in one process keeps the first; there is nothing to do about it.
    let _already_started = tracing_subscriber::registry().with(parsed).with(lines).try_init();
}
