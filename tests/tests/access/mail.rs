//! Invitations by mail, through a real mail server, the npm package `smtp-server`.

use std::process::Stdio;

use anyhow::{Context as _, ensure};
use onegent_cli::node::AccessConfig;
use onegent_engine::mail::MailConfig;
use onegent_tests::foreign::installed;
use onegent_tests::process::next_line;
use onegent_tests::world::World;
use secrecy::SecretString;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::{joined, owner, text};

const FORM: &str = "form[action='/account/people']";

#[tokio::test]
async fn an_invitation_goes_by_mail_and_its_link_is_shown_when_it_can_not() -> anyhow::Result<()> {
    let mut server = Command::new("node")
        .arg(installed("mail/server.mjs")?)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let mut said = BufReader::new(server.stdout.take().context("stdout")?).lines();
    let port = &serde_json::from_str::<Value>(&next_line(&mut said).await?)?["port"];
    let mail = MailConfig {
        server: format!("smtp://book%40example.com@127.0.0.1:{port}").parse()?,
        password: Some(SecretString::from("a mail secret")),
        from: "Onegent <book@example.com>".to_owned(),
    };
    let access = AccessConfig { mail: Some(mail), ..AccessConfig::default() };
    World::live_under(access, async |world| {
        let console = world.node()?.url().clone();
        let mut ana = owner(world, "ana@example.com").await?;
        let account = ana.open("/account").await?.fine()?;
        let sent =
            ana.fill(&account, FORM, &[("role", "member"), ("to", "ben@example.com")]).await?.fine()?;
        ensure!(sent.html.contains("on its way") && !sent.html.contains("/join?token="), "{}", sent.html);
        let message: Value = serde_json::from_str(&next_line(&mut said).await?)?;
        ensure!(message["to"] == serde_json::json!(["ben@example.com"]), "{message}");
        ensure!(message["from"].as_str().is_some_and(|from| from.contains("book@example.com")), "{message}");
        let body = message["text"].as_str().context("a message has a text")?;
        ensure!(body.starts_with("ana@example.com invites you"), "{body}");
        let link = body.lines().find(|line| line.starts_with("http")).context("no link")?;
        let link = url::Url::parse(link)?;
        ensure!(link.origin() == console.origin() && link.path() == "/join", "{link}");
        let token = link.query_pairs().next().context("a link carries its token")?.1.into_owned();
        joined(&console, &token, "ben@example.com").await?;

        let refused = ana.fill(&account, FORM, &[("to", "nobody@example.com")]).await?.fine()?;
        ensure!(refused.html.contains("took no message for nobody@example.com"), "{}", refused.html);
        ensure!(text(&refused, ".outcome code")?.contains("/join?token="), "the link is lost");
        let wrong = ana.fill(&account, FORM, &[("to", "ben")]).await?;
        ensure!(wrong.status == 400 && wrong.html.contains("Nobody was invited"), "{}", wrong.html);

        for _ in 2..20 {
            let again = ana.fill(&account, FORM, &[("to", "eve@example.com")]).await?.fine()?;
            ensure!(again.html.contains("on its way"), "{}", again.html);
        }
        let many = ana.fill(&account, FORM, &[("to", "eve@example.com")]).await?;
        ensure!(many.status == 429, "{}: {}", many.status, many.html);
        let shown = ana.fill(&account, FORM, &[]).await?.fine()?;
        ensure!(text(&shown, ".outcome code")?.contains("/join?token="), "no link without an address");
        Ok(())
    })
    .await
}
