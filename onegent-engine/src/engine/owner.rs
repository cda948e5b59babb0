//! What whoever runs the engine can do for its first account, without a session: the command line's way in.

use onegent_core::caller::{Access, Caller, Credential, Reach, Scope};
use onegent_core::error::Result;
use onegent_core::guest::GuestProfile;
use onegent_core::id::{KeyId, ProfileId, RequestId};
use onegent_core::port::{IssuedKey, KeyInfo, KeyRequest, SavedProfile, SignInToken};
use onegent_core::request::Scenario;

use super::Engine;
use crate::guests::SavedGuest;
use crate::secret;

impl Engine {
    /// The owner as a caller, at both environments.
    pub fn owner_caller(&self) -> Caller {
        let (account, person) = self.owner;
        let access = Access {
            account,
            person,
            reach: Reach::Everything,
            scopes: Scope::ALL.to_vec(),
            scenarios: Scenario::ALL.to_vec(),
            key: None,
            names_sites: true,
        };
        let request_id = self.parts.id(RequestId::generate);
        Caller { credential: Credential::Verified(access), request_id }
    }

    /// A one-time token for a sign-in link, good for [`EngineConfig::link_ttl`](super::EngineConfig::link_ttl).
    pub async fn sign_in_link(&self) -> Result<SignInToken> {
        let token = SignInToken::new(secret::fresh(secret::SIGN_IN, &*self.parts.config.entropy));
        let hash = secret::hash(token.expose());
        let (account, person) = self.owner;
        self.parts.store.add_sign_in_link(account, person, hash, self.parts.config.link_ttl).await?;
        Ok(token)
    }

    /// A new key of the owner. Its secret is in the answer and nowhere else, ever.
    pub async fn create_key_for_owner(&self, request: KeyRequest) -> Result<IssuedKey> {
        self.issue_key(self.owner.0, self.owner.1, request).await
    }

    /// The account's keys, newest first, without secrets.
    pub async fn keys_of_owner(&self) -> Result<Vec<KeyInfo>> {
        Ok(self.parts.store.keys(self.owner.0).await?)
    }

    /// Ends one of the account's keys at once. `not_found` when there is none.
    pub async fn revoke_key_of_owner(&self, key: KeyId) -> Result<()> {
        self.end_key(self.owner.0, self.owner.1, key).await
    }

    /// Ends one of the account's keys and makes another that allows the same.
    pub async fn rotate_key_of_owner(&self, key: KeyId) -> Result<IssuedKey> {
        self.replace_key(self.owner.0, self.owner.1, key).await
    }

    /// Saves a guest; as the default one only if so wished.
    pub async fn save_profile_of_owner(&self, guest: GuestProfile, default: bool) -> Result<ProfileId> {
        let saved = SavedGuest { guest, travel: onegent_core::account::TravelDetails::default() };
        self.save_profile_of(self.owner.0, saved, default).await
    }

    /// The account's saved guests, oldest first.
    pub async fn profiles_of_owner(&self) -> Result<Vec<SavedProfile>> {
        self.profiles_of(self.owner.0).await
    }

    /// Forgets a saved guest. `not_found` when there is none.
    pub async fn delete_profile_of_owner(&self, id: ProfileId) -> Result<()> {
        self.delete_profile_of(self.owner.0, id).await
    }
}
