//! The layering of the workspace, from `cargo metadata`. A new edge is an architecture change: it needs a decision
//! record, and then a line here.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, NodeDep};

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
    let core = built_from(&metadata, "onegent-core");
    if core.len() > CORE_BUDGET {
        wrong.push(format!("core is built from {} packages, {CORE_BUDGET} at most: {core:?}", core.len()));
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// The names of all packages that a package is built from on this system, itself included.
fn built_from<'a>(metadata: &'a Metadata, name: &str) -> BTreeSet<&'a str> {
    let mut open: Vec<_> = metadata
        .packages
        .iter()
        .filter(|package| package.name.as_str() == name)
        .map(|package| &package.id)
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = metadata.resolve.iter().flat_map(|graph| &graph.nodes).find(|node| node.id == *id);
        let normal = |edge: &&NodeDep| edge.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
        open.extend(node.into_iter().flat_map(|node| &node.deps).filter(normal).map(|edge| &edge.pkg));
    }
    seen.into_iter().map(|id| metadata[id].name.as_str()).collect()
}
