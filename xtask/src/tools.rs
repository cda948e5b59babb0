//! What the tests need beside Rust: packages of foreign MCP clients, and of those who judge and use the OpenAPI documents.
//! Installed below `target/`, from lock files.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::step;

/// Installs what is missing; quick when everything is there.
pub(crate) fn install() -> anyhow::Result<()> {
    let root = step::root()?;
    let clients = root.join("target/clients");
    std::fs::create_dir_all(&clients)?;
    step::named("OpenID Connect provider", || npm(&root, &clients, "oidc", &["provider.mjs"]))?;
    step::named("Webhook receiver", || npm(&root, &clients, "webhooks", &["receiver.mjs"]))?;
    step::named("Mail server", || npm(&root, &clients, "mail", &["server.mjs"]))?;
    step::named("MCP conformance suite", || npm(&root, &clients, "conformance", &[]))?;
    step::named("TypeScript MCP clients", || {
        npm(&root, &clients, "typescript", &["call-all.mjs", "book.mjs"])?;
        npm(&root, &clients, "typescript-2", &["book.mjs"])
    })?;
    step::named("Python MCP clients", || {
        python(&root, &clients, "python", &["call_all.py", "book.py"])?;
        python(&root, &clients, "python-1", &["book.py"])
    })?;
    // The browser that the driver tests drive and that shows the job card; and what counts instructions.
    step::named("Chromium", || debian("chromium"))?;
    step::named("Valgrind", || debian("valgrind"))?;
    step::named("OpenAPI tools from npm", || npm(&root, &clients, "openapi", &["book.ts", "spectral.yaml"]))?;
    step::named("OpenAPI tools from PyPI", || {
        python(&root, &clients, "openapi", &["book.py", "schemathesis.toml"])
    })
}

/// A program out of Debian's packages, which has the package's name.
fn debian(package: &str) -> anyhow::Result<()> {
    if Command::new(package).arg("--version").output().is_ok_and(|told| told.status.success()) {
        return Ok(());
    }
    step::run(Command::new("apt-get").arg("update"))?;
    step::run(Command::new("apt-get").args(["install", "--yes", "--no-install-recommends", package]))
}

/// A tool out of npm's packages, installed when it is missing.
pub(crate) fn npm_tool(name: &str) -> anyhow::Result<PathBuf> {
    let root = step::root()?;
    let clients = root.join("target/clients");
    npm(&root, &clients, "openapi", &["book.ts", "spectral.yaml"])?;
    Ok(clients.join("openapi/node_modules/.bin").join(name))
}

/// What judges the entry of the MCP registry, by the registry's own schema.
pub(crate) fn registry_linter() -> anyhow::Result<PathBuf> {
    let root = step::root()?;
    let clients = root.join("target/clients");
    python(&root, &clients, "registry", &[])?;
    Ok(clients.join("registry/venv/bin/skillsaw"))
}

/// Installs the OAuth clients that `cargo xtask e2e oauth` connects. rmcp's is built with features of its own.
pub(crate) fn install_connectors() -> anyhow::Result<()> {
    let root = step::root()?;
    let clients = root.join("target/clients");
    std::fs::create_dir_all(&clients)?;
    let scripts = [
        "person.mjs",
        "walk.mjs",
        "store.mjs",
        "oauth4webapi.mjs",
        "openid-client.mjs",
        "sdk-1.mjs",
        "sdk-2.mjs",
    ];
    step::named("TypeScript connectors", || npm(&root, &clients, "connectors", &scripts))?;
    step::named("Python connector", || python(&root, &clients, "python", &["connect.py"]))?;
    step::named("Rust connector", || {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_unset| "cargo".to_owned());
        let manifest = root.join("tests/clients/rmcp/Cargo.toml");
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--locked", "--manifest-path"]).arg(manifest);
        step::run(build.arg("--target-dir").arg(clients.join("rmcp")))
    })
}

/// The script that looks at pages, with its packages.
pub(crate) fn pages() -> anyhow::Result<std::path::PathBuf> {
    let root = step::root()?;
    let clients = root.join("target/clients");
    step::named("axe-core and a driver for Chromium", || npm(&root, &clients, "pages", &["look.mjs"]))?;
    Ok(clients.join("pages/look.mjs"))
}

/// The pages of `MiniWoB++`, without the Python that drives them there.
pub(crate) fn miniwob() -> anyhow::Result<PathBuf> {
    const WHEEL: &str = "miniwob-1.1.0-py3-none-any.whl";
    let to = step::root()?.join("target/clients/miniwob");
    let html = to.join("miniwob/html");
    if !html.is_dir() {
        std::fs::create_dir_all(&to)?;
        let mut download = Command::new("python3");
        download.args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest"]).arg(&to);
        step::run(download.arg("miniwob==1.1.0"))?;
        step::run(Command::new("python3").args(["-m", "zipfile", "--extract"]).arg(to.join(WHEEL)).arg(&to))?;
    }
    Ok(html)
}

/// The packages of one folder, and the scripts beside them.
fn npm(root: &Path, clients: &Path, name: &str, files: &[&str]) -> anyhow::Result<()> {
    let (from, to) = (root.join("tests/clients").join(name), clients.join(name));
    std::fs::create_dir_all(&to)?;
    copied(&from, &to, files)?;
    if !copied(&from, &to, &["package.json", "package-lock.json"])? && to.join("node_modules").is_dir() {
        return Ok(());
    }
    let mut install = Command::new("npm");
    install.args(["ci", "--no-audit", "--no-fund", "--prefix"]).arg(&to);
    // One of the packages would tell its makers that it was installed.
    step::run(install.env("SCARF_ANALYTICS", "false"))
}

fn python(root: &Path, clients: &Path, name: &str, files: &[&str]) -> anyhow::Result<()> {
    let (from, to) = (root.join("tests/clients").join(name), clients.join(name));
    std::fs::create_dir_all(&to)?;
    copied(&from, &to, files)?;
    let changed = copied(&from, &to, &["requirements.txt"])?;
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
