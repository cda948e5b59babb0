//! Another account's things are as things that never were (security rule 15). The routes are the router's own list and
//! the published document's: one that is new and has an id that is not known here fails.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use onegent_cli::outside::{self, Assistant};
use onegent_core::caller::Environment;
use onegent_core::id::{EndpointId, GrantId, HoldId, JobId, KeyId, PersonId, ProfileId, SessionId};
use onegent_core::port::{ApiKey, Webhooks as _};
use onegent_core::time::Clock as _;
use onegent_core::webhook::NewWebhook;
use onegent_tests::app::App;
use onegent_tests::person::Person;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::World;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::{action, joined, owner, text};

/// What a parameter names: Ana's, and one that never was. `None` for what belongs to nobody.
type Cases = BTreeMap<&'static str, Option<(String, String)>>;

/// The part of a path between two others.
fn id_in(path: &str) -> anyhow::Result<String> {
    let id = path.split('/').find(|part| part.contains('_'));
    Ok(id.with_context(|| format!("no id in {path}"))?.to_owned())
}

/// Status, headers that tell something, and body, without what differs by its nature.
async fn said(answer: Response, ids: &(String, String)) -> anyhow::Result<String> {
    let status = answer.status();
    let id = answer.headers().get("x-request-id").context("no request id")?.to_str()?.to_owned();
    let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    let body = answer.text().await?;
    ensure!(!body.contains(&ids.0), "the other's id is repeated");
    Ok(format!("{status} {kind:?} {}", body.replace(&id, "[request]").replace(&ids.1, "[id]")))
}

struct Two {
    ben: Person,
    bens_key: ApiKey,
    bens_csrf: String,
    cases: Cases,
}

async fn two(world: &World) -> anyhow::Result<Two> {
    let console = world.node()?.url().clone();
    let (_, token) = world.engine()?.create_account("Ben's".parse()?).await?;
    let mut ben = joined(&console, token.expose(), "ben@example.com").await?;
    let page = ben.open("/developers/keys").await?.fine()?;
    let bens_csrf = page.form("form[action='/developers/keys']")?.1[0].1.clone();
    let typed = [("name", "ben's"), ("environment", "test")];
    let made = ben.fill(&page, "form[action='/developers/keys']", &typed).await?.fine()?;
    let bens_key = ApiKey::parse(&text(&made, ".copyable-big code")?)?;

    let mut ana = owner(world, "ana@example.com").await?;
    world.person().await?;
    let job = world.book(&Wish::at(wish::entry("wren-court")?)).await?.job_id;
    let page = ana.open("/developers/keys").await?.fine()?;
    let key = id_in(&action(&page, "/developers/keys/", "/revoke")?)?;
    let page = ana.open("/profiles").await?.fine()?;
    let guest =
        [("first_name", "Ana"), ("last_name", "S"), ("email", "a@example.com"), ("phone", "+12125550123")];
    let page = ana.fill(&page, "form[action='/profiles']", &guest).await?.fine()?;
    let profile = id_in(&action(&page, "/profiles/prof_", "/delete")?)?;
    let page = ana.open("/account").await?.fine()?;
    let session = id_in(&action(&page, "/account/sessions/", "/end")?)?;

    let engine = world.engine()?;
    let webhook = NewWebhook { url: "https://example.com/".parse()?, environment: Some(Environment::Test) };
    let webhook = engine.add_webhook(&engine.owner_caller(), webhook).await?.webhook;
    let endpoint = webhook.endpoint_id.to_string();

    let app = App::register(&console).await?;
    app.connect(&mut ana, "read").await?;
    let page = ana.open("/developers/connected-apps").await?.fine()?;
    let grant = id_in(&action(&page, "/developers/connected-apps/", "/disconnect")?)?;

    let (now, bits) = (world.clock.now(), [9; 10]);
    let both = |hers: String, never: String| Some((hers, never));
    let cases = Cases::from([
        ("jobId", both(job.to_string(), JobId::generate(now, bits).to_string())),
        ("keyId", both(key, KeyId::generate(now, bits).to_string())),
        ("profileId", both(profile, ProfileId::generate(now, bits).to_string())),
        ("sessionId", both(session, SessionId::generate(now, bits).to_string())),
        (
            "personId",
            both(world.engine()?.owner_person().to_string(), PersonId::generate(now, bits).to_string()),
        ),
        ("endpointId", both(endpoint, EndpointId::generate(now, bits).to_string())),
        ("grantId", both(grant, GrantId::generate(now, bits).to_string())),
        ("file", None),
        ("provider", None),
    ]);
    Ok(Two { ben, bens_key, bens_csrf, cases })
}

/// A path twice: with what is hers, with what never was; and the two ids.
type Filled = (String, String, (String, String));

