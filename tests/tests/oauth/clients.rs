//! Clients: how they register, how they prove who they are, and what strangers' addresses lead to.

use anyhow::{Context as _, ensure};
use onegent_cli::outside;
use onegent_engine::engine::NewClient;
use onegent_tests::app::{App, REDIRECT, answer, tokens};
use onegent_tests::world::{World, patiently};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Security, line 11: one method at a time, no difference between the wrong and the unknown, nothing cached.
#[tokio::test]
async fn a_client_proves_itself_by_exactly_one_method() -> anyhow::Result<()> {
    World::live(async |world| {
        let issuer = world.node()?.url().clone();
        let added = NewClient {
            name: "Trip planner".parse()?,
            uri: None,
            redirect_uris: vec![REDIRECT.to_owned()],
            confidential: true,
        };
        let added = world.engine()?.add_client(added).await?;
        let secret = added.secret.context("no secret")?.expose_secret().to_owned();
        let app = App::known(&issuer, added.id.clone(), Some(secret.clone()))?;
        let mut person = world.person().await?;
        let mut pair = app.connect(&mut person, "read").await?;
        let url = issuer.join("/oauth/token")?;
        let (id, secret, token) = (added.id.as_str(), secret.as_str(), pair.refresh.clone());
        let form = |more: &[(&str, &str)]| {
            let refresh = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
            let all = [&refresh[..], more].concat();
            all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
        };
        for (basic, body, wanted) in [
            (Some((id, secret)), form(&[("client_secret", secret)]), (400, "invalid_request")),
            (Some((id, secret)), form(&[("client_id", "other")]), (400, "invalid_request")),
            (None, form(&[("client_id", id), ("client_assertion", "x")]), (400, "invalid_request")),
            (Some((id, "wrong")), form(&[]), (401, "invalid_client")),
            (Some(("unknown", secret)), form(&[]), (401, "invalid_client")),
            (None, form(&[("client_id", id), ("client_secret", "wrong")]), (401, "invalid_client")),
            (None, form(&[("client_id", id)]), (401, "invalid_client")),
            (None, form(&[]), (401, "invalid_client")),
        ] {
            let answer = app
                .send(|http| {
                    let request = http.post(url.clone()).form(&body);
                    match basic {
                        Some((id, secret)) => request.basic_auth(id, Some(secret)),
                        None => request,
                    }
                })
                .await?;
            ensure!(answer.error() == (wanted.0, wanted.1.to_owned()), "{basic:?}: {answer:?}");
            ensure!(answer.header("cache-control") == "no-store", "{answer:?}");
            ensure!(
                (wanted.0 == 401) == answer.header("www-authenticate").starts_with("Basic"),
                "{answer:?}"
            );
        }
        // Both good methods, a body that repeats the header's id, and ids encoded as the standard wants it.
        for (basic, more) in [
            (true, vec![]),
            (true, vec![("client_id", id)]),
            (false, vec![("client_id", id), ("client_secret", secret)]),
        ] {
            let mut body = vec![("grant_type", "refresh_token"), ("refresh_token", pair.refresh.as_str())];
            body.extend(more);
            let fine = app
                .send(|http| {
                    let request = http.post(url.clone()).form(&body);
                    if basic { request.basic_auth(id, Some(secret)) } else { request }
                })
                .await?;
            ensure!(fine.json()?["scope"] == "read", "scope is always said: {fine:?}");
            ensure!(fine.header("cache-control") == "no-store", "{fine:?}");
            pair = tokens(&fine)?;
        }
        Ok(())
    })
    .await
}

/// Security, line 11: forms in the body only, of their own type, and not too large.
#[tokio::test]
async fn only_a_form_in_the_body_counts() -> anyhow::Result<()> {
    World::live(async |world| {
        let issuer = world.node()?.url().clone();
        let app = App::register(&issuer).await?;
        let mut person = world.person().await?;
        let pair = app.connect(&mut person, "read").await?;
        for path in ["/oauth/token", "/oauth/revoke"] {
            let url = issuer.join(path)?;
            let form = format!(
                "grant_type=refresh_token&refresh_token={0}&token={0}&client_id={1}",
                pair.refresh, app.id
            );
            for (kind, body, status) in [
                ("application/json", form.clone(), 400),
                ("text/plain", form.clone(), 400),
                ("", form.clone(), 400),
                ("application/x-www-form-urlencoded", format!("{form}&client_id={}", app.id), 400),
                ("application/x-www-form-urlencoded", format!("{form}&x={}", "x".repeat(16 * 1024)), 413),
            ] {
                let refused = app
                    .send(|http| {
                        let request = http.post(url.clone()).body(body.clone());
                        if kind.is_empty() { request } else { request.header("content-type", kind) }
                    })
                    .await?;
                ensure!(
                    refused.error() == (status, "invalid_request".to_owned()),
                    "{path} {kind}: {refused:?}"
                );
            }
            let in_query = app.send(|http| http.post(format!("{url}?{form}")).form(&[("x", "y")])).await?;
            ensure!(in_query.error() == (401, "invalid_client".to_owned()), "{in_query:?}");
        }
        ensure!(app.works(&pair.access).await?);
        Ok(())
    })
    .await
}

