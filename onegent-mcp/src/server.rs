//! The MCP server: what the protocol asks, answered from the inventory, the jobs and the caller's own right.
//!
//! Written by hand, because the derived handler builds its table of tools anew for every call.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use onegent_core::caller::{Caller, Credential};
use onegent_core::error::ErrorCode;
use onegent_core::id::{JobId, RequestId};
use onegent_core::job::Job;
use onegent_core::port::BookingService;
use onegent_core::time::{Clock, SystemClock};
use opentelemetry::context::FutureExt as _;
use opentelemetry::trace::TraceContextExt as _;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CancelTaskParams, CompleteRequestParams,
    CompleteResult, GetPromptRequestParams, GetPromptResponse, GetTaskParams, GetTaskResult, Implementation,
    InitializeRequestParams, InitializeResult, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams,
    ReadResourceResponse, ServerCapabilities, ServerConfig, SubscribeRequestParams, SubscriptionFilter, Tool,
    UnsubscribeRequestParams, UpdateTaskParams,
};
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::hand_over::HandOver;
use crate::http::Link;
use crate::resource::{Address, protocol_error};
use crate::state_key::StateKey;
use crate::subscription::{MOST, Subscriptions, follow};
use crate::tool::{Call, Done, Inventory, Round, ToolEntry};
use crate::{card, icon, prompt, resource, task, trace, wait};

/// The tools are the same for everybody and change with the program only.
const TOOLS_FRESH_MS: u64 = 3_600_000;
/// Clients that listen at a time, beside those with a channel.
const MOST_LISTENERS: usize = 512;
/// Longer names are cut in the answer that they are unknown.
const LONGEST_NAME: usize = 128;

const INSTRUCTIONS: &str = "Books restaurants, hotels, flights and activities on real booking sites. A booking tool answers \
     at once with a jobId; get_job_status tells how it went. Charges are confirmed by the person on a web page, never here.";

/// The MCP server over a booking service. Clones share it.
#[derive(Clone)]
pub struct McpServer {
    service: Arc<dyn BookingService>,
    credential: Credential,
    /// Missing only without a source of randomness: nothing is handed over then, and texts name the page.
    hand_over: Arc<Option<HandOver>>,
    link: Link,
    subscriptions: Arc<Subscriptions>,
    /// Room for clients that listen.
    listeners: Arc<Semaphore>,
}

impl McpServer {
    /// A server for one client, which calls with `credential` unless a request brings its own [`Caller`].
    pub fn new(service: Arc<dyn BookingService>, credential: Credential) -> Self {
        Self::sealing_with(None, service, credential)
    }

    /// The same with a key for what clients carry between rounds. Without one it has a key of its own, and a client that
    /// comes back to another process is refused and asks anew.
    pub(crate) fn sealing_with(
        key: Option<StateKey>,
        service: Arc<dyn BookingService>,
        credential: Credential,
    ) -> Self {
        let key = key.map_or_else(StateKey::fresh, Ok);
        let hand_over = key.and_then(|key| HandOver::new(&key));
        if let Err(error) = &hand_over {
            tracing::warn!(%error, "pages can't be handed over");
        }
        Self {
            service,
            credential,
            hand_over: Arc::new(hand_over.ok()),
            link: Link::Channel,
            subscriptions: Arc::default(),
            listeners: Arc::new(Semaphore::new(MOST_LISTENERS)),
        }
    }

