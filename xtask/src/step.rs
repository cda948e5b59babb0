//! Steps: named, timed, and stopped at the first that fails.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, ensure};

/// Runs a step and says how long it took.
pub(crate) fn named(name: &str, step: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    println!("--- {name}");
    let started = Instant::now();
    step().with_context(|| format!("{name} failed"))?;
    println!("    {name}: {:.1} s", started.elapsed().as_secs_f32());
    Ok(())
}

/// Prints lines as they are.
pub(crate) fn say(text: &str) {
    print!("{text}");
}

/// Runs cargo, the one that runs us.
pub(crate) fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    cargo_with(arguments, &[])
}

/// Runs cargo with more environment.
pub(crate) fn cargo_with(arguments: &[&str], environment: &[(&str, &str)]) -> anyhow::Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_unset| "cargo".to_owned());
    named(&format!("cargo {}", arguments.join(" ")), || {
        run(Command::new(cargo).args(arguments).envs(environment.iter().copied()))
    })
}

/// Runs a program in the workspace's root and wants it to succeed.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.current_dir(root()?).status().with_context(|| format!("can't run {command:?}"))?;
    ensure!(status.success(), "{} ended with {status}", command.get_program().display());
    Ok(())
}

/// The workspace's root.
pub(crate) fn root() -> anyhow::Result<std::path::PathBuf> {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here.parent().context("xtask stands in the workspace")?.to_owned())
}

/// This system's name, as cargo has it.
pub(crate) fn host() -> anyhow::Result<String> {
    let said = String::from_utf8(Command::new("rustc").arg("-vV").output()?.stdout)?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc names no host")?.to_owned())
}
