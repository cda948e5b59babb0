//! `onegent doctor` against everything it knows to look for.

use std::fs;
use std::path::Path;

use axum::Router;
use axum::http::StatusCode;
use onegent_core::caller::{Environment, Scope};
use onegent_core::request::Scenario;
use onegent_tests::process;
use onegent_tests::world::World;
use serde_json::Value;
use tokio::net::TcpListener;

use super::{onegent, settings};

/// Runs it with a data directory and a port of its own, and answers what it found by check.
async fn found(home: &Path, environment: &[(&str, &str)], more: &[&str]) -> anyhow::Result<Value> {
    let mut command = process::command("onegent", home).await?;
    command.args(["doctor", "--json", "--data-dir", "data"]).args(more).envs(environment.iter().copied());
    let output = process::run(command).await?;
    let said: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(output.status.success(), said["ok"] == true, "{said}");
    Ok(said)
}

/// The verdict and message of one check.
fn of<'a>(found: &'a Value, check: &str) -> (&'a str, &'a str) {
    let all = found["checks"].as_array().unwrap();
    let one = all.iter().find(|finding| finding["check"] == check).unwrap_or_else(|| panic!("{found}"));
    assert!(one["verdict"] == "ok" || one["hint"].as_str().is_some_and(|hint| hint.len() > 10), "{one}");
    (one["verdict"].as_str().unwrap(), one["message"].as_str().unwrap())
}

#[tokio::test]
async fn a_healthy_machine_is_told_so() -> anyhow::Result<()> {
    World::live(async |world| {
        let home = tempfile::tempdir()?;
        let (api, key) = (world.node()?.api_url(), world.key().expose().to_owned());
        let port = world.node()?.url().port().unwrap_or_default().to_string();
        let environment = [("ONEGENT_API_BASE_URL", api.as_str()), ("ONEGENT_API_KEY", key.as_str())];
        let install = ["install", "cursor"];
        onegent(home.path(), &install, &environment).await?;
        let data = world.data_dir().display().to_string();
        let said =
            onegent(home.path(), &["doctor", "--port", &port, "--data-dir", &data], &environment).await?;
        assert!(!said.contains(&key), "the key was printed");
        let mut settings = settings();
        settings.add_filter(&regex_escaped(&data), "[data]");
        settings.add_filter(r"on \d{4,5}", "on [port]");
        settings.bind(|| insta::assert_snapshot!("doctor-healthy", said));
        Ok(())
    })
    .await
}

fn regex_escaped(text: &str) -> String {
    text.replace('.', r"\.")
}

