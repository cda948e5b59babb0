//! Where a host keeps its configuration, per system.

use std::path::PathBuf;

use super::Host;

/// Whose habits the paths follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    /// Linux and its kin: the XDG base directories.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl System {
    /// The one this program runs on.
    const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Linux
    };
}

/// A person's folders.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    /// The home directory.
    home: PathBuf,
    /// Where programs keep settings: `~/.config` on Linux, `~/Library/Application Support` on macOS, `%APPDATA%` on Windows.
    settings: PathBuf,
}

impl Folders {
    /// This person's, on this machine. `None` when the system names no home directory.
    pub(crate) fn here() -> Option<Self> {
        let home = etcetera::home_dir().ok()?;
        Some(Self::of(System::HERE, home, |variable| std::env::var_os(variable).map(PathBuf::from)))
    }

    /// A person's folders on a system, with the variables that may move them.
    fn of(system: System, home: PathBuf, variable: impl Fn(&str) -> Option<PathBuf>) -> Self {
        let moved = |name| variable(name).filter(|dir| !dir.as_os_str().is_empty());
        let settings = match system {
            System::Linux => moved(crate::env::XDG_CONFIG_HOME).unwrap_or_else(|| home.join(".config")),
            System::MacOs => home.join("Library").join("Application Support"),
            System::Windows => {
                moved(crate::env::APP_DATA).unwrap_or_else(|| home.join("AppData").join("Roaming"))
            }
        };
        Self { home, settings }
    }

    /// The file of a host.
    pub(crate) fn file_of(&self, host: Host) -> PathBuf {
        match host {
            Host::ClaudeDesktop => self.settings.join("Claude").join("claude_desktop_config.json"),
            Host::ClaudeCode => self.home.join(".claude.json"),
            Host::Cursor => self.home.join(".cursor").join("mcp.json"),
            Host::VsCode => self.settings.join("Code").join("User").join("mcp.json"),
            Host::Windsurf => self.home.join(".codeium").join("windsurf").join("mcp_config.json"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(system: System, variable: impl Fn(&str) -> Option<PathBuf>) -> Vec<String> {
        let folders = Folders::of(system, PathBuf::from("~"), variable);
        Host::ALL.map(|host| folders.file_of(host).display().to_string().replace('\\', "/")).to_vec()
    }

    #[test]
    fn every_system_has_its_own_places() {
        let nothing = |_: &str| None;
        assert_eq!(
            files(System::Linux, nothing),
            [
                "~/.config/Claude/claude_desktop_config.json",
                "~/.claude.json",
                "~/.cursor/mcp.json",
                "~/.config/Code/User/mcp.json",
                "~/.codeium/windsurf/mcp_config.json",
            ]
        );
        assert_eq!(
            files(System::MacOs, nothing),
            [
                "~/Library/Application Support/Claude/claude_desktop_config.json",
                "~/.claude.json",
                "~/.cursor/mcp.json",
                "~/Library/Application Support/Code/User/mcp.json",
                "~/.codeium/windsurf/mcp_config.json",
            ]
        );
        let roaming = |name: &str| (name == "APPDATA").then(|| PathBuf::from("D:/Roaming"));
        assert_eq!(
            files(System::Windows, roaming),
            [
                "D:/Roaming/Claude/claude_desktop_config.json",
                "~/.claude.json",
                "~/.cursor/mcp.json",
                "D:/Roaming/Code/User/mcp.json",
                "~/.codeium/windsurf/mcp_config.json",
            ]
        );
        assert!(files(System::Windows, nothing)[0].starts_with("~/AppData/Roaming/Claude/"));
        let moved = |name: &str| (name == "XDG_CONFIG_HOME").then(|| PathBuf::from("/elsewhere"));
        assert!(files(System::Linux, moved)[3].starts_with("/elsewhere/Code/"));
    }
}
