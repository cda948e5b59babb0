//! Each client books, waits, is told where its person confirms, and reads the code.

use anyhow::{Context as _, ensure};
use onegent_core::job::Job;
use onegent_core::status::JobStatus;
use onegent_tests::foreign::{Foreign, Reached, Said};
use onegent_tests::process;
use onegent_tests::wish::{self, Wish};
use onegent_tests::world::{World, patiently};
use rmcp::ServiceExt as _;
use rmcp::model::CallToolRequestParams;
use rmcp::service::{RoleClient, RunningService};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::{Value, json};

/// Books over both transports in one world.
async fn books(client: Foreign) -> anyhow::Result<()> {
    World::live(async |world| {
        let program = process::binary("onegent-mcp-server").await?;
        let (api, mcp) = (world.node()?.api_url(), world.node()?.mcp_url());
        let key = world.key().expose().to_owned();
        let ways = [
            Reached::Stdio { program: &program, key: &key, api: &api },
            Reached::Http { url: &mcp, key: &key },
        ];
        for (reached, guest) in ways.iter().zip(["stdio", "http"]) {
            let wish = Wish::at(wish::entry("wren-court")?).for_guest(guest);
            let confirm = async |paused: &Said| confirm(world, &paused.text, &paused.job).await;
            booked(&client.book(reached, &wish, confirm).await?)?;
        }
        Ok(())
    })
    .await
}

/// The person does what the assistant was told to tell them.
async fn confirm(world: &World, text: &str, job: &Job) -> anyhow::Result<()> {
    ensure!(job.status == JobStatus::PausedPayment, "{}", job.status);
    let payment = job.payment.as_ref().context("no payment")?;
    ensure!(text.contains(&payment.confirm_url), "the text does not say where to confirm: {text}");
    world.person().await?.confirm(job).await
}

fn booked(said: &Said) -> anyhow::Result<()> {
    let code = said.job.confirmation_code.as_ref().context("no confirmation code")?;
    ensure!(said.text.contains(code.as_str()), "the text does not say the code: {}", said.text);
    Ok(())
}

#[tokio::test]
async fn the_typescript_sdk_1_books() -> anyhow::Result<()> {
    books(Foreign::TypeScript).await
}

#[tokio::test]
async fn the_typescript_client_2_books() -> anyhow::Result<()> {
    books(Foreign::TypeScript2).await
}

#[tokio::test]
async fn the_python_package_1_books() -> anyhow::Result<()> {
    books(Foreign::Python1).await
}

#[tokio::test]
async fn the_python_package_2_books() -> anyhow::Result<()> {
    books(Foreign::Python).await
}

type Client = RunningService<RoleClient, ()>;

async fn said(client: &Client, tool: &str, arguments: &Value) -> anyhow::Result<Said> {
    let arguments = arguments.as_object().context("arguments are an object")?.clone();
    let call = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
    let result = client.call_tool(call).await?;
    let text = result.content.first().and_then(|content| content.as_text()).context("no text")?.text.clone();
    Ok(Said { text, job: serde_json::from_value(result.structured_content.context("no structure")?)? })
}

/// The same with the Rust SDK's client.
async fn rust_books(world: &World, client: &Client, guest: &str) -> anyhow::Result<()> {
    let wish = Wish::at(wish::entry("wren-court")?).for_guest(guest);
    let queued = said(client, &wish.tool(), &wish.arguments()).await?;
    let wait = json!({ "jobId": queued.job.job_id, "waitSeconds": 50 });
    let paused = patiently("the pause", said(client, "get_job_status", &wait)).await??;
    confirm(world, &paused.text, &paused.job).await?;
    booked(&patiently("the end", said(client, "get_job_status", &wait)).await??)
}

#[tokio::test]
async fn the_rust_client_books() -> anyhow::Result<()> {
    World::live(async |world| {
        let home = tempfile::tempdir()?;
        let mut server = process::command("onegent-mcp-server", home.path()).await?;
        server
            .env("ONEGENT_API_BASE_URL", world.node()?.api_url())
            .env("ONEGENT_API_KEY", world.key().expose());
        let mut server =
            server.stdin(std::process::Stdio::piped()).stderr(std::process::Stdio::inherit()).spawn()?;
        let pipes = (server.stdout.take().context("no stdout")?, server.stdin.take().context("no stdin")?);
        let client: Client = ().serve(AsyncRwTransport::new_client(pipes.0, pipes.1)).await?;
        rust_books(world, &client, "stdio").await?;
        client.cancel().await?;
        patiently("the server to end", server.wait()).await??;

        let config = StreamableHttpClientTransportConfig::with_uri(world.node()?.mcp_url())
            .auth_header(world.key().expose().to_owned());
        let transport = StreamableHttpClientTransport::with_client(reqwest::Client::new(), config);
        let client: Client = ().serve(transport).await?;
        rust_books(world, &client, "http").await?;
        client.cancel().await?;
        Ok(())
    })
    .await
}
