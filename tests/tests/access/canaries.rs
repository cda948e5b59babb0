//! What must stand nowhere (security rules 13 and 19): secrets, card numbers and passports go through a whole booking on
//! the real server with its loudest log, and are then looked for in everything that it wrote or said.

use std::path::Path;

use anyhow::{Context as _, ensure};
use onegent_cli::outside::{self, Assistant, Walk};
use onegent_core::port::ApiKey;
use onegent_core::status::JobStatus;
use onegent_core::time::{Clock as _, SystemClock};
use onegent_engine::agent::SandboxOrigins;
use onegent_tests::person::Person;
use onegent_tests::process::{SandboxProcess, ServerProcess};
use onegent_tests::tap::Tap;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::patiently;
use serde_json::{Value, json};

use super::{PASSWORD, code, text};

const CARDS: [&str; 5] =
    ["4111111111111111", "5555555555554444", "378282246310005", "6011111111111117", "3530111333300000"];
const PASSPORTS: [&str; 3] = ["QX83K41907", "ZR55T02218", "LB90W77364"];

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else {
            found.push((path.display().to_string(), std::fs::read(&path)?));
        }
    }
    Ok(())
}

/// Everything that an answer carries.
async fn whole(answer: reqwest::Response) -> anyhow::Result<String> {
    Ok(format!("{:?} {:?} {}", answer.status(), answer.headers().clone(), answer.text().await?))
}

/// Guests with passports; the last is the one who travels.
async fn save_guests(person: &mut Person, said: &mut Vec<String>) -> anyhow::Result<()> {
    let page = person.open("/profiles").await?.fine()?;
    for passport in PASSPORTS {
        let typed = [
            ("first_name", "Ana"),
            ("last_name", "Silva"),
            ("email", "ana@example.com"),
            ("phone", "+12125550123"),
            ("born_on", "1990-05-01"),
            ("passport_number", passport),
            ("passport_country", "PT"),
            ("passport_expires_on", "2031-05-01"),
        ];
        said.push(person.fill(&page, "form[action='/profiles']", &typed).await?.fine()?.html);
    }
    Ok(())
}

/// Cards, where a confused assistant might put them.
async fn say_cards(
    server: &ServerProcess,
    assistant: &Assistant,
    [ended, key]: [&ApiKey; 2],
    said: &mut Vec<String>,
) -> anyhow::Result<()> {
    let (http, console) = (outside::http()?, server.mcp()?.join("/")?);
    let wish = Wish::at(wish::entry("cobalt-jfk-lax")?);
    for (card, field) in
        CARDS.into_iter().zip(["card_number", "cabin", "passengers", "depart_date", "profileId"])
    {
        let mut arguments = wish.arguments();
        arguments[field] = json!(card);
        let refused = assistant.answer(&wish.tool(), &arguments).await?;
        ensure!(refused["isError"] == true, "{field}: {refused}");
        said.push(refused.to_string());
        let url =
            console.join(&format!("/api/v1/execution-jobs?card={card}&access_token={}", key.expose()))?;
        said.push(whole(http.get(url).bearer_auth(ended.expose()).send().await?).await?);
        let url = console.join("/api/v1/execution-jobs")?;
        let body = json!({ "request": { "scenario": "flight", "params": arguments }, "card": card });
        said.push(whole(http.post(url).bearer_auth(key.expose()).json(&body).send().await?).await?);
    }
    Ok(())
}

