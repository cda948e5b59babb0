//! `cargo xtask dist`: what is given out, for the system this runs on, below `target/dist-out/`.
//!
//! Manifests come out of the binary itself, so that they name the tools that are in it.

mod check;
mod deb;
mod mcpb;
mod npm;
mod sbom;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use sha2::{Digest as _, Sha256};

use crate::step;

pub(crate) use check::test;

/// What to make.
#[derive(Debug, Args)]
pub(crate) struct Dist {
    /// Only this; everything unless said
    #[command(subcommand)]
    what: Option<What>,
    /// The profile that the binaries are built with; `dev` is for trying this command
    #[arg(long, default_value = "dist", global = true)]
    profile: String,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum What {
    /// Both binaries in one archive
    Tar,
    /// A desktop extension for Claude Desktop and other hosts that take `.mcpb`
    Mcpb,
    /// The npm package and its package for this system
    Npm,
    /// A Debian package
    Deb,
    /// `server.json` for the MCP registry
    Registry,
    /// The list of all parts, CycloneDX 1.6
    Sbom,
}

/// What all kinds need.
struct Build {
    /// Where the binaries are.
    binaries: PathBuf,
    /// Where what is made goes.
    out: PathBuf,
    root: PathBuf,
    version: String,
}

impl Build {
    fn binary(&self, name: &str) -> PathBuf {
        self.binaries.join(name).with_extension(std::env::consts::EXE_EXTENSION)
    }

    /// What `onegent` prints.
    fn said(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = Command::new(self.binary("onegent")).args(arguments).output()?;
        ensure!(output.status.success(), "onegent {}: {}", arguments.join(" "), output.status);
        Ok(String::from_utf8(output.stdout)?)
    }

    /// An empty folder to put something together in.
    fn stage(&self, name: &str) -> anyhow::Result<PathBuf> {
        let stage = self.out.join("stage").join(name);
        if stage.exists() {
            fs::remove_dir_all(&stage)?;
        }
        fs::create_dir_all(&stage)?;
        Ok(stage)
    }
}

/// Builds and puts together.
pub(crate) fn run(dist: &Dist) -> anyhow::Result<()> {
    let build = build(&dist.profile)?;
    let all = [What::Tar, What::Mcpb, What::Npm, What::Deb, What::Registry, What::Sbom];
    for what in dist.what.as_ref().map_or(&all[..], std::slice::from_ref) {
        match what {
            What::Tar => step::named("archive", || tar(&build))?,
            What::Mcpb => step::named("desktop extension", || mcpb::pack(&build))?,
            What::Npm => step::named("npm packages", || npm::pack(&build))?,
            What::Deb => step::named("Debian package", || deb::pack(&build))?,
            What::Registry => step::named("server.json", || {
                Ok(fs::write(build.out.join("server.json"), build.said(&["manifest", "registry"])?)?)
            })?,
            What::Sbom => step::named("list of parts", || sbom::write(&build.out, &build.version))?,
        }
    }
    checksums(&build.out)
}

fn build(profile: &str) -> anyhow::Result<Build> {
    let root = step::root()?;
    step::cargo(&["build", "--locked", "--package", "onegent-cli", "--bins", "--profile", profile])?;
    // Cargo's own name for the folder of its first profile.
    let folder = if profile == "dev" { "debug" } else { profile };
    let out = root.join("target").join("dist-out");
    let binaries = out.join("stage").join("bin");
    for name in ["onegent", "onegent-mcp-server"] {
        let file = Path::new(name).with_extension(std::env::consts::EXE_EXTENSION);
        copy(&root.join("target").join(folder).join(&file), &binaries.join(&file))?;
        if cfg!(unix) {
            // Names stay, for traces; what only a debugger reads does not.
            step::run(Command::new("strip").arg("-S").arg(binaries.join(&file)))?;
        }
    }
    Ok(Build { binaries, out, root, version: env!("CARGO_PKG_VERSION").to_owned() })
}

/// This system, as Node.js names it.
fn system() -> anyhow::Result<String> {
    let os = match std::env::consts::OS {
        "linux" => "linux",
        "macos" => "darwin",
        "windows" => "win32",
        other => anyhow::bail!("nothing is given out for {other}"),
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => anyhow::bail!("nothing is given out for {other}"),
    };
    Ok(format!("{os}-{processor}"))
}

fn tar(build: &Build) -> anyhow::Result<()> {
    let name = format!("onegent-{}-{}", build.version, system()?);
    let stage = build.stage("tar")?;
    let folder = stage.join(&name);
    for binary in ["onegent", "onegent-mcp-server"] {
        copy(&build.binary(binary), &folder.join(build.binary(binary).file_name().context("a name")?))?;
    }
    for text in ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&build.root.join(text), &folder.join(text))?;
    }
    let archive = build.out.join(format!("{name}.tar.gz"));
    step::run(Command::new("tar").arg("-czf").arg(archive).arg("-C").arg(stage).arg(name))
}

/// Copies a file to where its folder may not be yet; modes come along.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to.parent().context("a file stands in a folder")?)?;
    fs::copy(from, to).with_context(|| format!("{} to {}", from.display(), to.display()))?;
    Ok(())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::create_dir_all(path.parent().context("a file stands in a folder")?)?;
    fs::write(path, text).with_context(|| path.display().to_string())
}

/// `SHA256SUMS`, as `sha256sum --check` reads it.
fn checksums(out: &Path) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(out)? {
        let path = entry?.path();
        if path.is_file() && path.file_name().is_some_and(|name| name != "SHA256SUMS") {
            let mut line = String::new();
            for byte in Sha256::digest(fs::read(&path)?) {
                write!(line, "{byte:02x}")?;
            }
            writeln!(line, "  {}", path.file_name().context("a name")?.display())?;
            lines.push(line);
        }
    }
    // By name, so that two runs over the same files say the same.
    lines.sort_by(|one, other| one[64..].cmp(&other[64..]));
    fs::write(out.join("SHA256SUMS"), lines.concat())?;
    step::named("checksums", || {
        step::say(&lines.concat());
        Ok(())
    })
}
