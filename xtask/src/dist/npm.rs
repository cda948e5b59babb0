//! The npm packages: one with a launcher, and one per system with the binary, which npm picks by `os` and `cpu`.

use std::process::Command;

use serde_json::{Value, json};

use super::{Build, copy, system, write};
use crate::step;

const NAME: &str = "@onegent/mcp-server";
const SYSTEMS: [&str; 5] = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"];

/// Packs the launcher and this system's binary.
pub(super) fn pack(build: &Build) -> anyhow::Result<()> {
    let system = system()?;
    let (os, cpu) = system.split_once('-').unwrap_or_default();
    let binary = build.binary("onegent-mcp-server");
    let stage = build.stage(&format!("npm-{system}"))?;
    copy(&binary, &stage.join("bin").join(binary.file_name().unwrap_or_default()))?;
    let mut package = common(build, &format!("{NAME}-{system}"), "Onegent's MCP server: the binary");
    package["os"] = json!([os]);
    package["cpu"] = json!([cpu]);
    package["files"] = json!(["bin", "LICENSE-*"]);
    finish(build, &stage, &package)?;

    let stage = build.stage("npm")?;
    for file in ["launcher.mjs", "README.md"] {
        copy(&build.root.join("packaging/npm").join(file), &stage.join(file))?;
    }
    let description =
        "MCP server that books restaurants, hotels, flights and activities, and stops at payment";
    let mut package = common(build, NAME, description);
    // The MCP registry wants to see that package and entry belong together.
    let entry: Value = serde_json::from_str(&build.said(&["manifest", "registry"])?)?;
    package["mcpName"] = entry["name"].clone();
    package["type"] = json!("module");
    package["bin"] = json!({ "onegent-mcp-server": "launcher.mjs" });
    package["files"] = json!(["launcher.mjs", "LICENSE-*"]);
    package["engines"] = json!({ "node": ">=18" });
    package["keywords"] = json!(["mcp", "mcp-server", "travel", "booking"]);
    package["optionalDependencies"] =
        SYSTEMS.iter().map(|system| (format!("{NAME}-{system}"), json!(build.version))).collect();
    finish(build, &stage, &package)
}

fn common(build: &Build, name: &str, description: &str) -> Value {
    json!({
        "name": name,
        "version": build.version,
        "description": description,
        "license": "MIT OR Apache-2.0",
        "homepage": env!("CARGO_PKG_HOMEPAGE"),
        "repository": { "type": "git", "url": concat!("git+", env!("CARGO_PKG_REPOSITORY"), ".git") },
    })
}

fn finish(build: &Build, stage: &std::path::Path, package: &Value) -> anyhow::Result<()> {
    write(&stage.join("package.json"), &format!("{package:#}\n"))?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&build.root.join(licence), &stage.join(licence))?;
    }
    step::run(Command::new("npm").args(["pack", "--silent", "--pack-destination"]).arg(&build.out).arg(stage))
}
