#![cfg(test)]
//! Who may let money move: a signed-in person at the console, and nobody with an assistant's means.

use anyhow::{Context as _, ensure};
use onegent_cli::outside;
use onegent_core::status::JobStatus;
use onegent_sandbox::Counts;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// What an assistant can show for itself.
#[derive(Debug, Clone, Copy)]
enum Shown {
    Nothing,
    Bearer,
    /// Its key where the session's token stands.
    Cookie,
}

/// With the right hold, the right hash, even the right form token, on every route of the console and every route that
/// an assistant might guess.
#[tokio::test]
async fn no_assistant_reaches_the_payment_desk() -> anyhow::Result<()> {
    World::live(async |world| {
        let job = world.book(&Wish::at(wish::entry("the-brass-pear")?)).await?;
        ensure!(job.status == JobStatus::PausedPayment, "{job:?}");
        let mut person = world.person().await?;
        let review = person.review(&job).await?;
        let (action, fields) = review.form("form[action$='/confirm']")?;
        let body: Value = fields
            .iter()
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        ensure!(body["hold"].is_string() && body["charge"].is_string() && body["csrf"].is_string(), "{body}");

        let id = job.job_id;
        let console = [
            (Method::GET, "/".to_owned()),
            (Method::GET, format!("/jobs/{id}")),
            (Method::GET, format!("/jobs/{id}/events")),
            (Method::POST, format!("/jobs/{id}/confirm")),
            (Method::POST, format!("/jobs/{id}/decline")),
            (Method::POST, format!("/jobs/{id}/helped")),
            (Method::POST, format!("/jobs/{id}/cancel")),
            (Method::GET, "/developers/keys".to_owned()),
            (Method::POST, "/developers/keys".to_owned()),
            (Method::POST, "/developers/webhooks".to_owned()),
        ];
        let guesses = ["confirm", "decline", "helped", "review", "payment", "approve"]
            .map(|verb| (Method::POST, format!("/api/v1/execution-jobs/{id}/{verb}")));
        let http = outside::http()?;
        let origin = action.origin().ascii_serialization();
        for (method, path) in console.into_iter().chain(guesses) {
            for shown in [Shown::Nothing, Shown::Bearer, Shown::Cookie] {
                for as_form in [true, false] {
                    let request = http
                        .request(method.clone(), world.node()?.url().join(&path)?)
                        .header("Origin", &origin);
                    let request = show(request, shown, world)?;
                    let request = match (&method, as_form) {
                        (&Method::GET, _) => request,
                        (_, true) => request.form(&fields),
                        (_, false) => request.json(&body),
                    };
                    let status = request.send().await?.status();
                    ensure!(turned_away(status), "{method} {path} with {shown:?} was answered {status}");
                }
            }
        }
        assistants_tools_confirm_nothing(world, &body).await?;

        let stands = world.client()?.job(id).await?;
        ensure!(stands == job, "the job has changed: {stands:?}");
        ensure!(world.ledger().await?.counts == Counts::default(), "something was taken");

        // The very same form in the person's own hands does it: what was refused was refused for who sent it.
        person.press_confirm(&review).await?.fine()?;
        ensure!(world.rest(id).await?.status == JobStatus::Done);
        let counts = world.ledger().await?.counts;
        ensure!((counts.reservations, counts.charges) == (1, 1), "{counts:?}");
        Ok(())
    })
    .await
}

fn show(request: RequestBuilder, shown: Shown, world: &World) -> anyhow::Result<RequestBuilder> {
    let key = world.key().expose();
    Ok(match shown {
        Shown::Nothing => request,
        Shown::Bearer => request.bearer_auth(key),
        Shown::Cookie => {
            let port = world.node()?.url().port().context("a loopback console has a port")?;
            request.header("Cookie", format!("onegent_session_{port}={key}; __Host-onegent={key}"))
        }
    })
}

/// Refused, or sent to the sign-in page.
fn turned_away(status: StatusCode) -> bool {
    status.is_client_error() || status == StatusCode::SEE_OTHER
}

/// No tool takes a confirmation, whatever its arguments are called.
async fn assistants_tools_confirm_nothing(world: &World, body: &Value) -> anyhow::Result<()> {
    let assistant = world.assistant()?;
    let tools = assistant.tools().await?;
    let known =
        ["book_restaurant", "book_hotel", "book_flight", "book_activity", "get_job_status", "get_job_audit"];
    ensure!(tools == known, "{tools:?}");
    for tool in known {
        let mut arguments = body.clone();
        arguments["confirm"] = json!(true);
        arguments["paymentPolicy"] = json!("pay");
        let answer = assistant.answer(tool, &arguments).await?;
        ensure!(answer["isError"] == true, "{tool} took a confirmation: {answer}");
    }
    for tool in ["confirm_charge", "confirm", "pay"] {
        let answer = assistant.answer(tool, body).await;
        let refused = answer.as_ref().map_or(true, |answer| answer["isError"] == true);
        ensure!(refused, "{tool} exists: {answer:?}");
    }
    Ok(())
}

/// A form that comes from somewhere else, or without its token, is no person's will.
#[tokio::test]
async fn a_forged_form_confirms_nothing() -> anyhow::Result<()> {
    World::live(async |world| {
        let job = world.book(&Wish::at(wish::entry("the-brass-pear")?)).await?;
        let mut person = world.person().await?;
        let genuine = person.review(&job).await?;
        let (_, fields) = genuine.form("form[action$='/confirm']")?;
        let (_, csrf) = fields.iter().find(|(name, _)| name == "csrf").context("no form token")?;

        let mut foreign = genuine.clone();
        foreign.url.set_port(Some(1)).map_err(|()| anyhow::anyhow!("no port"))?;
        foreign.html = foreign.html.replace("action=\"/", &format!("action=\"{}", world.node()?.url()));
        let mut without_token = genuine.clone();
        without_token.html = without_token.html.replace(csrf.as_str(), "");
        let (_, hash) = fields.iter().find(|(name, _)| name == "charge").context("no hash")?;
        let mut other_charge = genuine.clone();
        other_charge.html = other_charge.html.replace(hash.as_str(), &"0".repeat(64));
        for (name, page) in
            [("foreign", foreign), ("without a token", without_token), ("other charge", other_charge)]
        {
            let answer = person.press_confirm(&page).await?;
            ensure!(answer.status.is_client_error(), "{name} was answered {}", answer.status);
        }
        ensure!(world.client()?.job(job.job_id).await?.status == JobStatus::PausedPayment);
        ensure!(world.ledger().await?.counts == Counts::default());
        world.cancel_the_rest().await
    })
    .await
}
