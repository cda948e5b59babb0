//! Commands that bring Onegent to where an assistant is, and that say what is wrong there.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use url::Url;

use super::Api;
use crate::hosts::Host;

pub(crate) const OPENAPI_HELP: &str = "\
Examples:
  onegent openapi > openapi.json
  onegent openapi --format yaml
  onegent openapi --profile custom-gpt --server-url https://book.example.com";

pub(crate) const INSTALL_HELP: &str = "\
Examples:
  ONEGENT_API_KEY=ogk_live_... onegent install claude-desktop
  onegent install cursor --embedded            the whole server in that process, no key needed
  onegent install vscode --dry-run             what would change
  onegent install claude-code --uninstall";

#[derive(Debug, Clone, Args)]
pub(crate) struct Openapi {
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub(crate) format: Format,
    /// The whole surface, or what a GPT editor imports
    #[arg(long, value_enum, default_value_t = Profile::Full)]
    pub(crate) profile: Profile,
    /// The server that it names, such as https://book.example.com
    #[arg(long, default_value = "https://onegent.one", value_name = "URL")]
    pub(crate) server_url: Url,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Json,
    Yaml,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    Full,
    CustomGpt,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Gpt {
    /// Print the text for the field `Instructions` of a Custom GPT
    #[command(after_help = "Example:\n  onegent gpt instructions")]
    Instructions,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Manifest {
    /// The ChatGPT app: its name, its MCP server, its tools and what keeps them safe
    #[command(after_help = "Example:\n  onegent manifest chatgpt-app --url https://book.example.com/api/mcp")]
    ChatgptApp {
        /// The MCP endpoint that ChatGPT calls
        #[arg(long)]
        url: Url,
    },
    /// `manifest.json` of a desktop extension (.mcpb)
    #[command(after_help = "Example:\n  onegent manifest mcpb --platform linux")]
    Mcpb {
        /// The system that the bundle's binary runs on
        #[arg(long, value_enum)]
        platform: Platform,
    },
    /// `server.json` for the MCP registry
    #[command(after_help = "Example:\n  onegent manifest registry")]
    Registry,
}

/// A system, as extension bundles name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Platform {
    Linux,
    Darwin,
    Win32,
}

#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Install {
    /// The program that shall know Onegent
    #[arg(value_enum)]
    pub(crate) host: Host,
    /// Print the entry to paste, without the key, and change nothing
    #[arg(long, conflicts_with_all = ["dry_run", "uninstall"])]
    pub(crate) print: bool,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Take the entry out again
    #[arg(long)]
    pub(crate) uninstall: bool,
    /// Run the whole server in the host's process instead of calling a REST API
    #[arg(long, conflicts_with = "uninstall")]
    pub(crate) embedded: bool,
    /// The configuration file [default: the host's own]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The program that the host starts [default: this one]
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) command: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) api: Api,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Doctor {
    /// The port that `onegent serve` would use
    #[arg(long, env = crate::env::PORT, default_value_t = 4700)]
    pub(crate) port: u16,
    #[command(flatten)]
    pub(crate) api: Api,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Health {
    /// The server's port
    #[arg(long, env = crate::env::PORT, default_value_t = 4700)]
    pub(crate) port: u16,
}
