//! The MCP server: what the protocol asks, answered from the inventory.
//!
//! Written by hand, because the derived handler builds its table of tools anew for every call.

use std::sync::Arc;

use onegent_core::caller::{Caller, Credential};
use onegent_core::id::RequestId;
use onegent_core::port::BookingService;
use onegent_core::time::{Clock, SystemClock};
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, Implementation,
    InitializeRequestParams, InitializeResult, ListToolsResult, PaginatedRequestParams, ServerCapabilities,
    ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;

use crate::http::Link;
use crate::tool::{Call, Inventory, ToolEntry};

/// The tools are the same for everybody and change with the program only.
const TOOLS_FRESH_MS: u64 = 3_600_000;
/// Longer names are cut in the answer that they are unknown.
const LONGEST_NAME: usize = 128;

const INSTRUCTIONS: &str = "Books restaurants, hotels, flights and activities on real booking sites. A booking tool answers \
     at once with a jobId; get_job_status tells how it went. Charges are confirmed by the person on a web page, never here.";

/// The MCP server over a booking service. Clones share it.
#[derive(Clone)]
pub struct McpServer {
    service: Arc<dyn BookingService>,
    credential: Credential,
    link: Link,
}

impl McpServer {
    /// A server for one client, which calls with `credential` unless a request brings its own [`Caller`].
    pub fn new(service: Arc<dyn BookingService>, credential: Credential) -> Self {
        Self { service, credential, link: Link::Channel }
    }

    /// The same server for one request, or for one client's channel.
    pub(crate) fn linked(&self, link: Link) -> Self {
        Self { link, ..self.clone() }
    }

    /// What every `tools/list` answers.
    pub(crate) fn tools() -> ListToolsResult {
        let tools = Inventory::get().iter().map(ToolEntry::definition).cloned().collect();
        let list = ListToolsResult::with_all_items(tools);
        list.with_ttl_ms(TOOLS_FRESH_MS).with_cache_scope(CacheScope::Public)
    }

    /// Who calls: the one whom the HTTP edge verified for this very request, else the client at the other end of the pipe.
    fn caller(&self, context: &RequestContext<RoleServer>) -> Caller {
        let parts = context.extensions.get::<http::request::Parts>();
        match parts.map(|parts| parts.extensions.get::<Caller>()) {
            Some(Some(caller)) => caller.clone(),
            Some(None) => Caller { credential: Credential::Missing, request_id: request_id() },
            None => Caller { credential: self.credential.clone(), request_id: request_id() },
        }
    }
}

impl ServerHandler for McpServer {
    fn get_info(&self) -> ServerConfig {
        let name = Implementation::new("onegent", env!("CARGO_PKG_VERSION"))
            .with_title("Travel Booking Agent")
            .with_website_url("https://onegent.one");
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(name)
            .with_instructions(INSTRUCTIONS)
    }

    async fn initialize(
        &self,
        mut request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        let info = self.negotiate_initialize(&request)?;
        // Later answers have the form of the version that was agreed on, which need not be the one asked for.
        request.protocol_version = info.protocol_version.clone();
        context.peer.set_peer_info(request);
        Ok(info)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(Self::tools())
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        Inventory::get().find(name).map(ToolEntry::definition).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = Inventory::get().find(&request.name) else {
            return Err(unknown(&request.name));
        };
        let caller = self.caller(&context);
        tracing::debug!(tool = %request.name, request_id = %caller.request_id, "tool call");
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        let call = Call { service: self.service.as_ref(), caller: &caller, arguments: &arguments };
        let result = match tool.call(call).await {
            Ok(reply) => CallToolResult::from(reply),
            Err(refusal) => refusal.into_result(caller.request_id),
        };
        Ok(CallToolResponse::Complete(result))
    }
}

/// The protocol's own error for a tool that is not there (MCP 2025-11-25, server/tools, "Error Handling").
fn unknown(name: &str) -> ErrorData {
    let shown: String = name.chars().take(LONGEST_NAME).collect();
    ErrorData::invalid_params(format!("Unknown tool: {shown}"), None)
}

/// An id for a request that no edge has numbered. Without a source of randomness it tells only the time.
fn request_id() -> RequestId {
    let mut random = [0; 10];
    if getrandom::fill(&mut random).is_err() {
        tracing::debug!("no source of randomness for a request id");
    }
    RequestId::generate(SystemClock.now(), random)
}