#[tokio::test]
async fn what_is_wrong_with_a_key_is_told() -> anyhow::Result<()> {
    World::live(async |world| {
        let home = tempfile::tempdir()?;
        let api = world.node()?.api_url();
        let with = async |key: &str| {
            found(home.path(), &[("ONEGENT_API_BASE_URL", &api), ("ONEGENT_API_KEY", key)], &["--port", "0"])
                .await
        };
        let none = with("").await?;
        assert_eq!(of(&none, "key").0, "note");
        assert_eq!(of(&none, "api").0, "ok");
        let malformed = with("ogk_test_'short'").await?;
        assert_eq!(of(&malformed, "key").0, "problem");
        assert!(!malformed.to_string().contains("short"), "{malformed}");
        let unknown = with(&format!("ogk_test_{}", "a".repeat(32))).await?;
        assert!(of(&unknown, "api").1.ends_with("refuses the key: invalid_api_key"), "{unknown}");
        let narrow = world.issue(Environment::Test, &[Scope::Book], &Scenario::ALL).await?;
        let narrow = with(narrow.expose()).await?;
        assert!(of(&narrow, "api").1.ends_with("insufficient_scope"), "{narrow}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_api_that_is_none_or_silent_is_told() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let key = format!("ogk_test_{}", "a".repeat(32));
    let at = async |api: &str| {
        found(home.path(), &[("ONEGENT_API_BASE_URL", api), ("ONEGENT_API_KEY", &key)], &["--port", "0"])
            .await
    };
    // Bound and dropped: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let nobody = at(&format!("http://127.0.0.1:{port}/api/v1")).await?;
    assert!(of(&nobody, "api").1.contains("can't be reached"), "{nobody}");
    let clear = at("http://booking.example/api/v1").await?;
    assert!(of(&clear, "api").1.contains("plain http"), "{clear}");

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let other = format!("http://{}/api/v1", listener.local_addr()?);
    let late = [("date", "Mon, 01 Jan 2024 00:00:00 GMT")];
    let page = Router::new().fallback(async move || (StatusCode::BAD_GATEWAY, late, "<html>bad gateway"));
    let serving = tokio::spawn(async move { axum::serve(listener, page).await });
    let proxy = at(&other).await?;
    assert!(of(&proxy, "api").1.contains("502 Bad Gateway, but not as Onegent"), "{proxy}");
    assert!(of(&proxy, "clock").1.contains("ahead of the server's"), "{proxy}");
    let port = other.split([':', '/']).nth(4).unwrap_or_default().to_owned();
    let taken = found(home.path(), &[("ONEGENT_API_BASE_URL", &other)], &["--port", &port]).await?;
    assert!(of(&taken, "port").1.contains("another program listens"), "{taken}");
    serving.abort();
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_on_this_machine_is_told() -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let home = tempfile::tempdir()?;
    let api = [("ONEGENT_API_BASE_URL", "http://127.0.0.1:9/api/v1"), ("PATH", "/nonexistent")];
    let look = async || found(home.path(), &api, &["--port", "0"]).await;
    let data = home.path().join("data");

    let nothing = look().await?;
    assert_eq!(of(&nothing, "data directory").0, "note");
    assert_eq!(of(&nothing, "browser").0, "note");
    assert_eq!(of(&nothing, "hosts").0, "note");

    fs::write(&data, "in the way")?;
    assert!(of(&look().await?, "data directory").1.ends_with("is not a directory"));
    fs::remove_file(&data)?;
    fs::create_dir(&data)?;
    fs::write(data.join("onegent.db"), "not a database at all")?;
    assert!(of(&look().await?, "data directory").1.ends_with("is not a database"));
    fs::write(data.join("onegent.db"), "SQLite format 3\0 and so on")?;
    for path in [data.clone(), data.join("onegent.db")] {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    }
    assert!(of(&look().await?, "data directory").1.contains("other users can read"));

    let cursor = home.path().join(".cursor");
    fs::create_dir(&cursor)?;
    let config = cursor.join("mcp.json");
    for (text, told) in [
        ("{\n  \"mcpServers\": {,\n}\n", "line 2, column 18"),
        ("{\"mcpServers\": []}", "is not an object"),
        ("{\"mcpServers\": {}}", "does not know Onegent"),
        ("{\"mcpServers\": {\"onegent\": {}}}", "has no command"),
        ("{\"mcpServers\": {\"onegent\": {\"command\": \"/not/there\"}}}", "/not/there, which is not there"),
        ("{\"mcpServers\": {\"onegent\": {\"command\": \"/bin/sh\"}}}", "has no ONEGENT_API_KEY"),
        (
            "{\"mcpServers\": {\"onegent\": {\"command\": \"/bin/sh\", \"env\": {\"ONEGENT_API_KEY\": \"ogk_live_...\"}}}}",
            "has no API key",
        ),
        (
            "{\"mcpServers\": {\"onegent\": {\"command\": \"/bin/sh\", \"args\": [\"mcp\", \"--embedded\"]}}}",
            "runs the whole server itself",
        ),
    ] {
        fs::write(&config, text)?;
        let found = look().await?;
        assert!(of(&found, "cursor").1.contains(told), "{text}: {found}");
    }
    Ok(())
}
