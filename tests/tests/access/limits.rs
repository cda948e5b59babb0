//! Rates, quotas, and whose address counts (security rule 14).

use std::time::Duration;

use anyhow::ensure;
use futures_util::future::try_join_all;
use jiff::SignedDuration;
use onegent_cli::node::AccessConfig;
use onegent_cli::outside;
use onegent_core::limit::Quota;
use onegent_tests::app::{App, tokens};
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;
use serde_json::{Value, json};

#[tokio::test]
async fn an_account_may_ask_as_often_as_its_rate_allows() -> anyhow::Result<()> {
    let access = AccessConfig {
        account_rate: Some(Quota::new(60, Duration::from_hours(1))),
        ..AccessConfig::default()
    };
    World::live_under(access, async |world| {
        let (http, url) = (outside::http()?, format!("{}/providers", world.node()?.api_url()));
        let ask = async || anyhow::Ok(http.get(&url).bearer_auth(world.key().expose()).send().await?);
        for asked in 1..=60 {
            let answer = ask().await?;
            ensure!(answer.status() == 200, "{asked}: {}", answer.status());
            ensure!(answer.headers()["ratelimit-policy"] == "\"account\";q=60;w=3600");
            let told = answer.headers()["ratelimit"].to_str()?.to_owned();
            ensure!(told.starts_with(&format!("\"account\";r={};t=", 60 - asked)), "{asked}: {told}");
        }
        let refused = ask().await?;
        let wait: i64 = refused.headers()["retry-after"].to_str()?.parse()?;
        ensure!(refused.status() == 429 && (1..=60).contains(&wait), "{wait}");
        let body: Value = refused.json().await?;
        ensure!(body["error"]["code"] == "rate_limited", "{body}");
        world.clock.turn(SignedDuration::from_mins(61));
        ensure!(ask().await?.status() == 200);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_account_has_as_many_bookings_as_its_quotas_allow() -> anyhow::Result<()> {
    let access = AccessConfig { most_open_jobs: 1, most_jobs_a_day: 2, ..AccessConfig::default() };
    World::live_under(access, async |world| {
        let wish = Wish::at(wish::entry("wren-court")?);
        let refused = async || {
            let answer = world.assistant()?.answer(&wish.tool(), &wish.arguments()).await?;
            ensure!(answer["isError"] == true, "{answer}");
            anyhow::Ok(answer["content"][0]["text"].as_str().unwrap_or_default().to_owned())
        };
        let first = world.book(&wish).await?;
        let said = refused().await?;
        ensure!(said.contains("bookings open"), "{said}");
        world.client()?.cancel_job(first.job_id).await?;
        let second = world.book(&wish).await?;
        world.client()?.cancel_job(second.job_id).await?;
        let said = refused().await?;
        ensure!(said.contains("bookings today"), "{said}");
        world.clock.turn(SignedDuration::from_hours(24));
        world.book(&wish).await?;
        world.cancel_the_rest().await
    })
    .await
}

#[tokio::test]
async fn a_client_does_not_choose_its_own_address() -> anyhow::Result<()> {
    for (trusted, wanted) in [("10.0.0.0/8", 429), ("127.0.0.0/8", 401)] {
        let access = AccessConfig { trusted_proxies: vec![trusted.parse()?], ..AccessConfig::default() };
        World::live_under(access, async |world| {
            let url = world.node()?.url().join("/sign-in/password")?;
            let (http, proof) = (outside::http()?, "0123456789abcdef0123456789abcdef");
            let cookie = format!("onegent_form_{}={proof}", url.port().unwrap_or_default());
            let form = [("csrf", proof), ("email", "nobody@example.com"), ("password", "x")];
            let mut last = 0;
            for n in 1..=6 {
                let request = http.post(url.clone()).header("cookie", &cookie).form(&form);
                let request = request.header("x-forwarded-for", format!("6.6.6.6, 203.0.113.{n}"));
                last = request.send().await?.status().as_u16();
            }
            ensure!(last == wanted, "{trusted}: {last}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_address_may_guess_and_register_only_so_often() -> anyhow::Result<()> {
    World::live(async |world| {
        let app = App::register(world.node()?.url()).await?;
        let pair = app.connect(&mut world.person().await?, "read").await?;
        // Twenty that refresh at once are no thieves.
        let mut pairs = vec![pair];
        for _ in 0..19 {
            pairs.push(app.connect(&mut world.person().await?, "read").await?);
        }
        let fresh = try_join_all(pairs.iter().map(|pair| app.refresh(&pair.refresh))).await?;
        ensure!(fresh.iter().all(|answer| answer.status == 200), "{fresh:?}");

        for guess in 0..30 {
            let answer = app.refresh(&format!("ogr_{guess:043}")).await?;
            ensure!(answer.error() == (400, "invalid_grant".to_owned()), "{guess}: {answer:?}");
        }
        let refused = app.refresh(&format!("ogr_{:043}", 30)).await?;
        let wait: i64 = refused.header("retry-after").parse()?;
        ensure!(refused.status == 429 && (1..=60).contains(&wait), "{refused:?}");
        world.clock.turn(SignedDuration::from_mins(1));
        ensure!(app.refresh(&tokens(&fresh[0])?.refresh).await?.status == 200);

        for _ in 0..9 {
            App::register(&app.issuer).await?;
        }
        let metadata = json!({ "redirect_uris": ["https://app.example/back"] });
        let register = || app.send(|http| http.post(format!("{}oauth/register", app.issuer)).json(&metadata));
        let refused = register().await?;
        ensure!(refused.status == 429 && !refused.header("retry-after").is_empty(), "{refused:?}");
        world.clock.turn(SignedDuration::from_hours(1));
        ensure!(register().await?.status == 201);
        Ok(())
    })
    .await
}
