//! Seals what must not be read off the disk: guests' details, authenticators' secrets, and notes that a browser keeps
//! for us. ChaCha20-Poly1305 (RFC 8439) under one key of the data directory.
//!
//! Each purpose, and each account or person where there is one, is bound in as associated data: what was sealed for one
//! opens for no other.

use std::fmt;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::entropy::Entropy;

/// What every sealed text begins with.
const MARK: &str = "v1.";
const KEY_LEN: usize = 32;

/// Text that only the vault can read. What a record holds, and what a log may show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed(String);

impl Sealed {
    /// A sealed text as it was kept.
    pub(crate) fn kept(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The sealed text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The vault can't be used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Its key can't be made or read.
    #[error("the key {} can't be used", path.display())]
    Key {
        /// The key's file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The text was sealed with another key, for another purpose, or was changed.
    #[error("the sealed {0} can't be opened with the key of this data directory")]
    Foreign(&'static str),
    /// What was sealed is of another shape.
    #[error("the sealed {what} has another shape")]
    Shape {
        /// What it is.
        what: &'static str,
        /// Where it differs. Never repeats the contents.
        line: usize,
    },
}

/// What a sealed text is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Purpose<'a> {
    /// The kind, for errors too.
    pub what: &'static str,
    /// Whose: an id, or empty.
    pub whose: &'a str,
}

/// Seals and opens.
pub(crate) struct Vault {
    key: LessSafeKey,
    subkeys: Prk,
    entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// Reads the key's file, or makes it, for its owner's eyes only.
    pub(crate) fn open(path: &Path, entropy: Arc<dyn Entropy>) -> Result<Self, VaultError> {
        let failed = |source| VaultError::Key { path: path.to_owned(), source };
        let wrong = || failed(std::io::Error::new(ErrorKind::InvalidData, "a key is 32 bytes"));
        let bytes = match std::fs::read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                make(path, &*entropy).map_err(failed)?;
                // Whoever was first has made it.
                std::fs::read(path).map_err(failed)?
            }
            read => read.map_err(failed)?,
        };
        if bytes.len() != KEY_LEN {
            return Err(wrong());
        }
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes).map_err(|ring::error::Unspecified| wrong())?;
        let subkeys = Salt::new(HKDF_SHA256, b"onegent subkeys").extract(&bytes);
        Ok(Self { key: LessSafeKey::new(key), subkeys, entropy })
    }

    /// A key for `purpose` alone (HKDF-SHA256, RFC 5869): the same for as long as the file is, and of no use for finding
    /// out this one or another.
    pub(crate) fn subkey(&self, purpose: &str) -> [u8; KEY_LEN] {
        let mut key = [0; KEY_LEN];
        let filled = self
            .subkeys
            .expand(&[purpose.as_bytes()], HKDF_SHA256)
            .and_then(|expanded| expanded.fill(&mut key));
        #[expect(clippy::expect_used, reason = "one block of SHA-256 is 32 bytes")]
        filled.expect("a key of 32 bytes");
        key
    }

    /// Seals a value. A nonce is 96 random bits: safe for far more than the 2³² messages of one key that NIST allows.
    pub(crate) fn seal(&self, purpose: Purpose<'_>, value: &impl Serialize) -> Result<Sealed, VaultError> {
        let shape = |error: serde_json::Error| VaultError::Shape { what: purpose.what, line: error.line() };
        let mut text = serde_json::to_vec(value).map_err(shape)?;
        let mut nonce = [0; NONCE_LEN];
        self.entropy.fill(&mut nonce);
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(bound(purpose)),
                &mut text,
            )
            .map_err(|ring::error::Unspecified| VaultError::Foreign(purpose.what))?;
        let sealed = [nonce.as_slice(), &text].concat();
        Ok(Sealed(format!("{MARK}{}", URL_SAFE_NO_PAD.encode(sealed))))
    }

    /// Opens what was sealed for the same purpose.
    pub(crate) fn unseal<T: DeserializeOwned>(
        &self,
        purpose: Purpose<'_>,
        sealed: &Sealed,
    ) -> Result<T, VaultError> {
        let foreign = || VaultError::Foreign(purpose.what);
        let text = sealed.as_str().strip_prefix(MARK).ok_or_else(foreign)?;
        let mut bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_unreadable| foreign())?;
        let (nonce, text) = bytes.split_first_chunk_mut::<NONCE_LEN>().ok_or_else(foreign)?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(bound(purpose)), text)
            .map_err(|ring::error::Unspecified| foreign())?;
        serde_json::from_slice(plain)
            .map_err(|error| VaultError::Shape { what: purpose.what, line: error.line() })
    }
}

