//! Who a caller is, for what outlives a request: an open channel, or a state that a client carries back.

use onegent_core::caller::{Caller, Credential, Reach};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

/// A caller's account and environment, or the very credential where only somebody else knows whose it is. A digest, so
/// that nothing of a credential stays in memory; it allows nothing by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Identity([u8; 32]);

impl Identity {
    /// `None` for a caller who showed nothing.
    pub(crate) fn of(caller: &Caller) -> Option<Self> {
        let mut digest = Sha256::new();
        match &caller.credential {
            Credential::Verified(access) => {
                digest.update(b"account\0");
                digest.update(access.account.to_string());
                digest.update(match access.reach {
                    Reach::Only(environment) => environment.as_str(),
                    Reach::Everything => "everything",
                });
            }
            Credential::Forwarded(secret) => {
                digest.update(b"credential\0");
                digest.update(secret.expose_secret());
            }
            Credential::Missing => return None,
        }
        Some(Self(digest.finalize().into()))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
