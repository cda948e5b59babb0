//! The whole way with rmcp's `auth`: `connect BASE PERSON DAY`.

use anyhow::Context as _;
use rmcp::ServiceExt as _;
use rmcp::model::CallToolRequestParams;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::auth::{AuthClient, AuthorizationRequest, OAuthState};
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base, person, day] = arguments.as_slice() else { anyhow::bail!("connect BASE PERSON DAY") };
    let mcp = format!("{base}/api/mcp");
    let http = reqwest::Client::new();

    let mut state = OAuthState::new(&mcp, None).await?;
    let request = AuthorizationRequest::new(format!("{person}/callback")).with_client_name("rmcp");
    state.start_authorization(request).await?;
    let question = state.get_authorization_url().await?;
    let back = http.get(format!("{person}/approve")).query(&[("url", &question)]).send().await?;
    state.handle_callback_url(&back.error_for_status()?.text().await?).await?;
    let manager = state.into_authorization_manager().context("not authorized")?;

    let client = AuthClient::new(http.clone(), manager);
    let config = StreamableHttpClientTransportConfig::with_uri(mcp.clone());
    let service = ().serve(StreamableHttpClientTransport::with_client(client.clone(), config)).await?;
    let tools: Vec<String> = service.list_all_tools().await?.into_iter().map(|tool| tool.name.to_string()).collect();
    let call = async |name: &'static str, arguments: Value| -> anyhow::Result<Value> {
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        let result = service.call_tool(CallToolRequestParams::new(name).with_arguments(arguments)).await?;
        result.structured_content.context("no structured content")
    };
    let profile = json!({ "first_name": "Ana", "last_name": "Silva", "email": "ana@example.com", "phone": "+12125550123" });
    let booking = json!({
        "restaurant_name": "Carbone", "city": "New York", "date": day, "time": "19:30", "covers": 2, "profile": profile,
    });
    let booked = call("book_restaurant", booking).await?;
    let seen = call("get_job_status", json!({ "jobId": booked["jobId"] })).await?;

    let (refreshed, id, refresh) = {
        let manager = client.auth_manager.lock().await;
        let before = manager.get_access_token().await?;
        manager.refresh_token().await?;
        let (id, tokens) = manager.get_credentials().await?;
        let tokens = serde_json::to_value(tokens.context("no tokens")?)?;
        let refresh = tokens["refresh_token"].as_str().context("no refresh token")?.to_owned();
        (if manager.get_access_token().await? == before { 0 } else { 200 }, id, refresh)
    };
    let listed = service.list_all_tools().await?.len();
    let gone = http.post(format!("{base}/oauth/revoke")).form(&[("client_id", &id), ("token", &refresh)]);
    gone.send().await?.error_for_status()?;
    let token = client.get_access_token().await?;
    let revoked = http.post(&mcp).bearer_auth(token).send().await?.status().as_u16();
    let saw = json!({
        "tools": tools, "booked": booked["status"], "jobId": booked["jobId"], "seen": seen["jobId"] == booked["jobId"],
        "issuer": true, "refreshed": if listed == 6 { refreshed } else { 0 }, "revoked": revoked,
    });
    println!("{saw}");
    Ok(())
}