fn bound(purpose: Purpose<'_>) -> Vec<u8> {
    format!("onegent {} {}", purpose.what, purpose.whose).into_bytes()
}

/// Makes the file whole or not at all: beside it first, then in its place unless somebody was faster.
fn make(path: &Path, entropy: &dyn Entropy) -> std::io::Result<()> {
    let (mut key, mut name) = ([0; KEY_LEN], [0; 8]);
    entropy.fill(&mut key);
    entropy.fill(&mut name);
    let fresh = path.with_extension(format!("key-{:016x}", u64::from_le_bytes(name)));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(&key)?;
    file.sync_all()?;
    drop(file);
    // A link is made only where nothing is, and so never replaces a key that something was sealed with.
    let placed = std::fs::hard_link(&fresh, path);
    std::fs::remove_file(&fresh)?;
    match placed {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    const GUEST: Purpose<'static> = Purpose { what: "guest", whose: "acc_1" };

    fn open(dir: &tempfile::TempDir) -> Vault {
        Vault::open(&dir.path().join("onegent.key"), Arc::new(SystemEntropy)).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_and_key_alone() {
        let dir = tempfile::tempdir().unwrap();
        let sealed = open(&dir).seal(GUEST, &"Ana Silva").unwrap();
        assert!(!sealed.as_str().contains("Ana"));
        let again = open(&dir);
        assert_eq!(again.unseal::<String>(GUEST, &sealed).unwrap(), "Ana Silva");
        assert_ne!(again.seal(GUEST, &"Ana Silva").unwrap(), sealed, "each time with a nonce of its own");

        let other = tempfile::tempdir().unwrap();
        assert!(open(&other).unseal::<String>(GUEST, &sealed).is_err());
        for purpose in [Purpose { whose: "acc_2", ..GUEST }, Purpose { what: "code", ..GUEST }] {
            assert!(again.unseal::<String>(purpose, &sealed).is_err(), "{purpose:?}");
        }
        let mut cut = sealed.as_str().to_owned();
        cut.pop();
        for text in [cut, sealed.as_str().replacen('.', "x", 1), "v1.".to_owned(), "v1.AAAA".to_owned()] {
            assert!(again.unseal::<String>(GUEST, &Sealed::kept(text)).is_err());
        }
    }

    #[test]
    fn a_subkey_belongs_to_its_purpose_and_its_directory() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = open(&dir).subkey("states");
        assert_eq!(open(&dir).subkey("states"), key);
        assert_ne!(open(&dir).subkey("cookies"), key);
        assert_ne!(open(&other).subkey("states"), key);
        assert_ne!(std::fs::read(dir.path().join("onegent.key")).unwrap(), key);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_the_key_and_a_broken_one_is_not_replaced() {
        use std::os::unix::fs::PermissionsExt as _;

        let dir = tempfile::tempdir().unwrap();
        open(&dir);
        let file = dir.path().join("onegent.key");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        std::fs::write(&file, b"short").unwrap();
        assert!(Vault::open(&file, Arc::new(SystemEntropy)).is_err());
        assert_eq!(std::fs::read(&file).unwrap(), b"short");
    }
}
