//! Trails are removed when their time is over. That they were, and up to which job, is signed like the trails themselves,
//! so that a trail that somebody else took away does not pass for one of them.

use jiff::Timestamp;
use onegent_core::id::JobId;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use super::{CheckpointFault, PublicKey, Signature};

/// A signed statement: of jobs up to this one, those that had ended long enough have no trail any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Removal {
    /// Whose signature it is.
    pub key: PublicKey,
    /// The last of the jobs. Ids grow with the time at which jobs were made.
    pub through: JobId,
    /// When it was signed.
    pub at: Timestamp,
    /// Over all of the above.
    pub signature: Signature,
}

impl Removal {
    /// The bytes that are signed: a JSON array of the parts, in one fixed order.
    pub fn message(&self) -> Vec<u8> {
        let parts = ("onegent.removal.v1", self.key, self.through, self.at.as_millisecond());
        // A tuple of strings and numbers always serialises.
        serde_json::to_vec(&parts).unwrap_or_default()
    }

    /// Whether one of `trusted` signed exactly these parts.
    pub(crate) fn check(&self, trusted: &[PublicKey]) -> Result<(), CheckpointFault> {
        let key = UnparsedPublicKey::new(&ED25519, self.key.bytes());
        let is_signed = key.verify(&self.message(), self.signature.bytes()).is_ok();
        if is_signed && trusted.contains(&self.key) {
            Ok(())
        } else {
            Err(CheckpointFault::Removed { key: self.key })
        }
    }
}
