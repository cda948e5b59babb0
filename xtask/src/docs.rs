//! `cargo xtask docs-test`: runs the commands of the guides in `docs/`, so that they go on working.
//!
//! A guide's blocks are run in order, as one shell session in an empty home. What stands behind a block's language says how:
//!
//! - `sh`: run, and has to succeed.
//! - `sh background`: started; goes on while the rest runs, and has to answer `onegent health` first.
//! - `sh outside`: needs something that is not on this machine; not run.
//! - `python FILE`, `typescript FILE`, `rust FILE`, `toml FILE`, `json FILE`: kept in that file, for the commands after it.
//!
//! Every `sh` block is one of the first three, so nothing is left out by oversight.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};

use crate::{step, tools};

/// The port that the guides name, and that may be taken here.
const PORT: &str = "4700";

struct Block<'a> {
    language: &'a str,
    mark: &'a str,
    text: String,
    line: usize,
}

/// Runs every guide.
pub(crate) fn test() -> anyhow::Result<()> {
    tools::install()?;
    step::cargo(&["build", "--locked", "--package", "onegent-cli", "--bins"])?;
    let mut guides: Vec<_> = fs::read_dir(step::root()?.join("docs"))?.collect::<Result<_, _>>()?;
    guides.sort_by_key(std::fs::DirEntry::file_name);
    for guide in guides.iter().map(std::fs::DirEntry::path) {
        if guide.extension().is_some_and(|extension| extension == "md") {
            let name = format!("docs/{}", guide.file_name().unwrap_or_default().display());
            let text = fs::read_to_string(&guide)?;
            step::named(&name, || run(&name, &blocks(&text)?))?;
        }
    }
    Ok(())
}

fn blocks(text: &str) -> anyhow::Result<Vec<Block<'_>>> {
    let mut found: Vec<Block<'_>> = Vec::new();
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        match (fence, open) {
            (Some(info), false) => {
                let (language, mark) = info.trim().split_once(' ').unwrap_or((info.trim(), ""));
                found.push(Block { language, mark, text: String::new(), line: at + 1 });
                open = true;
            }
            (Some(_), true) => open = false,
            (None, true) => {
                if let Some(block) = found.last_mut() {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
            }
            (None, false) => {}
        }
    }
    ensure!(!open, "a code block is not closed");
    Ok(found)
}

fn run(name: &str, blocks: &[Block<'_>]) -> anyhow::Result<()> {
    let (script, ran, outside) = script(name, blocks)?;
    if ran > 0 {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("guide.sh");
        fs::write(&file, script)?;
        session(folder.path(), &file).with_context(|| format!("{name}'s commands"))?;
    }
    step::say(&format!("    {name}: {ran} blocks run, {outside} need the outside world\n"));
    Ok(())
}

fn script(name: &str, blocks: &[Block<'_>]) -> anyhow::Result<(String, usize, usize)> {
    let mut script = String::from(
        "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n\
         block() { echo \"    $1\"; }\n",
    );
    let (mut ran, mut outside) = (0, 0);
    for Block { language, mark, text, line } in blocks {
        match (*language, *mark) {
            ("sh", "outside") => outside += 1,
            ("sh", "") => {
                write!(script, "block {name}:{line}\n{text}")?;
                ran += 1;
            }
            ("sh", "background") => {
                write!(
                    script,
                    "block {name}:{line}\n(\nexec >server.log 2>&1\n{}) &\n\
                     for _ in $(seq 100); do onegent health >/dev/null 2>&1 && break; sleep 0.2; done\nonegent health\n",
                    // The program itself is to be ended at the end, not a shell around it.
                    text.replacen("onegent ", "exec onegent ", 1),
                )?;
                ran += 1;
            }
            ("sh", other) => {
                bail!("{name}:{line}: `sh {other}` is none of `sh`, `sh background`, `sh outside`")
            }
            (_, "") => {}
            (_, file) => write!(
                script,
                "mkdir -p \"$(dirname {file})\"\ncat > {file} <<'END OF FILE'\n{text}END OF FILE\n"
            )?,
        }
    }
    Ok((script, ran, outside))
}

/// One shell session with our binaries and the tests' tools on its path.
fn session(home: &Path, script: &Path) -> anyhow::Result<()> {
    let root = step::root()?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port().to_string();
    fs::write(script, fs::read_to_string(script)?.replace(PORT, &port))?;
    let clients = root.join("target/clients/openapi");
    let own = [root.join("target/debug"), clients.join("venv/bin"), clients.join("node_modules/.bin")];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(own.into_iter().chain(std::env::split_paths(&path)))?;
    let status = Command::new("bash")
        .arg(script)
        .current_dir(home)
        .env_remove("ONEGENT_API_KEY")
        .env_remove("ONEGENT_API_BASE_URL")
        .envs([("HOME", home.as_os_str()), ("ONEGENT_PORT", port.as_ref()), ("PATH", &path)])
        .env("ONEGENT_DATA_DIR", home.join("data"))
        .env("NODE_PATH", clients.join("node_modules"))
        .stdin(Stdio::null())
        .status()?;
    ensure!(status.success(), "ended with {status}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_run_kept_or_said_to_need_the_outside_world() {
        let guide = "text\n```sh\none\n```\n```sh outside\ntwo\n```\n```python a.py\nthree\n```\n```json\nfour\n```\n";
        let (script, ran, outside) = script("g.md", &blocks(guide).unwrap()).unwrap();
        assert_eq!((ran, outside), (1, 1));
        assert!(script.contains("one\n") && script.contains("cat > a.py") && script.contains("three\n"));
        assert!(!script.contains("two") && !script.contains("four"));
        assert!(self::script("g.md", &blocks("```sh later\nx\n```\n").unwrap()).is_err());
        assert!(blocks("```sh\nx\n").is_err());
    }
}
