//! Passwords, second factors and sessions (security rules 5, 8 and 14).

use anyhow::ensure;
use jiff::SignedDuration;
use onegent_cli::outside;
use onegent_core::status::JobStatus;
use onegent_core::time::Clock as _;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;
use reqwest::header::{COOKIE, LOCATION, RETRY_AFTER};

use super::{PASSWORD, code, owner, sign_in, text};

/// Rule 14.
#[tokio::test]
async fn five_failures_close_the_door_for_one_account_and_address_for_a_while() -> anyhow::Result<()> {
    World::live(async |world| {
        owner(world, "ana@example.com").await?;
        let mut pages = Vec::new();
        for email in ["ana@example.com", "nobody@example.com"] {
            for _ in 0..5 {
                let (_, page) = sign_in(world, email, "wrong horse battery").await?;
                ensure!(page.status == 401, "{email}: {}", page.status);
                let proof = page.form("form[action='/sign-in/password']")?.1[0].1.clone();
                pages.push(page.html.replace(email, "[email]").replace(&proof, "[proof]"));
            }
            let (_, page) = sign_in(world, email, PASSWORD).await?;
            ensure!(page.status == 429, "{email}: {}", page.status);
        }
        pages.dedup();
        ensure!(pages.len() == 1, "an unknown address and a wrong password look different");

        let url = world.node()?.url().join("/sign-in/password")?;
        let proof = "0123456789abcdef0123456789abcdef";
        let cookie = format!("onegent_form_{}={proof}", url.port().unwrap_or_default());
        let form = [("csrf", proof), ("email", "ana@example.com"), ("password", PASSWORD)];
        let refused = outside::http()?.post(url).header(COOKIE, cookie).form(&form).send().await?;
        let wait: i64 = refused.headers()[RETRY_AFTER].to_str()?.parse()?;
        ensure!(refused.status() == 429 && (1..=900).contains(&wait), "{wait}");

        // No lock-out: a link from the machine still opens the door.
        world.person().await?.open("/account").await?.fine()?;
        world.clock.turn(SignedDuration::from_mins(15));
        let (mut ana, page) = sign_in(world, "ana@example.com", PASSWORD).await?;
        ensure!(page.status == 200, "{}", page.status);
        let log = ana.open("/account/security").await?.fine()?.html;
        ensure!(log.contains("Signed in"), "{log}");
        Ok(())
    })
    .await
}

/// Rule 8.
#[tokio::test]
async fn a_session_begins_anew_at_sign_in_and_ends_on_the_server() -> anyhow::Result<()> {
    World::live(async |world| {
        let ana = owner(world, "ana@example.com").await?;
        let (mut second, page) = sign_in(world, "ana@example.com", PASSWORD).await?;
        ensure!(page.status == 200 && ana.cookies() != second.cookies());
        let cookies = second.cookies();
        let account = second.open("/account").await?.fine()?;
        ensure!(account.html.contains("This one") && account.html.contains("by password"));

        // Ended from the other session, one by one.
        second.fill(&account, "form[action^='/account/sessions/']", &[]).await?.fine()?;
        let http = outside::http()?;
        let ended = async |cookies: String| {
            let answer = http.get(world.node()?.url().clone()).header(COOKIE, cookies).send().await?;
            let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            anyhow::Ok(to.is_some_and(|to| to.starts_with("/sign-in")))
        };
        ensure!(ended(ana.cookies()).await?);
        ensure!(!ended(cookies.clone()).await?);
        let account = second.open("/account").await?.fine()?;
        second.fill(&account, "form[action='/sign-out']", &[]).await?.fine()?;
        ensure!(ended(cookies).await?, "the cookie still works after signing out");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_charge_waits_for_the_second_factor_where_the_account_wants_one() -> anyhow::Result<()> {
    World::live(async |world| {
        let mut ana = owner(world, "ana@example.com").await?;
        let account = ana.open("/account").await?.fine()?;
        let refused = ana.fill(&account, "form[action='/account/confirm-rule']", &[]).await?;
        ensure!(refused.html.contains("your own second factor first"), "{}", refused.html);
        let begun = ana.fill(&account, "form[action='/account/second-factor']", &[]).await?.fine()?;
        let secret = text(&begun, "#second-factor .copyable code")?;
        let form = "form[action='/account/second-factor/confirm']";
        let wrong = ana.fill(&begun, form, &[("code", "000000")]).await?;
        ensure!(wrong.status == 400, "{}", wrong.status);
        let on = ana.fill(&begun, form, &[("code", &code(&secret, world.clock.now()))]).await?.fine()?;
        let recovery = text(&on, ".codes code")?;
        ana.fill(&on, "form[action='/account/confirm-rule']", &[]).await?.fine()?;

        // The password alone opens nothing any more.
        world.clock.turn(SignedDuration::from_mins(1));
        let (mut ana, step) = sign_in(world, "ana@example.com", PASSWORD).await?;
        ensure!(step.html.contains("Your password was right"), "{}", step.html);
        let form = "form[action='/sign-in/code']";
        let used = code(&secret, world.clock.now());
        let inside = ana.fill(&step, form, &[("code", &used)]).await?.fine()?;
        ensure!(inside.url.path() == "/", "{}", inside.url);

        let paused = world.book(&Wish::at(wish::entry("wren-court")?)).await?;
        ensure!(paused.status == JobStatus::PausedPayment);
        world.clock.turn(SignedDuration::from_mins(16));
        let review = ana.review(&paused).await?;
        let asked = ana.press_confirm(&review).await?;
        ensure!(asked.url.path() == "/account/code", "{}", asked.url);
        let still = world.client()?.job(paused.job_id).await?;
        ensure!(still.status == JobStatus::PausedPayment, "{}", still.status);
        let form = "form[action='/account/code']";
        let again = ana.fill(&asked, form, &[("code", &used)]).await?;
        ensure!(again.status == 401, "a code counts once: {}", again.status);
        let back = ana.fill(&asked, form, &[("code", &recovery)]).await?.fine()?;
        ensure!(back.url.path() == format!("/jobs/{}", paused.job_id), "{}", back.url);
        ana.confirm(&paused).await?;
        ensure!(world.rest(paused.job_id).await?.status == JobStatus::Done);
        Ok(())
    })
    .await
}
