//! The Debian package: both binaries, the hardened service, and a user for it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::{Build, copy, write};
use crate::step;

/// Puts it together with `dpkg-deb`, which any Debian has.
pub(super) fn pack(build: &Build) -> anyhow::Result<()> {
    let stage = build.stage("deb")?;
    let packaging = build.root.join("packaging");
    for binary in ["onegent", "onegent-mcp-server"] {
        let to = stage.join("usr/bin").join(binary);
        copy(&build.binary(binary), &to)?;
    }
    copy(&packaging.join("systemd/onegent.service"), &stage.join("usr/lib/systemd/system/onegent.service"))?;
    copy(&packaging.join("debian/onegent.env"), &stage.join("etc/onegent/onegent.env"))?;
    write(&stage.join("DEBIAN/conffiles"), "/etc/onegent/onegent.env\n")?;
    copy(&packaging.join("debian/onegent.sysusers"), &stage.join("usr/lib/sysusers.d/onegent.conf"))?;
    let doc = stage.join("usr/share/doc/onegent");
    copy(&packaging.join("debian/copyright"), &doc.join("copyright"))?;
    copy(&build.root.join("CHANGELOG.md"), &doc.join("changelog"))?;
    step::run(Command::new("gzip").args(["-9n"]).arg(doc.join("changelog")))?;
    for script in ["postinst", "prerm"] {
        copy(&packaging.join("debian").join(script), &stage.join("DEBIAN").join(script))?;
    }
    let architecture = said(Command::new("dpkg").arg("--print-architecture"))?;
    write(&stage.join("DEBIAN/control"), &control(build, &architecture, &libc(&stage)?))?;
    modes(&stage)?;
    let package = build.out.join(format!("onegent_{}_{architecture}.deb", build.version));
    step::run(
        Command::new("dpkg-deb").args(["--root-owner-group", "-Zgzip", "--build"]).arg(stage).arg(package),
    )
}

fn control(build: &Build, architecture: &str, libc: &str) -> String {
    format!(
        "Package: onegent\nVersion: {}\nArchitecture: {architecture}\nMaintainer: Onegent <maintainers@onegent.one>\n\
         Section: net\nPriority: optional\nHomepage: {}\nDepends: libc6 (>= {libc}), libgcc-s1, ca-certificates\n\
         Suggests: chromium\nDescription: books for AI assistants and stops at every payment\n \
         A server that lets an assistant book restaurants, hotels, flights and\n activities on real booking sites. It stops \
         at payment until a signed-in\n person confirms the charge.\n",
        build.version,
        env!("CARGO_PKG_HOMEPAGE"),
    )
}

/// The newest version of glibc's symbols that the binaries want.
fn libc(stage: &Path) -> anyhow::Result<String> {
    let mut newest = (2, 0);
    for binary in ["onegent", "onegent-mcp-server"] {
        let symbols = said(Command::new("objdump").arg("-T").arg(stage.join("usr/bin").join(binary)))?;
        for version in symbols.split("GLIBC_").skip(1) {
            let digits = version.split(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap_or_default();
            let mut parts = digits.split('.').map_while(|part| part.parse::<u32>().ok());
            if let (Some(major), Some(minor)) = (parts.next(), parts.next()) {
                newest = newest.max((major, minor));
            }
        }
    }
    Ok(format!("{}.{}", newest.0, newest.1))
}

fn said(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("can't run {command:?}"))?;
    ensure!(output.status.success(), "{command:?} ended with {}", output.status);
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// What a checkout's files are allowed does not matter; what a package's are does.
#[cfg(unix)]
fn modes(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let script = path.parent().is_some_and(|parent| parent.ends_with("usr/bin"))
            || matches!(path.file_name().and_then(|name| name.to_str()), Some("postinst" | "prerm"));
        let mode = if path.is_dir() || script { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        if path.is_dir() {
            modes(&path)?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn modes(_folder: &Path) -> anyhow::Result<()> {
    anyhow::bail!("Debian packages are made on Debian")
}
