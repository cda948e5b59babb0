//! The desktop extension: a binary, its manifest and an icon, put together by the format's own tool.

use std::process::Command;

use super::{Build, copy, system, write};
use crate::{step, tools};

/// Puts it together; the tool refuses a manifest that hosts would refuse.
pub(super) fn pack(build: &Build) -> anyhow::Result<()> {
    let system = system()?;
    let platform = system.split('-').next().unwrap_or_default();
    let stage = build.stage("mcpb")?;
    write(&stage.join("manifest.json"), &build.said(&["manifest", "mcpb", "--platform", platform])?)?;
    copy(&build.root.join("packaging/mcpb/icon.png"), &stage.join("icon.png"))?;
    let binary = build.binary("onegent-mcp-server");
    let name = binary.file_name().unwrap_or_default();
    copy(&binary, &stage.join("server").join(name))?;
    let tool = tools::npm_tool("mcpb")?;
    step::run(Command::new(&tool).arg("validate").arg(stage.join("manifest.json")))?;
    let bundle = build.out.join(format!("onegent-{}-{system}.mcpb", build.version));
    step::run(Command::new(&tool).arg("pack").arg(stage).arg(bundle))
}
