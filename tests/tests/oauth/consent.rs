//! The consent page and the connected apps, as a browser and as an attacker.

use anyhow::{Context as _, ensure};
use onegent_cli::outside;
use onegent_tests::app::{App, REDIRECT, answer, field, parameter};
use onegent_tests::world::World;
use serde_json::json;

/// Security, lines 3 and 4: a decision is about what the server has stored, once, and says so to the app exactly once.
#[tokio::test]
async fn a_decision_counts_once_and_for_what_was_shown() -> anyhow::Result<()> {
    World::live(async |world| {
        let issuer = world.node()?.url().clone();
        let name = issuer.as_str().trim_end_matches('/');
        let app = App::register(&issuer).await?;
        let mut person = world.person().await?;

        let page = person.asked(app.ask(&app.question())?).await?;
        let denied = person.press(&page, "form.consent-deny").await?;
        ensure!(denied.status == 303, "{}", denied.status);
        ensure!(parameter(&denied.url, "error").as_deref() == Some("access_denied"), "{}", denied.url);
        ensure!(parameter(&denied.url, "state").as_deref() == Some("a state"));
        ensure!(parameter(&denied.url, "iss").as_deref() == Some(name));
        let again = person.press(&page, "form.consent").await?;
        ensure!(again.status == 404, "a decided request was decided again: {}", again.status);

        // What the form adds or changes beside yes and no counts for nothing.
        let mut page = person.asked(app.ask(&app.question_with(&[("scope", "read")]))?).await?;
        page.html = page.html.replace(
            "name=\"decision\" value=\"approve\">",
            "name=\"decision\" value=\"approve\"><input name=\"scope\" value=\"read book\">\
             <input name=\"redirect_uri\" value=\"https://evil.example/\"><input name=\"client_id\" value=\"x\">",
        );
        let back = person.press(&page, "form.consent").await?;
        ensure!(back.url.as_str().starts_with(REDIRECT), "{}", back.url);
        ensure!(parameter(&back.url, "state").as_deref() == Some("a state"));
        ensure!(parameter(&back.url, "iss").as_deref() == Some(name));
        let code = parameter(&back.url, "code").context("no code")?;
        let given = app.redeem(&code).await?.json()?;
        ensure!(given["scope"] == "read", "{given}");

        // An id that was never given out, or one of another request's making.
        let mut page = person.asked(app.ask(&app.question())?).await?;
        let id = field(&page, "form.consent", "request")?;
        page.html = page.html.replace(&id, &format!("ogq_{}", "A".repeat(43)));
        ensure!(person.press(&page, "form.consent").await?.status == 404);
        Ok(())
    })
    .await
}

/// Security, line 5: forms that are not ours decide nothing and cut nobody off.
#[tokio::test]
async fn forged_forms_decide_nothing() -> anyhow::Result<()> {
    World::live(async |world| {
        let issuer = world.node()?.url().clone();
        let app = App::register(&issuer).await?;
        let mut person = world.person().await?;
        let tokens = app.connect(&mut person, "read book").await?;
        let asked = person.asked(app.ask(&app.question())?).await?;
        let apps = person.open("/developers/connected-apps").await?.fine()?;
        let pages = [(&asked, "form.consent"), (&apps, "form[action$='/disconnect']")];
        let hostile: [&[(&str, &str)]; 6] = [
            &[("origin", "https://evil.example")],
            &[("origin", "http://127.0.0.1:1")],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("content-type", "text/plain")],
        ];
        let http = outside::http()?;
        for (page, selector) in pages {
            let (action, fields) = page.form(selector)?;
            for headers in hostile {
                let mut request = http.post(action.clone()).header("cookie", person.cookies()).form(&fields);
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                let mut request = request.build()?;
                // A second `Content-Type` would be another attack than this.
                if let Some((name, value)) = headers.first().filter(|(name, _)| *name == "content-type") {
                    request.headers_mut().insert(*name, value.parse()?);
                }
                let refused = http.execute(request).await?.status();
                ensure!(refused == 403, "{selector} with {headers:?} was answered {refused}");
            }
            for token in ["", "nonsense"] {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(name, value)| (name.as_str(), if name == "csrf" { token } else { value.as_str() }))
                    .collect();
                let refused =
                    answer(http.post(action.clone()).header("cookie", person.cookies()).form(&fields))
                        .await?;
                ensure!(refused.status == 403, "{selector} with the token {token:?}: {}", refused.status);
            }
        }
        ensure!(app.works(&tokens.access).await?, "a forged form cut the app off");
        let back = person.press(&asked, "form.consent").await?;
        ensure!(parameter(&back.url, "code").is_some(), "a forged form had decided: {}", back.url);
        Ok(())
    })
    .await
}

/// Security, line 7: who asks, where the answer goes and what for, in plain words and without tricks.
#[tokio::test]
async fn the_page_says_who_asks_and_what_for() -> anyhow::Result<()> {
    World::live(async |world| {
        let issuer = world.node()?.url().clone();
        let metadata = json!({
            "client_name": "<b>Trip</b>\u{202e}\u{7}\u{200b} planner",
            "client_uri": "https://trips.example/about",
            "redirect_uris": ["https://callback.example/cb", REDIRECT],
        });
        let app = App::register_as(&issuer, &metadata).await?;
        let mut person = world.person().await?;
        let site = app.question_with(&[("redirect_uri", "https://callback.example/cb"), ("scope", "read")]);
        let page = person.asked(app.ask(&site)?).await?.html;
        ensure!(page.contains("&#60;b&#62;Trip&#60;/b&#62;") && !page.contains("<b>Trip</b>"), "{page}");
        ensure!(!page.contains(['\u{202e}', '\u{200b}', '\u{7}']));
        ensure!(page.contains("trips.example") && page.contains("callback.example"), "{page}");
        ensure!(page.contains("Not proven") && page.contains("Nobody has checked"), "{page}");
        ensure!(page.contains("See your bookings") && !page.contains("Make and cancel bookings"), "{page}");
        let page = person.asked(app.ask(&app.question())?).await?.html;
        ensure!(page.contains("See your bookings") && page.contains("Make and cancel bookings"), "{page}");
        ensure!(page.contains("127.0.0.1:9") && page.contains("a program on this device"), "{page}");
        Ok(())
    })
    .await
}

/// Security, line 6: the pages of connected apps close every door, and lead where the answer goes.
#[tokio::test]
async fn the_pages_close_every_door() -> anyhow::Result<()> {
    World::live(async |world| {
        let issuer = world.node()?.url().clone();
        let app = App::register(&issuer).await?;
        let mut person = world.person().await?;
        let asked = person.asked(app.ask(&app.question())?).await?;
        let http = outside::http()?;
        for (url, targets) in [
            (asked.url, "form-action 'self' http://127.0.0.1:9;"),
            (issuer.join("/developers/connected-apps")?, "form-action 'self';"),
        ] {
            let page = answer(http.get(url.clone()).header("cookie", person.cookies())).await?;
            ensure!(page.status == 200, "{url} was answered {}", page.status);
            let policy = page.header("content-security-policy");
            ensure!(policy.contains(targets), "{policy}");
            ensure!(
                policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
                "{policy}"
            );
            ensure!(!policy.contains("unsafe"), "{policy}");
            for (name, value) in [
                ("x-frame-options", "DENY"),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cache-control", "no-store"),
            ] {
                ensure!(page.header(name) == value, "{url} {name}: {}", page.header(name));
            }
        }
        Ok(())
    })
    .await
}
