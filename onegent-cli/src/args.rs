//! The command line's grammar. Doc comments of flags are their help texts, so they have no Markdown.

#![expect(clippy::doc_markdown, reason = "these comments are printed as they stand")]

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use onegent_core::caller::{Environment, Scope};
use onegent_core::id::{JobId, KeyId};
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;
use secrecy::SecretString;

use crate::env;

mod access;
mod book;
mod browser;
mod model;
mod nodes;
mod providers;
mod setup;

pub(crate) use access::{Access, Accounts, Data, SecurityEvents, Webhooks};
pub(crate) use book::{Book, Guest};
pub(crate) use browser::{BrowserArgs, Observe, SitesArgs};
pub(crate) use model::ModelArgs;
pub(crate) use nodes::{Db, Worker};
pub(crate) use providers::{AddProvider, Providers, ProvidersDir};
pub(crate) use setup::{Doctor, Format, Gpt, Health, Install, Manifest, Openapi, Platform, Profile};

const AFTER_HELP: &str = "\
Examples:
  onegent demo                       book a table, a hotel, a flight and a tour in the sandbox
  onegent serve                      console, REST, MCP and sandbox on this machine
  onegent book restaurant --restaurant-name Carbone --city 'New York' --date $(date -d +30days +%F) \\
    --time 19:30 --covers 2 --first-name Ana --last-name Silva --email ana@example.com \\
    --phone +12125550123 --wait

Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 waits for a person, 4 nothing available,
5 key missing or not allowed, 6 server out of reach.";

/// Books restaurants, hotels, flights and activities on real sites, and stops at payment.
#[derive(Debug, Parser)]
#[command(name = "onegent", version, after_help = AFTER_HELP, max_term_width = 100)]
pub(crate) struct Onegent {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Serves Onegent's six tools over MCP: on stdio, or with --http as a gateway.
#[derive(Debug, Parser)]
#[command(name = "onegent-mcp-server", version, after_help = MCP_HELP, max_term_width = 100)]
pub(crate) struct McpServer {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) mcp: Mcp,
}

const MCP_HELP: &str = "\
Examples:
  ONEGENT_API_KEY=ogk_live_... onegent mcp    for Claude Desktop and other stdio clients
  onegent mcp --embedded                      engine and console in the same process
  onegent mcp --http --port 3333              a gateway: callers bring their own bearer keys";