/// The path with the parameter filled in twice; `None` when it has none that belongs to somebody.
fn filled(path: &str, cases: &Cases) -> anyhow::Result<Option<Filled>> {
    // A picture's number counts within its job, whose id stands before it.
    let path = path.replace("{number}", "1");
    let Some((before, rest)) = path.split_once('{') else { return Ok(None) };
    let (name, after) = rest.split_once('}').context("a parameter has an end")?;
    ensure!(!after.contains('{'), "{path} has two parameters; give them a case here");
    match cases.get(name) {
        None => bail!("{path}: who may see what `{name}` names? Give it a case here"),
        Some(None) => Ok(None),
        Some(Some((hers, never))) => {
            let fill = |id: &str| format!("{before}{id}{after}");
            Ok(Some((fill(hers), fill(never), (hers.clone(), never.clone()))))
        }
    }
}

#[tokio::test]
async fn two_accounts_see_nothing_of_each_other_on_any_route() -> anyhow::Result<()> {
    World::live(async |world| {
        let two = two(world).await?;
        let http = outside::http()?;
        let root = world.node()?.url().clone();
        let origin = root.origin().ascii_serialization();
        let (hold, charge) = (HoldId::generate(world.clock.now(), [9; 10]).to_string(), "0".repeat(64));
        let mut seen = 0;
        for path in onegent_http::PAGES {
            let Some((hers, never, ids)) = filled(path, &two.cases)? else { continue };
            for method in [Method::GET, Method::POST] {
                let ask = async |path: &str| {
                    let request = http.request(method.clone(), root.join(path)?);
                    let request = request.header("cookie", two.ben.cookies()).header("origin", &origin);
                    let request = if method == Method::POST {
                        request.form(&[
                            ("csrf", two.bens_csrf.as_str()),
                            ("hold", hold.as_str()),
                            ("charge", charge.as_str()),
                        ])
                    } else {
                        request
                    };
                    said(request.send().await?, &ids).await
                };
                let (theirs, nobodys) = (ask(&hers).await?, ask(&never).await?);
                ensure!(theirs == nobodys, "{method} {path}:\n{theirs}\n{nobodys}");
                let fine = ["404", "405", "403"].iter().any(|status| theirs.starts_with(status));
                ensure!(fine, "{method} {path}: {theirs}");
                seen += usize::from(theirs.starts_with("404"));
            }
        }
        let document: Value = http.get(root.join("/openapi.json")?).send().await?.json().await?;
        for (path, operations) in document["paths"].as_object().context("paths")? {
            let Some((hers, never, ids)) = filled(path, &two.cases)? else { continue };
            for method in operations.as_object().context("operations")?.keys() {
                let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
                let ask = async |path: &str| {
                    let url = format!("{}{path}", world.node()?.api_url());
                    let request = http.request(method.clone(), url).bearer_auth(two.bens_key.expose());
                    said(request.send().await?, &ids).await
                };
                let (theirs, nobodys) = (ask(&hers).await?, ask(&never).await?);
                ensure!(
                    theirs == nobodys && theirs.starts_with("404"),
                    "{method} {path}:\n{theirs}\n{nobodys}"
                );
                seen += 1;
            }
        }
        ensure!(seen >= 15, "only {seen} routes were looked at");
        world.cancel_the_rest().await
    })
    .await
}

#[tokio::test]
async fn two_accounts_see_nothing_of_each_other_through_any_tool() -> anyhow::Result<()> {
    World::live(async |world| {
        let two = two(world).await?;
        let ben = Assistant::new(&world.node()?.mcp_url(), &two.bens_key)?;
        let mut seen = 0;
        for tool in ben.tools().await? {
            let (name, base) = match tool.as_str() {
                "get_job_status" | "get_job_audit" => ("jobId", json!({})),
                "book_restaurant" => ("profileId", Wish::at(wish::entry("carbone")?).arguments()),
                "book_hotel" => ("profileId", Wish::at(wish::entry("wren-court")?).arguments()),
                "book_flight" | "book_activity" => continue,
                other => bail!("{other}: which of its arguments names somebody's? Give it a case here"),
            };
            let (hers, never) = two.cases[name].clone().context("belongs to somebody")?;
            let ask = async |id: &str| {
                let mut arguments = base.clone();
                let fields = arguments.as_object_mut().context("arguments")?;
                fields.remove("profile");
                fields.insert(name.to_owned(), json!(id));
                let answer = ben.answer(&tool, &arguments).await?;
                ensure!(answer["isError"] == true, "{tool}: {answer}");
                anyhow::Ok(answer.to_string().replace(id, "[id]"))
            };
            ensure!(ask(&hers).await? == ask(&never).await?, "{tool} tells them apart");
            seen += 1;
        }
        ensure!(seen == 4);
        world.cancel_the_rest().await
    })
    .await
}
