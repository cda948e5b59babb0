//! The key of what clients carry from one round of a request to the next.

use std::sync::Arc;

use onegent_core::error::Error;
use secrecy::{ExposeSecret, SecretBox};

/// Seals the states that clients carry between rounds. Servers with the same key open each other's, also one that was
/// started anew.
#[derive(Debug, Clone)]
pub struct StateKey(Arc<SecretBox<[u8; 32]>>);

impl StateKey {
    /// A key of this process alone. Fails only without a source of randomness.
    pub(crate) fn fresh() -> Result<Self, Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_no_randomness| Error::internal(std::fmt::Error))?;
        Ok(Self::from(key))
    }

    pub(crate) fn expose(&self) -> [u8; 32] {
        *self.0.expose_secret()
    }
}

impl From<[u8; 32]> for StateKey {
    fn from(key: [u8; 32]) -> Self {
        Self(Arc::new(SecretBox::new(Box::new(key))))
    }
}
