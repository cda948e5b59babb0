//! A guard by counts: the instructions of what the server and the agent do all the time, by callgrind. Seconds differ from
//! machine to machine and from run to run; these do not, as long as the compiler is the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use clap::Args;

use crate::step;

/// How far a count may be from the one that is committed, in percent.
const BAND: f64 = 3.0;
/// Which compiler, then one operation and its instructions a line.
const KNOWN: &str = "tests/instructions.txt";

/// What to do with the counts.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Instructions {
    /// Write them down instead of comparing them
    #[arg(long)]
    bless: bool,
}

/// Builds what is counted and compares.
pub(crate) fn run(what: Instructions) -> anyhow::Result<()> {
    step::cargo(&["build", "--workspace", "--all-targets", "--locked"])?;
    if what.bless {
        let text = written(&compiler()?, &count()?)?;
        return Ok(std::fs::write(step::root()?.join(KNOWN), text)?);
    }
    check()
}

/// Compares what is built already.
pub(crate) fn check() -> anyhow::Result<()> {
    let known = std::fs::read_to_string(step::root()?.join(KNOWN))?;
    let (by, known) = read(&known)?;
    let (compiler, counted) = (compiler()?, count()?);
    let told = compared(&known, &counted);
    step::say(&told.lines);
    if by != compiler {
        step::say(&format!("    not judged: taken with {by}, this is {compiler}\n"));
        return Ok(());
    }
    ensure!(
        told.off.is_empty(),
        "more than {BAND} % off: {}. If that is meant, `cargo xtask instructions --bless`",
        told.off.join(", ")
    );
    Ok(())
}

/// What a comparison says.
struct Told {
    lines: String,
    /// Names of what is outside the band, or on one side alone.
    off: Vec<String>,
}

fn compared(known: &BTreeMap<String, u64>, counted: &BTreeMap<String, u64>) -> Told {
    let mut told = Told { lines: String::new(), off: Vec::new() };
    for (name, now) in counted {
        #[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
        let change = known.get(name).map(|was| (*now as f64 / *was as f64 - 1.0) * 100.0);
        let shown = change.map_or_else(|| "new".to_owned(), |change| format!("{change:+.2} %"));
        // Writing to a text never fails.
        let _written = writeln!(told.lines, "    {name:<24}{now:>12}  {shown}");
        if change.is_none_or(|change| change.abs() > BAND) {
            told.off.push(format!("{name} ({shown})"));
        }
    }
    told.off.extend(
        known.keys().filter(|name| !counted.contains_key(*name)).map(|name| format!("{name} (gone)")),
    );
    told
}

/// Instructions of each operation, once.
fn count() -> anyhow::Result<BTreeMap<String, u64>> {
    let root = step::root()?;
    let program = root.join("target/debug/examples/instructions");
    ensure!(program.is_file(), "{} is not built", program.display());
    let (once, many) = (counted(&program, &["--once"])?, counted(&program, &[])?);
    // What is done once in a process falls out of the difference.
    let each = many.into_iter().map(|(name, (times, all))| {
        let (fewer, least) = once.get(&name).with_context(|| format!("{name} was counted once only"))?;
        Ok((
            name.trim_start_matches("counted_").to_owned(),
            all.saturating_sub(*least) / (times - fewer).max(1),
        ))
    });
    each.collect()
}

/// How often each was done, and what all of it took.
fn counted(program: &Path, arguments: &[&str]) -> anyhow::Result<BTreeMap<String, (u64, u64)>> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("callgrind.out");
    let mut file = std::ffi::OsString::from("--callgrind-out-file=");
    file.push(&out);
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--tool=callgrind"]).arg(file).arg(program).args(arguments);
    let ran = valgrind.output().context("can't run valgrind")?;
    ensure!(ran.status.success(), "valgrind: {}", String::from_utf8_lossy(&ran.stderr));
    let mut annotate = Command::new("callgrind_annotate");
    annotate.args(["--inclusive=yes", "--threshold=100", "--auto=no"]).arg(&out);
    let annotated = annotate.output().context("can't run callgrind_annotate")?;
    ensure!(annotated.status.success(), "{}", String::from_utf8_lossy(&annotated.stderr));
    let annotated = String::from_utf8_lossy(&annotated.stdout).into_owned();
    let mut all = BTreeMap::new();
    for line in String::from_utf8(ran.stdout)?.lines() {
        let (name, times) = line.split_once(' ').with_context(|| format!("what is {line:?}?"))?;
        let found = annotated.lines().find(|line| line.contains(name));
        let found = found.with_context(|| format!("callgrind saw no {name}"))?;
        let digits = found.split_whitespace().next().unwrap_or_default().replace(',', "");
        all.insert(name.to_owned(), (times.parse()?, digits.parse()?));
    }
    ensure!(!all.is_empty(), "nothing was counted");
    Ok(all)
}

/// The compiler's version and the system it compiles for.
fn compiler() -> anyhow::Result<String> {
    let told = String::from_utf8(Command::new("rustc").arg("--version").output()?.stdout)?;
    Ok(format!("{} {}", told.trim(), step::host()?))
}

fn written(compiler: &str, counted: &BTreeMap<String, u64>) -> anyhow::Result<String> {
    let mut text = format!("{compiler}\n");
    for (name, count) in counted {
        writeln!(text, "{name} {count}")?;
    }
    Ok(text)
}

fn read(text: &str) -> anyhow::Result<(String, BTreeMap<String, u64>)> {
    let mut lines = text.lines();
    let Some(compiler) = lines.next() else { bail!("{KNOWN} is empty") };
    let known = lines.map(|line| {
        let (name, count) = line.split_once(' ').with_context(|| format!("{KNOWN}: what is {line:?}?"))?;
        Ok((name.to_owned(), count.parse()?))
    });
    Ok((compiler.to_owned(), known.collect::<anyhow::Result<_>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_off_is_named_both_ways() {
        let counts =
            |pairs: &[(&str, u64)]| pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        let known = counts(&[("more", 1000), ("less", 1000), ("same", 1000), ("gone", 1000)]);
        let counted = counts(&[("more", 1031), ("less", 969), ("same", 1029), ("new", 1)]);
        let off = compared(&known, &counted).off;
        assert_eq!(off, ["less (-3.10 %)", "more (+3.10 %)", "new (new)", "gone (gone)"]);
        let (by, again) = read(&written("rustc 1", &known).unwrap()).unwrap();
        assert_eq!((by.as_str(), again), ("rustc 1", known));
    }
}
