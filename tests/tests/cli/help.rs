//! `--help` of every command.

use super::{onegent, plain, ran};

#[tokio::test]
async fn every_command_explains_itself() -> anyhow::Result<()> {
    let commands: [&[&str]; 70] = [
        &[],
        &["serve"],
        &["worker"],
        &["demo"],
        &["book"],
        &["book", "restaurant"],
        &["book", "hotel"],
        &["book", "flight"],
        &["book", "activity"],
        &["status"],
        &["jobs"],
        &["audit"],
        &["audit", "verify"],
        &["audit", "export"],
        &["cancel"],
        &["keys"],
        &["keys", "create"],
        &["keys", "list"],
        &["keys", "rotate"],
        &["keys", "revoke"],
        &["clients"],
        &["clients", "add"],
        &["clients", "list"],
        &["clients", "remove"],
        &["webhooks"],
        &["webhooks", "add"],
        &["webhooks", "list"],
        &["webhooks", "rotate"],
        &["webhooks", "dead-letters"],
        &["webhooks", "replay"],
        &["webhooks", "remove"],
        &["providers"],
        &["providers", "add"],
        &["providers", "list"],
        &["providers", "show"],
        &["providers", "remove"],
        &["profiles"],
        &["profiles", "add"],
        &["profiles", "list"],
        &["profiles", "delete"],
        &["accounts"],
        &["accounts", "create"],
        &["accounts", "invite"],
        &["accounts", "list"],
        &["security-events"],
        &["db"],
        &["db", "migrate"],
        &["db", "import"],
        &["db", "backup"],
        &["db", "restore"],
        &["db", "cancel-open"],
        &["data"],
        &["data", "export"],
        &["data", "erase"],
        &["sign-in-link"],
        &["mcp"],
        &["install"],
        &["doctor"],
        &["health"],
        &["openapi"],
        &["gpt"],
        &["gpt", "instructions"],
        &["manifest"],
        &["manifest", "chatgpt-app"],
        &["manifest", "mcpb"],
        &["manifest", "registry"],
        &["sandbox"],
        &["observe"],
        &["--version"],
        &["nonsense"],
    ];
    let home = tempfile::tempdir()?;
    for words in commands {
        let help = [words, &["--help"]].concat();
        let as_it_is = words.first().is_some_and(|word| ["--version", "nonsense"].contains(word));
        let said = onegent(home.path(), if as_it_is { words } else { &help }, &[]).await?;
        let name = ["help"]
            .iter()
            .chain(words)
            .map(|word| word.trim_start_matches('-'))
            .collect::<Vec<_>>()
            .join("-");
        plain().bind(|| insta::assert_snapshot!(name, said));
    }
    Ok(())
}

#[tokio::test]
async fn the_mcp_server_explains_itself() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let said = ran("onegent-mcp-server", home.path(), &["--help"], &[]).await?;
    plain().bind(|| insta::assert_snapshot!("help-onegent-mcp-server", said));
    Ok(())
}
