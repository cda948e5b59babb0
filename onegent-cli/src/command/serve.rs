//! `onegent serve` and `onegent sign-in-link`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::ToSpan as _;
use onegent_core::caller::{Environment, Scope};
use onegent_core::limit::Quota;
use onegent_core::port::{ApiKey, KeyRequest};
use onegent_core::request::Scenario;
use onegent_core::time::{Clock as _, SystemClock};
use onegent_engine::Engine;
use onegent_engine::agent::SandboxOrigins;
use onegent_engine::mail::MailConfig;
use onegent_engine::oidc::ProviderConfig;
use secrecy::SecretString;

use super::model::model;
use super::place;
use crate::args::{Access, Common, Serve, SignInLink};
use crate::exit::{Exit, Hinted};
use crate::node::{AccessConfig, Node, NodeConfig, SLOW, SandboxSource};
use crate::traces::Traces;
use crate::{node, output};

/// Serves until it is told to stop.
pub(crate) async fn run(serve: Serve, common: Common) -> anyhow::Result<Exit> {
    let traces = Traces::start(serve.otlp_endpoint.as_ref())?;
    let ended = serve_until_stopped(serve, common).await;
    // However it ended: the last traces are the ones that say why.
    Traces::finish(traces).await;
    ended
}

async fn serve_until_stopped(serve: Serve, common: Common) -> anyhow::Result<Exit> {
    let place = place(&common)?;
    let data_dir = place.data_dir.clone();
    let config = NodeConfig {
        place,
        listen: SocketAddr::new(serve.host, serve.port),
        public_url: serve.public_url.clone(),
        drain: Duration::from_secs(serve.drain_seconds.into()),
        workers: if serve.no_workers { 0 } else { usize::from(serve.workers) },
        refresh_grace: std::time::Duration::from_secs(u64::from(serve.refresh_grace_secs)),
        hold_live: Duration::from_mins(serve.hold_live_minutes.into()),
        takeover: Duration::from_mins(serve.takeover_minutes.into()),
        sandbox: sandbox(&serve)?,
        browser: serve.browser.choice()?,
        direct_sites: serve.sites.direct_sites(),
        providers: serve.sites.dir.providers.clone(),
        model: model(serve.model)?,
        access: access(serve.access)?,
        metrics: serve.metrics_bind,
        clock: std::sync::Arc::new(SystemClock),
    };
    // Whoever reads the announcement may stop the server at once.
    let stopped = stopped();
    let mut node = Node::start(config).await?;
    announce(&node, &data_dir, &common).await?;
    tokio::select! {
        () = stopped => {}
        error = node.failed() => return Err(error),
    }
    if !common.json {
        output::line("\nStopping: running jobs are handed back, submits under way are awaited.")?;
    }
    node.stop().await?;
    Ok(Exit::Done)
}

fn sandbox(serve: &Serve) -> anyhow::Result<SandboxSource> {
    if let Some(others) = other_sandbox(serve.sandbox_url.clone(), serve.sandbox_payments_url.clone())? {
        return Ok(SandboxSource::Other(others));
    }
    let near = if serve.port == 0 { 0 } else { serve.port.saturating_add(1) };
    Ok(SandboxSource::Own { port: serve.sandbox_port.unwrap_or(near), slow: SLOW })
}

/// The practice sites of another process, if they were named.
pub(crate) fn other_sandbox(
    sites: Option<url::Url>,
    payments: Option<url::Url>,
) -> anyhow::Result<Option<SandboxOrigins>> {
    let Some((sites, payments)) = sites.zip(payments) else { return Ok(None) };
    for url in [&sites, &payments] {
        on_this_machine(url)?;
    }
    Ok(Some(SandboxOrigins { sites, payments }))
}

/// A test key must never reach a real site, whatever a flag says.
fn on_this_machine(url: &url::Url) -> anyhow::Result<()> {
    let loopback = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let hint = "start one with `onegent sandbox` and give the addresses that it prints";
    anyhow::ensure!(loopback, Hinted::new(format!("{url} is not a sandbox on this machine"), hint));
    Ok(())
}

async fn announce(node: &Node, data_dir: &std::path::Path, common: &Common) -> anyhow::Result<()> {
    let link = node.sign_in_link().await?;
    let key = first_test_key(node.engine()).await?;
    if common.json {
        let announcement = serde_json::json!({
            "console": node.url(), "signIn": link, "api": node.api_url(), "mcp": node.mcp_url(),
            "sandbox": node.sandbox().sites, "dataDir": data_dir, "metrics": node.metrics_url(),
            "testKey": key.as_ref().map(ApiKey::expose),
        });
        return output::json(&announcement);
    }
    output::line(format_args!("Onegent {} is up.\n", env!("CARGO_PKG_VERSION")))?;
    output::line(format_args!("  Console   {}", node.url()))?;
    output::line(format_args!("  Sign in   {link}"))?;
    let another = command("sign-in-link", common);
    output::line(format_args!("            (works once, within 15 minutes; `{another}` makes another)"))?;
    output::line(format_args!("  REST      {}", node.api_url()))?;
    output::line(format_args!("  MCP       {}", node.mcp_url()))?;
    output::line(format_args!("  Sandbox   {}", node.sandbox().sites))?;
    output::line(format_args!("  Status    {}status", node.url()))?;
    if let Some(metrics) = node.metrics_url() {
        output::line(format_args!("  Metrics   {metrics}"))?;
    }
    output::line(format_args!("  Data      {}", data_dir.display()))?;
    match key {
        Some(key) => try_it(node, &key),
        None => output::line(format_args!(
            "\n`{}` shows the keys, `{}` makes one. Ctrl-C stops.",
            command("keys list", common),
            command("keys create --name laptop", common),
        )),
    }?;
    Ok(())
}

