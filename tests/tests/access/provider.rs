//! Signing in at a real OpenID Connect provider, the npm package `oidc-provider`.

use std::process::Stdio;

use anyhow::{Context as _, ensure};
use onegent_cli::node::AccessConfig;
use onegent_cli::outside::{Page, Walk};
use onegent_engine::oidc::ProviderConfig;
use onegent_tests::foreign::installed;
use onegent_tests::person::Person;
use onegent_tests::process::next_line;
use onegent_tests::world::World;
use secrecy::SecretString;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

use super::owner;

/// Goes on where a page leads to another site.
async fn onward(walk: &mut Walk, mut page: Page) -> anyhow::Result<Page> {
    while page.status.is_redirection() {
        page = walk.get(page.url).await?;
    }
    Ok(page)
}

/// Goes through the provider's own pages as `login`, until they have led back.
async fn at_provider(walk: &mut Walk, page: Page, login: &str) -> anyhow::Result<Page> {
    let page = onward(walk, page).await?;
    ensure!(page.url.path().starts_with("/interaction/"), "{} {}", page.url, page.html);
    let typed = [("login", login), ("password", "anything")];
    let consent = walk.fill(&page, "form", &typed).await?.fine().context("signing in there")?;
    let back = walk.fill(&consent, "form", &[]).await.context("agreeing there")?;
    onward(walk, back).await
}

#[tokio::test]
async fn a_real_provider_signs_in_whom_an_account_knows() -> anyhow::Result<()> {
    let mut provider = Command::new("node")
        .arg(installed("oidc/provider.mjs")?)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let mut said = BufReader::new(provider.stdout.take().context("stdout")?).lines();
    let issuer = serde_json::from_str::<Value>(&next_line(&mut said).await?)?["issuer"]
        .as_str()
        .context("no issuer")?
        .to_owned();
    let config = ProviderConfig {
        issuer,
        client_id: "onegent".to_owned(),
        client_secret: Some(SecretString::from("a secret with / + and space")),
        name: "Example ID".parse()?,
    };
    let access = AccessConfig { provider: Some(config), ..AccessConfig::default() };
    World::live_under(access, async |world| {
        let console = world.node()?.url().clone();
        let mut stdin = provider.stdin.take().context("stdin")?;
        stdin.write_all(format!("{}\n", console.join("/sign-in/provider")?).as_bytes()).await?;
        next_line(&mut said).await?;
        let begin = console.join("/sign-in/provider/begin?next=%2Fprofiles")?;

        // The provider vouches for somebody whom nobody here knows.
        let mut stranger = Walk::new()?;
        let page = stranger.get(begin.clone()).await?;
        let back = at_provider(&mut stranger, page, "eve").await?;
        ensure!(back.status == 401 && back.html.contains("nobody here does"), "{}", back.html);

        // Somebody invited joins by the provider, and comes back by it later.
        let token =
            world.engine()?.invite_to(world.engine()?.owner(), onegent_core::account::Role::Member).await?;
        let mut ben = Walk::new()?;
        let mut join = console.join("/sign-in/provider/begin")?;
        join.query_pairs_mut().append_pair("invitation", token.expose());
        let page = ben.get(join).await?;
        let inside = at_provider(&mut ben, page, "ben").await?.fine()?;
        ensure!(inside.url.as_str() == console.as_str(), "{}", inside.url);
        let mut again = Walk::new()?;
        let page = again.get(begin.clone()).await?;
        let inside = at_provider(&mut again, page, "ben").await?.fine()?;
        ensure!(inside.url.path() == "/profiles", "{}", inside.url);

        // The owner ties it to their account.
        let mut ana = owner(world, "ana@example.com").await?;
        let account = ana.open("/account").await?.fine()?;
        let tie = ana.fill(&account, "form[action='/account/provider']", &[]).await?.fine()?;
        let way = scraper::Html::parse_document(&tie.html)
            .select(&scraper::Selector::parse("main a.button").map_err(|error| anyhow::anyhow!("{error}"))?)
            .next()
            .and_then(|link| link.attr("href"))
            .context("no way onward")?
            .parse()?;
        let walk: &mut Walk = ana.walk();
        let page = walk.get(way).await?;
        let tied = at_provider(walk, page, "ana").await?.fine()?;
        ensure!(tied.url.path() == "/account" && tied.html.contains("You can sign in with Example ID"));

        // What was not begun in this browser, or begun another way, opens nothing.
        let mut mine = Walk::new()?;
        let page = mine.get(begin.clone()).await?;
        let state = page.url.clone();
        for query in ["code=x&state=y", "error=access_denied&state=y", "", "code=x"] {
            let mut url = console.join("/sign-in/provider")?;
            url.set_query(Some(query));
            let refused = mine.get(url).await?;
            ensure!(refused.status == 401, "{state} {query}: {}", refused.status);
        }
        let mut person = Person::of(console.clone(), mine);
        ensure!(person.open("/").await?.url.path() == "/sign-in");
        Ok(())
    })
    .await
}
