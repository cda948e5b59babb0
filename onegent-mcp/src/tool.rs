//! The six tools: what each is called, takes, gives, needs and does. Built once, always in the same order.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use onegent_core::caller::{Caller, Credential, Scope};
use onegent_core::port::BookingService;
use rmcp::RoleServer;
use rmcp::model::{
    CreateTaskResult, InputRequiredResult, InputResponses, JsonObject, MetaObject, Tool, ToolAnnotations,
};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use crate::hand_over::HandOver;
use crate::http::Link;
use crate::reply::{Refusal, Reply};

mod book;
mod get_job_audit;
mod get_job_status;

/// One call of one tool.
pub(crate) struct Call<'a> {
    pub(crate) service: &'a dyn BookingService,
    pub(crate) caller: &'a Caller,
    pub(crate) arguments: &'a Value,
    pub(crate) context: &'a RequestContext<RoleServer>,
    pub(crate) round: &'a Round,
    pub(crate) hand_over: Option<&'a HandOver>,
    pub(crate) link: Link,
}

/// What a client carried back from a first round of the same call. Untrusted.
pub(crate) struct Round {
    pub(crate) responses: Option<InputResponses>,
    pub(crate) state: Option<String>,
}

/// What a call came to.
pub(crate) enum Done {
    Reply(Reply),
    /// The client has to ask its person first, and to call again.
    InputRequired(InputRequiredResult),
    /// It goes on as a task.
    Task(CreateTaskResult),
}

type Answering<'a> = Pin<Box<dyn Future<Output = Result<Done, Refusal>> + Send + 'a>>;
type Handler = for<'a> fn(Call<'a>) -> Answering<'a>;

/// One of the six tools.
#[derive(Debug)]
pub struct ToolEntry {
    definition: Tool,
    scope: Scope,
    handler: Handler,
}

impl ToolEntry {
    /// What clients see of it.
    pub fn definition(&self) -> &Tool {
        &self.definition
    }

    /// What a credential has to allow.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Calls it, if the caller may.
    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Done, Refusal> {
        match &call.caller.credential {
            Credential::Missing => return Err(Refusal::NoKey),
            Credential::Verified(access) if !access.scopes.contains(&self.scope) => {
                return Err(Refusal::Scope(self.scope));
            }
            // Whoever takes a forwarded credential checks it.
            Credential::Verified(_) | Credential::Forwarded(_) => {}
        }
        (self.handler)(call).await
    }
}

/// All tools.
#[derive(Debug)]
pub struct Inventory {
    tools: Vec<ToolEntry>,
}

impl Inventory {
    /// The tools, in the order in which every list has them.
    pub fn get() -> &'static Self {
        static INVENTORY: OnceLock<Inventory> = OnceLock::new();
        INVENTORY.get_or_init(|| Self {
            tools: vec![
                book::restaurant(),
                book::hotel(),
                book::flight(),
                book::activity(),
                get_job_status::tool(),
                get_job_audit::tool(),
            ],
        })
    }

    /// Each tool.
    pub fn iter(&self) -> impl Iterator<Item = &ToolEntry> {
        self.tools.iter()
    }

    /// The tool of this name.
    pub fn find(&self, name: &str) -> Option<&ToolEntry> {
        self.tools.iter().find(|tool| tool.definition.name == name)
    }
}

/// What a tool answers, beyond text.
enum Shown {
    /// A job, which the card can show.
    Job(JsonObject),
    /// Something that has no card.
    Plain(JsonObject),
}

/// A tool whose hints follow from its scope: what books changes the world outside and destroys nothing; what reads stays
/// inside and changes nothing.
fn entry(
    name: &'static str,
    title: &'static str,
    description: &'static str,
    scope: Scope,
    input: JsonObject,
    output: Shown,
    handler: Handler,
) -> ToolEntry {
    let (output, mut meta) = match output {
        Shown::Job(output) => (output, crate::card::tool_meta()),
        Shown::Plain(output) => (output, JsonObject::new()),
    };
    // The ChatGPT Apps SDK reads here what a tool needs.
    meta.insert("securitySchemes".to_owned(), json!([{ "type": "oauth2", "scopes": [scope] }]));
    let hints = match scope {
        Scope::Book => {
            ToolAnnotations::new().read_only(false).destructive(false).idempotent(false).open_world(true)
        }
        Scope::Read => ToolAnnotations::new().read_only(true).destructive(false).open_world(false),
    };
    let definition = Tool::new(name, description, input)
        .with_title(title)
        .with_raw_output_schema(Arc::new(output))
        .with_annotations(hints)
        .with_meta(MetaObject(meta));
    ToolEntry { definition, scope, handler }
}
