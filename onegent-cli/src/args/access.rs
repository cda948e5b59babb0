//! Arguments about accounts: who may do how much, and what whoever runs the server does with them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use ipnet::IpNet;
use onegent_core::account::Role;
use onegent_core::caller::Environment;
use onegent_core::id::{AccountId, EndpointId};
use onegent_core::text::Text;
use url::Url;

use crate::env;

/// Limits and sign-in of `onegent serve`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Access {
    /// Proxies whose X-Forwarded-For is believed, such as 127.0.0.1/32
    #[arg(long, env = env::TRUSTED_PROXIES, value_delimiter = ',', value_name = "NET")]
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Requests that one account may make a minute; 0 for no limit
    #[arg(long, default_value_t = 60_000, value_name = "NUMBER")]
    pub(crate) account_rate: u32,
    /// Bookings that one account may have open
    #[arg(long, default_value_t = 1_000, value_name = "NUMBER")]
    pub(crate) most_open_jobs: u64,
    /// Bookings that all accounts together may have open
    #[arg(long, default_value_t = 10_000, value_name = "NUMBER")]
    pub(crate) most_open_jobs_in_all: u64,
    /// Bookings that one account may make a day
    #[arg(long, default_value_t = 10_000, value_name = "NUMBER")]
    pub(crate) most_jobs_a_day: u64,
    /// Days that guests' details are kept after their booking ended
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=3650), value_name = "DAYS")]
    pub(crate) keep_guests: u32,
    /// Days that a booking's audit trail is kept after it ended [default: for ever]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=36_500), value_name = "DAYS")]
    pub(crate) audit_retention_days: Option<u32>,
    /// Send webhooks to private addresses and over plain http as well; for a network that is your own
    #[arg(long)]
    pub(crate) webhooks_anywhere: bool,
    /// An OpenID Connect provider to sign in at, by its issuer
    #[arg(long, env = env::OIDC_ISSUER, requires = "oidc_client_id", value_name = "URL")]
    pub(crate) oidc_issuer: Option<String>,
    /// What this server is called at the provider
    #[arg(long, env = env::OIDC_CLIENT_ID, requires = "oidc_issuer", value_name = "ID")]
    pub(crate) oidc_client_id: Option<String>,
    /// A file with this server's secret at the provider; none for a public client
    #[arg(long, env = env::OIDC_CLIENT_SECRET_FILE, requires = "oidc_issuer", value_name = "FILE")]
    pub(crate) oidc_client_secret_file: Option<PathBuf>,
    /// What the button says
    #[arg(long, env = env::OIDC_NAME, default_value = "your organisation", value_name = "NAME")]
    pub(crate) oidc_name: Text<64>,
    /// A mail server that sends invitations, such as smtps://user@mail.example.com; smtp:// for STARTTLS
    #[arg(long, env = env::SMTP_URL, requires = "smtp_from", value_name = "URL")]
    pub(crate) smtp_url: Option<Url>,
    /// A file with the password of that server's user
    #[arg(long, env = env::SMTP_PASSWORD_FILE, requires = "smtp_url", value_name = "FILE")]
    pub(crate) smtp_password_file: Option<PathBuf>,
    /// Whom mail is from, such as 'Onegent <book@example.com>'
    #[arg(long, env = env::SMTP_FROM, requires = "smtp_url", value_name = "SENDER")]
    pub(crate) smtp_from: Option<String>,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Accounts {
    /// Make an account; prints a link for its owner
    #[command(after_help = "Example:\n  onegent accounts create --name 'Second office'")]
    Create {
        /// What you call it
        #[arg(long)]
        name: Text<64>,
    },
    /// Print a link that makes somebody one of an account's people
    Invite {
        /// The account, from `onegent accounts list`
        account: AccountId,
        /// What they may do: owner or member
        #[arg(long, default_value = "member")]
        role: Role,
    },
    /// List accounts, oldest first
    List,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct SecurityEvents {
    /// Only this account's
    #[arg(long)]
    pub(crate) account: Option<AccountId>,
    /// How many at most
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Data {
    /// Print everything that is kept of an account, as JSON, without secrets
    #[command(after_help = "Example:\n  onegent data export --account acc_0193... > account.json")]
    Export {
        /// The account, from `onegent accounts list`
        #[arg(long)]
        account: AccountId,
    },
    /// Erase people, guests, keys and sessions of an account; bookings stay and name nobody
    Erase {
        /// The account, from `onegent accounts list`
        #[arg(long)]
        account: AccountId,
        /// Do it: there is no way back
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Webhooks {
    /// Have an address told when a job's status changes; its secret is shown once
    #[command(
        after_help = "Example:\n  onegent webhooks add --url https://example.com/onegent --environment live"
    )]
    Add {
        /// Where messages go: a public https address
        #[arg(long)]
        url: Text<2000>,
        /// Whose jobs: those of real sites, or of the sandbox's
        #[arg(long, default_value = "test")]
        environment: Environment,
    },
    /// List webhooks, without secrets
    List,
    /// Give a webhook another secret; the one before signs as well for a day
    Rotate {
        /// The webhook, from `onegent webhooks list`
        endpoint_id: EndpointId,
    },
    /// List the messages that were given up
    DeadLetters {
        /// The webhook, from `onegent webhooks list`
        endpoint_id: EndpointId,
    },
    /// Send again what was given up
    Replay {
        /// The webhook, from `onegent webhooks list`
        endpoint_id: EndpointId,
    },
    /// Remove a webhook and what waits for it
    Remove {
        /// The webhook, from `onegent webhooks list`
        endpoint_id: EndpointId,
    },
}
