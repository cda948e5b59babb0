//! Invitations, whose charge it is, keys with an end, guests with passports, erasure.

use anyhow::{Context as _, ensure};
use futures_util::StreamExt as _;
use jiff::SignedDuration;
use onegent_cli::outside;
use onegent_client::Client;
use onegent_core::port::ApiKey;
use onegent_core::status::JobStatus;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::{World, patiently};
use serde_json::{Value, json};

use super::{action, joined, owner, text};

#[tokio::test]
async fn only_whose_key_asked_confirms_and_who_is_removed_is_out() -> anyhow::Result<()> {
    World::live(async |world| {
        let console = world.node()?.url().clone();
        let mut ana = owner(world, "ana@example.com").await?;
        let account = ana.open("/account").await?.fine()?;
        let invited =
            ana.fill(&account, "form[action='/account/people']", &[("role", "member")]).await?.fine()?;
        let link = url::Url::parse(&text(&invited, ".outcome code")?)?;
        let token = link.query_pairs().next().context("a link carries its token")?.1.into_owned();
        let mut ben = joined(&console, &token, "ben@example.com").await?;
        ensure!(joined(&console, &token, "eve@example.com").await.is_err(), "an invitation works once");

        let paused = world.book(&Wish::at(wish::entry("wren-court")?)).await?;
        let review = ben.review(&paused).await?;
        let refused = ben.press_confirm(&review).await?;
        ensure!(refused.status == 403, "{}", refused.status);
        ensure!(world.client()?.job(paused.job_id).await?.status == JobStatus::PausedPayment);
        ensure!(ben.open("/account").await?.form("form[action='/account/people']").is_err());

        let account = ana.open("/account").await?.fine()?;
        ana.fill(&account, "form[action^='/account/people/'][action$='/remove']", &[]).await?.fine()?;
        ensure!(ben.open("/account").await?.url.path() == "/sign-in", "who was removed is still in");
        world.cancel_the_rest().await
    })
    .await
}

#[tokio::test]
async fn a_key_ends_by_itself_by_being_replaced_and_at_once_by_being_revoked() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut ana = world.person().await?;
        let page = ana.open("/developers/keys").await?.fine()?;
        let typed = [
            ("name", "weekly"),
            ("environment", "test"),
            ("days", "7"),
            ("scopes", "read"),
            ("scenarios", "hotel"),
        ];
        let made = ana.fill(&page, "form[action='/developers/keys']", &typed).await?.fine()?;
        let first = text(&made, ".copyable-big code")?;
        let works = async |key: &str| {
            let client = Client::builder(&world.node()?.api_url()).api_key(ApiKey::parse(key)?).build()?;
            anyhow::Ok(client.providers().await.is_ok())
        };
        ensure!(works(&first).await?);
        let rotated = ana.fill(&made, "form[action$='/rotate']", &[]).await?.fine()?;
        let second = text(&rotated, ".copyable-big code")?;
        ensure!(!works(&first).await? && works(&second).await?);

        // A stream that is open under the key ends with it.
        let job = world.book(&Wish::at(wish::entry("wren-court")?)).await?.job_id;
        let url = format!("{}/execution-jobs/{job}/events", world.node()?.api_url());
        let stream = outside::http()?.get(url).bearer_auth(&second).send().await?.error_for_status()?;
        let revoke = action(&rotated, "/developers/keys/", "/revoke")?;
        ana.fill(&rotated, &format!("form[action='{revoke}']"), &[]).await?.fine()?;
        patiently("the stream to end", stream.bytes_stream().for_each(async |_| {})).await?;
        ensure!(!works(&second).await?);

        let third = ana.fill(&page, "form[action='/developers/keys']", &typed).await?.fine()?;
        let third = text(&third, ".copyable-big code")?;
        ensure!(works(&third).await?);
        world.clock.turn(SignedDuration::from_hours(7 * 24));
        ensure!(!works(&third).await?, "its seven days are over");
        world.cancel_the_rest().await
    })
    .await
}

