//! Signed checkpoints of the audit trail.
//!
//! A job's chain shows a change only to who knows its right head; whoever can rewrite the database can compute all of it
//! anew. So every event that money hangs on, every end of a job and every 32nd event is signed, in the transaction that
//! writes it, with a key that lies beside the database and never in it (Ed25519, RFC 8032). The checkpoints are a chain
//! of their own, so that none can be taken out. What this does not show, `docs/payment-safety.md` says.
//!
//! **Invariant:** a change of what a checkpoint covers, or of the checkpoints, is found without trusting the database.
//! Held by `whoever_rewrites_the_record_without_the_key_is_found_out`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use onegent_core::audit::{AuditEvent, AuditKind, ChainHash};
use onegent_core::id::JobId;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

mod hex;
mod key;
mod removal;

pub use hex::{Hex, ParseHexError};
pub use key::AuditKey;
pub use removal::Removal;

/// An Ed25519 public key: 64 hexadecimal digits in text.
pub type PublicKey = Hex<32>;
/// An Ed25519 signature: 128 hexadecimal digits in text.
pub type Signature = Hex<64>;

/// A job's trail is signed at least this often.
const EVERY: u64 = 32;

/// A signed statement: at this moment this job's audit chain had come to this event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    /// Whose signature it is.
    pub key: PublicKey,
    /// Place among the checkpoints of this key, from 1, without gaps.
    pub number: u64,
    /// When it was signed.
    pub ts: Timestamp,
    /// Whose chain.
    pub job_id: JobId,
    /// The last event's place in that chain.
    pub seq: u64,
    /// The last event's hash.
    pub hash: ChainHash,
    /// The digest of this key's checkpoint before; 64 zeros at the first.
    pub prev: ChainHash,
    /// Over all of the above.
    pub signature: Signature,
}

impl Checkpoint {
    /// The bytes that are signed: a JSON array of the parts, in one fixed order.
    pub fn message(&self) -> Vec<u8> {
        let parts = (
            "onegent.checkpoint.v1",
            self.key,
            self.number,
            self.ts.as_millisecond(),
            self.job_id,
            self.seq,
            self.hash,
            self.prev,
        );
        // A tuple of strings and numbers always serialises.
        serde_json::to_vec(&parts).unwrap_or_default()
    }

    /// What the next checkpoint builds on.
    pub fn digest(&self) -> ChainHash {
        ChainHash::of(&self.message())
    }

    /// Whether the signature is this key's, over exactly these parts.
    pub fn is_signed(&self) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, self.key.bytes());
        key.verify(&self.message(), self.signature.bytes()).is_ok()
    }
}

/// Whether an event must not stand in the record without a signature that covers it.
fn wants_signature(event: &AuditEvent) -> bool {
    let matters = matches!(
        event.kind,
        AuditKind::PausedPayment
            | AuditKind::ChargeConfirmed
            | AuditKind::SubmitStarted
            | AuditKind::JobCompleted
            | AuditKind::JobFailed
            | AuditKind::JobCancelled
            | AuditKind::JobExpired
    );
    matters || event.seq.is_multiple_of(EVERY)
}

/// Whether a checkpoint is due after these events of one job.
pub(crate) fn is_due(events: &[AuditEvent]) -> bool {
    events.iter().any(wants_signature)
}

/// What is wrong with the checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// A row is no checkpoint.
    #[error("checkpoint {number} was changed: its {what} can't be read")]
    Unreadable {
        /// Its place.
        number: i64,
        /// Which column.
        what: &'static str,
    },
    /// It is not signed by the key that it names.
    #[error("checkpoint {number} was changed after it was signed")]
    Forged {
        /// Its place.
        number: u64,
    },
    /// It is signed by somebody whom nobody trusts.
    #[error("checkpoint {number} is signed by another key ({key})")]
    Stranger {
        /// Its place.
        number: u64,
        /// Whose.
        key: PublicKey,
    },
    /// One before it is missing, or another one stands there.
    #[error("checkpoint {number} does not build on the checkpoint before it")]
    Unlinked {
        /// Its place.
        number: u64,
    },
    /// The event that was signed is not the event that stands there.
    #[error("event {seq} is not the one that checkpoint {number} signs")]
    Another {
        /// The checkpoint's place.
        number: u64,
        /// The event's.
        seq: u64,
    },
    /// That trails were removed is not said by anybody who is trusted.
    #[error("trails were removed, and who says so is not trusted ({key})")]
    Removed {
        /// Who says so.
        key: PublicKey,
    },
    /// An event that is always signed is not.
    #[error("event {seq} was never signed, and such events always are")]
    Unsigned {
        /// The event's place.
        seq: u64,
    },
}

/// Whether a job's checkpoints sign what stands in its chain, and all of it that has to be signed. The chain itself and
/// the signatures are checked elsewhere.
pub(crate) fn cover(events: &[AuditEvent], checkpoints: &[Checkpoint]) -> Result<(), CheckpointFault> {
    for checkpoint in checkpoints {
        let place = usize::try_from(checkpoint.seq).ok().and_then(|seq| seq.checked_sub(1));
        let event = place.and_then(|place| events.get(place));
        if event.is_none_or(|event| event.hash != checkpoint.hash) {
            return Err(CheckpointFault::Another { number: checkpoint.number, seq: checkpoint.seq });
        }
    }
    let signed = checkpoints.iter().map(|checkpoint| checkpoint.seq).max().unwrap_or(0);
    match events.iter().find(|event| event.seq > signed && wants_signature(event)) {
        Some(event) => Err(CheckpointFault::Unsigned { seq: event.seq }),
        None => Ok(()),
    }
}

/// Checks checkpoints one after the other: signatures, keys, and that none is missing between two.
#[derive(Debug)]
pub(crate) struct Sequence<'a> {
    trusted: &'a [PublicKey],
    heads: BTreeMap<PublicKey, (u64, ChainHash)>,
}

impl<'a> Sequence<'a> {
    pub(crate) fn new(trusted: &'a [PublicKey]) -> Self {
        Self { trusted, heads: BTreeMap::new() }
    }

    /// Whether what was removed is said by somebody trusted.
    pub(crate) fn trusts(&self, removal: &Removal) -> Result<(), CheckpointFault> {
        removal.check(self.trusted)
    }

    /// The next checkpoint of its key.
    pub(crate) fn take(&mut self, next: &Checkpoint) -> Result<(), CheckpointFault> {
        let number = next.number;
        if !self.trusted.contains(&next.key) {
            return Err(CheckpointFault::Stranger { number, key: next.key });
        }
        if !next.is_signed() {
            return Err(CheckpointFault::Forged { number });
        }
        // After a gap the rest is still compared with what is there, so that one hole is told once.
        let before = self.heads.insert(next.key, (number, next.digest()));
        if before.unwrap_or((0, ChainHash::START)) != (number.wrapping_sub(1), next.prev) {
            return Err(CheckpointFault::Unlinked { number });
        }
        Ok(())
    }
}
