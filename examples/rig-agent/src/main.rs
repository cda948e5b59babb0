//! An assistant on `rig-core` that books through the port, without any server: the engine runs in this process.
//!
//! The model is scripted, so that the example runs anywhere; `talk` takes any model of rig's instead.

mod booking;

use std::net::Ipv4Addr;

use jiff::ToSpan as _;
use onegent_core::caller::{Access, Environment, Reach, Scope};
use onegent_core::request::Scenario;
use onegent_core::time::{Clock as _, SystemClock};
use onegent_engine::agent::{AgentConfig, SandboxOrigins};
use onegent_engine::{Engine, EngineConfig};
use onegent_sandbox::ServeConfig;
use rig_core::Model;
use rig_core::completion::CompletionRequest;
use rig_core::driver::Transport;
use rig_core::message::Message;
use rig_core::operation::Completion;
use rig_core::test_utils::{MockCompletionModel, MockTurn};
use rig_core::tool::{IntoToolOutput as _, PortableTool as _, tool_definition};
use rig_core::wire::Wire;
use serde_json::json;
use tokio::net::TcpListener;

use booking::BookRestaurant;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example talks to the terminal")]
async fn main() -> anyhow::Result<()> {
    for line in book().await? {
        println!("{line}");
    }
    Ok(())
}

/// Has a table booked in the sandbox, and answers what was said.
async fn book() -> anyhow::Result<Vec<String>> {
    let folder = tempfile::tempdir()?;
    let engine = Engine::open(EngineConfig {
        agent: AgentConfig { sandbox: Some(sandbox().await?), ..AgentConfig::default() },
        ..EngineConfig::new(folder.path().join("onegent.db"), "http://127.0.0.1")
    })
    .await?;
    engine.start()?;
    // In one's own process one says oneself what the assistant may do.
    let access = Access {
        account: engine.owner(),
        person: engine.owner_person(),
        reach: Reach::Only(Environment::Test),
        scopes: Scope::ALL.to_vec(),
        scenarios: vec![Scenario::Restaurant],
        key: None,
        names_sites: false,
    };
    let tool = BookRestaurant::new(engine.clone(), access);

    let day = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date().saturating_add(30.days());
    let model = MockCompletionModel::from_turns([
        MockTurn::tool_call(
            "call_1",
            BookRestaurant::NAME,
            json!({
                "restaurant_name": "Carbone", "city": "New York", "date": day, "time": "19:30", "covers": 2,
                "profile": { "first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone": "+12125550123" },
            }),
        ),
        MockTurn::text("Your table is booked."),
    ]);
    let said = talk(&model, &tool, &format!("A table for two at Carbone, New York, on {day}, please.")).await;
    engine.shutdown(std::time::Duration::from_secs(20)).await;
    said
}

/// One conversation: the model is asked until it calls no tool any more.
async fn talk<W, T>(model: &Model<W, T>, tool: &BookRestaurant, wish: &str) -> anyhow::Result<Vec<String>>
where
    W: Wire<Op = Completion>,
    T: Transport<W>,
{
    let mut said = vec![format!("person     {wish}")];
    let mut history = vec![Message::user(wish)];
    loop {
        let Some(prompt) = history.last().cloned() else { return Ok(said) };
        let request = CompletionRequest::new(prompt)
            .messages(history[..history.len() - 1].to_vec())
            .preamble("You book restaurants. A charge is confirmed by the person alone, at confirmUrl.")
            .tool(tool_definition(tool));
        let answer = model.call(request).await?;
        history.extend(answer.message());
        if !answer.text().is_empty() {
            said.push(format!("assistant  {}", answer.text()));
        }
        let calls: Vec<_> = answer.tool_calls().cloned().collect();
        if calls.is_empty() {
            return Ok(said);
        }
        for call in calls {
            let output = match tool.call(call.function.arguments.clone()).await {
                Ok(job) => {
                    said.push(format!("tool       {}: {}", job.status, job.summary));
                    job.into_tool_output()?.as_json().map_or_else(String::new, ToString::to_string)
                }
                // What the model got wrong, in words that let it correct itself.
                Err(refused) => refused.to_string(),
            };
            history.push(Message::tool_result(call.id, call.function.name, output));
        }
    }
}

/// Practice sites on loopback.
async fn sandbox() -> anyhow::Result<SandboxOrigins> {
    let sites = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let payments = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let origin = |listener: &TcpListener| anyhow::Ok(format!("http://{}", listener.local_addr()?).parse()?);
    let origins = SandboxOrigins { sites: origin(&sites)?, payments: origin(&payments)? };
    let config = ServeConfig { seed: 7, ledger_path: None, slow: std::time::Duration::ZERO };
    tokio::spawn(onegent_sandbox::serve(sites, payments, config, std::future::pending()));
    Ok(origins)
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn the_assistant_books_without_a_server() {
        let said = super::book().await.unwrap();
        assert!(said.iter().any(|line| line.starts_with("tool       done: ")), "{said:#?}");
        assert_eq!(said.last().unwrap(), "assistant  Your table is booked.");
    }
}