#[tokio::test]
async fn what_is_open_over_mcp_ends_with_its_key() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut ana = world.person().await?;
        let page = ana.open("/developers/keys").await?.fine()?;
        let typed =
            [("name", "listening"), ("environment", "test"), ("scopes", "read"), ("scenarios", "hotel")];
        let made = ana.fill(&page, "form[action='/developers/keys']", &typed).await?.fine()?;
        let key = text(&made, ".copyable-big code")?;
        let job = world.book(&Wish::at(wish::entry("wren-court")?)).await?;
        let paused = world.rest(job.job_id).await?;
        ensure!(paused.status == JobStatus::PausedPayment, "{paused:?}");
        let http = outside::http()?;
        let send = |version: &str, body: &Value| {
            let request = http.post(world.node()?.mcp_url()).bearer_auth(&key).json(body);
            let request = request.header("accept", "application/json, text/event-stream");
            anyhow::Ok(request.header("mcp-protocol-version", version))
        };
        let client = json!({ "name": "a client", "version": "1" });

        // A handshake client's channel, over which it follows a job.
        let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
        let hello = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
        let hello = send("2025-11-25", &hello)?.send().await?.error_for_status()?;
        let session = hello.headers().get("mcp-session-id").context("no channel")?.clone();
        drop(hello.text().await?);
        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        send("2025-11-25", &ready)?.header("mcp-session-id", &session).send().await?.error_for_status()?;
        let channel = http.get(world.node()?.mcp_url()).bearer_auth(&key);
        let channel = channel.header("accept", "text/event-stream").header("mcp-session-id", &session);
        let channel =
            channel.header("mcp-protocol-version", "2025-11-25").send().await?.error_for_status()?;

        // A stateless client's subscription.
        let uri = format!("onegent://jobs/{}", job.job_id);
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": client,
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let params = json!({ "notifications": { "resourceSubscriptions": [uri] }, "_meta": meta });
        let listen = json!({ "jsonrpc": "2.0", "id": 2, "method": "subscriptions/listen", "params": params });
        let listen = send("2026-07-28", &listen)?.header("mcp-method", "subscriptions/listen");
        let listen = listen.send().await?.error_for_status()?;

        let revoke = action(&made, "/developers/keys/", "/revoke")?;
        ana.fill(&made, &format!("form[action='{revoke}']"), &[]).await?.fine()?;
        for (name, open) in [("the channel", channel), ("the subscription", listen)] {
            patiently(name, open.bytes_stream().for_each(async |_| {})).await?;
        }
        let list = json!({ "jsonrpc": "2.0", "id": 3, "method": "tools/list" });
        ensure!(send("2025-11-25", &list)?.send().await?.status() == 401);
        ana.decline(&paused).await
    })
    .await
}

#[tokio::test]
async fn a_saved_guest_is_sealed_is_no_default_by_itself_and_is_forgotten() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut ana = world.person().await?;
        let page = ana.open("/profiles").await?.fine()?;
        let typed = [
            ("first_name", "Ana"),
            ("last_name", "Quintanilha"),
            ("email", "ana@example.com"),
            ("phone", "+12125550123"),
            ("born_on", "1990-05-01"),
            ("passport_number", "C01X00T47"),
            ("passport_country", "PT"),
            ("passport_expires_on", "2031-05-01"),
        ];
        let form = "form[action='/profiles']";
        let wrong = ana.fill(&page, form, &[("first_name", "Ana"), ("passport_number", "!")]).await?;
        ensure!(wrong.status == 400 && wrong.html.contains("passport_number-wrong"), "{}", wrong.html);
        // The check box is a field of the form; a person who leaves it alone does not send it.
        let (url, fields) = page.form(form)?;
        let mut fields: Vec<_> = fields.into_iter().filter(|(name, _)| name == "csrf").collect();
        fields.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let origin = world.node()?.url().origin().ascii_serialization();
        let saved = outside::http()?.post(url).header("cookie", ana.cookies()).header("origin", origin);
        ensure!(saved.form(&fields).send().await?.status() == 303);

        let page = ana.open("/profiles").await?.fine()?;
        ensure!(page.html.contains("Quintanilha") && page.html.contains("None is the default"));
        ensure!(page.html.contains("…T47") && !page.html.contains("C01X00T47"), "the number is shown whole");
        let mut wish = Wish::at(wish::entry("carbone")?).arguments();
        wish.as_object_mut().context("arguments")?.remove("profile");
        let refused = world.assistant()?.answer("book_restaurant", &wish).await?;
        ensure!(refused["isError"] == true, "a guest was the default by itself");
        ana.fill(&page, "form[action$='/default']", &[]).await?.fine()?;
        let job: onegent_core::job::Job = world.assistant()?.call("book_restaurant", &wish).await?;
        ensure!(world.rest(job.job_id).await?.status == JobStatus::Done);

        let exported = serde_json::to_value(world.engine()?.export(world.engine()?.owner()).await?)?;
        ensure!(exported["profiles"][0]["travel"]["passport"]["number"] == "C01X00T47");
        ensure!(exported["jobs"][0]["guest"]["last_name"] == "Quintanilha");

        // The engine itself forgets the job's guest; nobody has to come.
        world.clock.turn(SignedDuration::from_hours(31 * 24));
        world.engine()?.wake();
        let forgotten = async {
            loop {
                let exported = serde_json::to_value(world.engine()?.export(world.engine()?.owner()).await?)?;
                if exported["jobs"][0]["guest"] == Value::Null {
                    return anyhow::Ok(());
                }
                tokio::task::yield_now().await;
            }
        };
        patiently("the guest to be forgotten", forgotten).await??;
        Ok(())
    })
    .await
}
