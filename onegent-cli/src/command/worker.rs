//! `onegent worker`: runs jobs that other nodes take in.

use std::time::Duration;

use onegent_core::request::Scenario;

use super::model::model;
use super::serve::{other_sandbox, stopped};
use super::{Place, place};
use crate::args::{Common, Worker};
use crate::exit::{Exit, Hinted};
use crate::node::{SLOW, SandboxSource, WorkerConfig, WorkerNode, remembered};
use crate::output;
use crate::traces::Traces;

/// Works until it is told to stop.
pub(crate) async fn run(worker: Worker, common: &Common) -> anyhow::Result<Exit> {
    let place = place(common)?;
    if place.database_url.is_none() {
        let hint =
            "name a PostgreSQL database with ONEGENT_DATABASE_URL; a file's jobs are run by `onegent serve`";
        return Err(Hinted::new("workers on their own need a database that can be shared", hint).into());
    }
    let traces = Traces::start(worker.otlp_endpoint.as_ref())?;
    let ended = work_until_stopped(worker, place, common).await;
    // However it ended: the last traces are the ones that say why.
    Traces::finish(traces).await;
    ended
}

async fn work_until_stopped(worker: Worker, place: Place, common: &Common) -> anyhow::Result<Exit> {
    let console = worker.public_url.or_else(|| remembered(&place.data_dir));
    let config = WorkerConfig {
        concurrency: worker.concurrency.into(),
        lease: Duration::from_secs(worker.lease_seconds.into()),
        scenarios: if worker.scenarios.is_empty() { Scenario::ALL.to_vec() } else { worker.scenarios },
        public_url: console.map(String::from).unwrap_or_default(),
        sandbox: match other_sandbox(worker.sandbox_url, worker.sandbox_payments_url)? {
            Some(others) => SandboxSource::Other(others),
            None => SandboxSource::Own { port: 0, slow: SLOW },
        },
        browser: worker.browser.choice()?,
        direct_sites: worker.sites.direct_sites(),
        providers: worker.sites.dir.providers,
        model: model(worker.model)?,
        webhooks_anywhere: worker.webhooks_anywhere,
        metrics: worker.metrics_bind,
        place,
    };
    let (concurrency, scenarios) = (config.concurrency, config.scenarios.clone());
    let stopped = stopped();
    let node = WorkerNode::start(config).await?;
    if common.json {
        output::json(&serde_json::json!({
            "concurrency": concurrency, "scenarios": scenarios, "metrics": node.metrics_url(),
        }))?;
    } else {
        let scenarios: Vec<_> = scenarios.iter().map(|scenario| scenario.as_str()).collect();
        output::line(format_args!("{concurrency} workers for {}. Ctrl-C stops.", scenarios.join(", ")))?;
    }
    tokio::select! {
        () = stopped => {}
        error = node.failed() => return Err(error),
    }
    node.stop().await?;
    Ok(Exit::Done)
}
