//! What belongs to running on many machines.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use onegent_core::request::Scenario;

use super::{BrowserArgs, ModelArgs, SitesArgs};
use crate::env;

pub(super) const WORKER_HELP: &str = "\
Every node needs the same onegent.key in its data directory: guests' details are sealed with it.

Examples:
  ONEGENT_DATABASE_URL=postgres://onegent@db.example.com/onegent onegent worker
  onegent worker --concurrency 16 --scenarios hotel --scenarios flight";

#[derive(Debug, Clone, Args)]
pub(crate) struct Worker {
    /// How many bookings run at once
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: u16,
    /// Only these; all four unless said
    #[arg(long, value_name = "SCENARIO")]
    pub(crate) scenarios: Vec<Scenario>,
    /// For how long a job stays with a worker that gives no sign of life. A submit may be sent until four times as long
    /// after its permit
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(5..=600))]
    pub(crate) lease_seconds: u16,
    /// The address under which people reach the console, such as https://book.example.com
    #[arg(long, env = env::PUBLIC_URL)]
    pub(crate) public_url: Option<url::Url>,
    /// Practice sites of another process (`onegent sandbox`) instead of own ones
    #[arg(long, requires = "sandbox_payments_url")]
    pub(crate) sandbox_url: Option<url::Url>,
    /// That process's payment frames
    #[arg(long, requires = "sandbox_url")]
    pub(crate) sandbox_payments_url: Option<url::Url>,
    /// Send webhooks to private addresses and over plain http as well; for a network that is your own
    #[arg(long)]
    pub(crate) webhooks_anywhere: bool,
    /// Serve /metrics for Prometheus at this address, such as 127.0.0.1:9464. It asks for no key: keep it from strangers
    #[arg(long, env = env::METRICS_BIND, value_name = "ADDRESS")]
    pub(crate) metrics_bind: Option<SocketAddr>,
    /// Send traces to this OpenTelemetry collector, by OTLP over HTTP, such as http://127.0.0.1:4318
    #[arg(long, env = env::OTLP_ENDPOINT, value_name = "URL")]
    pub(crate) otlp_endpoint: Option<url::Url>,
    #[command(flatten)]
    pub(crate) browser: BrowserArgs,
    #[command(flatten)]
    pub(crate) sites: SitesArgs,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Db {
    /// Make the tables that this version needs, as every server also does when it starts
    #[command(
        after_help = "Example:\n  ONEGENT_DATABASE_URL=postgres://onegent@db.example.com/onegent onegent db migrate"
    )]
    Migrate,
    /// Move a record from a file to an empty PostgreSQL database, while no server runs
    #[command(after_help = "Example:\n  onegent db import --from sqlite:./data/onegent.db --data-dir ./data")]
    Import {
        /// The file, as sqlite:PATH
        #[arg(long, value_name = "SQLITE", value_parser = sqlite_file)]
        from: PathBuf,
    },
    /// Copy the record and its keys into a new folder, also while the server runs
    #[command(after_help = "Example:\n  onegent db backup --to /backup/monday --data-dir ./data")]
    Backup {
        /// The folder, which is made
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Bring a backup back into an empty data directory; bookings that were open in it are cancelled
    #[command(after_help = "Example:\n  onegent db restore --from /backup/monday --data-dir ./data")]
    Restore {
        /// The folder of the backup
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
    },
    /// Cancel every booking that is open: after `pg_restore`, before the first worker begins
    #[command(after_help = "Example:\n  onegent db cancel-open --yes --data-dir ./data")]
    CancelOpen {
        /// Do it: there is no way back
        #[arg(long)]
        yes: bool,
    },
}

fn sqlite_file(text: &str) -> Result<PathBuf, &'static str> {
    text.strip_prefix("sqlite:")
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .ok_or("name it as sqlite:PATH")
}
