//! `onegent demo`: the whole path on free loopback ports and a temporary data directory.
//!
//! It acts as an assistant would: lists the tools and books through MCP over HTTP, with nothing but an API key. At
//! `paused_payment` the person at the terminal confirms in the console; with `--non-interactive` the console's pages are
//! walked with a cookie jar, as a browser would. At the end the sites' own ledger stands beside what the jobs say.

use std::time::Duration;

use onegent_client::Client;
use onegent_core::audit::AuditKind;
use onegent_core::caller::{Caller, Credential};
use onegent_core::id::JobId;
use onegent_core::job::Job;
use onegent_core::port::{ApiKey, BookingService as _, LONGEST_WATCH};
use onegent_core::request::Scenario;
use onegent_core::status::JobStatus;

use super::request_id;
use super::serve::{stopped, test_key};
use crate::args::{Common, Demo};
use crate::exit::{Exit, Hinted};
use crate::node::{Node, NodeConfig};
use crate::output;
use crate::outside::Assistant;

mod person;
mod report;
mod wishes;

use person::Person;
use report::{Report, Story};

/// How long one booking may take before the demo gives up on it, a person's time included.
const PATIENCE: Duration = Duration::from_mins(15);

/// Runs the demo; `Done` only when every booking ended as it should and the sites' ledger agrees.
pub(crate) async fn run(demo: Demo, common: &Common) -> anyhow::Result<Exit> {
    let folder = tempfile::Builder::new().prefix("onegent-demo-").tempdir()?;
    let node = Node::start(NodeConfig::loopback(folder.path().join("data"))).await?;
    let ended = tokio::select! {
        ended = play(&demo, common, &node) => ended,
        () = stopped() => Err(Hinted::new("stopped before the end", "run it again; nothing was kept").into()),
    };
    if demo.keep && ended.is_ok() {
        output::line(format_args!("\nStill running: {}  (Ctrl-C stops)", node.sign_in_link().await?))?;
        stopped().await;
    }
    node.stop().await?;
    let report = ended?;
    if common.json {
        // The very last line of stdout.
        output::json(&report.summary())?;
    }
    Ok(if report.ok() { Exit::Done } else { Exit::Failed })
}

async fn play(demo: &Demo, common: &Common, node: &Node) -> anyhow::Result<Report> {
    let key = test_key(node.engine(), "demo").await?;
    let stage = Stage {
        assistant: Assistant::new(&node.mcp_url(), &key)?,
        client: Client::builder(&node.api_url()).api_key(Some(key.clone())).build()?,
        key,
        quiet: common.json,
    };
    stage.say(format_args!("Server  {}", node.url()))?;
    let tools = stage.assistant.tools().await?;
    stage.say(format_args!("Tools   {}\n", tools.join(", ")))?;
    let mut person = if demo.non_interactive {
        Person::at_console(node).await?
    } else {
        stage.say(format_args!("Sign in once, in your browser: {}\n", node.sign_in_link().await?))?;
        Person::at_terminal()
    };
    let scenarios = if demo.scenario.is_empty() { Scenario::ALL.to_vec() } else { demo.scenario.clone() };
    let mut stories = Vec::new();
    for scenario in scenarios {
        stories.push(stage.book(scenario, &mut person).await?);
    }
    let ledger = report::ledger(&node.sandbox().sites).await?;
    let report = Report::new(stories, ledger);
    if !common.json {
        report.print()?;
    }
    Ok(report)
}

/// What a demo's bookings share.
struct Stage {
    assistant: Assistant,
    client: Client,
    key: ApiKey,
    quiet: bool,
}

impl Stage {
    async fn book(&self, scenario: Scenario, person: &mut Person) -> anyhow::Result<Story> {
        let started = tokio::time::Instant::now();
        let (tool, arguments) = wishes::of(scenario)?;
        self.say(format_args!("> {tool} {arguments}"))?;
        let created: Job = self.assistant.call(tool, &arguments).await?;
        let follow = self.follow(created, person);
        let mut story = tokio::time::timeout(PATIENCE, follow).await.map_err(|_elapsed| {
            Hinted::new(format!("the {scenario} booking did not end"), "see its timeline above")
        })??;
        story.took = started.elapsed();
        self.say("")?;
        Ok(story)
    }

    /// Shows the live timeline until the job ends; at a payment the person decides.
    async fn follow(&self, created: Job, person: &mut Person) -> anyhow::Result<Story> {
        let mut story = Story::new(&created);
        let mut cursor = 0;
        loop {
            let caller = self.caller()?;
            let seen = self.client.watch(&caller, created.job_id, cursor, LONGEST_WATCH).await?;
            cursor = seen.cursor;
            for event in &seen.events {
                story.heard(event);
                if !matches!(event.kind, AuditKind::PageObserved | AuditKind::ActionAllowed) {
                    self.say(format_args!("  {}", output::event(event)))?;
                }
            }
            if story.reached(seen.job.status) && seen.job.status == JobStatus::PausedPayment {
                self.say(format_args!("  {}", report::would_pay(&seen.job)))?;
                person.confirm(&seen.job).await?;
            }
            if seen.job.status.is_terminal() {
                return self.last_word(created.job_id, story).await;
            }
        }
    }

    /// What the assistant itself is told in the end.
    async fn last_word(&self, id: JobId, mut story: Story) -> anyhow::Result<Story> {
        let job: Job = self.assistant.call("get_job_status", &serde_json::json!({ "jobId": id })).await?;
        let code = job.confirmation_code.as_ref().map_or_else(String::new, |code| format!(", code {code}"));
        let error = job
            .error
            .as_ref()
            .map_or_else(String::new, |error| format!(", {}: {}", error.code, error.message));
        self.say(format_args!("  {}{code}{error}", job.status))?;
        story.end(job);
        Ok(story)
    }

    fn caller(&self) -> anyhow::Result<Caller> {
        Ok(Caller { credential: Credential::Forwarded(self.key.secret()), request_id: request_id()? })
    }

    /// Talks to the person; with `--json` to stderr, so that stdout has the result alone.
    #[expect(clippy::print_stderr, reason = "with --json the story is progress, not result")]
    fn say(&self, text: impl std::fmt::Display) -> anyhow::Result<()> {
        if self.quiet {
            eprintln!("{text}");
        } else {
            output::line(text)?;
        }
        Ok(())
    }
}
