//! The protected resources: what a token opens, what a refusal says, and how fast an end is an end.

use anyhow::{Context as _, ensure};
use futures_util::StreamExt as _;
use onegent_cli::outside;
use onegent_core::status::JobStatus;
use onegent_tests::app::{App, answer};
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::{World, patiently};
use serde_json::{Value, json};

/// RFC 8414 and RFC 9728: both documents, in both forms, with one issuer and nothing that is `null`.
#[tokio::test]
async fn metadata_is_the_same_in_both_forms() -> anyhow::Result<()> {
    World::live(async |world| {
        let base = world.node()?.url().clone();
        let issuer = base.as_str().trim_end_matches('/');
        let http = outside::http()?;
        let get = async |path: &str| -> anyhow::Result<Value> {
            let found = answer(http.get(base.join(path)?)).await?;
            ensure!(found.status == 200, "{path} was answered {}", found.status);
            ensure!(found.header("access-control-allow-origin") == "*", "{path}");
            let document = found.json()?;
            let members = document.as_object().context("no object")?;
            ensure!(members.values().all(|value| !value.is_null()), "{path}: {document}");
            Ok(document)
        };
        let server = get("/.well-known/oauth-authorization-server").await?;
        for suffix in ["/api/mcp", "/api/v1"] {
            ensure!(get(&format!("/.well-known/oauth-authorization-server{suffix}")).await? == server);
            let resource = get(&format!("/.well-known/oauth-protected-resource{suffix}")).await?;
            ensure!(resource["resource"] == format!("{issuer}{suffix}"), "{resource}");
            ensure!(resource["authorization_servers"] == json!([issuer]), "{resource}");
        }
        ensure!(
            get("/.well-known/oauth-protected-resource").await?["resource"] == format!("{issuer}/api/mcp")
        );
        ensure!(server["issuer"] == issuer, "{server}");
        ensure!(server["code_challenge_methods_supported"] == json!(["S256"]), "{server}");
        ensure!(server["authorization_response_iss_parameter_supported"] == true, "{server}");
        ensure!(server["client_id_metadata_document_supported"] == true, "{server}");
        let methods = server["token_endpoint_auth_methods_supported"].as_array().context("no methods")?;
        ensure!(methods.iter().any(|method| method == "none"), "{server}");
        Ok(())
    })
    .await
}

/// Wire, sections 4 and 5: a grant works for its subset of the tools and routes, and a refusal says how to get more.
#[tokio::test]
async fn each_scope_opens_its_own_tools_and_routes() -> anyhow::Result<()> {
    World::live(async |world| {
        let app = App::register(world.node()?.url()).await?;
        let mut person = world.person().await?;
        let (read, book) = (app.connect(&mut person, "read").await?, app.connect(&mut person, "book").await?);
        let wish = Wish::at(wish::entry("the-brass-pear")?);
        let call = |tool: &str, arguments: &Value| json!({ "name": tool, "arguments": arguments });

        for token in [&read.access, &book.access] {
            let listed = app.mcp(token, "tools/list", json!({})).await?;
            ensure!(listed.json()?["result"]["tools"].as_array().is_some_and(|tools| tools.len() == 6));
        }
        let queued =
            app.mcp(&book.access, "tools/call", call(&wish.tool(), &wish.arguments())).await?.json()?;
        let job = queued["result"]["structuredContent"]["jobId"].as_str().context("no job")?.to_owned();
        let status = call("get_job_status", &json!({ "jobId": job }));
        let seen = app.mcp(&read.access, "tools/call", status.clone()).await?.json()?;
        ensure!(seen["result"]["structuredContent"]["environment"] == "test", "{seen}");
        let path = format!("/api/v1/execution-jobs/{job}");
        ensure!(app.rest(&read.access, &path).await?.status == 200);

        for refused in [
            app.mcp(&read.access, "tools/call", call(&wish.tool(), &wish.arguments())).await?,
            app.mcp(&book.access, "tools/call", status).await?,
            app.rest(&book.access, &path).await?,
            app.send(|http| {
                http.post(format!("{}{}/cancel", app.issuer, &path[1..])).bearer_auth(&read.access)
            })
            .await?,
        ] {
            ensure!(refused.status == 403, "{refused:?}");
            ensure!(refused.json()?["error"]["code"] == "insufficient_scope", "{refused:?}");
            let challenge = refused.header("www-authenticate");
            ensure!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
            // All that the app then needs: what it has would be lost if it asked for the rest alone.
            ensure!(challenge.contains("scope=\"read book\""), "{challenge}");
            ensure!(challenge.contains("resource_metadata=\"http"), "{challenge}");
        }
        world.rest(job.parse()?).await?;
        world.cancel_the_rest().await
    })
    .await
}

/// Security, line 18, and RFC 6750: a token counts in the header alone, and a bad one is told so.
#[tokio::test]
async fn a_token_counts_in_the_header_alone() -> anyhow::Result<()> {
    World::live(async |world| {
        let base = world.node()?.url().clone();
        let app = App::register(&base).await?;
        let mut person = world.person().await?;
        let pair = app.connect(&mut person, "read book").await?;
        for path in ["/api/mcp", "/api/v1/execution-jobs"] {
            let url = base.join(&format!("{path}?access_token={}", pair.access))?;
            let unsigned = app.send(|http| http.get(url)).await?;
            ensure!(unsigned.status == 401, "{path}: {unsigned:?}");
            let challenge = unsigned.header("www-authenticate");
            ensure!(
                challenge.contains("resource_metadata=\"http") && challenge.contains("scope=\"read book\"")
            );
            ensure!(!challenge.contains("error="), "nothing was shown: {challenge}");
        }
        let unknown = format!("ogt_{}", "A".repeat(43));
        for wrong in [unknown.as_str(), &pair.refresh, "ogt_short"] {
            let refused = app.rest(wrong, "/api/v1/execution-jobs").await?;
            ensure!(refused.status == 401, "{refused:?}");
            ensure!(refused.header("www-authenticate").contains("error=\"invalid_token\""), "{refused:?}");
        }
        Ok(())
    })
    .await
}

/// Wire, section 5: cutting an app off is immediate, open streams included.
#[tokio::test]
async fn cutting_an_app_off_ends_its_tokens_and_streams_at_once() -> anyhow::Result<()> {
    World::live(async |world| {
        let app = App::register(world.node()?.url()).await?;
        let mut person = world.person().await?;
        let pair = app.connect(&mut person, "read book").await?;
        let job = world.book(&Wish::at(wish::entry("the-brass-pear")?)).await?;
        ensure!(job.status == JobStatus::PausedPayment, "{job:?}");
        let events = app.issuer.join(&format!("/api/v1/execution-jobs/{}/events", job.job_id))?;
        let stream = outside::http()?.get(events).bearer_auth(&pair.access).send().await?;
        ensure!(stream.status() == 200);
        let mut stream = stream.bytes_stream();
        patiently("the stream to begin", stream.next()).await?.context("no stream")??;

        let apps = person.open("/developers/connected-apps").await?.fine()?;
        ensure!(apps.html.contains("Trip planner"), "{}", apps.html);
        person.press(&apps, "form[action$='/disconnect']").await?.fine()?;
        ensure!(!app.works(&pair.access).await?);
        ensure!(app.refresh(&pair.refresh).await?.error() == (400, "invalid_grant".to_owned()));
        patiently("the stream to end", async { while stream.next().await.is_some() {} }).await?;
        world.cancel_the_rest().await
    })
    .await
}
