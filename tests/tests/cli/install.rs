//! `onegent install` on configuration files as they are found: nothing of them is lost, and what can't be edited for certain is
//! left alone.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use onegent_tests::process;

use super::{onegent, settings};

const KEY: &str = "ogk_test_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef";

/// How a file stands before.
enum Before {
    Absent,
    Text(String),
    Bytes(Vec<u8>),
    /// A link to a file with this text, or to none.
    Link(Option<&'static str>),
    ReadOnly(&'static str),
    Folder,
}

fn cases() -> Vec<(&'static str, Before)> {
    let text = |text: &str| Before::Text(text.to_owned());
    let ours = |command: &str, key: &str| {
        format!(
            "{{\n  \"mcpServers\": {{\n    \"onegent\": {{\n      \"command\": \"{command}\",\n      \"args\": [\"mcp\"],\n      \
             \"disabled\": false,\n      \"env\": {{ \"ONEGENT_API_KEY\": \"{key}\", \"MINE\": \"1\" }}\n    }}\n  }}\n}}\n"
        )
    };
    let huge: String = (0..60_000).fold(String::from("{\n  \"history\": {\n"), |mut text, at| {
        let comma = if at == 0 { "" } else { ",\n" };
        write!(text, "{comma}    \"entry-{at}\": [\"{at} things were said here\", {at}.50, null]").unwrap();
        text
    }) + "\n  }\n}\n";
    vec![
        ("absent", Before::Absent),
        ("empty", text("")),
        ("only white space", text("\n  \n")),
        ("an empty object", text("{}")),
        ("only a comment", text("// none yet\n")),
        ("byte order mark", text("\u{feff}{\n  \"theme\": \"dark\"\n}\n")),
        ("CRLF", text("{\r\n  \"theme\": \"dark\",\r\n  \"mcpServers\": {}\r\n}\r\n")),
        (
            "tabs",
            text("{\n\t\"theme\": \"dark\",\n\t\"mcpServers\": {\n\t\t\"a\": {\"command\": \"a\"}\n\t}\n}\n"),
        ),
        (
            "four spaces",
            text(
                "{\n    \"mcpServers\": {\n        \"a\": {\n            \"command\": \"a\"\n        }\n    }\n}\n",
            ),
        ),
        ("one line", text("{\"theme\":\"dark\",\"mcpServers\":{\"a\":{\"command\":\"a\"}}}")),
        ("no line end at the end", text("{\n  \"mcpServers\": {}\n}")),
        (
            "other servers",
            text(
                "{\n  \"mcpServers\": {\n    \"z\": {\"command\": \"z\", \"args\": []},\n    \"a\": {\"url\": \"https://a.example\"}\n  },\n  \"after\": 1\n}\n",
            ),
        ),
        ("trailing commas", text("{\n  \"mcpServers\": {\n    \"a\": {\"command\": \"a\",},\n  },\n}\n")),
        (
            "line comments",
            text(
                "{\n  // mine\n  \"mcpServers\": {\n    // the first\n    \"a\": {\"command\": \"a\"} // not the last\n    // later: b\n  }\n}\n",
            ),
        ),
        (
            "block comments",
            text(
                "/* head */ {\n  \"mcpServers\": { /* in */ \"a\": {\"command\": \"a\"} /* out */ }\n} /* tail */\n",
            ),
        ),
        (
            "odd values",
            text(
                "{\"n\": 1.50e+3, \"big\": 12345678901234567890123, \"s\": \"\\u00e9\\ud83d\\ude00\\/\", \"é\": null, \"\": []}\n",
            ),
        ),
        ("order of keys", text("{\"z\":1,\"mcpServers\":{\"z\":{},\"a\":{}},\"a\":2}\n")),
        ("ours, the same", Before::Text(ours("/opt/onegent", KEY))),
        (
            "ours, another key",
            Before::Text(ours("/opt/onegent", "ogk_test_00000000000000000000000000000000")),
        ),
        ("ours, elsewhere", Before::Text(ours("/old/onegent", KEY))),
        ("a link", Before::Link(Some("{\n  \"mcpServers\": {}\n}\n"))),
        ("a link to nothing", Before::Link(None)),
        ("huge", Before::Text(huge)),
        ("read-only", Before::ReadOnly("{\n  \"mcpServers\": {}\n}\n")),
        ("cut off", text("{\n  \"mcpServers\": {\n    \"a\": {\"command\": \"a\"}\n")),
        ("a comma forgotten", text("{\n  \"theme\": \"dark\"\n  \"mcpServers\": {}\n}\n")),
        ("single quotes", text("{\n  'mcpServers': {}\n}\n")),
        ("two values", text("{}\n{}\n")),
        ("a list", text("[]\n")),
        ("servers are a list", text("{\"mcpServers\": []}\n")),
        ("servers twice", text("{\"mcpServers\": {}, \"mcpServers\": {}}\n")),
        ("ours is no object", text("{\"mcpServers\": {\"onegent\": \"npx\"}}\n")),
        ("too deep", Before::Text("[".repeat(100_000))),
        ("not UTF-8", Before::Bytes(b"{\"theme\": \"\xff\xfe\"}".to_vec())),
        ("a folder", Before::Folder),
    ]
}

fn prepare(folder: &Path, before: Before) -> anyhow::Result<PathBuf> {
    let file = folder.join("config.json");
    match before {
        Before::Absent => return Ok(folder.join("not/there/config.json")),
        Before::Text(text) => fs::write(&file, text)?,
        Before::Bytes(bytes) => fs::write(&file, bytes)?,
        Before::Link(target) => {
            fs::create_dir(folder.join("dotfiles"))?;
            if let Some(text) = target {
                fs::write(folder.join("dotfiles/real.json"), text)?;
            }
            std::os::unix::fs::symlink("dotfiles/real.json", &file)?;
        }
        Before::ReadOnly(text) => {
            fs::write(&file, text)?;
            let mut permissions = fs::metadata(&file)?.permissions();
            permissions.set_readonly(true);
            fs::set_permissions(&file, permissions)?;
        }
        Before::Folder => fs::create_dir(&file)?,
    }
    Ok(file)
}

/// One command's exit code and first line, with the folder left out of it.
async fn step(folder: &Path, file: &Path, more: &[&str]) -> anyhow::Result<String> {
    let mut command = process::command("onegent", folder).await?;
    command.args(["install", "claude-desktop", "--command", "/opt/onegent", "--config"]).arg(file).args(more);
    command.env("ONEGENT_API_KEY", KEY);
    let output = process::run(command).await?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said)?.replace(&format!("{}/", folder.display()), "");
    anyhow::ensure!(!said.contains(KEY), "the key was printed: {said}");
    let line = said.lines().next().unwrap_or_default().to_owned();
    Ok(format!("{} {line}", output.status.code().context("a signal")?))
}

/// Whether everything of `before` but white space and commas stands in `after`, in the same order.
fn kept(before: &str, after: &str) -> bool {
    let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect::<Vec<_>>();
    let mut after = solid(after).into_iter();
    solid(before).into_iter().all(|wanted| after.any(|found| found == wanted))
}

#[tokio::test]
async fn whatever_the_file_nothing_of_it_is_lost() -> anyhow::Result<()> {
    let mut table = String::new();
    for (name, before) in cases() {
        let folder = tempfile::tempdir()?;
        let file = prepare(folder.path(), before)?;
        let original = fs::read(&file).ok();
        let wished = step(folder.path(), &file, &["--dry-run"]).await?;
        anyhow::ensure!(fs::read(&file).ok() == original, "{name}: a dry run wrote");
        let first = step(folder.path(), &file, &[]).await?;
        let after = fs::read(&file).ok();
        if first.starts_with('0') {
            let (was, is) = (original.clone().unwrap_or_default(), after.clone().context("no file")?);
            let (was, is) = (String::from_utf8(was)?, String::from_utf8(is)?);
            anyhow::ensure!(name.starts_with("ours") || kept(&was, &is), "{name}: lost something\n{is}");
            anyhow::ensure!(is.contains(KEY) && is.contains("/opt/onegent"), "{name}: not installed\n{is}");
            anyhow::ensure!(!was.contains("MINE") || is.contains("\"MINE\": \"1\""), "{name}\n{is}");
            let mixed = is.replace("\r\n", "").contains('\n');
            anyhow::ensure!(!(was.contains('\r') && mixed), "{name}: line ends");
            anyhow::ensure!(
                was.starts_with('\u{feff}') == is.starts_with('\u{feff}'),
                "{name}: byte order mark"
            );
            anyhow::ensure!(
                was.is_empty() || was.ends_with('\n') == is.ends_with('\n'),
                "{name}: last line end"
            );
            anyhow::ensure!(is_json_beside_comments(&is), "{name}: no JSON any more\n{is}");
        } else {
            anyhow::ensure!(after == original, "{name}: refused and written all the same");
        }
        anyhow::ensure!(
            !name.starts_with("a link") || fs::symlink_metadata(&file)?.is_symlink(),
            "{name}: replaced"
        );
        let again = step(folder.path(), &file, &[]).await?;
        anyhow::ensure!(fs::read(&file).ok() == after, "{name}: the second run changed something");
        let gone = step(folder.path(), &file, &["--uninstall"]).await?;
        if let (Ok(end), true) = (fs::read_to_string(&file), gone.starts_with('0')) {
            anyhow::ensure!(!end.contains(KEY), "{name}: the key stayed");
        }
        writeln!(table, "{name}\n  dry    {wished}\n  first  {first}\n  again  {again}\n  gone   {gone}")?;
    }
    settings().bind(|| insta::assert_snapshot!("install-table", table));
    Ok(())
}

/// Strict JSON, once comments and trailing commas are gone; only for the files above.
fn is_json_beside_comments(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    let lines: Vec<_> = text.lines().map(|line| line.split("// ").next().unwrap_or_default()).collect();
    let mut plain = lines.join("");
    while let (Some(begin), Some(end)) = (plain.find("/*"), plain.find("*/")) {
        plain.replace_range(begin..end + 2, "");
    }
    let mut solid: String = plain.chars().filter(|c| !c.is_whitespace()).collect();
    for close in ["}", "]"] {
        solid = solid.replace(&format!(",{close}"), close);
    }
    serde_json::from_str::<serde_json::Value>(&solid).is_ok()
}

#[tokio::test]
async fn each_host_gets_its_own_form() -> anyhow::Result<()> {
    let mut said = String::new();
    for host in ["claude-desktop", "claude-code", "cursor", "vscode", "windsurf"] {
        let home = tempfile::tempdir()?;
        let environment =
            [("ONEGENT_API_KEY", KEY), ("ONEGENT_API_BASE_URL", "http://127.0.0.1:4700/api/v1")];
        let install = ["install", host, "--command", "/opt/onegent"];
        let told = onegent(home.path(), &install, &environment).await?;
        let printed = onegent(home.path(), &[&install[..], &["--print"]].concat(), &environment).await?;
        anyhow::ensure!(!told.contains(KEY) && !printed.contains(KEY), "the key was printed");
        let file = told.split(": ").find_map(|part| part.lines().next().filter(|line| line.starts_with('/')));
        let written = fs::read_to_string(file.context("no file is named")?)?;
        write!(said, "# {host}\n{told}\n{written}\n{printed}\n")?;
        said = said.replace(&home.path().display().to_string(), "~");
    }
    settings().bind(|| insta::assert_snapshot!("install-hosts", said));
    Ok(())
}

#[tokio::test]
async fn a_key_is_wanted_unless_the_server_runs_there_or_has_one() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let install = ["install", "cursor", "--command", "/opt/onegent"];
    let without = onegent(home.path(), &install, &[]).await?;
    let embedded =
        onegent(home.path(), &[&install[..], &["--embedded", "--data-dir", "data"]].concat(), &[]).await?;
    let with = onegent(home.path(), &install, &[("ONEGENT_API_KEY", KEY)]).await?;
    let kept = onegent(home.path(), &install, &[]).await?;
    let file = home.path().join(".cursor/mcp.json");
    anyhow::ensure!(fs::read_to_string(&file)?.contains(KEY), "the key is gone");
    onegent(home.path(), &[&install[..], &["--embedded"]].concat(), &[]).await?;
    anyhow::ensure!(!fs::read_to_string(&file)?.contains(KEY), "a server of its own would refuse this key");
    let said = [without, embedded, with, kept].join("\n").replace(&home.path().display().to_string(), "~");
    settings().bind(|| insta::assert_snapshot!("install-keys", said));
    Ok(())
}