#[tokio::test]
async fn no_secret_card_or_passport_is_written_or_said() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let (data, log) = (home.path().join("data"), home.path().join("log"));
    let sandbox = SandboxProcess::start(home.path()).await?;
    let tap = Tap::on(&sandbox.origins.sites).await?;
    let sites = SandboxOrigins { sites: tap.url.clone(), payments: sandbox.origins.payments.clone() };
    let mut serve = ServerProcess::command(home.path(), &data, &sites, 0).await?;
    serve.args(["--log", "trace", "--metrics-bind", "127.0.0.1:0"]);
    let server = ServerProcess::logging(serve, std::fs::File::create(&log)?).await?;
    let console = server.mcp()?.join("/")?;
    let mut said: Vec<String> = Vec::new();

    let link = server.sign_in_link()?;
    let sign_in = link.query_pairs().next().context("a link carries its token")?.1.into_owned();
    let first_key = server.first_key()?;
    let mut ana = server.person().await?;
    let account = ana.open("/account").await?.fine()?;
    let csrf = account.form("form[action='/account/password']")?.1[0].1.clone();
    let link_session = cookie(&ana);
    let typed = [("email", "ana@example.com"), ("password", PASSWORD)];
    ana.fill(&account, "form[action='/account/password']", &typed).await?.fine()?;
    let begun = ana.fill(&account, "form[action='/account/second-factor']", &[]).await?.fine()?;
    let totp = text(&begun, "#second-factor .copyable code")?;
    let now = code(&totp, SystemClock.now());
    let on =
        ana.fill(&begun, "form[action='/account/second-factor/confirm']", &[("code", &now)]).await?.fine()?;
    let recovery = text(&on, ".codes code")?;
    let invited = ana.fill(&account, "form[action='/account/people']", &[]).await?.fine()?;
    let link = url::Url::parse(&text(&invited, ".outcome code")?)?;
    let invitation = link.query_pairs().next().context("a link carries its token")?.1.into_owned();

    // A second browser: password, then a recovery code.
    let mut walk = Walk::new()?;
    let page = walk.get(console.join("/sign-in")?).await?.fine()?;
    let proof = page.form("form[action='/sign-in/password']")?.1[0].1.clone();
    let wrong = "a wrong password that somebody typed";
    let typed = [("email", "ana@example.com"), ("password", wrong)];
    said.push(walk.fill(&page, "form[action='/sign-in/password']", &typed).await?.html);
    let typed = [("email", "ana@example.com"), ("password", PASSWORD)];
    let step = walk.fill(&page, "form[action='/sign-in/password']", &typed).await?.fine()?;
    let ticket = step.form("form[action='/sign-in/code']")?.1.into_iter().find(|(name, _)| name == "ticket");
    let ticket = ticket.context("a ticket")?.1;
    walk.fill(&step, "form[action='/sign-in/code']", &[("code", &recovery)]).await?.fine()?;
    let mut second = Person::of(console.clone(), walk);
    let password_session = cookie(&second);

    save_guests(&mut second, &mut said).await?;
    let page = second.open("/developers/keys").await?.fine()?;
    let rotated = second.fill(&page, "form[action$='/rotate']", &[]).await?.fine()?;
    let key = ApiKey::parse(&text(&rotated, ".copyable-big code")?)?;

    let (http, assistant) = (outside::http()?, Assistant::new(server.mcp()?.as_str(), &key)?);
    let wish = Wish::at(wish::entry("cobalt-jfk-lax")?);
    say_cards(&server, &assistant, [&first_key, &key], &mut said).await?;

    // A whole booking with a stop at payment, for the default guest.
    let mut arguments = wish.arguments();
    arguments.as_object_mut().context("arguments")?.remove("profile");
    let queued = assistant.answer(&wish.tool(), &arguments).await?;
    said.push(queued.to_string());
    let id = queued["structuredContent"]["jobId"].as_str().context("no job")?.to_owned();
    let client = server.client(&key)?;
    let reached = async |wanted: JobStatus| {
        let rest = async {
            loop {
                let job = client.job(id.parse()?).await?;
                if job.status == wanted {
                    return anyhow::Ok(job);
                }
                ensure!(!job.status.is_terminal(), "{job:?}");
                tokio::task::yield_now().await;
            }
        };
        patiently("the job", rest).await?
    };
    let paused = reached(JobStatus::PausedPayment).await?;
    second.confirm(&paused).await?;
    said.push(serde_json::to_string(&reached(JobStatus::Done).await?)?);
    let audit: Value = assistant.answer("get_job_audit", &json!({ "jobId": id })).await?;
    said.push(audit.to_string());
    for page in ["/status", "/", "/account/security", &format!("/jobs/{id}")] {
        said.push(second.open(page).await?.html);
    }
    let url = console.join("/api/v1/metrics/providers/cobalt")?;
    said.push(whole(http.get(url).bearer_auth(key.expose()).send().await?).await?);
    let scraped = whole(http.get(server.metrics()?).send().await?).await?;
    ensure!(scraped.contains("onegent_jobs"), "{scraped}");
    said.push(scraped);
    server.terminate().await?;
    sandbox.stop().await?;

    let secrets = [
        first_key.expose(),
        key.expose(),
        &sign_in,
        &link_session,
        &password_session,
        &csrf,
        &proof,
        PASSWORD,
        wrong,
        &totp,
        &recovery,
        &invitation,
        &ticket,
    ];
    let own = [csrf.as_str(), proof.as_str()];
    look_for(&secrets, &own, &Found { data: &data, log: &log, sent: &tap.heard(), said: &said })
}

/// Where a secret might have come to stand.
struct Found<'a> {
    data: &'a Path,
    log: &'a Path,
    /// To a booking site.
    sent: &'a str,
    said: &'a [String],
}

/// Looks for each secret, card and passport in all that was written, sent and said. What is `own` a form repeats to the
/// browser that it belongs to.
fn look_for(secrets: &[&str], own: &[&str], found: &Found<'_>) -> anyhow::Result<()> {
    let mut written = Vec::new();
    files(found.data, &mut written)?;
    written.push(("the log".to_owned(), std::fs::read(found.log)?));
    let sent = found.sent;
    ensure!(sent.contains("POST /air/"), "no booking site was tapped");
    ensure!(written.iter().any(|(name, _)| name.ends_with("onegent.db")), "no database was looked at");
    ensure!(written.last().is_some_and(|(_, log)| log.len() > 10_000), "the log is silent");
    // The standard library searches texts fast even where a test is built for debugging.
    let written: Vec<_> = written
        .into_iter()
        .map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned()))
        .collect();
    for canary in secrets.iter().copied().chain(CARDS).chain(PASSPORTS) {
        ensure!(canary.len() >= 8, "{canary:?} is too short to be looked for");
        for (name, bytes) in &written {
            ensure!(!bytes.contains(canary), "{canary} stands in {name}");
        }
        // The last saved guest is the one who travels, and the airline wants their passport.
        let travels = canary == PASSPORTS[2];
        ensure!(sent.contains(canary) == travels, "{canary} at the booking site: not {travels}");
        let told = found.said.iter().find(|text| text.contains(canary) && !own.contains(&canary));
        ensure!(told.is_none(), "{canary} was said: {told:?}");
    }
    Ok(())
}

/// The value of the session's cookie.
fn cookie(person: &Person) -> String {
    let jar = person.cookies();
    let session = jar.split("; ").find_map(|pair| pair.strip_prefix("onegent_session_")?.split_once('='));
    session.map(|(_, value)| value.to_owned()).unwrap_or_default()
}
