//! What the engine tells a Prometheus server.

use std::time::Duration;

use prometheus_client::registry::Registry;
use tokio::time::{Instant, timeout};

use super::Engine;

/// However many ask, the record is counted no more often.
const EVERY: Duration = Duration::from_secs(5);
/// Whoever asks gets the rest of the numbers when the record does not answer within this.
const WITHIN: Duration = Duration::from_secs(2);

impl Engine {
    /// Names all that it measures.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.parts.meters.register(registry);
    }

    /// Looks how things stand, for the next reading of the gauges. That the record can't be read is one of the things
    /// that they tell.
    pub async fn count(&self) {
        let mut counted = self.counted.lock().await;
        self.parts.meters.sessions_kept(self.parts.agent.kept_pages());
        if counted.is_some_and(|at| at.elapsed() < EVERY) {
            return;
        }
        match timeout(WITHIN, self.parts.store.counts()).await {
            Ok(Ok(counts)) => self.parts.meters.stands(&counts),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the record could not be counted");
                self.parts.meters.nobody_knows();
            }
            Err(_elapsed) => {
                tracing::warn!("the record was not counted in time");
                self.parts.meters.nobody_knows();
            }
        }
        *counted = Some(Instant::now());
    }
}
