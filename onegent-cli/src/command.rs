//! The commands, one file each.

use std::path::PathBuf;

use onegent_client::Client;
use onegent_core::caller::{Caller, Credential};
use onegent_core::id::RequestId;
use onegent_core::port::{ApiKey, BookingService};
use onegent_core::time::{Clock as _, SystemClock};

use crate::args::{Api, Command, Common, Gpt, Onegent};
use crate::exit::{Exit, Hinted};
use crate::node::Place;

mod accounts;
mod audit;
mod book;
mod clients;
mod db;
mod demo;
mod doctor;
mod health;
mod install;
mod keys;
mod manifest;
pub(crate) mod mcp;
mod model;
mod observe;
mod openapi;
mod profiles;
mod providers;
mod sandbox;
mod serve;
mod watch;
mod webhooks;
mod worker;

/// Runs one command.
pub(crate) async fn run(args: Onegent) -> anyhow::Result<Exit> {
    let common = args.common;
    match args.command {
        Command::Serve(serve) => serve::run(*serve, common).await,
        Command::Worker(worker) => worker::run(*worker, &common).await,
        Command::Demo(demo) => demo::run(demo, &common).await,
        Command::Book(book) => book::run(*book, &common).await,
        Command::Status(status) => {
            let remote = Remote::new(&status.api)?;
            let job = if status.wait {
                watch::follow(&remote, status.job_id, common.json).await?
            } else {
                BookingService::job(&remote.client, &remote.caller()?, status.job_id).await?
            };
            book::print(&job, common.json)
        }
        Command::Jobs(jobs) => book::list(jobs, &common).await,
        Command::Audit(audit) => audit::run(audit, &common).await,
        Command::Cancel(cancel) => {
            let remote = Remote::new(&cancel.api)?;
            let job = remote.client.cancel(&remote.caller()?, cancel.job_id).await?;
            book::print(&job, common.json)?;
            Ok(Exit::Done)
        }
        Command::Keys(keys) => keys::run(keys, &common).await,
        Command::Clients(clients) => clients::run(clients, &common).await,
        Command::Webhooks(webhooks) => webhooks::run(webhooks, &common).await,
        Command::Profiles(profiles) => profiles::run(profiles, &common).await,
        Command::Providers(providers) => providers::run(providers, &common).await,
        Command::Accounts(accounts) => accounts::run(accounts, &common).await,
        Command::SecurityEvents(asked) => accounts::security_events(asked, &common).await,
        Command::Db(db) => db::run(&db, &common).await,
        Command::Data(data) => accounts::data(data, &common).await,
        Command::SignInLink(link) => serve::print_sign_in_link(&link, &common).await,
        Command::Mcp(mcp) => mcp::run(mcp, common).await,
        Command::Install(install) => install::run(&install, &common),
        Command::Doctor(doctor) => doctor::run(&doctor, &common).await,
        Command::Health(health) => health::run(health, &common).await,
        Command::Openapi(openapi) => openapi::print(&openapi),
        Command::Gpt(Gpt::Instructions) => openapi::print_gpt_instructions(),
        Command::Manifest(manifest) => manifest::print(manifest),
        Command::Sandbox(sandbox) => sandbox::run(sandbox, &common).await,
        Command::Observe(observe) => observe::run(observe, &common).await,
    }
}

/// A REST API and the key to call it with.
pub(crate) struct Remote {
    /// The API.
    pub(crate) client: Client,
    key: ApiKey,
}

impl Remote {
    /// The API that was named and the key from the environment.
    pub(crate) fn new(api: &Api) -> anyhow::Result<Self> {
        let key = key_from_environment()?.ok_or_else(|| {
            let message = format!("{} env var is required", crate::env::API_KEY);
            let hint =
                "`onegent serve` prints a test key at its first start; `onegent keys create` makes another";
            Hinted::new(message, hint).exit(Exit::NotAllowed)
        })?;
        Ok(Self { client: client(api, Some(key.clone()))?, key })
    }

    /// Ourselves, for one request.
    pub(crate) fn caller(&self) -> anyhow::Result<Caller> {
        Ok(Caller { credential: Credential::Forwarded(self.key.secret()), request_id: request_id()? })
    }
}

/// A client of the API that was named.
pub(crate) fn client(api: &Api, key: Option<ApiKey>) -> anyhow::Result<Client> {
    Client::builder(api.api_base_url.as_str()).api_key(key).build().map_err(|error| {
        let message = format!("can't call {}: {error}", api.api_base_url);
        Hinted::new(message, format!("check {} or --api-base-url", crate::env::API_BASE_URL)).into()
    })
}

/// The key in the environment, if there is one; refused when it has no key's shape. Never printed.
pub(crate) fn key_from_environment() -> anyhow::Result<Option<ApiKey>> {
    let Some(text) = std::env::var(crate::env::API_KEY).ok().filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let parsed = ApiKey::parse(text.trim()).map_err(|error| {
        let message = format!("{} is not an API key: {error}", crate::env::API_KEY);
        Hinted::new(message, "copy the whole key, without quotes or spaces").exit(Exit::NotAllowed)
    })?;
    Ok(Some(parsed))
}

/// A fresh request id.
pub(crate) fn request_id() -> anyhow::Result<RequestId> {
    let mut random = [0; 10];
    getrandom::fill(&mut random)?;
    Ok(RequestId::generate(SystemClock.now(), random))
}

/// Where the record and its keys are, as the caller named them.
pub(crate) fn place(common: &Common) -> anyhow::Result<Place> {
    Ok(Place { data_dir: data_dir(common)?, database_url: common.database_url.clone() })
}

/// The data directory that was named, or the platform's.
pub(crate) fn data_dir(common: &Common) -> anyhow::Result<PathBuf> {
    use etcetera::BaseStrategy as _;

    if let Some(dir) = &common.data_dir {
        return Ok(dir.clone());
    }
    let strategy = etcetera::choose_base_strategy().map_err(|_no_home| {
        Hinted::new("this system names no home directory", "name a directory with --data-dir")
    })?;
    Ok(strategy.data_dir().join("onegent"))
}
