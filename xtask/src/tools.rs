//! What the tests need beside Rust: the foreign MCP clients' packages. Installed below `target/`, from lock files.

use std::path::Path;
use std::process::Command;

use super::step;

/// Installs what is missing; quick when everything is there.
pub(crate) fn install() -> anyhow::Result<()> {
    let root = step::root()?;
    let clients = root.join("target/clients");
    std::fs::create_dir_all(&clients)?;
    step::named("TypeScript MCP client", || npm(&root, &clients, "typescript", &["call-all.mjs"]))?;
    step::named("MCP conformance suite", || npm(&root, &clients, "conformance", &[]))?;
    step::named("Python MCP client", || python(&root, &clients))
}

/// The packages of one folder, and the scripts beside them.
fn npm(root: &Path, clients: &Path, folder: &str, scripts: &[&str]) -> anyhow::Result<()> {
    let (from, to) = (root.join("tests/clients").join(folder), clients.join(folder));
    std::fs::create_dir_all(&to)?;
    let packages = copied(&from, &to, &["package.json", "package-lock.json"])?;
    copied(&from, &to, scripts)?;
    if !packages && to.join("node_modules").is_dir() {
        return Ok(());
    }
    step::run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--prefix"]).arg(&to))
}

fn python(root: &Path, clients: &Path) -> anyhow::Result<()> {
    let (from, to) = (root.join("tests/clients/python"), clients.join("python"));
    std::fs::create_dir_all(&to)?;
    let changed = copied(&from, &to, &["requirements.txt", "call_all.py"])?;
    let python = to.join("venv/bin/python");
    if !changed && python.exists() {
        return Ok(());
    }
    step::run(Command::new("python3").args(["-m", "venv"]).arg(to.join("venv")))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    step::run(Command::new(python).args(pip).arg(to.join("requirements.txt")))
}

/// Copies files; true when any of them differed.
fn copied(from: &Path, to: &Path, files: &[&str]) -> anyhow::Result<bool> {
    let mut changed = false;
    for file in files {
        let wanted = std::fs::read(from.join(file))?;
        if std::fs::read(to.join(file)).ok().as_deref() != Some(&wanted) {
            std::fs::write(to.join(file), wanted)?;
            changed = true;
        }
    }
    Ok(changed)
}
