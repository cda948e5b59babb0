//! A server for the conformance suite alone: the tools, resources and prompts that its scenarios call by name. It knows
//! nothing of bookings; what is under test is the HTTP stack that it stands on.

mod asking;
mod content;
mod documents;
mod rounds;
mod tasks;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CancelTaskParams,
    CompleteRequestParams, CompleteResult, CompletionInfo, ContentBlock, GetPromptRequestParams,
    GetPromptResponse, GetTaskParams, GetTaskResult, Implementation, JsonObject, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, RequestStateCodec, ServerCapabilities, ServerConfig,
    SubscriptionFilter, Tool, UpdateTaskParams,
};
#[expect(deprecated, reason = "the scenarios of 2025-11-25 want what later versions left out")]
use rmcp::model::{SetLevelRequestParams, SubscribeRequestParams, UnsubscribeRequestParams};
use rmcp::service::{RequestContext, SubscriptionContext, SubscriptionSink};
use rmcp::task_manager::TaskManager;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;

/// How long lists and documents stay fresh.
const FRESH_MS: u64 = 60_000;

/// What a call comes to.
type Outcome = Result<CallToolResponse, ErrorData>;

/// The server. Clones share everything.
#[derive(Clone)]
pub struct Fixture {
    listeners: Arc<Mutex<HashMap<u64, SubscriptionSink>>>,
    next_listener: Arc<AtomicU64>,
    states: RequestStateCodec,
    tasks: TaskManager,
}

/// One call of a tool.
struct Call<'a> {
    request: &'a CallToolRequestParams,
    context: &'a RequestContext<RoleServer>,
}

impl Call<'_> {
    fn argument(&self, name: &str) -> Option<&Value> {
        self.request.arguments.as_ref().and_then(|arguments| arguments.get(name))
    }

    /// What the client answered to an input request; anything but an object is no answer.
    fn response(&self, key: &str) -> Option<&JsonObject> {
        self.request
            .input_responses
            .as_ref()
            .and_then(|responses| responses.get(key))
            .and_then(Value::as_object)
    }
}

impl Fixture {
    /// A server with a key of its own for the states that clients carry.
    pub fn new() -> anyhow::Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self {
            listeners: Arc::default(),
            next_listener: Arc::default(),
            states: RequestStateCodec::try_new(key)?,
            tasks: TaskManager::new(),
        })
    }

    fn listeners(&self) -> MutexGuard<'_, HashMap<u64, SubscriptionSink>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everybody who listens that a list has changed, though it never does.
    async fn announce(&self, tools: bool) -> Outcome {
        let listeners: Vec<_> = self.listeners().values().cloned().collect();
        for listener in listeners {
            // Whoever did not ask for this kind is spared it by an error.
            let _told = if tools {
                listener.notify_tool_list_changed().await
            } else {
                listener.notify_prompt_list_changed().await
            };
        }
        Ok(said("told everybody"))
    }
}

/// A result of one text.
fn said(text: impl Into<String>) -> CallToolResponse {
    CallToolResult::success(vec![ContentBlock::text(text.into())]).into()
}

fn fresh<T>(list: T, with: impl FnOnce(T, u64, CacheScope) -> T) -> T {
    with(list, FRESH_MS, CacheScope::Public)
}

impl ServerHandler for Fixture {
    #[expect(deprecated, reason = "2025-11-25 has log messages")]
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_completions()
            .enable_logging()
            .enable_prompts()
            .enable_prompts_list_changed()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_tasks()
            .build();
        ServerConfig::new(capabilities).with_server_info(Implementation::new("conformance-fixture", "0"))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let list = ListToolsResult::with_all_items(content::tools()?);
        Ok(fresh(list, |list, ttl, scope| list.with_ttl_ms(ttl).with_cache_scope(scope)))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        content::tools().ok()?.into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Outcome {
        let call = Call { request: &request, context: &context };
        match request.name.as_ref() {
            "test_trigger_tool_change" => self.announce(true).await,
            "test_trigger_prompt_change" => self.announce(false).await,
            name if rounds::NAMES.contains(&name) => rounds::call(&self.states, &call),
            name if tasks::NAMES.contains(&name) => tasks::call(&self.tasks, &call).await,
            name if asking::NAMES.contains(&name) => asking::call(&call).await,
            _ => content::call(&call).await,
        }
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let list = ListResourcesResult::with_all_items(documents::resources());
        Ok(fresh(list, |list, ttl, scope| list.with_ttl_ms(ttl).with_cache_scope(scope)))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let list = ListResourceTemplatesResult::with_all_items(documents::templates());
        Ok(fresh(list, |list, ttl, scope| list.with_ttl_ms(ttl).with_cache_scope(scope)))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let read = documents::read(&request.uri)?;
        Ok(fresh(read, |read, ttl, scope| read.with_ttl_ms(ttl).with_cache_scope(scope)).into())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let list = ListPromptsResult::with_all_items(documents::prompts());
        Ok(fresh(list, |list, ttl, scope| list.with_ttl_ms(ttl).with_cache_scope(scope)))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        documents::prompt(&request)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let values = ["paris", "park", "party"].map(str::to_owned);
        let matching =
            values.into_iter().filter(|value| value.starts_with(&request.argument.value)).collect();
        let info = CompletionInfo::with_all_values(matching);
        Ok(CompleteResult::new(info.map_err(|error| ErrorData::internal_error(error, None))?))
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let key = self.next_listener.fetch_add(1, Ordering::Relaxed);
        self.listeners().insert(key, context.sink().clone());
        context.cancelled().await;
        self.listeners().remove(&key);
        Ok(())
    }

    #[expect(deprecated, reason = "2025-11-25 has it")]
    async fn set_level(
        &self,
        _: SetLevelRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn subscribe(
        &self,
        _: SubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn unsubscribe(
        &self,
        _: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Ok(())
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        self.tasks.get_task(&request.task_id).map(GetTaskResult::new)
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.tasks.update_task(&request.task_id, request.input_responses)
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.tasks.cancel_task(&request.task_id)
    }
}
