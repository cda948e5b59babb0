//! Passwords: argon2id (RFC 9106), off the async threads, a few at a time.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::entropy::Entropy;

/// How many are computed at a time: each takes memory and a whole core for a moment.
const AT_ONCE: usize = 2;
/// How many may wait beside them. More than that is an attack or an outage, and either way not to be queued.
const WAITING: usize = 64;
/// OWASP's second recommended setting: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// A password could not be worked on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    /// Too many sign-ins wait already.
    #[error("too many passwords wait to be checked")]
    Busy,
    /// The computation itself failed.
    #[error("a password could not be hashed: {0}")]
    Failed(String),
}

/// Hashes and checks passwords.
#[derive(Debug)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    room: Arc<Semaphore>,
    /// What a password is compared with when there is nobody of that name, so that it takes as long.
    nobody: String,
}

impl Passwords {
    pub(crate) fn new(entropy: &dyn Entropy) -> Result<Self, PasswordError> {
        let mut nothing = [0; 32];
        entropy.fill(&mut nothing);
        Ok(Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            room: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            nobody: hash(&nothing, &salt(entropy))?,
        })
    }

    /// The hash to keep, in the PHC string format.
    pub(crate) async fn hash(&self, password: &str, entropy: &dyn Entropy) -> Result<String, PasswordError> {
        let (password, salt) = (password.as_bytes().to_vec(), salt(entropy));
        self.compute(move || hash(&password, &salt)).await?
    }

    /// Whether it is the password of `known`; with `None` it is not, after the same time.
    pub(crate) async fn verify(&self, password: &str, known: Option<String>) -> Result<bool, PasswordError> {
        let somebody = known.is_some();
        let known = known.unwrap_or_else(|| self.nobody.clone());
        let password = password.as_bytes().to_vec();
        let right = self
            .compute(move || {
                let known =
                    PasswordHash::new(&known).map_err(|error| PasswordError::Failed(error.to_string()))?;
                Ok(argon2()?.verify_password(&password, &known).is_ok())
            })
            .await??;
        Ok(right && somebody)
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _room = Arc::clone(&self.room).try_acquire_owned().map_err(|_full| PasswordError::Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_closed| PasswordError::Busy)?;
        let computed = tokio::task::spawn_blocking(move || {
            let done = work();
            // The turn belongs to the computation, which goes on even if nobody waits for it any more.
            drop(turn);
            done
        });
        computed.await.map_err(|error| PasswordError::Failed(error.to_string()))
    }
}

fn salt(entropy: &dyn Entropy) -> [u8; 16] {
    let mut salt = [0; 16];
    entropy.fill(&mut salt);
    salt
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None);
    let params = params.map_err(|error| PasswordError::Failed(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &[u8], salt: &[u8]) -> Result<String, PasswordError> {
    let hashed = argon2()?.hash_password_with_salt(password, salt);
    Ok(hashed.map_err(|error| PasswordError::Failed(error.to_string()))?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[tokio::test]
    async fn a_password_is_known_again_and_nobody_has_none() {
        let passwords = Passwords::new(&SystemEntropy).unwrap();
        let kept = passwords.hash("correct horse battery", &SystemEntropy).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        for (password, known, right) in [
            ("correct horse battery", Some(kept.clone()), true),
            ("correct horse batterz", Some(kept), false),
            ("correct horse battery", None, false),
        ] {
            assert_eq!(passwords.verify(password, known).await.unwrap(), right, "{password}");
        }
    }
}
