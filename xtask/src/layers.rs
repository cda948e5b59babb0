//! The layering of the workspace, from `cargo metadata`. A new edge is an architecture change: it needs a decision
//! record, and then a line here.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::ensure;
use cargo_metadata::{DependencyKind, MetadataCommand};

/// Who may depend on whom, dev-dependencies aside.
const ALLOWED: &[(&str, &[&str])] = &[
    ("onegent-core", &[]),
    ("onegent-sandbox", &[]),
    ("onegent-client", &["onegent-core"]),
    ("onegent-engine", &["onegent-core"]),
    ("onegent-mcp", &["onegent-core"]),
    ("onegent-http", &["onegent-core", "onegent-mcp"]),
    (
        "onegent-cli",
        &[
            "onegent-client",
            "onegent-core",
            "onegent-engine",
            "onegent-http",
            "onegent-mcp",
            "onegent-sandbox",
        ],
    ),
    (
        "onegent-tests",
        &[
            "onegent-cli",
            "onegent-client",
            "onegent-core",
            "onegent-engine",
            "onegent-http",
            "onegent-mcp",
            "onegent-sandbox",
            "onegent-test-postgres",
        ],
    ),
    ("onegent-test-postgres", &[]),
    ("onegent-example-rig-agent", &["onegent-core", "onegent-engine", "onegent-sandbox"]),
    ("xtask", &[]),
];

/// What core must never see: no I/O, no runtime, no HTTP, no SQL.
const NOT_IN_CORE: &[&str] = &["tokio", "reqwest", "hyper", "axum", "sqlx", "rmcp", "mio", "rusqlite"];

/// How many packages core may be built from, itself included. It is in every program that only wants to call us.
const CORE_BUDGET: usize = 50;

/// Fails on an edge that is not in the picture.
pub(crate) fn check() -> anyhow::Result<()> {
    let metadata = MetadataCommand::new()
        .current_dir(super::step::root()?)
        .other_options(["--locked".to_owned(), "--filter-platform".to_owned(), crate::step::host()?])
        .exec()?;
    let allowed: BTreeMap<_, BTreeSet<_>> =
        ALLOWED.iter().map(|(name, edges)| (*name, edges.iter().copied().collect())).collect();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let Some(edges) = allowed.get(package.name.as_str()) else {
            wrong.push(format!("{} is not in the picture", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let inside = dependency.path.is_some() && dependency.kind != DependencyKind::Development;
            if inside && !edges.contains(dependency.name.as_str()) {
                wrong.push(format!("{} must not depend on {}", package.name, dependency.name));
            }
            if package.name.as_str() == "onegent-core" && NOT_IN_CORE.contains(&dependency.name.as_str()) {
                wrong.push(format!("core does no I/O and must not depend on {}", dependency.name));
            }
        }
    }
    let core = built_from("onegent-core")?;
    if core.len() > CORE_BUDGET {
        wrong.push(format!("core is built from {} packages, {CORE_BUDGET} at most: {core:?}", core.len()));
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// The names of all packages that a package is built from by itself on this system, itself included. Cargo's metadata
/// has the features of the whole workspace in it; `cargo tree` has those of the package alone.
fn built_from(name: &str) -> anyhow::Result<BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_unset| "cargo".to_owned());
    let tree = Command::new(cargo)
        .args(["tree", "--locked", "--package", name, "--edges", "normal,build", "--prefix", "none"])
        .args(["--format", "{p}"])
        .current_dir(super::step::root()?)
        .output()?;
    ensure!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let names = String::from_utf8(tree.stdout)?;
    Ok(names.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}