/// Keeps what every command takes out of the middle of a command's own options.
const GLOBAL: &str = "Global options";

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Where the database lives [default: the platform's data directory]
    #[arg(long, global = true, env = env::DATA_DIR, value_name = "DIR", help_heading = GLOBAL)]
    pub(crate) data_dir: Option<PathBuf>,
    /// A PostgreSQL database in place of the file in the data directory, such as
    /// postgres://onegent@db.example.com/onegent
    #[arg(long, global = true, env = env::DATABASE_URL, hide = true, hide_env_values = true, value_name = "URL")]
    pub(crate) database_url: Option<SecretString>,
    /// Print JSON instead of text
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(crate) json: bool,
    /// What to log to stderr, such as `info` [default: warn]
    #[arg(long, global = true, env = env::LOG, value_name = "FILTER", help_heading = GLOBAL)]
    pub(crate) log: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server: console, REST, MCP, workers and sandbox
    #[command(after_help = "Examples:\n  onegent serve\n  onegent serve --port 8080 --data-dir ./data")]
    Serve(Box<Serve>),
    /// Run jobs of a PostgreSQL database, without console, REST or MCP
    #[command(after_help = nodes::WORKER_HELP)]
    Worker(Box<Worker>),
    /// Show the whole path: four bookings in the sandbox, with the stop at payment
    #[command(
        after_help = "Examples:\n  onegent demo\n  onegent demo --scenario hotel --keep\n  onegent demo --non-interactive --json"
    )]
    Demo(Demo),
    /// Ask for a booking
    #[command(subcommand)]
    Book(Box<Book>),
    /// Show a job
    #[command(after_help = "Examples:\n  onegent status job_0193...\n  onegent status job_0193... --wait")]
    Status(Status),
    /// List jobs, newest first
    #[command(after_help = "Examples:\n  onegent jobs\n  onegent jobs --status paused_payment --json")]
    Jobs(Jobs),
    /// Show a job's audit trail; verify or export all of them
    #[command(
        after_help = "Examples:\n  onegent audit job_0193...\n  onegent audit verify\n  onegent audit export --output trail.jsonl"
    )]
    Audit(Audit),
    /// Stop a job before its submit
    #[command(after_help = "Example:\n  onegent cancel job_0193...")]
    Cancel(Cancel),
    /// Make, list and revoke API keys of the data directory
    #[command(subcommand)]
    Keys(Keys),
    /// Add, list and remove apps that ask people for access by OAuth
    #[command(subcommand)]
    Clients(Clients),
    /// Have addresses told when a job's status changes
    #[command(subcommand)]
    Webhooks(Webhooks),
    /// Save guest profiles in the data directory, so that requests can name one
    #[command(subcommand)]
    Profiles(Profiles),
    /// Add, list, show and remove booking sites
    #[command(subcommand)]
    Providers(Providers),
    /// Make accounts, invite people to them, and list them
    #[command(subcommand)]
    Accounts(Accounts),
    /// Print the security log: sign-ins, keys, people, apps
    #[command(after_help = "Example:\n  onegent security-events --limit 20")]
    SecurityEvents(SecurityEvents),
    /// Bring a database up to date, or move a record to PostgreSQL
    #[command(subcommand)]
    Db(Db),
    /// Export or erase an account's data
    #[command(subcommand)]
    Data(Data),
    /// Print a one-time link to sign in to the console
    #[command(after_help = "Example:\n  onegent sign-in-link")]
    SignInLink(SignInLink),
    /// Serve the tools over MCP
    #[command(after_help = MCP_HELP)]
    Mcp(Mcp),
    /// Make Onegent known to Claude Desktop, Claude Code, Cursor, VS Code or Windsurf
    #[command(after_help = setup::INSTALL_HELP)]
    Install(Install),
    /// Look for what keeps this machine from booking, and say what to do
    #[command(after_help = "Examples:\n  onegent doctor\n  onegent doctor --json")]
    Doctor(Doctor),
    /// Ask the server on this machine whether it is up
    #[command(after_help = "Example:\n  onegent health --port 4700")]
    Health(Health),
    /// Print the OpenAPI document
    #[command(after_help = setup::OPENAPI_HELP)]
    Openapi(Openapi),
    /// What a Custom GPT needs beside its actions
    #[command(subcommand)]
    Gpt(Gpt),
    /// Print manifests for app stores and registries
    #[command(subcommand)]
    Manifest(Manifest),
    /// Serve the practice booking sites alone
    #[command(after_help = "Example:\n  onegent sandbox --port 4701")]
    Sandbox(Sandbox),
    /// Show what the agent sees on a page
    #[command(after_help = browser::OBSERVE_HELP)]
    Observe(Observe),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Serve {
    /// Port for console, REST and MCP; 0 for any free one
    #[arg(long, env = env::PORT, default_value_t = 4700)]
    pub(crate) port: u16,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// The address under which people reach this server, such as https://book.example.com
    #[arg(long, env = env::PUBLIC_URL)]
    pub(crate) public_url: Option<url::Url>,
    /// For how many seconds it still takes requests once it is told to stop, while /readyz says 503 to a load balancer
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=300), value_name = "SECONDS")]
    pub(crate) drain_seconds: u16,
    /// How many bookings run at once; 0 takes jobs and leaves them queued
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(0..=256))]
    pub(crate) workers: u16,
    /// Leave all jobs to `onegent worker` on other machines; the same as --workers 0
    #[arg(long, conflicts_with = "workers")]
    pub(crate) no_workers: bool,
    /// For how many seconds a connected app may repeat a refresh that just happened; 0 for strictly once
    #[arg(long, env = env::REFRESH_GRACE_SECS, default_value_t = 120, value_parser = clap::value_parser!(u32).range(0..=3600))]
    pub(crate) refresh_grace_secs: u32,
    /// How many minutes the page of a booking that stopped at payment is kept open, so that a quick confirmation goes on
    /// right there; later ones drive a fresh page
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=60), value_name = "MINUTES")]
    pub(crate) hold_live_minutes: u16,
    /// How many minutes a page in Chromium is kept open where a site wants a person or a payment, so that its owner can take it
    /// over in the console; 0 for not at all
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(0..=60), value_name = "MINUTES")]
    pub(crate) takeover_minutes: u16,
    /// Port of the practice sites, on loopback [default: the next one after --port]
    #[arg(long)]
    pub(crate) sandbox_port: Option<u16>,
    /// Practice sites of another process (`onegent sandbox`) instead of own ones
    #[arg(long, conflicts_with = "sandbox_port", requires = "sandbox_payments_url")]
    pub(crate) sandbox_url: Option<url::Url>,
    /// The other process's payment frames
    #[arg(long, requires = "sandbox_url")]
    pub(crate) sandbox_payments_url: Option<url::Url>,
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
    #[command(flatten)]
    pub(crate) access: Access,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Demo {
    /// Only these; all four unless said
    #[arg(long, value_name = "SCENARIO")]
    pub(crate) scenario: Vec<Scenario>,
    /// Walk the console's pages as a browser would, instead of asking the person at the terminal
    #[arg(long)]
    pub(crate) non_interactive: bool,
    /// Leave the server running afterwards
    #[arg(long)]
    pub(crate) keep: bool,
}