    /// The same server for one request, or for one client's channel.
    pub(crate) fn linked(&self, link: Link) -> Self {
        Self { link, subscriptions: Arc::default(), ..self.clone() }
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

    /// The caller's own job; another's is not there, as one that never was.
    async fn own_job(&self, caller: &Caller, id: JobId, unknown: ErrorData) -> Result<Job, ErrorData> {
        let job = self.service.job(caller, id).await;
        job.map_err(
            |error| if error.code() == ErrorCode::JobNotFound { unknown } else { protocol_error(&error) },
        )
    }

    /// The caller's own job behind a task.
    async fn job_of_task(&self, caller: &Caller, task_id: &str) -> Result<Job, ErrorData> {
        let unknown = ErrorData::invalid_params("Unknown task", None);
        let Ok(id) = task_id.parse() else { return Err(unknown) };
        self.own_job(caller, id, unknown).await
    }
}

impl ServerHandler for McpServer {
    fn get_info(&self) -> ServerConfig {
        let name = Implementation::new("onegent", env!("CARGO_PKG_VERSION"))
            .with_title("Travel Booking Agent")
            .with_website_url("https://onegent.one")
            .with_icons(vec![icon::icon()]);
        let mut capabilities = ServerCapabilities::builder()
            .enable_completions()
            .enable_prompts()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_tools()
            .enable_tasks()
            .build();
        capabilities.extensions.get_or_insert_default().extend(card::extension());
        ServerConfig::new(capabilities).with_server_info(name).with_instructions(INSTRUCTIONS)
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
        let call = Call {
            service: self.service.as_ref(),
            caller: &caller,
            arguments: &Value::Object(request.arguments.unwrap_or_default()),
            context: &context,
            round: &Round { responses: request.input_responses, state: request.request_state },
            hand_over: self.hand_over.as_ref().as_ref(),
            link: self.link,
        };
        let done = match trace::begin(&tool.definition().name, &context) {
            None => tool.call(call).await,
            Some(span) => {
                let done = tool.call(call).with_context(span.clone()).await;
                span.span().end();
                done
            }
        };
        match done {
            Ok(Done::Reply(reply)) => Ok(CallToolResponse::Complete(reply.into())),
            Ok(Done::InputRequired(wanted)) => Ok(CallToolResponse::InputRequired(wanted)),
            Ok(Done::Task(task)) => Ok(CallToolResponse::Task(task)),
            Err(refusal) => refusal.into_result(caller.request_id).map(CallToolResponse::Complete),
        }
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let cursor = request.and_then(|request| request.cursor);
        resource::list(self.service.as_ref(), &self.caller(&context), cursor.as_deref()).await
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(resource::templates())
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let read = resource::read(self.service.as_ref(), &self.caller(&context), &request.uri).await?;
        Ok(read.into())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(prompt::list())
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let prompt = prompt::get(self.service.as_ref(), &self.caller(&context), &request).await?;
        Ok(prompt.into())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        prompt::complete(self.service.as_ref(), &self.caller(&context), &request).await
    }

    /// Jobs can be followed; lists never change by themselves.
    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        let ours = |uri: &&String| uri.parse::<Address>().is_ok();
        let uris =
            requested.resource_subscriptions.iter().flatten().filter(ours).take(MOST).cloned().collect();
        let mut accepted = SubscriptionFilter::default();
        accepted.resource_subscriptions = Some(uris);
        Some(accepted)
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let Ok(_room) = self.listeners.try_acquire() else {
            return Err(ErrorData::internal_error("Too many clients listen; poll with get_job_status", None));
        };
        let caller = self.caller(context.request_context());
        let uris = context.accepted().resource_subscriptions.clone().unwrap_or_default();
        let mut followed: FuturesUnordered<_> = uris
            .into_iter()
            .filter_map(|uri| uri.parse().ok().map(|address| (uri, address)))
            .map(|(uri, address)| {
                let sink = context.sink().clone();
                follow(Arc::clone(&self.service), caller.clone(), address, move || {
                    let (sink, uri) = (sink.clone(), uri.clone());
                    async move { sink.notify_resource_updated(uri).await.is_ok() }
                })
            })
            .collect();
        let all = async {
            while followed.next().await.is_some() {}
            // Whoever subscribed to jobs that have all ended hears no more and may hang up.
            context.cancelled().await;
        };
        let closing = wait::closing(context.request_context());
        tokio::select! {
            () = all => {}
            () = context.cancelled() => {}
            () = closing.cancelled() => {}
        }
        Ok(())
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if self.link == Link::OneRequest {
            let message =
                "Subscriptions need a session: initialize with a credential, and send its Mcp-Session-Id";
            return Err(ErrorData::invalid_request(message, None));
        }
        let caller = self.caller(&context);
        let unknown = ErrorData::resource_not_found("Resource not found", None);
        let Ok(address) = request.uri.parse::<Address>() else { return Err(unknown) };
        self.own_job(&caller, address.job_id(), unknown).await?;
        let peer = context.peer.clone();
        if self.subscriptions.add(Arc::clone(&self.service), caller, (request.uri, address), peer) {
            return Ok(());
        }
        let message = format!("At most {MOST} resources can be followed at a time");
        Err(ErrorData::invalid_request(message, None))
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.subscriptions.remove(&request.uri);
        Ok(())
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        let job = self.job_of_task(&self.caller(&context), &request.task_id).await?;
        Ok(GetTaskResult::new(task::detailed(&job, context.client_capabilities().as_ref())))
    }

    /// What a person answered their client moves nothing: the page does, and the task shows it.
    async fn update_task(
        &self,
        request: UpdateTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.job_of_task(&self.caller(&context), &request.task_id).await.map(drop)
    }

    /// A job that can't be stopped any more goes on, and its task shows it.
    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let caller = self.caller(&context);
        let job = self.job_of_task(&caller, &request.task_id).await?;
        match self.service.cancel(&caller, job.job_id).await {
            Ok(_) => Ok(()),
            Err(error) if error.code() == ErrorCode::JobNotCancellable => Ok(()),
            Err(error) => Err(protocol_error(&error)),
        }
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
