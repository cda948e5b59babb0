//! The layering of the workspace, from `cargo metadata`. A new edge is an architecture change: it needs a decision
//! record, and then a line here.

use std::collections::{BTreeMap, BTreeSet};

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
        ],
    ),
    ("xtask", &[]),
];

/// What core must never see: no I/O, no runtime, no HTTP, no SQL.
const NOT_IN_CORE: &[&str] = &["tokio", "reqwest", "hyper", "axum", "sqlx", "rmcp", "mio", "rusqlite"];

/// Fails on an edge that is not in the picture.
pub(crate) fn check() -> anyhow::Result<()> {
    let metadata = MetadataCommand::new()
        .current_dir(super::step::root()?)
        .other_options(["--locked".to_owned()])
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
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
