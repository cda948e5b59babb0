//! What the server is measured beside: the least that could do the same. Six tools that never change, by the same library, on
//! stdio and over HTTP; and routes that give the same bytes without looking.

#![expect(clippy::print_stdout, reason = "it says where it is")]

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::any;
use axum::serve::ListenerExt as _;
use clap::{Parser, Subcommand};
use onegent_cli::outside;
use onegent_mcp::{Inventory, ToolEntry};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::StreamableHttpService;
use rmcp::transport::io::stdio_pipes;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use url::Url;

#[derive(Debug, Parser)]
#[command(name = "bare", about = "The least that could do the same, to measure beside.")]
struct Args {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// Six tools on stdio
    Stdio,
    /// Six tools over HTTP
    Http {
        /// The answer to every call, as a JSON-RPC message
        #[arg(long)]
        answer: PathBuf,
        /// Ask this address at every call, and answer with its JSON
        #[arg(long)]
        upstream: Option<Url>,
    },
    /// Routes `/0`, `/1`, … that give a file's bytes
    Bytes {
        /// The files
        file: Vec<PathBuf>,
    },
}

fn main() -> anyhow::Result<()> {
    let kind = Args::parse().kind;
    // As ours: one thread on stdio, as many as there are cores over HTTP.
    let mut runtime = match kind {
        Kind::Stdio => Builder::new_current_thread(),
        Kind::Http { .. } | Kind::Bytes { .. } => Builder::new_multi_thread(),
    };
    let runtime = runtime.enable_all().build()?;
    let served = runtime.block_on(serve(kind));
    runtime.shutdown_background();
    served
}

async fn serve(kind: Kind) -> anyhow::Result<()> {
    match kind {
        Kind::Stdio => {
            SixTools::new(CallToolResult::default()).serve(stdio_pipes()).await?.waiting().await?;
            Ok(())
        }
        Kind::Http { answer, upstream } => {
            let mut tools = SixTools::new(result(&answer)?);
            tools.upstream = upstream.map(|url| anyhow::Ok((outside::http()?, url))).transpose()?;
            let config = StreamableHttpServerConfig::default().with_legacy_session_mode(false);
            let service = StreamableHttpService::new(
                move || Ok(tools.clone()),
                Arc::<NeverSessionManager>::default(),
                config.with_json_response(true).with_sse_retry(None),
            );
            listen(Router::new().fallback_service(service)).await
        }
        Kind::Bytes { file } => {
            let mut router = Router::new();
            for (number, file) in file.iter().enumerate() {
                let bytes = Bytes::from(std::fs::read(file)?);
                let given =
                    async move |_body: Bytes| ([(header::CONTENT_TYPE, "application/json")], bytes.clone());
                // Whatever stands behind it is the same: a client of the API puts more there.
                router = router.route(&format!("/{number}"), any(given.clone()));
                router = router.route(&format!("/{number}/{{*rest}}"), any(given));
            }
            listen(router).await
        }
    }
}

/// What a message says that was answered to a call.
fn result(file: &Path) -> anyhow::Result<CallToolResult> {
    let mut message: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let result = message.get_mut("result").context("not an answer")?.take();
    Ok(serde_json::from_value(result)?)
}

async fn listen(router: Router) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", json!({ "url": format!("http://{}/", listener.local_addr()?) }));
    // Nagle's delay would be measured, not the server.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    Ok(axum::serve(listener, router).await?)
}

/// Six tools that never change.
#[derive(Clone)]
struct SixTools {
    list: Arc<[Tool]>,
    answer: Arc<CallToolResult>,
    upstream: Option<(reqwest::Client, Url)>,
}

impl SixTools {
    fn new(answer: CallToolResult) -> Self {
        let list = Inventory::get().iter().map(ToolEntry::definition).cloned().collect();
        Self { list, answer: Arc::new(answer), upstream: None }
    }
}

impl ServerHandler for SixTools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.list.to_vec()))
    }

    async fn call_tool(
        &self,
        _: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some((http, url)) = &self.upstream else { return Ok(self.answer.as_ref().clone().into()) };
        let failed = |error: reqwest::Error| ErrorData::internal_error(error.to_string(), None);
        let sent = http.get(url.clone()).bearer_auth("key").send().await.map_err(failed)?;
        let job: Value = sent.json().await.map_err(failed)?;
        let mut answer = CallToolResult::structured(job);
        answer.content = vec![ContentBlock::text("read")];
        Ok(answer.into())
    }
}
