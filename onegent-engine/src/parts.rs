//! What the ports, the dispatcher and the workers work with.

use std::sync::Arc;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::agent::Agent;
use crate::album::Album;
use crate::engine::{EngineConfig, Tries};
use crate::entropy::id_bits;
use crate::health::HealthBook;
use crate::mail::Mail;
use crate::meters::Meters;
use crate::oidc::Provider;
use crate::outbound::Outbound;
use crate::password::Passwords;
use crate::signals::Signals;
use crate::store::Store;
use crate::vault::Vault;

/// One engine's parts, shared.
#[derive(Debug)]
pub(crate) struct Parts {
    pub config: EngineConfig,
    pub store: Arc<dyn Store>,
    pub signals: Arc<Signals>,
    pub meters: Arc<Meters>,
    pub agent: Agent,
    /// The pictures of the pages that jobs stood on.
    pub album: Album,
    /// The way out for addresses that strangers name.
    pub outbound: Outbound,
    /// The way out for webhooks.
    pub webhooks: Outbound,
    pub health: HealthBook,
    pub vault: Arc<Vault>,
    pub passwords: Passwords,
    pub tries: Tries,
    pub provider: Option<Provider>,
    pub mail: Option<Mail>,
    /// Set when the engine goes down.
    pub stopping: CancellationToken,
}

impl Parts {
    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.config.clock.now()
    }

    /// Makes an id, by its type's `generate`.
    pub(crate) fn id<I>(&self, generate: fn(Timestamp, [u8; 10]) -> I) -> I {
        generate(self.now(), id_bits(&*self.config.entropy))
    }
}
