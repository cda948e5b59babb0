//! What is left behind.

use anyhow::{Context as _, ensure};
use onegent_tests::app::{App, REDIRECT, field, tokens};
use onegent_tests::world::World;
use serde_json::json;

/// Security, line 13: no code, token, verifier or client secret is in any file of the data directory.
#[tokio::test]
async fn no_secret_of_an_app_is_in_the_record() -> anyhow::Result<()> {
    World::live(async |world| {
        let issuer = world.node()?.url().clone();
        let app = App::register_as(&issuer, &json!({ "redirect_uris": [REDIRECT] })).await?;
        let mut person = world.person().await?;
        let page = person.asked(app.ask(&app.question())?).await?;
        let request = field(&page, "form.consent", "request")?;
        let code = app.approved_by(&mut person, &app.question()).await?;
        let first = tokens(&app.redeem(&code).await?)?;
        let second = tokens(&app.refresh(&first.refresh).await?)?;
        ensure!(app.works(&second.access).await?);
        let secret = app.secret.clone().context("no client secret")?;
        let secrets = [
            request,
            code,
            first.access,
            first.refresh,
            second.access,
            second.refresh,
            app.verifier.clone(),
            secret,
        ];
        for entry in std::fs::read_dir(world.data_dir())? {
            let path = entry?.path();
            if !path.is_file() {
                continue;
            }
            let bytes = std::fs::read(&path)?;
            for secret in &secrets {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                ensure!(!found, "{} has {}…", path.display(), &secret[..8]);
            }
        }
        Ok(())
    })
    .await
}
