//! `onegent health`: whether the server on this machine answers, for containers' health checks.

use std::time::Duration;

use crate::args::{Common, Health};
use crate::exit::{Exit, Hinted};
use crate::output;

/// Asks `/healthz`.
pub(crate) async fn run(health: Health, common: &Common) -> anyhow::Result<Exit> {
    let url = format!("http://127.0.0.1:{}/healthz", health.port);
    let asked = crate::outside::http()?.get(&url).timeout(Duration::from_secs(4)).send().await;
    match asked.and_then(reqwest::Response::error_for_status) {
        Ok(_) if common.json => output::json(&serde_json::json!({ "status": "ok" }))?,
        Ok(_) => output::line("ok")?,
        Err(_) => {
            let hint = "`onegent serve` starts one; --port names its port";
            let message = format!("no healthy server answers at {url}");
            return Err(Hinted::new(message, hint).exit(Exit::Unreachable).into());
        }
    }
    Ok(Exit::Done)
}
