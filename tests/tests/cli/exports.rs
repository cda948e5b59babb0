//! What `onegent openapi`, `gpt` and `manifest` print.

use std::path::Path;

use anyhow::Context as _;
use onegent_tests::process;
use serde_json::Value;

use super::{onegent, plain};

async fn printed(arguments: &[&str]) -> anyhow::Result<String> {
    let home = tempfile::tempdir()?;
    let mut command = process::command("onegent", home.path()).await?;
    let output = process::run({
        command.args(arguments);
        command
    })
    .await?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

#[tokio::test]
async fn the_documents_are_the_committed_ones() -> anyhow::Result<()> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("in the workspace")?;
    for (profile, file) in [("full", "openapi.json"), ("custom-gpt", "openapi.custom-gpt.json")] {
        let committed: Value =
            serde_json::from_str(&std::fs::read_to_string(crates.join("onegent-http").join(file))?)?;
        let said: Value = serde_json::from_str(&printed(&["openapi", "--profile", profile]).await?)?;
        assert_eq!(said, committed, "{profile}");
    }
    Ok(())
}

#[tokio::test]
async fn a_document_names_the_server_it_is_told() -> anyhow::Result<()> {
    let asked = ["openapi", "--profile", "custom-gpt", "--server-url", "https://book.example.com"];
    let document: Value = serde_json::from_str(&printed(&asked).await?)?;
    assert_eq!(document["servers"][0]["url"], "https://book.example.com/api/v1");
    let yaml =
        printed(&["openapi", "--format", "yaml", "--server-url", "https://book.example.com:8443"]).await?;
    assert!(yaml.contains("- url: https://book.example.com:8443/api/v1"), "{}", &yaml[..200]);
    Ok(())
}

#[tokio::test]
async fn addresses_that_nobody_could_call_are_refused() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let mut said = String::new();
    for arguments in [
        &["openapi", "--server-url", "https://book.example.com/api/v1"][..],
        &["openapi", "--profile", "custom-gpt", "--server-url", "http://book.example.com"],
        &["manifest", "chatgpt-app", "--url", "http://book.example.com/api/mcp"],
    ] {
        said.push_str(&onegent(home.path(), arguments, &[]).await?);
        said.push('\n');
    }
    plain().bind(|| insta::assert_snapshot!("error-export-addresses", said));
    Ok(())
}

#[tokio::test]
async fn the_manifests_are_what_they_were() -> anyhow::Result<()> {
    let app = printed(&["manifest", "chatgpt-app", "--url", "https://book.example.com/api/mcp"]).await?;
    let bundle = printed(&["manifest", "mcpb", "--platform", "linux"]).await?;
    let registry = printed(&["manifest", "registry"]).await?;
    plain().bind(|| {
        insta::assert_snapshot!("manifest-chatgpt-app", app);
        insta::assert_snapshot!("manifest-mcpb", bundle);
        insta::assert_snapshot!("manifest-registry", registry);
    });
    Ok(())
}