/// The first commands of a newcomer, ready to be pasted.
fn try_it(node: &Node, key: &ApiKey) -> std::io::Result<()> {
    let key = key.expose();
    let day = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date().saturating_add(30.days());
    output::line(format_args!("  Test key  {key}"))?;
    output::line(
        "            (shown this once; it books in the sandbox only)\n\nTry it in another terminal:\n",
    )?;
    output::line(format_args!("  export ONEGENT_API_BASE_URL={}", node.api_url()))?;
    output::line(format_args!("  export ONEGENT_API_KEY={key}"))?;
    output::line("  onegent book restaurant --restaurant-name Carbone --city 'New York' \\")?;
    output::line(format_args!(
        "    --date {day} --time 19:30 --covers 2 --first-name Ana --last-name Silva \\"
    ))?;
    output::line("    --email ana@example.com --phone +12125550123 --wait\n\nCtrl-C stops.")
}

/// A command on the same data directory.
fn command(name: &str, common: &Common) -> String {
    common.data_dir.as_ref().map_or_else(
        || format!("onegent {name}"),
        |dir| format!("onegent {name} --data-dir {}", dir.display()),
    )
}

/// Limits, the provider and the mail server, as they were named.
fn access(named: Access) -> anyhow::Result<AccessConfig> {
    let provider = match (named.oidc_issuer, named.oidc_client_id) {
        (Some(issuer), Some(client_id)) => {
            let client_secret = secret_in(named.oidc_client_secret_file, "--oidc-client-secret-file")?;
            Some(ProviderConfig { issuer, client_id, client_secret, name: named.oidc_name })
        }
        _ => None,
    };
    let mail = match (named.smtp_url, named.smtp_from) {
        (Some(server), Some(from)) => {
            let password = secret_in(named.smtp_password_file, "--smtp-password-file")?;
            Some(MailConfig { server, password, from })
        }
        _ => None,
    };
    let rate = named.account_rate;
    Ok(AccessConfig {
        trusted_proxies: named.trusted_proxies,
        account_rate: (rate > 0).then(|| Quota::new(rate, Duration::from_mins(1))),
        most_open_jobs: named.most_open_jobs,
        most_open_jobs_in_all: named.most_open_jobs_in_all,
        most_jobs_a_day: named.most_jobs_a_day,
        guest_retention: Duration::from_hours(24 * u64::from(named.keep_guests)),
        audit_retention: named.audit_retention_days.map(|days| Duration::from_hours(24 * u64::from(days))),
        provider,
        mail,
        webhooks_anywhere: named.webhooks_anywhere,
    })
}

/// A secret that stands alone in a file. It is no argument, which every program on the machine could read.
pub(super) fn secret_in(file: Option<PathBuf>, option: &str) -> anyhow::Result<Option<SecretString>> {
    let Some(file) = file else { return Ok(None) };
    let text = std::fs::read_to_string(&file).map_err(|error| {
        let message = format!("can't read {}: {error}", file.display());
        Hinted::new(message, format!("name a file with the secret alone with {option}"))
    })?;
    Ok(Some(SecretString::from(text.trim().to_owned())))
}

/// A test key, when the data directory has no key at all yet.
async fn first_test_key(engine: &Engine) -> anyhow::Result<Option<ApiKey>> {
    if !engine.keys_of_owner().await?.is_empty() {
        return Ok(None);
    }
    Ok(Some(test_key(engine, "first test key").await?))
}

/// A new key for the sandbox that may do everything a key can.
pub(crate) async fn test_key(engine: &Engine, name: &str) -> anyhow::Result<ApiKey> {
    let request = KeyRequest {
        name: name.parse()?,
        environment: Environment::Test,
        scopes: Scope::ALL.to_vec(),
        scenarios: Scenario::ALL.to_vec(),
        expires_at: None,
    };
    Ok(engine.create_key_for_owner(request).await?.secret)
}

/// Prints a one-time link to sign in.
pub(crate) async fn print_sign_in_link(link: &SignInLink, common: &Common) -> anyhow::Result<Exit> {
    let place = place(common)?;
    let make = async |engine: &Engine| {
        let console =
            link.public_url.clone().or_else(|| node::remembered(&place.data_dir)).ok_or_else(|| {
                let hint = "start it once with `onegent serve`, or name its address with --public-url";
                Hinted::new("this data directory's console was never started", hint)
            })?;
        node::sign_in_link(engine, &console).await
    };
    let url = node::with_engine(&place, make).await?;
    if common.json {
        output::json(&serde_json::json!({ "signIn": url }))?;
    } else {
        output::line(url)?;
    }
    Ok(Exit::Done)
}

/// Listens from now on; what comes back ends with Ctrl-C, or when the system asks the process to stop.
#[cfg(unix)]
pub(crate) fn stopped() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};

    let heard = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        let [Ok(mut interrupt), Ok(mut terminate)] = heard else { return std::future::pending().await };
        tokio::select! {
            _interrupt = interrupt.recv() => {}
            _terminate = terminate.recv() => {}
        }
    }
}

/// Ends with Ctrl-C.
#[cfg(not(unix))]
pub(crate) async fn stopped() {
    let _interrupt = tokio::signal::ctrl_c().await;
}