/// Where the REST API is and who asks.
#[derive(Debug, Clone, Args)]
pub(crate) struct Api {
    /// The REST API to call
    #[arg(long, env = env::API_BASE_URL, default_value = env::HOSTED_API, value_name = "URL")]
    pub(crate) api_base_url: url::Url,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Status {
    /// The job
    pub(crate) job_id: JobId,
    /// Follow it until it ends or waits for a person
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) api: Api,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Jobs {
    /// Only jobs that stand here
    #[arg(long)]
    pub(crate) status: Option<JobStatus>,
    /// Only this kind
    #[arg(long)]
    pub(crate) scenario: Option<Scenario>,
    /// How many at most
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) limit: u32,
    /// Where the page before ended
    #[arg(long)]
    pub(crate) cursor: Option<JobId>,
    #[command(flatten)]
    pub(crate) api: Api,
}

#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Audit {
    /// The job
    #[arg(required = true)]
    pub(crate) job_id: Option<JobId>,
    /// How many events at most
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=2000))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) api: Api,
    #[command(subcommand)]
    pub(crate) whole: Option<WholeAudit>,
}

/// What is done with the trails of all jobs.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum WholeAudit {
    /// Check every chain and every signature in the data directory, or in an export
    #[command(
        after_help = "Examples:\n  onegent audit verify\n  onegent audit verify --file trail.jsonl --public-key 3b6a27bc..."
    )]
    Verify {
        /// An export to check instead of the data directory
        #[arg(long)]
        file: Option<PathBuf>,
        /// Trust the signatures of this key alone, 64 hexadecimal digits [default: the data directory's, or the one that the
        /// file names]
        #[arg(long, value_name = "HEX")]
        public_key: Vec<onegent_engine::checkpoint::PublicKey>,
    },
    /// Write all trails and their signatures as JSON Lines
    #[command(
        after_help = "Examples:\n  onegent audit export --output trail.jsonl\n  onegent audit export | gzip > trail.jsonl.gz"
    )]
    Export {
        /// Where to; a file that is there is not overwritten [default: stdout]
        #[arg(long)]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Cancel {
    /// The job
    pub(crate) job_id: JobId,
    #[command(flatten)]
    pub(crate) api: Api,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Keys {
    /// Make a key; its secret is shown once
    #[command(after_help = "Example:\n  onegent keys create --name laptop --environment test")]
    Create {
        /// What you call it
        #[arg(long)]
        name: onegent_core::text::Text<64>,
        /// Real sites, or the sandbox's
        #[arg(long, default_value = "test")]
        environment: Environment,
        /// What it allows; both unless said
        #[arg(long)]
        scope: Vec<Scope>,
        /// What it may book; all unless said
        #[arg(long)]
        scenario: Vec<Scenario>,
        /// Days until it ends by itself; never unless said
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3650), value_name = "DAYS")]
        expires_in: Option<u32>,
    },
    /// End a key and make another with the same rights; its secret is shown once
    Rotate {
        /// The key, from `onegent keys list`
        key_id: KeyId,
    },
    /// List keys, without secrets
    List,
    /// End a key at once
    Revoke {
        /// The key, from `onegent keys list`
        key_id: KeyId,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Clients {
    /// Add an app that does not register itself
    #[command(
        after_help = "Example:\n  onegent clients add --name 'Trip planner' --redirect-uri https://trips.example.com/callback"
    )]
    Add {
        /// What people are shown
        #[arg(long)]
        name: onegent_core::text::Text<64>,
        /// Its site
        #[arg(long, value_name = "URL")]
        uri: Option<url::Url>,
        /// Where its answers go; once for each address
        #[arg(long, required = true)]
        redirect_uri: Vec<String>,
        /// Give it a secret, which it then has to show; shown once
        #[arg(long)]
        confidential: bool,
    },
    /// List apps, without secrets
    List,
    /// Remove an app; what it was allowed ends at once
    Remove {
        /// The app, from `onegent clients list`
        client_id: String,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Profiles {
    /// Save a guest's details
    Add {
        #[command(flatten)]
        guest: Guest,
        /// Use it whenever a request names no guest
        #[arg(long)]
        default: bool,
    },
    /// List saved profiles, by id
    List,
    /// Delete one
    Delete {
        /// The profile, from `onegent profiles list`
        profile_id: onegent_core::id::ProfileId,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct SignInLink {
    /// The console's address [default: where the data directory's server was started last]
    #[arg(long, env = env::PUBLIC_URL)]
    pub(crate) public_url: Option<url::Url>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Mcp {
    /// Serve MCP over HTTP at `/` and `/mcp` instead of stdio
    #[arg(long)]
    pub(crate) http: bool,
    /// Port for --http
    #[arg(long, default_value_t = 3333, requires = "http")]
    pub(crate) port: u16,
    /// Address for --http
    #[arg(long, default_value = "127.0.0.1", requires = "http")]
    pub(crate) host: IpAddr,
    /// A host name that callers use in --http mode, besides loopback
    #[arg(long, requires = "http", value_name = "HOST")]
    pub(crate) allowed_host: Vec<String>,
    /// Run the engine and its console in this process instead of calling a REST API
    #[arg(long, conflicts_with = "http")]
    pub(crate) embedded: bool,
    #[command(flatten)]
    pub(crate) api: Api,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Sandbox {
    /// Port of the sites; 0 for any free one
    #[arg(long, default_value_t = 4701)]
    pub(crate) port: u16,
    /// Port of the payment frames [default: the next one after --port]
    #[arg(long)]
    pub(crate) payments_port: Option<u16>,
    /// Seed of stock and prices
    #[arg(long, default_value_t = crate::node::SANDBOX_SEED)]
    pub(crate) seed: u64,
    /// A file that keeps what was reserved and charged over restarts
    #[arg(long)]
    pub(crate) ledger: Option<PathBuf>,
}
