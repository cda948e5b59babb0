//! The key that checkpoints are signed with: a file beside the database that only its owner can read.

use std::fmt;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use onegent_core::audit::{ChainHash, ChainHead};
use onegent_core::id::JobId;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::{Checkpoint, Hex, PublicKey, Removal, Signature};
use crate::entropy::{Entropy, token_text};

/// What stands before the 32 secret bytes in PKCS #8 (RFC 8410, section 7).
const PKCS8: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// A signing key. Its file is PEM, so that `openssl pkey -in audit.key -pubout` shows its public half.
pub struct AuditKey {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditKey").field("public", &self.public).finish_non_exhaustive()
    }
}

impl AuditKey {
    /// Reads the key, or makes it. Fails when others than its owner can read it.
    pub fn open(path: &Path, entropy: &dyn Entropy) -> io::Result<Self> {
        if !path.try_exists()? {
            make(path, entropy)?;
        }
        kept_private(path)?;
        let text = std::fs::read_to_string(path)?;
        let seed = seed(&text).ok_or_else(|| io::Error::other("it is no Ed25519 key in PEM"))?;
        let wrong = |_rejected| io::Error::other("it is no Ed25519 key");
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(wrong)?;
        let public =
            pair.public_key().as_ref().try_into().map_err(|_length| io::Error::other("no public key"))?;
        Ok(Self { pair, public: Hex::new(public) })
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// Signs that a job's chain has come to `head`; `number` and `prev` place it behind the newest checkpoint.
    pub(crate) fn sign(
        &self,
        (number, prev): (u64, ChainHash),
        ts: Timestamp,
        job_id: JobId,
        head: ChainHead,
    ) -> Checkpoint {
        let mut checkpoint = Checkpoint {
            key: self.public,
            number,
            ts,
            job_id,
            seq: head.seq,
            hash: head.hash,
            prev,
            signature: Hex::new([0; 64]),
        };
        checkpoint.signature = self.signature(&checkpoint.message());
        checkpoint
    }

    /// Signs that trails were removed up to that of a job.
    pub(crate) fn sign_removal(&self, through: JobId, at: Timestamp) -> Removal {
        let mut removal = Removal { key: self.public, through, at, signature: Hex::new([0; 64]) };
        removal.signature = self.signature(&removal.message());
        removal
    }

    fn signature(&self, message: &[u8]) -> Signature {
        // Ed25519 signatures are 64 bytes; another length would not verify.
        Signature::new(self.pair.sign(message).as_ref().try_into().unwrap_or([0; 64]))
    }
}

/// Whole or not at all, and never over a key that is there: another process may make one at the same moment.
fn make(path: &Path, entropy: &dyn Entropy) -> io::Result<()> {
    let mut seed = [0; 32];
    entropy.fill(&mut seed);
    let pem = format!("{BEGIN}\n{}\n{END}\n", STANDARD.encode([&PKCS8[..], &seed].concat()));
    let draft = path.with_extension(format!("{}.new", token_text(entropy)));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&draft).and_then(|mut file| {
        file.write_all(pem.as_bytes())?;
        file.sync_all()
    });
    let placed = written.and_then(|()| match std::fs::hard_link(&draft, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => Ok(()),
    });
    // A draft that was never made can't be removed.
    let removed = std::fs::remove_file(&draft);
    placed.and(removed)
}

#[cfg(unix)]
fn kept_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let others = std::fs::metadata(path)?.permissions().mode() & 0o077;
    if others == 0 { Ok(()) } else { Err(io::Error::other("others can read it; `chmod 600` it")) }
}

#[cfg(not(unix))]
fn kept_private(_: &Path) -> io::Result<()> {
    Ok(())
}

fn seed(pem: &str) -> Option<[u8; 32]> {
    let inner = pem.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let der = STANDARD.decode(inner.trim()).ok()?;
    der.strip_prefix(&PKCS8[..])?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::tests::Counting;

    #[test]
    fn a_key_is_made_once_and_kept_from_others() {
        let dir = tempfile::tempdir().unwrap();
        let (path, entropy) = (dir.path().join("audit.key"), Counting::default());
        let made = AuditKey::open(&path, &entropy).unwrap().public();
        assert_eq!(AuditKey::open(&path, &entropy).unwrap().public(), made);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no draft is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;

            let set = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            set(0o640);
            assert!(AuditKey::open(&path, &entropy).unwrap_err().to_string().contains("others can read it"));
            set(0o600);
        }
        std::fs::write(&path, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
        AuditKey::open(&path, &entropy).unwrap_err();
    }

    /// RFC 8032, section 7.1, test 1.
    #[test]
    fn the_public_half_is_the_standards() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.key");
        let secret: Hex<32> =
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60".parse().unwrap();
        let der = STANDARD.encode([&PKCS8[..], secret.bytes()].concat());
        std::fs::write(&path, format!("{BEGIN}\n{der}\n{END}\n")).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let key = AuditKey::open(&path, &Counting::default()).unwrap();
        assert_eq!(
            key.public().to_string(),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        );
    }
}
