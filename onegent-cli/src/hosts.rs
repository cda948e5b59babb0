//! The programs in which assistants live, and their configuration files.
//!
//! A host's file belongs to its person. Only our own entry is touched; everything else, down to comments and line ends, stays
//! as it is, and a file that can't be read for certain is left alone.

pub(crate) mod document;
mod entry;
pub(crate) mod file;
mod location;

pub(crate) use entry::{Entry, Found};
pub(crate) use location::Folders;

use clap::ValueEnum;

/// A program that starts MCP servers out of a configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Host {
    /// Claude Desktop
    ClaudeDesktop,
    /// Claude Code, for all projects of this person
    ClaudeCode,
    /// Cursor
    Cursor,
    /// VS Code
    #[value(name = "vscode")]
    VsCode,
    /// Windsurf
    Windsurf,
}

impl Host {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::ClaudeDesktop, Self::ClaudeCode, Self::Cursor, Self::VsCode, Self::Windsurf];

    /// Its name as an argument.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "claude-desktop",
            Self::ClaudeCode => "claude-code",
            Self::Cursor => "cursor",
            Self::VsCode => "vscode",
            Self::Windsurf => "windsurf",
        }
    }

    /// Its name as people know it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "Claude Desktop",
            Self::ClaudeCode => "Claude Code",
            Self::Cursor => "Cursor",
            Self::VsCode => "VS Code",
            Self::Windsurf => "Windsurf",
        }
    }

    /// The member of its file that holds the servers.
    pub(crate) fn servers(self) -> &'static str {
        match self {
            Self::VsCode => "servers",
            Self::ClaudeDesktop | Self::ClaudeCode | Self::Cursor | Self::Windsurf => "mcpServers",
        }
    }

    /// Whether an entry says that it speaks over stdio.
    pub(crate) fn names_transport(self) -> bool {
        matches!(self, Self::VsCode | Self::ClaudeCode)
    }

    /// What a person does for it to see a change.
    pub(crate) fn restart(self) -> &'static str {
        match self {
            Self::ClaudeDesktop => "quit Claude Desktop wholly (not its window alone) and start it again",
            Self::ClaudeCode => "start a new session; `/mcp` lists the server",
            Self::Cursor => "see Settings, MCP; switch the server off and on when Cursor was running",
            Self::VsCode => "run `MCP: List Servers` and start it",
            Self::Windsurf => "press Refresh in Cascade's MCP panel",
        }
    }
}