/// Security, line 7, and RFC 7591: what is registered, and what is not.
#[tokio::test]
async fn registration_gives_what_is_needed_and_refuses_the_rest() -> anyhow::Result<()> {
    World::live(async |world| {
        let url = world.node()?.url().join("/oauth/register")?;
        let http = outside::http()?;
        let register = async |metadata: &Value| answer(http.post(url.clone()).json(metadata)).await;
        let fine = register(&json!({ "redirect_uris": ["http://localhost:6274/oauth/callback"] })).await?;
        let known = fine.json()?;
        ensure!(fine.status == 201 && fine.header("cache-control") == "no-store", "{fine:?}");
        ensure!(
            known["token_endpoint_auth_method"] == "client_secret_basic"
                && known["client_secret_expires_at"] == 0
        );
        ensure!(known["grant_types"] == json!(["authorization_code", "refresh_token"]), "{known}");
        let public =
            json!({ "redirect_uris": ["http://localhost/cb"], "token_endpoint_auth_method": "none" });
        let public = register(&public).await?.json()?;
        ensure!(public.get("client_secret").is_none() && public.get("client_secret_expires_at").is_none());
        for answer in [&known, &public] {
            let members = answer.as_object().context("no object")?;
            ensure!(members.values().all(|value| !value.is_null()), "a member is null: {answer}");
        }
        for name in ["client_id", "client_secret"] {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            ensure!(known[name].as_str().is_some_and(|text| text.bytes().all(plain)), "{known}");
        }
        for (metadata, error) in [
            (json!({ "redirect_uris": ["http://evil.example/cb"] }), "invalid_redirect_uri"),
            (json!({ "redirect_uris": ["javascript:alert(1)"] }), "invalid_redirect_uri"),
            (json!({ "redirect_uris": ["https://a.example/cb#f"] }), "invalid_redirect_uri"),
            (json!({}), "invalid_redirect_uri"),
            (
                json!({ "redirect_uris": ["https://a.example/cb"], "client_name": "Claude" }),
                "invalid_client_metadata",
            ),
            (
                json!({ "redirect_uris": ["http://127.0.0.1/cb"], "client_name": "Chat\u{200b}GPT" }),
                "invalid_client_metadata",
            ),
            (json!([1]), "invalid_client_metadata"),
        ] {
            let refused = register(&metadata).await?;
            ensure!(refused.error() == (400, error.to_owned()), "{metadata}: {refused:?}");
        }
        let typed = answer(http.post(url.clone()).header("content-type", "text/plain").body("{}")).await?;
        ensure!(typed.error() == (400, "invalid_client_metadata".to_owned()), "{typed:?}");
        let large = json!({ "redirect_uris": ["https://a.example/cb"], "x": "x".repeat(16 * 1024) });
        ensure!(register(&large).await?.status == 413);
        Ok(())
    })
    .await
}

/// Security, line 17: forty addresses that strangers name as their metadata's, and not one connection.
#[tokio::test]
async fn no_hostile_address_is_called() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "127.0.0.2",
        "0.0.0.0",
        "0",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fc00::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "metadata.internal",
        "printer.local",
        "router",
        "x.home.arpa",
        "a.test",
        "user@127.0.0.1",
        "127.0.0.1%2e",
        "evil.example@localhost",
        "①②⑦.0.0.1",
    ];
    ensure!(hosts.len() == 40);
    World::live(async |world| {
        let app = App::register(world.node()?.url()).await?;
        for host in hosts {
            for scheme in ["https", "http"] {
                let id = format!("{scheme}://{host}:{port}/client.json");
                let answer = app.authorize(&app.question_with(&[("client_id", &id)])).await?;
                ensure!(answer.status == 400, "{id} was answered {}", answer.status);
                ensure!(answer.header("location").is_empty(), "{id} led somewhere");
            }
        }
        Ok(())
    })
    .await?;
    // What had been sent would be waiting in the backlog before this.
    let own = patiently("our own connection", tokio::net::TcpStream::connect(("127.0.0.1", port))).await??;
    let (_, first) = patiently("a connection", listener.accept()).await??;
    ensure!(first == own.local_addr()?, "somebody else came first");
    Ok(())
}
