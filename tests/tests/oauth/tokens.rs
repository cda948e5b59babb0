//! Codes and tokens, with the server's clock in hand.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use futures_util::future::try_join_all;
use jiff::SignedDuration;
use onegent_tests::app::{App, tokens};
use onegent_tests::world::World;

/// Security, line 9: of fifty redemptions at once one wins, and the second ends what it gave.
#[tokio::test]
async fn a_code_is_redeemed_once_of_fifty_times() -> anyhow::Result<()> {
    World::live(async |world| {
        let app = App::register(world.node()?.url()).await?;
        let mut person = world.person().await?;
        let code = app.approved_by(&mut person, &app.question()).await?;
        let answers = try_join_all((0..50).map(|_| app.redeem(&code))).await?;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        ensure!(won.len() == 1 && lost.len() == 49, "{} of 50 won", won.len());
        for answer in lost {
            ensure!(answer.error() == (400, "invalid_grant".to_owned()), "{answer:?}");
        }
        let given = tokens(won.first().context("nobody won")?)?;
        ensure!(!app.works(&given.access).await?, "what the first gave outlived the second");
        ensure!(app.refresh(&given.refresh).await?.error() == (400, "invalid_grant".to_owned()));
        let apps = person.open("/developers/connected-apps").await?.html;
        ensure!(apps.contains("used twice"), "the person does not learn of it");
        Ok(())
    })
    .await
}

/// Security, line 9: good after 599 seconds, not after 601; bound to client, redirect, verifier and resource.
#[tokio::test]
async fn a_code_is_bound_in_time_and_to_its_request() -> anyhow::Result<()> {
    World::live(async |world| {
        let issuer = world.node()?.url().clone();
        let app = App::register(&issuer).await?;
        let mut person = world.person().await?;
        for (seconds, status) in [(599, 200), (601, 400)] {
            let code = app.approved_by(&mut person, &app.question()).await?;
            world.clock.turn(SignedDuration::from_secs(seconds));
            let answer = app.redeem(&code).await?;
            ensure!(answer.status == status, "after {seconds} s: {answer:?}");
        }

        let resource = format!("{issuer}api/mcp");
        let code = app.approved_by(&mut person, &app.question_with(&[("resource", &resource)])).await?;
        let (other_app, other_resource) = (App::register(&issuer).await?, format!("{issuer}api/v1"));
        ensure!(other_app.redeem(&code).await?.error() == (400, "invalid_grant".to_owned()));
        for (name, value, error) in [
            ("redirect_uri", "http://127.0.0.1:9/callback/", "invalid_grant"),
            ("redirect_uri", "http://127.0.0.1:10/callback", "invalid_grant"),
            ("redirect_uri", "", "invalid_grant"),
            ("code_verifier", "", "invalid_request"),
            ("code_verifier", &"a".repeat(42), "invalid_request"),
            ("code_verifier", &"a".repeat(129), "invalid_request"),
            ("code_verifier", &"a".repeat(43), "invalid_grant"),
            ("resource", &other_resource, "invalid_target"),
            ("resource", "https://evil.example/", "invalid_target"),
            ("grant_type", "password", "unsupported_grant_type"),
            ("grant_type", "", "invalid_request"),
        ] {
            let mut form = app.redemption(&code);
            form.retain(|(known, _)| *known != name);
            form.push((name, value));
            let answer = app.post("/oauth/token", &form).await?;
            ensure!(answer.error() == (400, error.to_owned()), "{name}={value}: {answer:?}");
        }
        let mut form = app.redemption(&code);
        form.push(("resource", &resource));
        tokens(&app.post("/oauth/token", &form).await?).context("the wrong tries used the code up")?;
        Ok(())
    })
    .await
}

/// Security, line 10: a hundred refreshes at once stay in one family, and none of them is the server's fault.
#[tokio::test]
async fn a_hundred_refreshes_at_once_stay_in_one_family() -> anyhow::Result<()> {
    World::live(async |world| {
        let app = App::register(world.node()?.url()).await?;
        let mut person = world.person().await?;
        let first = app.connect(&mut person, "read book").await?;
        let answers = try_join_all((0..100).map(|_| app.refresh(&first.refresh))).await?;
        let fine = answers.iter().filter(|answer| answer.status == 200).count();
        ensure!(fine == 11, "one rotation and ten repetitions, not {fine}");
        ensure!(answers.iter().all(|answer| [200, 400].contains(&answer.status.as_u16())));
        let pairs: BTreeSet<_> =
            answers.iter().filter_map(|answer| tokens(answer).ok()).map(|pair| pair.refresh).collect();
        ensure!(pairs.len() == 11, "two of them got the same pair");
        let apps = person.open("/developers/connected-apps").await?.html;
        ensure!(apps.matches("/disconnect").count() == 1, "more than one family");
        // Those that came too often hurt nobody, and all that was given ends together.
        let given: Vec<_> = answers.iter().filter_map(|answer| tokens(answer).ok()).collect();
        for pair in &given {
            ensure!(app.works(&pair.access).await?, "a crowd ended its own family");
        }
        app.post("/oauth/revoke", &[("token", &given[0].refresh)]).await?;
        for pair in &given {
            ensure!(!app.works(&pair.access).await?, "a pair of another family");
        }
        Ok(())
    })
    .await
}

