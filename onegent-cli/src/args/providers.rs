//! Booking sites that the owner of a data directory adds.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use onegent_core::caller::Environment;
use onegent_core::request::Scenario;
use onegent_core::site::SiteUrl;
use onegent_core::text::{ProviderId, Text};

use super::BrowserArgs;
use crate::env;

pub(super) const ADD_HELP: &str = "\
Examples:
  onegent providers add https://www.example.com/book
  onegent providers add https://www.example.com/book --scenario restaurant --name 'My tables'
  onegent providers add http://127.0.0.1:4701/table/ --environment test --id practice-tables";

/// Where the files of providers are.
#[derive(Debug, Clone, Args)]
pub(crate) struct ProvidersDir {
    /// The folder with more providers, a TOML file each [default: providers in the data directory]
    #[arg(long, env = env::PROVIDERS, value_name = "DIR")]
    pub(crate) providers: Option<PathBuf>,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Providers {
    /// Look at a site's entry page and add the site as a provider
    #[command(after_help = ADD_HELP)]
    Add(Box<AddProvider>),
    /// List providers: those that come along, those of the folder, and what was learned
    #[command(after_help = "Examples:\n  onegent providers list\n  onegent providers list --json")]
    List {
        #[command(flatten)]
        dir: ProvidersDir,
    },
    /// Show one provider, with the ways to a booking that were learned there
    #[command(after_help = "Example:\n  onegent providers show www.example.com")]
    Show {
        /// The provider, from `onegent providers list`
        id: ProviderId,
        #[command(flatten)]
        dir: ProvidersDir,
    },
    /// Remove a provider's file, and forget what was learned there
    #[command(after_help = "Example:\n  onegent providers remove www.example.com")]
    Remove {
        /// The provider, from `onegent providers list`
        id: ProviderId,
        #[command(flatten)]
        dir: ProvidersDir,
    },
}

#[derive(Debug, Clone, Args)]
pub(crate) struct AddProvider {
    /// The page where a booking begins
    pub(crate) url: SiteUrl,
    /// What can be booked there [default: what the page says]
    #[arg(long)]
    pub(crate) scenario: Option<Scenario>,
    /// What it is called in requests [default: its host]
    #[arg(long)]
    pub(crate) id: Option<ProviderId>,
    /// What people are shown [default: what the page says]
    #[arg(long)]
    pub(crate) name: Option<Text>,
    /// A real site, or one of the sandbox's
    #[arg(long, default_value = "live")]
    pub(crate) environment: Environment,
    /// It is in a network of your own: a private address, or plain http
    #[arg(long)]
    pub(crate) private: bool,
    /// Put it in place of a provider of that id
    #[arg(long)]
    pub(crate) replace: bool,
    #[command(flatten)]
    pub(crate) dir: ProvidersDir,
    #[command(flatten)]
    pub(crate) browser: BrowserArgs,
}
