//! What must not stand in the project: files too long to be one room, and paths of one machine.

use std::process::Command;

use anyhow::{Context as _, ensure};

/// A source file longer than this has a second room inside.
const LONGEST: usize = 500;

/// Fails on the first kind of finding, with all of them listed.
pub(crate) fn check() -> anyhow::Result<()> {
    let root = super::step::root()?;
    let listed =
        Command::new("git").args(["ls-files", "-z"]).current_dir(&root).output().context("git ls-files")?;
    let names = String::from_utf8(listed.stdout).context("a file name that is not UTF-8")?;
    let mut wrong = Vec::new();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let Ok(text) = std::fs::read_to_string(root.join(name)) else { continue };
        let rust = std::path::Path::new(name).extension().is_some_and(|extension| extension == "rs");
        if rust && text.lines().count() > LONGEST {
            wrong.push(format!("{name} has {} lines; split it", text.lines().count()));
        }
        if name.ends_with("/mod.rs") {
            wrong.push(format!("{name}: modules are self-named here"));
        }
        let homes = ["/home/", "/root/", "/Users/"].map(|home| format!("\"{home}"));
        if rust && homes.iter().any(|home| text.contains(home)) && !name.starts_with("xtask/") {
            wrong.push(format!("{name} names a path of one machine"));
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