/// Security, line 10: a token that comes again after its grace ends its family, and the person is told.
#[tokio::test]
async fn a_refresh_token_that_comes_again_later_ends_its_family() -> anyhow::Result<()> {
    World::live(async |world| {
        let issuer = world.node()?.url().clone();
        let (app, thief) = (App::register(&issuer).await?, App::register(&issuer).await?);
        let mut person = world.person().await?;
        let first = app.connect(&mut person, "read book").await?;
        let second = tokens(&app.refresh(&first.refresh).await?)?;
        world.clock.turn(SignedDuration::from_secs(119));
        let third = tokens(&app.refresh(&first.refresh).await?).context("within the grace")?;
        ensure!(third.refresh != second.refresh);
        world.clock.turn(SignedDuration::from_secs(2));
        // Another client's hands neither use it nor hurt whose it is.
        ensure!(thief.refresh(&first.refresh).await?.error() == (400, "invalid_grant".to_owned()));
        ensure!(app.works(&third.access).await?);
        ensure!(app.refresh(&first.refresh).await?.error() == (400, "invalid_grant".to_owned()));
        for token in [&first.access, &second.access, &third.access] {
            ensure!(!app.works(token).await?, "a token of a dead family works");
        }
        for token in [&second.refresh, &third.refresh] {
            ensure!(app.refresh(token).await?.error() == (400, "invalid_grant".to_owned()));
        }
        let apps = person.open("/developers/connected-apps").await?.html;
        ensure!(apps.contains("used twice"), "the person does not learn of it");
        Ok(())
    })
    .await
}

/// Security, line 10: thirty days from the first issue, whatever was rotated meanwhile; never more than was granted.
#[tokio::test]
async fn a_family_ends_in_thirty_days_and_never_widens() -> anyhow::Result<()> {
    World::live(async |world| {
        let app = App::register(world.node()?.url()).await?;
        let mut person = world.person().await?;
        let mut pair = app.connect(&mut person, "read").await?;
        let refresh = |token: &str, scope: &str| {
            let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
            let (app, form) = (app.clone(), form.map(|(name, value)| (name, value.to_owned())));
            async move {
                let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
                app.post("/oauth/token", &form).await
            }
        };
        ensure!(refresh(&pair.refresh, "read book").await?.error() == (400, "invalid_scope".to_owned()));
        for _ in 0..29 {
            world.clock.turn(SignedDuration::from_hours(24));
            pair = tokens(&refresh(&pair.refresh, "read").await?)?;
        }
        world.clock.turn(SignedDuration::from_hours(24) - SignedDuration::from_mins(2));
        let last = refresh(&pair.refresh, "").await?;
        pair = tokens(&last)?;
        let expires = last.json()?["expires_in"].as_i64().unwrap_or_default();
        ensure!((1..=120).contains(&expires), "an access token outlives its family: {expires} s");
        world.clock.turn(SignedDuration::from_mins(3));
        ensure!(refresh(&pair.refresh, "").await?.error() == (400, "invalid_grant".to_owned()));
        Ok(())
    })
    .await
}

/// Security, line 12: revoking is 200 for what is unknown, and a refresh token takes its family along.
#[tokio::test]
async fn revoking_ends_a_token_or_its_whole_family() -> anyhow::Result<()> {
    World::live(async |world| {
        let issuer = world.node()?.url().clone();
        let (app, other) = (App::register(&issuer).await?, App::register(&issuer).await?);
        let mut person = world.person().await?;
        let first = app.connect(&mut person, "read book").await?;
        let second = tokens(&app.refresh(&first.refresh).await?)?;
        for (by, token) in [(&app, "unknown"), (&other, &*first.access), (&other, &*second.refresh)] {
            let answer = by.post("/oauth/revoke", &[("token", token)]).await?;
            ensure!(answer.status == 200, "{answer:?}");
        }
        ensure!(app.works(&first.access).await? && app.works(&second.access).await?);
        app.post("/oauth/revoke", &[("token", &first.access), ("token_type_hint", "refresh_token")]).await?;
        ensure!(!app.works(&first.access).await? && app.works(&second.access).await?);
        app.post("/oauth/revoke", &[("token", &second.refresh)]).await?;
        ensure!(!app.works(&second.access).await?);
        let stranger = App::known(&issuer, "ogc_unknown".to_owned(), None)?;
        let answer = stranger.post("/oauth/revoke", &[("token", &second.access)]).await?;
        ensure!(answer.error() == (401, "invalid_client".to_owned()), "{answer:?}");
        Ok(())
    })
    .await
}
