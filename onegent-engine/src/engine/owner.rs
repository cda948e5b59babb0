//! What whoever runs the engine can do for its owner, without a session: the command line's way in.

use onegent_core::error::{Error, ErrorCode, Result};
use onegent_core::guest::GuestProfile;
use onegent_core::id::{KeyId, ProfileId};
use onegent_core::port::{IssuedKey, KeyInfo, KeyRequest, SignInToken};

use super::Engine;
use crate::secret;
use crate::store::StoreError;
use crate::store::record::ProfileRecord;

/// A saved guest profile.
#[derive(Debug, Clone)]
pub struct SavedProfile {
    /// Its id.
    pub id: ProfileId,
    /// The guest.
    pub guest: GuestProfile,
    /// Whether bookings without a guest are made for this one.
    pub default: bool,
}

impl Engine {
    /// A one-time token for a sign-in link, good for [`EngineConfig::link_ttl`](super::EngineConfig::link_ttl).
    pub async fn sign_in_link(&self) -> Result<SignInToken> {
        let token = SignInToken::new(secret::fresh(secret::SIGN_IN, &*self.parts.config.entropy));
        let hash = secret::hash(token.expose());
        self.parts.store.add_sign_in_link(self.owner, hash, self.parts.config.link_ttl).await?;
        Ok(token)
    }

    /// A new key of the owner's account. Its secret is in the answer and nowhere else, ever.
    pub async fn create_key_for_owner(&self, request: KeyRequest) -> Result<IssuedKey> {
        self.issue_key(self.owner, request).await
    }

    /// The owner's keys, newest first, without secrets.
    pub async fn keys_of_owner(&self) -> Result<Vec<KeyInfo>> {
        Ok(self.parts.store.keys(self.owner).await?)
    }

    /// Ends one of the owner's keys at once. `not_found` when there is none.
    pub async fn revoke_key_of_owner(&self, key: KeyId) -> Result<()> {
        self.end_key(self.owner, key).await
    }

    /// Saves a guest, as the default one if so wished; the first is the default in any case.
    pub async fn save_profile(&self, guest: GuestProfile, default: bool) -> Result<ProfileId> {
        let id = self.parts.id(ProfileId::generate);
        Ok(self.parts.store.add_profile(self.owner, id, guest, default).await?.id)
    }

    /// The owner's saved guests, oldest first.
    pub async fn profiles(&self) -> Result<Vec<SavedProfile>> {
        let saved = self.parts.store.profiles(self.owner).await?;
        Ok(saved.into_iter().map(Into::into).collect())
    }

    /// Bookings without a guest are made for this one from now on. `not_found` when there is none.
    pub async fn set_default_profile(&self, id: ProfileId) -> Result<()> {
        profile_found(self.parts.store.set_default_profile(self.owner, id).await)
    }

    /// Forgets a saved guest. `not_found` when there is none.
    pub async fn delete_profile(&self, id: ProfileId) -> Result<()> {
        profile_found(self.parts.store.delete_profile(self.owner, id).await)
    }
}

fn profile_found(result: std::result::Result<(), StoreError>) -> Result<()> {
    match result {
        Err(StoreError::NotFound) => Err(Error::new(ErrorCode::NotFound, "No saved profile has this id.")),
        other => Ok(other?),
    }
}

impl From<ProfileRecord> for SavedProfile {
    fn from(record: ProfileRecord) -> Self {
        Self { id: record.id, guest: record.guest, default: record.is_default }
    }
}
