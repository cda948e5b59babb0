//! `docs/security.md` keeps its word: each line has a test, and each test that it names is there.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, ensure};

/// The lines of the rules, numbered from one.
const LINES: u32 = 21;

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_line_of_the_security_page_names_tests_that_are_there() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("in the workspace")?;
    let page = std::fs::read_to_string(root.join("docs/security.md"))?;
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let mut shown = BTreeSet::new();
    for row in rows.filter(|row| !row.starts_with("line |") && !row.starts_with("---")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let [line, _rule, tests] = cells[..] else { anyhow::bail!("not three cells: {row}") };
        let (mut source, mut named) = (String::new(), 0);
        for word in quoted(tests) {
            if Path::new(word).extension().is_some_and(|extension| extension == "rs") {
                let below = if word.starts_with("onegent-") { "" } else { "tests/tests" };
                source = std::fs::read_to_string(root.join(below).join(word)).context(word.to_owned())?;
            } else if !word.contains(' ') {
                ensure!(source.contains(&format!("fn {word}(")), "line {line}: no test {word}");
                named += 1;
            }
        }
        ensure!(named > 0, "no test: {row}");
        shown.extend(line.parse::<u32>().ok());
    }
    ensure!(shown == (1..=LINES).collect(), "lines {shown:?}");
    Ok(())
}
