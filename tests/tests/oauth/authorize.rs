//! The authorization endpoint.

use anyhow::ensure;
use onegent_tests::app::{App, REDIRECT, location, parameter};
use onegent_tests::world::World;
use serde_json::json;

/// Where the app of these tests lives.
const SITE: &str = "https://app.example/oauth/callback?tenant=1";
/// Thirty addresses that are almost the registered one, or worse.
const MUTATIONS: [&str; 30] = [
    "https://app.example/oauth/callback",
    "https://app.example/oauth/callback?tenant=1&x=2",
    "https://app.example/oauth/callback?tenant=2",
    "https://app.example/oauth/callback?Tenant=1",
    "https://app.example/oauth/callback/?tenant=1",
    "https://app.example/oauth/callback/extra?tenant=1",
    "https://app.example/oauth/callbackextra?tenant=1",
    "https://app.example/oauth?tenant=1",
    "https://app.example/x/oauth/callback?tenant=1",
    "https://app.example/OAuth/callback?tenant=1",
    "https://app.example/oauth/../oauth/callback?tenant=1",
    "https://app.example/oauth/./callback?tenant=1",
    "https://app.example/oauth/%63allback?tenant=1",
    "https://app.example//oauth/callback?tenant=1",
    "https://app.example/oauth/callback?tenant=1#fragment",
    "https://app.example/oauth/callback?tenant=1%23",
    "https://user@app.example/oauth/callback?tenant=1",
    "https://app.example@evil.example/oauth/callback?tenant=1",
    "https://app.example:443/oauth/callback?tenant=1",
    "https://app.example:8443/oauth/callback?tenant=1",
    "https://app.example./oauth/callback?tenant=1",
    "https://sub.app.example/oauth/callback?tenant=1",
    "https://app.example.evil.example/oauth/callback?tenant=1",
    "https://evilapp.example/oauth/callback?tenant=1",
    "https://app.example\\@evil.example/oauth/callback?tenant=1",
    "https://APP.example/oauth/callback?tenant=1",
    "http://app.example/oauth/callback?tenant=1",
    "javascript:alert(1)//app.example/oauth/callback?tenant=1",
    "//app.example/oauth/callback?tenant=1",
    " https://app.example/oauth/callback?tenant=1",
];

/// Security, line 1: what can't be trusted ends on a page.
#[tokio::test]
async fn nothing_is_sent_to_an_address_that_is_not_registered() -> anyhow::Result<()> {
    World::live(async |world| {
        let issuer = world.node()?.url().clone();
        let metadata = json!({ "redirect_uris": [SITE], "token_endpoint_auth_method": "none" });
        let app = App::register_as(&issuer, &metadata).await?;
        for redirect in MUTATIONS {
            let answer = app.authorize(&app.question_with(&[("redirect_uri", redirect)])).await?;
            ensure!(answer.status == 400, "{redirect} was answered {}", answer.status);
            ensure!(answer.header("location").is_empty(), "{redirect} led to {}", answer.header("location"));
        }
        let fine = app.authorize(&app.question_with(&[("redirect_uri", SITE)])).await?;
        ensure!(fine.status == 303 && fine.header("location").starts_with("/oauth/consent?request="));

        // A program on loopback takes the port that the system gives it.
        let program = App::register(&issuer).await?;
        for redirect in [REDIRECT, "http://127.0.0.1:51234/callback", "http://127.0.0.1/callback"] {
            let answer = program.authorize(&program.question_with(&[("redirect_uri", redirect)])).await?;
            ensure!(answer.status == 303, "{redirect} was answered {}", answer.status);
        }
        for redirect in
            ["http://localhost:9/callback", "http://127.0.0.1:9/other", "http://127.0.0.2:9/callback"]
        {
            let answer = program.authorize(&program.question_with(&[("redirect_uri", redirect)])).await?;
            ensure!(answer.status == 400, "{redirect} was answered {}", answer.status);
        }
        Ok(())
    })
    .await
}

/// Security, line 1: unknown apps and repeated parameters end on a page, too.
#[tokio::test]
async fn an_unknown_app_or_a_repeated_parameter_gets_a_page() -> anyhow::Result<()> {
    World::live(async |world| {
        let app = App::register(world.node()?.url()).await?;
        for change in [("client_id", ""), ("client_id", "ogc_unknown"), ("redirect_uri", "")] {
            let answer = app.authorize(&app.question_with(&[change])).await?;
            ensure!(answer.status == 400, "{change:?} was answered {}", answer.status);
            ensure!(answer.text.contains("<!doctype html>") && answer.header("location").is_empty());
        }
        for (name, value) in app.question() {
            let mut twice = app.question();
            twice.push((name.clone(), value));
            let answer = app.authorize(&twice).await?;
            ensure!(answer.status == 400, "{name} twice was answered {}", answer.status);
            ensure!(answer.header("location").is_empty());
        }
        Ok(())
    })
    .await
}

/// Security, lines 2 and 3: what is weak goes back to the app as an error, with `state` and `iss` exactly once, by 303.
#[tokio::test]
async fn a_weak_request_goes_back_with_an_error() -> anyhow::Result<()> {
    World::live(async |world| {
        let issuer = world.node()?.url().clone();
        let app = App::register(&issuer).await?;
        let (short, long, strange) = ("a".repeat(42), "a".repeat(129), format!("{}+", "a".repeat(42)));
        for (change, code) in [
            (("code_challenge", ""), "invalid_request"),
            (("code_challenge", short.as_str()), "invalid_request"),
            (("code_challenge", long.as_str()), "invalid_request"),
            (("code_challenge", strange.as_str()), "invalid_request"),
            (("code_challenge_method", ""), "invalid_request"),
            (("code_challenge_method", "plain"), "invalid_request"),
            (("response_type", ""), "invalid_request"),
            (("response_type", "token"), "unsupported_response_type"),
            (("response_type", "code token"), "unsupported_response_type"),
            (("scope", "admin"), "invalid_scope"),
            (("resource", "https://evil.example/api/mcp"), "invalid_target"),
            (("resource", "/api/mcp"), "invalid_target"),
        ] {
            let answer = app.authorize(&app.question_with(&[change])).await?;
            ensure!(answer.status == 303, "{change:?} was answered {}", answer.status);
            let back = location(&answer)?;
            ensure!(back.as_str().starts_with(REDIRECT), "{back}");
            ensure!(parameter(&back, "error").as_deref() == Some(code), "{change:?}: {back}");
            ensure!(parameter(&back, "state").as_deref() == Some("a state"), "{back}");
            ensure!(
                parameter(&back, "iss").as_deref() == Some(issuer.as_str().trim_end_matches('/')),
                "{back}"
            );
            ensure!(parameter(&back, "code").is_none(), "{back}");
        }
        Ok(())
    })
    .await
}
