//! The list of all parts of the binaries: CycloneDX 1.6, out of `cargo metadata`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, NodeDep, PackageId};
use serde_json::{Value, json};

const BINARIES: &str = "onegent-cli";

/// Writes `onegent-VERSION.cdx.json`: what `onegent-cli` is built from on this system, without what only tests use.
pub(super) fn write(out: &Path, version: &str) -> anyhow::Result<()> {
    let metadata = MetadataCommand::new()
        .current_dir(crate::step::root()?)
        .other_options(["--locked".to_owned(), "--filter-platform".to_owned(), crate::step::host()?])
        .exec()?;
    let document = document(&metadata, version)?;
    Ok(fs::write(out.join(format!("onegent-{version}.cdx.json")), format!("{document:#}\n"))?)
}

fn document(metadata: &Metadata, version: &str) -> anyhow::Result<Value> {
    let graph = metadata.resolve.as_ref().context("no dependencies were resolved")?;
    let root = metadata.packages.iter().find(|package| package.name.as_str() == BINARIES);
    let root = &root.context("the binaries' package is gone")?.id;
    let edges = |id: &PackageId| -> Vec<PackageId> {
        let node = graph.nodes.iter().find(|node| node.id == *id);
        node.into_iter()
            .flat_map(|node| &node.deps)
            .filter(|edge| built(edge))
            .map(|edge| edge.pkg.clone())
            .collect()
    };
    let mut parts = BTreeSet::new();
    let mut open = vec![root.clone()];
    while let Some(id) = open.pop() {
        if parts.insert(id.clone()) {
            open.extend(edges(&id));
        }
    }
    let purl = |id: &PackageId| format!("pkg:cargo/{}@{}", metadata[id].name, metadata[id].version);
    let component = |id: &PackageId| {
        let package = &metadata[id];
        let mut component = json!({
            "type": "library",
            "bom-ref": purl(id),
            "name": package.name,
            "version": package.version,
            "purl": purl(id),
        });
        if let Some(licence) = &package.license {
            // Old crates write `MIT/Apache-2.0` where SPDX has `OR`.
            component["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
        }
        component
    };
    let dependencies = parts.iter().map(|id| {
        let on: BTreeSet<_> = edges(id).iter().map(&purl).collect();
        json!({ "ref": purl(id), "dependsOn": on })
    });
    let mut top = component(root);
    top["type"] = json!("application");
    top["version"] = json!(version);
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": top },
        "components": parts.iter().filter(|id| *id != root).map(component).collect::<Vec<_>>(),
        "dependencies": dependencies.collect::<Vec<_>>(),
    }))
}

/// Whether a dependency is part of what is built, be it only at build time.
fn built(edge: &NodeDep) -> bool {
    edge.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development)
}
